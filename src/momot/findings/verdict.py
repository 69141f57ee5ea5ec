"""The decision about one tested moment: the only place where numbers and checks become a verdict and a label (DESIGN.md 7).

Until systematic error is estimated (calibration by the empirical null), evidence B is `likely` at most, and only a contrast between two
ways in which people met the touchpoint can be that: having met it at all is too easily confused with who meets it. Episodes say nothing
of that then; a panel, which holds what people did before and looks at the time before the touch, says with what it goes (decision 19).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from momot.designs.frame import Exposure, Frame
from momot.effects.estimates import ContrastEstimate, ExposureEstimate
from momot.stats.discovery import q_values
from momot.vocabulary import Evidence, Label, Verdict
from momot.vocabulary.records import AtStake, Check

DISCOVERY_RATE = 0.10
FOUND: frozenset[Verdict] = frozenset({"moment", "likely", "association"})
GATES = frozenset({"support", "leverage", "separability", "positivity", "selection", "mediation"})
PRESENCE_GATES = GATES | {"opportunity"}
LOWERS = frozenset({"pre_period"})
"""Checks whose failure leaves an association: time does not tell what came first."""
UNCALIBRATED = Check(
    name="calibration",
    status="fail",
    message="Having met it is compared with not having met it, and who meets it (systematic error) is not estimated in this version.",
    fix="Record how it went (`quality` or `level`), so that ways of meeting it can be compared, or randomise who meets it.",
)
LIKELY_AT_MOST = Check(
    name="calibration",
    status="skipped",
    message="Systematic error is not estimated in this version, so the verdict is `likely` at most.",
    fix="An experiment on this touchpoint would settle it.",
)
PRESENCE_AT_MOST = Check(
    name="calibration",
    status="skipped",
    message="Who meets it may differ in more than is held; that systematic error is not estimated in this version: an association at most.",
    fix="Randomise who meets it.",
)
RANDOMISED = Check(name="calibration", status="pass", message="Randomised: nobody chose who met it, so nothing has to be calibrated.")
ASSOCIATION = Check(name="calibration", status="skipped", message="An association is not calibrated: it claims no cause.")


@dataclass(frozen=True, slots=True)
class Tested:
    """One exposure of a question with its estimate."""

    question: str
    frame: Frame
    exposure: Exposure
    estimate: ExposureEstimate
    better: int  # 1: a higher outcome is better, -1: a lower one
    smallest_effect: float | None
    direct: ExposureEstimate | None = None  # the same with the touchpoints that come after held too
    of_presence: bool = False  # speaks of having met it at all, in a panel; else of how it went, or whatever the design compares

    @property
    def checks(self) -> tuple[Check, ...]:
        """All diagnostics: of the design, of the estimate, what is left without what comes after, and what stands for calibration."""
        mediation = self._mediation
        before = self.estimate.before_presence if self.of_presence else self.estimate.before_between
        return (*self.exposure.checks, *self.estimate.checks, *before, *((mediation,) if mediation else ()), self._calibration)

    @property
    def at_stake(self) -> AtStake | None:
        """Of what the verdict speaks of."""
        return self.estimate.at_stake_presence if self.of_presence else self.estimate.at_stake

    @property
    def evidence(self) -> Evidence:
        """That of the exposure, lowered by what is not calibrated and by checks that failed."""
        if self.of_presence or (self.exposure.evidence == "B" and any(c.status == "fail" and c.name in LOWERS for c in self.checks)):
            return "C"
        return self.exposure.evidence

    @property
    def _mediation(self) -> Check | None:
        """Whether some of the effect is left when what comes after is held; nothing to say where there is no effect, or nothing after."""
        if self.direct is None or self.exposure.evidence != "B" or not self.exposure.later:
            return None
        found = [contrast for contrast in self.decisive_contrasts if contrast.low > 0 or contrast.high < 0]
        left = {(contrast.contrast, contrast.level, contrast.reference): contrast for contrast in self.direct.contrasts}
        pairs = [(contrast, left[key]) for contrast in found if (key := (contrast.contrast, contrast.level, contrast.reference)) in left]
        if not pairs:
            return None
        after = ", ".join(self.frame.exposures[position].moment for position in self.exposure.later[:3])
        rest = max((left for _, left in pairs), key=lambda contrast: abs(contrast.estimate))
        if any(left.low > 0 if whole.estimate > 0 else left.high < 0 for whole, left in pairs):
            message = f"Some of it is left when what comes after is held ({after})."
            return Check(name="mediation", status="pass", value=rest.estimate, message=message)
        return Check(
            name="mediation",
            status="fail",
            value=rest.estimate,
            limit=0.0,
            message=f"Nothing of it is left when what comes after is held ({after}): it may work through that, or only travel with it.",
            fix="An experiment on this touchpoint, or records of what makes both happen, would tell the two apart.",
        )

    @property
    def _calibration(self) -> Check:
        if self.of_presence:
            return PRESENCE_AT_MOST
        if self.exposure.evidence == "A":
            return RANDOMISED
        if self.exposure.evidence == "C":
            return ASSOCIATION
        return LIKELY_AT_MOST if self.decisive_contrasts or not self.estimate.contrasts else UNCALIBRATED

    @property
    def identified(self) -> bool:
        """Whether every gate let it pass and there is something to decide on."""
        failed = {check.name for check in self.checks if check.status == "fail"}
        return bool(self.decisive_contrasts) and not failed & (PRESENCE_GATES if self.of_presence else GATES)

    @property
    def decisive_contrasts(self) -> tuple[ContrastEstimate, ...]:
        """The contrasts that the verdict rests on: with evidence B only those between ways of having met it.

        Counted levels start at not having met it; where those who met it differ by how often, the levels speak for themselves.
        """
        if self.of_presence:
            return tuple(contrast for contrast in self.estimate.contrasts if contrast.contrast == "presence")
        if self.exposure.evidence == "B" and self.exposure.kind != "arm":
            levels = self.exposure.coding == "level" and self.estimate.between_met_p is not None
            return tuple(
                contrast for contrast in self.estimate.contrasts if contrast.between_met or (levels and contrast.contrast == "level")
            )
        return self.estimate.contrasts

    @property
    def p_value(self) -> float | None:
        """The joint test of the decisive contrasts; None where there is none, which then costs the others nothing."""
        if not self.identified:
            return None
        if self.of_presence:
            return self.decisive_contrasts[0].p_value
        if self.exposure.evidence == "B" and self.exposure.kind != "arm":
            return self.estimate.between_met_p
        return self.estimate.joint_p

    def matters(self, contrast: ContrastEstimate) -> bool:
        """Whether the interval lies outside ± the smallest effect that matters (outside 0 where none was declared)."""
        least = self.smallest_effect or 0.0
        return contrast.low > least or contrast.high < -least

    def negligible(self, contrast: ContrastEstimate) -> bool:
        """Whether the interval lies inside ± the smallest effect."""
        return self.smallest_effect is not None and contrast.low > -self.smallest_effect and contrast.high < self.smallest_effect


@dataclass(frozen=True, slots=True)
class Decided:
    """What was decided about one moment. `q_presence`: of having met it at all, where a panel tells that apart from how it went."""

    tested: Tested
    verdict: Verdict
    q_value: float | None
    q_between: float | None
    q_presence: float | None


def decide(tested: Sequence[Tested]) -> list[Decided]:
    """Decide on everything that one run tested. How a panel's moment went and having met it at all are two tests of the same run."""
    presence = [replace(one, of_presence=True) if one.frame.design == "panel" else None for one in tested]
    every = [*tested, *(one for one in presence if one is not None)]
    q = discovery(every)
    of_presence = iter(q[len(tested) :])
    return [
        _decided(one, q[place], other, next(of_presence) if other is not None else None)
        for place, (one, other) in enumerate(zip(tested, presence, strict=True))
    ]


