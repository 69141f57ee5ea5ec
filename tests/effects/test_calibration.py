"""Which estimates are calibrated together, and what becomes of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest

from momot.designs.frame import Exposure, Frame, State
from momot.effects.calibration import FEW, FEWEST, Asked, Calibrated, Options, calibrate
from momot.effects.estimates import ContrastEstimate, Estimates, ExposureEstimate
from momot.stats.intervals import interval
from momot.vocabulary.records import AtStake, Check

ERROR = 0.01


def contrast(name: str, estimate: float, *, met: bool) -> ContrastEstimate:
    told = interval(estimate, ERROR, 99.0)
    return ContrastEstimate(
        name, "bad", "other", 500, 500, 0.3, 0.4, estimate, ERROR, told.low, told.high, told.p_value, met, df=99.0
    )  # fmt: skip


def moved(of: ContrastEstimate, shift: float) -> ContrastEstimate:
    return replace(of, without_activity=of.estimate + shift)


def asked(
    rows: Sequence[Sequence[ContrastEstimate]], *, question: str = "buys", evidence: str = "B", aimed: float | None = None, **kwargs: object
) -> Asked:
    codes = np.zeros(1, dtype=np.int16)
    states = (State("not met", "absent"),)
    exposures = tuple(
        Exposure(f"t{number}", "smot", "interaction", "quality", states, codes, (), evidence)  # type: ignore[arg-type]
        for number in range(len(rows))
    )
    estimates = tuple(
        ExposureEstimate(
            exposure=number,
            contrasts=tuple(contrasts),
            joint_p=0.5,
            between_met_p=0.5 if any(one.between_met for one in contrasts) else None,
            residual_share=0.9,
            detectable=0.02,
            held=(),
            at_stake=AtStake(estimate=1.0, low=0.5, high=1.5, unit="sales a month"),
            factors=((100.0,) + (0.0,) * (len(contrasts) - 1), ()),
            people=500,
            checks=(),
            aimed=aimed,
        )
        for number, contrasts in enumerate(rows)
    )
    size = sum(len(contrasts) for contrasts in rows)
    frame = Frame(question, "panel", evidence, np.zeros(1), None, np.zeros(1, dtype=np.int64), codes, (), exposures)  # type: ignore[arg-type]
    return Asked(question, frame, Estimates(estimates, ERROR**2 * np.eye(size), 0.3, 99.0), 1, "people", **kwargs)  # type: ignore[arg-type]


def presences(
    rng: np.random.Generator, count: int, *, location: float = 0.0, spread: float = 0.0, true: float = 0.0
) -> list[list[ContrastEstimate]]:
    """One presence a touchpoint; the first of them is true by `true`."""
    errors = location + rng.normal(0, np.hypot(ERROR, spread), count)
    return [[contrast("presence", error + (true if number == 0 else 0.0), met=False)] for number, error in enumerate(errors)]


def one(question: Asked, options: Options | None = None) -> Calibrated:
    (found,) = calibrate([question], options=options)
    return found


def test_what_moves_all_of_them_is_taken_out_and_its_spread_put_into_the_intervals() -> None:
    found = one(asked(presences(np.random.default_rng(0), 40, location=0.05, spread=0.03, true=0.4)))
    (law,) = found.laws
    assert law.law.location == pytest.approx(0.05, abs=0.015)
    assert law.law.spread == pytest.approx(0.03, abs=0.012)
    first, *rest = (estimate.contrasts[0] for estimate in found.estimates.exposures)
    assert first.low <= 0.4 <= first.high
    assert first.standard_error > 2 * ERROR
    assert np.mean([other.low <= 0 <= other.high for other in rest]) >= 0.9
    assert found.presence == "majority"
    assert found.estimates.exposures[0].detectable > 0.05
    assert found.estimates.covariance[0, 0] == pytest.approx(first.standard_error**2)
    assert found.estimates.covariance[0, 1] > 0  # the error of the location is shared


def test_what_is_at_stake_follows_the_calibrated_estimate() -> None:
    found = one(asked(presences(np.random.default_rng(1), 20, location=0.05, spread=0.02))).estimates.exposures[3]
    assert found.at_stake is not None
    assert found.at_stake.estimate == pytest.approx(100 * found.contrasts[0].estimate)
    assert found.at_stake.unit == "sales a month"


def test_too_few_touchpoints_stay_raw() -> None:
    question = asked(presences(np.random.default_rng(2), FEWEST - 1, location=0.05))
    found = one(question)
    assert (found.presence, found.laws, found.estimates) == ("none", (), question.estimates)


def test_what_few_touchpoints_tell_is_said_to_be_little_and_its_interval_is_wide() -> None:
    rng = np.random.default_rng(2)
    few, many = (one(asked(presences(rng, count, location=0.05, spread=0.02))) for count in (FEW - 1, 40))
    assert (few.presence, few.few, many.few) == ("majority", True, False)
    assert few.estimates.exposures[1].contrasts[0].df < many.estimates.exposures[1].contrasts[0].df
    assert not one(asked(presences(rng, FEW - 1)), Options(few=False)).few


def test_declared_controls_serve_where_touchpoints_are_few() -> None:
    rows = presences(np.random.default_rng(3), FEWEST - 1, location=0.1, spread=0.01)
    assert one(asked(rows, controls=frozenset({"t3", "t4"}))).presence == "none"
    found = one(asked(rows, controls=frozenset({"t2", "t3", "t4"})))
    assert (found.presence, found.few, found.controls) == ("controls", False, ("t2", "t3", "t4"))
    more = one(asked(presences(np.random.default_rng(3), 8, location=0.1), controls=frozenset({"t2", "t3", "t4"})))
    assert (more.presence, more.few) == ("controls", False)
    assert found.laws[0].law.location == pytest.approx(0.1, abs=0.03)
    assert found.estimates.exposures[0].contrasts[0].df < 99


def test_experiments_on_touchpoints_tell_the_error_of_the_others() -> None:
    """Five touchpoints with effects of .2 and an error of .1; experiments know the effects of three of them."""
    rng = np.random.default_rng(20)
    rows = [[contrast("presence", 0.3 + rng.normal(0, ERROR), met=False)] for _ in range(5)]
    tried = {number: (0.2 + rng.normal(0, ERROR), ERROR) for number in range(3)}
    assert one(asked(rows)).presence == "none"
    found = one(asked(rows, tried=tried))
    assert (found.presence, found.few) == ("controls", False)
    assert found.laws[0].law.location == pytest.approx(0.1, abs=0.02)
    for estimate in found.estimates.exposures:
        assert estimate.contrasts[0].low <= 0.2 <= estimate.contrasts[0].high


def test_how_it_went_and_having_met_it_have_laws_of_their_own() -> None:
    rng = np.random.default_rng(4)
    rows = [
        [contrast("presence", 0.1 + rng.normal(0, 0.04), met=False), contrast("break", rng.normal(0, ERROR), met=True)] for _ in range(30)
    ]
    laws = {law.kind: law.law for law in one(asked(rows)).laws}
    assert laws["presence", False].location == pytest.approx(0.1, abs=0.03)
    assert laws["presence", False].spread > 0.02
    assert abs(laws["break", True].location) < 0.01
    assert laws["break", True].spread < 0.01


def test_a_kind_that_few_touchpoints_have_takes_the_widest_law_of_its_side() -> None:
    rng = np.random.default_rng(5)
    rows = presences(rng, 30, location=0.1, spread=0.04)
    rows[0] = [*rows[0], contrast("break", -0.2, met=False)]
    found = one(asked(rows)).estimates.exposures[0].contrasts[1]
    assert found.estimate == -0.2
    assert found.standard_error > 0.03


def test_contrasts_between_ways_that_few_touchpoints_have_stay_raw_beside_calibrated_presence() -> None:
    rows = presences(np.random.default_rng(6), 30)
    rows[0] = [*rows[0], contrast("break", -0.2, met=True)]
    found = one(asked(rows))
    assert (found.presence, found.between) == ("majority", "none")
    assert found.estimates.exposures[0].contrasts[1] is rows[0][1]


def test_accidents_are_neither_calibrated_nor_counted() -> None:
    rows = presences(np.random.default_rng(7), FEWEST, location=0.1)
    found = one(asked(rows, exempt=frozenset({"t0"})))
    assert found.presence == "none"
    found = one(asked(presences(np.random.default_rng(7), 30, location=0.1), exempt=frozenset({"t0"})))
    assert found.estimates.exposures[0].contrasts[0].standard_error == ERROR
    assert found.estimates.exposures[1].contrasts[0].standard_error > ERROR


def test_presence_that_only_counts_chances_is_no_measure_of_error() -> None:
    question = asked(presences(np.random.default_rng(8), 30))
    closed = Check(name="opportunity", status="fail", message="-")
    exposures = tuple(replace(one, before_presence=(closed,)) for one in question.estimates.exposures)
    assert one(replace(question, estimates=replace(question.estimates, exposures=exposures))).presence == "none"


@pytest.mark.parametrize("evidence", ["A", "C"])
def test_only_adjusted_designs_are_calibrated(evidence: str) -> None:
    question = asked(presences(np.random.default_rng(9), 30, location=0.1), evidence=evidence)
    assert one(question).estimates is question.estimates


def test_touches_aimed_at_people_at_risk_are_judged_by_how_far_adjustment_moved_them() -> None:
    rng = np.random.default_rng(10)
    shifts = rng.normal(0, 0.1, 40)
    rows = [[moved(contrast("presence", 0.5 * shift + rng.normal(0, ERROR), met=False), shift)] for shift in shifts]
    graded, plain = one(asked(rows, aimed=0.5)), one(asked(rows, aimed=0.1))
    assert graded.laws[0].law.slope == pytest.approx(0.5, abs=0.1)
    assert graded.laws[0].law.spread < 0.015 < plain.laws[0].law.spread
    assert one(asked(rows, aimed=0.5), Options(graded=False)).laws[0].law.slope == 0


def test_outcomes_of_one_design_speak_together() -> None:
    rng = np.random.default_rng(11)
    first, second = presences(rng, 30, true=0.3), presences(rng, 30, true=0.3)
    together = calibrate([asked(first), asked(second, question="returns")])
    assert [found.presence for found in together] == ["majority", "majority"]
    assert together[0].false[0][0] < 0.01
    assert together[0].false[1][0] > 0.5


def test_the_order_of_questions_changes_nothing() -> None:
    rng = np.random.default_rng(12)
    first, second = asked(presences(rng, 20, true=0.3)), asked(presences(rng, 20), question="returns")
    (a, b), (d, c) = calibrate([first, second]), calibrate([second, first])
    for left, right in ((a, c), (b, d)):
        assert left.laws[0].law.spread == pytest.approx(right.laws[0].law.spread, rel=1e-9, abs=1e-12)
