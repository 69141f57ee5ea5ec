"""The decision about one tested moment: the only place where numbers and checks become a verdict and a label (DESIGN.md 7).

With evidence B two things are asked: how it went (contrasts between ways in which people met it) and having met it at all. Both rest on
calibrated intervals. Where few touchpoints tell the systematic error they are `likely` at most; where it is not told, nothing is said of
having met it at all, which is too easily confused with who meets it. In either case how it went is a moment still if it withstands a hidden
cause twice as strong as everything that is held (EFFECTS.md 3 e, g).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from msgspec import structs

from momot.designs.frame import Exposure, Frame
from momot.effects.calibration import FEW, FEWEST, LEAST_CONTROLS, Method
from momot.effects.estimates import ContrastEstimate, ExposureEstimate
from momot.stats.discovery import q_values
from momot.vocabulary import Evidence, Label, Verdict
from momot.vocabulary.records import AtStake, Check

DISCOVERY_RATE = 0.10
LIKELY_RATE = 0.20
"""False discovery rate up to which the local one may speak: where nothing is true the model takes the largest chance for an effect."""
FOUND: frozenset[Verdict] = frozenset({"moment", "likely", "association"})
STRENGTH: dict[Verdict, int] = {"moment": 3, "likely": 2, "association": 1}
GATES = frozenset({"support", "leverage", "separability", "positivity", "selection", "mediation"})
PRESENCE_GATES = GATES | {"opportunity", "calibration"}
LOWERS = frozenset({"pre_period"})
"""Checks whose failure leaves an association where systematic error is not measured, or on few touchpoints: time does not tell what came
first. Where it is measured, the calibrated interval holds what made the difference before; intent comes in waves, so that such a difference
is common."""
MEASURED = "What makes such differences is measured as systematic error, and in the interval."
STRONGER = 2.0
"""How many times as strong as all that is held a hidden cause may be, and the effect still lies outside what is too small to matter."""
UNCALIBRATED = Check(
    name="calibration",
    status="fail",
    limit=float(FEWEST),
    message="Having met it is compared with not having met it, and who meets it may differ in what no record shows. How much that moves "
    f"estimates is measured on the touchpoints together, and there are fewer than {FEWEST} to compare.",
    fix=f"Record how it went (`quality` or `level`), declare {LEAST_CONTROLS} or more touchpoints that change nothing ([controls]), "
    "or randomise who meets it.",
)
LIKELY_AT_MOST = Check(
    name="calibration",
    status="skipped",
    limit=float(FEWEST),
    message=f"Systematic error can't be measured on fewer than {FEWEST} touchpoints, so the verdict is `likely` at most.",
    fix="An experiment on this touchpoint would settle it.",
)
WITHSTANDS = Check(
    name="calibration",
    status="pass",
    message=f"Too few touchpoints tell the systematic error; a hidden cause {STRONGER:g} times as strong as all that is held would leave "
    "the effect.",
)
RANDOMISED = Check(name="calibration", status="pass", message="Randomised: nobody chose who met it, so nothing has to be calibrated.")
ASSOCIATION = Check(name="calibration", status="skipped", message="An association is not calibrated: it claims no cause.")
STRUCK = Check(
    name="calibration", status="pass", message="An accident: it struck everybody there alike, so nobody's choice has to be calibrated."
)
DECLARED = Check(
    name="calibration", status="skipped", message="Declared to change nothing: it serves to measure systematic error and is never found."
)


@dataclass(frozen=True, slots=True)
class Systematic:
    """What is known of the systematic error of one side of a moment, having met it at all or how it went.

    `method`: how it was measured, on how many `touchpoints`, `few` if most of these may be true; `location`, `spread`: its law in the unit
    of the outcome. `false`: the local false discovery rate. `again`: presence under the second adjustment, calibrated. `control`: declared
    to change nothing. `exempt`: an accident, which nobody chose.
    """

    method: Method = "none"
    touchpoints: int = 0
    few: bool = False
    location: float = 0.0
    spread: float = 0.0
    false: float | None = None
    again: ContrastEstimate | None = None
    control: bool = False
    exempt: bool = False


@dataclass(frozen=True, slots=True)
class Tested:
    """One exposure of a question with its estimate, calibrated where it can be."""

    question: str
    frame: Frame
    exposure: Exposure
    estimate: ExposureEstimate
    better: int  # 1: a higher outcome is better, -1: a lower one
    smallest_effect: float | None
    unit: str = "units of the outcome"
    direct: ExposureEstimate | None = None  # the same with the touchpoints that come after held too
    of_presence: bool = False  # speaks of having met it at all, with evidence B; else of how it went, or whatever the design compares
    presence: Systematic = field(default_factory=Systematic)
    between: Systematic = field(default_factory=Systematic)

    @property
    def systematic(self) -> Systematic:
        """Of the side that it speaks of."""
        return self.presence if self.of_presence else self.between

    @property
    def checks(self) -> tuple[Check, ...]:
        """All diagnostics: of the design, of the estimate, what is left without what comes after, and what stands for calibration."""
        mediation, again = self._mediation, self._intent
        return (
            *self.exposure.checks,
            *self.estimate.checks,
            *self._before,
            *((mediation,) if mediation else ()),
            *((again,) if again else ()),
            self._calibration,
        )

    @property
    def at_stake(self) -> AtStake | None:
        """Of what the verdict speaks of."""
        return self.estimate.at_stake_presence if self.of_presence else self.estimate.at_stake

    @property
    def evidence(self) -> Evidence:
        """That of the exposure, lowered by checks that failed."""
        if self.exposure.evidence == "A" and any(check.status == "fail" and check.name == "balance" for check in self.estimate.checks):
            return "B"  # arms that were not alike before were not drawn by lot
        if self.exposure.evidence != "B" or self._measured:
            return self.exposure.evidence
        return "C" if any(map(_lowers, self._before)) else "B"

    @property
    def _measured(self) -> bool:
        """Whether systematic error is measured, and on more than few touchpoints."""
        return self.systematic.method != "none" and not self.systematic.few

    @property
    def _before(self) -> tuple[Check, ...]:
        """What the past says. Where systematic error is measured a difference before the touch is part of it, and wants a look at most."""
        found = self.estimate.before_presence if self.of_presence else self.estimate.before_between
        if not self._measured:
            return found
        return tuple(
            structs.replace(check, status="review", message=f"{check.message} {MEASURED}") if _lowers(check) else check for check in found
        )

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
        known = self.systematic
        if self.exposure.evidence == "A":
            return RANDOMISED
        if self.evidence == "C":
            return ASSOCIATION
        if known.control:
            return DECLARED
        if known.exempt:
            return STRUCK
        if known.method == "none":
            if self.of_presence:
                return UNCALIBRATED
            return WITHSTANDS if self._withstands else LIKELY_AT_MOST
        if known.few and self._withstands:
            return WITHSTANDS
        on = "declared controls" if known.method == "controls" else f"{known.touchpoints} touchpoints, of which most change nothing"
        unit = "percentage points" if self.unit == "share" else self.unit
        few = f" On fewer than {FEW} touchpoints that is little, so the verdict is `likely` at most." if known.few else ""
        return Check(
            name="calibration",
            status="review" if known.few else "pass",
            value=known.spread,
            message=f"Systematic error is measured on {on}: {_signed(known.location, self.unit)} {unit} on average, give or take "
            f"{known.spread * _factor(self.unit):.2g}. The calibrated estimate is without the one, and its interval holds the other.{few}",
            fix=f"Declare {LEAST_CONTROLS} or more touchpoints that change nothing ([controls]), or randomise who meets it."
            if known.few
            else None,
        )

    @property
    def _intent(self) -> Check | None:
        """Whether the second adjustment, with recent activity as a noisy measure of intent, finds the same of having met it."""
        again = self.systematic.again
        if again is None or not self.decisive_contrasts:
            return None
        told = f"{_signed(again.estimate, self.unit)} ({_signed(again.low, self.unit)} to {_signed(again.high, self.unit)})"
        agrees = any(again.estimate * contrast.estimate > 0 for contrast in self.decisive_contrasts) and self.matters(again)
        return Check(
            name="intent",
            status="pass" if agrees else "review",
            value=again.estimate,
            message=f"With recent activity as a noisy measure of intent the effect is {told}: "
            + ("the two adjustments agree." if agrees else "the second adjustment does not find it."),
        )

    @property
    def agreed(self) -> bool:
        """Whether no second adjustment speaks against it."""
        check = self._intent
        return check is None or check.status == "pass"

    @property
    def _withstands(self) -> bool:
        """Whether a contrast between ways it went stays outside what is too small to matter under a strong hidden cause."""
        if self.of_presence or self.exposure.kind != "interaction":  # no history is a yardstick for what lost its arms
            return False
        least = self.smallest_effect or 0.0
        bounds = [one.robustness.bound(STRONGER) for one in self.decisive_contrasts if one.robustness is not None]
        return any(bound is not None and bound.outside(least) for bound in bounds)

    @property
    def certain(self) -> bool:
        """Whether what was found may be called a moment: systematic error is in its interval, or could not explain it."""
        known = self.systematic
        return known.exempt or self._withstands if known.method == "none" or known.few else self.agreed

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
    def asks_presence(self) -> bool:
        """Whether having met it at all is asked beside how it went."""
        return self.exposure.evidence == "B" and self.exposure.kind == "interaction" and self.frame.design in ("panel", "episode")

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

    def printed(self, contrast: ContrastEstimate) -> ContrastEstimate:
        """The contrast as it is printed: the interval of having met it at all is the hull of the two adjustments."""
        again = self.presence.again
        if again is None or contrast.contrast != "presence":
            return contrast
        return replace(contrast, low=min(contrast.low, again.low), high=max(contrast.high, again.high))

    def negligible(self, contrast: ContrastEstimate) -> bool:
        """Whether the printed interval lies inside ± the smallest effect."""
        contrast = self.printed(contrast)
        return self.smallest_effect is not None and contrast.low > -self.smallest_effect and contrast.high < self.smallest_effect


@dataclass(frozen=True, slots=True)
class Decided:
    """What was decided about one moment. `q_presence`: of having met it at all, `q_between`: of how it went."""

    tested: Tested
    verdict: Verdict
    q_value: float | None
    q_between: float | None
    q_presence: float | None


def decide(tested: Sequence[Tested]) -> list[Decided]:
    """Decide on everything that one run tested. With evidence B how it went and having met it at all are two tests of the same run."""
    presence = [replace(one, of_presence=True) if one.asks_presence else None for one in tested]
    every = [*tested, *(one for one in presence if one is not None)]
    q, rare = discovery(every), rarely_false(every)
    further = iter(range(len(tested), len(every)))
    found = []
    for place, (one, other) in enumerate(zip(tested, presence, strict=True)):
        second = next(further) if other is not None else place
        found.append(_decided((one, q[place], rare[place]), None if other is None else (other, q[second], rare[second])))
    return found


Judged = tuple[Tested, float | None, bool]
"""A test, its q-value, and whether it is among those that are rarely false."""


def _decided(went: Judged, presence: Judged | None) -> Decided:
    """The stronger verdict of the two, how it went where they are alike; with nothing found, whichever can be told."""
    first = verdict(*went)
    if presence is None:
        return Decided(went[0], first, went[1], went[1], None)
    second = verdict(*presence)
    of_presence = Decided(presence[0], second, presence[1], went[1], presence[1])
    of_how = Decided(went[0], first, went[1], went[1], presence[1])
    if not presence[0].decisive_contrasts:
        return of_how
    if first in FOUND or second in FOUND:
        return of_presence if STRENGTH.get(second, 0) > STRENGTH.get(first, 0) else of_how
    return of_presence if first == "not identifiable" else of_how


def discovery(tested: Sequence[Tested]) -> list[float | None]:
    """The q-value of each test: the larger of that over the whole run and that within its outcome."""
    p = np.array([np.nan if one.p_value is None else one.p_value for one in tested], dtype=np.float64)
    q = q_values(p, [one.question for one in tested])
    return [None if np.isnan(value) else float(value) for value in q]


def rarely_false(tested: Sequence[Tested]) -> list[bool]:
    """Which tests together have a mean local false discovery rate of at most the promised one, surest first (Efron 2004)."""
    rates = sorted((one.systematic.false, place) for place, one in enumerate(tested) if one.systematic.false is not None and one.identified)
    mean = np.cumsum([rate for rate, _ in rates]) / np.arange(1, len(rates) + 1)
    chosen = {place for (_, place), so_far in zip(rates, mean.tolist(), strict=True) if so_far <= DISCOVERY_RATE}
    return [place in chosen for place in range(len(tested))]


def verdict(tested: Tested, q_value: float | None, rarely_false: bool = False) -> Verdict:
    """The verdict of DESIGN.md 7."""
    if not tested.identified or q_value is None:
        return "not identifiable"
    matters = any(tested.matters(contrast) for contrast in tested.decisive_contrasts) and not tested.systematic.control
    if matters and q_value <= DISCOVERY_RATE:
        return _found(tested)
    if matters and rarely_false and q_value <= LIKELY_RATE and tested.evidence == "B":
        return "likely"
    if all(tested.negligible(contrast) for contrast in tested.decisive_contrasts):
        return "too small to matter"
    return "no evidence"


def _found(tested: Tested) -> Verdict:
    if tested.evidence == "C":
        return "association"
    if tested.exposure.evidence != "A" and all(_upside_down(tested, one) for one in tested.decisive_contrasts if tested.matters(one)):
        return "likely"  # better where it went badly: what a record calls bad rarely is good, and systematic error often
    weak = any(check.name == "support" and check.status == "review" for check in tested.checks)
    return "moment" if not weak and (tested.evidence == "A" or tested.certain) else "likely"


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


def _lowers(check: Check) -> bool:
    return check.name in LOWERS and check.status == "fail"


def _signed(value: float, unit: str) -> str:
    """`+0.45` in the unit of the outcome, percentage points where that is a share."""
    return f"{value * _factor(unit):+.2g}".replace("-", "\N{MINUS SIGN}")


def _factor(unit: str) -> float:
    return 100.0 if unit == "share" else 1.0
