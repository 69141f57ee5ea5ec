"""What the estimator of changes says of one frame: groups, periods, gates, and how the touchpoint went."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from momot.designs.change_frame import Touches
from momot.effects.changes import ChangeEstimate, estimate_change, how_it_went
from tests.effects.change_frames import simulated


def check(found: ChangeEstimate, name: str) -> str:
    return next(one.status for one in found.checks if one.name == name)


def test_without_covariates_and_with_even_weeks_it_is_the_difference_of_differences() -> None:
    frame = replace(simulated(0, effect=1.0), covariates=())
    keep = []  # the same number of units in each week and group: all weights are equal
    random = np.random.default_rng(0)
    for week in range(-12, 8):
        for met in (False, True):
            keep += random.choice(np.flatnonzero((frame.period == week) & (frame.met == met)), 15, replace=False).tolist()
    frame = frame.some(np.sort(np.array(keep)))
    found = estimate_change(frame)
    mean = {(group.met, group.after): group.mean for group in found.groups}
    assert found.effect is not None
    assert None not in mean.values()
    assert found.effect.estimate == pytest.approx((mean[True, True] - mean[True, False]) - (mean[False, True] - mean[False, False]))  # type: ignore[operator]
    assert [group.units for group in found.groups] == [180, 120, 180, 120]
    assert [(period.days, period.met) for period in found.periods[:2]] == [(-84, 15), (-77, 15)]


def test_a_clear_effect_after_a_quiet_year_is_evidence_b() -> None:
    found = estimate_change(simulated(1, effect=0.6, people=1500, before=40))
    assert (found.comparison, found.evidence) == ("not met", "B")
    assert found.effect is not None
    assert found.effect.low > 0.4
    assert {one.name: one.status for one in found.checks} == {
        "support": "pass", "pre_trend": "pass", "anticipation": "pass", "composition": "pass",
    }  # fmt: skip


def test_a_drift_as_large_as_the_effect_that_would_have_gone_unseen_makes_it_c() -> None:
    found = estimate_change(simulated(2, effect=0.35, before=6, after=6))
    assert found.effect is not None
    assert found.effect.low > 0
    assert (check(found, "pre_trend"), found.evidence) == ("review", "C")
    (said,) = [one.message for one in found.checks if one.name == "pre_trend"]
    assert "would more likely than not have gone unseen" in said


def test_two_periods_before_tell_nothing_of_a_drift() -> None:
    found = estimate_change(simulated(3, before=2, people=200))
    assert (check(found, "pre_trend"), check(found, "support"), found.evidence) == ("skipped", "review", "C")


def test_where_everybody_meets_it_the_line_before_is_continued() -> None:
    found = estimate_change(simulated(4, met=None, effect=0.5, season=0.0))
    assert (found.comparison, found.evidence, check(found, "season")) == ("before", "C", "review")
    assert found.effect is not None
    assert found.effect.low < 0.5 < found.effect.high
    assert [group.units for group in found.groups if not group.met] == [0, 0]


@pytest.mark.parametrize(
    ("rows", "told"),
    [
        (lambda frame: frame.met & frame.after & (np.cumsum(frame.met & frame.after) > 20), "units of 10 people"),
        (lambda frame: frame.after & frame.met, "0 of 0 people after"),
        (lambda frame: ~frame.after & frame.met, "0 of 0 people before"),
    ],
)
def test_too_few_who_met_it_on_either_side_are_no_answer(rows: object, told: str) -> None:
    frame = simulated(5)
    found = estimate_change(frame.some(np.flatnonzero(~rows(frame))))  # type: ignore[operator]
    assert found.effect is None
    assert found.periods == ()
    (failed,) = [one for one in found.checks if one.status == "fail"]
    assert told in failed.message


def test_a_share_needs_some_of_each() -> None:
    frame = simulated(6)
    outcome = np.zeros(len(frame.outcome))
    outcome[np.flatnonzero(frame.met)[:5]] = 1.0
    found = estimate_change(replace(frame, outcome=outcome))
    assert found.effect is None
    assert "fewer than 20" in next(one.message for one in found.checks if one.name == "support")


def test_a_line_is_not_continued_from_a_handful_of_periods() -> None:
    found = estimate_change(simulated(7, met=None, before=5))
    assert found.effect is None
    assert "8 and 1 are needed" in next(one.message for one in found.checks if one.name == "support")


def test_messages_are_in_the_unit_of_the_outcome() -> None:
    frame = simulated(8, drift=0.6)
    share = estimate_change(replace(frame, outcome=(frame.outcome > 0).astype(np.float64)), unit="share")
    (said,) = [one.message for one in share.checks if one.name == "pre_trend"]
    assert " points" in said


def test_the_order_of_persons_changes_nothing() -> None:
    frame = simulated(9, effect=0.3)
    order = np.argsort(-frame.cluster, kind="stable")
    turned = frame.some(order)
    turned = replace(turned, cluster=turned.cluster.max() - turned.cluster)
    one, other = estimate_change(frame).effect, estimate_change(turned).effect
    assert one is not None
    assert other is not None
    assert (one.estimate, one.low, one.high) == pytest.approx((other.estimate, other.low, other.high), rel=1e-9)


def test_how_it_went_counts_what_went_badly_or_else_well() -> None:
    person, after = np.array([0, 0, 1, 1, 2]), np.array([0, 1, 0, 1, 1])
    happened, bad = np.array([10.0, 10, 10, 10, 20]), np.array([5.0, 1, 5, 1, 2])
    went = how_it_went(Touches(person, after, happened, bad, happened - bad))
    assert went is not None
    assert (went.quality, went.before, went.after, went.touches_before, went.touches_after) == ("bad", 0.5, 0.1, 20, 40)
    well = how_it_went(Touches(person, after, happened, np.zeros(5), bad))
    assert well is not None
    assert (well.quality, well.before) == ("good", 0.5)
    assert how_it_went(Touches(person, after, happened, np.zeros(5), np.zeros(5))) is None
    assert how_it_went(Touches(person, np.zeros(5, dtype=np.int64), happened, bad, bad)) is None
