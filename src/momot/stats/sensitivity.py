"""How strong a hidden cause would have to be to explain an effect away (Cinelli & Hazlett 2020, JRSS B 82, 39-67).

A hidden cause acts by two partial R²: what it explains of who is exposed, and of the outcome, beyond everything that is held. Both follow
from sums of squares alone. The bias it makes does not depend on standard errors; how far the interval reaches does, so that clustered
errors enter there and nowhere else.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from momot.stats.intervals import t_quantile

LEAST = 0.01
"""Partial R² that a benchmark counts as having at least: half of what Cohen (1988) calls a small effect, f² = .02. Records that explain
nothing do not tell how strong hidden causes can be."""


@dataclass(frozen=True, slots=True)
class Strength:
    """What something explains, 0-1: of the exposure, and of the outcome given the exposure, beyond all else that is held (partial R²)."""

    exposure: float
    outcome: float


@dataclass(frozen=True, slots=True)
class Bound:
    """Between which values the truth lies, with 95 % confidence, if no hidden cause is stronger than assumed."""

    low: float
    high: float

    def outside(self, smallest: float = 0.0) -> bool:
        """Whether all of it lies outside ± `smallest`."""
        return self.low > smallest or self.high < -smallest


@dataclass(frozen=True, slots=True)
class Robustness:
    """One contrast and what a hidden cause could make of it.

    `reach` is half of its 95 % interval, by whatever standard error it has. `scale` = √(residual sum of squares of the outcome ÷ that of
    the contrast's variable), both given all that is held: the classical standard error times the root of its degrees of freedom, in the
    unit of the estimate. `everything`: how strong all that is held (L and other touchpoints) is together; None where nothing is held.
    `activity`: the same of all that people did, before and in the same period, in a panel.
    """

    estimate: float
    reach: float
    scale: float
    everything: Strength | None = None
    activity: Strength | None = None

    @property
    def cohens_f(self) -> float:
        """Partial Cohen's f of the contrast with the outcome: |t| / √df of the classical regression."""
        return abs(self.estimate) / self.scale

    @property
    def value(self) -> float:
        """The share, 0-1, of exposure and of outcome that a hidden cause must explain to bring the estimate to 0 (robustness value)."""
        return robustness_value(self.cohens_f)

    @property
    def value_of_interval(self) -> float:
        """The same for the interval to reach 0; 0 where it does already."""
        return robustness_value(self.cohens_f, critical=self.reach / self.scale)

    def bound(self, times: float = 2.0, *, of: Strength | None = None, least: float = LEAST) -> Bound | None:
        """Where the truth lies if a hidden cause is at most `times` as strong as `of` (None: everything held together).

        Of all causes up to that strength the worst one is taken, in either direction. `of` counts as explaining at least `least` of both:
        where what is held says nothing of who is exposed, it says nothing of what is hidden either. None where nothing was held to compare
        it with, or where a cause that strong would decide alone who is exposed: then there is no bound.
        """
        benchmark = of or self.everything
        if benchmark is None:
            return None
        strength = as_strong(Strength(max(benchmark.exposure, least), max(benchmark.outcome, least)), times)
        if strength is None:
            return None
        further = self.scale * np.sqrt(strength.exposure / (1.0 - strength.exposure))
        wider = self.reach / np.sqrt(1.0 - strength.exposure)
        # a cause that explains still more of the outcome narrows the interval faster than it moves it
        worst = min(strength.outcome, further**2 / max(further**2 + wider**2, 1e-300))
        away = float(further * np.sqrt(worst) + wider * np.sqrt(1.0 - worst))
        away = max(away, self.reach)
        return Bound(self.estimate - away, self.estimate + away)


def partial_r2(t: float, df: float) -> float:
    """Share of the outcome's residual variance that a regressor explains, from its t statistic with `df` residual degrees of freedom."""
    return t * t / (t * t + df)


def critical_f(df: float, *, level: float = 0.95) -> float:
    """Cohen's f at which a regression with `df` residual degrees of freedom, once a hidden cause took one, is just significant."""
    return t_quantile(0.5 + level / 2, df - 1.0) / float(np.sqrt(df - 1.0))


def robustness_value(f: float, *, critical: float = 0.0, share: float = 1.0) -> float:
    """RV_q (`critical` 0) or RV_{q, alpha}: partial R², 0-1, with exposure and outcome that lowers an effect by `share` of it.

    `f` is the partial Cohen's f of the effect, |t| / √df. The second branch is that of a hidden cause which is best not to explain more
    of the outcome, since that narrows the interval (Cinelli & Hazlett 2020, 4.3, and their package since 2023).
    """
    reduced = share * abs(f)
    rest = reduced - critical
    if rest <= 0:
        return 0.0
    if critical > 0 and reduced > 1.0 / critical:
        return float((reduced**2 - critical**2) / (1.0 + reduced**2))
    return float(2.0 * rest / (np.sqrt(rest**2 + 4.0) + rest))  # ½(√(f⁴ + 4f²) - f²) without taking large numbers from each other


def bias(scale: float, strength: Strength) -> float:
    """How far a hidden cause moves an estimate, at most, in its unit; `scale` as in `Robustness`."""
    return scale * float(np.sqrt(strength.outcome * strength.exposure / (1.0 - strength.exposure)))


def adjusted_error(standard_error: float, df: float, strength: Strength) -> float:
    """The classical standard error once the hidden cause were held."""
    return standard_error * float(np.sqrt((1.0 - strength.outcome) / (1.0 - strength.exposure) * df / (df - 1.0)))


def as_strong(benchmark: Strength, times: float) -> Strength | None:
    """A hidden cause `times` as strong as something observed, given all that is observed; None where it would explain all exposure.

    `benchmark.exposure`: partial R² of the observed with the exposure; `benchmark.outcome`: with the outcome, given the exposure, both
    beyond the rest of what is held (Cinelli & Hazlett 2020, 4.4, bounds 52-54, with k_D = k_Y = `times`).
    """
    d, y = benchmark.exposure, benchmark.outcome
    if d >= 1.0 or times * d >= 1.0:
        return None
    exposure = times * d / (1.0 - d)
    shared = times * d**2 / ((1.0 - times * d) * (1.0 - d))
    if exposure >= 1.0 or shared >= 1.0:
        return None
    if y >= 1.0:
        return Strength(exposure, 1.0)
    outcome = ((np.sqrt(times) + np.sqrt(shared)) / np.sqrt(1.0 - shared)) ** 2 * y / (1.0 - y)
    return Strength(exposure, float(min(outcome, 1.0)))
