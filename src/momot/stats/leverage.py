"""How much of a contrast one cluster (or group of clusters) carries: its share of the information, and what is left without it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]

LEFT = 0.05
"""Share of the information that counts as left without a cluster, at least: where one holds all, what is left is not a number."""


@dataclass(frozen=True, slots=True)
class Leverage:
    """What single clusters are to each of k contrasts; adds over different clusters.

    `share` (k,): the largest part, 0-1, of the information that one of them holds. `raises`, `lowers` (k,): what the cluster that raises
    it most, and the one that lowers it most, adds to it, in the unit of the contrast; 0 or more, 0 or less.
    """

    share: Floats
    raises: Floats
    lowers: Floats

    def __add__(self, other: Leverage) -> Leverage:
        return Leverage(np.maximum(self.share, other.share), np.maximum(self.raises, other.raises), np.minimum(self.lowers, other.lowers))

    def without(self, estimate: float, place: int) -> float:
        """A contrast without the cluster that speaks for it most: what is left on the side of 0."""
        return estimate - float(self.raises[place] if estimate > 0 else self.lowers[place])


def no_leverage(contrasts: int) -> Leverage:
    """That of no clusters."""
    return Leverage(np.zeros(contrasts), np.zeros(contrasts), np.zeros(contrasts))


def of_added(added: Floats, share: Floats) -> Leverage:
    """From what each cluster adds to each contrast and its share of the information, both (clusters, k)."""
    return Leverage(share.max(axis=0, initial=0.0), added.max(axis=0, initial=0.0), added.min(axis=0, initial=0.0))


def of_scores(influence: Floats, held: Floats, inverse: Floats) -> Leverage:
    """From each cluster's score on each contrast and its Σ w·leverage², both (clusters, k); `inverse` (k,) is the latter over all clusters.

    Without a cluster that holds the share h of the information, the contrast is its score / (1 - h) less: exact for one row and one column,
    and else a good first step (Cook & Weisberg 1982).
    """
    share = np.clip(held / np.maximum(inverse, 1e-300), 0.0, 1.0)
    return of_added(influence / np.maximum(1.0 - share, LEFT), share)
