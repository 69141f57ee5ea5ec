"""From findings to the pages of the report: every sentence and every mark of it."""

from __future__ import annotations

import base64
from collections.abc import Sequence

from momot.findings.changes import by_change
from momot.findings.contract import Effect, Question, Refused
from momot.findings.display import rank_words
from momot.findings.findings import Findings, Moment
from momot.findings.forest import Forest, Line, Row, ends, forest, side, solid
from momot.findings.half_life import half_life_words
from momot.findings.labels import (
    DESIGN_WORDS,
    EVIDENCE_SENTENCES,
    EVIDENCE_WORDS,
    RULE_WORDS,
    UNANSWERABLE_WORDS,
    VERDICT_WORDS,
    contrast_words,
    outcome_words,
    people_noun,
    printable,
    stage_line,
    unit_noun,
)
from momot.findings.numbers import Numbers, at_stake_unit, grouped, percent, probability
from momot.findings.sentences import effect_sentence, fading_words, sentence, sub_line, untold_groups
from momot.report.changes import change_card
from momot.report.checks import check_line, ordered
from momot.report.costs import costs_part
from momot.report.credit import credit_card
from momot.report.marks.fading import fading_svg
from momot.report.marks.forest import axis_svg, figure, row_svg
from momot.report.marks.map import map_figure, worth_drawing
from momot.report.pages import Card, Cell, EffectRow, QuestionPage, QuietLine, RefusedLine, ReportPage, Tile, Untold
from momot.report.rows import LONGEST_NAME, LONGEST_TEXT, at_stake, people, pill, table_rows
from momot.report.what_if import supposition
from momot.report.whom import pair_cards, whom_parts
from momot.report.why import why_parts

MOST_CARDS = 10
MOST_IN_PICTURE = 10
HEADS = {"Badly": "Goes badly", "Well": "Goes well"}


def compose(findings: Findings) -> ReportPage:
    """The whole report as frozen values."""
    document = findings.document
    pages = tuple(_question_page(findings, question, i) for i, question in enumerate(findings.questions, start=1))
    project = _short(document.project)
    heading = (
        pages[0].headline
        if len(pages) == 1
        else f"{project}: {_counted(len(pages), 'question')} answered"
        if pages
        else "No question could be answered"
    )
    csv = base64.b64encode(findings.to_csv().encode()).decode()
    return ReportPage(
        title=f"{heading} \u2013 {project}",
        project=project,
        heading=heading,
        questions=pages,
        pairs=pair_cards(findings),
        changes=tuple(change_card(outcomes) for outcomes in by_change(findings.changes)),
        credit=tuple(credit_card(one, findings) for one in findings.credit),
        what_if=tuple(supposition(one) for one in findings.what_if),
        costs=costs_part(findings),
        unanswerable=tuple((_short(one.question), UNANSWERABLE_WORDS[one.rule], _text(one.reason)) for one in findings.unanswerable),
        limits=_limits(findings),
        csv=f"data:text/csv;charset=utf-8;base64,{csv}",
        settings=(
            ("momot", document.momot),
            ("Findings", document.schema),
            ("Build", _short(document.build)),
            ("Seed", str(document.seed)),
        ),
    )


