"""Two runs against each other: verdicts, effects with the uncertainty of their difference, records, checks.

A verdict may change by a hair; whether the effect did is another question, and is asked of every contrast that both runs estimated.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import msgspec
import numpy as np

from momot.findings.contract import Check, Document, Effect, Question
from momot.findings.diff_contract import CheckDiff, Diff, EffectDiff, MomentDiff, QuestionDiff, Run
from momot.findings.findings import Findings, Moment
from momot.findings.labels import DECISIVE, VERDICT_WORDS, capital, contrast_words, printable
from momot.findings.numbers import numbers_of
from momot.findings.verdict import DISCOVERY_RATE
from momot.language import ENGLISH, Language
from momot.stats.discovery import benjamini_hochberg
from momot.stats.intervals import interval, t_quantile
from momot.vocabulary import DiffChange
from momot.vocabulary.words import DiffOverlap

LONGEST_NAME = 80
COUNTED: dict[DiffChange, tuple[str, str]] = {
    "became decisive": ("{n} became decisive", "{n} became decisive"),
    "stopped": ("{n} stopped", "{n} stopped"),
    "changed effect": ("{n} changed in effect", "{n} changed in effect"),
    "changed verdict": ("{n} changed in verdict", "{n} changed in verdict"),
    "new": ("{n} new", "{n} new"),
    "gone": ("{n} gone", "{n} gone"),
}
"""How many moments changed in which way, the gravest first."""
MOST_EFFECTS = 2  # named in a sentence; all are in `effects`


def compare(before: Findings, after: Findings, *, names: tuple[str, str] = ("before", "after")) -> Diff:
    """What changed from one run to the other. `names` are what the runs are called."""
    same_build = before.document.build == after.document.build
    asked = tuple(dict.fromkeys([q.id for q in before.questions] + [q.id for q in after.questions]))
    same = same_build and before.document.period == after.document.period
    questions = tuple(_question(name, before, after, same_records=same) for name in asked)
    apart = {one.question: one.overlap for one in questions if one.overlap is not None}
    moments = _tested([_moment(pair, tested=apart[pair[0]] != "same") for pair in _pairs(before, after, apart)], before, after)
    was, now = _refused(before.document), _refused(after.document)
    return Diff(
        before=_run(before.document, names[0]),
        after=_run(after.document, names[1]),
        same_build=same_build,
        headline=diff_headline(moments, questions),
        questions=questions,
        moments=moments,
        checks=_checks(before, after, apart),
        refused=tuple(sorted(now - was)),
        accepted=tuple(sorted(was - now)),
    )


Pair = tuple[str, str, Moment | None, Moment | None]


def _pairs(before: Findings, after: Findings, questions: Mapping[str, object]) -> list[Pair]:
    """Every moment of the questions that both answered: the later run's order, then those that are gone."""
    was, now = ({(m.question.id, m.name): m for m in run.moments} for run in (before, after))
    keys = [key for key in dict.fromkeys([*now, *was]) if key[0] in questions]
    return [(*key, was.get(key), now.get(key)) for key in keys]


def _moment(pair: Pair, *, tested: bool) -> MomentDiff:
    """One moment, without q-values and words."""
    question, name, was, now = pair
    effects = _effects(was, now, tested=tested) if was is not None and now is not None else ()
    return MomentDiff(
        question=question,
        moment=name,
        change="same",
        verdict_before=None if was is None else was.verdict,
        verdict_after=None if now is None else now.verdict,
        sentence="",
        effects=effects,
    )


def _effects(was: Moment, now: Moment, *, tested: bool) -> tuple[EffectDiff, ...]:
    """The contrasts that both estimated against the same reference. Errors are read off the intervals, so they hold what those hold."""
    if was.question.unit != now.question.unit:
        return ()
    earlier = {(e.contrast, e.level, e.reference): e for e in was.main_effects}
    found = []
    for effect in now.main_effects:
        old = earlier.get((effect.contrast, effect.level, effect.reference))
        if old is None:
            continue
        answer = interval(effect.estimate - old.estimate, math.hypot(_error(old), _error(effect)), math.inf) if tested else None
        found.append(
            EffectDiff(
                contrast=effect.contrast,
                level=effect.level,
                reference=effect.reference,
                before=old.estimate,
                after=effect.estimate,
                difference=effect.estimate - old.estimate,
                low=None if answer is None else answer.low,
                high=None if answer is None else answer.high,
                p_value=None if answer is None else answer.p_value,
                q_value=None,
                beyond=False,
            )
        )
    return tuple(found)


