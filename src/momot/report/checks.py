"""Checks as lines of the report."""

from __future__ import annotations

from collections.abc import Sequence

from momot.findings.contract import Check
from momot.findings.labels import CHECK_WORDS, NAMES_OF_CHECKS, STATUS_WORDS, printable
from momot.findings.sentences import sentence
from momot.findings.told import marked
from momot.language import ENGLISH, Language
from momot.report.pages import CheckLine
from momot.report.rows import LONGEST_TEXT

CHECK_MARKS = {"pass": "\u2713", "review": "!", "fail": "\u2717", "skipped": "\u2013"}


def ordered(checks: Sequence[Check]) -> list[Check]:
    """What failed first, then what wants a look, then the rest."""
    order = {"fail": 0, "review": 1, "skipped": 3, "pass": 2}
    return sorted(checks, key=lambda check: order[check.status])


def check_line(check: Check, language: Language = ENGLISH) -> CheckLine:
    """One check in words: by what it says where it passed, by its name where it did not."""
    return CheckLine(
        status=check.status,
        mark=CHECK_MARKS[check.status],
        title=language.say(CHECK_WORDS[check.name] if check.status == "pass" else NAMES_OF_CHECKS[check.name]),
        status_words=language.say(STATUS_WORDS[check.status]),
        message=marked(printable(sentence(check.message), LONGEST_TEXT), language),
        fix=marked(printable(sentence(check.fix or ""), LONGEST_TEXT), language),
    )
