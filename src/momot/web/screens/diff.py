"""What changed between two kept runs: which moments, on which records, which checks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from starlette.responses import Response

from momot.findings.contract import Question
from momot.findings.diff import diff_headline, diff_sentence
from momot.findings.diff_contract import CheckDiff, Diff, MomentDiff
from momot.findings.labels import DIFF_WORDS, OVERLAP_WORDS, STATUS_WORDS, capital, outcome_words, printable
from momot.language import Language
from momot.vocabulary import CheckStatus
from momot.web.call import Call, address
from momot.web.paging import Group, group, page_asked
from momot.web.pieces import moment_address
from momot.web.rendering import NonePage, render
from momot.web.saying import said
from momot.web.selection import alike, kept_run

LONGEST_TEXT = 600
MOST_CHECKS = 40
MOST_LINES = 100
"""Changed moments on one page."""


@dataclass(frozen=True, slots=True)
class DiffLine:
    """One moment of which something changed."""

    name: str
    address: str
    outcome: str
    change: str
    sentence: str


@dataclass(frozen=True, slots=True)
class DiffPage:
    """Everything `diff.html` may use."""

    heading: str
    names: tuple[str, str]
    sub: str
    records: tuple[tuple[str, str, str, str], ...]  # outcome, before, after, how far the records overlap
    lines: tuple[DiffLine, ...]
    pages: tuple[Group, ...]  # of the moments, where they are more than one page
    same: int
    checks: tuple[tuple[str, str, str], ...]  # of what, from status to status, message
    refused: tuple[str, ...]
    accepted: tuple[str, ...]
    options: tuple[int, ...]
    before: int
    after: int
    download: str


def diff_page(call: Call) -> Response:
    """What changed from one kept run to another; by default from the last but one to the last of one period."""
    from momot import api

    kept = call.state.runs()
    if len(kept) < 2:
        say = call.language.say
        return render(call, "none.html", NonePage(say("What changed"), say("There are no two runs to compare yet.")))
    last = alike(call.state)
    before = kept_run(call.state, call.query.get("before") or str(last[1].number))
    after = kept_run(call.state, call.query.get("after") or str(last[0].number))
    diff: Diff = call.state.views.of(("diff", before.content, after.content), lambda: api.diff(before, after))
    shown = [one for one in diff.moments if one.change != "same"]
    language = call.language
    asked = {question.id: question for run in (before, after) for question in call.state.findings(run).questions}
    stretches = [shown[start : start + MOST_LINES] for start in range(0, max(len(shown), 1), MOST_LINES)]
    number = page_asked(call.query.get("rows", ""), len(stretches))
    numbers: dict[str, str | None] = {"before": str(before.number), "after": str(after.number)}
    page = DiffPage(
        heading=printable(diff_headline(diff.moments, diff.questions, language), 300),
        names=(language.say("Run {number}", number=before.number), language.say("Run {number}", number=after.number)),
        sub=_sub(before.number, after.number, same=diff.same_records, language=language),
        records=tuple(
            (
                capital(printable(outcome_words(one.question, language), 80)),
                _records(one.people_before, one.from_before, one.to_before, language),
                _records(one.people_after, one.from_after, one.to_after, language),
                language.say(OVERLAP_WORDS[one.overlap]) if one.overlap else language.say("Asked in one run only."),
            )
            for one in diff.questions
        ),
        lines=tuple(_line(one, after.number, asked[one.question], language) for one in stretches[number - 1]),
        pages=(_pages([len(rows) for rows in stretches], number, numbers, call),) if len(stretches) > 1 else (),
        same=len(diff.moments) - len(shown),
        checks=tuple(_check(one, language) for one in diff.checks[:MOST_CHECKS]),
        refused=tuple(printable(one, 120) for one in diff.refused),
        accepted=tuple(printable(one, 120) for one in diff.accepted),
        options=tuple(run.number for run in kept),
        before=before.number,
        after=after.number,
        download=address("/download/diff.csv", numbers),
    )
    return render(call, "diff.html", page)


def _sub(before: int, after: int, *, same: bool, language: Language) -> str:
    if same:
        return language.say("From run {before} to run {after}: the same build, so the records are the same", before=before, after=after)
    return language.say("From run {before} to run {after}", before=before, after=after)


def _pages(sizes: Sequence[int], here: int, numbers: dict[str, str | None], call: Call) -> Group:
    """Where the other changed moments are."""
    head = call.language.says("{n} changed", "{n} changed", sum(sizes))
    return group(head, sizes, 1, here, lambda page: f"{address(call.path, numbers, rows=page)}#moments", call.language)


def _records(people: int | None, start: str | None, end: str | None, language: Language) -> str:
    if people is None:
        return language.say("not asked")
    counted = language.says("{n} person", "{n} people", people)
    return f"{counted}, {language.days(start, end)}" if start and end else counted


def _line(one: MomentDiff, run: int, question: Question, language: Language) -> DiffLine:
    return DiffLine(
        name=printable(one.moment, 120),
        address=moment_address(one.moment, {"outcome": one.question, "run": str(run)}),
        outcome=printable(outcome_words(one.question, language), 80),
        change=language.say(DIFF_WORDS[one.change]),
        sentence=printable(diff_sentence(one, question, language), LONGEST_TEXT),
    )


def _check(one: CheckDiff, language: Language) -> tuple[str, str, str]:
    return (
        printable(one.moment or outcome_words(one.question, language), 80),
        f"{_status(one.before, language)} \u2192 {_status(one.after, language)}",
        said(one.message, language),
    )


def _status(status: CheckStatus | None, language: Language) -> str:
    return language.say(STATUS_WORDS[status]) if status else language.say("none")
