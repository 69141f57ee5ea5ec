"""What could have been found: detectable effects and the power to find a given one."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from scipy.special import stdtr

from momot.stats.intervals import t_quantile


def detectable_effect(standard_error: float, df: float, *, power: float = 0.5, level: float = 0.95) -> float:
    """Smallest true effect that a two-sided test at 1 - `level` finds with probability `power`, in the unit of the standard error.

    With power .5 it is the half-width of the interval (the other tail's share of the power is below 1e-4 and left out).
    """
    return (t_quantile(0.5 + level / 2, df) + t_quantile(power, df)) * standard_error


def power(effect: float, standard_error: float, df: float, *, level: float = 0.95) -> float:
    """Probability that a two-sided test at 1 - `level` finds a true `effect`."""
    if standard_error <= 0:
        return 1.0 if effect else 1.0 - level
    critical = t_quantile(0.5 + level / 2, df)
    shift = abs(effect) / standard_error
    df = min(df, 1e9)
    return float(np.clip(stdtr(df, shift - critical) + stdtr(df, -shift - critical), 0.0, 1.0))


def smallest(power_of: Callable[[int], float], wanted: float, *, most: int) -> int | None:
    """The smallest whole number with at least the power `wanted`, by halving; None where not even `most` has it. Power must grow."""
    low, high = 3, 4
    while power_of(high) < wanted:
        low, high = high, high * 2
        if high > most:
            return None
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if power_of(middle) >= wanted else (middle, high)
    return high
