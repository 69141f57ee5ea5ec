"""Dated changes as cards of the report: did it work."""

from __future__ import annotations

from momot.findings.changes import numbers_of_change, went_sentence
from momot.findings.contract import Change
from momot.findings.labels import CHANGE_WORDS, EVIDENCE_SENTENCES, outcome_words, printable
from momot.findings.sentences import sentence
from momot.findings.told import told
from momot.language import ENGLISH, Language
from momot.report.checks import check_line, ordered
from momot.report.marks.change import change_svg
from momot.report.pages import ChangeCard, ChangeLine
from momot.report.rows import LONGEST_NAME, LONGEST_TEXT

LOOKS = {"worked": "makes", "made it worse": "breaks"}


def change_card(outcomes: tuple[Change, ...], language: Language = ENGLISH) -> ChangeCard:
    """The card of one change."""
    first = outcomes[0]
    return ChangeCard(
        name=printable(first.touchpoint, LONGEST_NAME),
        on=language.day(first.on),
        what=printable(first.what, LONGEST_NAME),
        went=told(went_sentence(first), language),
        outcomes=tuple(_line(change, language) for change in outcomes),
    )


def _line(change: Change, language: Language) -> ChangeLine:
    outcome = printable(outcome_words(change.question, language), LONGEST_NAME)
    said = printable(told(sentence(change.sentence), language), LONGEST_TEXT)
    title = f"{outcome}, {language.day(change.on)}: {said}"
    days = language.says("{n} day", "{n} days", change.period_days or 0)
    others = "Those who meet it against others, by periods of {days}"
    before = "Those who meet it against the line before, by periods of {days}"
    words = language.say(others if change.comparison == "not met" else before, days=days)
    words += language.say("; shaded: left out, as outcomes were settled later") if change.wait_days else ""
    return ChangeLine(
        outcome=outcome,
        verdict=language.say(CHANGE_WORDS[change.verdict]),
        look=LOOKS.get(change.verdict, ""),
        evidence=change.evidence,
        evidence_words=language.say(EVIDENCE_SENTENCES[change.evidence]),
        sentence=said,
        picture=change_svg(change, title, language=language),
        picture_words=words,
        cells=_cells(change, language),
        checks=tuple(check_line(check, language) for check in ordered(change.checks)),
    )


def _cells(change: Change, language: Language) -> tuple[tuple[str, str, str], ...]:
    """Means before and after with the number of units, of those who met it and of those who did not."""
    numbers = numbers_of_change(change, language)
    found = []
    for met in (True, False):
        sides = {group.after: group for group in change.groups if group.met == met}
        shown = [
            language.say("{mean} of {n}", mean=numbers.level(group.mean), n=language.grouped(group.n))
            if group.mean is not None
            else language.say("nobody")
            for group in (sides.get(False), sides.get(True))
            if group is not None
        ]
        if len(shown) == 2:
            found.append((language.say("met it" if met else "did not"), shown[0], shown[1]))
    return tuple(found)
