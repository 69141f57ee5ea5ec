"""The ranked table: whole while it is short, else in pages of some lines, so that a screen of two hundred moments stays light."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from momot.findings.forest import Forest, Row
from momot.report.pages import TableRow
from momot.report.rows import table_rows
from momot.web.behind import reach_link
from momot.web.call import address
from momot.web.paging import Group, group, page_asked
from momot.web.pieces import moment_address

WHOLE = 45
"""Lines of a table that is not cut."""
LINES = 25
"""Lines of a page of one that is."""


@dataclass(frozen=True, slots=True)
class Ranked:
    """The lines of one page, those that decide and those that don't, and the other pages."""

    decisive: tuple[TableRow, ...]
    quiet: tuple[TableRow, ...]
    unfolded: bool
    groups: tuple[Group, ...] = ()


def ranked(drawn: Forest, query: dict[str, str | None], asked: str, heads: tuple[str, str], *, stale: bool) -> Ranked:
    """The page of the table that `asked` (from 1; anything else is the first) names. `heads`: what the two groups are called.

    Numbers of people lead to them, but those of a `stale` run, whom the present build may not have.
    """
    if _lines([*drawn.decisive, *drawn.quiet]) <= WHOLE:
        return Ranked(_shown(drawn.decisive, drawn, query, stale), _shown(drawn.quiet, drawn, query, stale), not drawn.decisive)
    loud, quiet = cut(drawn.decisive), cut(drawn.quiet)
    pages = [*loud, *quiet]
    number = page_asked(asked, len(pages))
    shown = _shown(pages[number - 1], drawn, query, stale)
    groups = tuple(
        group(head, [len(rows) for rows in part], first, number, lambda page: f"{address('/', query, rows=page)}#ranked", drawn.language)
        for head, part, first in ((heads[0], loud, 1), (heads[1], quiet, len(loud) + 1))
        if part
    )
    return Ranked(shown, (), False, groups) if number <= len(loud) else Ranked((), shown, True, groups)


def cut(rows: Sequence[Row]) -> list[list[Row]]:
    """The rows in pages of at most `LINES` lines; a moment with its levels is never cut, however many it has."""
    pages: list[list[Row]] = []
    for row in rows:
        if pages and _lines([*pages[-1], row]) <= LINES:
            pages[-1].append(row)
        else:
            pages.append([row])
    return pages


def _lines(rows: Sequence[Row]) -> int:
    return sum(1 + len(row.below) for row in rows)


def _shown(rows: Sequence[Row], drawn: Forest, query: dict[str, str | None], stale: bool) -> tuple[TableRow, ...]:
    return tuple(
        replace(line, people=reach_link(row.moment, line.people, query, stale=stale)) if line.people else line
        for row in rows
        for line in table_rows(row, drawn, moment_address(row.moment.name, query))
    )
