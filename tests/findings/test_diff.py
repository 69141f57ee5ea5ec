"""What changed between two runs, with known answers; the published schema and page are the contract."""

from __future__ import annotations

import csv
import io
import json
import math
import re
from pathlib import Path
from typing import Any

import jsonschema
import msgspec
import pytest
from rich.cells import cell_len

from momot.findings import Findings, labels
from momot.findings.contract import Check, Document, Period, Refused
from momot.findings.diff import compare
from momot.findings.diff_contract import CheckDiff, Diff, EffectDiff, MomentDiff, QuestionDiff, Run, schema_text
from momot.findings.diff_lines import diff_table
from momot.vocabulary import DIFF_CHANGES, DIFF_OVERLAPS
from tests.contracts.docs_pages import DOCS, section
from tests.findings import documents

PAGE = DOCS / "reference" / "diff.md"


def run(*rows: tuple[str, str, float, float], build: str = "b", question: dict[str, Any] | None = None, **changes: Any) -> Findings:
    """Findings of rows (touchpoint, verdict, estimate, half-width), one contrast each."""
    findings = [documents.finding(name, verdict=verdict, rank=None, label=None) for name, verdict, _, _ in rows]
    effects = [documents.effect(f"{name}@smot", "bad-good", estimate, half) for name, _, estimate, half in rows if half]
    return Findings(documents.document([documents.question(**(question or {}))], findings, effects, build=build, **changes))


def by_name(diff: Diff) -> dict[str, MomentDiff]:
    return {one.moment.split("@")[0]: one for one in diff.moments}


def test_each_moment_is_told_by_the_gravest_change() -> None:
    before = run(
        ("up", "no evidence", 0.1, 0.2), ("down", "likely", 0.4, 0.2), ("moved", "likely", -1.0, 0.1), ("still", "likely", 0.5, 0.1),
        ("hair", "no evidence", 0.1, 0.2), ("old", "likely", 1.0, 0.1),
    )  # fmt: skip
    after = run(
        ("up", "moment", 0.8, 0.2), ("down", "no evidence", 0.3, 0.4), ("moved", "likely", -0.2, 0.1), ("still", "likely", 0.52, 0.1),
        ("hair", "too small to matter", 0.1, 0.01), ("young", "likely", 1.0, 0.1), build="c",
    )  # fmt: skip
    diff = compare(before, after)
    found = by_name(diff)
    assert {name: one.change for name, one in found.items()} == {
        "up": "became decisive", "down": "stopped", "moved": "changed effect", "still": "same", "hair": "changed verdict", "young": "new",
        "old": "gone",
    }  # fmt: skip
    moved = found["moved"].effects[0]
    assert moved.difference == pytest.approx(0.8)
    assert (moved.low, moved.high) == (pytest.approx(0.8 - 0.1 * math.sqrt(2)), pytest.approx(0.8 + 0.1 * math.sqrt(2)))
    assert moved.beyond
    assert "difference +0.80\u00a0stars" in found["moved"].sentence
    assert "did not change beyond its uncertainty" in found["down"].sentence
    assert diff.headline == "1 became decisive, 1 stopped, 1 changed in effect, 1 changed in verdict, 1 new, 1 gone; 1 as before"
    assert [one.moment for one in diff.changed] == [one.moment for one in diff.moments if one.change != "same"]


def test_the_same_records_are_not_tested_and_nothing_changed_says_so() -> None:
    diff = compare(run(("a", "likely", 1.0, 0.1)), run(("a", "likely", 2.0, 0.1)))
    (effect,) = diff.moments[0].effects
    assert (effect.difference, effect.low, effect.p_value, effect.beyond) == (1.0, None, None, False)
    assert diff.questions[0].overlap == "same"
    assert diff.headline == "Nothing changed: 1 moment as before"
    other = compare(run(("a", "likely", 1.0, 0.1)), run(("a", "no evidence", 1.0, 0.1)))
    assert "not the world" in other.moments[0].sentence


def test_two_periods_of_one_build_are_not_the_same_records() -> None:
    spring = Period(since="2026-04-01", until="2026-06-30")
    whole = run(("a", "likely", 1.0, 0.1), question={"from_": "2026-01-01", "to": "2026-12-31"})
    part = run(("a", "likely", 2.0, 0.1), question={"from_": "2026-04-01", "to": "2026-06-30"}, period=spring)
    diff = compare(part, whole)
    assert diff.same_build
    assert not diff.same_records
    assert [one.overlap for one in diff.questions] == ["nested"]
    assert by_name(diff)["a"].change == "changed effect"
    assert diff.before.period == spring
    assert compare(part, part).same_records


def test_chance_alone_seldom_changes_an_effect() -> None:
    """A hundred contrasts that moved by less than one standard error: q-values count them all."""
    before = run(*((f"t{i}", "no evidence", 0.0, 0.2) for i in range(100)))
    after = run(*((f"t{i}", "no evidence", 0.1 * (-1) ** i, 0.2) for i in range(100)), build="c")
    assert compare(before, after).changed == ()