def _question_page(findings: Findings, question: Question, number: int) -> QuestionPage:
    drawn = forest(findings, question)
    anchors = {row.moment.name: f"q{number}-{i}" for i, row in enumerate(drawn.decisive, start=1)}
    cards = tuple(_card(row, drawn, anchors[row.moment.name]) for row in drawn.decisive)
    as_map = worth_drawing(drawn)
    picture = (
        map_figure(drawn)
        if as_map
        else figure(drawn, rows=tuple(_collapsed(row) for row in drawn.decisive[:MOST_IN_PICTURE]), width=900.0)
        if drawn.decisive
        else None
    )
    badly, well = drawn.heads
    return QuestionPage(
        anchor=f"q{number}",
        short=_short(outcome_words(question.outcome)).capitalize(),
        headline=_text(question.headline),
        sub=_text(sub_line(question)),
        picture=picture,
        picture_is_map=as_map,
        lead=_card(_collapsed(drawn.decisive[0]), drawn, anchors[drawn.decisive[0].moment.name]) if cards else None,
        heads=(HEADS.get(badly, badly), HEADS.get(well, well)),
        axis=axis_svg(drawn),
        decisive=tuple(line for row in drawn.decisive for line in table_rows(row, drawn, f"#{anchors[row.moment.name]}")),
        quiet_rows=tuple(line for row in drawn.quiet for line in table_rows(row, drawn, None)),
        fold_words=_fold_words(drawn),
        people_words=people_noun(question).capitalize(),
        ranked_by=_ranked_by(drawn),
        unit_words=_unit_words(drawn),
        key=_key(drawn),
        band_words=f"within ±{drawn.numbers.plain(drawn.band)}: too small to matter" if drawn.band else "",
        has_stake=any(row.moment.at_stake for row in drawn.rows),
        association=question.evidence == "C",
        cards=cards[:MOST_CARDS],
        more_cards=cards[MOST_CARDS:],
        quiet=tuple(_quiet_line(row.moment, drawn) for row in drawn.quiet if row.moment.verdict != "not identifiable"),
        untold=_untold([row.moment for row in drawn.quiet if row.moment.verdict == "not identifiable"]),
        refused=tuple(_refused(one) for one in findings.refused if one.question == question.id),
        whom=whom_parts(findings, question),
        checks=tuple(check_line(check) for check in ordered(question.checks)),
        facts=_question_facts(drawn),
    )


def _collapsed(row: Row) -> Row:
    """For the picture: the strongest level of each side; the table below has them all."""
    return Row(row.moment, ends(row))


def _card(row: Row, drawn: Forest, anchor: str) -> Card:
    moment, numbers = row.moment, drawn.numbers
    effects = _effect_rows(moment, drawn)
    return Card(
        anchor=anchor,
        rank=rank_words(moment, drawn),
        name=_short(moment.touchpoint),
        where=_short(stage_line(moment.finding)),
        pill=pill(moment),
        sentences=tuple(_text(effect_sentence(moment, line.effect, numbers)) for line in row.lines),
        tiles=_tiles(row, drawn),
        effects=effects,
        has_segments=any(one.segment for one in effects),
        has_shrunken=any(one.shrunken for one in effects),
        facts=_moment_facts(moment, drawn),
        evidence=moment.evidence,
        evidence_words=EVIDENCE_SENTENCES[moment.evidence],
        checks=tuple(check_line(check) for check in ordered(moment.checks)),
        fading=fading_svg(moment, numbers, f"{_short(moment.touchpoint)}: {fading_words(moment, numbers)}"),
        fading_words=_text(fading_words(moment, numbers)),
        why=why_parts(moment.why),
    )


def _tiles(row: Row, drawn: Forest) -> tuple[Tile, ...]:
    """The largest number of each side, with what it is compared with and how many cases it rests on."""
    tiles = []
    noun = unit_noun(row.moment.question)
    for name, head in zip(("badly", "well"), drawn.heads, strict=True):
        own = [line for line in row.lines if line.side == name]
        if own:
            line = max(own, key=lambda one: abs(one.effect.estimate))
            effect = line.effect
            tiles.append(
                Tile(
                    head=HEADS.get(head, head),
                    estimate=drawn.numbers.effect(effect.estimate),
                    interval=drawn.numbers.interval(effect.low, effect.high),
                    below=f"{_short(line.words)} \u00b7 {grouped(effect.n)} {noun}",
                    look=f"{name} {'solid' if line.solid and row.moment.evidence != 'C' else 'hollow'}",
                )
            )
    return tuple(tiles)


def _effect_rows(moment: Moment, drawn: Forest) -> tuple[EffectRow, ...]:
    """Every estimate of the moment: over everybody first, then by segment."""
    main = moment.main_effects
    rows = [*main, *(effect for effect in moment.effects if effect.segment is not None)]
    return tuple(_effect_row(effect, moment, drawn) for effect in rows)


