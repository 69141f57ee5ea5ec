"""What the past says of a panel's effects (EFFECTS.md 3 f, 4).

Was the outcome different before the touch already? Was it on its way? Does the touch follow the outcome? Do those who are touched only have
more chances? All of it from the sums that the effects come from.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from momot.effects.contrasts import Coding, Name, Planned
from momot.effects.counts import Counts
from momot.effects.equation import Equation
from momot.effects.panel_solve import Coded, Solved, Told
from momot.effects.panel_sums import KINDS
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
    coded: Coded, solved: Solved, counts: tuple[Counts, ...], codings: tuple[Coding, ...], *, own: frozenset[int], seed: int
) -> tuple[Before, ...]:
    """Checks by exposure. `own` are the exposures that are the outcome's own activity."""

    def solve(column: int, *kinds: str) -> Solved:
        known = coded.of_kinds(*(KINDS[kind] for kind in kinds))
        return Solved.of(coded, counts, codings, known=known, outcome=column, seed=seed)

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
                    *_before(position, presence(equation), effects, earlier, trend, follows=follows),
                    *_opportunity(position, presence(equation), effects, raw, own=position in own, follows=follows),
                ),
                _before(position, between(equation), effects, earlier, trend, follows=follows),
            )
        )
    return tuple(found)


def presence(equation: Equation) -> list[Planned]:
    """The contrast of having met it at all, where it can be told."""
    return [planned for planned in equation.tested if planned.contrast == "presence"]


def between(equation: Equation) -> list[Planned]:
    """The contrasts between ways of having met it."""
    return [planned for planned in equation.tested if planned.between_met]


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
    position: int, asked: list[Planned], effects: dict[Name, Told], earlier: Solved, trend: Solved, *, follows: bool
) -> tuple[Check, ...]:
    """The outcome before the touch, in the contrast in which it differed most surely."""
    if not asked:
        return ()
    if follows:
        return (Check(name="pre_period", status="skipped", message="It follows the outcome, so the outcome before it is no placebo."),)
    found = []
    for name, solved, what in (
        ("pre_period", earlier, "In the four weeks before the touch the outcome already differed"),
        ("pre_trend", trend, "From the four weeks before the last four to the last four before the touch the outcome changed"),
    ):
        told = [(planned, one) for planned in asked if (one := solved.told(position, planned)) is not None]
        if not told:
            continue
        planned, worst = min(told, key=lambda pair: pair[1].p_value)
        effect = effects.get(planned.name)
        large = abs(worst.estimate) >= AS_LARGE * abs(effect.estimate) if effect else True
        differs = worst.p_value < SURE
        failed = differs and large and name == "pre_period"
        found.append(
            Check(
                name="pre_period" if name == "pre_period" else "pre_trend",
                status="fail" if failed else "review" if differs else "pass",
                value=worst.estimate,
                limit=0.0,
                message=f"{what} by {worst.estimate:+.3f} ({worst.low:+.3f} to {worst.high:+.3f}) between '{planned.level}' and "
                f"'{planned.reference}'" + (", where the touch can have caused nothing." if differs else "."),
                fix="Record what decides who meets it, or randomise who meets it." if differs else None,
            )
        )
    return tuple(found)


def _opportunity(
    position: int, asked: list[Planned], effects: dict[Name, Told], raw: Solved, *, own: bool, follows: bool
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
        message = (
            f"Without what people did before the difference is {plain.estimate:+.3f}, among people who did the same before it is "
            f"{adjusted.estimate:+.3f}"
        )
        if plain.p_value < SURE and adjusted.estimate * plain.estimate > 0 and lost >= CHANCES:
            return (
                Check(
                    name="opportunity",
                    status="fail" if follows else "review",
                    value=lost,
                    limit=CHANCES,
                    message=f"{message}: mostly, active people have more chances of both.",
                    fix="Compare ways in which it went, or randomise who meets it.",
                ),
            )
        return (Check(name="opportunity", status="pass", value=lost, limit=CHANCES, message=f"{message}."),)
    return ()
