"""The plan of a panel: all that making its rows needs to know of everybody at once, small and the same for every part."""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from functools import cached_property

import pyarrow as pa

from momot.designs.frame import Exposure
from momot.designs.history import PRE_DAYS
from momot.designs.landmarks import EVER, Span
from momot.designs.panel_people import Attribute
from momot.designs.panel_sources import Source, Stream
from momot.designs.pieces import Followed, Probe, RowSegment, Window
from momot.designs.touches import BITS
from momot.designs.ways import Painted, Way
from momot.project.schema import Outcome

PIECE_ROWS = 100_000
"""Rows that are made at once, about."""
AROUND_DAYS = 14
"""Days on either side of a touch in which an outcome tells whether the touch follows it."""
PROBES = {
    "pre_period": (-PRE_DAYS, -1),
    "earlier": (-2 * PRE_DAYS, -PRE_DAYS - 1),
    "before": (-AROUND_DAYS, -1),
    "after": (1, AROUND_DAYS),
}


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
class Heard:
    """Dated answers of units, of an instrument or a fact: `sql` of them, and, where an outcome asks for them, how they are scored."""

    name: str
    sql: str
    outcome: Outcome | None = None
    scale: tuple[float, float] | None = None


@dataclass(frozen=True)
class Plan:
    """How rows are made of parts. `table` holds the units; periods are `step` days, every `every`-th quiet one is a row.

    `first` and `end` are the first period at risk and the last whose outcomes are known, of anybody. `fine`: the past is held at several
    speeds. `patient`: rows without an outcome within the horizon are followed for one in a later window. `monthly`: the calendar is held by
    months. Units are cut into `parts`. Of `chosen` landmarks are the rows; the others only are history.
    """

    table: str
    unit: str  # SQL
    step: int
    every: int
    first: int
    end: int
    parts: int
    moments: tuple[Moment, ...]
    streams: tuple[Stream, ...]
    sources: tuple[Source, ...]
    heard: tuple[Heard, ...]
    attributes: tuple[Attribute, ...]
    edges: tuple[int, ...]  # of the windows, in periods after the landmark; () for none
    money: float  # minor units in one
    fine: bool
    patient: bool = False
    monthly: bool = False
    segments: tuple[tuple[RowSegment, int | None], ...] = ()  # its place among the codes of units; None: first time or loyalty loop
    moment: str = "j.moment_id"  # SQL: the moment of an interaction, or the part of one
    bits_name: str = "bits"
    chosen: Span = EVER

    @cached_property
    def outcomes(self) -> tuple[Followed, ...]:
        """The columns of outcomes."""
        return tuple(Followed(source.ask.id, days) for source in self.sources for days in source.horizons)

    @cached_property
    def probes(self) -> tuple[Probe, ...]:
        """The columns of probes."""
        return tuple(Probe(source.ask.id, name) for source in self.sources if source.stream is not None for name in PROBES)

    @cached_property
    def windows(self) -> tuple[Window, ...]:
        """The columns of windows."""
        return tuple(
            Window(source.ask.id, low * self.step, high * self.step, source.stream is None, source.outcome.absent)
            for source in self.sources
            for low, high in itertools.pairwise(self.edges)
        )

    @cached_property
    def bits(self) -> dict[tuple[int, int, int], tuple[int, int]]:
        """(word, bit) of every way (quality, level) of every moment."""
        keys = [(moment.id, way.quality, way.level) for moment in self.moments for way in moment.ways]
        return {key: (number // BITS, number % BITS) for number, key in enumerate(keys)}

    @property
    def words(self) -> int:
        """Masks that hold all bits."""
        return 1 + max((word for word, _ in self.bits.values()), default=0)

    def bits_table(self) -> pa.Table:
        """The table `bits` that the step `panel_days` joins."""
        names = ("moment_id", "quality", "level", "word", "bit")
        rows = [(*key, word, 1 << bit) for key, (word, bit) in self.bits.items()]
        return pa.table({name: pa.array([row[place] for row in rows], type=pa.int64()) for place, name in enumerate(names)})

    @property
    def reach(self) -> int:
        """How many periods after its own a row looks at."""
        ahead = [round(days / self.step) for source in self.sources for days in source.horizons]
        return max(1, *ahead, *self.edges, -(-AROUND_DAYS // self.step))

    @property
    def counted(self) -> dict[str, str]:
        """SQL of every column of a touched period, by name."""
        found = {"met": "sum(j.repeat)"}
        found |= {f"mask_{word}": f"bit_or(CASE WHEN b.word = {word} THEN b.bit ELSE CAST(0 AS BIGINT) END)" for word in range(self.words)}
        found |= {
            f"times_{moment.id}": f"sum(CASE WHEN {self.moment} = {moment.id} THEN j.repeat ELSE 0 END)"
            for moment in self.moments
            if moment.bands
        }
        for number, stream in enumerate(self.streams):
            found[f"happened_{number}"] = f"sum(CASE WHEN {stream.condition} THEN j.repeat ELSE 0 END)"
            if any(source.stream == stream and source.outcome.value is True for source in self.sources):
                found[f"money_{number}"] = f"sum(CASE WHEN {stream.condition} THEN coalesce(j.value_minor, 0) ELSE 0 END)"
        return found
