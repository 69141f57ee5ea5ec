"""Rows of the panel: what the tables say of some units, as numbers in pieces."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property, partial

import numpy as np
import numpy.typing as npt
import pyarrow as pa
from scipy.sparse import csr_matrix, hstack

from momot.designs.columns import read_column
from momot.designs.frame import Codes, Covariate, Exposure, Floats, Integers
from momot.designs.history import PRE_DAYS, Past, fine_enough, history
from momot.designs.history import Stream as Counted
from momot.designs.intent import intent
from momot.designs.landmarks import Landmarks, Units, landmarks
from momot.designs.panel_sources import PURCHASES, Source, Stream
from momot.designs.panel_windows import answered_in, counted_in, on_rows, reached
from momot.designs.pieces import FOLLOWED, LOST, Followed, Patterns, Piece, Probe, RowSegment, Window
from momot.designs.span import MONTH_DAYS
from momot.designs.steps import PACKAGE
from momot.designs.touches import BITS
from momot.designs.ways import Painted, Way, counted
from momot.engine import Engine, step
from momot.engine.arrays import integers
from momot.stats.timeline import bounds, window_sum

Flags = npt.NDArray[np.bool_]

PIECE_ROWS = 100_000
AROUND_DAYS = 14
"""Days on either side of a touch in which an outcome tells whether the touch follows it."""
PROBES = {
    "pre_period": (-PRE_DAYS, -1),
    "earlier": (-2 * PRE_DAYS, -PRE_DAYS - 1),
    "before": (-AROUND_DAYS, -1),
    "after": (1, AROUND_DAYS),
}
OFTEN = 0.25
"""Share of answers that have a further one within the windows, from which on those who answered early tell of the later windows as well."""
MONTHLY_FROM_WEEKS = 40
"""From so many weeks on the calendar is held by months."""


@dataclass(frozen=True, slots=True)
class Moment:
    """A touchpoint at a stage as the panel reads it: how its ways become states, or `count`, the bands of its number in a period."""

    id: int
    exposure: Exposure  # without rows
    painted: Painted | None
    ways: tuple[Way, ...]
    bands: tuple[tuple[str, float | None, float | None], ...] = ()

    @property
    def start(self) -> int:
        """The state of a period without a touch."""
        states = self.exposure.states
        return next((position for position, state in enumerate(states) if state.role == "absent"), len(states) - 1)


@dataclass(frozen=True, slots=True)
class Answers:
    """Dated values in the order of unit and period, each (n,)."""

    unit: Integers
    period: Integers
    value: Floats

    def of(self, low: int, high: int) -> Answers:
        """Those of the units from `low` to `high`."""
        rows = slice(*np.searchsorted(self.unit, [low, high + 1]))
        return Answers(self.unit[rows], self.period[rows], self.value[rows])


@dataclass(frozen=True)
class Reader:
    """Reads pieces. `answers` by instrument or fact; `attributes` are columns of L by unit, in the order of `units`."""

    engine: Engine
    unit: str  # SQL
    step: int
    every: int
    units: Units
    moments: tuple[Moment, ...]
    streams: tuple[Stream, ...]
    sources: tuple[Source, ...]
    answers: dict[str, Answers]
    attributes: tuple[Covariate, ...]
    edges: tuple[int, ...]  # of the windows, in periods after the landmark; () for none
    money: float  # minor units in one
    segments: tuple[tuple[RowSegment, Codes | None], ...] = ()  # with the value of each unit; None: first time or loyalty loop
    moment: str = "j.moment_id"  # SQL: the moment of an interaction, or the part of one
    bits_name: str = "bits"
    outcomes: tuple[Followed, ...] = field(init=False)
    probes: tuple[Probe, ...] = field(init=False)
    windows: tuple[Window, ...] = field(init=False)

    def __post_init__(self) -> None:
        """Number the outcome columns, the probes and the windows."""
        followed = tuple(Followed(source.ask.id, days) for source in self.sources for days in source.horizons)
        probes = tuple(Probe(source.ask.id, name) for source in self.sources if source.stream is not None for name in PROBES)
        object.__setattr__(self, "outcomes", followed)
        object.__setattr__(self, "probes", probes)
        windows = tuple(
            Window(source.ask.id, low * self.step, high * self.step, source.stream is None, source.outcome.absent)
            for source in self.sources
            for low, high in itertools.pairwise(self.edges)
        )
        object.__setattr__(self, "windows", windows)

    def pieces(
        self, units: Units, *, sampled: str = "true", keep: bool = False, lost: bool = False
    ) -> Iterator[Callable[[], tuple[Piece, tuple[Covariate, ...]]]]:
        """The rows of some units, whole units at a time: each makes a piece when called, and the columns of L that its values belong to.

        `keep`: also rows that do not belong to the panel, which then is said row by row, with the period of each. `lost`: also rows whose
        outcome nobody knows because the unit's own observation ended.
        """
        table = self.engine.arrow(self._days(units, sampled)).combine_chunks()  # to take rows of it is a copy of these alone then
        unit = integers(table["unit"])  # ascending
        for part in _parts(units, self.every):
            first, end = (np.searchsorted(unit, part.unit, side=side) for side in ("left", "right"))
            yield partial(self.piece, part, table.take(pa.array(_spans(first, end))), keep=keep, lost=lost)

    def piece(self, units: Units, table: pa.Table, *, keep: bool = False, lost: bool = False) -> tuple[Piece, tuple[Covariate, ...]]:
        """The rows of some units from the table of their touched periods."""
        unit, period = integers(table["unit"]), integers(table["period"])
        known = np.isin(unit, units.unit)
        if not known.all():
            table, unit, period = table.filter(pa.array(known)), unit[known], period[known]
        marks = landmarks(units, unit, period, every=self.every)
        position = np.searchsorted(self.units.unit, units.unit)[marks.owner]
        codes = self._codes(table, marks.source)
        exposures = [replace(moment.exposure, codes=code) for moment, code in zip(self.moments, codes, strict=True)]
        streams = [Counted(stream.name, _spread(table[f"happened_{n}"], marks.source)) for n, stream in enumerate(self.streams)]
        past = Past(marks.line, self.step, self.units.first[position], _spread(table["met"], marks.source), exposures, streams, self.fine)
        members = self.units.members[position]
        covariates = (*self._standing(marks, position), *history(past), *self._opinions(marks, position), *intent(past, members))
        outcomes, measured = self._outcomes(marks, position, table, streams)
        windows, followed = self._windows(marks, position, table, streams, measured > 0)
        could, unheard = self._could(marks, position, codes, streams)
        measured[followed] |= np.uint64(1 << FOLLOWED)
        if lost:
            measured[self._lost(marks, position, streams)] |= np.uint64(1 << LOST)
        belongs = marks.at_risk & (measured > 0)
        rows = np.arange(len(belongs)) if keep else np.flatnonzero(belongs)
        piece = Piece(
            unit=position[rows],
            bucket=self.units.bucket[position[rows]],
            weight=marks.weight[rows],
            values=tuple(covariate.values[rows] for covariate in covariates),
            codes=tuple(code[rows] for code in codes),
            outcomes=outcomes[rows],
            measured=measured[rows],
            probes=self._probes(marks, table, streams)[rows],
            segments=self._segments(marks, position, streams, rows),
            windows=windows[rows],
            could=could,
            unheard=unheard,
        )
        if keep:
            piece = replace(piece, day=marks.line.day, kept=belongs)
        return piece, tuple(replace(covariate, values=value) for covariate, value in zip(covariates, piece.values, strict=True))

    def _segments(self, marks: Landmarks, position: Integers, streams: Sequence[Counted], rows: Integers) -> tuple[Codes, ...]:
        """The value of each segment in some rows. Whether somebody had bought before is told from what came before the row's period."""
        found = []
        for _, codes in self.segments:
            if codes is None:
                bought = window_sum(streams[self.streams.index(PURCHASES)].happened, bounds(marks.line, -1_000_000, -1)) > 0
                found.append(bought[rows].astype(np.int16))
            else:
                found.append(codes[position[rows]])
        return tuple(found)

    def _days(self, units: Units, sampled: str) -> str:
        columns = [f"bit_or(CASE WHEN b.word = {word} THEN b.bit ELSE CAST(0 AS BIGINT) END) AS mask_{word}" for word in range(self._words)]
        columns += [
            f"sum(CASE WHEN {self.moment} = {moment.id} THEN j.repeat ELSE 0 END) AS times_{moment.id}"
            for moment in self.moments
            if moment.bands
        ]
        for number, stream in enumerate(self.streams):
            columns.append(f"sum(CASE WHEN {stream.condition} THEN j.repeat ELSE 0 END) AS happened_{number}")
            if any(source.stream == stream and source.outcome.value is True for source in self.sources):
                columns.append(f"sum(CASE WHEN {stream.condition} THEN coalesce(j.value_minor, 0) ELSE 0 END) AS money_{number}")
        return step(
            PACKAGE,
            "panel_days",
            unit=self.unit,
            step=self.step,
            bits=self.bits_name,
            moment=self.moment,
            columns="".join(f", {column}" for column in columns),
            low=int(units.unit.min()),
            high=int(units.unit.max()),
            sampled=sampled,
        )

    @cached_property
    def fine(self) -> bool:
        """Whether the past of every moment is held at several speeds."""
        return fine_enough(len(self.units), [moment.exposure for moment in self.moments])

    @cached_property
    def bits(self) -> dict[tuple[int, Way], tuple[int, int]]:
        """(word, bit) of every way of every moment."""
        keys = [(moment.id, way) for moment in self.moments for way in moment.ways]
        return {key: (number // BITS, number % BITS) for number, key in enumerate(keys)}

    @cached_property
    def patient(self) -> bool:
        """Whether rows without an outcome within the horizon are followed for one in a later window: where most people answer once only."""
        names = [source.answers for source in self.sources if source.answers]
        if not names or not self.edges:
            return False
        answers = self.answers[names[0]]
        again = (np.diff(answers.unit) == 0) & (np.diff(answers.period) <= self.edges[-1])
        return bool(again.sum() < OFTEN * len(answers.unit))

    @property
    def _words(self) -> int:
        return 1 + max((word for word, _ in self.bits.values()), default=0)

    def bits_table(self) -> pa.Table:
        """The table `bits` that the step `panel_days` joins."""
        names = ("moment_id", "quality", "level", "word", "bit")
        rows = [(moment, way.quality, way.level, word, 1 << bit) for (moment, way), (word, bit) in self.bits.items()]
        return pa.table({name: pa.array([row[place] for row in rows], type=pa.int64()) for place, name in enumerate(names)})

    def _codes(self, table: pa.Table, source: Integers) -> list[Codes]:
        masks = [integers(table[f"mask_{word}"]) for word in range(self._words)]
        touched = source >= 0
        found = []
        for moment in self.moments:
            if moment.painted is not None:
                states = moment.painted.codes(lambda way, moment=moment: self._met(masks, moment.id, way), len(table))  # type: ignore[misc]
            elif moment.bands:
                states = counted(moment.bands, read_column("times", table[f"times_{moment.id}"]).values)[1]
            else:  # nobody met it
                states = np.full(len(table), moment.start, dtype=np.int16)
            codes = np.full(len(source), moment.start, dtype=np.int16)
            codes[touched] = states[source[touched]]
            found.append(codes)
        return found

    def _met(self, masks: list[Integers], moment: int, way: Way) -> Flags:
        word, bit = self.bits[moment, way]
        return (masks[word] >> bit & 1).astype(np.bool_)

    def _standing(self, marks: Landmarks, position: Integers) -> list[Covariate]:
        """Calendar and attributes."""
        day = marks.line.day * self.step
        first, last = int(self.units.first.min()) * self.step, int(self.units.known.max()) * self.step
        weeks = (last - first) / 7
        if weeks < MONTHLY_FROM_WEEKS:
            calendar = (day - first) // 7
            name = "week"
        else:
            calendar = _months(day) - int(_months(np.array([first]))[0])
            name = "month"
        calendar = np.maximum(calendar, 0)
        found = [Covariate(name, calendar.astype(np.float64), tuple(map(str, range(1 + int(weeks) + 1))))]
        if self.step == 1:
            found.append(Covariate("weekday", ((day + 3) % 7).astype(np.float64), ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")))
        return found + [replace(attribute, values=attribute.values[position]) for attribute in self.attributes]

    def _opinions(self, marks: Landmarks, position: Integers) -> list[Covariate]:
        """The last answer of each instrument before the period."""
        found = []
        for name, answers in self.answers.items():
            row_keys, answer_keys, _ = _keys(marks, self.units.unit[position], answers)
            last = np.searchsorted(answer_keys, row_keys, side="left") - 1
            mine = (last >= 0) & (answers.unit[np.maximum(last, 0)] == self.units.unit[position]) if len(answer_keys) else last >= 0
            values = np.full(len(row_keys), np.nan)
            values[mine] = answers.value[last[mine]]
            found.append(Covariate(f"last {name}", values, known="recent", about="answers"))
            found += self._answering(name, marks, position, np.where(mine, last, -1), answers)
        return found

    def _answering(self, name: str, marks: Landmarks, position: Integers, last: Integers, answers: Answers) -> list[Covariate]:
        """What foretells who answers: how often somebody did so far, by the time they are known, and how long ago."""
        first = np.searchsorted(answers.unit, self.units.unit[position], side="left")
        number = np.where(last >= 0, last - first + 1, 0).astype(np.float64)
        months = np.maximum((marks.line.day - self.units.first[position] + 1) * self.step / MONTH_DAYS, 1.0)
        ago = (marks.line.day - answers.period[last]) * self.step if len(answers.period) else np.zeros(len(last))
        since = np.where(last >= 0, np.log1p(np.maximum(ago, 0)), np.nan)
        columns = {f"answers to {name} so far": np.log1p(number), f"answers to {name} a month": np.log1p(number / months)}
        columns[f"days since the last {name}"] = since
        return [Covariate(label, values, known="recent", about="answers") for label, values in columns.items()]

    def _could(
        self, marks: Landmarks, position: Integers, codes: Sequence[Codes], streams: Sequence[Counted]
    ) -> tuple[tuple[Floats, ...], float]:
        """By exposure and state the weight of the rows that an answer could have followed, and of those without an earlier one."""
        source = next((source for source in self.sources if source.stream is None), None)
        if source is None:
            return (), 0.0
        ahead = max(1, round(source.horizons[0] / self.step))
        can = marks.at_risk & (marks.line.day + ahead <= self.units.known[position]) & self._eligible(source, marks, streams)
        heard = can & ~np.isnan(self._earlier(source, marks, position)) if source.outcome.as_ == "shift" else can
        rows = np.flatnonzero(heard)
        found = tuple(
            np.bincount(code[rows], weights=marks.weight[rows], minlength=len(moment.exposure.states)).astype(np.float64)
            for moment, code in zip(self.moments, codes, strict=True)
        )
        return found, float(marks.weight[can].sum() - marks.weight[heard].sum())

    def _earlier(self, source: Source, marks: Landmarks, position: Integers) -> Floats:
        """The last answer before each row's period, NaN where there is none."""
        answers = self.answers[str(source.answers)]
        row_keys, answer_keys, _ = _keys(marks, self.units.unit[position], answers)
        values = np.full(len(row_keys), np.nan)
        if len(answer_keys):
            last = np.searchsorted(answer_keys, row_keys, side="left") - 1
            mine = (last >= 0) & (answers.unit[np.maximum(last, 0)] == self.units.unit[position])
            values[mine] = answers.value[last[mine]]
        return values

    def _outcomes(self, marks: Landmarks, position: Integers, table: pa.Table, streams: Sequence[Counted]) -> tuple[Floats, Patterns]:
        outcomes = np.zeros((len(marks.line), len(self.outcomes)))
        measured: Patterns = np.zeros(len(marks.line), dtype=np.uint64)
        known = self.units.known[position]
        column = 0
        for source in self.sources:
            can = self._eligible(source, marks, streams)
            for days in source.horizons:
                ahead = max(1, round(days / self.step))
                values, there = self._value(source, marks, position, table, streams, ahead)
                there &= can & (marks.line.day + ahead <= known)
                outcomes[there, column] = values[there]
                measured[there] |= np.uint64(1 << column)
                column += 1
        return outcomes, measured

    def _windows(
        self, marks: Landmarks, position: Integers, table: pa.Table, streams: Sequence[Counted], measured: Flags
    ) -> tuple[csr_matrix, Flags]:
        """What happened or was answered in each window (n, windows), and which rows are followed through the last."""
        followed = np.zeros(len(marks.line), dtype=np.bool_)
        if not self.edges:
            return csr_matrix((len(marks.line), 0)), followed
        can = marks.at_risk & (marks.line.day + self.edges[-1] <= self.units.known[position])
        rows = np.flatnonzero(can if self.patient else can & measured)
        ends = reached(marks.line, self.edges, rows) if any(source.stream is not None for source in self.sources) else ()
        parts: list[csr_matrix] = []
        done: dict[tuple[int, bool], csr_matrix] = {}
        for source in self.sources:
            if source.stream is None:
                answers = self.answers[str(source.answers)]
                row_keys, answer_keys, _ = _keys(marks, self.units.unit[position], answers)
                found = answered_in(row_keys[rows], answer_keys, answers.value, self.edges)
                followed[rows] = np.diff(found.indptr) > 0  # answers have a panel of their own
                if source.outcome.as_ == "shift":
                    before = self._earlier(source, marks, position)[rows]
                    followed[rows] &= ~np.isnan(before)
                    found.data -= np.repeat(np.nan_to_num(before), np.diff(found.indptr))
            else:
                number = self.streams.index(source.stream)
                money = source.outcome.value is True
                if (number, money) not in done:  # several outcomes may be of one activity
                    amount = _spread(table[f"money_{number}"], marks.source) if money else streams[number].happened
                    done[number, money] = counted_in(amount, ends, whether=not money)
                    done[number, money].data /= self.money if money else 1.0
                found = done[number, money]
                followed[rows] = True
            parts.append(found)
        return on_rows(csr_matrix(hstack(parts)), rows, len(marks.line)), followed

    def _lost(self, marks: Landmarks, position: Integers, streams: Sequence[Counted]) -> Flags:
        """Rows that could have some outcome, and whose unit's own observation ended within the horizon while the records go on."""
        found = np.zeros(len(marks.line), dtype=np.bool_)
        end, known = int(self.units.known.max()), self.units.known[position]
        for source in self.sources:
            due = marks.line.day + max(1, round(source.horizons[0] / self.step))
            found |= (due > known) & (due <= end) & self._eligible(source, marks, streams)
        return found

    def _eligible(self, source: Source, marks: Landmarks, streams: Sequence[Counted]) -> Flags:
        """Who can have the outcome at the landmark: did what makes eligible, or, where its absence is asked for, is still there."""
        can = np.ones(len(marks.line), dtype=np.bool_)
        if source.eligible is not None:
            happened = streams[self.streams.index(source.eligible)].happened
            can &= window_sum(happened, bounds(marks.line, -1_000_000, 0)) > 0
        if source.outcome.absent and source.stream is not None:
            back = max(1, round(source.horizons[0] / self.step))
            can &= window_sum(streams[self.streams.index(source.stream)].happened, bounds(marks.line, 1 - back, 0)) > 0
        return can

    def _value(
        self, source: Source, marks: Landmarks, position: Integers, table: pa.Table, streams: Sequence[Counted], ahead: int
    ) -> tuple[Floats, Flags]:
        """The outcome within `ahead` periods after each row, and where there is one."""
        everywhere = np.ones(len(marks.line), dtype=np.bool_)
        if source.stream is None:
            answers = self.answers[str(source.answers)]
            row_keys, answer_keys, reach = _keys(marks, self.units.unit[position], answers)
            following = np.searchsorted(answer_keys, row_keys, side="right")
            there = following < len(answer_keys)
            there[there] &= answer_keys[following[there]] <= row_keys[there] + min(ahead, reach)
            values = np.zeros(len(row_keys))
            values[there] = answers.value[following[there]]
            if source.outcome.as_ == "shift":
                values -= np.nan_to_num(before := self._earlier(source, marks, position))
                there &= ~np.isnan(before)
            return values, there
        return self._counted(source, bounds(marks.line, 1, ahead), marks, table, streams), everywhere

    def _counted(
        self, source: Source, window: tuple[Integers, Integers], marks: Landmarks, table: pa.Table, streams: Sequence[Counted]
    ) -> Floats:
        """What an outcome's stream amounts to in each row's window: money, whether it happened, or that it did not."""
        number = self.streams.index(source.stream) if source.stream is not None else 0
        if source.outcome.value is True:
            return window_sum(_spread(table[f"money_{number}"], marks.source), window) / self.money
        happened = window_sum(streams[number].happened, window) > 0
        return (~happened if source.outcome.absent else happened).astype(np.float64)

    def _probes(self, marks: Landmarks, table: pa.Table, streams: Sequence[Counted]) -> Floats:
        found = []
        for source in self.sources:
            if source.stream is None:
                continue
            happened = streams[self.streams.index(source.stream)].happened
            for name, (low, high) in PROBES.items():
                window = bounds(marks.line, -(-low // self.step), high // self.step)
                in_unit = name in ("pre_period", "earlier")
                value = self._counted(source, window, marks, table, streams) if in_unit else (window_sum(happened, window) > 0)
                found.append(value.astype(np.float64))
        return np.stack(found, axis=1) if found else np.zeros((len(marks.line), 0))


def _months(day: Integers) -> Integers:
    """Months since 1970 of local days."""
    return day.astype("datetime64[D]").astype("datetime64[M]").astype(np.int64)


def _keys(marks: Landmarks, unit: Integers, answers: Answers) -> tuple[Integers, Integers, int]:
    """Keys of rows and of answers in which units are far apart, and how far a window may reach."""
    everything = np.concatenate([marks.line.day, answers.period])
    base, reach = int(everything.min(initial=0)), int(np.ptp(everything)) + 1 if len(everything) else 1
    return unit * 4 * reach + marks.line.day - base, answers.unit * 4 * reach + answers.period - base, reach


def _spread(column: pa.ChunkedArray, source: Integers) -> Floats:
    """A column of the touched periods on all rows, 0 where quiet."""
    values = read_column("value", column).values
    return np.where(source >= 0, values[source], 0.0) if len(values) else np.zeros(len(source))


def _parts(units: Units, every: int) -> Iterator[Units]:
    """The units cut where about `PIECE_ROWS` rows are together, between two buckets or within one that has many."""
    rows = units.rows(every)
    before = np.cumsum(rows) - rows
    first = np.r_[0, np.flatnonzero(np.diff(units.merged)) + 1][: len(units)]  # of each bucket
    bucket = np.repeat(np.arange(len(first)), np.diff(np.r_[first, len(units)]))
    begins, total = before[first], np.add.reduceat(rows, first) if len(first) else rows
    size = total / np.maximum(np.rint(total / PIECE_ROWS), 1)
    piece = np.stack([np.rint(begins / PIECE_ROWS)[bucket], (before - begins[bucket]) // size[bucket]])
    cuts = np.flatnonzero(np.diff(piece, axis=1).any(axis=0)) + 1
    for low, high in itertools.pairwise([0, *cuts.tolist(), len(units)]):
        yield units.some(slice(low, high))


def _spans(first: Integers, end: Integers) -> Integers:
    """The numbers from each `first` up to its `end`, exclusive, one span after another."""
    length = end - first
    return np.repeat(end - np.cumsum(length), length) + np.arange(length.sum(), dtype=np.int64)