def _effect_row(effect: Effect, moment: Moment, drawn: Forest) -> EffectRow:
    question, numbers = moment.question, drawn.numbers
    line = Line(effect=effect, side=side(effect, question.better), solid=solid(effect, question), words=contrast_words(effect))
    title = (
        f"{_short(moment.touchpoint)}, {_short(line.words)}: {numbers.effect(effect.estimate)}, {numbers.interval(effect.low, effect.high)}"
    )
    return EffectRow(
        words=_short(line.words),
        segment=_short(effect.segment or ""),
        cases=f"{grouped(effect.n)} / {grouped(effect.n_reference)}",
        mean=numbers.level(effect.mean),
        mean_reference=numbers.level(effect.mean_reference),
        cell=Cell(
            numbers.effect(effect.estimate), numbers.interval(effect.low, effect.high), f"{line.side} {'solid' if line.solid else 'hollow'}"
        ),
        marks=row_svg(drawn, (line,), title, height=24.0),
        shrunken=_shrunken(effect, drawn),
    )


def _shrunken(effect: Effect, drawn: Forest) -> Cell | None:
    if effect.shrunken is None or effect.shrunken_low is None or effect.shrunken_high is None:
        return None
    return Cell(drawn.numbers.effect(effect.shrunken), drawn.numbers.interval(effect.shrunken_low, effect.shrunken_high), "quiet")


def _moment_facts(moment: Moment, drawn: Forest) -> tuple[tuple[str, str], ...]:
    """Reach, at stake, what was held, how strong a hidden reason would have to be."""
    finding, reach = moment.finding, moment.reach
    a_month = f"; {grouped(reach.per_month, 0 if reach.per_month >= 10 else 1)} a month" if reach.per_month is not None else ""
    facts = [("Reach", f"{grouped(reach.people)} {people_noun(moment.question, reach.people)}, {percent(reach.share)}{a_month}")]
    stake = at_stake(moment)
    if stake is not None and moment.at_stake is not None:
        facts.append(("At stake", f"{stake.estimate} {at_stake_unit(moment.at_stake, people_noun(moment.question))} ({stake.interval})"))
    if finding.q_value is not None:
        facts.append(("Discovery", f"q {'' if finding.q_value < 0.001 else '= '}{probability(finding.q_value)}"))
    if finding.held:
        facts.append(("Held alike", _text(", ".join(finding.held))))
    if finding.robustness_value is not None:
        share = percent(finding.robustness_value)
        facts.append(("Hidden reason", f"undoes it if it explains {share} of what is left of both exposure and outcome"))
    if finding.half_life_days is not None and (lasts := half_life_words(finding.half_life_days)):
        facts.append(("Lasts", lasts))
    if finding.detectable_effect is not None:
        facts.append(("Could show", f"{drawn.numbers.with_unit(drawn.numbers.size(finding.detectable_effect))} or more"))
    return tuple(facts)


def _quiet_line(moment: Moment, drawn: Forest) -> QuietLine:
    numbers = drawn.numbers
    effects = moment.main_effects
    widest = max(effects, key=lambda effect: effect.high - effect.low, default=None)
    seen = f"{numbers.effect(widest.estimate)} ({numbers.interval(widest.low, widest.high)})" if widest else ""
    detectable = moment.finding.detectable_effect
    return QuietLine(
        name=_short(moment.touchpoint),
        where=_short(stage_line(moment.finding)),
        verdict=VERDICT_WORDS[moment.verdict],
        seen=seen,
        could_have_found=f"{numbers.size(detectable)} or more" if detectable is not None else "",
        people=people(moment),
    )


def _untold(moments: Sequence[Moment]) -> tuple[Untold, ...]:
    """Grouped by reason."""
    return tuple(
        Untold(tuple(_short(name) for name in names), _text(reason), _text(settle)) for reason, names, settle in untold_groups(moments)
    )


def _refused(one: Refused) -> RefusedLine:
    return RefusedLine(_short(one.column), _short(one.source), RULE_WORDS[one.rule], grouped(one.measure, 2), _text(sentence(one.reason)))


def _fold_words(drawn: Forest) -> str:
    count = len(drawn.quiet)
    if not drawn.decisive:
        return f"{count} tested"
    if drawn.question.evidence == "C":
        return f"{count} that {'shows' if count == 1 else 'show'} no link"
    return f"{count} that {'doesn' if count == 1 else 'don'}\u2019t decide"