def _decided(tested: Tested, q_value: float | None, presence: Tested | None, q_presence: float | None) -> Decided:
    """How it went decides where that was found; else having met it, where that can be told; else whatever is left to say."""
    first = verdict(tested, q_value)
    if presence is None:
        return Decided(tested, first, q_value, q_value, None)
    second = verdict(presence, q_presence)
    if first in FOUND or not presence.decisive_contrasts or (second not in FOUND and first != "not identifiable"):
        return Decided(tested, first, q_value, q_value, q_presence)
    return Decided(presence, second, q_presence, q_value, q_presence)


def discovery(tested: Sequence[Tested]) -> list[float | None]:
    """The q-value of each test: the larger of that over the whole run and that within its outcome."""
    p = np.array([np.nan if one.p_value is None else one.p_value for one in tested], dtype=np.float64)
    q = q_values(p, [one.question for one in tested])
    return [None if np.isnan(value) else float(value) for value in q]


def verdict(tested: Tested, q_value: float | None) -> Verdict:
    """The verdict of DESIGN.md 7."""
    if not tested.identified or q_value is None:
        return "not identifiable"
    if q_value <= DISCOVERY_RATE and any(tested.matters(contrast) for contrast in tested.decisive_contrasts):
        return _found(tested)
    if all(tested.negligible(contrast) for contrast in tested.decisive_contrasts):
        return "too small to matter"
    return "no evidence"


