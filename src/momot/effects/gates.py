"""Checks that an estimate has to pass, each with value, limit and what would mend it (EFFECTS.md 3 f)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from momot.designs.frame import Exposure, Frame
from momot.effects import experiment
from momot.effects.columns import Columns
from momot.effects.contrasts import MIN_CLUSTERS, MIN_UNITS, UNTESTED, Coding
from momot.effects.counts import MIN_EACH_SHARE, MIN_OUTCOMES, Counts
from momot.effects.equation import MIN_RETAINED, Equation
from momot.effects.estimates import ContrastEstimate
from momot.stats.balance import balance_p
from momot.stats.intervals import two_sided_p
from momot.stats.linear import coefficients
from momot.stats.overlap import without_counterpart
from momot.stats.sums import Sums, centred
from momot.vocabulary import CheckStatus, Evidence
from momot.vocabulary.records import Check

Floats = npt.NDArray[np.float64]
Indices = npt.NDArray[np.intp]

PEOPLE = {"person": "people", "account": "accounts"}
FIRM_UNITS = 200
"""Exposed units below which the verdict stays below `moment`."""
REVIEW_OVERLAP, FAIL_OVERLAP = 0.1, 0.8
REVIEW_BALANCE, FAIL_BALANCE = 0.01, 0.001
SIGNIFICANT = 0.05
REVIEW_SHARE = 0.1
"""Share of the information about a contrast that one cluster may hold."""
MEASURABLE = 1e-100, 1e100
"""Largest size, either way, of an outcome that can be squared and summed."""
MOVED = 0.5
"""Share of a contrast that is off 0 that one cluster may make."""


@dataclass(frozen=True, slots=True)
class Overlap:
    """Counts of one tested state and of the reference over the same bins of the state's propensity score."""

    exposed: Floats
    reference: Floats


def checks(
    frame: Frame, layout: Columns, folds: Sums, equation: Equation, contrasts: tuple[ContrastEstimate, ...], overlaps: dict[int, Overlap]
) -> tuple[Check, ...]:
    """All checks of one exposure, in the order in which a reader should see them."""
    exposure = frame.exposures[equation.exposure]
    found = [
        support(frame, exposure, equation.coding, equation.counts, contrasts),
        leverage(frame, contrasts),
        exact(equation),
        separability(frame, layout, folds, equation),
        positivity(exposure, equation, overlaps),
    ]
    if frame.design == "experiment":
        found += [balance(frame, layout, folds, equation), experiment.variance_reduction(folds, equation)]
    else:
        found.append(suppression(equation, contrasts))
    return tuple(check for check in found if check is not None)


def support(frame: Frame, exposure: Exposure, coding: Coding, counts: Counts, contrasts: tuple[ContrastEstimate, ...]) -> Check:
    """Enough exposed, enough to compare with, enough outcomes. Fails only where not a single contrast could be tested for want of units."""
    fix = "A longer period, or levels that are joined, would bring more."
    if not coding.contrasts:
        return Check(
            name="support",
            status="fail",
            value=float(_exposed(exposure, coding, counts)),
            limit=float(MIN_UNITS),
            message=_lacking(frame, exposure, counts),
            fix=fix,
        )
    if not any(counts.measured((*planned.states, *planned.reference_states)) for planned in coding.contrasts):
        message = (
            f"Fewer than {MIN_OUTCOMES} outcomes were measured on the two sides, or for a share fewer than {MIN_EACH_SHARE} with and "
            f"{MIN_EACH_SHARE} without it."
        )
        return Check(name="support", status="fail", value=float(frame.units), limit=float(MIN_OUTCOMES), message=message, fix=fix)
    few = [counts.units[p] > 0 and not coding.supported[p] and state.role not in UNTESTED for p, state in enumerate(exposure.states)]
    untested = [state.label for state, lacks in zip(exposure.states, few, strict=True) if lacks]
    tail = (
        f" Not tested by itself, fewer than {MIN_UNITS} units or {MIN_CLUSTERS} {PEOPLE[frame.noun]}: {', '.join(untested)}."
        if untested
        else ""
    )
    best = max(contrasts, key=lambda c: min(c.n, c.n_reference), default=None)
    if best is None:
        smallest = max(min(counts.n(p.states), counts.n(p.reference_states)) for p in coding.contrasts)
        return Check(name="support", status="pass", value=float(smallest), limit=float(MIN_UNITS), message=f"Enough units.{tail}")
    smaller = min(best.n, best.n_reference)
    noun = f"{frame.noun}-days" if frame.design == "panel" else "units"
    message = f"{best.n:,} {noun} at {best.level!r}, compared with {best.n_reference:,} at {best.reference!r}."
    if smaller < FIRM_UNITS:
        message += f" Under {FIRM_UNITS}, so the verdict stays below moment."
        return Check(name="support", status="review", value=float(smaller), limit=float(FIRM_UNITS), message=message + tail, fix=fix)
    return Check(name="support", status="pass", value=float(smaller), limit=float(FIRM_UNITS), message=message + tail)


