"""Worlds written by others: what is there is read, what is missing costs its own figure, what is malformed is named by file and key."""

from __future__ import annotations

import csv
import json
import random
from pathlib import Path

import pytest

from benchmarks.truth.figures import figures
from benchmarks.truth.run import Beside, run_folder
from benchmarks.truth.truths import MalformedTruth, read_truth, renamed

ROW = {"outcome": "stars", "touchpoint": "parcel", "contrast": "bad-good", "level": "bad", "reference": "good", "effect": -1.2}


PROJECT = """
name = "theirs"
timezone = "UTC"

[[subjects]]
from = "orders.csv"
subject = "order"
person = "customer"
start = "ordered"

[[interactions]]
from = "orders.csv"
subject = "order"
at = "came"
activity = "parcel_came"
touchpoint = "parcel"
channel = "courier"
quality = {sql = "parcel"}

[[interactions]]
from = "orders.csv"
where = "letter = 'yes'"
subject = "order"
at = "came"
activity = "letter_sent"
touchpoint = "letter"
channel = "post"

[[opinions]]
from = "orders.csv"
subject = "order"
at = "answered"
instrument = "stars"
value = "stars"
scale = [1, 5]

[outcomes.stars]
opinion = "stars"
per = "subject"
unit = "stars"
smallest_effect = 0.1
"""


def written(folder: Path, **changes: object) -> Path:
    document = {"schema": "momot.truth/2", "world": "theirs", "seed": 1, "effects": [ROW]} | changes
    (folder / "truth.json").write_text(json.dumps({key: value for key, value in document.items() if value != "left out"}), encoding="utf-8")
    return folder


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"schema": "momot.findings/1"}, "'schema' is 'momot.findings/1', not momot.truth"),
        ({"effects": "left out"}, "'effects' should be a list of rows, found nothing"),
        ({"effects": []}, "'effects' is empty"),
        ({"effects": [ROW, ROW | {"effect": "large"}]}, r"effects\[1\]\.effect should be a number, found 'large'"),
        ({"effects": [{key: value for key, value in ROW.items() if key != "contrast"}]}, r"effects\[0\]: 'contrast' is missing"),
        ({"effects": [ROW | {"days": 30}]}, r"effects\[0\]\.days should be null or two numbers"),
        ({"effects": ["nothing"]}, r"effects\[0\] should be an object"),
        ({"labels": [{"moment": "parcel"}]}, r"labels\[0\] should have 'moment' and 'label'"),
        ({"half_lives": {"parcel": None}}, r"half_lives\.parcel should be a number"),
        ({"effects": [ROW | {"days": [0, 14]}], "outcomes": {"stars": {"within_days": 30}}}, "within_days is 30"),
    ],
)
def test_what_is_malformed_is_named_with_file_and_key(tmp_path: Path, changes: dict, said: str) -> None:
    with pytest.raises(MalformedTruth, match=said) as told:
        read_truth(written(tmp_path, **changes))
    assert str(tmp_path / "truth.json") in str(told.value)


def test_no_json_and_no_file_are_told(tmp_path: Path) -> None:
    with pytest.raises(MalformedTruth, match="there is no such file"):
        read_truth(tmp_path)
    (tmp_path / "truth.json").write_text("{", encoding="utf-8")
    with pytest.raises(MalformedTruth, match="this is no JSON"):
        read_truth(tmp_path)


def test_windows_and_segments_are_no_effects_of_the_whole_time(tmp_path: Path) -> None:
    rows = [ROW | {"days": days, "effect": effect} for days, effect in (([0, 7], -0.1), ([0, 30], -0.5), ([63, 70], -0.01))]
    rows.append(ROW | {"days": [0, 30], "effect": -2.0, "segment": "region=south"})
    for about in ({}, {"outcomes": {"stars": {"within_days": 30, "else": 1}}}):
        truth = read_truth(written(tmp_path, effects=rows, **about))
        assert [true.effect for true in truth.effects.values()] == [-0.5]
        assert {segment: true.effect for (_, segment), true in truth.segments.items()} == {"region=south": -2.0}


def test_the_first_schema_names_no_outcome_in_its_rows(tmp_path: Path) -> None:
    row = {"touchpoint": "parcel", "contrast": "presence", "reference": "absent", "effect": 0.0}
    truth = read_truth(written(tmp_path, schema="momot.truth/1", outcome="stars", effects=[row], seed="left out"))
    assert truth.effects.keys() == {("stars", "parcel", "presence", "met", "not met")}
    assert truth.null == {("stars", "parcel")}


def test_declared_controls_are_not_judged(tmp_path: Path) -> None:
    rows = [ROW | {"moment": "parcel@smot"}, ROW | {"moment": "mail@smot", "effect": 0.0}]
    assert read_truth(written(tmp_path, effects=rows, controls=["mail@smot"])).moments == {("stars", "parcel@smot")}


def test_a_touchpoint_is_the_moment_of_it_that_reached_the_most(tmp_path: Path) -> None:
    truth = read_truth(written(tmp_path, half_lives={"parcel": 7}))
    rows = [{"touchpoint": "parcel", "moment": f"parcel@{stage}", "reach": {"people": n}} for stage, n in (("zmot", 3), ("smot", 9))]
    named = renamed(truth, rows)
    assert named.moments == {("stars", "parcel@smot")}
    assert named.half_lives == {"parcel@smot": 7.0}


def test_a_company_that_somebody_else_has_simulated_is_answered_and_scored(tmp_path: Path) -> None:
    """Orders in one CSV file; late parcels take 1.2 stars, letters nothing; the truth names touchpoints and an outcome nobody asks."""
    dice = random.Random(3)
    with (tmp_path / "orders.csv").open("w", encoding="utf-8", newline="") as file:
        table = csv.writer(file)
        table.writerow(["order", "customer", "ordered", "came", "answered", "stars", "parcel", "letter"])
        for order in range(600):
            late, letter = dice.random() < 0.3, dice.random() < 0.5
            stars = min(max(round(dice.gauss(3.8 - 1.2 * late, 0.7)), 1), 5)
            days = [f"2025-03-{day:02} 12:00" for day in (1 + order % 20, 4 + order % 20, 8 + order % 20)]
            table.writerow([order, f"c{order % 500}", *days, stars, "bad" if late else "good", "yes" if letter else "no"])
    (tmp_path / "momot.toml").write_text(PROJECT, encoding="utf-8")
    elsewhere = {"outcome": "revenue", "moment": "parcel", "contrast": "presence", "effect": 3.0}
    written(tmp_path, effects=[ROW, ROW | {"touchpoint": "letter", "contrast": "presence", "effect": 0.0}, elsewhere], note="ours")
    run = run_folder(tmp_path, name="theirs", beside=Beside(rivals=True, oracle=True), say=lambda _: None)
    assert run.notes == ("truth.json tells of 'revenue', which momot.toml does not ask",)
    (row,) = (row for row in figures(run.scores) if row.method == "momot")
    assert (row.recall.hits, row.recall.of, row.true_quality.coverage.of) == (1, 1, 1)