def _error(effect: Effect) -> float:
    return (effect.high - effect.low) / 2 / t_quantile(0.975, math.inf)


def _tested(moments: Sequence[MomentDiff], before: Findings, after: Findings) -> tuple[MomentDiff, ...]:
    """With q-values over all contrasts of the two runs, what changed, and the words for it."""
    p = [effect.p_value for moment in moments for effect in moment.effects]
    q = iter(benjamini_hochberg(np.array([np.nan if value is None else value for value in p])).tolist())
    units = {question.id: question for run in (before, after) for question in run.questions}
    found = []
    for moment in moments:
        effects = tuple(_with_q(effect, next(q)) for effect in moment.effects)
        change = _change(moment, effects)
        told = msgspec.structs.replace(moment, effects=effects, change=change)
        found.append(msgspec.structs.replace(told, sentence=diff_sentence(told, units[moment.question])))
    return tuple(found)


def _with_q(effect: EffectDiff, q: float) -> EffectDiff:
    return effect if math.isnan(q) else msgspec.structs.replace(effect, q_value=q, beyond=q <= DISCOVERY_RATE)


def _change(moment: MomentDiff, effects: Sequence[EffectDiff]) -> DiffChange:
    """What is said of a moment, the gravest first."""
    if moment.verdict_before is None or moment.verdict_after is None:
        return "new" if moment.verdict_before is None else "gone"
    was, now = moment.verdict_before in DECISIVE, moment.verdict_after in DECISIVE
    if was != now:
        return "became decisive" if now else "stopped"
    if any(effect.beyond for effect in effects):
        return "changed effect"
    return "changed verdict" if moment.verdict_before != moment.verdict_after else "same"


def diff_sentence(moment: MomentDiff, question: Question, language: Language = ENGLISH) -> str:
    """What changed and whether the effect itself did."""
    say = language.say
    was, now = (say(VERDICT_WORDS[v]).lower() if v is not None else "" for v in (moment.verdict_before, moment.verdict_after))
    if moment.change == "new":
        return say("Not there before; now: {verdict}.", verdict=now)
    if moment.change == "gone":
        return say("No longer there; it was: {verdict}.", verdict=was)
    head = capital(f"{was} \u2192 {now}." if was != now else f"{now}.")
    beyond = [effect for effect in moment.effects if effect.beyond]
    if beyond:
        strongest = sorted(beyond, key=lambda e: (e.p_value or 0.0, -abs(e.difference)))[:MOST_EFFECTS]
        return f"{head} {' '.join(_difference(effect, question, language) for effect in strongest)}"
    if moment.change == "same" or not moment.effects:
        return head
    if all(effect.low is None for effect in moment.effects):
        return f"{head} {say('The same records: momot, its settings or the other questions differ, not the world.')}"
    largest = max(moment.effects, key=lambda e: abs(e.difference) / max((e.high or 0.0) - (e.low or 0.0), 1e-300))
    return f"{head} {say('Its effect did not change beyond its uncertainty:')} {_difference(largest, question, language)}"


def _difference(effect: EffectDiff, question: Question, language: Language) -> str:
    """One contrast in both runs, and the difference with its interval where it was tested."""
    half = ((effect.high or 0.0) - (effect.low or 0.0)) / 2 or abs(effect.difference) or 1.0
    drawn = Effect(
        question=question.id, moment="", contrast=effect.contrast, level=effect.level, reference=effect.reference, segment=None, days=None,
        n=0, n_reference=0, mean=0.0, mean_reference=0.0, estimate=effect.after, low=effect.after - half, high=effect.after + half,
        calibrated=False, p_value=1.0, q_value=None,
    )  # fmt: skip
    numbers = numbers_of(question, [drawn], language)
    words = capital(printable(contrast_words(drawn, language=language), LONGEST_NAME))
    before, after = numbers.effect(effect.before), numbers.effect(effect.after)
    if effect.low is None or effect.high is None:
        return language.say("{compared}: {before} before, {after} now.", compared=words, before=before, after=after)
    return language.say(
        "{compared}: {before} before, {after} now; difference {size} (95\u00a0% interval {interval}).",
        compared=words, before=before, after=after, size=numbers.with_unit(numbers.effect(effect.difference)),
        interval=numbers.interval(effect.low, effect.high),
    )  # fmt: skip


