"""The estimator of the panel: everything follows from the sums by bucket, no row is read twice (EFFECTS.md 3 c-f).

The equations, contrasts and gates are those of every other design. Errors come from leaving out one bucket of units at a time; that the
bucket's own share of the nuisance stays is of second order (Frisch-Waugh-Lovell with cross-fitting).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
from threadpoolctl import threadpool_limits

from momot.designs.frame import Frame
from momot.designs.pieces import Panel, PanelQuestion
from momot.effects import gates, panel_intent
from momot.effects.answering import selection
from momot.effects.answers import answers
from momot.effects.contrasts import Planned, code
from momot.effects.counts import MIN_EACH_SHARE, MIN_OUTCOMES
from momot.effects.equation import Equation
from momot.effects.estimates import ContrastEstimate, Estimates, LeftOut
from momot.effects.lasting import Lasting, follow
from momot.effects.panel_checks import Before, between, diagnose, of_between, of_presence, presence
from momot.effects.panel_gathered import Gathered
from momot.effects.panel_kept import summed
from momot.effects.panel_layout import KINDS, Layout, states
from momot.effects.panel_refits import aimed, same_period, with_refits
from momot.effects.panel_solve import Coded, Solved
from momot.effects.panel_struck import by_groups, clustered
from momot.effects.panel_tally import Tally
from momot.effects.robustness import with_activity
from momot.vocabulary import UnanswerableRule
from momot.vocabulary.records import Check

Floats = npt.NDArray[np.float64]

WORKERS = 2
"""Threads on which questions are solved."""
BINS = 256
REACH = 6.0
"""Standard deviations of a propensity score on either side that its bins cover."""


@dataclass(frozen=True, slots=True)
class PanelEstimates:
    """One question's answers, None where `lacking` says why there is none.

    `windows` are the same for other horizons: (days, estimates), `lasting` for disjoint windows. `rows` have the outcome, `people` are the
    units that have any.
    """

    question: str
    estimates: Estimates | None
    windows: tuple[tuple[float, Estimates], ...]
    rows: int
    people: int
    lacking: tuple[UnanswerableRule, str] | None = None
    lasting: Lasting | None = None


def estimate_panel(panel: Panel, frames: dict[str, Frame], *, unit_of: dict[str, str]) -> tuple[PanelEstimates, ...]:
    """Estimate every question of a panel in one pass over its rows.

    `frames` are the questions' frames (pilots) and `unit_of` the units of their outcomes, by question.
    """
    with threadpool_limits(limits=1, user_api="blas"):
        layout, gathered = summed(panel)
        followed = follow(panel, gathered)
        gathered.settle()

        def answered(question: PanelQuestion) -> PanelEstimates:
            one = _question(panel, question, frames[question.id], gathered, unit_of[question.id])
            return replace(one, lasting=followed.get(question.id))

        with ThreadPoolExecutor(WORKERS) as pool:
            found = tuple(pool.map(answered, panel.questions))
        sums = by_groups(panel, layout)
        return tuple(
            one if one.estimates is None or not sums else replace(one, estimates=clustered(panel, question, one.estimates, sums))
            for question, one in zip(panel.questions, found, strict=True)
        )


def _question(panel: Panel, question: PanelQuestion, frame: Frame, gathered: Gathered, unit: str) -> PanelEstimates:
    first, *others = question.columns
    tally = gathered.tallies[first]
    lacking = lacking_of(tally, noun=panel.noun)
    if lacking is not None:
        return PanelEstimates(question.id, None, (), int(tally.everywhere[0]), tally.everybody, lacking)
    main = column_estimates(panel, question, frame, gathered, first, unit, checked=True)
    return PanelEstimates(
        question=question.id,
        estimates=main,
        windows=tuple(
            (panel.outcomes[column].days, column_estimates(panel, question, frame, gathered, column, unit, checked=False))
            for column in others
            if lacking_of(gathered.tallies[column], noun=panel.noun) is None
        ),
        rows=int(tally.everywhere[0]),
        people=tally.everybody,
    )


def lacking_of(tally: Tally, *, noun: str = "person") -> tuple[UnanswerableRule, str] | None:
    """Whether there is an outcome to explain: 50 rows with one, 20 of either kind where there are only two."""
    rows, weight, _, total, squares, ones, zeros = tally.everywhere.tolist()
    if rows < MIN_OUTCOMES:
        return "too_few_units", f"{rows:,.0f} {noun}-days have a measured outcome; at least {MIN_OUTCOMES} are needed."
    if squares / weight - (total / weight) ** 2 <= 1e-12 * max(squares / weight, 1e-300):
        return "constant_outcome", f"The outcome is {total / weight:g} on all {rows:,.0f} {noun}-days: nothing to explain."
    if ones + zeros == rows and min(ones, zeros) < MIN_EACH_SHARE:
        return (
            "too_few_units",
            f"Only {min(ones, zeros):.0f} of {rows:,.0f} {noun}-days have the rarer outcome; at least {MIN_EACH_SHARE} are needed.",
        )
    return None


def column_estimates(
    panel: Panel, question: PanelQuestion, frame: Frame, gathered: Gathered, column: int, unit: str, *, checked: bool
) -> Estimates:
    """One outcome column: equations of all exposures, their joint covariance, their checks."""
    counts = tuple(gathered.counts(column, position, exposure) for position, exposure in enumerate(panel.exposures))
    codings = tuple(
        code(exposure, c.units, c.clusters, c.weight, presence=True) for exposure, c in zip(panel.exposures, counts, strict=True)
    )
    coded = Coded.of(gathered, column, question, panel.exposures, codings)
    solved = Solved.of(coded, counts, codings, known=gathered.layout.of(*KINDS.values()), outcome=coded.outcome)
    before = (Before(),) * len(codings)
    if checked and question.probes:
        before = diagnose(coded, solved, counts, codings, own=question.own, unit=unit, people=gates.PEOPLE[panel.noun])
    scores = _scores(panel, gathered.layout, coded, solved.equations) if checked else ()
    mean = float(gathered.tallies[column].everywhere[3] / max(gathered.tallies[column].everywhere[1], 1e-300))

    def check(equation: Equation, contrasts: tuple[ContrastEstimate, ...]) -> tuple[Check, ...]:
        exposure = frame.exposures[equation.exposure]
        found = (
            gates.support(frame, exposure, equation.coding, equation.counts, contrasts),
            gates.leverage(frame, contrasts),
            gates.exact(equation),
            selection(gathered.could[equation.exposure], equation.counts, equation.tested, contrasts, unit) if gathered.could else None,
            *before[equation.exposure].always,
        )
        return tuple(one for one in found if one is not None)

    found, shown = answers(
        frame,
        solved.equations,
        covariance=solved.covariance,
        freedom=solved.freedom,
        single=solved.single,
        people=gathered.tallies[column].met.tolist(),
        check=check,
        unit=unit,
    )

    found = with_activity(with_refits(found, coded, solved.equations), coded, solved.equations)

    def apart(equation: Equation, wanted: Callable[[Planned], bool]) -> tuple[Check, ...]:
        kept = [(planned, share) for planned, share in zip(equation.tested, equation.retained, strict=True) if wanted(planned)]
        lost = tuple((planned, share) for planned, share in equation.left_out if wanted(planned))
        some = replace(equation, tested=tuple(p for p, _ in kept), retained=tuple(share for _, share in kept), left_out=lost)
        one = gates.separability(frame, coded.columns, solved.folds, some)
        return () if one is None else (one,)

    again = None
    if checked:
        steep = aimed(coded)
        people = gathered.tallies[column].everybody
        again = panel_intent.second(coded, solved, found, units=people, opinions=bool(question.probes))
        found = tuple(
            replace(
                one,
                before_presence=(
                    *apart(equation, of_presence),
                    *_alike(panel, column, scores, equation, presence(equation)),
                    *past.presence,
                    *same_period([c for c in one.contrasts if c.contrast == "presence"], unit),
                    *panel_intent.untold(again, equation.exposure),
                ),
                before_between=(
                    *apart(equation, of_between),
                    *_alike(panel, column, scores, equation, between(equation)),
                    *past.between,
                    *same_period([c for c in one.contrasts if c.between_met], unit),
                ),
                aimed=steep[equation.exposure],
                again=None if again is None else again.presence[equation.exposure],
            )
            for one, equation, past in zip(found, solved.equations, before, strict=True)
        )
    left_out = LeftOut(gathered.buckets_of(column), solved.left_out[:, shown])
    return Estimates(
        found,
        solved.covariance[np.ix_(shown, shown)],
        mean,
        float(max(solved.groups - 1, 1)),
        left_out,
        again_covariance=None if again is None else again.covariance,
        checks=panel_intent.checks(again, unit),
    )


def _alike(panel: Panel, column: int, scores: Sequence[Floats], equation: Equation, wanted: Sequence[Planned]) -> tuple[Check, ...]:
    """Whether the two sides of some contrasts overlap along the propensity to be on the one (`scores`), among the pilot's rows."""
    piece, exposure = panel.pilot, panel.exposures[equation.exposure]
    here = (piece.measured >> np.uint64(column) & np.uint64(1)).astype(np.bool_)
    codes, weight = piece.codes[equation.exposure][here], piece.weight[here]
    compared = []
    for planned in wanted:
        score = scores[equation.exposure][equation.tested.index(planned)][here]
        bins = np.clip(score / max(float(score.std()), 1e-300) * (BINS / (2 * REACH)) + BINS / 2, 0, BINS - 1).astype(np.int64)
        sides = (np.isin(codes, states) for states in (planned.states, planned.reference_states))
        overlap = gates.Overlap(*(np.bincount(bins[side], weights=weight[side], minlength=BINS).astype(np.float64) for side in sides))
        compared.append((planned.level or "met", planned.reference, overlap))
    check = gates.alike(compared, exposure.evidence, noun=f"{panel.noun}-days", rare=True)
    return () if check is None else (check,)


def _scores(panel: Panel, layout: Layout, coded: Coded, equations: Sequence[Equation]) -> tuple[Floats, ...]:
    """How far each of the pilot's rows is foretold to be on the one side of each contrast tested, (contrasts, rows), by equation."""
    piece = panel.pilot
    columns = np.zeros((layout.dense + layout.states, len(piece)))
    layout.fill_columns(columns, piece, np.arange(len(piece), dtype=np.intp))
    row, column = states(piece, layout)
    columns[layout.dense + column, row] = 1.0
    weights = []
    for equation in equations:
        slopes = -equation.maps[:, :, 1:-1].mean(axis=0)
        slopes[equation.targets[:-1], np.arange(len(equation.targets) - 1)] += 1.0
        vectors = [planned.vector for planned in equation.tested]
        weights.append(slopes @ (np.stack(vectors, axis=1) if vectors else np.zeros((slopes.shape[1], 0))))
    ends = np.cumsum([one.shape[1] for one in weights])
    found = (coded.into[: len(columns)] @ np.concatenate(weights, axis=1)).T @ columns
    return tuple(np.split(found, ends[:-1]))
