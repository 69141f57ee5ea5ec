"""Dated changes as cards of the report: did it work."""

from __future__ import annotations

from momot.findings.changes import numbers_of_change, went_sentence
from momot.findings.contract import Change
from momot.findings.labels import CHANGE_WORDS, EVIDENCE_SENTENCES, outcome_words, printable
from momot.findings.numbers import grouped
from momot.findings.sentences import sentence
from momot.report.checks import check_line, ordered
from momot.report.marks.change import change_svg
from momot.report.pages import ChangeCard, ChangeLine
from momot.report.rows import LONGEST_NAME, LONGEST_TEXT

LOOKS = {"worked": "makes", "made it worse": "breaks"}


def change_card(outcomes: tuple[Change, ...]) -> ChangeCard:
    """The card of one change."""
    first = outcomes[0]
    return ChangeCard(
        name=printable(first.touchpoint, LONGEST_NAME),
        on=first.on,
        what=printable(first.what, LONGEST_NAME),
        went=went_sentence(first),
        outcomes=tuple(_line(change) for change in outcomes),
    )


def _line(change: Change) -> ChangeLine:
    outcome = printable(outcome_words(change.question), LONGEST_NAME)
    title = f"{outcome} around {change.on}: {printable(change.sentence, LONGEST_TEXT)}"
    compared = "others" if change.comparison == "not met" else "the line before"
    shaded = "; shaded: left out, as outcomes were settled later" if change.wait_days else ""
    words = f"Those who meet it, against {compared}, by periods of {change.period_days} days{shaded}"
    return ChangeLine(
        outcome=outcome,
        verdict=CHANGE_WORDS[change.verdict],
        look=LOOKS.get(change.verdict, ""),
        evidence=change.evidence,
        evidence_words=EVIDENCE_SENTENCES[change.evidence],
        sentence=printable(sentence(change.sentence), LONGEST_TEXT),
        picture=change_svg(change, title),
        picture_words=words,
        cells=_cells(change),
        checks=tuple(check_line(check) for check in ordered(change.checks)),
    )


def _cells(change: Change) -> tuple[tuple[str, str, str], ...]:
    """Means before and after with the number of units, of those who met it and of those who did not."""
    numbers = numbers_of_change(change)
    found = []
    for met in (True, False):
        sides = {group.after: group for group in change.groups if group.met == met}
        shown = [
            f"{numbers.level(group.mean)} of {grouped(group.n)}" if group.mean is not None else "nobody"
            for group in (sides.get(False), sides.get(True))
            if group is not None
        ]
        if len(shown) == 2:
            found.append(("met it" if met else "did not", shown[0], shown[1]))
    return tuple(found)
