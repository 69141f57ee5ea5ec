"""The second adjustment of a panel: a hidden intent that weekly activity shows, against two-stage least squares on the same rows."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from momot.designs.frame import Covariate, Exposure, Frame, State
from momot.designs.pieces import Followed, Panel, PanelQuestion, Piece
from momot.effects import panel_layout
from momot.effects.estimates import Estimates
from momot.effects.panel import estimate_panel
from momot.effects.panel_intent import Again, Slope, checks
from momot.testing.pieces import Held

QUALITY = (State("not met", "absent"), State("bad", "bad"), State("neutral", "neutral"), State("good", "good"))
PRESENCE = (State("not met", "absent"), State("met", "met"))
EMPTY = np.zeros(0)


def number(name: str, about: str) -> Covariate:
    return Covariate(name, EMPTY, known="recent", smooth=True, about=about)  # type: ignore[arg-type]


L = (
    replace(number("level", "unit"), known="standing"),
    number("active", "activity"),
    number("last opinion", "answers"),
    number("w", "intent"),
    number("w squared", "intent"),
    number("first", "instrument"),
    number("second", "instrument"),
    number("third", "instrument"),
    number("first squared", "instrument"),
)


def rows(*, units: int = 3_000, seed: int = 0, opinion: float = 1.0) -> Piece:
    """Two days of each unit. Intent drives a call (no effect), a visit (+.5) and the outcome, and shows in activity; `opinion` is what
    the last answer has to do with the outcome by other ways than intent.
    """
    rng = np.random.default_rng(seed)
    unit = np.repeat(np.arange(units), 2)
    intent = rng.normal(size=len(unit))
    level = rng.normal(size=units)[unit]
    measures = np.log((rng.poisson(np.exp(1.2 + 0.6 * intent), size=(4, len(unit))) + 0.5) / 1.5)
    call = np.where(rng.normal(size=len(unit)) + 0.7 * intent > 1, 1 + rng.integers(0, 3, len(unit)), 0)
    visit = (rng.normal(size=len(unit)) + 0.7 * intent > 1).astype(np.int16)
    mood = rng.normal(size=len(unit))
    y = intent + level + opinion * mood + 0.5 * visit + rng.normal(size=len(unit))
    w, *older = measures
    return Piece(
        unit.astype(np.int64),
        (unit * 7919 % 400).astype(np.int16),
        np.ones(len(unit)),
        (level, w, 0.5 * intent + mood, w, w**2, *older, older[0] ** 2),
        (call.astype(np.int16), visit),
        y[:, None],
        np.ones(len(unit), dtype=np.uint64),
        np.zeros((len(unit), 4)),
    )


def panel_of(piece: Piece, covariates: tuple[Covariate, ...] = L) -> Panel:
    exposures = (
        Exposure("call", "smot", "interaction", "quality", QUALITY, EMPTY.astype(np.int16), (1,), "B"),
        Exposure("visit", "smot", "interaction", "presence", PRESENCE, EMPTY.astype(np.int16), (0,), "B"),
    )
    probes = {name: place for place, name in enumerate(("pre_period", "earlier", "before", "after"))}
    return Panel(
        questions=(PanelQuestion("buys", (0,), probes, frozenset(), "B", ()),),
        outcomes=(Followed("buys", 7.0),),
        probes=(),
        covariates=tuple(replace(one, values=values) for one, values in zip(covariates, piece.values, strict=True)),
        exposures=exposures,
        pilot=piece,
        units=len(np.unique(piece.unit)),
        span=(0, 1),
        pieces=Held([piece]),
    )


def layout_of(piece: Piece) -> panel_layout.Layout:
    panel = panel_of(piece)
    return panel_layout.plan(replace(panel, probes=(None,) * 4))  # type: ignore[arg-type]  only their number matters


def estimated(piece: Piece, covariates: tuple[Covariate, ...] = L) -> Estimates:
    panel = replace(panel_of(piece, covariates), probes=(None,) * 4)  # type: ignore[arg-type]
    frame = Frame("buys", "panel", "B", piece.outcomes[:, 0], piece.weight, piece.unit, piece.bucket, panel.covariates, panel.exposures)
    (answer,) = estimate_panel(panel, {"buys": frame}, unit_of={"buys": "points"})
    assert answer.estimates is not None
    return answer.estimates


def test_it_is_two_stage_least_squares_on_the_same_rows() -> None:
    piece = rows(units=1_500)
    found = estimated(piece)
    filled = layout_of(piece).fill(piece, np.arange(len(piece)))
    call, visit = piece.codes
    touches = np.column_stack([call == 1, call == 2, call == 3, visit == 1]).astype(np.float64)
    known = filled[:, [0, 1, 3]]  # all but activity
    first = np.column_stack([known, touches, filled[:, 6:]])
    second = np.column_stack([known, touches, filled[:, 4:6]])
    foretold = first @ np.linalg.lstsq(first, second, rcond=None)[0]
    slopes = np.linalg.lstsq(foretold, piece.outcomes[:, 0], rcond=None)[0][3:7]
    share = np.bincount(call, minlength=4)[1:] / (call > 0).sum()
    again = [one.again for one in found.exposures]
    assert again[0] is not None
    assert again[1] is not None
    assert again[0].estimate == pytest.approx(float(share @ slopes[:3]), abs=1e-8)
    assert again[1].estimate == pytest.approx(slopes[3], abs=1e-8)
    assert found.again_covariance is not None
    np.testing.assert_allclose(np.sqrt(np.diag(found.again_covariance)), [one.standard_error for one in again if one], rtol=1e-12)


def test_the_second_adjustment_covers_where_the_first_is_deceived() -> None:
    call, visit = estimated(rows()).exposures
    (first,) = [one for one in call.contrasts if one.contrast == "presence"]
    assert first.low > 0  # a call does nothing
    assert call.again is not None
    assert visit.again is not None
    assert call.again.low < 0 < call.again.high
    assert visit.again.low < 0.5 < visit.again.high
    assert visit.contrasts[0].low > 0.5
    assert not [one for one in call.before_presence if one.name == "intent"]  # the verdict says what it is


def test_the_first_adjustment_does_not_see_the_measures() -> None:
    piece = rows(units=800)
    others = replace(piece, values=(*piece.values[:3], *(np.roll(values, 7) for values in piece.values[3:])))
    for one, other in zip(estimated(piece).exposures, estimated(others).exposures, strict=True):
        for contrast, same in zip(one.contrasts, other.contrasts, strict=True):
            assert (contrast.estimate, contrast.standard_error) == pytest.approx((same.estimate, same.standard_error), abs=1e-10)


def test_weak_instruments_give_no_second_answer_and_say_so() -> None:
    piece = rows(units=800)
    noise = np.random.default_rng(3).normal(size=(4, len(piece)))
    found = estimated(replace(piece, values=(*piece.values[:5], *noise)))
    assert [one.again for one in found.exposures] == [None, None]
    (check,) = found.checks
    assert (check.name, check.status) == ("intent", "skipped")
    assert check.value is not None
    assert check.value < 10


def test_without_measures_nothing_is_said() -> None:
    found = estimated(rows(units=800), tuple(replace(one, about="activity") for one in L))
    assert found.checks == ()
    assert found.again_covariance is None
    assert [one.again for one in found.exposures] == [None, None]


@pytest.mark.parametrize(("opinion", "status"), [(0.0, "pass"), (-1.5, "review")])
def test_slopes_by_activity_and_by_opinions_are_compared(opinion: float, status: str) -> None:
    """With an answer that has to do with the outcome through intent alone the slopes agree; else activity does not stand for intent."""
    (check,) = estimated(rows(opinion=opinion, seed=1)).checks
    assert check.status == status
    assert ("does not stand for intent" in check.message) == (status == "review")


def test_slopes_differ_by_two_errors_of_their_difference() -> None:
    def slope(value: float, deleted: list[float]) -> Slope:
        return Slope(value, 1.0, np.array(deleted))

    def again(one: Slope, other: Slope) -> Again:
        return Again((), np.zeros((0, 0)), 50.0, one, other)

    moving = [0.0, 1.0, 0.0, 1.0]  # jackknife error √.75
    assert again(slope(0.0, moving), slope(1.8, [0.0] * 4)).differ
    assert not again(slope(0.0, moving), slope(1.7, [0.0] * 4)).differ
    assert again(slope(0.0, moving), slope(0.1, moving)).differ  # together they move, their difference does not
    assert checks(None, "points") == ()
