"""Changes with a known effect: intervals cover it, a change of nothing is not found, and what misleads is noticed.

Bounds are the 99.9 % of the binomial around what is promised, with 200 simulated companies each.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from momot.effects.changes import ChangeEstimate, estimate_change
from tests.effects.change_frames import simulated

SEEDS = 200
COVERED = (0.90, 0.995)  # 95 % ± 3.3 standard errors, and a little above where the interval includes shocks that are not there


def answers(seeds: int = SEEDS, **law: Any) -> list[ChangeEstimate]:
    return [estimate_change(simulated(seed, **law)) for seed in range(seeds)]


def covered(found: list[ChangeEstimate], truth: float) -> float:
    effects = [one.effect for one in found]
    assert all(effect is not None for effect in effects)
    return sum(effect.low <= truth <= effect.high for effect in effects if effect) / len(found)


def share(found: list[ChangeEstimate], check: str, *statuses: str) -> float:
    return sum(any(one.name == check and one.status in statuses for one in answer.checks) for answer in found) / len(found)


@pytest.mark.parametrize(
    "law",
    [
        {"effect": 0.0},
        {"effect": 0.4},
        {"effect": 0.4, "shared": 0.9, "each": 12, "people": 120},  # few people with many units each
        {"effect": 0.4, "shock": 0.2},  # weeks that strike everybody who met it alike
        {"effect": 0.4, "met": None, "season": 0.0},  # nobody to compare with
    ],
    ids=str,
)
def test_intervals_cover_the_effect(law: dict[str, Any]) -> None:
    found = answers(**law)
    assert COVERED[0] <= covered(found, law["effect"]) <= COVERED[1]
    estimates = [one.effect.estimate for one in found if one.effect is not None]
    assert abs(sum(estimates) / len(estimates) - law["effect"]) < 0.03


def test_a_change_of_nothing_is_rarely_found_and_mostly_passes_its_checks() -> None:
    found = answers()
    assert 1 - covered(found, 0.0) <= 0.10  # 5 % + 3.3 standard errors
    assert share(found, "pre_trend", "fail") <= 0.10
    assert share(found, "composition", "review") <= 0.10
    assert share(found, "anticipation", "review") <= 0.04


def test_a_drift_that_began_before_the_date_fails_its_check() -> None:
    found = answers(80, drift=0.6)
    assert covered(found, 0.0) < 0.5  # the naive answer is wrong …
    assert share(found, "pre_trend", "fail") >= 0.8  # … and is not given
    assert all(one.evidence == "C" for one in found if any(c.name == "pre_trend" and c.status == "fail" for c in one.checks))


def test_other_people_after_the_date_are_noticed() -> None:
    assert share(answers(60, shift=0.25, people=800), "composition", "review") >= 0.9
    chosen = answers(60, chosen=1.0, effect=0.2)
    assert share(chosen, "composition", "review") >= 0.9
    assert covered(chosen, 0.2) >= 0.85  # what was known of them is adjusted for
    assert all(one.evidence == "C" for one in chosen if any(c.name == "composition" and c.status == "review" for c in one.checks))


def test_persons_are_what_errors_are_shared_by() -> None:
    """Twenty units a person, most of the variance theirs: intervals that take units for independent would be far too narrow."""

    def covers_nothing(seed: int) -> tuple[bool, bool]:
        frame = simulated(seed, people=60, each=20, shared=0.9)
        # everybody is on one side of the date and met it always or never, whatever they did: nothing depends on it
        week = np.where(frame.cluster % 4 < 2, -1 - frame.period % 12, np.abs(frame.period) % 8)
        by_person = replace(frame, met=frame.cluster % 2 == 0, period=week)
        found = [estimate_change(one).effect for one in (by_person, replace(by_person, cluster=np.arange(len(week))))]
        return found[0] is not None and found[0].low <= 0 <= found[0].high, found[1] is not None and found[1].low <= 0 <= found[1].high

    sides = [covers_nothing(seed) for seed in range(60)]
    assert sum(person for person, _ in sides) / 60 >= 0.85
    assert sum(unit for _, unit in sides) / 60 <= 0.75
