"""One answer held against the truth of one world: counts and lists that add up over seeds. Pure functions."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from benchmarks.truth.answers import Answer, Said
from benchmarks.truth.truths import Contrast, Moment, Truth

PRESENCE = frozenset({"presence"})


@dataclass(frozen=True, slots=True)
class Interval:
    """One interval beside the truth. `kind` is "presence" or "quality", `null` that the moment changes nothing of the outcome."""

    kind: str
    null: bool
    covered: bool
    width: float
    error: float  # Monte Carlo standard error of the truth
    wrong_sign: bool  # significant against the sign of an effect that matters
    significant: bool


@dataclass(frozen=True, slots=True)
class Score:
    """Counts of one method, outcome, world and seed.

    `right`: moments found that change the outcome by at least the smallest effect; `false`: found although they change nothing;
    `small`: found, and true, but below the smallest effect, which counts neither way. `matter`: moments that one would want found;
    `detectable` those above the effect that the method says it could detect, `detected` what was found of them.
    `named`: right ones with a label, `named_right` where it is the true one. `refused`: moments that the method did not test.
    """

    world: str
    seed: int
    outcome: str
    method: str
    right: int
    false: int
    small: int
    matter: int
    nulls: int
    detectable: int | None
    detected: int | None
    named: int
    named_right: int
    untested: int
    intervals: tuple[Interval, ...] = ()
    unmatched: int = 0  # intervals that no true effect is known for
    false_moments: tuple[str, ...] = field(default=())
    missed_moments: tuple[str, ...] = field(default=())


def score(answer: Answer, truth: Truth, outcome: str, *, smallest_effect: float) -> Score:
    """Hold one method's answer on one outcome against the truth. An effect matters from `smallest_effect` on."""
    moments = sorted(moment for moment in truth.moments if moment[0] == outcome)
    null = [moment for moment in moments if moment in truth.null]
    matter = matters(truth, outcome, smallest_effect)
    right = [moment for moment in matter if moment in answer.found]
    false = [moment for moment in null if moment in answer.found]
    found = [moment for moment in moments if moment in answer.found]
    named = [moment for moment in right if moment in truth.labels and answer.labels.get(moment)]
    detectable = [moment for moment in matter if moment in answer.detectable and truth.strength(moment) >= answer.detectable[moment]]
    intervals, unmatched = _intervals(answer, truth, outcome, frozenset(null), smallest_effect)
    return Score(
        world=truth.world,
        seed=truth.seed,
        outcome=outcome,
        method=answer.method,
        right=len(right),
        false=len(false),
        small=len(found) - len(right) - len(false),
        matter=len(matter),
        nulls=len(null),
        detectable=len(detectable) if answer.detectable else None,
        detected=len([moment for moment in detectable if moment in answer.found]) if answer.detectable else None,
        named=len(named),
        named_right=len([moment for moment in named if answer.labels[moment] == truth.labels[moment]]),
        untested=len([moment for moment in moments if moment not in answer.tested]),
        intervals=tuple(intervals),
        unmatched=unmatched,
        false_moments=tuple(moment for _, moment in false),
        missed_moments=tuple(moment for _, moment in matter if (outcome, moment) not in answer.found),
    )


def matters(truth: Truth, outcome: str, smallest_effect: float) -> list[Moment]:
    """The moments that one would want found: one of their contrasts changes the outcome by at least `smallest_effect`."""
    changed = (moment for moment in truth.moments - truth.null if moment[0] == outcome)
    return sorted(moment for moment in changed if truth.strength(moment) >= smallest_effect)


def _intervals(answer: Answer, truth: Truth, outcome: str, null: frozenset[Moment], smallest_effect: float) -> tuple[list[Interval], int]:
    found, unmatched = [], 0
    for key, said in _of_outcome(answer.effects, outcome):
        true = truth.effects.get(key)
        if true is None:
            unmatched += key[:2] in truth.moments
            continue
        significant = said.low > 0 or said.high < 0
        against = said.low > 0 > true.effect or said.high < 0 < true.effect
        found.append(
            Interval(
                kind="presence" if key[2] in PRESENCE else "quality",
                null=key[:2] in null,
                covered=said.low <= true.effect <= said.high,
                width=said.high - said.low,
                error=true.error,
                wrong_sign=against and abs(true.effect) >= smallest_effect,
                significant=significant,
            )
        )
    return found, unmatched


def _of_outcome(effects: dict[Contrast, Said], outcome: str) -> Iterable[tuple[Contrast, Said]]:
    return ((key, value) for key, value in effects.items() if key[0] == outcome)
