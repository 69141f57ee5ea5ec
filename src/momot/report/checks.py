"""Checks as lines of the report."""

from __future__ import annotations

from collections.abc import Sequence

from momot.findings.contract import Check
from momot.findings.labels import CHECK_WORDS, STATUS_WORDS, printable
from momot.findings.sentences import sentence
from momot.report.pages import CheckLine
from momot.report.rows import LONGEST_TEXT

CHECK_MARKS = {"pass": "\u2713", "review": "!", "fail": "\u2717", "skipped": "\u2013"}


def ordered(checks: Sequence[Check]) -> list[Check]:
    """What failed first, then what wants a look, then the rest."""
    order = {"fail": 0, "review": 1, "skipped": 3, "pass": 2}
    return sorted(checks, key=lambda check: order[check.status])


def check_line(check: Check) -> CheckLine:
    """One check in words."""
    return CheckLine(
        status=check.status,
        mark=CHECK_MARKS[check.status],
        title=CHECK_WORDS[check.name] if check.status == "pass" else check.name.replace("_", " ").capitalize(),
        status_words=STATUS_WORDS[check.status],
        message=printable(sentence(check.message), LONGEST_TEXT),
        fix=printable(sentence(check.fix or ""), LONGEST_TEXT),
    )
