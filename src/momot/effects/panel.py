"""The estimator of the panel: everything follows from the sums by bucket, no row is read twice (EFFECTS.md 3 c-f).

The equations, contrasts and gates are those of every other design. Errors come from leaving out one bucket of units at a time; that the
bucket's own share of the nuisance stays is of second order (Frisch-Waugh-Lovell with cross-fitting).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
from threadpoolctl import threadpool_limits

from momot.designs.frame import Frame
from momot.designs.pieces import Panel, PanelQuestion
from momot.effects import gates
from momot.effects.answers import answers
from momot.effects.contrasts import Planned, code
from momot.effects.equation import Equation
from momot.effects.estimates import ContrastEstimate, Estimates
from momot.effects.panel_checks import Before, between, diagnose, presence
from momot.effects.panel_solve import Coded, Solved
from momot.effects.panel_sums import KINDS, Gathered, Layout, gather, plan, states
from momot.vocabulary.records import Check

Floats = npt.NDArray[np.float64]

BINS = 256
REACH = 6.0
"""Standard deviations of a propensity score on either side that its bins cover."""


@dataclass(frozen=True, slots=True)
class PanelEstimates:
    """One question's answers. `windows` are the same for other horizons: (days, estimates). `units` rows, `people` units that have any."""

    question: str
    estimates: Estimates
    windows: tuple[tuple[float, Estimates], ...]
    rows: int
    people: int


def estimate_panel(panel: Panel, frames: dict[str, Frame], *, unit_of: dict[str, str], seed: int = 0) -> tuple[PanelEstimates, ...]:
    """Estimate every question of a panel in one pass over its rows.

    `frames` are the questions' frames (pilots) and `unit_of` the units of their outcomes, by question. `seed` deals buckets to folds.
    """
    with threadpool_limits(limits=1, user_api="blas"):
        layout = plan(panel)
        gathered = gather(panel.pieces(), layout, panel.exposures)
        return tuple(_question(panel, question, frames[question.id], gathered, seed, unit_of[question.id]) for question in panel.questions)


def _question(panel: Panel, question: PanelQuestion, frame: Frame, gathered: Gathered, seed: int, unit: str) -> PanelEstimates:
    first, *others = question.columns
    main = _column(panel, question, frame, gathered, first, seed, unit, checked=True)
    return PanelEstimates(
        question=question.id,
        estimates=main,
        windows=tuple(
            (panel.outcomes[column].days, _column(panel, question, frame, gathered, column, seed, unit, checked=False)) for column in others
        ),
        rows=int(gathered.tallies[first].everywhere[0]),
        people=gathered.tallies[first].everybody,
    )


def _column(
    panel: Panel, question: PanelQuestion, frame: Frame, gathered: Gathered, column: int, seed: int, unit: str, *, checked: bool
) -> Estimates:
    """One outcome column: equations of all exposures, their joint covariance, their checks."""
    counts = tuple(gathered.counts(column, position, exposure) for position, exposure in enumerate(panel.exposures))
    codings = tuple(
        code(exposure, c.units, c.clusters, c.weight, presence=True) for exposure, c in zip(panel.exposures, counts, strict=True)
    )
    coded = Coded.of(gathered, column, question, panel.exposures, codings)
    solved = Solved.of(coded, counts, codings, known=gathered.layout.of(*KINDS.values()), outcome=coded.outcome, seed=seed)
    before = (Before(),) * len(codings)
    if checked and question.probes:
        before = diagnose(coded, solved, counts, codings, own=question.own, unit=unit, seed=seed)
    pilot = _block(panel, gathered.layout, coded) if checked else np.zeros((0, 0))
    mean = float(gathered.tallies[column].everywhere[3] / max(gathered.tallies[column].everywhere[1], 1e-300))

    def check(equation: Equation, contrasts: tuple[ContrastEstimate, ...]) -> tuple[Check, ...]:
        exposure = frame.exposures[equation.exposure]
        found = (
            gates.support(frame, exposure, equation.coding, equation.counts, contrasts),
            gates.separability(frame, coded.columns, solved.folds, equation),
            *before[equation.exposure].always,
        )
        return tuple(one for one in found if one is not None)

    found, shown = answers(
        frame,
        solved.equations,
        covariance=solved.covariance,
        freedom=solved.freedom,
        people=gathered.tallies[column].met.tolist(),
        check=check,
        unit=unit,
    )
    if checked:
        found = tuple(
            replace(
                one,
                before_presence=(*_alike(panel, column, pilot, equation, presence(equation)), *past.presence),
                before_between=(*_alike(panel, column, pilot, equation, between(equation)), *past.between),
            )
            for one, equation, past in zip(found, solved.equations, before, strict=True)
        )
    return Estimates(found, solved.covariance[np.ix_(shown, shown)], mean, float(max(solved.groups - 1, 1)))


def _alike(panel: Panel, column: int, pilot: Floats, equation: Equation, wanted: Sequence[Planned]) -> tuple[Check, ...]:
    """Whether the two sides of some contrasts overlap along the propensity to be on the one, among the pilot's rows, (rows, columns)."""
    piece, exposure = panel.pilot, panel.exposures[equation.exposure]
    here = (piece.measured >> np.uint64(column) & np.uint64(1)).astype(np.bool_)
    codes, weight, rows = piece.codes[equation.exposure][here], piece.weight[here], pilot[here]
    compared = []
    for planned in wanted:
        slopes = -equation.maps[:, :, 1:-1].mean(axis=0)
        slopes[equation.targets[:-1], np.arange(len(equation.targets) - 1)] += 1.0
        score = rows @ (slopes @ planned.vector)
        bins = np.clip(score / max(float(score.std()), 1e-300) * (BINS / (2 * REACH)) + BINS / 2, 0, BINS - 1).astype(np.int64)
        sides = (np.isin(codes, states) for states in (planned.states, planned.reference_states))
        overlap = gates.Overlap(*(np.bincount(bins[side], weights=weight[side], minlength=BINS).astype(np.float64) for side in sides))
        compared.append((planned.level or "met", planned.reference, overlap))
    check = gates.alike(compared, exposure.evidence)
    return () if check is None else (check,)


def _block(panel: Panel, layout: Layout, coded: Coded) -> Floats:
    """The pilot's rows in the columns that the equations speak of."""
    piece = panel.pilot
    whole = np.zeros((len(piece), layout.count))
    whole[:, : layout.dense] = layout.fill(piece, np.arange(len(piece), dtype=np.intp))
    row, column = states(piece, layout)
    whole[row, layout.dense + column] = 1.0
    return whole @ coded.into
