"""Batches hold each row once, never cut a cluster, and follow the seed."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from momot.designs.frame import Frame
from momot.effects.rows import FOLDS, arrange, deal
from momot.testing.frames import Exposed, frame_of


def grouped(seed: int, clusters: int, most: int) -> Frame:
    rng = np.random.default_rng(seed)
    cluster = np.repeat(np.arange(clusters), rng.integers(1, most + 1, clusters))
    return frame_of(rng.normal(size=len(cluster)), {"t": Exposed(rng.integers(0, 2, len(cluster)))}, cluster=cluster)


@given(seed=st.integers(0, 1000), clusters=st.integers(1, 80), most=st.integers(1, 30), batch=st.integers(1, 40))
def test_every_row_once_and_no_cluster_cut(seed: int, clusters: int, most: int, batch: int) -> None:
    frame = grouped(seed, clusters, most)
    rows = arrange(frame, seed=seed, batch_rows=batch)
    assert sorted(np.concatenate([b.rows for b in rows.batches]).tolist()) == list(range(frame.units))
    assert rows.clusters == len(np.unique(frame.cluster))
    seen: set[int] = set()
    for b in rows.batches:
        runs = frame.cluster[b.rows]
        np.testing.assert_array_equal(b.starts, np.flatnonzero(np.r_[True, runs[1:] != runs[:-1]]))
        assert not seen & set(runs.tolist())
        seen |= set(runs.tolist())
        assert len(b.rows) <= batch or len(b.starts) == 1
    assert sum(len(b.starts) for b in rows.batches) == rows.clusters


def test_unordered_rows_are_put_in_order() -> None:
    frame = grouped(3, 50, 6)
    order = np.random.default_rng(0).permutation(frame.units)
    mixed = replace(frame, outcome=frame.outcome[order], cluster=frame.cluster[order], bucket=frame.bucket[order])
    rows = arrange(mixed, seed=0)
    assert rows.clusters == 50
    assert sum(len(b.starts) for b in rows.batches) == 50


def test_folds_are_even_and_follow_the_seed() -> None:
    bucket = np.random.default_rng(1).integers(0, 400, 20_000)
    fold = deal(bucket, seed=5)
    sizes = np.bincount(fold[bucket])
    assert len(sizes) == FOLDS
    assert sizes.max() - sizes.min() <= np.bincount(bucket).max()
    assert np.array_equal(fold, deal(bucket, seed=5))
    assert not np.array_equal(fold, deal(bucket, seed=6))


def test_one_bucket_is_one_fold_and_nobody_none() -> None:
    assert deal(np.full(9, 7), seed=0).max() == 0
    assert arrange(frame_of([], {"t": Exposed([])}), seed=0).batches == ()


def test_effective_clusters() -> None:
    frame = grouped(2, 40, 1)
    assert arrange(frame, seed=0).effective_clusters(None) == 40
    assert arrange(frame, seed=0).effective_clusters(np.r_[np.full(10, 1e9), np.full(30, 1e-9)]) < 11
