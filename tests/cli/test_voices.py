"""`momot voices` and `momot explain` from the shell, over a project in which what goes wrong is planted."""

from __future__ import annotations

import csv
import io
import json
import random
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

import momot
from momot.cli import run

BAD = ("the parcel arrived broken", "parcel arrived broken and nobody cared", "again a parcel that arrived broken")
GOOD = ("the courier was friendly", "such a friendly courier", "a friendly courier rang twice")
_FIRST, _LAST = ("kar", "bel", "mon", "tor", "vin", "sal", "pel", "dru"), ("to", "mi", "ra", "no", "lu", "sa")
FILLER = [f"{first}{last}" for first in _FIRST for last in _LAST]
PROJECT = """
name = "Lamps"

[[subjects]]
from = "orders.csv"
subject = "order"
person = "who"
start = "at"

[people]
from = "people.csv"
person = "who"
segments = { region = "region" }

[[interactions]]
from = "orders.csv"
activity = "parcel"
touchpoint = "delivery.parcel"
person = "who"
subject = "order"
at = "at"
quality = { sql = "went" }

[[interactions]]
from = "replies.csv"
activity = "reply"
touchpoint = "feedback.reply"
person = "who"
at = "at"

[[interactions]]
from = "orders.csv"
activity = "order_placed"
touchpoint = "checkout.order"
person = "who"
at = "at - INTERVAL 1 HOUR"

[[opinions]]
from = "orders.csv"
subject = "order"
at = "at + INTERVAL 1 DAY"
instrument = "stars"
value = "stars"
scale = [1, 5]
text = "review"

[outcomes.opinion]
opinion = "stars"

[voices]
ignore = ["lamp"]
languages = ["en"]
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """400 orders: of those whose parcel went badly most say that it arrived broken, and give fewer stars."""
    home = tmp_path_factory.mktemp("lamps")
    chance = random.Random(5)
    orders, people, replies = ["order,who,at,went,stars,review"], ["who,region"], ["who,at"]
    for number in range(400):
        bad = chance.random() < 1 / 3
        speaks = chance.random() < (0.7 if bad else 0.5)
        said = chance.choice(BAD if bad else GOOD) if speaks else "a lamp"
        day = f"2024-{number % 12 + 1:02d}-{number % 27 + 1:02d}"
        stars = chance.choice((1, 1, 2, 4)) if bad else chance.choice((2, 3, 4, 4, 5, 5))
        orders.append(
            f"o{number},p{number},{day} 10:00:00,{'bad' if bad else 'good'},{stars},{said}. We {' '.join(chance.sample(FILLER, 6))}"
        )
        people.append(f"p{number},{'north' if number % 2 else 'south'}")
        if bad and chance.random() < 0.5:
            replies.append(f"p{number},{day[:8]}{int(day[8:]) + 1:02d} 20:00:00")
    orders.append("o999,p1,2024-12-29 10:00:00,good,5,write to me at jo@mail.com please")
    for name, lines in (("orders", orders), ("people", people), ("replies", replies)):
        (home / f"{name}.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    (home / "momot.toml").write_text(PROJECT, encoding="utf-8")
    return home


def _json(capsysbinary: Any, *words: str) -> Any:
    assert run([*words, "--format", "json", "--quiet"]) == 0
    return json.loads(capsysbinary.readouterr().out)


def test_the_overview_finds_what_was_planted(folder: Path, capsysbinary: Any) -> None:
    found = _json(capsysbinary, "voices", str(folder), "--tier", "fast")
    assert (found["schema"], found["texts"], found["people"], found["unit"]) == ("momot.voices/1", 401, 400, "stars")
    assert any("arrived broken" in phrase["phrase"] for phrase in found["pain_points"]["reasons"][0]["phrases"])
    assert "friendly" in found["praise"]["reasons"][0]["phrase"]
    first = found["pain_points"]["reasons"][0]
    assert first["share_low"] < first["share"] < first["share_high"]
    assert first["effect_high"] < -0.5
    assert {share["name"] for share in first["by"]["region"]} == {"north", "south"}
    assert found["spoken"]["with_words"]["share"] == 1
    assert "lamp" not in json.dumps(found["themes"])


def test_replies_to_bad_feedback_are_counted(folder: Path, capsysbinary: Any) -> None:
    replied = _json(capsysbinary, "voices", str(folder), "--tier", "fast")["answered"]["replied"]
    orders = list(csv.DictReader(io.StringIO((folder / "orders.csv").read_text(encoding="utf-8"))))
    answered = {row["who"] for row in csv.DictReader(io.StringIO((folder / "replies.csv").read_text(encoding="utf-8")))}
    bad = [row["who"] for row in orders if int(row["stars"]) <= 2]
    assert (replied["texts"], replied["of"]) == (len(answered.intersection(bad)), len(bad))


def test_a_moment_is_explained_by_how_it_went(folder: Path, capsysbinary: Any) -> None:
    found = _json(capsysbinary, "explain", str(folder), "delivery.parcel@smot", "--tier", "fast")
    assert found["basis"] == "how it went"
    assert "broken" in found["badly"]["reasons"][0]["phrase"]
    assert "friendly" in found["well"]["reasons"][0]["phrase"]


def test_findings_say_why_and_kept_runs_do_not_quote(folder: Path) -> None:
    findings = momot.find_moments(momot.open(folder))
    why = findings["delivery.parcel"].why
    assert why is not None
    assert "broken" in why.badly[0].reason
    assert why.badly[0].quote
    assert "Why it goes badly" in momot.report(findings, folder / "report.html").read_text(encoding="utf-8")
    kept = momot.runs(folder)[-1].read()["delivery.parcel"].why
    assert kept is not None
    assert kept.badly[0].quote is None
    assert momot.find_moments(momot.open(folder), why=False)["delivery.parcel"].why is None


def test_segments_are_compared_or_named(folder: Path, capsysbinary: Any) -> None:
    found = _json(capsysbinary, "voices", str(folder), "--tier", "fast", "--by", "region")
    assert found["compared"]["segments"] == ["region"]
    assert run(["voices", str(folder), "--by", "regoin", "--quiet"]) == 2
    assert b"Did you mean 'region'" in capsysbinary.readouterr().err


def test_the_table_and_the_csv_name_the_same_reasons(folder: Path, capsysbinary: Any) -> None:
    assert run(["voices", str(folder), "--tier", "fast", "--quiet"]) == 0
    table = capsysbinary.readouterr().out.decode()
    assert run(["voices", str(folder), "--tier", "fast", "--quiet", "--format", "csv"]) == 0
    rows = list(csv.DictReader(io.StringIO(capsysbinary.readouterr().out.decode())))
    assert rows[0]["kind"] == "pain_point"
    assert rows[0]["reason"] in table
    assert all(len(line) <= 100 for line in table.splitlines())
    assert "jo@mail.com" not in table


def test_an_unknown_moment_and_a_project_without_texts_are_said(folder: Path, tmp_path: Path, capsysbinary: Any) -> None:
    assert run(["explain", str(folder), "delivery.parcle", "--tier", "fast", "--quiet"]) == 2
    assert b"Did you mean 'delivery.parcel" in capsysbinary.readouterr().err
    (tmp_path / "momot.toml").write_text(PROJECT.replace('text = "review"\n', ""), encoding="utf-8")
    for name in ("orders", "people", "replies"):
        (tmp_path / f"{name}.csv").write_bytes((folder / f"{name}.csv").read_bytes())
    assert run(["voices", str(tmp_path), "--quiet"]) == 2
    assert b"nobody said anything" in capsysbinary.readouterr().err


def test_words_of_employees_alone_are_no_voices(tmp_path: Path, capsysbinary: Any) -> None:
    (tmp_path / "said.csv").write_text("who,at,words,staff\nann,2024-01-01,we are great,true\n", encoding="utf-8")
    block = '[[texts]]\nfrom = "said.csv"\nperson = "who"\nat = "at"\ntext = "words"\n'
    people = '[people]\nfrom = "said.csv"\nperson = "who"\nemployee = "staff"\n'
    (tmp_path / "momot.toml").write_text(f'name = "Staff"\n{block}{people}', encoding="utf-8")
    assert run(["voices", str(tmp_path), "--tier", "fast", "--quiet"]) == 2
    assert b"nobody but employees said anything" in capsysbinary.readouterr().err


def test_words_of_some_employees_are_left_out_and_nothing_is_said_to_be_drawn(tmp_path: Path, capsysbinary: Any) -> None:
    rows = "\n".join(
        f"p{number},2024-01-{1 + number % 28:02d},The parcel came late,{'yes' if number % 4 == 0 else 'no'}" for number in range(60)
    )
    (tmp_path / "said.csv").write_text(f"who,at,words,staff\n{rows}\n", encoding="utf-8")
    people = '[people]\nfrom = "said.csv"\nperson = "who"\nemployee = "staff"\n'
    texts = '[[texts]]\nfrom = "said.csv"\nperson = "who"\nat = "at"\ntext = "words"\n'
    (tmp_path / "momot.toml").write_text(f'name = "shop"\n{people}{texts}', encoding="utf-8")
    found = _json(capsysbinary, "voices", str(tmp_path), "--tier", "fast")
    assert (found["texts"], found["people"]) == (45, 45)
    assert not any("drawn by chance" in note for note in found["notes"])


def test_texts_are_read_line_by_line_in_order(tmp_path: Path, capsysbinary: Any) -> None:
    file = tmp_path / "in.csv"
    file.write_text('id,text\n1,"I hate it, it is terrible"\n2,Giao hàng rất chậm\n3,\n', encoding="utf-8")
    assert run(["voices", "read", str(file), "--text", "text"]) == 0
    found = [json.loads(line) for line in capsysbinary.readouterr().out.decode().splitlines()]
    assert [one["language"] for one in found] == ["en", "vi", "und"]
    assert found[0]["polarity"] == "negative"
    assert found[2]["polarity"] is None
    assert run(["voices", "read", str(tmp_path / "none.txt")]) == 2
    assert b"can't be read" in capsysbinary.readouterr().err


def test_labels_are_asked_for_fitted_and_used(folder: Path, tmp_path: Path, capsysbinary: Any) -> None:
    home = tmp_path / "project"
    home.mkdir()
    for file in folder.glob("*.csv"):
        (home / file.name).write_bytes(file.read_bytes())
    (home / "momot.toml").write_bytes((folder / "momot.toml").read_bytes())
    asked = tmp_path / "ask.csv"
    assert run(["voices", "label", str(home), "--most", "10", "-o", str(asked), "--quiet"]) == 0
    rows = list(csv.DictReader(io.StringIO(asked.read_text(encoding="utf-8"))))
    assert len(rows) == 10
    assert len({row["text"] for row in rows}) == 10
    chance = random.Random(7)
    told = [f"{' '.join(chance.sample(FILLER, 4))} {('blicket', 'daxum')[number % 2]}" for number in range(200)]
    labels = "\n".join(f"{text},{'positive' if 'daxum' in text else 'negative'}" for text in told)
    (tmp_path / "labels.csv").write_text(f"text,label\n{labels}\n", encoding="utf-8")
    capsysbinary.readouterr()
    found = _json(capsysbinary, "voices", "calibrate", str(home), "--labels", str(tmp_path / "labels.csv"), "--tier", "fast")
    assert found["measured"]["labels"] == 200
    assert found["measured"]["macro_f1"] > 0.8
    fresh = [f"{' '.join(chance.sample(FILLER, 4))} {('blicket', 'daxum')[number % 2]}" for number in range(40)]
    (tmp_path / "new.txt").write_text("\n".join(fresh) + "\n", encoding="utf-8")
    assert run(["voices", "read", str(tmp_path / "new.txt"), "--folder", str(home), "--tier", "fast", "--no-abstain"]) == 0
    read = [json.loads(line)["polarity"] for line in capsysbinary.readouterr().out.decode().splitlines()]
    assert sum(polarity == ("negative", "positive")[number % 2] for number, polarity in enumerate(read)) >= 32


UNUSABLE = {
    "label 'great' is none": "a,great\n" * 40,
    "all say positive": "a,positive\n" * 40,
    "at least 30 labels": "a,negative\nb,positive\n",
}


@pytest.mark.parametrize("message", UNUSABLE)
def test_labels_that_cannot_be_used_are_said(folder: Path, tmp_path: Path, capsysbinary: Any, message: str) -> None:
    (tmp_path / "labels.csv").write_text(f"text,label\n{UNUSABLE[message]}", encoding="utf-8")
    assert run(["voices", "calibrate", str(folder), "--labels", str(tmp_path / "labels.csv"), "--tier", "fast"]) == 2
    assert message in capsysbinary.readouterr().err.decode()


def test_who_is_erased_is_in_no_text_quote_or_cache(folder: Path, tmp_path: Path) -> None:
    home = tmp_path / "project"
    home.mkdir()
    for file in folder.glob("*.csv"):
        (home / file.name).write_bytes(file.read_bytes())
    (home / "momot.toml").write_bytes((folder / "momot.toml").read_bytes())
    project = momot.open(home)
    before = momot.voices(project, tier="fast")
    assert list((home / ".momot" / "voices").rglob("*.parquet"))
    with momot.build(project).connect() as connection:
        whose = "SELECT text FROM texts JOIN said USING (text_id) JOIN people USING (person_id) WHERE person = 'p3'"
        (text,) = connection.execute(whose).fetchone() or ("",)
    momot.erase(project, "p3")
    assert not list((home / ".momot" / "voices").rglob("*.parquet"))
    after = momot.voices(project, tier="fast")
    assert after.texts == before.texts - 1
    assert text
    assert all(text.encode() not in path.read_bytes() for path in (home / ".momot").rglob("*") if path.is_file())


def test_suggestions_are_learnt_beside_polarity(folder: Path, tmp_path: Path, capsysbinary: Any) -> None:
    home = tmp_path / "project"
    home.mkdir()
    (home / "momot.toml").write_bytes((folder / "momot.toml").read_bytes())
    chance = random.Random(8)
    told = [(f"{'blicket the' if number % 2 else 'wug a'} {' '.join(chance.sample(FILLER, 4))}", number % 2) for number in range(60)]
    rows = "\n".join(f"{text},{'suggestion' if one else 'other'}" for text, one in told)
    (tmp_path / "labels.csv").write_text(f"text,label\n{rows}\n", encoding="utf-8")
    words = ("voices", "calibrate", str(home), "--labels", str(tmp_path / "labels.csv"), "--tier", "fast")
    assert _json(capsysbinary, *words, "--head", "suggestion")["measured"]["macro_f1"] > 0.8
    assert run([*words, "--quiet"]) == 2  # labels of another head
    capsysbinary.readouterr()
    (tmp_path / "new.txt").write_text("blicket the karto\nwug a karto\n", encoding="utf-8")
    plain = [one["valence"] for one in momot.read_texts(["blicket the karto", "wug a karto"])]
    assert run(["voices", "read", str(tmp_path / "new.txt"), "--folder", str(home)]) == 0
    read = [json.loads(line) for line in capsysbinary.readouterr().out.decode().splitlines()]
    assert read[0]["suggestion"] > 0.5 > read[1]["suggestion"]
    assert [one["valence"] for one in read] == plain


def test_answers_at_the_terminal_are_kept_and_asked_once(folder: Path, tmp_path: Path) -> None:
    file = tmp_path / "kept.csv"
    command = [sys.executable, "-m", "momot", "voices", "label", str(folder), "--most", "4", "--labels", str(file), "--quiet"]
    done = subprocess.run(command, input="n\np\ns\nq\n", capture_output=True, text=True, check=False, timeout=120)
    assert done.returncode == 0, done.stderr
    assert "from 30 labels of two kinds on" in done.stdout
    kept = list(csv.DictReader(io.StringIO(file.read_text(encoding="utf-8"))))
    assert [row["label"] for row in kept] == ["negative", "positive"]
    again = subprocess.run(command, input="q\n", capture_output=True, text=True, check=False, timeout=120)
    assert "1 of 4" in again.stdout
    assert not any(row["text"] in again.stdout for row in kept)
    assert len(file.read_text(encoding="utf-8").splitlines()) == 3


def test_suggestions_are_asked_for_in_words_of_their_own(folder: Path, tmp_path: Path) -> None:
    """Labels of one head never mix with those of the other: each has a file."""
    home = tmp_path / "project"
    shutil.copytree(folder, home)
    command = [sys.executable, "-m", "momot", "voices", "label", str(home), "--head", "suggestion", "--most", "4", "--quiet"]
    done = subprocess.run(command, input="y\nn\ns\nq\n", capture_output=True, text=True, check=False, timeout=120)
    assert done.returncode == 0, done.stderr
    assert "read as other" in done.stdout
    assert "suggests something: y(es)" in done.stdout + done.stderr
    kept = list(csv.DictReader(io.StringIO((home / "suggestion-labels.csv").read_text(encoding="utf-8"))))
    assert [row["label"] for row in kept] == ["suggestion", "other"]
    assert not (home / "labels.csv").exists()


CALLS = """
[[interactions]]
from = "orders.csv"
activity = "said"
touchpoint = "feedback.words"
person = "who"
at = "at"
text = "lower(review)"
quality = "text"

"""


@pytest.mark.skipif(shutil.which("java") is None, reason="Spark needs Java")
def test_on_spark_the_same_is_heard(folder: Path, tmp_path: Path, capsysbinary: Any) -> None:
    """In a process of its own, as a command: what it may leave out there it must not leave out beside Spark."""
    home = tmp_path / "project"
    home.mkdir()
    for file in folder.glob("*.csv"):
        (home / file.name).write_bytes(file.read_bytes())
    calls = PROJECT.replace("[voices]", f"{CALLS}[voices]")
    (home / "momot.toml").write_text(calls, encoding="utf-8")
    expected = _json(capsysbinary, "voices", str(home), "--tier", "fast")
    shutil.rmtree(home / ".momot")
    command = [sys.executable, "-m", "momot", "voices", str(home), "--tier", "fast", "--format", "json", "--quiet", "--engine", "local[1]"]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=300)
    assert done.returncode == 0, done.stderr[-2000:]
    assert json.loads(done.stdout) | {"build": ""} == expected | {"build": ""}
