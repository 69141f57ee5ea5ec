"""The pieces of the report that pages share: the one place where the app takes from it."""

from __future__ import annotations

from dataclasses import replace

from markupsafe import Markup

from momot.findings import Findings
from momot.findings.forest import Forest, Row, ends
from momot.language import Language
from momot.report.around import Around
from momot.report.cards import card as made_card
from momot.report.compose import compose
from momot.report.dossier import Dossier
from momot.report.marks.map import map_figure, worth_drawing
from momot.report.marks.narrow import narrow_map
from momot.report.pages import Card, QuestionPage
from momot.web.call import address

__all__ = ["card", "moment_address", "pictures", "question_page"]


def question_page(findings: Findings, language: Language) -> QuestionPage:
    """Everything about findings of one question."""
    (page,) = compose(findings, language).questions
    return page


def card(row: Row, drawn: Forest, findings: Findings) -> Card:
    """All that is known of one moment."""
    return made_card(row, drawn, "moment", Dossier(findings))


def strongest(row: Row) -> Row:
    """For a panel: the strongest line of each side."""
    return replace(row, top=ends(row), below=())


def pictures(drawn: Forest, known: Around, query: dict[str, str | None], selected: str | None) -> tuple[Markup, Markup] | None:
    """The map, wide and for a phone: each mark a link, in the wide one into the panel beside it. None where a map would say nothing."""
    if not worth_drawing(drawn):
        return None
    names = [row.moment.name for row in drawn.rows]
    beside = {name: address("/", {**query, "moment": name}) for name in names}
    pages = {name: moment_address(name, query) for name in names}
    return map_figure(drawn, around=known, links=beside, selected=selected), narrow_map(drawn, around=known, links=pages)


def moment_address(name: str, query: dict[str, str | None]) -> str:
    """The page of one moment, under the same filters."""
    return address("/moment", {"name": name, **{key: value for key, value in query.items() if key != "moment"}})
