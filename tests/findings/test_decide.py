"""A panel asks two things of a moment, how it went and having met it at all: which of the two its verdict rests on."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from momot.designs.frame import Exposure, Frame, State
from momot.effects.estimates import ContrastEstimate, ExposureEstimate
from momot.findings import verdict as decisions
from momot.findings.verdict import Decided, decide, label
from momot.vocabulary.records import Check


def contrast(name: str, estimate: float, *, p: float, between_met: bool) -> ContrastEstimate:
    reference = "neutral" if between_met else "not met"
    return ContrastEstimate(name, "bad", reference, 500, 500, 0.3, 0.4, estimate, 0.01, estimate - 0.02, estimate + 0.02, p, between_met)


BAD = contrast("break", -0.2, p=1e-9, between_met=True)
NO_DIFFERENCE = contrast("break", -0.005, p=0.8, between_met=True)
MET = contrast("presence", 0.15, p=1e-9, between_met=False)
NOT_MET = contrast("presence", 0.005, p=0.8, between_met=False)


def a_moment(
    *contrasts: ContrastEstimate, presence: tuple[str, ...] = (), between: tuple[str, ...] = (), design: str = "panel"
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
    return decisions.Tested("buys", frame, exposure, estimate, 1, 0.01)


def decided(one: decisions.Tested) -> Decided:
    (answer,) = decide([one])
    return answer


def test_how_it_went_comes_first() -> None:
    answer = decided(a_moment(BAD, MET))
    assert (answer.verdict, answer.tested.evidence, answer.tested.of_presence) == ("likely", "B", False)
    assert label(answer.tested, answer.verdict) == "breaks"


def test_having_met_it_is_an_association_where_how_it_went_shows_nothing() -> None:
    answer = decided(a_moment(NO_DIFFERENCE, MET))
    assert (answer.verdict, answer.tested.evidence, answer.tested.of_presence) == ("association", "C", True)
    assert label(answer.tested, answer.verdict) == "presence"
    assert answer.q_value == answer.q_presence
    assert answer.q_between is not None
    assert answer.q_between > 0.5


def test_nothing_in_either_is_no_evidence_of_how_it_went() -> None:
    answer = decided(a_moment(NO_DIFFERENCE, NOT_MET))
    assert (answer.verdict, answer.tested.of_presence) == ("no evidence", False)


def test_without_qualities_having_met_it_decides() -> None:
    assert decided(a_moment(NOT_MET)).verdict == "no evidence"
    assert decided(a_moment(MET)).verdict == "association"


@pytest.mark.parametrize("gate", ["opportunity", "positivity"])
def test_a_gate_of_having_met_it_closes_only_that(gate: str) -> None:
    assert decided(a_moment(MET, presence=(gate,))).verdict == "not identifiable"
    assert decided(a_moment(BAD, MET, presence=(gate,))).verdict == "likely"


def test_a_difference_before_the_touch_lowers_the_evidence_and_closes_nothing() -> None:
    lowered = decided(a_moment(BAD, MET, between=("pre_period",)))
    assert (lowered.verdict, lowered.tested.evidence) == ("association", "C")
    assert decided(a_moment(MET, presence=("pre_period",))).verdict == "association"


def test_episodes_still_say_nothing_of_having_met_it() -> None:
    episode = replace(a_moment(MET, design="episode"), direct=None)
    answer = decided(episode)
    assert (answer.verdict, answer.q_presence) == ("not identifiable", None)


def test_both_tests_of_every_moment_share_one_false_discovery_rate() -> None:
    weak = contrast("presence", 0.05, p=0.04, between_met=False)
    alone = decide([a_moment(weak)])[0].q_presence
    silent = [a_moment(NO_DIFFERENCE, NOT_MET) for _ in range(9)]
    beside = decide([a_moment(weak), *silent])[0].q_presence
    assert alone == pytest.approx(0.04)
    assert beside == pytest.approx(0.04 * 19)  # one test of the weak one, two of each of the nine
