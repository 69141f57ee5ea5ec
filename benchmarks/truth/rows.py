"""The rows of a panel or of episodes as one table, for rivals that learn from rows: what momot adjusts with, what was met, the outcome.

No more than about `most` rows come out, of all people: days on which nothing was met are the first to be left out. Which ones depends on
nothing but what was met on the day, and that is held, so the rows need no weights.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from benchmarks.truth.records import Floats, Integers
from momot.designs import Designed
from momot.designs.frame import Exposure
from momot.designs.pieces import Panel, Piece
from momot.effects.contrasts import MET

QUIET = 0.25
"""Chance of a day without a touch to stay, over that of a day with one."""


@dataclass(frozen=True, slots=True)
class Rows:
    """`known` (n, k) as momot holds them, NaN where missing; `met` (n, moments) 0 or 1; `outcome` (n,); `unit` (n,) whose row it is."""

    known: Floats
    met: Floats
    moments: tuple[str, ...]
    outcome: Floats
    unit: Integers


def rows_of(designed: Designed, *, most: int) -> Rows:
    """The rows of one question."""
    frame = designed.frame
    moments = tuple(exposure.moment for exposure in frame.exposures)
    if designed.panel is None:
        known = np.stack([covariate.values for covariate in frame.covariates], axis=1) if frame.covariates else np.zeros((frame.units, 0))
        met = np.stack([_met(exposure, exposure.codes) for exposure in frame.exposures], axis=1)
        kept = np.flatnonzero(np.random.default_rng(0).random(frame.units) < most / frame.units)
        return Rows(known[kept], met[kept], moments, frame.outcome[kept], frame.cluster[kept].astype(np.int64))
    panel = designed.panel
    (question,) = (question for question in panel.questions if question.id == designed.ask.id)
    return _panel_rows(panel, question.columns[0], moments, most)


def _panel_rows(panel: Panel, column: int, moments: tuple[str, ...], most: int) -> Rows:
    random = np.random.default_rng(0)
    share, parts = 1.0, []
    for piece in (one for part in panel.pieces.sums(list) for one in part):
        measured = (piece.measured >> np.uint64(column) & np.uint64(1)).astype(bool)
        met = np.stack([_met(e, c) for e, c in zip(panel.exposures, piece.codes, strict=True)], axis=1)
        chance = random.random(len(piece)) / np.where(met.any(axis=1), 1.0, QUIET)  # stays where this is below the share
        parts.append(_kept(piece, met, chance, measured & (chance < share), column))
        while sum(len(part[1]) for part in parts) > most:
            share /= 2
            parts = [tuple(values[part[0] < share] for values in part) for part in parts]
    _, known, met, outcome, unit = (np.concatenate(values) for values in zip(*parts, strict=True))
    return Rows(known.astype(np.float64), met, moments, outcome, unit.astype(np.int64))


def _kept(piece: Piece, met: Floats, chance: Floats, kept: np.ndarray, column: int) -> tuple[np.ndarray, ...]:
    known = np.stack([values[kept] for values in piece.values], axis=1)
    return chance[kept], known, met[kept], piece.outcomes[kept, column], piece.unit[kept]


def _met(exposure: Exposure, codes: np.ndarray) -> Floats:
    """Whether each row met it; where everybody did, whether it went otherwise than it mostly goes."""
    roles = np.array([state.role in MET for state in exposure.states])
    if not roles[codes].all():
        return roles[codes].astype(np.float64)
    return (codes != np.bincount(codes).argmax()).astype(np.float64)
