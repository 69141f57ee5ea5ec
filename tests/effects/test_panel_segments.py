"""A panel by segment: each value is the panel's estimator on its rows, and shared people are known to be shared."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from momot.designs.frame import Frame
from momot.designs.pieces import Panel, Piece, RowSegment, Split
from momot.effects.panel_segments import estimate_by_segment
from momot.effects.segments import Segments, together
from momot.testing.pieces import Held
from tests.effects.test_panel import estimated, panel_of, rows, some

CALL_BREAK = (0, "break", "bad", "neutral")


def by(panel: Panel, piece: Piece) -> Segments:
    frames = {
        question.id: Frame(
            question.id, "panel", "B", piece.outcomes[:, number], piece.weight, piece.unit, piece.bucket, panel.covariates, panel.exposures
        )
        for number, question in enumerate(panel.questions)
    }
    ((_, found),) = estimate_by_segment(panel, frames, unit_of={"feeling": "points", "good": "share"})["feeling"]
    return found


def divided(piece: Piece, codes: np.ndarray, labels: tuple[str, ...] = ("north", "south")) -> tuple[Panel, Piece]:
    piece = replace(piece, segments=(codes.astype(np.int16),))
    panel = panel_of(piece)
    parts = [piece.some(np.flatnonzero(piece.unit % 3 == part)) for part in range(3)]
    return replace(panel, segments=(RowSegment("region", labels),), pieces=Held(parts)), piece


def worlds(effect: tuple[float, float], *, seed: int, by_person: bool = True) -> tuple[Panel, Piece]:
    """The rows of test_panel, in which a bad call has another effect in either half; a half of the people, or of everybody's days."""
    piece = rows(units=500, seed=seed, effect=0.0)
    half = (piece.unit if by_person else np.arange(len(piece)) // 15) % 2
    outcomes = piece.outcomes.copy()
    outcomes[:, 0] += np.where(piece.codes[0] == 1, np.asarray(effect)[half], 0.0)
    return divided(replace(piece, outcomes=outcomes), half)


def test_a_value_is_the_panel_of_its_rows() -> None:
    panel, piece = worlds((-1.0, 0.0), seed=1)
    found = by(panel, piece)
    north = some(piece, np.flatnonzero(piece.segments[0] == 0))
    alone = estimated(replace(north, measured=north.measured & np.uint64(3)))[0].estimates
    assert alone is not None
    for one, other in zip(found.by_value["north"].exposures, alone.exposures, strict=True):
        assert [c.estimate for c in one.contrasts] == pytest.approx([c.estimate for c in other.contrasts], rel=1e-9)
        assert [c.standard_error for c in one.contrasts] == pytest.approx([c.standard_error for c in other.contrasts], rel=1e-6)


def test_an_effect_in_one_value_only_and_of_opposite_signs_differs() -> None:
    for effect in ((-1.0, 0.0), (-0.6, 0.6)):
        found = by(*worlds(effect, seed=2))
        assert found.differences[CALL_BREAK] < 1e-4  # type: ignore[index]
        for value, truth in zip(("north", "south"), effect, strict=True):
            contrast = next(c for c in found.by_value[value].exposures[0].contrasts if c.contrast == "break")
            assert contrast.low < truth < contrast.high


def test_people_on_both_sides_share_their_error() -> None:
    """Days of the same people: a shock of a person moves both estimates, so their difference is surer than the two together."""
    panel, piece = worlds((0.0, 0.0), seed=3, by_person=False)
    found = by(panel, piece)
    one, other = found.by_value.values()
    both = together([one, other])
    np.testing.assert_allclose(both, both.T)
    np.testing.assert_allclose(np.diag(both)[: len(one.covariance)], np.diag(one.covariance))
    assert one.left_out is not None
    assert other.left_out is not None
    difference = one.left_out.values[:, 0] - other.left_out.values[:, 0]  # the jackknife of the difference itself
    direct = (len(difference) - 1) / len(difference) * float(((difference - difference.mean()) ** 2).sum())
    at = len(one.covariance)
    assert both[0, 0] + both[at, at] - 2 * both[0, at] == pytest.approx(direct, rel=1e-6)


def test_small_values_are_left_out() -> None:
    piece = rows(units=400, seed=4)
    found = by(*divided(piece, np.where(piece.unit < 40, 1, 0)))
    assert found.left_out == ("south",)
    assert found.differences == {}


def test_touches_are_divided_in_one_regression() -> None:
    """Calls by phone hurt, calls by chat do not: parts of one exposure, with their joint covariance."""
    piece = rows(units=500, seed=5, effect=0.0)
    by_phone = np.random.default_rng(0).random(len(piece)) < 0.5
    call = piece.codes[0]
    outcomes = piece.outcomes.copy()
    outcomes[:, 0] += np.where((call == 1) & by_phone, -1.0, 0.0)
    parts = tuple(np.where(side, call, 0).astype(np.int16) for side in (by_phone, ~by_phone))
    whole = panel_of(replace(piece, outcomes=outcomes))
    split = replace(piece, outcomes=outcomes, codes=(*parts, piece.codes[1]))
    exposures = tuple(
        replace(whole.exposures[0 if n < 2 else 1], touchpoint=name, held=tuple(other for other in range(3) if other != n))
        for n, name in enumerate(("call (phone)", "call (chat)", "mail"))
    )
    inner = replace(whole, pilot=split, exposures=exposures, pieces=Held([split]))
    panel = replace(whole, splits=(Split("channel", inner, (0, 0, 1), ("phone", "chat", None)),))
    found = by(panel, split)
    assert set(found.by_value) == {"phone", "chat"}
    assert found.of_touch
    assert found.differences[CALL_BREAK] < 1e-4  # type: ignore[index]
    assert found.by_value["phone"].exposures[0].exposure == 0


@pytest.mark.slow
def test_no_difference_is_found_as_often_as_stated() -> None:
    """80 panels in which nothing differs, days of the same people on both sides: p <= .1 in 10 %, within the 99.9 % binomial band."""
    p = [by(*worlds((-0.5, -0.5), seed=seed, by_person=False)).differences[CALL_BREAK] for seed in range(80)]  # type: ignore[index]
    assert 0.01 <= np.mean(np.array(p) <= 0.1) <= 0.225
