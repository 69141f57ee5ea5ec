"""The panel's estimator against regressions on the same rows, and its sums against themselves in other pieces."""

from __future__ import annotations

import itertools
from dataclasses import replace

import numpy as np
import pytest
import statsmodels.api as sm

from momot.designs.frame import Covariate, Exposure, Frame, State
from momot.designs.pieces import Followed, Panel, PanelQuestion, Piece
from momot.effects import panel_layout
from momot.effects.panel import PanelEstimates, estimate_panel
from momot.testing.pieces import Held

QUALITY = (State("not met", "absent"), State("bad", "bad"), State("neutral", "neutral"), State("good", "good"))
PRESENCE = (State("not met", "absent"), State("met", "met"))


def exposure(name: str, states: tuple[State, ...], other: int) -> Exposure:
    coding = "quality" if len(states) > 2 else "presence"
    return Exposure(name, "smot", "interaction", coding, states, np.zeros(0, dtype=np.int16), (other,), "B")


def some(piece: Piece, rows: np.ndarray) -> Piece:
    return Piece(
        piece.unit[rows],
        piece.bucket[rows],
        piece.weight[rows],
        tuple(values[rows] for values in piece.values),
        tuple(codes[rows] for codes in piece.codes),
        piece.outcomes[rows],
        piece.measured[rows],
        piece.probes[rows],
    )


def rows(*, units: int = 600, seed: int = 0, effect: float = 1.0) -> Piece:
    """30 days of each unit: a trait drives how often and how badly it is touched, and the outcome; shocks are shared within a unit."""
    rng = np.random.default_rng(seed)
    unit = np.repeat(np.arange(units), 30)
    trait = rng.normal(size=units)[unit]
    shared = rng.normal(scale=0.7, size=units)[unit]
    met = rng.random(len(unit)) < 0.12 * np.exp(0.3 * trait)
    quality = np.where(met, 1 + (rng.random(len(unit)) < 0.6) + (rng.random(len(unit)) < 0.3), 0)
    other = (rng.random(len(unit)) < np.where(met, 0.5, 0.05)).astype(np.int16)
    y = trait + shared + effect * np.array([0.0, -1.0, 0.5, 0.8])[quality] + rng.normal(size=len(unit))
    outcomes = np.column_stack([y, (y > 0).astype(np.float64)])
    measured = np.where(np.arange(len(unit)) % 30 < 25, 3, 1).astype(np.uint64)
    outcomes[measured == 1, 1] = 0.0
    return Piece(
        unit.astype(np.int64),
        (unit * 7919 % 400).astype(np.int16),
        np.where(met | (other > 0), 1.0, 3.0),
        (trait,),
        (quality.astype(np.int16), other),
        outcomes,
        measured,
        np.zeros((len(unit), 0)),
    )


def panel_of(piece: Piece, cuts: int = 1) -> Panel:
    ends = np.linspace(0, piece.unit[-1] + 1, cuts + 1).astype(int)
    parts = [some(piece, np.flatnonzero((piece.unit >= low) & (piece.unit < high))) for low, high in itertools.pairwise(ends)]
    return Panel(
        questions=(
            PanelQuestion("feeling", (0,), {}, frozenset(), "B", ()),
            PanelQuestion("good", (1,), {}, frozenset(), "B", ()),
        ),
        outcomes=(Followed("feeling", 7.0), Followed("good", 7.0)),
        probes=(),
        covariates=(Covariate("trait", piece.values[0]),),
        exposures=(exposure("call", QUALITY, 1), exposure("mail", PRESENCE, 0)),
        pilot=piece,
        units=len(np.unique(piece.unit)),
        span=(0, 29),
        pieces=Held(parts),
    )


def estimated(piece: Piece, cuts: int = 1) -> tuple[PanelEstimates, ...]:
    panel = panel_of(piece, cuts)
    frames = {
        question.id: Frame(
            question.id, "panel", "B", piece.outcomes[:, number], piece.weight, piece.unit, piece.bucket, panel.covariates, panel.exposures
        )
        for number, question in enumerate(panel.questions)
    }
    return estimate_panel(panel, frames, unit_of={"feeling": "points", "good": "share"})


def numbers(answers: tuple[PanelEstimates, ...]) -> np.ndarray:
    return np.array([[c.estimate, c.standard_error, c.n] for a in answers for e in a.estimates.exposures for c in e.contrasts])


