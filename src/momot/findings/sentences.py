"""Headlines and plain sentences for every verdict, for the command line and the report alike.

Each sentence says no more than its evidence allows: A may say that something changes the outcome, B that it is likely to after adjustment,
C only that the two go together. "We cannot tell" is an answer.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from momot.findings.contract import Check, Effect, Question, Response
from momot.findings.findings import Moment
from momot.findings.half_life import half_life_words
from momot.findings.labels import outcome_words, people_noun, printable, unit_noun
from momot.findings.numbers import NARROW_SPACE, NO_BREAK_SPACE, Numbers, grouped, numbers_of, percent
from momot.vocabulary import DesignName, Evidence, Kind, Verdict

NOUNS: dict[Kind, tuple[str, str]] = {
    "interaction": ("touchpoint", "touchpoints"),
    "condition": ("condition", "conditions"),
    "arm": ("arm", "arms"),
}


LONGEST_NAME = 80
REFERENCES = {
    "good": "where it goes well",
    "bad": "where it goes badly",
    "neutral": "where it is neutral",
    "not met": "where it was not met",
    "absent": "where it was not met",
}


def headline(
    *, outcome: str, design: DesignName, evidence: Evidence, verdicts: Sequence[Verdict], kinds: Sequence[Kind] | None = None
) -> str:
    """One sentence over everything that was tested for one outcome.

    `verdicts` holds one verdict a tested moment, condition or arm; `kinds` what each is, in the same order (default: touchpoints, or arms
    in an experiment). `evidence` is the best that the question allows.
    """
    what = outcome_words(outcome)
    one, many = _nouns(design, kinds)
    tested = len(verdicts)
    count = {verdict: sum(v == verdict for v in verdicts) for verdict in set(verdicts)}
    moments, likely, associated = count.get("moment", 0), count.get("likely", 0), count.get("association", 0)
    if not tested:
        return f"Nothing could be tested for {what}"
    parts = _found(what, one, many, tested, moments, likely, associated, evidence)
    if parts:
        return "; ".join(parts)
    link = evidence == "C"
    if count.get("not identifiable", 0) == tested:
        return f"We cannot tell which {many} {'go with' if link else 'move'} {what}"
    if count.get("too small to matter", 0) == tested:
        return f"None of {_of(tested, one, many)} {'goes with' if link else 'moves'} {what} enough to matter"
    return f"None of {_of(tested, one, many)} was found to {'go with' if link else 'move'} {what}"


def _found(what: str, one: str, many: str, tested: int, moments: int, likely: int, associated: int, evidence: Evidence) -> list[str]:
    """The clauses of a headline that found something, the strongest first."""
    parts = []
    noun = one if tested == 1 else many
    if moments:
        verb = ("changes", "change") if evidence == "A" else ("decides", "decide")
        parts.append(f"{moments} of {tested} {noun} {verb[moments > 1]} {what}")
    if likely:
        head = f"{likely} more" if moments else f"{likely} of {tested} {noun}"
        parts.append(f"{head} {'is' if likely == 1 else 'are'} likely to move {'it' if moments else what}")
    if associated:
        head = f"{associated} more" if parts else f"{associated} of {tested} {noun}"
        parts.append(f"{head} {'is' if associated == 1 else 'are'} associated with {'it' if parts else what}")
    return parts


def _nouns(design: DesignName, kinds: Sequence[Kind] | None) -> tuple[str, str]:
    """`touchpoint`, `touchpoints`; a condition is never called a touchpoint."""
    present = list(dict.fromkeys(kinds or ()))
    if not present:
        return NOUNS["arm"] if design == "experiment" else NOUNS["interaction"]
    if len(present) == 1:
        return NOUNS[present[0]]
    ordered = [kind for kind in NOUNS if kind in present]
    return " or ".join(NOUNS[kind][0] for kind in ordered), " and ".join(NOUNS[kind][1] for kind in ordered)


def _of(tested: int, one: str, many: str) -> str:
    return f"{tested} {one if tested == 1 else many}"


def sub_line(question: Question) -> str:
    """Outcome, number of people, dates and what the intervals are: the line under the headline."""
    numbers = numbers_of(question, ())
    unit = numbers.effect_unit
    outcome = outcome_words(question.outcome).capitalize()
    parts = [f"{outcome}, {unit}" if unit and unit != outcome_words(question.outcome) else outcome]
    parts.append(f"{grouped(question.people)} {people_noun(question, question.people)}")
    if question.units != question.people and unit_noun(question) != "people":
        parts.append(f"{grouped(question.units)} {unit_noun(question)}")
    if question.from_ and question.to:
        parts.append(f"{question.from_[:10]} to {question.to[:10]}")
    parts.append(f"95{NO_BREAK_SPACE}% intervals")
    return " \u00b7 ".join(parts)


def moment_sentence(moment: Moment, numbers: Numbers) -> str:
    """What was found about one moment, in one or a few sentences."""
    name, what = _cut(moment.touchpoint), outcome_words(moment.question.outcome)
    if moment.verdict == "not identifiable":
        question = f"whether {name} goes with {what}" if moment.evidence == "C" else f"what {name} does to {what}"
        return f"We cannot tell {question}. {unidentified_reason(moment)}".strip()
    if moment.verdict == "too small to matter":
        return f"{name}: too small to matter. {_within(moment, numbers)}".strip()
    if moment.verdict == "no evidence":
        return f"{name}: nothing found. {detectable_sentence(moment, numbers)}".strip()
    return " ".join(effect_sentence(moment, effect, numbers) for effect in moment.telling_effects)


def effect_sentence(moment: Moment, effect: Effect, numbers: Numbers) -> str:
    """One effect with its reference, interval and numbers of cases."""
    what, unit = outcome_words(moment.question.outcome), unit_noun(moment.question)
    size = numbers.with_unit(numbers.size(effect.estimate))
    interval = f"95{NO_BREAK_SPACE}% interval {numbers.interval(effect.low, effect.high)}"
    proof = f"({interval}; {grouped(effect.n)} {unit} against {grouped(effect.n_reference)})"
    if moment.evidence == "A":
        named = effect.level and effect.contrast in ("level", "trend")
        who = f"{_cut(moment.touchpoint)} ({_cut(effect.level or '')})" if named else _cut(moment.touchpoint)
        return f"{who} {'raised' if effect.estimate >= 0 else 'lowered'} {what} by {size} against {_cut(effect.reference)} {proof}."
    verb = "was" if moment.evidence == "C" else "is estimated to be"
    way = "higher" if effect.estimate >= 0 else "lower"
    reference = REFERENCES.get(
        effect.reference, f"with {_cut(effect.reference)}" if moment.kind == "arm" else f"at {_cut(effect.reference)}"
    )
    return f"{_lead(effect, moment)}, {what} {verb} {size} {way} than {reference} {proof}."


def _lead(effect: Effect, moment: Moment) -> str:
    """The condition of the sentence: `Where delivery.promise goes badly`."""
    name, level = _cut(moment.touchpoint), effect.level
    if effect.contrast in ("break", "bad-good") and level in (None, "bad"):
        return f"Where {name} goes badly"
    if effect.contrast == "make" and level in (None, "good"):
        return f"Where {name} goes well"
    if level in (None, "met", "present"):
        return f"Where {name} was met"
    return f"Where {name} is {_cut(level)}"


def _within(moment: Moment, numbers: Numbers) -> str:
    band = moment.question.smallest_effect
    effects = moment.main_effects
    if band is None or not effects:
        return ""
    widest = max(effects, key=lambda effect: max(abs(effect.low), abs(effect.high)))
    inside = numbers.interval(widest.low, widest.high)
    return f"Its whole interval ({inside}) lies within {numbers.with_unit(f'±{numbers.plain(band)}')}."


def detectable_sentence(moment: Moment, numbers: Numbers) -> str:
    """What could have been found, where nothing was."""
    if moment.finding.detectable_effect is None:
        return ""
    size = numbers.with_unit(numbers.size(moment.finding.detectable_effect))
    return f"{'A difference' if moment.evidence == 'C' else 'An effect'} of {size} or more would more likely than not have shown."


def response_sentence(response: Response, numbers: Numbers) -> str:
    """How many of everybody answered, and what the mean would be if those who seldom answer counted as often as they are."""
    told = f"{grouped(response.answered)} of {grouped(response.asked)} {response.of} answered ({percent(response.share)}"
    told += f", {percent(response.low)} to {percent(response.high)})"
    if response.mean is None or response.weighted_mean is None:
        return f"{told}."
    return f"{told}; their mean is {numbers.level(response.mean)}, weighted for who answers {numbers.level(response.weighted_mean)}."


def fading_words(moment: Moment, numbers: Numbers) -> str:
    """What the picture of how a moment fades says: half-life or bound, and what it comes to; nothing where it was not followed."""
    finding = moment.finding
    if finding.half_life_days is None or not finding.lasting:
        return ""
    weeks = finding.lasting[0].days[1] / 7
    time = f"{weeks:.0f} weeks" if weeks >= 5 and weeks == int(weeks) else f"{finding.lasting[0].days[1]:g} days"
    parts = [half_life_words(finding.half_life_days) or finding.half_life_days.note or ""]
    summed = "on average over" if finding.lasting[0].averaged else "in all, over"
    for curve in finding.lasting:
        compared = f"{_cut(curve.level or 'met')} against {_cut(curve.reference)}"
        inside = numbers.interval(curve.low, curve.high)
        parts.append(f"{compared}: {numbers.with_unit(numbers.effect(curve.estimate))} ({inside}) {summed} {time}")
    return "; ".join(part for part in parts if part)


def failed(checks: Sequence[Check]) -> tuple[Check, ...]:
    """The checks that failed, then those that want a look."""
    return tuple(check for status in ("fail", "review") for check in checks if check.status == status)


def unidentified_reason(moment: Moment) -> str:
    """Which gate failed."""
    return " ".join(dict.fromkeys(sentence(check.message) for check in _gates(moment)))


def untold_groups(moments: Sequence[Moment]) -> list[tuple[str, tuple[str, ...], str]]:
    """Moments about which nothing can be told, those with the same failed gates together: reason, names, what would settle it."""
    groups: dict[str, list[Moment]] = {}
    for moment in moments:
        groups.setdefault(unidentified_reason(moment), []).append(moment)
    found = []
    for reason, same in groups.items():
        fixes = dict.fromkeys(sentence(check.fix) for moment in same for check in _gates(moment) if check.fix)
        found.append((reason, tuple(moment.name for moment in same), " ".join(fixes)))
    return found


def _gates(moment: Moment) -> Sequence[Check]:
    """The checks that closed the way: those that failed, or else those that want a look."""
    return [check for check in moment.checks if check.status == "fail"] or failed(moment.checks)


def _cut(name: str) -> str:
    """A name in a sentence: a very long one would hide the rest."""
    return printable(name, LONGEST_NAME)


def listed(names: Sequence[str], most: int = 5) -> str:
    """`a, b and c`; a long list ends in how many more there are."""
    shown = list(names[:most])
    if len(names) > most:
        shown.append(f"{len(names) - most} more")
    return " and ".join(part for part in (", ".join(shown[:-1]), shown[-1]) if part) if shown else ""


def sentence(text: str) -> str:
    """A message as a sentence: capital first letter, full stop, without marks of code, numbers as everywhere on the page."""
    text = re.sub(r"(?<=\d),(?=\d{3}\b)", NARROW_SPACE, text.strip().replace("`", ""))
    text = re.sub(r"(?<=\d)%", f"{NO_BREAK_SPACE}%", text)
    if not text:
        return ""
    first = text[0].upper() + text[1:] if text.split(maxsplit=1)[0].isalpha() else text
    return first if first[-1] in ".!?" else f"{first}."
