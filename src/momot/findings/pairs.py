"""Pairs in order as verdicts and sentences: was a letdown repaired, and does that bring people back. The only place that decides on it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import msgspec
import numpy as np

from momot.designs import Designed
from momot.effects.estimates import ContrastEstimate
from momot.effects.pairs import PairEstimate
from momot.findings.contract import Pair, PairEffect
from momot.findings.labels import outcome_words, printable
from momot.findings.numbers import Numbers, decimals_for
from momot.findings.verdict import DISCOVERY_RATE
from momot.language import ENGLISH, Language
from momot.stats.discovery import q_values
from momot.stats.intervals import Interval
from momot.vocabulary import Evidence, PairVerdict, QualityName, Recovery
from momot.vocabulary.records import Check

LONGEST_NAME = 80


WENT: dict[QualityName, str] = {"bad": "went badly", "neutral": "was neutral", "good": "went well"}
APART = "Of those for whom {first} {went}, {then} going well within {days}, against it going badly: {outcome} {size}"
MET = "Of those for whom {first} {went}, {then} within {days}, against not meeting it that day: {outcome} {size}"
MET_WELL = "Of those for whom {first} {went}, {then} going well within {days}, against not meeting it that day: {outcome} {size}"
FOUND: dict[tuple[PairVerdict, bool], str] = {
    ("repairs", True): ", it repairs",
    ("repairs", False): ", which goes together with a repair",
    ("makes it worse", True): ", it makes it worse",
    ("makes it worse", False): ", which goes together with it getting worse",
    ("no evidence", True): ", no evidence",
    ("no evidence", False): ", no evidence",
}
"""What a verdict comes to, and whether it is told apart from who meets it."""
BESIDE: dict[Recovery | None, str] = {
    "above": "beside those never let down they even stand above, {size}",
    "below": "beside those never let down they stay below, {size}",
    "no difference seen": "beside those never let down no difference is seen any more, {size}",
}


@dataclass(frozen=True, slots=True)
class PairAnswered:
    """One pair with the question it was asked of."""

    designed: Designed
    estimate: PairEstimate


def answer_pairs(answered: Sequence[PairAnswered]) -> tuple[Pair, ...]:
    """The pairs of one run; false discoveries are counted over all of them and within each question."""
    p = [_p(one.estimate) for one in answered]
    q = q_values(np.array([np.nan if value is None else value for value in p]), [one.designed.ask.id for one in answered])
    return tuple(_pair(one, None if np.isnan(value) else float(value)) for one, value in zip(answered, q.tolist(), strict=True))


def _p(one: PairEstimate) -> float | None:
    """Of how it was repaired; else of having been met well, or at all."""
    decisive = one.apart or one.repaired
    return None if decisive is None else decisive.p_value


def _pair(one: PairAnswered, q: float | None) -> Pair:
    found, ask = one.estimate, one.designed.ask
    better = 1 if ask.better == "higher" else -1
    decisive: Interval | ContrastEstimate | None = found.apart or found.repaired
    verdict = _verdict(decisive, q, better, ask.smallest_effect)
    evidence: Evidence = "B" if found.apart is not None else "C"
    back = _back(found.beside, better) if verdict == "repairs" else None
    pair = Pair(
        question=ask.id,
        first=found.rows.pair.first,
        went=found.rows.pair.went,
        then=found.rows.pair.then,
        within_days=found.rows.pair.within_days,
        declared=found.rows.declared,
        verdict=verdict,
        evidence=evidence,
        q_value=q,
        people=found.rows.people,
        let_down=found.let_down,
        effects=tuple(_effects(found)),
        recovery=back,
        checks=_checks(found, evidence),
        sentence="",
    )
    return msgspec.structs.replace(pair, sentence=pair_words(pair, one.designed.unit))


def _verdict(found: Interval | ContrastEstimate | None, q: float | None, better: int, least: float | None) -> PairVerdict:
    if found is None or q is None:
        return "cannot tell"
    band = least or 0.0
    if q > DISCOVERY_RATE or not (found.low > band or found.high < -band):
        return "no evidence"
    return "repairs" if found.estimate * better > 0 else "makes it worse"


def _back(beside: Interval | None, better: int) -> Recovery:
    """Where those who were repaired stand beside those who were never let down."""
    if beside is None:
        return "not told"
    if beside.low <= 0 <= beside.high:
        return "no difference seen"
    return "above" if beside.estimate * better > 0 else "below"


def _effects(found: PairEstimate) -> list[PairEffect]:
    effects = []
    for name, one in (("well", found.well), ("badly", found.badly), ("met", found.met), ("deficit", found.deficit)):
        if one is not None:
            effects.append(
                PairEffect(
                    contrast=name,  # type: ignore[arg-type]
                    estimate=one.estimate,
                    low=one.low,
                    high=one.high,
                    p_value=one.p_value,
                    n=one.n,
                    n_reference=one.n_reference,
                )
            )
    if found.apart is not None and found.well is not None and found.badly is not None:
        effects.append(_between("well-badly", found.apart, found.well.n, found.badly.n))
    if found.beside is not None and found.repaired is not None and found.deficit is not None:
        effects.append(_between("beside never", found.beside, found.repaired.n, found.deficit.n_reference))
    return effects


def _between(name: str, one: Interval, n: int, n_reference: int) -> PairEffect:
    return PairEffect(
        contrast=name,  # type: ignore[arg-type]
        estimate=one.estimate,
        low=one.low,
        high=one.high,
        p_value=one.p_value,
        n=n,
        n_reference=n_reference,
    )


def _checks(found: PairEstimate, evidence: Evidence) -> tuple[Check, ...]:
    told = tuple(check for check in found.checks if check.status in ("fail", "review"))
    if evidence == "B" or found.repaired is None:
        return told
    why = "Nothing records how it goes, so having met it" if found.met is not None else "Too few met it badly, so having met it well"
    message = f"{why} is compared with not having met it, and who meets it may differ in more than is held."
    return (*told, Check(name="calibration", status="skipped", message=message, fix="Randomise who is offered the repair."))


def pair_words(pair: Pair, unit: str, language: Language = ENGLISH) -> str:
    """What is found of a pair, in one sentence: `unit` is that of its question."""
    say, effects = language.say, {effect.contrast: effect for effect in pair.effects}
    apart = effects.get("well-badly")
    decisive = apart or effects.get("met") or effects.get("well")
    values = {
        "first": printable(pair.first, LONGEST_NAME),
        "went": say(WENT[pair.went]),
        "then": printable(pair.then, LONGEST_NAME),
        "days": language.says(
            "{days} day", "{days} days", 2 if pair.within_days % 1 else int(pair.within_days), days=f"{pair.within_days:g}"
        ),
        "outcome": outcome_words(pair.question, language),
    }
    if decisive is None:
        return say(
            "Of those for whom {first} {went}: too few met {then} within {days} to tell whether it repairs anything for {outcome}.",
            **values,
        )
    factor = 100.0 if unit == "share" else 1.0
    numbers = Numbers(unit, decimals_for([(decisive.high - decisive.low) / 2 * factor]), language)
    size = f"{numbers.with_unit(numbers.effect(decisive.estimate))} ({numbers.interval(decisive.low, decisive.high)})"
    head = APART if apart is not None else MET if "met" in effects else MET_WELL
    text = say(head, size=size, **values)
    beside = effects.get("beside never")
    parts = [f"{text}{say(FOUND[pair.verdict, pair.evidence == 'B'])}" if (pair.verdict, pair.evidence == "B") in FOUND else text]
    if pair.recovery in BESIDE and beside is not None:
        where = f"{numbers.effect(beside.estimate)} ({numbers.interval(beside.low, beside.high)})"
        parts.append(say(BESIDE[pair.recovery], size=where))
    return f"{'; '.join(parts)}."