def _found(tested: Tested) -> Verdict:
    if tested.evidence == "C":
        return "association"
    weak = any(check.name == "support" and check.status == "review" for check in tested.checks)
    return "moment" if tested.exposure.evidence == "A" and not weak else "likely"


def label(tested: Tested, verdict: Verdict) -> Label | None:
    """How it moves the outcome: it makes, breaks, does both, is a threshold on its levels, or it matters that it is there.

    A condition neither makes nor breaks anything: nobody did it to anybody. Nor does what turned out better where it went badly: it is
    found, but no word says that.
    """
    if verdict not in FOUND:
        return None
    found = [contrast for contrast in tested.decisive_contrasts if tested.matters(contrast) and not _upside_down(tested, contrast)]
    if tested.exposure.kind == "condition":
        return "presence" if {contrast.contrast for contrast in found} == {"presence"} else None
    if not found:
        return None
    kinds = {contrast.contrast for contrast in found}
    if {"break", "make"} <= kinds:
        return "make or break"
    if "break" in kinds:
        return "breaks"
    if "make" in kinds:
        return "makes"
    if kinds == {"presence"}:
        return "presence"
    levels = [contrast for contrast in tested.decisive_contrasts if contrast.contrast == "level"]
    if "level" in kinds and "bad-good" not in kinds:
        return _level_label(tested, levels)
    signs = {contrast.estimate * tested.better > 0 for contrast in found}
    return "make or break" if len(signs) > 1 else ("makes" if signs == {True} else "breaks")


def _upside_down(tested: Tested, contrast: ContrastEstimate) -> bool:
    """Whether the outcome is better where it went badly, or worse where it went well."""
    improves = contrast.estimate * tested.better > 0
    return improves if contrast.contrast in ("break", "bad-good") else contrast.contrast == "make" and not improves


def _level_label(tested: Tested, levels: Sequence[ContrastEstimate]) -> Label:
    """A threshold where ordered levels do nothing up to one from which on all of them do; else by direction."""
    mattering = [tested.matters(contrast) for contrast in levels]
    first = mattering.index(True)
    if tested.exposure.coding == "level" and first > 0 and all(mattering[first:]):
        return "threshold"
    signs = {contrast.estimate * tested.better > 0 for contrast, matters in zip(levels, mattering, strict=True) if matters}
    return "make or break" if len(signs) > 1 else ("makes" if signs == {True} else "breaks")
