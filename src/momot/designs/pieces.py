"""What the panel hands to `effects`: a pilot that the design is laid out on, and all rows in pieces of whole units, read once.

Grain: one row a unit and landmark (the end of a period, usually a day). A unit is a person or an account.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Literal, Protocol, TypeVar

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_matrix

from momot.designs.frame import Codes, Covariate, Exposure, Floats, Integers
from momot.vocabulary import Evidence
from momot.vocabulary.records import Check

Patterns = npt.NDArray[np.uint64]
T = TypeVar("T")

FEW_BUCKETS = 100
"""Into so many the buckets of units are merged where there are many columns: bucket b into b % 100."""
LOST = 62
"""Bit of `Piece.measured`: the row could have an outcome, but the unit's own observation ended within the horizon."""
FOLLOWED = 63
"""Bit of `Piece.measured`: the row is followed through the last window. Columns of outcomes have the bits below."""


@dataclass(frozen=True, slots=True)
class Followed:
    """One column of outcomes: what `question` asks for within `days` after the landmark."""

    question: str
    days: float


@dataclass(frozen=True, slots=True)
class Probe:
    """A column that is no outcome but tells whether an effect can be trusted: what the outcome did before the touch.

    `pre_period`: the outcome in the four weeks before, in its own unit; `earlier`: in the four weeks before those; `before`, `after`:
    whether it happened at all in the two weeks before and after the row's own period.
    """

    question: str
    name: str


@dataclass(frozen=True, slots=True)
class Window:
    """A column of windows: what `question` asks for in the days from `low`, exclusive, to `high`, inclusive, after the landmark.

    `answers`: there only where somebody answered in it. `falls`: what is counted is the opposite of what is asked for (churn as absence).
    """

    question: str
    low: int
    high: int
    answers: bool = False
    falls: bool = False


@dataclass(frozen=True, slots=True)
class Piece:
    """Rows of whole units. `values` are the raw covariates and `codes` the states, in the order of the panel's covariates and exposures.

    `outcomes` (n, outcomes) are 0 where not measured; bit j of `measured` (n,) says that outcome j is. `probes` (n, probes).
    `windows` (n, windows) hold what was counted; where answers are asked for those that were given, zeros too, and nothing elsewhere. None
    where the panel has no windows.
    """

    unit: Integers
    bucket: Codes
    weight: Floats
    values: tuple[Floats, ...]
    codes: tuple[Codes, ...]
    outcomes: Floats
    measured: Patterns
    probes: Floats
    segments: tuple[Codes, ...] = ()  # value of each segment of the panel, -1 unknown
    windows: csr_matrix | None = None
    day: Integers = field(default_factory=lambda: np.zeros(0, dtype=np.int64))  # period of each row; empty where nobody asked for it
    kept: npt.NDArray[np.bool_] = field(default_factory=lambda: np.zeros(0, dtype=np.bool_))  # rows of the panel among all; empty: all are
    could: tuple[Floats, ...] = ()  # by exposure (states,): weight of the rows that an answer could have followed
    unheard: float = 0.0  # weight of the rows at risk without the earlier answer that a shift needs

    def __len__(self) -> int:
        """Number of rows."""
        return len(self.unit)

    def some(self, rows: npt.NDArray[np.intp], *, outcomes: np.uint64 | None = None) -> Piece:
        """Some rows, ascending; with `outcomes` only those columns of outcomes stay measured."""
        return Piece(
            unit=self.unit[rows],
            bucket=self.bucket[rows],
            weight=self.weight[rows],
            values=tuple(values[rows] for values in self.values),
            codes=tuple(codes[rows] for codes in self.codes),
            outcomes=self.outcomes[rows],
            measured=self.measured[rows] if outcomes is None else self.measured[rows] & outcomes,
            probes=self.probes[rows],
            segments=tuple(codes[rows] for codes in self.segments),
            windows=None if self.windows is None else self.windows[rows],
        )


@dataclass(frozen=True, slots=True)
class RowSegment:
    """For whom it is asked, where the rows of a panel say it: a person's segment, their role, first time or not. Rows hold its code."""

    name: str
    labels: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Struck:
    """Exposures that struck everybody of a group alike (accidents): positions in `Panel.exposures`, and of the group in `Piece.segments`.

    `groups`: how many groups there are.
    """

    exposures: tuple[int, ...]
    segment: int
    groups: int


@dataclass(frozen=True, slots=True)
class PanelQuestion:
    """One question of a panel: what its first outcome column rests on, and what the design already knows of single exposures.

    `columns` are positions in `Panel.outcomes`, the main horizon first; `probes` the positions of its probes by name; `own` the exposures
    that are the outcome's own activity.
    """

    id: str
    columns: tuple[int, ...]
    probes: dict[str, int]
    own: frozenset[int]
    evidence: Evidence
    checks: tuple[Check, ...]


class Pieces(Protocol):
    """All rows of a panel, in parts of whole units."""

    def sums(self, add: Callable[[Iterator[Piece]], T]) -> Iterator[T]:
        """What `add` makes of the pieces of each part, in one order every time. It can be pickled: it runs where the part is."""


@dataclass(frozen=True, slots=True)
class Panel:
    """Questions that share their rows. `pieces` has all of them, the same each time; `pilot` is a sample of whole units."""

    questions: tuple[PanelQuestion, ...]
    outcomes: tuple[Followed, ...]
    probes: tuple[Probe, ...]
    covariates: tuple[Covariate, ...]  # of the pilot
    exposures: tuple[Exposure, ...]  # of the pilot
    pilot: Piece
    units: int  # persons or accounts followed
    span: tuple[int, int]  # local days since 1970 from the first to the last at risk
    pieces: Pieces
    segments: tuple[RowSegment, ...] = ()
    struck: tuple[Struck, ...] = ()
    splits: tuple[Split, ...] = ()
    noun: Literal["person", "account"] = "person"  # what a unit is
    windows: tuple[Window, ...] = ()
    lost: Piece | None = None  # rows of the pilot's units whose own observation ended within the horizon


@dataclass(frozen=True, slots=True)
class Split:
    """For whom it is asked, where each touch says it (its channel): the panel once more, with an exposure for each value of the touch.

    `of` says which exposure of the panel each exposure here is a part of, `label` the value; None: not divided.
    """

    name: str
    panel: Panel
    of: tuple[int, ...]
    label: tuple[str | None, ...]
