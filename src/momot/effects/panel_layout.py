"""Where each part of a panel's row z = [1, L, states, outcomes, probes] stands, and how a piece fills it (EFFECTS.md 3 c)."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from momot.designs.frame import About, Exposure
from momot.designs.pieces import FEW_BUCKETS, Panel, Piece
from momot.effects.columns import Variable, lay_out, resolution
from momot.effects.contrasts import MET

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]
Indices = npt.NDArray[np.intp]
Flags = npt.NDArray[np.bool_]

FINEST = 5
"""Groups into which numbers of a panel are cut at most: it has several columns for the same past, and every column costs a pass."""
WIDE = 150
MANY_BUCKETS = 400


@dataclass(frozen=True, slots=True)
class Layout:
    """Where each part of z stands.

    `variables`, `known` (a value of `KINDS`) and `about` by covariate; `exposure_of`, `state` (states,) say which state of which exposure a
    column stands for; `quiet` is the state of each exposure that has none; `met` (states,) says which count as having met it.
    """

    variables: tuple[tuple[Variable, ...], ...]
    known: Indices
    about: tuple[About, ...]
    exposure_of: Integers
    state: Integers
    quiet: tuple[int, ...]
    met: Flags
    outcomes: int
    probes: int

    @property
    def dense(self) -> int:
        """Columns of 1 and L."""
        return 1 + sum(variable.width for variables in self.variables for variable in variables)

    @property
    def states(self) -> int:
        """Columns of states."""
        return len(self.state)

    @property
    def count(self) -> int:
        """All columns."""
        return self.dense + self.states + self.outcomes + self.probes

    @property
    def buckets(self) -> int:
        """Into how many groups of units the sums are kept apart: fewer of wide ones."""
        return FEW_BUCKETS if self.count - len(self.on(*APART)) > WIDE else MANY_BUCKETS

    def outcome(self, number: int) -> int:
        """Column of an outcome."""
        return self.dense + self.states + number

    def probe(self, number: int) -> int:
        """Column of a probe."""
        return self.dense + self.states + self.outcomes + number

    def of(self, *kinds: int) -> Indices:
        """Columns of L of some kinds (positions in `KINDS`)."""
        return self._columns([kind in kinds and about not in APART for kind, about in zip(self.known, self.about, strict=True)])

    def without(self, *about: About) -> Indices:
        """Columns of L but those that speak of some things."""
        return self._columns([what not in about and what not in APART for what in self.about])

    def on(self, *about: About) -> Indices:
        """Columns that speak of some things."""
        return self._columns([what in about for what in self.about])

    @property
    def held(self) -> tuple[Variable, ...]:
        """The variables of L."""
        return tuple(
            variable for what, variables in zip(self.about, self.variables, strict=True) if what not in APART for variable in variables
        )

    def _columns(self, wanted: list[bool]) -> Indices:
        """Columns of the covariates wanted."""
        spans = [
            np.arange(variable.first, variable.first + variable.width, dtype=np.intp)
            for ok, variables in zip(wanted, self.variables, strict=True)
            if ok
            for variable in variables
        ]
        return np.concatenate([np.empty(0, dtype=np.intp), *spans])

    def fill(self, piece: Piece, rows: Indices) -> Floats:
        """1 and L of some rows of a piece, (rows, dense)."""
        columns = np.empty((self.dense, len(rows)))
        self.fill_columns(columns, piece, rows)
        return columns.T

    def fill_columns(self, columns: Floats, piece: Piece, rows: Indices) -> None:
        """Write 1 and L of some rows of a piece into the first of `columns` (columns, rows): so a column is written in one go."""
        columns[0] = 1.0
        for variables, values in zip(self.variables, piece.values, strict=True):
            if variables:
                some = values[rows]
                for variable in variables:
                    variable.fill_from(columns, some)


KINDS = {"standing": 0, "recent": 1, "older": 2}
APART: tuple[About, ...] = ("intent", "instrument")
"""What only the second adjustment uses: no part of L."""


def plan(panel: Panel) -> Layout:
    """Lay out the columns on the pilot."""
    bins = min(FINEST, resolution((covariate for covariate in panel.covariates if covariate.about not in APART), panel.units))
    laid_out = lay_out(panel.covariates, panel.pilot.weight, bins=bins)
    variables = tuple(tuple(replace(one, codes=None, numbers=None) for one in variables) for variables in laid_out)  # rows of the pilot
    exposure_of, state, quiet, met = [], [], [], []
    for number, exposure in enumerate(panel.exposures):
        without = quiet_state(exposure)
        quiet.append(without)
        for position in range(len(exposure.states)):
            if position != without:
                exposure_of.append(number)
                state.append(position)
                met.append(exposure.states[position].role in MET)
    return Layout(
        variables=variables,
        known=np.array([KINDS[covariate.known] for covariate in panel.covariates], dtype=np.intp),
        about=tuple(covariate.about for covariate in panel.covariates),
        exposure_of=np.array(exposure_of, dtype=np.int64),
        state=np.array(state, dtype=np.int64),
        quiet=tuple(quiet),
        met=np.array(met, dtype=np.bool_),
        outcomes=len(panel.outcomes),
        probes=len(panel.probes),
    )


def quiet_state(exposure: Exposure) -> int:
    """The state that most rows are in and that gets no column: not met."""
    return next((position for position, state in enumerate(exposure.states) if state.role == "absent"), len(exposure.states) - 1)


def states(piece: Piece, layout: Layout) -> tuple[Indices, Indices]:
    """(row, state column) of every state other than the quiet one, in the order of rows."""
    rows, columns = [np.empty(0, dtype=np.intp)], [np.empty(0, dtype=np.intp)]
    first = 0
    for codes, quiet, width in zip(piece.codes, layout.quiet, np.bincount(layout.exposure_of, minlength=len(layout.quiet)), strict=True):
        here = np.flatnonzero(codes != quiet)
        state = codes[here].astype(np.intp)
        rows.append(here)
        columns.append(first + state - (state > quiet))
        first += int(width)
    row, column = np.concatenate(rows), np.concatenate(columns)
    order = np.argsort(row, kind="stable")
    return row[order], column[order]
