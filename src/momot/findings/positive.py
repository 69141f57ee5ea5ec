"""Positive controls: touchpoints whose effect an experiment told and that the records were asked for too (Schuemie et al. 2018).

The difference is one draw of systematic error with known truth: what `findings.calibration` adds to the touchpoints without an effect.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from momot.effects.estimates import ContrastEstimate
from momot.stats.intervals import t_quantile, two_sided_p
from momot.vocabulary import Contrast
from momot.vocabulary.records import Check

if TYPE_CHECKING:
    from momot.findings.answer import Answered

OBSERVED = ("panel", "episode")
DIFFERS = 0.05
INFINITE = float("inf")


@dataclass(frozen=True, slots=True)
class PositiveControl:
    """One contrast of one touchpoint that both were asked for: `question` the records, `experiment` the trial. In the outcome's unit."""

    question: str
    experiment: str
    exposure: int  # position in the frame of `question`
    touchpoint: str
    contrast: Contrast
    observational: float
    observational_error: float
    experimental: float
    experimental_error: float

    @property
    def difference(self) -> float:
        """Observational less experimental: a draw of systematic error, beside chance."""
        return self.observational - self.experimental

    @property
    def error(self) -> float:
        """Standard error of the difference by chance alone: the two are of different people or times."""
        return float((self.observational_error**2 + self.experimental_error**2) ** 0.5)

    @property
    def p_value(self) -> float:
        """Of no difference."""
        return two_sided_p(self.difference / self.error, INFINITE) if self.error > 0 else float(self.difference == 0)


def positive_controls(answered: Sequence[Answered]) -> tuple[PositiveControl, ...]:
    """Every touchpoint that an experiment with evidence A had as an arm, against its control, and that panel or episodes answered too.

    For the same outcome by name, in the same unit and within the same days; the arm is compared with having met it at all, which must have
    been asked of one moment of the touchpoint only. In the order of the questions.
    """
    trials = [entry for entry in answered if entry.designed.frame.design == "experiment"]
    return tuple(
        control for entry in answered if entry.designed.frame.design in OBSERVED for trial in trials for control in _pairs(entry, trial)
    )


def _pairs(entry: Answered, trial: Answered) -> Iterator[PositiveControl]:
    if not _comparable(entry, trial):
        return
    seen: dict[str, list[tuple[int, ContrastEstimate]]] = {}
    for estimate in entry.estimates.exposures:
        touchpoint = entry.designed.frame.exposures[estimate.exposure].touchpoint
        seen.setdefault(touchpoint, []).extend((estimate.exposure, c) for c in estimate.contrasts if c.contrast == "presence")
    for estimate in trial.estimates.exposures:
        arm = trial.designed.frame.exposures[estimate.exposure]
        found = seen.get(arm.touchpoint, [])
        if arm.kind != "arm" or arm.evidence != "A" or len(found) != 1:
            continue
        exposure, observed = found[0]
        for told in estimate.contrasts:
            if told.contrast == "arm":
                yield PositiveControl(
                    question=entry.designed.ask.id,
                    experiment=trial.designed.ask.id,
                    exposure=exposure,
                    touchpoint=arm.touchpoint,
                    contrast=observed.contrast,
                    observational=observed.estimate,
                    observational_error=observed.standard_error,
                    experimental=told.estimate,
                    experimental_error=told.standard_error,
                )


def _comparable(entry: Answered, trial: Answered) -> bool:
    """Whether the two asked for the same outcome: by name, unit and days."""
    asked, tried = entry.designed.ask, trial.designed.ask
    if tried.wide is None or asked.outcome is None or tried.wide.outcome.name != asked.outcome.name:
        return False
    days = asked.within_days is None or tried.within_days is None or asked.within_days == tried.within_days
    return days and entry.designed.unit == trial.designed.unit


def experiment_checks(controls: Sequence[PositiveControl]) -> dict[tuple[str, int], tuple[Check, ...]]:
    """By question and exposure, what an experiment on the same touchpoint says of the observational estimate."""
    found: dict[tuple[str, int], tuple[Check, ...]] = {}
    for one in controls:
        differs = one.p_value < DIFFERS
        told, seen = _with_interval(one.experimental, one.experimental_error), _with_interval(one.observational, one.observational_error)
        check = Check(
            name="experiment",
            status="review" if differs else "pass",
            value=one.difference,
            limit=one.error,
            message=f"An experiment on it gave {told}, these records give {seen}: they {'' if differs else 'are not seen to '}differ by "
            f"{one.difference:+.3g} (p = {one.p_value:.2g}).",
            fix="Believe the experiment, where those whom it asked are those whom you ask; the records err by that much here."
            if differs
            else None,
        )
        found[one.question, one.exposure] = (*found.get((one.question, one.exposure), ()), check)
    return found


def _with_interval(estimate: float, error: float) -> str:
    reach = t_quantile(0.975, INFINITE) * error
    return f"{estimate:+.3g} ({estimate - reach:+.3g} to {estimate + reach:+.3g})"
