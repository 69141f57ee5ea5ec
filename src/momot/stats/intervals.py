"""t and F: two-sided p-values, 95 % intervals, joint tests. By `scipy.special`, because `scipy.stats` takes a second to import."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.special import chdtrc, fdtrc, stdtr, stdtrit

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Interval:
    """An estimate with its interval and two-sided p-value of no effect, in the unit of the estimate."""

    estimate: float
    standard_error: float
    low: float
    high: float
    p_value: float


def t_quantile(probability: float, df: float) -> float:
    """Quantile of Student's t; `df` may be infinite or broken."""
    return float(stdtrit(df, probability)) if np.isfinite(df) else float(stdtrit(1e9, probability))


def two_sided_p(statistic: float, df: float) -> float:
    """P(|T| >= |statistic|) under Student's t."""
    return float(2.0 * stdtr(min(df, 1e9), -abs(statistic)))


def interval(estimate: float, standard_error: float, df: float, *, level: float = 0.95) -> Interval:
    """Interval by Student's t. A standard error of 0 (an outcome without any noise) gives a point and p 0, or 1 where the estimate is 0."""
    reach = t_quantile(0.5 + level / 2, df) * standard_error
    p = two_sided_p(estimate / standard_error, df) if standard_error > 0 else float(estimate == 0)
    return Interval(estimate, standard_error, estimate - reach, estimate + reach, p)


def f_tail(statistic: float, df1: float, df2: float) -> float:
    """P(F >= statistic)."""
    return float(fdtrc(df1, min(df2, 1e9), max(statistic, 0.0)))


def chi_square_tail(statistic: float, df: float) -> float:
    """P(chi² >= statistic)."""
    return float(chdtrc(df, max(statistic, 0.0)))


def joint_p(estimates: Floats, covariance: Floats, df: float) -> float:
    """P-value that all of k estimates (k,) are 0, given their covariance (k, k) with `df` degrees of freedom.

    Hotelling's T² as F(q, df - q + 1), q the rank of the covariance: estimates that are sums of each other are tested once (1931).
    """
    scale = np.sqrt(np.maximum(np.diag(covariance), 0.0))
    if not np.any(scale > 0):
        return 1.0 if not np.any(estimates) else 0.0
    unit = np.divide(1.0, scale, out=np.zeros_like(scale), where=scale > 0)
    values, vectors = np.linalg.eigh(covariance * np.outer(unit, unit))
    kept = values > 1e-9 * values[-1]
    projected = vectors[:, kept].T @ (unit * estimates)
    rank = int(kept.sum())
    statistic = float(np.sum(projected**2 / values[kept]))
    df2 = max(df - rank + 1.0, 1.0)
    return f_tail(statistic * df2 / (max(df, 1.0) * rank), rank, df2)
