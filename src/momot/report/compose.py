"""From findings and what stands beside them to the pages of the report: every sentence and every mark of it, in one language."""

from __future__ import annotations

import base64
from collections.abc import Sequence

from momot.findings.changes import by_change
from momot.findings.contract import Question, Refused
from momot.findings.display import rank_words
from momot.findings.findings import Findings, Moment
from momot.findings.forest import Forest, Row, ends, forest, references
from momot.findings.labels import (
    RULE_WORDS,
    UNANSWERABLE_WORDS,
    VERDICT_WORDS,
    capital,
    outcome_words,
    people_noun,
    stage_line,
    state_words,
)
from momot.findings.numbers import grouped, stake_words
from momot.findings.sentences import headline_of, sentence, sub_line, untold_groups
from momot.findings.told import marked
from momot.language import ENGLISH, Language
from momot.report.around import Around, around
from momot.report.cards import HEADS, card, short, text
from momot.report.changes import change_card
from momot.report.checks import check_line, ordered
from momot.report.costs import costs_part
from momot.report.credit import credit_card
from momot.report.dossier import Dossier, dossier
from momot.report.facts import journey_part
from momot.report.marks.forest import axis_svg, figure
from momot.report.marks.layout import claims
from momot.report.marks.map import map_figure, worth_drawing
from momot.report.marks.narrow import narrow_map
from momot.report.method import limits, question_facts
from momot.report.pages import QuestionPage, QuietLine, RefusedLine, ReportPage, Untold
from momot.report.rows import people, table_rows
from momot.report.what_if import supposition
from momot.report.whom import pair_cards, whom_parts

MOST_CARDS = 10
MOST_IN_PICTURE = 10
MOST_REFERENCES = 4


def compose(told_of: Findings | Dossier, language: Language = ENGLISH) -> ReportPage:
    """The whole report as frozen values."""
    beside = dossier(told_of)
    findings, say = beside.findings, language.say
    document = findings.document
    known = around(beside.journey)
    pages = tuple(_question_page(beside, known, question, i, language) for i, question in enumerate(findings.questions, start=1))
    project = short(document.project)
    heading = (
        pages[0].headline
        if len(pages) == 1
        else language.says("{project}: {n} question answered", "{project}: {n} questions answered", len(pages), project=project)
        if pages
        else say("No question could be answered")
    )
    csv = base64.b64encode(findings.to_csv().encode()).decode()
    return ReportPage(
        title=f"{heading} \u2013 {project}",
        project=project,
        heading=heading,
        questions=pages,
        pairs=pair_cards(findings, language),
        changes=tuple(change_card(outcomes, language) for outcomes in by_change(findings.changes)),
        credit=tuple(credit_card(one, findings, language) for one in findings.credit),
        what_if=tuple(supposition(one, findings, language) for one in findings.what_if),
        costs=costs_part(findings, language),
        unanswerable=tuple(
            (short(one.question), say(UNANSWERABLE_WORDS[one.rule]), marked(text(sentence(one.reason)), language))
            for one in findings.unanswerable
        ),
        limits=limits(findings, language),
        csv=f"data:text/csv;charset=utf-8;base64,{csv}",
        settings=(
            ("momot", document.momot),
            (say("Findings"), document.schema),
            (say("Build"), short(document.build)),
            (say("Seed"), str(document.seed)),
        ),
        journey=journey_part(beside.journey, beside.funnel, language),
        language=language.code,
    )


def _question_page(beside: Dossier, known: Around, question: Question, number: int, language: Language) -> QuestionPage:
    findings, say = beside.findings, language.say
    drawn = forest(findings, question, language)
    anchors = {row.moment.name: f"q{number}-{i}" for i, row in enumerate(drawn.decisive, start=1)}
    links = {name: f"#{anchor}" for name, anchor in anchors.items()}
    cards = tuple(card(row, drawn, anchors[row.moment.name], beside) for row in drawn.decisive)
    as_map = worth_drawing(drawn)
    picture = (
        map_figure(drawn, around=known, links=links)
        if as_map
        else figure(drawn, rows=tuple(_collapsed(row) for row in drawn.decisive[:MOST_IN_PICTURE]), width=900.0)
        if drawn.decisive
        else None
    )
    badly, well = drawn.heads
    headline = headline_of(question, [row.moment for row in drawn.rows], language)
    band = say("within ±{least}: too small to matter", least=drawn.numbers.plain(drawn.band)) if drawn.band else ""
    return QuestionPage(
        anchor=f"q{number}",
        short=short(capital(outcome_words(question.outcome, language))),
        headline=text(headline),
        sub=text(sub_line(question, language)),
        picture=picture,
        narrow=narrow_map(drawn, around=known, links=links) if as_map else None,
        picture_is_map=as_map,
        lead=card(_collapsed(drawn.decisive[0]), drawn, anchors[drawn.decisive[0].moment.name], beside) if cards else None,
        heads=(say(HEADS.get(badly, badly)), say(HEADS.get(well, well))),
        axis=axis_svg(drawn),
        decisive=tuple(line for row in drawn.decisive for line in table_rows(row, drawn, links[row.moment.name])),
        quiet_rows=tuple(line for row in drawn.quiet for line in table_rows(row, drawn, None)),
        fold_words=_fold_words(drawn),
        people_words=capital(people_noun(question, language=language)),
        ranked_by=_ranked_by(drawn),
        unit_words=_unit_words(drawn),
        key=_key(drawn),
        band_words=band,
        zero_words=_zero_words(drawn),
        has_stake=any(row.moment.at_stake for row in drawn.rows),
        has_lasts=any(row.moment.half_life_days is not None for row in drawn.decisive),
        has_pain=any(row.moment.why is not None for row in drawn.decisive),
        association=not claims(drawn),
        cards=cards[:MOST_CARDS],
        more_cards=cards[MOST_CARDS:],
        quiet=tuple(_quiet_line(row.moment, drawn) for row in drawn.quiet if row.moment.verdict != "not identifiable"),
        untold=_untold([row.moment for row in drawn.quiet if row.moment.verdict == "not identifiable"], language),
        refused=tuple(_refused(one, language) for one in findings.refused if one.question == question.id),
        whom=whom_parts(findings, question, language),
        checks=tuple(check_line(check, language) for check in ordered(question.checks)),
        facts=question_facts(drawn),
    )


