"""Which contrasts tell how long a finding lasts, and how it is said."""

from __future__ import annotations

import math

import numpy as np
import pytest

from momot.designs.frame import Exposure, Frame, State
from momot.effects.contrasts import Planned
from momot.effects.estimates import ContrastEstimate, ExposureEstimate
from momot.effects.lasting import Followed, Lasting, Profile
from momot.findings import verdict
from momot.findings.contract import HalfLife
from momot.findings.half_life import half_life_words, time_words
from momot.findings.lasting import faded, without_double
from momot.stats.decay import curve

EDGES = np.arange(0.0, 71.0, 7.0)
NONE = np.zeros(0)
CALL = Exposure("call", "smot", "interaction", "quality", (State("not met", "absent"),), NONE.astype(np.int16), (), "B")
FRAME = Frame("buys", "panel", "B", NONE, None, NONE.astype(np.int64), NONE.astype(np.int16), (), (CALL,))


def contrast(name: str, level: str, reference: str, estimate: float) -> ContrastEstimate:
    error = 0.01
    return ContrastEstimate(
        name, level, reference, 100, 400, 0.2, 0.3, estimate, error, estimate - 0.02, estimate + 0.02, 0.001, name != "presence"
    )  # type: ignore[arg-type]


def asked(*contrasts: ContrastEstimate, presence: bool) -> verdict.Tested:
    estimate = ExposureEstimate(0, contrasts, 0.001, 0.001, 0.9, 0.02, (), None, 500, ())
    return verdict.Tested("buys", FRAME, CALL, estimate, 1, None, of_presence=presence)


def followed(name: str, level: str, reference: str, start: float, *, n: int = 80) -> Followed:
    planned = Planned(name, level, reference, NONE, (1,), (2,), name != "presence")  # type: ignore[arg-type]
    return Followed(planned, (n,) * 10, (n,) * 10, np.full(10, 0.1), np.full(10, 0.2), start * curve(21.0, EDGES) / 7)


def lasting(*contrasts: Followed, answers: bool = False, variance: float = 1e-6) -> Lasting:
    return Lasting(EDGES, (Profile(contrasts, np.eye(10 * len(contrasts)) * variance),), 99.0, answers)


def test_it_is_told_by_break_and_make_that_matter_and_their_sum_is_the_cumulative_effect() -> None:
    names = (("break", "bad", "neutral"), ("make", "good", "neutral"), ("bad-good", "bad", "good"))
    one = asked(*(contrast(*name, size) for name, size in zip(names, (-0.1, 0.01, -0.11), strict=True)), presence=False)
    found = faded(one, lasting(*(followed(*name, start) for name, start in zip(names, (-0.05, 0.3, -0.9), strict=True))))
    assert found is not None
    assert found.half_life.estimate == pytest.approx(21.0, rel=0.02)
    (told,) = found.curves
    assert (told.contrast, told.days, told.averaged) == ("break", (0.0, 70.0), False)
    assert told.estimate == pytest.approx(-0.05 * curve(21.0, EDGES).sum() / 7)
    assert told.start == pytest.approx(-0.05, rel=0.03)
    assert [effect.days for effect in found.effects] == [(7.0 * k, 7.0 * k + 7) for k in range(10)]


def test_of_opinions_it_is_the_mean_and_of_presence_having_met_it() -> None:
    one = asked(contrast("presence", "met", "not met", 0.1), contrast("break", "bad", "neutral", -0.3), presence=True)
    found = faded(one, lasting(followed("break", "bad", "neutral", -9.0), followed("presence", "met", "not met", 0.5), answers=True))
    assert found is not None
    (told,) = found.curves
    assert (told.contrast, told.averaged) == ("presence", True)
    assert told.estimate == pytest.approx(0.5 * curve(21.0, EDGES).mean() / 7)


def test_what_was_not_followed_has_none_and_an_empty_window_no_row() -> None:
    one = asked(contrast("break", "bad", "neutral", -0.1), presence=False)
    assert faded(one, lasting()) is None
    found = faded(one, lasting(followed("break", "bad", "neutral", -0.05, n=0)))
    assert found is not None
    assert found.effects == ()


def test_a_horizon_as_long_as_the_first_window_is_told_once() -> None:
    found = faded(asked(contrast("break", "bad", "neutral", -0.1), presence=False), lasting(followed("break", "bad", "neutral", -0.05)))
    assert found is not None
    assert [effect.days for effect in without_double(found.effects[:1], found.effects)] == [e.days for e in found.effects[1:]]


@pytest.mark.parametrize(
    ("half_life", "words"),
    [
        (HalfLife(estimate=21.0, low=14.0, high=35.0, note=None), "half-life 3 weeks (2 to 5)"),
        (HalfLife(estimate=9.0, low=2.5, high=19.0, note=None), "half-life 9 days (2.5 to 19)"),
        (HalfLife(estimate=None, low=61.0, high=None, note="at least 8 weeks"), "half-life at least 8 weeks"),
        (HalfLife(estimate=None, low=None, high=None, note="these data don't tell how long it lasts"), ""),
    ],
)
def test_it_is_said_in_weeks_or_days(half_life: HalfLife, words: str) -> None:
    assert half_life_words(half_life) == words


def test_bounds_are_rounded_away_from_the_claim() -> None:
    assert time_words(61.0, whole=math.floor) == "8 weeks"
    assert time_words(8.7, whole=math.ceil) == "9 days"
    assert time_words(0.9, whole=math.ceil) == "1 day"
