"""Weights for those whose own observation ended early (EFFECTS.md 2): inverse probability of still being followed, given what was known.

Where the records end for everybody alike nothing has to be weighted. Where people's observation ends at different times, those who are
followed to the end of a horizon may be others than those who are not, and effects may differ between them (Robins & Finkelstein 2000).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Generic, TypeVar

import numpy as np
import numpy.typing as npt

from momot.designs.panel_pilot import joined
from momot.designs.pieces import Panel, Piece, Pieces
from momot.effects.panel_layout import Layout, plan
from momot.stats.logistic import fit, predict
from momot.vocabulary.records import Check

Floats = npt.NDArray[np.float64]
Indices = npt.NDArray[np.intp]
T = TypeVar("T")

LEAST_UNITS = 20
"""Units that were lost, under which no model of who is lost can be told."""
TRUNCATED = 0.999
"""Quantile at which weights are cut: a handful of rows must not speak for all who left. At .99 intervals covered .78, here .90."""
REVIEW_LOST, REVIEW_EFFECTIVE = 0.2, 0.5


@dataclass(frozen=True, slots=True)
class Staying:
    """P(still followed | L): coefficients of some `columns` of 1 and L, the share followed, and the largest weight."""

    layout: Layout
    columns: Indices
    coefficients: Floats
    followed: float
    most: float

    def weights(self, piece: Piece) -> Floats:
        """Stabilised weights of rows (n,): the share followed by the chance of each to be."""
        block = self.layout.fill(piece, np.arange(len(piece), dtype=np.intp))[:, self.columns]
        return np.asarray(np.minimum(self.followed / predict(block, self.coefficients), self.most))


def weighed(panel: Panel) -> tuple[Panel, Check | None]:
    """The panel with its rows weighted, and what is to be said of those lost; unchanged where nobody was lost before the records end."""
    if panel.lost is None or not len(panel.lost):
        return panel, None
    lost, kept = panel.lost, panel.pilot
    share = float(lost.weight.sum() / (lost.weight.sum() + kept.weight.sum()))
    units = len(np.unique(lost.unit))
    said = f"{share:.1%} of the days on which somebody was at risk are lost: their own observation ended within the horizon"
    if units < LEAST_UNITS:
        message = f"{said}. That are {units} {panel.noun}s, too few to say what sets them apart."
        return panel, Check(name="censoring", status="pass", value=share, limit=REVIEW_LOST, message=message)
    staying = _staying(panel, joined([kept, replace(lost, windows=None)]), len(kept))
    weights = staying.weights(kept) * kept.weight
    plain = kept.weight.sum() ** 2 / (kept.weight**2).sum()
    effective = float(weights.sum() ** 2 / (weights**2).sum() / plain)
    doubtful = share >= REVIEW_LOST or effective < REVIEW_EFFECTIVE
    check = Check(
        name="censoring",
        status="review" if doubtful else "pass",
        value=effective,
        limit=REVIEW_EFFECTIVE,
        message=f"{said}. Those who stayed are weighted by who else was likely to; that leaves {effective:.0%} of the days' worth.",
        fix="Say `end` only where people can no longer be seen, not where they stopped doing anything." if doubtful else None,
    )
    pilot = replace(kept, weight=weights)
    return replace(panel, pilot=pilot, lost=None, pieces=_Weighted(panel.pieces, staying)), check


def _staying(panel: Panel, everybody: Piece, followed: int) -> Staying:
    """Fit it on the pilot: on standing covariates, activity and what was done of the outcomes, not on single touchpoints."""
    covariates = tuple(replace(one, values=values) for one, values in zip(panel.covariates, everybody.values, strict=True))
    layout = plan(replace(panel, pilot=everybody, covariates=covariates))
    columns = np.concatenate([[0], layout.without("touches", "today", "answers")]).astype(np.intp)
    block = layout.fill(everybody, np.arange(len(everybody), dtype=np.intp))[:, columns]
    stays = np.arange(len(everybody)) < followed
    coefficients = fit(block, stays.astype(np.float64), everybody.weight)
    share = float(everybody.weight[stays].sum() / everybody.weight.sum())
    weights = share / predict(block[stays], coefficients)
    return Staying(layout, columns, coefficients, share, float(np.quantile(weights, TRUNCATED)))


@dataclass(frozen=True, slots=True)
class _Weighing(Generic[T]):
    """What is done with the pieces of a part, each weighted first."""

    add: Callable[[Iterator[Piece]], T]
    staying: Staying

    def __call__(self, pieces: Iterator[Piece]) -> T:
        return self.add(replace(piece, weight=piece.weight * self.staying.weights(piece)) for piece in pieces)


@dataclass(frozen=True, slots=True)
class _Weighted:
    """All rows of a panel, weighted."""

    pieces: Pieces
    staying: Staying

    def sums(self, add: Callable[[Iterator[Piece]], T]) -> Iterator[T]:
        """What `add` makes of the weighted pieces of each part."""
        return self.pieces.sums(_Weighing(add, self.staying))
