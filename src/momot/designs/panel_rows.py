"""Rows of the panel: what a part says of its units, landmark by landmark, as numbers."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import numpy.typing as npt

from momot.designs.frame import Codes, Covariate, Floats, Integers
from momot.designs.history import Past, history
from momot.designs.intent import intent
from momot.designs.landmarks import EVER, Span
from momot.designs.panel_outcomes import could, lost_rows, outcomes, probes, windows
from momot.designs.panel_part import Answers, Part
from momot.designs.panel_plan import Plan
from momot.designs.panel_sources import PURCHASES
from momot.designs.panel_stretch import Stretch
from momot.designs.pieces import FOLLOWED, LOST, Piece
from momot.designs.span import MONTH_DAYS
from momot.designs.ways import Way, counted
from momot.stats.timeline import bounds, window_sum

Flags = npt.NDArray[np.bool_]


def rows_of(plan: Plan, part: Part, *, keep: bool = False, lost: bool = False, span: Span = EVER) -> tuple[Piece, tuple[Covariate, ...]]:
    """The rows of a part's units, and the columns of L that their values belong to.

    `keep`: also rows that do not belong to the panel, which then is said row by row, with the period of each. `lost`: also rows whose
    outcome nobody knows because the unit's own observation ended. `span`: only landmarks in it.
    """
    stretch = Stretch.of(plan, part, span & plan.chosen)
    marks, owner = stretch.marks, stretch.marks.owner
    codes = _codes(stretch)
    exposures = [replace(moment.exposure, codes=code) for moment, code in zip(plan.moments, codes, strict=True)]
    past = Past(marks.line, plan.step, part.units.first[owner], stretch.spread("met"), exposures, stretch.streams, plan.fine)
    covariates = (*_standing(stretch), *history(past), *_opinions(stretch), *intent(past, part.units.members[owner]))
    values, measured = outcomes(stretch)
    counts, followed = windows(stretch, measured > 0)
    able, unheard = could(stretch, codes)
    measured[followed] |= np.uint64(1 << FOLLOWED)
    if lost:
        measured[lost_rows(stretch)] |= np.uint64(1 << LOST)
    belongs = marks.at_risk & (measured > 0)
    rows = np.arange(len(belongs)) if keep else np.flatnonzero(belongs)
    piece = Piece(
        unit=part.units.unit[owner[rows]],
        bucket=part.units.bucket[owner[rows]],
        weight=marks.weight[rows],
        values=tuple(covariate.values[rows] for covariate in covariates),
        codes=tuple(code[rows] for code in codes),
        outcomes=values[rows],
        measured=measured[rows],
        probes=probes(stretch)[rows],
        segments=_segments(stretch, rows),
        windows=counts[rows],
        could=able,
        unheard=unheard,
    )
    if keep:
        piece = replace(piece, day=marks.line.day, kept=belongs)
    return piece, tuple(replace(covariate, values=value) for covariate, value in zip(covariates, piece.values, strict=True))


def _codes(stretch: Stretch) -> list[Codes]:
    """The state towards each moment on each row."""
    plan, source = stretch.plan, stretch.marks.source
    touched = source >= 0
    found = []
    for moment in plan.moments:
        if moment.painted is not None:
            states = moment.painted.codes(lambda way, moment=moment: _met(stretch, moment.id, way), len(stretch.part.unit))  # type: ignore[misc]
        elif moment.bands:
            states = counted(moment.bands, stretch.part.counted[f"times_{moment.id}"].astype(np.float64))[1]
        else:  # nobody met it
            states = np.full(len(stretch.part.unit), moment.start, dtype=np.int16)
        codes = np.full(len(source), moment.start, dtype=np.int16)
        codes[touched] = states[source[touched]]
        found.append(codes)
    return found


def _met(stretch: Stretch, moment: int, way: Way) -> Flags:
    word, bit = stretch.plan.bits[moment, way.quality, way.level]
    return (stretch.part.counted[f"mask_{word}"] >> bit & 1).astype(np.bool_)


def _segments(stretch: Stretch, rows: Integers) -> tuple[Codes, ...]:
    """The value of each segment in some rows. Whether somebody had bought before is told from what came before the row's period."""
    found = []
    for _, place in stretch.plan.segments:
        if place is None:
            bought = window_sum(stretch.happened(PURCHASES), bounds(stretch.marks.line, -1_000_000, -1)) > 0
            found.append(bought[rows].astype(np.int16))
        else:
            found.append(stretch.part.segments[place][stretch.marks.owner[rows]])
    return tuple(found)


def _standing(stretch: Stretch) -> list[Covariate]:
    """Calendar and attributes."""
    plan, marks = stretch.plan, stretch.marks
    day, first, last = marks.line.day * plan.step, plan.first * plan.step, plan.end * plan.step
    weeks = (last - first) / 7
    if not plan.monthly:
        calendar = (day - first) // 7
        name = "week"
    else:
        calendar = _months(day) - int(_months(np.array([first]))[0])
        name = "month"
    calendar = np.maximum(calendar, 0)
    found = [Covariate(name, calendar.astype(np.float64), tuple(map(str, range(1 + int(weeks) + 1))))]
    if plan.step == 1:
        found.append(Covariate("weekday", ((day + 3) % 7).astype(np.float64), ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")))
    attributes = zip(plan.attributes, stretch.part.attributes, strict=True)
    return found + [Covariate(one.name, values[marks.owner], one.categories) for one, values in attributes]


def _months(day: Integers) -> Integers:
    """Months since 1970 of local days."""
    return day.astype("datetime64[D]").astype("datetime64[M]").astype(np.int64)


def _opinions(stretch: Stretch) -> list[Covariate]:
    """The last answer of each instrument before the period."""
    found = []
    for name, answers in stretch.part.answers.items():
        last = stretch.last_before(name)
        values = stretch.earlier(name)
        found.append(Covariate(f"last {name}", values, known="recent", about="answers"))
        found += _answering(stretch, name, last, answers)
    return found


def _answering(stretch: Stretch, name: str, last: Integers, answers: Answers) -> list[Covariate]:
    """What foretells who answers: how often somebody did so far, by the time they are known, and how long ago."""
    units, owner, day, step = stretch.part.units, stretch.marks.owner, stretch.marks.line.day, stretch.plan.step
    first = np.searchsorted(answers.unit, units.unit[owner], side="left")
    number = np.where(last >= 0, last - first + 1, 0).astype(np.float64)
    months = np.maximum((day - units.first[owner] + 1) * step / MONTH_DAYS, 1.0)
    ago: Floats | Integers = (day - answers.period[last]) * step if len(answers.period) else np.zeros(len(last))
    since = np.where(last >= 0, np.log1p(np.maximum(ago, 0)), np.nan)
    columns = {f"answers to {name} so far": np.log1p(number), f"answers to {name} a month": np.log1p(number / months)}
    columns[f"days since the last {name}"] = since
    return [Covariate(label, values, known="recent", about="answers") for label, values in columns.items()]
