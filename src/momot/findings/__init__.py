"""What was found, as frozen values: the machine contract, `Findings` over it, its words, its table in a terminal."""

from momot.findings.findings import Findings, Moment

__all__ = ["Findings", "Moment"]