def beyond_measure(outcome: Floats) -> Check | None:
    """An outcome whose squares are no numbers any more: infinite, missing, or of more than a hundred digits."""
    spread = float(np.abs(outcome).max()) if len(outcome) else 0.0
    if spread == 0 or MEASURABLE[0] < spread < MEASURABLE[1]:
        return None
    return Check(
        name="coverage",
        status="fail",
        value=spread if np.isfinite(spread) else None,
        message=f"The outcome reaches {spread:.3g}: that is no measurement that could be averaged.",
        fix="Look for a code or an error among its values, or give it in another unit.",
    )


def exact(equation: Equation) -> Check | None:
    """An outcome that follows from the exposure, or from what is held, without anything left over."""
    if not equation.exact or not equation.coding.contrasts:
        return None
    return Check(
        name="dominance",
        status="fail",
        message="With it and what is held the outcome is known exactly: nothing varies that would tell how sure a difference is.",
        fix="Look whether it, or something held, is the outcome under another name or computed from it.",
    )


def leverage(frame: Frame, contrasts: tuple[ContrastEstimate, ...]) -> Check | None:
    """Whether one person (in a panel: one group of people) carries a contrast: holds much of what is known of it, or makes it.

    It fails where the surest contrast changes its sign without one. A contrast whose interval holds 0 has no sign to lose.
    """
    told = [(c, c.largest_share, c.without_one) for c in contrasts if c.largest_share is not None and c.without_one is not None]
    if not told:
        return None
    noun = f"group of {PEOPLE[frame.noun]}" if frame.design == "panel" else "person"
    surest = min(told, key=lambda one: one[0].p_value)
    weakened = [one for one in told if one[0].p_value < SIGNIFICANT and one[2] / one[0].estimate < 1 - MOVED]
    turned = surest in weakened and surest[2] * surest[0].estimate <= 0
    contrast, share, without = surest if turned else max(weakened or told, key=lambda one: one[1])
    message = (
        f"One {noun} holds {share:.0%} of what is known of {contrast.level or contrast.contrast!r} against {contrast.reference!r} at most; "
        f"without the one that speaks for it most it is {without:+.3g} instead of {contrast.estimate:+.3g}."
    )
    fix = "Look at who that is: a test account, a duplicate, a wrong value. Else more people who met it are needed."
    if turned:
        return Check(name="leverage", status="fail", value=share, limit=REVIEW_SHARE, message=message, fix=fix)
    if weakened or share > REVIEW_SHARE:
        return Check(name="leverage", status="review", value=share, limit=REVIEW_SHARE, message=message, fix=fix)
    return Check(name="leverage", status="pass", value=share, limit=REVIEW_SHARE, message=message)


