"""What the past says of a panel's effects (EFFECTS.md 3 f, 4).

Was the outcome different before the touch already? Was it on its way? Does the touch follow the outcome? Do those who are touched only have
more chances? All of it from the sums that the effects come from.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from momot.effects.contrasts import Coding, Name, Planned
from momot.effects.counts import Counts
from momot.effects.equation import Equation
from momot.effects.panel_layout import KINDS
from momot.effects.panel_solve import Coded, Solved, Told
from momot.vocabulary.records import Check

Floats = npt.NDArray[np.float64]

SURE = 0.01
"""p-value under which a difference before the touch counts: many touchpoints are looked at."""
AS_LARGE = 0.5
"""Share of the effect from which on a difference before the touch is as large as what it would explain."""
FOLLOWS_GAP, FOLLOWS_TIMES = 0.15, 2.0
"""A touch follows the outcome where so much more of it happened in the two weeks before than in the two weeks after, beyond quiet days."""
CHANCES = 0.5
"""An effect that loses at least this share once the past is held is doubtful; of a touch that follows the outcome it can't be told at all:
whoever does more of the outcome has more chances of such a touch, and no record of the past holds all of that."""


@dataclass(frozen=True, slots=True)
class Before:
    """Checks of one exposure: those of any verdict, those of having met it at all, those of how it went."""

    always: tuple[Check, ...] = ()
    presence: tuple[Check, ...] = ()
    between: tuple[Check, ...] = ()


def diagnose(
    coded: Coded,
    solved: Solved,
    counts: tuple[Counts, ...],
    codings: tuple[Coding, ...],
    *,
    own: frozenset[int],
    unit: str,
    people: str = "people",
) -> tuple[Before, ...]:
    """Checks by exposure.

    `own` are the exposures that are the outcome's own activity, `unit` is that of the outcome, `people` whom it follows.
    """

    def solve(column: int, *kinds: str) -> Solved:
        known = coded.of_kinds(*(KINDS[kind] for kind in kinds))
        return Solved.of(coded, counts, codings, known=known, outcome=column)

    earlier = solve(coded.probes["pre_period"], "standing", "older")
    trend = solve(coded.probes["trend"], "standing")
    raw = solve(coded.outcome, "standing")
    found = []
    for position in range(len(codings)):
        follows, check = _triggered(coded, position)
        always = (check,) if check else ()
        equation = solved.equations[position]
        effects = {planned.name: told for planned in equation.tested if (told := solved.told(position, planned))}
        found.append(
            Before(
                always,
                (
                    *_before(position, () if position in own else presence(equation), effects, earlier, trend, follows=follows, unit=unit),
                    *_opportunity(
                        position, presence(equation), effects, raw, own=position in own, follows=follows, unit=unit, people=people
                    ),
                ),
                _before(position, between(equation), effects, earlier, trend, follows=follows, unit=unit),
            )
        )
    return tuple(found)


def presence(equation: Equation) -> list[Planned]:
    """The contrast of having met it at all, where it can be told."""
    return [planned for planned in equation.tested if of_presence(planned)]


def between(equation: Equation) -> list[Planned]:
    """The contrasts between ways of having met it."""
    return [planned for planned in equation.tested if of_between(planned)]


def of_presence(planned: Planned) -> bool:
    """Whether a contrast is the one of having met it at all."""
    return planned.contrast == "presence"


def of_between(planned: Planned) -> bool:
    """Whether a contrast is between ways of having met it."""
    return planned.between_met


def _triggered(coded: Coded, position: int) -> tuple[bool, Check | None]:
    """Whether the touch comes after the outcome: more of it in the two weeks before than after, against all other rows."""
    total = coded.sums.total[0]
    weight, everything = float(coded.met_weight[position]), float(total[0])
    if not 0 < weight < everything:
        return False, None
    shares = {}
    for name in ("before", "after"):
        mine = float(coded.met_probes[name][position])
        shares[name] = (mine / weight, (float(total[coded.probes[name]]) - mine) / (everything - weight))
    before, after = shares["before"], shares["after"]
    gap = (before[0] - after[0]) - (before[1] - after[1])
    follows = gap >= FOLLOWS_GAP and before[0] >= FOLLOWS_TIMES * after[0]
    message = f"In the two weeks before the touch {before[0]:.0%} had the outcome, in the two weeks after it {after[0]:.0%}"
    if not follows:
        return False, Check(name="triggered", status="pass", value=gap, limit=FOLLOWS_GAP, message=f"{message}.")
    return True, Check(
        name="triggered",
        status="review",
        value=gap,
        limit=FOLLOWS_GAP,
        message=f"{message}: it follows the outcome. What happened before is held, and says nothing against it.",
    )


def _before(
    position: int, asked: Sequence[Planned], effects: dict[Name, Told], earlier: Solved, trend: Solved, *, follows: bool, unit: str
) -> tuple[Check, ...]:
    """The outcome before the touch, in the contrast in which it differed most surely."""
    if not asked:
        return ()
    if follows:
        return (Check(name="pre_period", status="skipped", message="It follows the outcome, so the outcome before it is no placebo."),)
    checks = (_pre_period(position, asked, effects, earlier, unit), _pre_trend(position, asked, trend, unit))
    return tuple(check for check in checks if check is not None)


def _pre_period(position: int, asked: Sequence[Planned], effects: dict[Name, Told], earlier: Solved, unit: str) -> Check | None:
    found = _surest(position, asked, earlier)
    if found is None:
        return None
    planned, told = found
    where = f"{_amount(told, unit)} in the four weeks before it, '{planned.level}' against '{planned.reference}'"
    if told.p_value >= SURE:
        return Check(name="pre_period", status="pass", value=told.estimate, message=f"Before the touch nothing differed surely: {where}.")
    effect = effects.get(planned.name)
    large = effect is None or abs(told.estimate) >= AS_LARGE * abs(effect.estimate)
    return Check(
        name="pre_period",
        status="fail" if large else "review",
        value=told.estimate,
        limit=AS_LARGE * abs(effect.estimate) if effect else 0.0,
        message=f"The outcome differed before the touch already: {where}, where the touch can have caused nothing.",
        fix="Record what decides who meets it, or randomise who meets it.",
    )


def _pre_trend(position: int, asked: Sequence[Planned], trend: Solved, unit: str) -> Check | None:
    found = _surest(position, asked, trend)
    if found is None:
        return None
    planned, told = found
    where = f"{_amount(told, unit)} from the four weeks before to the last four, '{planned.level}' against '{planned.reference}'"
    if told.p_value >= SURE:
        return Check(
            name="pre_trend", status="pass", value=told.estimate, message=f"No change was surely under way before the touch: {where}."
        )
    return Check(
        name="pre_trend",
        status="review",
        value=told.estimate,
        message=f"The outcome was on its way before the touch: {where}. What people did until then is held.",
    )


def _surest(position: int, asked: Sequence[Planned], solved: Solved) -> tuple[Planned, Told] | None:
    told = [(planned, one) for planned in asked if (one := solved.told(position, planned)) is not None]
    return min(told, key=lambda pair: pair[1].p_value, default=None)


def _amount(told: Told, unit: str) -> str:
    """`+3.9 (+3.4 to +4.4) percentage points`."""
    return amount(told.estimate, unit, (told.low, told.high))


def amount(value: float, unit: str, between: tuple[float, float] | None = None) -> str:
    """`+3.9 percentage points`, with an interval where there is one."""
    factor, name = (100.0, "percentage points") if unit == "share" else (1.0, unit)
    around = "" if between is None else f" ({between[0] * factor:+.3g} to {between[1] * factor:+.3g})"
    return f"{value * factor:+.3g}{around} {name}".replace("-", "\N{MINUS SIGN}")


def _opportunity(
    position: int, asked: Sequence[Planned], effects: dict[Name, Told], raw: Solved, *, own: bool, follows: bool, unit: str, people: str
) -> tuple[Check, ...]:
    """More rows, more chances: whether having met it goes with more of the outcome only because active people do both."""
    if own:
        message = "It is what the outcome counts: who does it once is who does it again, so doing it has no effect that could be told."
        return (Check(name="opportunity", status="fail", message=message),)
    for planned in asked:
        adjusted, plain = effects.get(planned.name), raw.told(position, planned)
        if adjusted is None or plain is None:
            continue
        lost = 1 - adjusted.estimate / plain.estimate if plain.estimate else 0.0
        doubtful = plain.p_value < SURE and adjusted.estimate * plain.estimate > 0 and lost >= CHANCES
        message = (
            f"Among all {people} the difference is {_amount(plain, unit)}, among {people} who did the same before {_amount(adjusted, unit)}"
        )
        return (
            Check(
                name="opportunity",
                status=("fail" if follows else "review") if doubtful else "pass",
                value=lost,
                limit=CHANCES,
                message=f"{message}: mostly, active {people} have more chances of both." if doubtful else f"{message}.",
                fix="Compare ways in which it went, or randomise who meets it." if doubtful else None,
            ),
        )
    return ()
