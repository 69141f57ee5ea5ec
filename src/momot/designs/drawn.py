"""How many units of a question come to this machine: beyond a bound whole persons or accounts are drawn (decision 39).

Questions but those of people over time are estimated from a frame with a row a unit. What millions of units leave uncertain, more of them
would not make plainer, so that a frame need not grow with the company: a draw keeps or leaves all units of a person, by a hash of their
number, the same on every engine and in whatever order rows lie.
"""

from __future__ import annotations

from dataclasses import dataclass

from momot.vocabulary.records import Check

MOST_UNITS = 4_000_000
"""Units of one question that come to this machine, about: whole persons are drawn."""
_HASHES = 16**7


@dataclass(frozen=True, slots=True)
class Drawn:
    """The share of the persons (accounts, rows of nobody) that is drawn, of `units` in all."""

    units: int
    share: float = 1.0

    def sql(self, number: str) -> str:
        """SQL: whether the person or account with this whole number is drawn."""
        if self.share >= 1:
            return "true"
        return f"('0x' || left(md5(CAST({number} AS VARCHAR)), 7))::BIGINT < {round(self.share * _HASHES)}"

    def months(self, seen: float | None) -> float | None:
        """The months in which the whole company meets as much as the drawn units do in the months that were seen."""
        return None if seen is None else seen * self.share

    def checks(self, units: int) -> tuple[Check, ...]:
        """That `units` were looked at, where they are not all."""
        if self.share >= 1:
            return ()
        message = (
            f"{units:,} of {self.units:,} units were looked at: all of those persons whom a draw kept, {self.share:.1%} of them. "
            "What a month comes to is of the whole company."
        )
        return (Check(name="drawn", status="pass", value=self.share, message=message),)


def draw(units: int) -> Drawn:
    """What is drawn where a question has so many units."""
    return Drawn(units, min(1.0, MOST_UNITS / max(units, 1)))