def _ranked_by(drawn: Forest) -> str:
    stakes = [row.moment.at_stake for row in drawn.decisive if row.moment.at_stake]
    words = [f"At stake: {at_stake_unit(stakes[0], people_noun(drawn.question))}"] if stakes else []
    ranks = [rank_words(row.moment, drawn) for row in drawn.decisive]
    if any("\u2013" in rank for rank in ranks):
        words.append("Equal ranks can\u2019t be told apart")
    return " \u00b7 ".join(words)


def _unit_words(drawn: Forest) -> str:
    unit = drawn.numbers.effect_unit
    return f"Difference in {unit}, 95\u00a0% interval" if unit else "Difference, 95\u00a0% interval"


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


def _question_facts(drawn: Forest) -> tuple[tuple[str, str], ...]:
    """Method, estimand, data and settings of one question."""
    question, numbers = drawn.question, drawn.numbers
    noun = unit_noun(question)
    facts = [
        ("Asked", f"{outcome_words(_short(question.outcome))}; {'higher' if question.better == 'higher' else 'lower'} is better"),
        ("Estimated", _text(question.estimand)),
        ("Design", f"{DESIGN_WORDS[question.design]}; evidence {question.evidence} ({EVIDENCE_WORDS[question.evidence]}) at most"),
        (
            "Data",
            f"{grouped(question.units)} {noun} of {grouped(question.people)} {people_noun(question)}"
            if noun != "people"
            else f"{grouped(question.people)} {people_noun(question)}",
        ),
    ]
    if question.mean is not None:
        facts.append(
            ("Mean", f"{numbers.level(question.mean)}{'' if numbers.is_share or not numbers.unit else ' ' + _short(numbers.unit)}")
        )
    if question.from_ and question.to:
        facts.append(("Dates", f"{question.from_[:10]} to {question.to[:10]}"))
    if question.within_days is not None:
        facts.append(("Window", f"{grouped(question.within_days)} days after"))
    if question.smallest_effect is not None:
        facts.append(("Too small to matter", f"within {numbers.with_unit('±' + numbers.plain(question.smallest_effect))}"))
    facts.append(("Calibration", _calibration(question, numbers)))
    return tuple(facts)


def _calibration(question: Question, numbers: Numbers) -> str:
    """What systematic error was measured from, and how large it is."""
    found = question.calibration
    if found.method == "none":
        return "none: systematic error is not part of the intervals"
    most = max(found.laws, key=lambda law: law.touchpoints, default=None)
    source = (
        f"from {len(found.controls)} declared controls" if found.method == "controls" else "from the touchpoints, most without an effect"
    )
    told = [
        f"{words} {numbers.effect(law.location)} on average, give or take {numbers.plain(law.spread)}"
        for words, met in (("having met it", False), ("how it went", True))
        if (law := max((one for one in found.laws if one.between_met == met), key=lambda one: one.spread, default=None)) is not None
    ]
    return f"{source} ({most.touchpoints if most else 0}): {'; '.join(told)}"


def _limits(findings: Findings) -> tuple[str, ...]:
    """What this report can and cannot claim, by the grades of evidence that occur in it."""
    grades = {moment.evidence for moment in findings} | {question.evidence for question in findings.questions}
    words = [f"Evidence {grade} ({EVIDENCE_WORDS[grade]}). {EVIDENCE_SENTENCES[grade]}" for grade in ("A", "B", "C") if grade in grades]
    return (
        *words,
        "Every interval is a 95\u00a0% interval; every effect is a difference to the reference named beside it, which stands at zero.",
        "Of the findings called decisive in one run, chance alone is expected to make at most about one in ten (false discovery rate "
        "10\u00a0%). What else may mislead, such as a hidden reason, is not part of that.",
        "An empty place is not a zero: what could not be estimated is listed under what we cannot tell, with the reason.",
    )


def _counted(count: int, noun: str) -> str:
    return f"{count} {noun}{'' if count == 1 else 's'}"


def _short(text: str) -> str:
    return printable(text, LONGEST_NAME)


def _text(text: str) -> str:
    return printable(text, LONGEST_TEXT)