def test_it_is_the_weighted_regression_on_the_same_columns() -> None:
    piece = rows()
    (feeling, _) = estimated(piece)
    layout = panel_layout.plan(panel_of(piece))
    known = layout.fill(piece, np.arange(len(piece)))
    call, mail = piece.codes
    design = np.column_stack([known, call == 1, call == 2, call == 3, mail == 1]).astype(np.float64)
    fit = sm.WLS(piece.outcomes[:, 0], design, weights=piece.weight).fit(cov_type="cluster", cov_kwds={"groups": piece.unit})
    by_name = {contrast.contrast: contrast for contrast in feeling.estimates.exposures[0].contrasts}
    place = known.shape[1]
    bad, neutral, good = fit.params[place : place + 3]
    assert by_name["break"].estimate == pytest.approx(bad - neutral, abs=1e-6)
    assert by_name["make"].estimate == pytest.approx(good - neutral, abs=1e-6)
    share = np.bincount(call, minlength=4)[1:] / (call > 0).sum()
    assert by_name["presence"].estimate == pytest.approx(float(share @ [bad, neutral, good]), abs=0.01)
    mail_effect = feeling.estimates.exposures[1].contrasts[0]
    assert mail_effect.estimate == pytest.approx(fit.params[place + 3], abs=1e-6)
    assert mail_effect.standard_error == pytest.approx(fit.bse[place + 3], rel=0.2)  # 400 buckets of 600 units against 600 clusters


def test_pieces_do_not_matter() -> None:
    piece = rows()
    np.testing.assert_allclose(numbers(estimated(piece, cuts=1)), numbers(estimated(piece, cuts=7)), rtol=1e-9)


def test_each_outcome_has_the_rows_in_which_it_was_measured() -> None:
    piece = rows()
    feeling, good = estimated(piece)
    assert (feeling.rows, good.rows) == (len(piece), int((piece.measured == 3).sum()))
    alone = some(piece, np.flatnonzero(piece.measured == 3))
    share = numbers(estimated(alone))[5:]
    np.testing.assert_allclose(numbers((good,))[:, 0], share[:, 0], atol=0.003)  # numbers are cut on another pilot
    assert numbers((good,))[:, 2].tolist() == share[:, 2].tolist()


def test_raw_means_and_counts_are_those_of_the_rows() -> None:
    piece = rows()
    feeling, _ = estimated(piece)
    bad = feeling.estimates.exposures[0].contrasts[0]
    mine = piece.codes[0] == 1
    assert bad.n == int(mine.sum())
    assert bad.mean == pytest.approx(float(np.average(piece.outcomes[mine, 0], weights=piece.weight[mine])))
    assert feeling.estimates.exposures[0].people == len(np.unique(piece.unit[piece.codes[0] > 0]))
    assert feeling.people == 600


@pytest.mark.slow
def test_intervals_cover_the_truth_in_95_of_100_panels() -> None:
    """150 panels of 4 known contrasts; the binomial band at 99.9 %, contrasts of one panel counted as one and a half."""
    truth = {"break": -1.5, "make": 0.3, "bad-good": -1.8, "mail": 0.0}
    covered = []
    for seed in range(150):
        feeling, _ = estimated(rows(units=300, seed=seed))
        for estimate in feeling.estimates.exposures:
            for contrast in estimate.contrasts:
                name = "mail" if estimate.exposure == 1 else contrast.contrast
                if name in truth:
                    covered.append(contrast.low <= truth[name] <= contrast.high)
    assert 0.915 <= np.mean(covered) <= 0.98


@pytest.mark.parametrize(("buckets", "told"), [(1, False), (9, False), (10, True)])
def test_people_in_few_buckets_are_few(buckets: int, told: bool) -> None:
    """Errors come from leaving out buckets: with one there is none to leave out, and a width of zero would be no number."""
    piece = rows(units=300)
    piece = replace(piece, bucket=(piece.unit % buckets).astype(np.int16))
    feeling, _ = estimated(piece)
    for one in feeling.estimates.exposures:
        assert bool(one.contrasts) is told
        assert all(contrast.standard_error > 0 for contrast in one.contrasts)
        assert told or one.checks[0].status == "fail"


def test_an_outcome_that_the_touch_is_gives_no_number() -> None:
    piece = rows(units=100)
    y = np.column_stack([(piece.codes[1] == 1).astype(np.float64), piece.outcomes[:, 1]])
    feeling, _ = estimated(replace(piece, outcomes=y))
    for one in feeling.estimates.exposures:
        assert one.contrasts == ()
        assert "dominance" in [check.name for check in one.checks if check.status == "fail"]