def _exposed(exposure: Exposure, coding: Coding, counts: Counts) -> int:
    """Units of the largest state that could have been tested."""
    states = enumerate(exposure.states)
    return max((int(counts.units[p]) for p, state in states if p not in coding.reference and state.role not in UNTESTED), default=0)


def _lacking(frame: Frame, exposure: Exposure, counts: Counts) -> str:
    sizes = ", ".join(
        _size(frame, state.label, units, clusters)
        for state, units, clusters in zip(exposure.states, counts.units.tolist(), counts.clusters.tolist(), strict=True)
        if units
    )
    needed = f"at least {MIN_UNITS} units and {MIN_CLUSTERS} {PEOPLE[frame.noun]} are needed on both sides"
    return f"Nothing can be compared: {needed}; there are {sizes or 'no units'}."


def _size(frame: Frame, label: str, units: int, people: int) -> str:
    """`199 bad`, and of how many people where these are what is lacking."""
    lacking = units >= MIN_UNITS and people < MIN_CLUSTERS
    return f"{units:,} {label}" + (f" (of {people} {frame.noun if people == 1 else PEOPLE[frame.noun]})" if lacking else "")


def separability(frame: Frame, layout: Columns, folds: Sums, equation: Equation) -> Check | None:
    """How much of the exposure varies by itself once everything held is known; under .1 it can't be told apart from what explains it."""
    if not equation.tested and not equation.left_out:
        return None
    if not equation.left_out:
        share = min(equation.retained)
        message = f"{share:.0%} of its variation is its own, given everything held."
        return Check(name="separability", status="pass", value=share, limit=MIN_RETAINED, message=message)
    planned, share = min(equation.left_out, key=lambda pair: pair[1])
    names = explained_by(frame, layout, folds, equation, planned.vector)
    what = f"cannot be separated from {', '.join(names)}" if names else "cannot be separated from what is held"
    lost = ", ".join(f"{p.level!r} against {p.reference!r}" for p, _ in equation.left_out)
    message = f"It {what}: only {share:.1%} of the variation is its own ({lost})."
    fix = "Cases in which one happened without the other, or an experiment that varies it by itself, would settle it."
    status: CheckStatus = "review" if equation.tested else "fail"
    return Check(name="separability", status=status, value=share, limit=MIN_RETAINED, message=message, fix=fix)


def explained_by(frame: Frame, layout: Columns, folds: Sums, equation: Equation, vector: Floats, *, most: int = 3) -> tuple[str, ...]:
    """Names of at most `most` covariates and moments that explain a contrast's column best, each chosen given those before it."""
    about = centred(folds.total)
    blocks: dict[str, Indices] = {}
    others = [i for i in frame.exposures[equation.exposure].held if i != equation.exposure]
    for variable in (*layout.covariates, *(one for i in others for one in (layout.exposures[i], *layout.finer[i]))):
        span = np.arange(variable.first, variable.first + variable.width, dtype=np.intp)
        blocks[variable.name] = np.append(blocks.get(variable.name, np.empty(0, dtype=np.intp)), span)
    own = equation.targets[:-1]
    variation = float(vector @ about[np.ix_(own, own)] @ vector)
    if variation <= 0 or not blocks:
        return ()

    def explained(columns: Indices) -> float:
        cross = about[np.ix_(columns, own)] @ vector
        return float(cross @ coefficients(about[np.ix_(columns, columns)], cross[:, None], np.diag(about)[columns])[:, 0]) / variation

    chosen: list[str] = []
    held = np.empty(0, dtype=np.intp)
    reached = 0.0
    while len(chosen) < most and reached < 1 - MIN_RETAINED:
        gains = {name: explained(np.append(held, span)) for name, span in blocks.items() if name not in chosen and len(span)}
        name = max(gains, key=lambda key: gains[key], default=None)
        if name is None or gains[name] - reached < 0.01:
            break
        chosen.append(name)
        held, reached = np.append(held, blocks[name]), gains[name]
    return tuple(chosen)


