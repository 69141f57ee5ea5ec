"""How well labels are told, by texts that were not fitted to, with the uncertainty of so few labels."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import msgspec
import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
_DRAWS: Final = 2_000


class Measured(msgspec.Struct, frozen=True, kw_only=True):
    """How well the labels of a head are told, by cross-validation: each text by heads that never saw its label.

    Intervals are of 95 %, by the bootstrap over texts (Efron 1979): before and after are drawn together, so `gain` has one of its own.
    """

    labels: int
    classes: tuple[str, ...]
    macro_f1_before: float  # of the shipped head
    macro_f1_before_low: float
    macro_f1_before_high: float
    macro_f1: float
    macro_f1_low: float
    macro_f1_high: float
    gain: float  # macro_f1 less macro_f1_before
    gain_low: float
    gain_high: float
    accuracy_before: float
    accuracy: float
    accuracy_low: float
    accuracy_high: float


def measured(labels: NDArray[np.intp], before: NDArray[np.intp], after: NDArray[np.intp], names: Sequence[str]) -> Measured:
    """What two readings (n,) of the same texts are worth against their `labels` (n,), codes of `names`."""
    classes = np.unique(labels)
    place = [np.searchsorted(classes, codes) for codes in (labels, before, after)]
    k = len(classes)
    counts = np.bincount((place[0] * k + place[1]) * k + place[2], minlength=k**3)
    drawn = np.random.default_rng(0).multinomial(len(labels), counts / len(labels), size=_DRAWS)  # equal texts are drawn as one
    told = np.concatenate([counts[None], drawn]).reshape(-1, k, k, k)
    was, now = _macro_f1(told.sum(axis=3)), _macro_f1(told.sum(axis=2))
    right = np.trace(told.sum(axis=2), axis1=1, axis2=2) / len(labels)
    (was_low, was_high), (low, high), (gain_low, gain_high), (right_low, right_high) = map(_ends, (was, now, now - was, right))
    return Measured(
        labels=len(labels), classes=tuple(names[code] for code in classes),
        macro_f1_before=float(was[0]), macro_f1_before_low=was_low, macro_f1_before_high=was_high,
        macro_f1=float(now[0]), macro_f1_low=low, macro_f1_high=high,
        gain=float(now[0] - was[0]), gain_low=gain_low, gain_high=gain_high,
        accuracy_before=float((before == labels).mean()), accuracy=float(right[0]), accuracy_low=right_low, accuracy_high=right_high,
    )  # fmt: skip


def _macro_f1(counts: NDArray[np.int64]) -> Floats:
    """Of tables (draws, classes labelled, classes told): mean over the classes that occur of 2 x hits / (labelled + told), (draws,)."""
    hits, labelled, told = np.diagonal(counts, axis1=1, axis2=2), counts.sum(axis=2), counts.sum(axis=1)
    scores = np.where(labelled > 0, 2 * hits / np.maximum(labelled + told, 1), np.nan)
    return np.asarray(np.nanmean(scores, axis=1), dtype=np.float64)


def _ends(values: Floats) -> tuple[float, float]:
    """Of the draws, which follow the estimate itself."""
    low, high = np.quantile(values[1:], [0.025, 0.975])
    return float(min(low, values[0])), float(max(high, values[0]))
