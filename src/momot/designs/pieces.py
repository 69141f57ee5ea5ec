"""What the panel hands to `effects`: a pilot that the design is laid out on, and all rows in pieces of whole units, read once.

Grain: one row a unit and landmark (the end of a period, usually a day). A unit is a person or an account.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from momot.designs.frame import Codes, Covariate, Exposure, Floats, Integers
from momot.vocabulary import Evidence
from momot.vocabulary.records import Check

Patterns = npt.NDArray[np.uint64]


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
class Piece:
    """Rows of whole units. `values` are the raw covariates and `codes` the states, in the order of the panel's covariates and exposures.

    `outcomes` (n, outcomes) are 0 where not measured; bit j of `measured` (n,) says that outcome j is. `probes` (n, probes).
    """

    unit: Integers
    bucket: Codes
    weight: Floats
    values: tuple[Floats, ...]
    codes: tuple[Codes, ...]
    outcomes: Floats
    measured: Patterns
    probes: Floats

    def __len__(self) -> int:
        """Number of rows."""
        return len(self.unit)


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


@dataclass(frozen=True, slots=True)
class Panel:
    """Questions that share their rows. `pieces()` reads all of them, the same each time; `pilot` is a sample of whole units.

    Each of the pieces makes its rows when it is called, from whatever thread; units of one bucket stand together.
    """

    questions: tuple[PanelQuestion, ...]
    outcomes: tuple[Followed, ...]
    probes: tuple[Probe, ...]
    covariates: tuple[Covariate, ...]  # of the pilot
    exposures: tuple[Exposure, ...]  # of the pilot
    pilot: Piece
    units: int  # persons or accounts followed
    span: tuple[int, int]  # local days since 1970 from the first to the last at risk
    pieces: Callable[[], Iterator[Callable[[], Piece]]]
