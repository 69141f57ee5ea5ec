"""Credit beside effect: how the two stand to each other, the sentence that says so, and what every face makes of it."""

from __future__ import annotations

import csv
import io
from typing import Any

import numpy as np
import pytest

from momot.credit import CreditSource, PathSums, share
from momot.findings import Findings
from momot.findings.contract import Check, Credit, Refused
from momot.findings.credit import CreditAnswered, with_credit
from momot.findings.display import table
from momot.report import render
from tests.findings import documents
from tests.report.pages import parse

SOURCE = CreditSource("purchase", 1, None, "person", None, 30.0)


def shared(last: dict[str, int]) -> Any:
    """Shares of paths of one touch each: every rule gives the same."""
    count = np.array(list(last.values()), dtype=np.int64)
    nothing, rows = np.zeros((0, 3), dtype=np.int64), np.column_stack([np.arange(len(count)), np.ones_like(count), count])
    return share(PathSums(tuple(last), int(count.sum()) + 7, nothing, count + count // 40, count, count // 40, count, rows, rows))


def answered(*, estimate: float, half: float, **finding: Any) -> Findings:
    """One moment `ads.video@stimulus` with 400 of 1,000 happenings, met 10,000 times, and another without a finding."""
    question = documents.question(id="purchase", outcome="purchase", unit="share", design="panel", within_days=30.0)
    values = {"question": "purchase", "stage": "stimulus", "verdict": "association", "label": "presence", "evidence": "C", "rank": 1}
    effects = [
        documents.effect(
            "ads.video@stimulus",
            "presence",
            estimate,
            half,
            question="purchase",
            reference="not met",
            n=10_000,
            mean=0.08,
            mean_reference=0.05,
        )
    ]
    findings = Findings(documents.document([question], [documents.finding("ads.video", **(values | finding))], effects))
    return with_credit(findings, [CreditAnswered("purchase", SOURCE, shared({"ads.video@stimulus": 400, "site.visit@zmot": 600}))])


@pytest.mark.parametrize(
    ("estimate", "half", "finding", "reading", "said"),
    [
        (0.03, 0.01, {}, "agree", "40 % of Markov credit, and those who meet it do so more often than people like them"),
        (0.03, 0.01, {"verdict": "moment", "evidence": "B"}, "agree", "estimated to bring 20 % to 40 % of all"),
        (-0.03, 0.01, {"verdict": "likely", "evidence": "B"}, "opposite", "its effect is negative: it takes away"),
        (-0.03, 0.01, {}, "opposite", "do so less often than people like them"),
        (0.005, 0.02, {"verdict": "no evidence", "rank": None, "label": None}, "no effect", "Active people meet it on their way"),
        (0.005, 0.05, {"verdict": "no evidence", "rank": None, "label": None}, "undecided", "nothing or as much as that"),
        (0.06, 0.01, {"verdict": "no evidence", "rank": None, "label": None}, "undecided", "does not stand out among all that was tested"),
        (0.03, 0.01, {"verdict": "not identifiable", "rank": None, "label": None}, "not told", "can’t be told"),
    ],
)  # fmt: skip
def test_credit_and_effect_are_held_against_each_other(
    estimate: float, half: float, finding: dict[str, Any], reading: str, said: str
) -> None:
    (credit,) = answered(estimate=estimate, half=half, **finding).credit
    row = next(one for one in credit.moments if one.touchpoint == "ads.video")
    assert (credit.happenings, credit.credited, credit.lost) == (1007, 1000, 25)
    assert row.markov == pytest.approx(400)
    assert row.reading == reading
    assert said in row.sentence.replace("\u00a0", " ")
    assert row.caused == pytest.approx(10_000 * estimate)
    assert credit.moments[0].moment == "site.visit@zmot"  # the most credit first
    assert credit.moments[0].reading == "not told"


def test_a_presence_that_others_explain_away_is_not_found() -> None:
    """The finding is decisive by how it went; having met it has its own test, which fails."""
    findings = answered(estimate=0.03, half=0.01, verdict="moment", evidence="B", label="breaks")
    effect = documents.effect("ads.video@stimulus", "presence", 0.03, 0.01, question="purchase", reference="not met", n=10_000, q_value=0.4)
    bad = documents.effect("ads.video@stimulus", "break", -0.02, 0.01, question="purchase", reference="neutral")
    document = documents.document(list(findings.questions), list(findings.document.findings), [effect, bad])
    (credit,) = with_credit(Findings(document), [CreditAnswered("purchase", SOURCE, shared({"ads.video@stimulus": 400}))]).credit
    assert credit.moments[0].reading in ("undecided", "no effect")
    assert "Credit does not see how it went" in credit.moments[0].sentence


def test_why_no_effect_is_known_is_said() -> None:
    failed = Check(name="positivity", status="fail", message="nearly everybody met it")
    findings = answered(estimate=0.0, half=1.0, verdict="not identifiable", rank=None, label=None, checks=(failed,))
    (credit,) = findings.credit
    assert "Nearly everybody met it." in next(one for one in credit.moments if one.touchpoint == "ads.video").sentence
    refused = Refused(question="purchase", source="x", column="site.visit", rule="dated_after_outcome", measure=1.0, reason="r")
    document = documents.document(list(findings.questions), [], [], refused=[refused])
    (credit,) = with_credit(Findings(document), [CreditAnswered("purchase", SOURCE, shared({"site.visit@zmot": 4}))]).credit
    assert "refused as a cause, dated after the outcome" in credit.moments[0].sentence


def test_no_credit_says_why_and_nothing_asked_is_nothing_said() -> None:
    findings = answered(estimate=0.03, half=0.01)
    assert findings.credit == Findings.from_json(findings.to_json()).credit
    absent = with_credit(findings, [CreditAnswered("opinion", None, None, "no_happening", "An opinion is no happening.")])
    assert (absent.credit[0].absent, absent.credit[0].moments) == ("no_happening", ())
    assert "no credit: An opinion is no happening." in table(absent, width=100)
    nobody = with_credit(findings, [CreditAnswered("purchase", SOURCE, shared({"a@zmot": 0}))])
    assert nobody.credit[0].absent == "no_paths"
    silent = Findings(documents.document(list(findings.questions), [], []))
    assert silent.credit == ()
    assert "Credit" not in table(silent, width=100)


def test_every_face_shows_it() -> None:
    findings = answered(estimate=-0.03, half=0.01)
    text = table(findings, width=100)
    assert "Credit, not effect" in text
    assert "40.0\u00a0%" in text
    assert max(len(line) for line in text.splitlines()) <= 100
    rows = list(csv.DictReader(io.StringIO(findings.to_csv(table="credit"))))
    assert [row["moment"] for row in rows] == ["site.visit@zmot", "ads.video@stimulus"]
    assert float(rows[1]["markov"]) == pytest.approx(400)
    assert rows[0]["effect"] == ""
    root = parse(render(findings))
    (section,) = [one for one in root.all("section") if one.attributes.get("id") == "credit"]
    assert "Credit against effect" in section.text()
    assert len(section.all("svg")) == 2
    assert isinstance(findings.question("purchase").credit[0], Credit)
