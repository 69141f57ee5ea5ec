"""Which phrases one side says more than the other: log-odds with an informative Dirichlet prior (Monroe, Colaresi & Quinn 2008)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr

Floats = NDArray[np.float64]
PRIOR = 20.0
"""People that the prior is worth: each phrase begins as common on both sides as in everything said in its language."""


@dataclass(frozen=True, slots=True)
class Contrasted:
    """Arrays (phrases,). `log_odds` above 0: the side says it more. `p` is two-sided."""

    log_odds: Floats
    z: Floats
    p: Floats


def contrast(side: Floats, other: Floats, of_side: Floats, of_other: Floats) -> Contrasted:
    """Of people who say each phrase, (phrases,), on one side and the other, of all in that phrase's language on each.

    The prior of a phrase is its share among both sides together, worth `PRIOR` people; the variance of the log-odds is that of the four
    counts (Woolf 1955), prior included.
    """
    share = np.clip((side + other) / np.maximum(of_side + of_other, 1.0), 1e-12, 1 - 1e-12)
    said, unsaid = side + PRIOR * share, of_side - side + PRIOR * (1 - share)
    said_other, unsaid_other = other + PRIOR * share, of_other - other + PRIOR * (1 - share)
    log_odds = np.log(said / unsaid) - np.log(said_other / unsaid_other)
    z = log_odds / np.sqrt(1 / said + 1 / unsaid + 1 / said_other + 1 / unsaid_other)
    return Contrasted(log_odds, z, 2 * ndtr(-np.abs(z)))
