"""The pieces of the report that pages share: the one place where the app takes from it."""

from __future__ import annotations

from dataclasses import replace

from markupsafe import Markup

from momot.findings import Findings
from momot.findings.contract import Effect
from momot.findings.findings import Moment
from momot.findings.forest import Forest, Row, ends
from momot.language import Language
from momot.report.around import Around
from momot.report.cards import card as made_card
from momot.report.cards import tile_lines
from momot.report.compose import compose
from momot.report.dossier import Dossier
from momot.report.marks.map import map_figure, worth_drawing
from momot.report.marks.narrow import narrow_map
from momot.report.pages import Card, QuestionPage
from momot.vocabulary.whom import AtStage
from momot.web.behind import Filters, loop_links, met_of, people_address, people_link, reach_link
from momot.web.call import address

__all__ = ["card", "moment_address", "pictures", "question_page"]


def question_page(findings: Findings, language: Language) -> QuestionPage:
    """Everything about findings of one question."""
    (page,) = compose(findings, language).questions
    return page


def card(row: Row, drawn: Forest, findings: Findings, query: Filters, *, stale: bool) -> Card:
    """All that is known of one moment; its cases lead to the people whose they are, where the present build has them."""
    made = made_card(row, drawn, "moment", Dossier(findings))
    if stale:
        return made
    moment = row.moment
    tiles = tuple(
        replace(tile, cases=_cases(moment, line.effect, tile.cases, query))
        for tile, (_, line) in zip(made.tiles, tile_lines(row), strict=True)
    )
    rows = zip(made.effects, moment.main_effects, strict=False)  # those of everybody come first, in this order
    whole = [replace(one, cases=_cases(moment, effect, one.cases, query)) for one, effect in rows]
    reach = drawn.language.say("Reach")
    facts = tuple((name, reach_link(moment, value, query, stale=stale) if name == reach else value) for name, value in made.facts)
    return replace(made, tiles=tiles, effects=(*whole, *made.effects[len(whole) :]), facts=facts)


def _cases(moment: Moment, effect: Effect, words: str, query: Filters) -> str:
    """The words, leading to whom the cases of an effect are of, where these are told by how the moment went."""
    met = met_of(moment, effect)
    return words if met is None else people_link(met, words, {**query, "outcome": moment.question.id})


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
    who: dict[str, str] = {stage: people_address(AtStage(stage=stage)) for stage in known.stages}
    who |= loop_links()
    wide = map_figure(drawn, around=known, links=beside, selected=selected, behind=who)
    return wide, narrow_map(drawn, around=known, links=pages, behind=who)


def moment_address(name: str, query: dict[str, str | None]) -> str:
    """The page of one moment, under the same filters."""
    return address("/moment", {"name": name, **{key: value for key, value in query.items() if key != "moment"}})
