"""The order in which rows are read: folds of buckets, batches of whole clusters."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from momot.designs.frame import Frame

Indices = npt.NDArray[np.intp]

FOLDS = 10
BATCH_ROWS = 16_384


@dataclass(frozen=True, slots=True)
class Batch:
    """Rows of whole clusters of one fold; `starts` is the position within `rows` at which each cluster begins."""

    fold: int
    rows: Indices
    starts: Indices


@dataclass(frozen=True, slots=True)
class Rows:
    """All rows of a frame in batches. `cluster_of` (n,) numbers the clusters 0.. `clusters` - 1, in the frame's order of rows."""

    folds: int
    clusters: int
    cluster_of: Indices
    batches: tuple[Batch, ...]

    def effective_clusters(self, weight: npt.NDArray[np.float64] | None) -> float:
        """Number of clusters of equal weight that would tell as much (Kish 1965)."""
        total = np.bincount(self.cluster_of, weights=weight, minlength=1).astype(np.float64)
        return float(total.sum() ** 2 / max(float(total @ total), 1e-300))


def arrange(frame: Frame, *, seed: int, batch_rows: int = BATCH_ROWS) -> Rows:
    """Deal buckets to at most 10 folds of about equal size, drawn with `seed`, and cut each fold into batches at cluster borders.

    Rows in another order than bucket, cluster are sorted first. One bucket only: one fold, nothing is cross-fitted.
    """
    order = _order(frame)
    bucket, cluster = frame.bucket[order], frame.cluster[order]
    new = np.r_[True, (bucket[1:] != bucket[:-1]) | (cluster[1:] != cluster[:-1])] if len(order) else np.zeros(0, dtype=np.bool_)
    numbers = np.cumsum(new) - 1
    cluster_of = np.empty(len(order), dtype=np.intp)
    cluster_of[order] = numbers
    fold_of = deal(frame.bucket, seed=seed)
    folds = int(fold_of.max(initial=0)) + 1
    batches: list[Batch] = []
    fold_of_row = fold_of[bucket] if len(order) else np.zeros(0, dtype=np.intp)
    for fold in range(folds):
        inside = np.flatnonzero(fold_of_row == fold)
        begins = np.flatnonzero(new[inside])
        for low, high in _cuts(begins, len(inside), batch_rows):
            batches.append(Batch(fold, order[inside[low:high]], begins[(begins >= low) & (begins < high)] - low))
    return Rows(folds, int(new.sum()), cluster_of, tuple(batches))


def _order(frame: Frame) -> Indices:
    bucket, cluster = frame.bucket, frame.cluster
    sorted_already = np.all((bucket[1:] > bucket[:-1]) | ((bucket[1:] == bucket[:-1]) & (cluster[1:] >= cluster[:-1])))
    return np.arange(len(bucket), dtype=np.intp) if sorted_already else np.asarray(np.lexsort((cluster, bucket)), dtype=np.intp)


def deal(bucket: npt.NDArray[np.integer], *, seed: int) -> Indices:
    """The fold of each bucket number (0.. largest bucket): shuffled, then each to the fold that has the fewest rows so far."""
    sizes = np.bincount(bucket) if len(bucket) else np.zeros(1, dtype=np.intp)
    present = np.flatnonzero(sizes)
    folds = max(min(FOLDS, len(present)), 1)
    load = np.zeros(folds)
    fold_of = np.zeros(len(sizes), dtype=np.intp)
    shuffled = np.random.default_rng(seed).permutation(present)
    for number in shuffled[np.argsort(-sizes[shuffled], kind="stable")]:
        fold_of[number] = np.argmin(load)
        load[fold_of[number]] += sizes[number]
    return fold_of


def _cuts(begins: Indices, count: int, batch_rows: int) -> list[tuple[int, int]]:
    """Ranges of at most `batch_rows` rows that begin where a cluster begins; a larger cluster gets a range of its own."""
    if not count:
        return []
    cuts = [0]
    while cuts[-1] + batch_rows < count:
        last = begins[np.searchsorted(begins, cuts[-1] + batch_rows, side="right") - 1]
        if last <= cuts[-1]:
            following = begins[np.searchsorted(begins, cuts[-1], side="right") :]
            if not len(following):
                break
            last = following[0]
        cuts.append(int(last))
    return list(zip(cuts, [*cuts[1:], count], strict=True))