def _collapsed(row: Row) -> Row:
    """For the picture: the strongest level of each side; the table below has them all."""
    return Row(row.moment, ends(row))


def _quiet_line(moment: Moment, drawn: Forest) -> QuietLine:
    numbers, language = drawn.numbers, drawn.language
    widest = max(moment.main_effects, key=lambda effect: effect.high - effect.low, default=None)
    seen = f"{numbers.effect(widest.estimate)} ({numbers.interval(widest.low, widest.high)})" if widest else ""
    detectable = moment.finding.detectable_effect
    return QuietLine(
        name=short(moment.touchpoint),
        where=short(stage_line(moment.finding, language)),
        verdict=language.say(VERDICT_WORDS[moment.verdict]),
        seen=seen,
        could_have_found=language.say("{size} or more", size=numbers.size(detectable)) if detectable is not None else "",
        people=people(moment, language),
    )


def _untold(moments: Sequence[Moment], language: Language) -> tuple[Untold, ...]:
    """Grouped by reason."""
    groups = untold_groups(moments, language)
    return tuple(Untold(tuple(short(name) for name in names), reason, settle) for reason, names, settle in groups)


def _refused(one: Refused, language: Language) -> RefusedLine:
    measure = grouped(one.measure, 2, language)
    reason = marked(text(sentence(one.reason)), language)
    return RefusedLine(short(one.column), short(one.source), language.say(RULE_WORDS[one.rule]), measure, reason)


def _fold_words(drawn: Forest) -> str:
    count, says = len(drawn.quiet), drawn.language.says
    if not drawn.decisive:
        return says("{n} tested", "{n} tested", count)
    if not claims(drawn):
        return says("{n} that shows no link", "{n} that show no link", count)
    return says("{n} that doesn\u2019t decide", "{n} that don\u2019t decide", count)


def _ranked_by(drawn: Forest) -> str:
    say, language = drawn.language.say, drawn.language
    stakes = [row.moment.at_stake for row in drawn.decisive if row.moment.at_stake]
    words = [say("At stake: {unit}", unit=stake_words(stakes[0], people_noun(drawn.question), language))] if stakes else []
    ranks = [rank_words(row.moment, drawn) for row in drawn.decisive]
    if any("\u2013" in rank for rank in ranks):
        words.append(say("Equal ranks can\u2019t be told apart"))
    return " \u00b7 ".join(words)


def _unit_words(drawn: Forest) -> str:
    unit = drawn.numbers.effect_unit
    if unit:
        return drawn.language.say("Difference in {unit}, 95\u00a0% interval", unit=unit)
    return drawn.language.say("Difference, 95\u00a0% interval")


def _zero_words(drawn: Forest) -> str:
    """What stands at zero: the references of what is drawn."""
    names = [state_words(short(name), drawn.language) for name in references(drawn.decisive)]
    shown = ", ".join(names[:MOST_REFERENCES]) + (" \u2026" if len(names) > MOST_REFERENCES else "")
    return drawn.language.say("0: the reference ({names})", names=shown) if names else ""


def _key(drawn: Forest) -> tuple[str, ...]:
    """The kinds of marks that occur, for the key under the picture."""
    decisive = drawn.decisive
    kinds = []
    sides = {line.side for row in decisive for line in row.lines}
    kinds += ["well"] if "well" in sides else []
    kinds += ["badly"] if "badly" in sides else []
    kinds += ["open"] if any(row.moment.verdict != "moment" for row in decisive) else []
    kinds += ["hollow"] if any(not line.solid for row in decisive for line in row.lines) else []
    return tuple(kinds)
