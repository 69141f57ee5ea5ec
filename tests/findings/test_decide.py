"""With evidence B two things are asked of a moment, how it went and having met it at all: which of the two its verdict rests on."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from momot.designs.frame import Exposure, Frame, State
from momot.effects.estimates import ContrastEstimate, ExposureEstimate
from momot.findings import verdict as decisions
from momot.findings.verdict import Decided, Systematic, decide, label
from momot.stats.sensitivity import Robustness, Strength
from momot.vocabulary.records import Check


def contrast(name: str, estimate: float, *, p: float, between_met: bool) -> ContrastEstimate:
    reference = "neutral" if between_met else "not met"
    return ContrastEstimate(name, "bad", reference, 500, 500, 0.3, 0.4, estimate, 0.01, estimate - 0.02, estimate + 0.02, p, between_met)


BAD = contrast("break", -0.2, p=1e-9, between_met=True)
NO_DIFFERENCE = contrast("break", -0.005, p=0.8, between_met=True)
MET = contrast("presence", 0.15, p=1e-9, between_met=False)
NOT_MET = contrast("presence", 0.005, p=0.8, between_met=False)
MEASURED = Systematic("majority", 40, location=0.0, spread=0.01)
FEW = replace(MEASURED, touchpoints=8, few=True)
UNKNOWN = Systematic()


def a_moment(
    *contrasts: ContrastEstimate,
    presence: tuple[str, ...] = (),
    between: tuple[str, ...] = (),
    design: str = "panel",
    presence_known: Systematic | None = None,
    between_known: Systematic | None = None,
) -> decisions.Tested:
    exposure = Exposure("call", "smot", "interaction", "quality", (State("not met", "absent"),), np.zeros(1, dtype=np.int16), (), "B")
    went = [one.p_value for one in contrasts if one.between_met]
    estimate = ExposureEstimate(
        exposure=0,
        contrasts=contrasts,
        joint_p=min((one.p_value for one in contrasts), default=None),
        between_met_p=min(went, default=None),
        residual_share=0.9,
        detectable=0.02,
        held=(),
        at_stake=None,
        people=500,
        checks=(),
        before_presence=tuple(Check(name=name, status="fail", message="-") for name in presence),  # type: ignore[arg-type]
        before_between=tuple(Check(name=name, status="fail", message="-") for name in between),  # type: ignore[arg-type]
    )
    empty = np.zeros(1)
    frame = Frame("buys", design, "B", empty, None, empty.astype(np.int64), empty.astype(np.int16), (), (exposure,))  # type: ignore[arg-type]
    return decisions.Tested(
        "buys", frame, exposure, estimate, 1, 0.01, presence=presence_known or MEASURED, between=between_known or MEASURED
    )


def decided(one: decisions.Tested) -> Decided:
    (answer,) = decide([one])
    return answer


def test_of_two_moments_how_it_went_comes_first() -> None:
    answer = decided(a_moment(BAD, MET))
    assert (answer.verdict, answer.tested.evidence, answer.tested.of_presence) == ("moment", "B", False)
    assert label(answer.tested, answer.verdict) == "breaks"


def test_what_goes_against_its_own_quality_is_likely_at_most() -> None:
    answer = decided(a_moment(contrast("break", 0.2, p=1e-9, between_met=True)))
    assert (answer.verdict, label(answer.tested, answer.verdict)) == ("likely", None)


def test_the_stronger_verdict_comes_first() -> None:
    answer = decided(a_moment(BAD, MET, between_known=UNKNOWN))
    assert (answer.verdict, answer.tested.of_presence) == ("moment", True)


def test_having_met_it_decides_where_how_it_went_shows_nothing() -> None:
    answer = decided(a_moment(NO_DIFFERENCE, MET))
    assert (answer.verdict, answer.tested.evidence, answer.tested.of_presence) == ("moment", "B", True)
    assert label(answer.tested, answer.verdict) == "presence"
    assert answer.q_value == answer.q_presence
    assert answer.q_between is not None
    assert answer.q_between > 0.5


def test_nothing_in_either_is_no_evidence_of_how_it_went() -> None:
    answer = decided(a_moment(NO_DIFFERENCE, NOT_MET))
    assert (answer.verdict, answer.tested.of_presence) == ("no evidence", False)


@pytest.mark.parametrize("design", ["panel", "episode"])
def test_without_a_measure_of_systematic_error_nothing_is_said_of_having_met_it(design: str) -> None:
    assert decided(a_moment(MET, design=design)).verdict == "moment"
    answer = decided(a_moment(MET, design=design, presence_known=UNKNOWN))
    assert (answer.verdict, answer.q_presence) == ("not identifiable", None)
    (check,) = [check for check in answer.tested.checks if check.name == "calibration"]
    assert (check.status, bool(check.fix)) == ("fail", True)


@pytest.mark.parametrize("gate", ["opportunity", "positivity"])
def test_a_gate_of_having_met_it_closes_only_that(gate: str) -> None:
    assert decided(a_moment(MET, presence=(gate,))).verdict == "not identifiable"
    assert decided(a_moment(BAD, MET, presence=(gate,))).verdict == "moment"


def test_a_difference_before_the_touch_lowers_the_evidence_where_systematic_error_is_not_measured() -> None:
    lowered = decided(a_moment(BAD, MET, between=("pre_period",), between_known=UNKNOWN, presence_known=UNKNOWN))
    assert (lowered.verdict, lowered.tested.evidence) == ("association", "C")
    assert decided(a_moment(MET, presence=("pre_period",))).verdict == "moment"
    assert decided(a_moment(MET, presence=("pre_period",), presence_known=FEW)).verdict == "association"


def test_a_second_adjustment_that_does_not_find_it_leaves_it_likely() -> None:
    agrees, silent = replace(MET, estimate=0.1, low=0.05, high=0.15), replace(MET, estimate=0.02, low=-0.05, high=0.09)
    against = replace(MET, estimate=-0.1, low=-0.15, high=-0.05)
    answers = [decided(a_moment(MET, presence_known=replace(MEASURED, again=again))) for again in (agrees, silent, against)]
    assert [answer.verdict for answer in answers] == ["moment", "likely", "likely"]
    hull = answers[1].tested.printed(MET)
    assert (hull.estimate, hull.low, hull.high) == (MET.estimate, -0.05, MET.high)


@pytest.mark.parametrize("known", [UNKNOWN, FEW])
def test_few_touchpoints_leave_how_it_went_likely_unless_a_strong_hidden_cause_could_not_explain_it(known: Systematic) -> None:
    strong, weak = Strength(0.01, 0.01), Strength(0.3, 0.3)
    held = {cause: replace(BAD, robustness=Robustness(BAD.estimate, 0.02, scale=1.0, everything=cause)) for cause in (strong, weak)}
    assert decided(a_moment(held[strong], between_known=known)).verdict == "moment"
    assert decided(a_moment(held[weak], between_known=known)).verdict == "likely"
    assert decided(a_moment(BAD, between_known=known)).verdict == "likely"


def test_few_touchpoints_leave_having_met_it_likely() -> None:
    robust = Robustness(MET.estimate, 0.02, scale=1.0, everything=Strength(0.01, 0.01))
    answer = decided(a_moment(replace(MET, robustness=robust), presence_known=FEW))
    assert answer.verdict == "likely"
    (check,) = [check for check in answer.tested.checks if check.name == "calibration"]
    assert check.status == "review"


@pytest.mark.parametrize(
    ("false", "others", "expected"), [(0.08, 3, "likely"), (0.3, 3, "no evidence"), (None, 3, "no evidence"), (0.08, 9, "no evidence")]
)
def test_what_misses_the_false_discovery_rate_but_is_rarely_false_is_likely(false: float | None, others: int, expected: str) -> None:
    """With nine others it misses that rate by too much for the local one to speak."""
    weak = replace(contrast("presence", 0.05, p=0.02, between_met=False), low=0.015, high=0.085)
    silent = [a_moment(NO_DIFFERENCE, NOT_MET, presence_known=replace(MEASURED, false=0.95)) for _ in range(others)]
    (first, *_) = decide([a_moment(weak, presence_known=replace(MEASURED, false=false)), *silent])
    assert first.q_value is not None
    assert first.q_value > 0.1
    assert first.verdict == expected


def test_a_touchpoint_declared_to_change_nothing_is_never_found() -> None:
    control = replace(MEASURED, control=True)
    answer = decided(a_moment(BAD, MET, presence_known=control, between_known=control))
    assert answer.verdict == "no evidence"


def test_an_accident_needs_no_calibration() -> None:
    struck = replace(UNKNOWN, exempt=True)
    assert decided(a_moment(MET, presence_known=struck)).verdict == "moment"


def test_both_tests_of_every_moment_share_one_false_discovery_rate() -> None:
    weak = contrast("presence", 0.05, p=0.04, between_met=False)
    alone = decide([a_moment(weak)])[0].q_presence
    silent = [a_moment(NO_DIFFERENCE, NOT_MET) for _ in range(9)]
    beside = decide([a_moment(weak), *silent])[0].q_presence
    assert alone == pytest.approx(0.04)
    assert beside == pytest.approx(0.04 * 19)  # one test of the weak one, two of each of the nine
