"""Exact covariance by cluster scores: a second pass that adds up each cluster's influence on every contrast (Liang & Zeger 1986)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from momot.stats.leverage import Leverage, no_leverage, of_scores

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Scores:
    """Sums over clusters g of the influence s_g (k,) on k contrasts and of the leverage x_g (k,) of each.

    `meat` (k, k) = Σ s_g s_g'; `square`, `fourth` (k,) = Σ x_g², Σ x_g⁴, with x_g the cluster's weighted sum of the contrast's
    partialled-out variable; `clusters` their number; `single` says how much one of them carries. Mergeable with `+`, as long as no
    cluster is cut in two.
    """

    meat: Floats
    square: Floats
    fourth: Floats
    clusters: int
    single: Leverage

    def __add__(self, other: Scores) -> Scores:
        return Scores(
            self.meat + other.meat,
            self.square + other.square,
            self.fourth + other.fourth,
            self.clusters + other.clusters,
            self.single + other.single,
        )

    @property
    def effective(self) -> Floats:
        """Effective number of clusters behind each contrast (k,), between 1 and `clusters` (Satterthwaite 1946; Carter et al. 2017).

        30 exposed persons among a million speak with the voice of 30, whatever the million say.
        """
        return np.clip(np.divide(self.square**2, self.fourth, out=np.ones_like(self.square), where=self.fourth > 0), 1.0, self.clusters)

    @property
    def covariance(self) -> Floats:
        """Joint covariance (k, k) of the contrasts, each variance times G*/(G* - 1), G* its effective number of clusters."""
        effective = np.maximum(self.effective, 1.5)
        factor = np.sqrt(effective / (effective - 1.0))
        return np.asarray(self.meat * np.outer(factor, factor))

    @property
    def degrees_of_freedom(self) -> Floats:
        """Degrees of freedom of t for each contrast (k,), at most `clusters` - 1."""
        return np.maximum(self.effective - 1.0, 1.0)


def no_scores(contrasts: int) -> Scores:
    """The scores of no rows."""
    nothing = np.zeros(contrasts)
    return Scores(np.zeros((contrasts, contrasts)), nothing, nothing, 0, no_leverage(contrasts))


def cluster_scores(
    *,
    leverage: Floats,
    error: Floats,
    weight: Floats | None,
    starts: Integers,
    mixtures: Sequence[tuple[slice, Floats]] = (),
    inverse: Floats | None = None,
) -> Scores:
    """Scores of one batch of whole clusters.

    `leverage` (rows, k): the row's partialled-out variable of each contrast, so that the contrast is Σ w·leverage·outcome; `error` (rows,
    k): the residual of the equation the contrast belongs to; `starts` (clusters,): first row of each cluster, ascending. `mixtures`: what
    each row adds to a run of contrasts because the shares in which they mix states are themselves counted, (rows, contrasts of the run).
    `inverse` (k,): one over the information about each contrast, Σ w·leverage² over all rows; without it `single` says nothing.
    """
    held = leverage * leverage
    if weight is not None:
        leverage, held = leverage * weight[:, None], held * weight[:, None]
    influence = leverage * error
    for run, added in mixtures:
        influence[:, run] += added if weight is None else added * weight[:, None]
    if len(starts) < len(leverage):
        influence, leverage, held = (np.add.reduceat(part, starts, axis=0) for part in (influence, leverage, held))
    squared = leverage * leverage
    return Scores(
        influence.T @ influence,
        squared.sum(axis=0),
        np.einsum("ij,ij->j", squared, squared),
        len(starts),
        no_leverage(held.shape[1]) if inverse is None else of_scores(influence, held, inverse),
    )
