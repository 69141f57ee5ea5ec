"""Pairs in order: a touch that went badly, then another within some days; was it repaired? (EFFECTS.md 1, service recovery).

Every day on which somebody was let down in the last `within` days, and has not met the second touch since, is a landmark. That day they
meet it well, badly or not: who meets it is compared with those let down as long ago who on that day did not, never with those who "never"
met it (that would hand the repaired the days that they had to stay for). What came on the very day of the first touch has no known order
and ends the pair.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from momot.designs.frame import Codes, Covariate, Exposure, Frame, Integers, State
from momot.designs.panel_parts import Parts
from momot.designs.panel_plan import Plan
from momot.designs.panel_risk import extent_of
from momot.designs.pieces import Panel, Piece
from momot.designs.steps import PACKAGE
from momot.engine import Engine, literal, step
from momot.project.schema import Pair

MOST_ROWS = 60_000
"""Rows that a pair is told from, about: whole units are taken until they have so many."""
MOST_FOUND = 5
LEAST_PAIRS = 30
WITHIN_DAYS = 14.0
UNITS_PER_COLUMN = 5
LET_DOWN, FINE = 1, 0
THEN = (State("not met", "absent"), State("badly", "level"), State("neither", "level"), State("well", "level"))
MET = (State("not met", "absent"), State("met", "met"))
WENT = (State("went well", "absent"), State("went badly", "met"))
_RANK = {"bad": 4, "neutral": 3, "good": 2, "met": 1, "unknown": 1, "level": 1}


@dataclass(frozen=True, slots=True)
class PairRows:
    """The landmarks of one pair for one question. Frames are None where nobody is at one.

    `repair`: days of those let down, with how the second touch went that day, or whether it was met where nothing records how it goes.
    `never`: days without it, of those let down and of those whose first touch went well, with what was known before the first touch.
    `people` were ever let down.
    """

    question: str
    pair: Pair
    declared: bool
    repair: Frame | None
    never: Frame | None
    people: int


def find_pairs(engine: Engine, unit: str) -> tuple[Pair, ...]:
    """The most frequent pairs of touchpoints with quality: the first went badly, the second came within two weeks; at most five."""
    found = engine.rows(step(PACKAGE, "pairs_met", unit=unit, within=int(WITHIN_DAYS), least=LEAST_PAIRS, most=MOST_FOUND))
    return tuple(Pair(first=first, then=then) for first, then, _ in found)


def pair_rows(parts: Parts, panel: Panel, question: str, column: int, pairs: Sequence[tuple[Pair, bool]]) -> list[PairRows]:
    """The landmarks of some pairs; each is read from its own units."""
    return [_of_pair(parts, panel, question, column, pair, declared) for pair, declared in pairs]


def _of_pair(parts: Parts, panel: Panel, question: str, column: int, pair: Pair, declared: bool) -> PairRows:
    plan, nothing = parts.plan, PairRows(question, pair, declared, None, None, 0)
    first = [place for place, moment in enumerate(plan.moments) if moment.exposure.touchpoint == pair.first]
    then = [place for place, moment in enumerate(plan.moments) if moment.exposure.touchpoint == pair.then]
    who = f"""SELECT {plan.unit} AS unit FROM journeys j JOIN people p ON p.person_id = j.person_id
        JOIN touchpoints t ON t.touchpoint_id = j.touchpoint_id WHERE NOT p.is_employee AND t.touchpoint = {literal(pair.first)}"""
    expected = extent_of(parts.engine, plan.table, f"unit IN ({who})", plan.chosen)
    if not expected.units or not first or not then:
        return nothing
    every = max(1, (expected.interactions + expected.periods // plan.every) // (4 * MOST_ROWS))
    within = max(1, round(pair.within_days / plan.step))
    read = parts.sample(f"{{unit}} % {every} = 0 AND {{unit}} IN ({who})", keep=True)
    if not read:
        return nothing
    found = [(piece, _marked(piece, first, then, plan, pair, within)) for piece, _ in read]
    return _frames(found, read[0][1], panel, question, column, pair, declared, (*first, *then))


@dataclass(frozen=True, slots=True)
class Marked:
    """Rows of a piece at risk. `row`, `start` are rows of the piece (the day, and that of the first touch), `days` between them (m,)."""

    row: Integers
    start: Integers
    days: Integers
    let_down: Codes
    then: Codes


def _ranked(piece: Piece, plan: Plan, places: Sequence[int]) -> Codes:
    """The worst way in which any of some moments was met on each row: 0 not met, 1 met, 2 good, 3 neutral, 4 bad."""
    worst = np.zeros(len(piece), dtype=np.int16)
    for place in places:
        ranks = np.array([_RANK.get(state.role, 0) for state in plan.moments[place].exposure.states], dtype=np.int16)
        worst = np.maximum(worst, ranks[piece.codes[place]])
    return worst


def _marked(piece: Piece, first: Sequence[int], then: Sequence[int], plan: Plan, pair: Pair, within: int) -> Marked:
    """Who is at a landmark, row by row. A piece holds whole units in the order of days, all their touched days among them."""
    before, after = _ranked(piece, plan, first), _ranked(piece, plan, then)
    number = np.arange(len(piece))
    new = np.r_[True, piece.unit[1:] != piece.unit[:-1]]
    begin = np.maximum.accumulate(np.where(new, number, 0))

    def last(flags: np.ndarray[tuple[int], np.dtype[np.bool_]]) -> Integers:
        """The latest row strictly before each one, of the same unit, that is flagged; -1 where there is none."""
        latest = np.maximum.accumulate(np.where(flags, number, -1))
        strictly = np.r_[-1, latest[:-1]]
        return np.where(strictly >= begin, strictly, -1)

    start, met = last(before > 0), last(after > 0)
    day = piece.day
    days = np.where(start >= 0, day - day[start], 0)
    wanted = {"bad": 4, "neutral": 3, "good": 2}[pair.went]
    went = before[start]
    open_ = (
        (start >= 0) & (days >= 1) & (days <= within) & (met < start) & (after[start] == 0) & ((went == wanted) | (went == 2) | (went == 3))
    )
    row = np.flatnonzero(open_ & piece.kept)
    return Marked(row, start[row], days[row], (went[row] == wanted).astype(np.int16), after[row])


def _frames(
    parts: Sequence[tuple[Piece, Marked]],
    covariates: Sequence[Covariate],
    panel: Panel,
    question: str,
    column: int,
    pair: Pair,
    declared: bool,
    own: Sequence[int],
) -> PairRows:
    def joined(of: Sequence[npt.NDArray[Any]]) -> npt.NDArray[Any]:
        return np.concatenate(of)

    measured = [marked.row[(piece.measured[marked.row] >> np.uint64(column) & np.uint64(1)).astype(bool)] for piece, marked in parts]
    kept = [np.isin(marked.row, rows_) for (_, marked), rows_ in zip(parts, measured, strict=True)]
    row = [marked.row[some] for (_, marked), some in zip(parts, kept, strict=True)]
    start = [marked.start[some] for (_, marked), some in zip(parts, kept, strict=True)]
    if not sum(map(len, row)):
        return PairRows(question, pair, declared, None, None, 0)
    pieces = [piece for piece, _ in parts]
    let_down = joined([marked.let_down[some] for (_, marked), some in zip(parts, kept, strict=True)])
    then = joined([marked.then[some] for (_, marked), some in zip(parts, kept, strict=True)])
    days = joined([marked.days[some] for (_, marked), some in zip(parts, kept, strict=True)]).astype(np.float64)
    outcome = joined([piece.outcomes[at, column] for piece, at in zip(pieces, row, strict=True)])
    weight = joined([piece.weight[at] for piece, at in zip(pieces, row, strict=True)])
    unit = joined([piece.unit[at] for piece, at in zip(pieces, row, strict=True)])
    bucket = joined([piece.bucket[at] for piece, at in zip(pieces, row, strict=True)])
    since = Covariate("days since the first touch", np.minimum(days, 30), tuple(map(str, range(31))))

    def known(at: list[Integers]) -> list[Covariate]:
        """What was known before some rows, and what else was met in them."""
        found = [
            replace(one, values=joined([piece.values[n][rows_] for piece, rows_ in zip(pieces, at, strict=True)]))
            for n, one in enumerate(covariates)
        ]
        for place, exposure in enumerate(panel.exposures):
            if place not in own:
                codes = joined([piece.codes[place][rows_] for piece, rows_ in zip(pieces, at, strict=True)])
                labels = tuple(state.label for state in exposure.states)
                found.append(Covariate(f"{exposure.moment} that day", codes.astype(np.float64), labels, group="other touches that day"))
        return found

    names = {panel.exposures[place].moment for place in own}
    frame = Frame(question, "panel", "B", outcome, weight, unit, bucket, (), (), noun=panel.noun)

    def of(chosen: npt.NDArray[np.bool_], at: list[Integers], exposure: Exposure) -> Frame:
        order = np.flatnonzero(chosen)[np.lexsort((unit[chosen], bucket[chosen]))]
        held = _few(known(at), len(np.unique(unit[chosen])), names)
        return replace(
            frame,
            outcome=outcome[order],
            weight=weight[order],
            cluster=unit[order],
            bucket=bucket[order],
            covariates=tuple(replace(one, values=one.values[order]) for one in (since, *held)),
            exposures=(replace(exposure, codes=exposure.codes[order]),),
        )

    # 0 not met, 1 badly, 2 neither, 3 well
    how = np.array([0, 2, 3, 2, 1], dtype=np.int16)[then]
    met = Exposure(pair.then, None, "interaction", "category", THEN, how, (), "B")
    if (then <= _RANK["met"]).all():
        met = Exposure(pair.then, None, "interaction", "presence", MET, (then > 0).astype(np.int16), (), "B")
    went = Exposure(pair.first, None, "interaction", "presence", WENT, let_down, (), "B")
    broken = let_down == LET_DOWN
    without = then == 0
    return PairRows(
        question,
        pair,
        declared,
        of(broken, row, met) if broken.any() else None,
        of(without, start, went) if (without & broken).any() and (without & ~broken).any() else None,
        len(np.unique(unit[broken])),
    )


def _few(known: list[Covariate], units: int, own: set[str]) -> list[Covariate]:
    """Without the past of other moments where there are few units for so many columns."""
    if len(known) * UNITS_PER_COLUMN <= units:
        return known
    return [
        one
        for one in known
        if one.group not in ("touches before", "other touches that day") or any(one.name.startswith(name) for name in own)
    ]
