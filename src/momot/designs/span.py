"""The time that a question spans, from the times of its units (days since 1970, NaN where unknown)."""

from __future__ import annotations

import numpy as np

from momot.designs.frame import Floats

MONTH_DAYS = 30.4375
LEAST_DAYS = 7


def months_spanned(at: Floats) -> float | None:
    """Months from the first to the last; None where there are no dates, or less than a week of them."""
    known = at[~np.isnan(at)]
    days = float(np.ptp(known)) if len(known) else 0.0
    return days / MONTH_DAYS if days >= LEAST_DAYS else None


def first_and_last(at: Floats) -> tuple[str | None, str | None]:
    """ISO dates (UTC) of the first and last; None where there are none."""
    known = at[~np.isnan(at)]
    if not len(known):
        return None, None
    first, last = (np.datetime64("1970-01-01", "D") + np.timedelta64(int(np.floor(day)), "D") for day in (known.min(), known.max()))
    return str(first), str(last)
