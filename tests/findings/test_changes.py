"""A verdict on a change, its sentence, and the same change in the contract, the table and the report."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

import momot
from momot.findings import Findings
from momot.findings.changes import by_change, change_sentence, change_verdict, went_sentence
from momot.findings.contract import Change, ChangeGroup, ChangePeriod, Check, Went
from momot.findings.display import table
from momot.report.document import render
from tests.findings.documents import ALL
from tests.report.pages import parse


def change(**more: Any) -> Change:
    """A new courier that worked."""
    values: dict[str, Any] = {
        "question": "opinion", "touchpoint": "delivery.parcel", "on": "2018-03-01", "what": "new courier", "design": "episode",
        "comparison": "not met", "evidence": "B", "verdict": "worked", "sentence": "", "unit": "stars", "estimate": 0.31, "low": 0.2,
        "high": 0.42, "p_value": 1e-6, "q_value": 1e-6, "detectable_effect": 0.11, "from": "2017-03-01", "to": "2018-08-30",
        "period_days": 28, "wait_days": 20,
        "groups": tuple(ChangeGroup(met=met, after=after, n=400, people=390, mean=4.0) for met in (True, False) for after in (False, True)),
        "periods": tuple(
            ChangePeriod(days=28 * number - 20 * (number < 0), n=40, n_reference=60, estimate=0.3 * (number >= 0), low=-0.2, high=0.6)
            for number in range(-8, 5)
        ),
        "went": Went(quality="bad", before=0.29, after=0.12, difference=-0.17, low=-0.2, high=-0.14, n_before=4000, n_after=2000),
        "checks": (Check(name="pre_trend", status="pass", message="No drift was seen before the change."),),
    }  # fmt: skip
    values |= more
    found = msgspec.convert(msgspec.to_builtins(values), type=Change)
    return msgspec.structs.replace(found, sentence=found.sentence or change_sentence(found))


@pytest.mark.parametrize(
    ("estimate", "low", "high", "q", "better", "band", "verdict"),
    [
        (0.3, 0.2, 0.4, 0.01, "higher", None, "worked"),
        (0.3, 0.2, 0.4, 0.01, "lower", None, "made it worse"),
        (-0.3, -0.4, -0.2, 0.01, "lower", None, "worked"),
        (-0.3, -0.4, -0.2, 0.01, "higher", None, "made it worse"),
        (0.3, 0.2, 0.4, 0.11, "higher", None, "no evidence"),  # one of many
        (0.3, -0.01, 0.61, 0.09, "higher", None, "no evidence"),  # its interval has 0 in it
        (0.03, 0.01, 0.05, 0.01, "higher", 0.1, "no evidence"),  # too small to matter
        (0.08, 0.01, 0.15, 0.01, "higher", 0.1, "worked"),
    ],
)
def test_the_verdict_needs_a_discovery_an_interval_without_zero_and_more_than_too_small(
    estimate: float, low: float, high: float, q: float, better: str, band: float | None, verdict: str
) -> None:
    assert change_verdict(estimate, low, high, q_value=q, better=better, smallest_effect=band) == verdict


@pytest.mark.parametrize(
    ("more", "told"),
    [
        ({}, "Since then opinion is estimated to be 0.31 stars higher for those who meet it than it would have been (95"),
        ({"evidence": "C"}, "is 0.31 stars higher than before, compared with those who do not meet it"),
        ({"evidence": "C", "comparison": "before"}, "than the line before it let expect"),
        ({"unit": "share", "estimate": -0.021, "low": -0.03, "high": -0.012}, "2.1 percentage points lower for those who meet it"),
        ({"verdict": "no evidence", "low": -0.1}, "No change of opinion was found: +0.31 (95"),
        ({"verdict": "no evidence", "low": -0.1}, "0.11 stars or more would more likely than not have shown."),
    ],
)
def test_the_sentence_says_no_more_than_its_evidence(more: dict[str, Any], told: str) -> None:
    said = change(**more).sentence.replace("\u00a0", " ")
    assert told in said
    assert ("other reasons are possible" in said) == (more.get("evidence") == "C")


def test_what_could_not_be_told_says_which_gate_failed_and_gives_no_number() -> None:
    lacking = Check(name="support", status="fail", message="Too few that began after 2018-03-01 are known.", fix="Ask again later.")
    nothing = dict.fromkeys(
        ("estimate", "low", "high", "p_value", "q_value", "detectable_effect", "from", "to", "period_days", "wait_days")
    )
    found = change(verdict="not identifiable", evidence="C", groups=(), periods=(), checks=(lacking,), **nothing)
    assert found.sentence == "Too few that began after 2018-03-01 are known."
    assert went_sentence(found).startswith("It went badly 29")


def with_changes(*changes: Change) -> Findings:
    return Findings(msgspec.structs.replace(ALL["episode"](), changes=changes))


def test_changes_are_part_of_the_document_and_of_their_question() -> None:
    findings = with_changes(change(), change(question="other"))
    again = Findings.from_json(findings.to_json())
    assert again == findings
    assert [one.question for one in again.changes] == ["opinion", "other"]
    assert [one.question for one in findings.question("opinion").changes] == ["opinion"]
    assert [len(group) for group in by_change([*findings.changes, change(on="2018-05-01")])] == [2, 1]


def test_a_document_of_before_has_no_changes() -> None:
    old = msgspec.json.decode(with_changes().to_json())
    del old["changes"]
    assert Findings.from_json(msgspec.json.encode(old)).changes == ()


@pytest.mark.parametrize("width", [60, 100, 160])
def test_the_table_answers_did_it_work(width: int) -> None:
    lacking = Check(name="support", status="fail", message="Too few are known.", fix="Ask again later.")
    untold = change(
        question="again", verdict="not identifiable", estimate=None, low=None, high=None, checks=(lacking,), sentence="Too few are known."
    )
    text = table(with_changes(change(), untold), width=width)
    start = text.index("Did it work?")
    part = text[start:]
    assert "2018-03-01  delivery.parcel  new courier" in part
    assert "Worked  +0.31  +0.20 to +0.42  B" in part
    assert "again  We cannot tell" in part
    assert part.count("Too few are known.") == 1
    assert all(len(line) <= width for line in part.splitlines())
    assert "Did it work?" not in table(with_changes(), width=width)


def test_the_report_draws_every_change_that_was_estimated() -> None:
    page = parse(render(with_changes(change(), change(question="again", estimate=None, low=None, high=None, verdict="not identifiable"))))
    (section,) = page.all("section", id="changes")
    assert "Did it work?" in section.text()
    (picture,) = section.all("svg", class_="change")
    assert len(picture.all("circle")) == 13
    (title,) = picture.all("title")
    assert title.text().startswith("opinion, 2018-03-01: Since then")
    assert "We cannot tell" in section.text()
    assert not parse(render(with_changes())).all("section", id="changes")


def test_a_name_cannot_break_the_report() -> None:
    page = render(with_changes(change(what="<script>alert(1)</script>", touchpoint="a.b</svg>")))
    assert "<script>alert" not in page
    parse(page)


def test_a_project_with_a_change_is_answered_from_the_library() -> None:
    """A new script of the hotline with fewer bad calls: found, said of those who call, with how the calls went."""
    import datetime as dt

    import numpy as np

    random = np.random.default_rng(3)
    first, on = dt.datetime(2023, 1, 1), dt.date(2024, 1, 15)  # noqa: DTZ001
    interactions, opinions = [], []
    for number in range(6000):
        person, at = f"P{random.integers(1500)}", first + dt.timedelta(days=float(random.uniform(0, 560)))
        called, new = random.random() < 0.4, at.date() >= on
        bad = called and random.random() < (0.15 if new else 0.45)
        interactions.append({"person": person, "order": f"O{number}", "at": at, "touchpoint": "shop", "quality": None})
        if called:
            quality = "bad" if bad else "good"
            later = at + dt.timedelta(hours=2)
            interactions.append({"person": person, "order": f"O{number}", "at": later, "touchpoint": "call", "quality": quality})
        value = 4.0 - 1.5 * bad - 0.3 * called + random.normal() * 0.7
        opinions.append({"order": f"O{number}", "person": person, "at": at + dt.timedelta(days=2), "value": float(np.clip(value, 1, 5))})
    subjects = [{"order": row["order"], "person": row["person"], "start": row["at"]} for row in interactions if row["touchpoint"] == "shop"]
    project = momot.from_tables(
        interactions=interactions, opinions=opinions, subjects=subjects, columns={"subject": "order"},
        outcomes={"stars": {"opinion": "stars", "smallest_effect": 0.1}},
        blocks={"changes": [{"on": on, "touchpoint": "call", "what": "new script"}]},
    )  # fmt: skip
    (found,) = momot.find_moments(project).changes
    assert (found.verdict, found.evidence, found.comparison, found.design) == ("worked", "B", "not met", "episode")
    assert found.low is not None
    assert found.high is not None
    assert found.low < 0.45 < found.high  # 1.5 stars × 30 points fewer bad calls
    assert found.went is not None
    assert -0.45 < found.went.low < found.went.high < -0.2
    assert (found.from_, found.to) != (None, None)
    assert found.q_value is not None