def _question(name: str, before: Findings, after: Findings, *, same_records: bool) -> QuestionDiff:
    was, now = (next((q for q in run.questions if q.id == name), None) for run in (before, after))
    one = now or was
    return QuestionDiff(
        question=name,
        overlap=None if was is None or now is None else _overlap(was, now, same_records=same_records),
        units_before=None if was is None else was.units,
        units_after=None if now is None else now.units,
        people_before=None if was is None else was.people,
        people_after=None if now is None else now.people,
        from_before=None if was is None else was.from_,
        from_after=None if now is None else now.from_,
        to_before=None if was is None else was.to,
        to_after=None if now is None else now.to,
        mean_before=None if was is None else was.mean,
        mean_after=None if now is None else now.mean,
        unit=one.unit if one is not None else "",
    )


def _overlap(was: Question, now: Question, *, same_records: bool) -> DiffOverlap:
    """How far two answers rest on the same records, as far as the dates tell."""
    if same_records:
        return "same"
    if was.from_ is None or was.to is None or now.from_ is None or now.to is None:
        return "unknown"
    if was.to < now.from_ or now.to < was.from_:
        return "apart"
    return "nested" if now.from_ <= was.from_ and was.to <= now.to else "partly"


def _checks(before: Findings, after: Findings, questions: Mapping[str, object]) -> tuple[CheckDiff, ...]:
    """Checks that speak differently now, of questions and moments that both runs have; `pass` and `skipped` that come or go say nothing."""
    was, now = _all_checks(before), _all_checks(after)
    moments = [{(m.question.id, m.name) for m in run.moments} for run in (before, after)]
    found = []
    for key in dict.fromkeys([*now, *was]):
        question, moment, name = key
        if question not in questions or (moment is not None and not all((question, moment) in there for there in moments)):
            continue
        old, new = was.get(key), now.get(key)
        states = {check.status for check in (old, new) if check is not None}
        if (old and old.status) == (new and new.status) or states <= {"pass", "skipped"}:
            continue
        found.append(
            CheckDiff(
                question=question,
                moment=moment,
                name=name,
                before=None if old is None else old.status,
                after=None if new is None else new.status,
                message=(new or old).message,  # type: ignore[union-attr]  # one of them is there
            )
        )
    return tuple(found)


GRAVITY = ("skipped", "pass", "review", "fail")


def _all_checks(run: Findings) -> dict[tuple[str, str | None, str], Check]:
    """The gravest check of each name, by question and moment."""
    found: dict[tuple[str, str | None, str], Check] = {}
    listed = [((q.id, None), check) for q in run.questions for check in q.checks]
    listed += [((m.question.id, m.name), check) for m in run.moments for check in m.checks]  # type: ignore[misc]
    for (question, moment), check in listed:
        key = (question, moment, check.name)
        if key not in found or GRAVITY.index(check.status) > GRAVITY.index(found[key].status):
            found[key] = check
    return found


def _refused(document: Document) -> set[str]:
    return {f"{one.question}: {one.column}" for one in document.refused}


def _run(document: Document, name: str) -> Run:
    return Run(
        name=name,
        project=document.project,
        momot=document.momot,
        build=document.build,
        seed=document.seed,
        period=document.period,
        questions=tuple(question.id for question in document.questions),
    )


def diff_headline(moments: Sequence[MomentDiff], questions: Sequence[QuestionDiff], language: Language = ENGLISH) -> str:
    """The counts as one sentence."""
    if not any(one.overlap is not None for one in questions):
        return language.say("The two runs have no question in common")
    counts: dict[DiffChange, int] = {}
    for moment in moments:
        counts[moment.change] = counts.get(moment.change, 0) + 1
    parts = [language.says(*COUNTED[change], counts[change]) for change in COUNTED if counts.get(change)]
    same = counts.get("same", 0)
    if not parts:
        return language.says("Nothing changed: {n} moment as before", "Nothing changed: {n} moments as before", same)
    return language.says("{parts}; {n} as before", "{parts}; {n} as before", same, parts=", ".join(parts))
