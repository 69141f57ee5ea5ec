"""The forest of every question for a notebook: SVG with a style scoped to it."""

from __future__ import annotations

import hashlib

from markupsafe import Markup

from momot.findings.findings import Findings
from momot.findings.forest import forest
from momot.findings.labels import printable
from momot.findings.sentences import sub_line
from momot.report.marks.forest import figure
from momot.report.marks.palette import FONT, mark_rules, theme_rules
from momot.report.marks.svg import element, joined


def notebook(findings: Findings) -> str:
    """Headline, sub-line and forest of each question; ids and rules carry a prefix of this answer, so that two in one page don't mix."""
    scope = "momot-" + hashlib.sha256(findings.to_json().encode()).hexdigest()[:8]
    rules = f".{scope}{{background:var(--card);color:var(--ink);padding:16px;font:14px/1.45 {FONT}}}"
    style = Markup(f"<style>{theme_rules(f'.{scope}')}{mark_rules(f'.{scope} ')}{rules}</style>")  # noqa: S704  our own constants
    blocks = [joined([style])]
    for question in findings.questions:
        drawn = forest(findings, question)
        blocks.append(
            element("p", {}, element("strong", {}, printable(question.headline, 300)), element("br"), printable(sub_line(question), 300))
        )
        if drawn.rows:
            blocks.append(figure(drawn))
    for item in findings.unanswerable:
        blocks.append(element("p", {}, f"{printable(item.question, 120)} can\u2019t be answered: {printable(item.reason, 600)}"))
    return str(element("div", {"class": scope}, *blocks))