def test_another_reference_or_unit_is_not_compared() -> None:
    before, after = run(("a", "likely", 1.0, 0.1)), run(("a", "likely", 1.0, 0.1), build="c", question={"unit": "points"})
    assert compare(before, after).moments[0].effects == ()
    moved = documents.document(
        list(before.questions), list(before.document.findings), [documents.effect("a@smot", "bad-good", 1.0, 0.1, reference="x")]
    )
    assert compare(before, Findings(moved)).moments[0].effects == ()


@pytest.mark.parametrize(
    ("was", "now", "overlap"),
    [
        (("2024-01-01", "2024-06-01"), ("2024-01-01", "2024-09-01"), "nested"),
        (("2024-01-01", "2024-06-01"), ("2024-03-01", "2024-09-01"), "partly"),
        (("2024-01-01", "2024-06-01"), ("2024-06-02", "2024-09-01"), "apart"),
        ((None, None), ("2024-06-02", "2024-09-01"), "unknown"),
    ],
)
def test_how_far_the_records_are_the_same(was: tuple[str | None, ...], now: tuple[str | None, ...], overlap: str) -> None:
    days = [{"from": start, "to": end} for start, end in (was, now)]
    diff = compare(run(("a", "likely", 1.0, 0.1), question=days[0]), run(("a", "likely", 1.0, 0.1), build="c", question=days[1]))
    assert diff.questions[0].overlap == overlap


def test_checks_refusals_and_questions_that_come_and_go() -> None:
    failed = Check(name="positivity", status="fail", message="nearly everybody met it")
    now = documents.document(
        [documents.question(checks=(documents.SELECTION,)), documents.question(id="purchase", outcome="purchase")],
        [documents.finding("a", verdict="not identifiable", checks=(*documents.PASSED[1:], failed))],
        [],
        build="c",
        refused=(Refused(question="opinion", source="s", column="late", rule="undated", measure=1.0, reason="r"),),
    )
    diff = compare(run(("a", "likely", 1.0, 0.1)), Findings(now))
    told = {(one.moment, one.name): (one.before, one.after) for one in diff.checks}
    assert told == {(None, "selection"): (None, "review"), ("a@smot", "positivity"): (None, "fail")}
    assert diff.refused == ("opinion: late",)
    assert compare(Findings(now), run(("a", "likely", 1.0, 0.1))).accepted == ("opinion: late",)
    assert [(one.question, one.overlap) for one in diff.questions] == [("opinion", "nested"), ("purchase", None)]
    nothing = compare(run(), Findings(documents.document([documents.question(id="x")], [], [])))
    assert nothing.headline == "The two runs have no question in common"
    assert nothing.moments == ()


EVERYTHING: tuple[type[msgspec.Struct], ...] = (Diff, Run, QuestionDiff, MomentDiff, EffectDiff, CheckDiff)


@pytest.mark.parametrize("struct", EVERYTHING, ids=lambda struct: struct.__name__)
def test_the_page_documents_exactly_the_fields(struct: type[msgspec.Struct]) -> None:
    listed = re.findall(r"^\| `(\w+)` \|", section(PAGE, struct.__name__), re.MULTILINE)
    assert listed == [field.encode_name for field in msgspec.structs.fields(struct)]


def test_the_page_lists_the_closed_words() -> None:
    for heading, closed, words in (("Changes", DIFF_CHANGES, labels.DIFF_WORDS), ("Overlaps", DIFF_OVERLAPS, labels.OVERLAP_WORDS)):
        assert tuple(re.findall(r"^\| `([^`]+)` \|", section(PAGE, heading), re.MULTILINE)) == closed == tuple(words)


def test_the_published_schema_is_the_one_of_the_code(root: Path) -> None:
    """Where this fails: python -m momot.findings.diff_contract > docs/reference/diff.schema.json."""
    text = (root / "docs" / "reference" / "diff.schema.json").read_text(encoding="utf-8")
    assert text == schema_text()
    diff = compare(Findings(documents.episode()), run(("a", "likely", 1.0, 0.1)))
    jsonschema.validate(json.loads(diff.to_json()), json.loads(text), cls=jsonschema.Draft202012Validator)
    assert msgspec.json.decode(diff.to_json(), type=Diff) == diff


@pytest.mark.parametrize("name", documents.ALL)
def test_every_face_shows_any_two_runs(name: str) -> None:
    one: Document = documents.ALL[name]()
    other = Findings(msgspec.structs.replace(documents.episode(), build="other"))
    for diff in (compare(Findings(one), other), compare(other, Findings(one)), compare(Findings(one), Findings(one))):
        for width in (60, 100):
            text = diff_table(diff, width=width)
            assert all(cell_len(line) <= width for line in text.splitlines())
            assert "\x1b" not in text
        rows = list(csv.DictReader(io.StringIO(diff.to_csv())))
        assert len(rows) == sum(max(1, len(moment.effects)) for moment in diff.moments)
    assert not compare(Findings(one), Findings(one)).changed