def positivity(exposure: Exposure, equation: Equation, overlaps: dict[int, Overlap]) -> Check | None:
    """The share of exposed units who have hardly anybody alike among those they are compared with, in the worst tested column."""
    names = {column: " or ".join(exposure.states[state].label for state in equation.coding.columns[column]) for column in overlaps}
    other = " or ".join(exposure.states[state].label for state in equation.coding.reference)
    return alike([(names[column], other, overlap) for column, overlap in overlaps.items()], exposure.evidence)


def alike(compared: Sequence[tuple[str, str, Overlap]], evidence: Evidence, *, noun: str = "units", rare: bool = False) -> Check | None:
    """The same for any sides: (exposed, compared with, their overlap). `rare`: see `without_counterpart`."""
    if not compared:
        return None
    shares = [(without_counterpart(overlap.exposed, overlap.reference, rare=rare), label, other) for label, other, overlap in compared]
    share, label, other = max(shares, key=lambda one: one[0])
    message = f"For {share:.0%} of the {noun} at {label!r} hardly anybody at {other!r} is alike in everything held."
    if share > REVIEW_OVERLAP:
        failed = share > FAIL_OVERLAP and evidence != "C"  # an association is a description: it extrapolates, and says so
        fix = "Restrict the question to people who could have been on either side, or run an experiment."
        limit = FAIL_OVERLAP if failed else REVIEW_OVERLAP
        return Check(name="positivity", status="fail" if failed else "review", value=share, limit=limit, message=message, fix=fix)
    return Check(name="positivity", status="pass", value=share, limit=REVIEW_OVERLAP, message=message)


def suppression(equation: Equation, contrasts: tuple[ContrastEstimate, ...]) -> Check | None:
    """Is an adjusted effect against the raw association, both significant? Then the adjustment made it, and deserves a look."""
    if not contrasts:
        return None
    against = []
    for planned, found in zip(equation.tested, contrasts, strict=True):
        raw = found.mean - found.mean_reference
        error = np.sqrt(equation.counts.mean_variance(planned.states) + equation.counts.mean_variance(planned.reference_states))
        p = two_sided_p(raw / error, min(found.n, found.n_reference) - 1) if error > 0 else 1.0
        if raw * found.estimate < 0 and p < SIGNIFICANT and found.p_value < SIGNIFICANT:
            against.append((found, raw))
    if not against:
        return Check(name="suppression", status="pass", message="No adjusted effect is against the raw difference.")
    found, raw = max(against, key=lambda pair: abs(pair[0].estimate))
    message = f"{found.level!r} against {found.reference!r}: the raw difference is {raw:+.3g}, the adjusted one {found.estimate:+.3g}."
    fix = "Look at what is held: ratings that say nearly the same turn each other's sign around."
    return Check(name="suppression", status="review", value=found.estimate, limit=raw, message=message, fix=fix)


def balance(frame: Frame, layout: Columns, folds: Sums, equation: Equation) -> Check | None:
    """Are the arms alike in what was known before the assignment? One joint test, for units that are independent and not weighted."""
    if frame.weight is not None:
        return None
    p = balance_p(folds.total, covariates=layout.of_covariates(), arms=equation.targets[:-1], rows=frame.units)
    if p is None:
        return None
    limit = FAIL_BALANCE if p < FAIL_BALANCE else REVIEW_BALANCE
    if p >= REVIEW_BALANCE:
        return Check(name="balance", status="pass", value=p, limit=limit, message=f"What was known before is alike (p = {p:.2g}).")
    message = f"What was known before differs between the arms more than chance explains (p = {p:.2g})."
    fix = "Look for units lost after the assignment, or an assignment that was not random."
    return Check(name="balance", status="fail" if p < FAIL_BALANCE else "review", value=p, limit=limit, message=message, fix=fix)
