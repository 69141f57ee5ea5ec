"""One answer held against the truth of one world: counts and lists that add up over seeds. Pure functions."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from benchmarks.truth.answers import Answer, Said
from benchmarks.truth.truths import Contrast, Moment, TrueEffect, Truth

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
    relative: float | None = None  # width over that of a regression that sees everything


@dataclass(frozen=True, slots=True)
class HalfLife:
    """One half-life of a moment rightly found beside the planted one, days: `error` relative to it, None where only a bound was told."""

    planted: float
    error: float | None
    covered: bool
    estimate: float | None = None
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True, slots=True)
class Segments:
    """Moments whose effect differs between segments by the smallest effect or more (`apart`), and that change nothing anywhere (`alike`).

    `turned`: of those apart, whose effects matter in both directions; `turned_found` said to have opposite signs.
    """

    apart: int
    apart_found: int
    alike: int
    alike_found: int
    turned: int
    turned_found: int


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
    half_lives: tuple[HalfLife, ...] = ()
    by_segment: tuple[Interval, ...] = ()  # intervals within one segment
    segments: Segments | None = None


def score(answer: Answer, truth: Truth, outcome: str, *, smallest_effect: float, beside: Answer | None = None) -> Score:
    """Hold one method's answer on one outcome against the truth. An effect matters from `smallest_effect` on.

    `beside` is the answer of the regression that sees everything, whose intervals widths are held against.
    """
    moments = sorted(moment for moment in truth.moments if moment[0] == outcome)
    null = [moment for moment in moments if moment in truth.null]
    matter = matters(truth, outcome, smallest_effect)
    right = [moment for moment in matter if moment in answer.found]
    false = [moment for moment in null if moment in answer.found]
    found = [moment for moment in moments if moment in answer.found]
    named = [moment for moment in right if moment in truth.labels and answer.labels.get(moment)]
    detectable = [moment for moment in matter if moment in answer.detectable and truth.strength(moment) >= answer.detectable[moment]]
    intervals, unmatched = _intervals(answer, truth, outcome, frozenset(null), smallest_effect, beside)
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
        half_lives=tuple(_half_lives(answer, truth, right)),
        by_segment=tuple(_by_segment(answer, truth, outcome, frozenset(null), smallest_effect)),
        segments=_segments(answer, truth, moments, smallest_effect) if answer.compared and truth.segments else None,
    )


def matters(truth: Truth, outcome: str, smallest_effect: float) -> list[Moment]:
    """The moments that one would want found: one of their contrasts changes the outcome by at least `smallest_effect`."""
    changed = (moment for moment in truth.moments - truth.null if moment[0] == outcome)
    return sorted(moment for moment in changed if truth.strength(moment) >= smallest_effect)


def _intervals(
    answer: Answer, truth: Truth, outcome: str, null: frozenset[Moment], smallest_effect: float, beside: Answer | None
) -> tuple[list[Interval], int]:
    found, unmatched = [], 0
    for key, said in _of_outcome(answer.effects, outcome):
        true = truth.effects.get(key)
        if true is None or key[1] in truth.controls:
            unmatched += key[:2] in truth.moments
            continue
        seen = beside.effects.get(key) if beside is not None and beside is not answer else None
        found.append(_interval(key, said, true, key[:2] in null, smallest_effect, seen))
    return found, unmatched


def _interval(key: Contrast, said: Said, true: TrueEffect, null: bool, smallest_effect: float, seen: Said | None = None) -> Interval:
    against = said.low > 0 > true.effect or said.high < 0 < true.effect
    return Interval(
        kind="presence" if key[2] in PRESENCE else "quality",
        null=null,
        covered=said.low <= true.effect <= said.high,
        width=said.high - said.low,
        error=true.error,
        wrong_sign=against and abs(true.effect) >= smallest_effect,
        significant=said.low > 0 or said.high < 0,
        relative=None if seen is None or seen.high <= seen.low else (said.high - said.low) / (seen.high - seen.low),
    )


def _by_segment(answer: Answer, truth: Truth, outcome: str, null: frozenset[Moment], smallest_effect: float) -> Iterable[Interval]:
    for (key, segment), said in answer.segments.items():
        true = truth.segments.get((key, segment))
        if key[0] == outcome and true is not None:
            yield _interval(key, said, true, key[:2] in null, smallest_effect)


def _segments(answer: Answer, truth: Truth, moments: Iterable[Moment], smallest_effect: float) -> Segments:
    spans = {moment: span for moment in moments if (span := truth.apart(moment)) is not None}
    apart = {moment for moment, (low, high) in spans.items() if high - low >= smallest_effect and moment not in truth.null}
    alike = {moment for moment in spans if moment in truth.null}
    turned = {moment for moment in apart if spans[moment][0] <= -smallest_effect and spans[moment][1] >= smallest_effect}
    found = (apart, answer.differ), (alike, answer.differ), (turned, answer.opposite)
    return Segments(*(count for group, said in found for count in (len(group), len(group & said))))


def _half_lives(answer: Answer, truth: Truth, right: Iterable[Moment]) -> Iterable[HalfLife]:
    """Of what was rightly found. An open end of an interval holds everything beyond."""
    for moment in right:
        planted, told = truth.half_lives.get(moment[1]), answer.lasting.get(moment)
        if planted and told is not None:
            error = None if told.estimate is None else abs(told.estimate - planted) / planted
            covered = (told.low or 0.0) <= planted and (told.high is None or planted <= told.high)
            yield HalfLife(planted, error, covered, told.estimate, told.low, told.high)


def _of_outcome(effects: dict[Contrast, Said], outcome: str) -> Iterable[tuple[Contrast, Said]]:
    return ((key, value) for key, value in effects.items() if key[0] == outcome)
