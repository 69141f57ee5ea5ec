"""Credit (EFFECTS.md 5): how the usual rules share what happened among the touches before it. Bookkeeping, never an effect.

Everything is a function of counts that SQL makes of the canonical tables: deterministic, and the same for rows in any order.
"""

from momot.credit.costs import Costs, Spent, Worth, gather_costs
from momot.credit.paths import CreditSource, PathSums, gather, source_of
from momot.credit.share import Shared, share

__all__ = ["Costs", "CreditSource", "PathSums", "Shared", "Spent", "Worth", "gather", "gather_costs", "share", "source_of"]
