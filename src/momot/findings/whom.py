"""For whom: what was asked by segment becomes verdicts, differences and checks, with false discoveries counted apart (EFFECTS.md 1.8).

What holds for everybody was asked first; what holds for some was looked for afterwards, in as many places as there are values. So the
values make a family of tests of their own, the differences between them another, and nothing chosen afterwards is more than likely.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Protocol

import numpy as np
import numpy.typing as npt

from momot.designs import Designed
from momot.effects.calibration import FEW
from momot.effects.estimates import ContrastEstimate, Estimates
from momot.effects.segments import Key, Segments
from momot.findings.contract import Difference, SegmentFinding
from momot.findings.labels import outcome_words, printable
from momot.findings.numbers import Numbers, decimals_for, probability
from momot.findings.trials import Pulled, shrunken_segments
from momot.findings.verdict import DISCOVERY_RATE, FOUND, GATES, LOWERS, PRESENCE_GATES, Decided, Tested, decide, discovery, label
from momot.stats.discovery import q_values
from momot.stats.inflation import deflated
from momot.vocabulary import DifferenceVerdict, Verdict
from momot.vocabulary.records import Check

Floats = npt.NDArray[np.float64]

LONGEST_NAME = 80
MOST_NAMED = 3
OF_THE_VALUE = frozenset({"support", "positivity", "separability"})
"""Gates that each value has to pass for itself: who is compared with whom is another matter among other people."""


class Asked(Protocol):
    """A question with what was found by segment."""

    @property
    def designed(self) -> Designed:
        """The question."""

    @property
    def segments(self) -> tuple[tuple[str, Segments], ...]:
        """By name of the segment."""


@dataclass(frozen=True, slots=True)
class Value:
    """One value of a segment for one question: its raw estimates, and each of them ready for a decision, calibrated where that can be."""

    question: str
    name: str
    value: str
    estimates: Estimates
    tested: tuple[Tested, ...]


@dataclass(frozen=True, slots=True)
class Row:
    """One contrast within one value, as a row of effects: as estimated, and calibrated where that is another one."""

    tested: Tested
    raw: ContrastEstimate
    contrast: ContrastEstimate
    q_value: float | None
    segment: str
    pulled: Pulled | None


@dataclass(frozen=True, slots=True)
class ForWhom:
    """All that was found by segment: `rows` and `notes` by question, `checks` by question and moment."""

    findings: tuple[SegmentFinding, ...] = ()
    differences: tuple[Difference, ...] = ()
    rows: dict[str, tuple[Row, ...]] = field(default_factory=dict)
    checks: dict[tuple[str, str], tuple[Check, ...]] = field(default_factory=dict)
    notes: dict[str, tuple[Check, ...]] = field(default_factory=dict)

    def clause(self, question: str) -> str:
        """What the headline of a question has to add: what was found for some only, and what goes opposite ways."""
        only = {one.moment for one in self.findings if one.question == question and one.only}
        opposite = {one.moment for one in self.differences if one.question == question and one.opposite}
        parts = []
        if only:
            parts.append(f"; {len(only)} more for some only ({_names(sorted(only))})")
        if opposite:
            parts.append(f"; opposite for different people: {_names(sorted(opposite))}")
        return "".join(parts)


@dataclass(frozen=True, slots=True)
class _Value:
    """One moment in one value, decided. `position` is that of the exposure."""

    name: str
    value: str
    position: int
    decided: Decided
    post_hoc: bool
    verdict: Verdict
    raw: tuple[ContrastEstimate, ...]
    pulled: dict[int, Pulled]  # by place of the contrast

    @property
    def segment(self) -> str:
        return f"{self.name}={self.value}"

    def shrunken(self, key: Key) -> Pulled | None:
        """A contrast drawn towards those of the other values."""
        names = [(one.contrast, one.level, one.reference) for one in self.decided.tested.estimate.contrasts]
        return self.pulled.get(names.index(key[1:]))

    def surely(self, key: Key) -> ContrastEstimate | None:
        """The contrast where it was found by itself: its test passes the false discovery rate and its interval leaves 0 out."""
        found = next((one for one in self.decided.tested.estimate.contrasts if (one.contrast, one.level, one.reference) == key[1:]), None)
        if found is None or not (found.low > 0 or found.high < 0):
            return None
        q = q_of(self.decided, found)
        return found if q is not None and q <= DISCOVERY_RATE else None


def q_of(decided: Decided, contrast: ContrastEstimate) -> float | None:
    """The q-value of the test that a contrast belongs to."""
    return decided.q_presence if contrast.contrast == "presence" and decided.tested.asks_presence else decided.q_between


def for_whom(asked: Sequence[Asked], whole: Sequence[Decided], every: Sequence[Value]) -> ForWhom:
    """Decide on everything that was asked by segment. `whole` is what was decided for everybody, `every` all values, ready to decide on."""
    if not any(entry.segments for entry in asked):
        return ForWhom()
    overall = {(one.tested.question, one.tested.exposure.moment): one for one in whole}
    values = _decide(asked, overall, every)
    findings = [
        _finding(question, one, overall[question, one.decided.tested.exposure.moment]) for question, mine in values.items() for one in mine
    ]
    differing = list(_differences(asked, values, overall))
    return ForWhom(
        findings=tuple(findings),
        differences=tuple(differing),
        rows={question: tuple(_rows(mine)) for question, mine in values.items()},
        checks=_checks(findings, differing),
        notes={entry.designed.ask.id: tuple(_notes(entry)) for entry in asked},
    )


def _decide(asked: Sequence[Asked], overall: dict[tuple[str, str], Decided], values: Sequence[Value]) -> dict[str, list[_Value]]:
    """Every moment in every value, decided among all of them; by question.

    What closed the way for everybody closes it for some: a value has fewer people to see it with. Where a moment was not found for
    everybody its values also have to pass among their like: they are looked at because the others are known already, and a false discovery
    rate over all of them would let the known ones pay for these.
    """
    shrunken = {(entry.designed.ask.id, name): shrunken_segments(segments) for entry in asked for name, segments in entry.segments}
    declared = {
        (entry.designed.ask.id, name)
        for entry in asked
        if entry.designed.frame.design == "experiment" and entry.designed.ask.wide is not None
        for name in entry.designed.ask.wide.block.segments
    }
    tests = [(value, at, one) for value in values for at, one in enumerate(value.tested)]
    decided = decide([one for *_, one in tests])
    apart = iter(
        discovery([said.tested for (of, _, one), said in zip(tests, decided, strict=True) if not _is_found(overall, of.question, one)])
    )
    found: dict[str, list[_Value]] = {}
    for (of, at, one), said in zip(tests, decided, strict=True):
        whole = replace(overall[of.question, one.exposure.moment].tested, of_presence=said.tested.of_presence)
        post_hoc = (of.question, of.name) not in declared
        verdict = _capped(said.verdict, whole, post_hoc=post_hoc)
        if not _is_found(overall, of.question, one):
            q = next(apart)
            said = replace(said, q_value=None if q is None or said.q_value is None else max(q, said.q_value))  # noqa: PLW2901
            if verdict in FOUND and (said.q_value is None or said.q_value > DISCOVERY_RATE):
                verdict = "no evidence"
        raw = of.estimates.exposures[at].contrasts
        pulled = {n: own for n in range(len(raw)) if (own := shrunken[of.question, of.name].get((of.value, at, n))) is not None}
        found.setdefault(of.question, []).append(_Value(of.name, of.value, one.estimate.exposure, said, post_hoc, verdict, raw, pulled))
    return found


def _is_found(overall: dict[tuple[str, str], Decided], question: str, one: Tested) -> bool:
    return overall[question, one.exposure.moment].verdict in FOUND


def _capped(verdict: Verdict, whole: Tested, *, post_hoc: bool) -> Verdict:
    """At most likely where it was chosen afterwards, and never more than the checks of everybody allow."""
    failed = {check.name for check in whole.checks if check.status == "fail"}
    if failed & (PRESENCE_GATES if whole.of_presence else GATES) - OF_THE_VALUE:
        return "not identifiable"
    if verdict in ("moment", "likely") and failed & LOWERS:
        return "association"
    return "likely" if post_hoc and verdict == "moment" else verdict


def _finding(question: str, one: _Value, overall: Decided) -> SegmentFinding:
    tested = one.decided.tested
    return SegmentFinding(
        question=question,
        moment=tested.exposure.moment,
        segment=one.name,
        value=one.value,
        post_hoc=one.post_hoc,
        verdict=one.verdict,
        label=label(tested, one.verdict),
        evidence=tested.evidence,
        q_value=one.decided.q_value,
        people=tested.estimate.people,
        detectable_effect=tested.estimate.detectable,
        only=one.verdict in FOUND and overall.verdict not in FOUND,
        checks=tuple(check for check in tested.checks if check.status in ("fail", "review") and check.name != "calibration"),
    )


def _rows(values: Sequence[_Value]) -> Iterator[Row]:
    for one in values:
        for place, (raw, contrast) in enumerate(zip(one.raw, one.decided.tested.estimate.contrasts, strict=True)):
            yield Row(one.decided.tested, raw, contrast, q_of(one.decided, contrast), one.segment, one.pulled.get(place))


def _differences(asked: Sequence[Asked], values: dict[str, list[_Value]], overall: dict[tuple[str, str], Decided]) -> Iterator[Difference]:
    """Every difference that was tested, then the moments of which no two values could be told."""
    tests = [
        (entry, name, key, p)
        for entry in asked
        for name, segments in entry.segments
        for key, p in segments.differences.items()
        if _of_verdict(entry, key, overall)
    ]
    p_values = _deflated(tests)
    q = q_values(p_values, [entry.designed.ask.id for entry, *_ in tests])
    for (entry, name, key, _), p, value in zip(tests, p_values.tolist(), q.tolist(), strict=True):
        yield _difference(entry, name, key, p, value, values[entry.designed.ask.id])
    for entry in asked:
        told = {(name, key[0]) for one, name, key, _ in tests if one is entry for key in [key]}
        for name, segments in entry.segments:
            for position, exposure in enumerate(entry.designed.frame.exposures):
                whole = overall[entry.designed.ask.id, exposure.moment].tested.decisive_contrasts
                if (name, position) not in told and whole:
                    yield _untold(entry, name, segments, position, whole[0])


def _deflated(tests: Sequence[tuple[Asked, str, Key, float]]) -> Floats:
    """The p-values of differences without what inflates all of one kind: a hidden cause that is stronger in one value than in another."""
    p = np.array([one for *_, one in tests], dtype=np.float64)
    kinds: dict[tuple[str, str, bool], list[int]] = {}
    for place, (entry, name, key, _) in enumerate(tests):
        if entry.designed.frame.evidence != "A":
            kinds.setdefault((entry.designed.ask.id, name, key[1] == "presence"), []).append(place)
    for places in kinds.values():
        if len({tests[place][2][0] for place in places}) >= FEW:
            p[places] = deflated(p[places])
    return p


def _of_verdict(entry: Asked, key: Key, overall: dict[tuple[str, str], Decided]) -> bool:
    """Whether a verdict may rest on a contrast: on having met it or on how it went; else as the design says."""
    if entry.designed.frame.design in ("panel", "episode"):
        return True
    tested = overall[entry.designed.ask.id, entry.designed.frame.exposures[key[0]].moment].tested
    return not tested.decisive_contrasts or any((c.contrast, c.level, c.reference) == key[1:] for c in tested.decisive_contrasts)


def _difference(entry: Asked, name: str, key: Key, p: float, q: float, values: Sequence[_Value]) -> Difference:
    mine = [one for one in values if one.name == name and one.position == key[0]]
    pairs = [
        (one, contrast)
        for one in mine
        for contrast in one.decided.tested.estimate.contrasts
        if (contrast.contrast, contrast.level, contrast.reference) == key[1:]
    ]
    sure = [contrast for one in mine if (contrast := one.surely(key)) is not None]
    opposite = any(contrast.estimate > 0 for contrast in sure) and any(contrast.estimate < 0 for contrast in sure)
    largest = max(pairs, key=lambda pair: abs(pair[1].estimate))[0]
    towards = largest.shrunken(key)
    verdict: DifferenceVerdict = "differs" if q <= DISCOVERY_RATE else "no difference seen"
    designed = entry.designed
    exposure = designed.frame.exposures[key[0]]
    return Difference(
        question=designed.ask.id,
        moment=exposure.moment,
        contrast=key[1],
        level=key[2],
        reference=key[3],
        segment=name,
        values=tuple(one.value for one, _ in pairs),
        post_hoc=largest.post_hoc,
        verdict=verdict,
        opposite=opposite,
        p_value=p,
        q_value=q,
        largest=largest.value,
        largest_shrunken=None if towards is None else towards[0],
        sentence=_sentence(designed, exposure.touchpoint, name, key, pairs, q, opposite, largest.value, towards),
    )


def _sentence(
    designed: Designed,
    touchpoint: str,
    name: str,
    key: Key,
    pairs: Sequence[tuple[_Value, ContrastEstimate]],
    q: float,
    opposite: bool,
    largest: str,
    towards: Pulled | None,
) -> str:
    factor = 100.0 if designed.unit == "share" else 1.0
    numbers = Numbers(designed.unit, decimals_for([(c.high - c.low) / 2 * factor for _, c in pairs]))
    compared = f"{key[2] or key[1]} against {key[3]}"
    each = ", ".join(
        f"{printable(one.value, LONGEST_NAME)} {numbers.effect(c.estimate)} ({numbers.interval(c.low, c.high)})"
        for one, c in sorted(pairs, key=lambda pair: pair[1].estimate)
    )
    head = f"{printable(touchpoint, LONGEST_NAME)}, {compared}: {outcome_words(designed.ask.id)}"
    said = "goes opposite ways" if opposite else "moves differently" if q <= DISCOVERY_RATE else "was not seen to move differently"
    text = f"{head} {said} by {name} (q {'' if q < 0.001 else '= '}{probability(q)}): {each}, in {numbers.effect_unit or 'its unit'}."
    if q <= DISCOVERY_RATE and not opposite and towards is not None:
        text += (
            f" {printable(largest, LONGEST_NAME)} is the largest of {len(pairs)} and flattered by chance: shrunken "
            f"towards the others it is {numbers.effect(towards[0])} ({numbers.interval(towards[1], towards[2])})."
        )
    return text


def _untold(entry: Asked, name: str, segments: Segments, position: int, contrast: ContrastEstimate) -> Difference:
    exposure = entry.designed.frame.exposures[position]
    values = tuple(
        value
        for value, estimates in segments.by_value.items()
        if any(one.exposure == position and one.contrasts for one in estimates.exposures)
    )
    touchpoint = printable(exposure.touchpoint, LONGEST_NAME)
    return Difference(
        question=entry.designed.ask.id,
        moment=exposure.moment,
        contrast=contrast.contrast,
        level=contrast.level,
        reference=contrast.reference,
        segment=name,
        values=values,
        post_hoc=True,
        verdict="cannot tell",
        opposite=False,
        p_value=None,
        q_value=None,
        largest=None,
        largest_shrunken=None,
        sentence=f"{touchpoint}: we cannot tell whether it differs by {name}: too few met it in two values.",
    )


def _checks(findings: Sequence[SegmentFinding], differing: Sequence[Difference]) -> dict[tuple[str, str], tuple[Check, ...]]:
    """One check a moment and segment: opposite signs first, then a difference, then what was found for some only."""
    found: dict[tuple[str, str], tuple[Check, ...]] = {}
    groups: dict[tuple[str, str, str], list[Difference]] = {}
    for one in differing:
        if one.q_value is not None:
            groups.setdefault((one.question, one.moment, one.segment), []).append(one)
    only: dict[tuple[str, str, str], list[SegmentFinding]] = {}
    for finding in findings:
        if finding.only:
            only.setdefault((finding.question, finding.moment, finding.segment), []).append(finding)
    for place in dict.fromkeys([*groups, *only]):
        question, moment, name = place
        check = _check(name, groups.get(place, []), only.get(place, []))
        found[question, moment] = (*found.get((question, moment), ()), check)
    return found


def _check(name: str, differing: Sequence[Difference], only: Sequence[SegmentFinding]) -> Check:
    q = min((one.q_value for one in differing if one.q_value is not None), default=1.0)
    first = min(differing, key=lambda one: (not one.opposite, one.q_value or 0.0), default=None)
    fix = "Read the effects by segment before deciding for everybody; the largest of them is flattered by chance."
    if first is not None and (first.opposite or first.verdict == "differs"):
        return Check(name="segments", status="review", value=q, limit=DISCOVERY_RATE, message=first.sentence, fix=fix)
    if only:
        values = ", ".join(f"{name}={one.value}" for one in only)
        message = f"Found for {values} only: for everybody together it is not, and a difference between the values was not seen."
        return Check(name="segments", status="review", value=q, limit=DISCOVERY_RATE, message=message, fix=fix)
    message = f"Its effect was not seen to differ between the values of '{name}' (q = {q:.2g})."
    if first is not None and first.largest_shrunken is not None:
        message += f" Largest in '{printable(first.largest or '', LONGEST_NAME)}', shrunken {first.largest_shrunken:+.3g}."
    return Check(name="segments", status="pass", value=q, limit=DISCOVERY_RATE, message=message)


def _notes(entry: Asked) -> Iterator[Check]:
    """What could not be asked: values with too few units, segments that this design does not have."""
    for name, segments in entry.segments:
        if segments.left_out:
            left = f"{_names(segments.left_out)}: fewer than 60 units, or nothing to explain."
            yield Check(name="segments", status="review" if len(segments.by_value) < 2 else "pass", message=f"Not asked of {name} {left}")


def _names(names: Sequence[str]) -> str:
    shown = [printable(name, LONGEST_NAME) for name in names[:MOST_NAMED]]
    return ", ".join(shown) + (f" and {len(names) - MOST_NAMED} more" if len(names) > MOST_NAMED else "")
