"""The ranked table: what it adds beside the numbers, and only where it is known."""

from __future__ import annotations

import msgspec

from momot.findings import Findings
from momot.findings.contract import HalfLife, Why, WhyReason
from momot.language import language
from momot.report import render
from momot.report.rows import lasts, pain
from tests.findings import documents
from tests.report.pages import parse, words

REASON = WhyReason(
    reason="late with no word", people=31, share=0.15, low=0.11, high=0.2, share_other=0.01, other_low=0.0, other_high=0.02,
    quote="Nobody told me.", language="en",
)  # fmt: skip


def with_more() -> Findings:
    """The shop, its first moment followed over time and spoken of."""
    document = documents.shop()
    first = msgspec.structs.replace(
        document.findings[0],
        half_life_days=HalfLife(estimate=21.0, low=14.0, high=35.0, note=None),
        why=Why(basis="how it went", texts_badly=212, texts_well=90, badly=(REASON,), well=()),
    )
    return Findings(msgspec.structs.replace(document, findings=(first, *document.findings[1:])))


def test_half_life_and_what_is_said_most_have_columns_where_they_are_known() -> None:
    root = parse(render(with_more()))
    table = root.all("div", class_="forest")[0].all("table")[0]
    heads = [words(head.text()) for head in table.all("th")]
    assert heads[-3:] == ["Half-life", "Ev.", "Said most"]
    first = table.all("tbody")[0].all("tr")[0]
    assert first.all("td", class_="lasts")[0].text().strip() == "3 weeks (2 to 5)"
    assert first.all("td", class_="pain")[0].text().strip() == "late with no word"
    columns = len(heads)
    assert all(len(row.all("td")) == columns for body in (table.all("tbody")[0], table.all("tbody")[2]) for row in body.all("tr"))
    plain = parse(render(Findings(documents.shop()))).all("div", class_="forest")[0].all("th")
    assert "Half-life" not in [head.text() for head in plain]


def test_a_half_life_is_told_in_the_language_and_a_bound_as_a_bound() -> None:
    moment = with_more()["ad.a"]
    assert lasts(moment, language("cs")) == "3 týdny (2 až 5)"
    bound = HalfLife(estimate=None, low=56.0, high=None, note="at least 8 weeks")
    held = msgspec.structs.replace(moment.finding, half_life_days=bound)
    other = type(moment)(moment.question, held, moment.effects)
    assert lasts(other) == "at least 8 weeks"
    assert lasts(other, language("vi")) == "ít nhất 8 tuần"


def test_nobody_says_why_is_nothing_said() -> None:
    assert pain(Findings(documents.shop())["ad.a"]) is None
