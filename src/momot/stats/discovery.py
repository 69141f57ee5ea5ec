"""False discovery rates: q-values by Benjamini & Hochberg (1995); intervals of what was selected (Benjamini & Yekutieli 2005)."""

from __future__ import annotations

from collections.abc import Hashable, Sequence

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]


def benjamini_hochberg(p: Floats) -> Floats:
    """Q-values (n,): the smallest false discovery rate at which each hypothesis is rejected. NaN (not tested) stays NaN and costs nothing.

    Valid for independent and positively dependent tests (Benjamini & Yekutieli 2001).
    """
    p = np.asarray(p, dtype=np.float64)
    q = np.full(p.shape, np.nan)
    tested = np.flatnonzero(~np.isnan(p))
    order = tested[np.argsort(p[tested], kind="stable")]
    scaled = p[order] * len(order) / np.arange(1, len(order) + 1)
    q[order] = np.minimum(np.minimum.accumulate(scaled[::-1])[::-1], 1.0)
    return q


def q_values(p: Floats, groups: Sequence[Hashable]) -> Floats:
    """The larger of the q-value over the whole run and the one within the group (outcome) of each p-value, (n,).

    The promise then holds for the run and for each outcome: a strong outcome can't pay for a weak one (EFFECTS.md 3 e).
    """
    q = benjamini_hochberg(p)
    members: dict[Hashable, list[int]] = {}
    for position, group in enumerate(groups):
        members.setdefault(group, []).append(position)
    for positions in members.values():
        q[positions] = np.maximum(q[positions], benjamini_hochberg(np.asarray(p, dtype=np.float64)[positions]))
    return q


def selected_level(told: int, tested: int, level: float = 0.95) -> float:
    """Level of each interval at which, of the `told` that were selected among `tested`, an expected share of `level` hold.

    False coverage-statement rate (Benjamini & Yekutieli 2005): what was told because it stood out is shown with a wider interval, the
    fewer were told of many, the wider. Told of all that were tested, it is `level`.
    """
    return 1.0 - (1.0 - level) * min(told / max(tested, 1), 1.0)
