"""Findings in a notebook: headline, map and forest of every question, or one finding with its checks; SVG with a style scoped to it."""

from __future__ import annotations

import hashlib

from markupsafe import Markup

from momot.errors import QuestionError
from momot.findings.contract import Question
from momot.findings.findings import Findings, Moment
from momot.findings.forest import Forest, forest
from momot.findings.labels import CHECK_WORDS, NAMES_OF_CHECKS, STATUS_WORDS, VERDICT_WORDS, printable, stage_line
from momot.findings.numbers import numbers_of
from momot.findings.sentences import fading_words, moment_sentence, sentence, sub_line
from momot.report.checks import CHECK_MARKS, ordered
from momot.report.marks.fading import fading_svg
from momot.report.marks.forest import figure
from momot.report.marks.map import map_figure, worth_drawing
from momot.report.marks.palette import FONT, mark_rules, theme_rules
from momot.report.marks.svg import element, joined

LONGEST_LINE, LONGEST_TEXT = 300, 600


def notebook(findings: Findings) -> str:
    """Headline, sub-line, map and forest of each question; two answers in one page don't mix, each has rules of its own."""
    blocks = []
    for question in findings.questions:
        drawn = forest(findings, question)
        said = element("strong", {}, printable(question.headline, LONGEST_LINE))
        blocks.append(element("p", {}, said, element("br"), printable(sub_line(question), LONGEST_LINE)))
        if worth_drawing(drawn):
            blocks.append(map_figure(drawn))
        if drawn.rows:
            blocks.append(figure(drawn))
    for item in findings.unanswerable:
        words = f"{printable(item.question, 120)} can\u2019t be answered: {printable(item.reason, LONGEST_TEXT)}"
        blocks.append(element("p", {}, words))
    return _scoped(findings.to_json(), blocks)


def moment(one: Moment) -> str:
    """One finding: what was found, its effects on one axis, how it fades, its checks."""
    numbers = numbers_of(one.question, one.main_effects)
    verdict = f"{VERDICT_WORDS[one.verdict]}, evidence {one.evidence}"
    where = " \u00b7 ".join(part for part in (printable(stage_line(one.finding), 120), verdict) if part)
    name = element("strong", {}, printable(one.name, 120))
    blocks = [
        element("p", {}, name, element("br"), where),
        element("p", {}, printable(moment_sentence(one, numbers), LONGEST_TEXT)),
    ]
    drawn = _alone(one)
    if drawn.rows and drawn.rows[0].lines:
        blocks.append(figure(drawn))
    fades = fading_svg(one, numbers, printable(fading_words(one, numbers), LONGEST_LINE))
    blocks += [fades] if fades is not None else []
    checks = [
        element(
            "li",
            {},
            f"{CHECK_MARKS[check.status]} ",
            element("strong", {}, CHECK_WORDS[check.name] if check.status == "pass" else NAMES_OF_CHECKS[check.name]),
            f": {STATUS_WORDS[check.status]}. {printable(sentence(check.message), LONGEST_TEXT)}",
        )
        for check in ordered(one.checks)
    ]
    blocks += [element("ul", {}, *checks)] if checks else []
    return _scoped(f"{one.question.id} {one.name} {blocks}", blocks)


def map_svg(findings: Findings, name: str | None) -> str:
    """The map of one question, or its forest where there is nothing to map, as one SVG that stands alone.

    Raises QuestionError where several questions were answered and none is named, or none was.
    """
    question = _asked(findings, name)
    drawn = forest(findings, question)
    return str(map_figure(drawn, standalone=True) if worth_drawing(drawn) else figure(drawn, standalone=True))


def _asked(findings: Findings, name: str | None) -> Question:
    if name is not None:
        return findings.question(name).questions[0]
    if len(findings.questions) != 1:
        there = ", ".join(question.id for question in findings.questions) or "none"
        raise QuestionError(f'A map is of one question: say which, findings.map("opinion"). Answered: {there}.')
    return findings.questions[0]


def _alone(one: Moment) -> Forest:
    """The forest of one moment on an axis of its own."""
    from momot.findings.contract import Document

    document = Document(
        momot="", project="", build="", seed=0, questions=(one.question,), findings=(one.finding,), effects=one.effects, refused=(),
        unanswerable=(),
    )  # fmt: skip
    return forest(Findings(document), one.question)


def _scoped(seed: str, blocks: list[Markup]) -> str:
    """The blocks in an element whose rules hold for it alone."""
    scope = "momot-" + hashlib.sha256(seed.encode()).hexdigest()[:8]
    rules = (
        f".{scope}{{background:var(--card);color:var(--ink);padding:16px;font:14px/1.45 {FONT}}}"
        f".{scope} svg{{display:block;max-width:100%;height:auto}}.{scope} ul{{list-style:none;padding:0;font-size:12.5px}}"
    )
    style = Markup(f"<style>{theme_rules(f'.{scope}')}{mark_rules(f'.{scope} ')}{rules}</style>")  # noqa: S704  our own constants
    return str(element("div", {"class": scope}, joined([style]), *blocks))
