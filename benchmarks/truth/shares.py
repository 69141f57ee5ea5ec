"""Shares over worlds, with the error that comes from having looked at no more than so many seeds."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Share:
    """`hits` of `of`; None where there was nothing to count. `error` is one standard error."""

    hits: int
    of: int
    value: float | None
    error: float | None

    def __str__(self) -> str:
        return "-" if self.value is None else f"{self.value:.2f} ± {self.error:.2f}"


def share(counts: Sequence[tuple[int, int]]) -> Share:
    """The share over all seeds of (hits, of) a seed.

    What happens in one seed hangs together, so the error is by leaving out one seed at a time (Quenouille 1956). Where that says less
    than as many independent draws would leave (Agresti & Coull 1998), as when all seeds agree, it is the latter: 10 of 10 is not certain.
    """
    hits, of = sum(hit for hit, _ in counts), sum(total for _, total in counts)
    if not of:
        return Share(hits, of, None, None)
    middle = (hits + 2) / (of + 4)
    independent = math.sqrt(middle * (1 - middle) / (of + 4))
    without = [(hits - hit) / (of - total) for hit, total in counts if of > total]
    n, mean = len(without), sum(without) / len(without) if without else 0.0
    by_seed = math.sqrt((n - 1) / n * sum((value - mean) ** 2 for value in without)) if n > 1 else 0.0
    return Share(hits, of, hits / of, max(independent, by_seed))
