"""What is known of journeys beside the findings: people at each stage and the two loops, each share with its denominator, or absent."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from momot.journeys.contract import Fact, Journey
from momot.vocabulary import FactName, Stage


@dataclass(frozen=True, slots=True)
class Share:
    """A share 0-1 of `n`, with its 95 % interval."""

    value: float
    low: float
    high: float
    n: int


@dataclass(frozen=True, slots=True)
class Around:
    """What stands around the moments on a map. Whatever is not known is not there."""

    people: int | None = None
    stages: Mapping[Stage, int] = field(default_factory=dict)  # people who were at a stage at any time
    loyalty: Share | None = None  # of buyers: have bought again
    shared: Share | None = None  # of what is read in research: what customers say

    @property
    def most(self) -> int:
        """The people of the fullest stage, or all of them."""
        return max([self.people or 0, *self.stages.values()])


NOTHING = Around()


def around(journey: Journey | None) -> Around:
    """From the facts of a build."""
    return Around(
        people=journey.people if journey is not None else None,
        stages={one.stage: one.people for one in journey.stages} if journey is not None else {},
        loyalty=_share(journey, "repurchase_share"),
        shared=_share(journey, "review_share"),
    )


def _share(journey: Journey | None, name: FactName) -> Share | None:
    found: Fact | None = next((fact for fact in journey.facts if fact.id == name and fact.group is None), None) if journey else None
    if found is None or found.value is None or found.low is None or found.high is None:
        return None
    return Share(found.value, found.low, found.high, found.n)
