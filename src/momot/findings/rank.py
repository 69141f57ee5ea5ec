"""The order of findings: moments, then likely ones, then associations; within each by what is at stake, or where time is unknown by effect.

Always by the end of the interval nearest zero, never by the point; what can't be told apart shares a tied group (EFFECTS.md 1.4, 3 i).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from momot.effects.estimates import Estimates
from momot.effects.ties import bound_nearest_zero, tied_groups
from momot.findings.verdict import Tested
from momot.vocabulary import Verdict
from momot.vocabulary.records import AtStake

RANKED: tuple[Verdict, ...] = ("moment", "likely", "association")


@dataclass(frozen=True, slots=True)
class Place:
    """Rank of one finding and the number of its tied group, from 1; None where its verdict is not ranked."""

    rank: int | None
    tied: int | None


def rank(estimates: Estimates, tested: Sequence[Tested], verdicts: Sequence[Verdict]) -> list[Place]:
    """The place of each tested moment of one question, in the order given."""
    places = [Place(None, None)] * len(tested)
    taken = groups = 0
    for wanted in RANKED:
        members = [position for position, verdict in enumerate(verdicts) if verdict == wanted]
        stakes = [tested[position].at_stake for position in members]
        if wanted != "association" and members and all(stake is not None for stake in stakes):
            ordered, tied = _by_stake({position: stake for position, stake in zip(members, stakes, strict=True) if stake is not None})
        else:
            ordered, tied = _by_effect(estimates, tested, members)
        for position in ordered:
            taken += 1
            places[position] = Place(taken, groups + tied[position])
        groups += max(tied.values(), default=0)
    return places


def _by_effect(estimates: Estimates, tested: Sequence[Tested], members: list[int]) -> tuple[list[int], dict[int, int]]:
    exposures = {tested[position].estimate.exposure: position for position in members}
    groups = {exposures[exposure]: group for exposure, group in tied_groups(estimates, list(exposures)).items()}
    strength = {position: max(bound_nearest_zero(contrast) for contrast in tested[position].decisive_contrasts) for position in members}
    return sorted(members, key=lambda position: (groups[position], -strength[position])), groups


def _by_stake(stakes: dict[int, AtStake]) -> tuple[list[int], dict[int, int]]:
    """Tied where the interval at stake overlaps that of the group's first."""
    ordered = sorted(stakes, key=lambda position: _bound(stakes[position]), reverse=True)
    groups: dict[int, int] = {}
    first, number = None, 0
    for position in ordered:
        if first is None or not _overlap(stakes[first], stakes[position]):
            first, number = position, number + 1
        groups[position] = number
    return ordered, groups


def _bound(stake: AtStake) -> float:
    return stake.low if stake.estimate >= 0 else -stake.high


def _overlap(left: AtStake, right: AtStake) -> bool:
    (a, b), (c, d) = _sizes(left), _sizes(right)
    return a <= d and c <= b


def _sizes(stake: AtStake) -> tuple[float, float]:
    return (stake.low, stake.high) if stake.estimate >= 0 else (-stake.high, -stake.low)
