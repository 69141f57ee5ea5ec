"""What happened after somebody acted: dated changes of the touchpoint, what repairs it, and its effect from run to run."""

from __future__ import annotations

from dataclasses import dataclass

from momot.errors import DataError
from momot.findings.changes import by_change
from momot.findings.contract import Effect
from momot.findings.labels import VERDICT_WORDS, contrast_words, printable
from momot.findings.numbers import Numbers, numbers_of
from momot.report.changes import change_card
from momot.report.pages import ChangeCard, PairCard
from momot.report.whom import pair_cards
from momot.web import periods
from momot.web.call import address
from momot.web.selection import View
from momot.web.state import State

MOST_RUNS = 8
"""Runs that are read for one page: the last ones."""


@dataclass(frozen=True, slots=True)
class RunEffect:
    """What a moment did in one run."""

    run: str
    address: str
    period: str
    verdict: str
    cells: tuple[tuple[str, str], ...]  # number and interval of each contrast; empty where it was not estimated
    this: bool


@dataclass(frozen=True, slots=True)
class Since:
    """Everything that can be told of what came after."""

    changes: tuple[ChangeCard, ...]
    pairs: tuple[PairCard, ...]
    contrasts: tuple[str, ...]
    runs: tuple[RunEffect, ...]


def since(state: State, one: View, moment: str, touchpoint: str) -> Since:
    """What is known of one moment of the question that is shown."""
    asked = one.findings.question(one.question.id)
    own = tuple(pair for pair in asked.pairs if touchpoint in (pair.first.partition("@")[0], pair.then.partition("@")[0]))
    pairs = tuple(card for card, pair in zip(pair_cards(asked, one.language), asked.pairs, strict=True) if pair in own)
    contrasts, runs = _runs(state, one, moment)
    return Since(
        changes=tuple(
            change_card(outcomes, one.language) for outcomes in by_change([one for one in asked.changes if one.touchpoint == touchpoint])
        ),
        pairs=pairs,
        contrasts=contrasts,
        runs=runs if len(runs) > 1 else (),
    )


def _runs(state: State, one: View, moment: str) -> tuple[tuple[str, ...], tuple[RunEffect, ...]]:
    """Its main effects in the last runs that answered the question, the newest first; the contrasts are those of the run that is shown."""
    here = next((each for each in one.findings.question(one.question.id) if each.name == moment), None)
    if here is None:
        return (), ()
    wanted = [(effect.contrast, effect.level, effect.reference) for effect in here.telling_effects]
    numbers = numbers_of(one.question, here.telling_effects, one.language)
    found = []
    for run in state.runs()[:MOST_RUNS]:
        try:
            findings = state.findings(run)
        except DataError:  # another version wrote it, or it has just been removed
            continue
        if periods.of(findings) != periods.of(one.findings):  # of another period it is another number, and says nothing of time
            continue
        then = next((each for each in findings if each.name == moment and each.question.id == one.question.id), None)
        if then is None or then.question.unit != one.question.unit:
            continue
        effects = {(effect.contrast, effect.level, effect.reference): effect for effect in then.main_effects}
        days = [day for day in (then.question.from_, then.question.to) if day]
        found.append(
            RunEffect(
                run=one.language.say("Run {number}", number=one.language.grouped(run.number)),
                address=address("/moment", name=moment, outcome=one.question.id, run=str(run.number)),
                period=one.language.days(*days) if len(days) == 2 else "".join(one.language.day(day) for day in days),
                verdict=one.language.say(VERDICT_WORDS[then.verdict]),
                cells=tuple(_cell(effects.get(key), numbers) for key in wanted),
                this=run.number == one.run.number,
            )
        )
    words = tuple(printable(contrast_words(effect, language=one.language), 80) for effect in here.telling_effects)
    return words, tuple(found)


def _cell(effect: Effect | None, numbers: Numbers) -> tuple[str, str]:
    return ("", "") if effect is None else (numbers.effect(effect.estimate), numbers.interval(effect.low, effect.high))
