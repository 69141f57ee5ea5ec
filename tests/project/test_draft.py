from __future__ import annotations

import csv
import datetime as dt
import random
from collections.abc import Sequence
from pathlib import Path

import pytest

from momot.errors import MissingSource
from momot.project import draft, parse
from momot.project.draft import Draft
from momot.project.schema import ProjectFile

DAY = dt.datetime(2024, 1, 1, 8, 0)  # noqa: DTZ001  times in files carry no zone


def write(path: Path, header: Sequence[str], rows: Sequence[Sequence[object]], encoding: str = "utf-8") -> None:
    with path.open("w", newline="", encoding=encoding) as stream:
        csv.writer(stream).writerows([header, *rows])


def is_live(found: Draft) -> bool:
    return any(line and not line.startswith("#") for line in found.text.splitlines())


def loaded(folder: Path) -> tuple[ProjectFile, Draft]:
    found = draft(folder)
    return parse(found.text), found


def asked(found: Draft, *words: str) -> bool:
    return any(all(word in question for word in words) for question in found.questions)


def customers(count: int = 1200, seed: int = 1) -> list[list[object]]:
    rng = random.Random(seed)
    rows: list[list[object]] = []
    for number in range(count):
        months = rng.randrange(1, 60)
        income = -999 if rng.random() < 0.05 else rng.randrange(800, 9000)
        left = "Yes" if rng.random() < 0.5 - months / 150 else "No"
        backup = rng.choice(["Yes", "No", "No internet service"])
        rows.append([f"C-{number * 7919 % 100003:06}", months, income, rng.choice(["monthly", "yearly"]), backup, left])
    return rows


def test_a_customer_table_becomes_a_snapshot_with_its_codes(tmp_path):
    header = ["customer_id", "months", "income", "contract", "backup", "churned"]
    write(tmp_path / "customers.csv", header, customers())
    project, _ = loaded(tmp_path)
    (snapshot,) = project.wide
    assert (snapshot.kind, snapshot.person, snapshot.never_used) == ("snapshot", "customer_id", ("No internet service",))
    assert [(outcome.value, outcome.better) for outcome in snapshot.outcomes] == [("churned = 'Yes'", "lower")]
    assert project.tables[0].missing == ("-999",)


def test_a_code_that_is_a_value_in_another_column_is_asked_about(tmp_path):
    header = ["customer_id", "months", "income", "contract", "backup", "churned", "balance"]
    rng = random.Random(2)
    rows = [[*row, rng.randrange(-1500, 1500)] for row in customers(5000)]
    write(tmp_path / "customers.csv", header, rows)
    project, found = loaded(tmp_path)
    assert "-999" not in [code for table in project.tables for code in table.missing]
    assert asked(found, "-999", "mean no value")


def trial_rows(name_says_so: bool, balanced: bool, seed: int = 3) -> list[list[object]]:
    rng = random.Random(seed)
    rows: list[list[object]] = []
    for number in range(4000):
        age, visits = rng.randrange(18, 80), rng.randrange(0, 30)
        arm = rng.random() < (0.5 if balanced else (age - 10) / 80)
        bought = rng.random() < 0.1 + 0.1 * arm
        rows.append([f"u{number * 31 % 100003}", age, visits, rng.choice(["north", "south", "west"]), "B" if arm else "A", int(bought)])
    return rows


def test_an_even_and_balanced_column_that_is_said_to_be_a_trial_is_one(tmp_path):
    write(tmp_path / "trial.csv", ["user_id", "age", "visits_before", "region", "variant", "purchased"], trial_rows(True, True))
    project, found = loaded(tmp_path)
    (trial,) = project.wide
    assert (trial.kind, trial.person, trial.assignment, trial.control, list(trial.arms)) == ("experiment", "user_id", "variant", "A", ["B"])
    assert [outcome.value for outcome in trial.outcomes] == ["purchased"]
    assert set(trial.before) == {"age", "visits_before", "region"}
    assert asked(found, "'A' the control")


def test_a_treatment_that_is_not_balanced_is_asked_about_and_not_taken_for_a_trial(tmp_path):
    write(tmp_path / "trial.csv", ["user_id", "age", "visits_before", "region", "treatment", "purchased"], trial_rows(True, False))
    found = draft(tmp_path)
    assert "\n[[experiments]]" not in found.text
    assert not is_live(found) or all(wide.kind != "experiment" for wide in parse(found.text).wide)


def test_a_balanced_column_that_nobody_calls_a_trial_is_none(tmp_path):
    write(tmp_path / "people.csv", ["user_id", "age", "visits_before", "region", "gender", "purchased"], trial_rows(False, True))
    found = draft(tmp_path)
    assert all(wide.kind != "experiment" for wide in parse(found.text).wide)


def orders(count: int = 600, seed: int = 4) -> tuple[list[list[object]], list[list[object]]]:
    rng = random.Random(seed)
    placed, answers = [], []
    for number in range(count):
        start = DAY + dt.timedelta(hours=number, minutes=rng.randrange(60))
        sent = start + dt.timedelta(days=5)
        given = sent + dt.timedelta(hours=rng.randrange(1, 90))
        key = f"O{number * 104729 % 1000003:07}"
        placed.append(
            [key, f"K{rng.randrange(300) * 7919 % 99991:05}", start, start + dt.timedelta(days=rng.randrange(1, 9)), rng.randrange(5, 90)]
        )
        if rng.random() < 0.7:
            answers.append([key, rng.randrange(0, 11), sent, given])
    return placed, answers


def test_orders_and_their_answers_become_subjects_and_opinions(tmp_path):
    placed, answers = orders()
    write(tmp_path / "orders.csv", ["order_id", "customer_id", "ordered_at", "delivered_at", "amount"], placed)
    write(tmp_path / "nps.csv", ["order_id", "nps_score", "sent_at", "answered_at"], answers)
    project, found = loaded(tmp_path)
    (subjects,), (opinions,) = project.subjects, project.opinions
    assert (subjects.subject, subjects.person, subjects.start) == ("order_id", "customer_id", "ordered_at")
    assert (opinions.subject, opinions.at, opinions.asked, opinions.value) == ("order_id", "answered_at", "sent_at", "nps_score")
    assert (opinions.instrument, opinions.scale) == ("nps", (0.0, 10.0))
    assert project.outcomes[0].opinion == "nps"
    assert asked(found, "delivered_at", "[[interactions]]")


def test_two_persons_in_a_row_are_asked_about(tmp_path):
    placed, _ = orders()
    rng = random.Random(5)
    write(
        tmp_path / "orders.csv",
        ["order_id", "customer_id", "ordered_at", "delivered_at", "amount", "user_id"],
        [[*row, f"U{rng.randrange(400) * 7907 % 99989:05}"] for row in placed],
    )
    project, found = loaded(tmp_path)
    assert project.subjects[0].person is None
    assert asked(found, "person", "customer_id", "user_id")


def test_what_happens_to_known_subjects_later_is_no_subject_of_its_own(tmp_path):
    placed, _ = orders()
    leads = [[row[0], row[2], row[4]] for row in placed]
    won = [[row[0], row[2] + dt.timedelta(days=20)] for row in placed[::7]]
    write(tmp_path / "leads.csv", ["lead_id", "created_at", "size"], leads)
    write(tmp_path / "deals.csv", ["lead_id", "won_date"], won)
    project, _ = loaded(tmp_path)
    assert [(subjects.from_, subjects.start) for subjects in project.subjects] == [("leads.csv", "created_at")]
    assert ("deals.csv", "lead_id", "won_date") in [(block.from_, block.subject, block.at) for block in project.interactions]


def test_a_reply_of_the_brand_is_not_taken_for_the_answer(tmp_path):
    _, answers = orders()
    rng = random.Random(8)
    rows = [[*row[:2], row[2], row[3] if rng.random() < 0.6 else ""] for row in answers]
    write(tmp_path / "reviews.csv", ["user_id", "score", "at", "response_at"], rows)
    project, _ = loaded(tmp_path)
    assert [(opinions.at, opinions.person) for opinions in project.opinions] == [('"at"', "user_id")]


def test_a_table_of_customers_with_dates_is_still_a_snapshot(tmp_path):
    rows = [[*row, DAY + dt.timedelta(days=at), DAY + dt.timedelta(days=at + 90)] for at, row in enumerate(customers())]
    write(tmp_path / "customers.csv", ["customer_id", "months", "income", "contract", "backup", "churned", "signed", "renewal"], rows)
    project, found = loaded(tmp_path)
    assert [wide.kind for wide in project.wide] == ["snapshot"]
    assert asked(found, "when the row was taken")


def test_numbers_since_1970_are_asked_about(tmp_path):
    placed, _ = orders()
    write(tmp_path / "clicks.csv", ["c1", "c2", "c3"], [[row[1], int(row[2].timestamp()), row[4]] for row in placed])
    assert asked(draft(tmp_path), "since 1970", "c2")


def test_an_end_is_not_taken_for_the_beginning(tmp_path):
    placed, _ = orders()
    write(
        tmp_path / "tickets.csv", ["ticket_id", "customer_id", "closed_at", "amount"], [[row[0], row[1], row[3], row[4]] for row in placed]
    )
    found = draft(tmp_path)
    assert not is_live(found) or not parse(found.text).subjects
    assert asked(found, "begin", "closed_at")


@pytest.mark.parametrize(("pattern", "is_clear"), [("%d/%m/%Y %H:%M", True), ("%m/%d/%Y", True), ("ambiguous", False)])
def test_a_time_format_is_written_where_the_values_tell_it(tmp_path, pattern, is_clear):
    placed, _ = orders()
    for row in placed:
        day = row[2] if is_clear else row[2].replace(day=1 + row[2].day % 12)
        row[2] = day.strftime(pattern if is_clear else "%d/%m/%Y")
    write(tmp_path / "orders.csv", ["order_id", "customer_id", "ordered_at", "amount"], [[*row[:3], row[4]] for row in placed])
    found = draft(tmp_path)
    if is_clear:
        assert parse(found.text).tables[0].time_format == (pattern,)
    else:
        assert asked(found, "day or the month", "ordered_at")
        assert not is_live(found) or not parse(found.text).subjects


def test_the_draft_of_a_file_whose_names_say_nothing_asks(tmp_path):
    placed, answers = orders()
    write(tmp_path / "f1.csv", ["c1", "c2", "c3", "c4", "c5"], placed)
    write(tmp_path / "f2.csv", ["c1", "c2", "c3", "c4"], answers)
    found = draft(tmp_path)
    assert found.questions
    assert not is_live(found)


def test_ratings_are_found_with_their_codes_and_the_overall_one_is_asked_for_unless_named(tmp_path):
    rng = random.Random(6)
    rows = []
    for number in range(900):
        mood = rng.gauss(0, 1)
        ratings: list[int] = []
        for item in range(7):
            rating = min(5, max(1, round(3.5 + 0.8 * mood + rng.gauss(0, 0.8))))
            ratings.append(9 if rng.random() < 0.07 * item else rating if rng.random() > 0.03 else 0)
        rows.append([number + 1, *ratings, min(5, max(1, round(3.5 + mood + rng.gauss(0, 0.4))))])
    header = ["respnum", *(f"q{item}" for item in range(7)), "overall"]
    write(tmp_path / "answers.csv", header, rows)
    project, _ = loaded(tmp_path)
    (survey,) = project.wide
    assert (survey.scale, survey.missing, survey.never_used, survey.person) == ((1.0, 5.0), (0,), (9,), "respnum")
    assert [outcome.value for outcome in survey.outcomes] == ["overall"]
    write(tmp_path / "answers.csv", [*header[:-1], "q7"], rows)
    assert asked(draft(tmp_path), "overall opinion")


def test_names_that_sql_and_toml_find_hard_survive(tmp_path):
    placed, _ = orders()
    write(tmp_path / "order's log.csv", ["order id", 'customer "no"', "order date", "select", "größe"], placed)
    project, _ = loaded(tmp_path)
    assert (project.subjects[0].subject, project.subjects[0].start) == ('"order id"', '"order date"')
    assert project.subjects[0].person == '"customer ""no"""'


def test_other_encodings_and_separators_are_read(tmp_path):
    placed, _ = orders()
    lines = ["č_objednávky;zákazník_id;datum_nákupu", *(f"{row[0]};{row[1]};{row[2]}" for row in placed)]
    (tmp_path / "objednávky.csv").write_bytes("\n".join(lines).encode("utf-16"))
    project, _ = loaded(tmp_path)
    assert project.subjects[0].person == '"zákazník_id"'


def test_a_folder_without_readable_files_says_what_is_there(tmp_path):
    with pytest.raises(MissingSource, match="holds no file that can be profiled"):
        draft(tmp_path)
    (tmp_path / "trial.dta").write_bytes(b"stata")
    with pytest.raises(MissingSource, match=r"trial.dta: not looked at, .dta is not profiled"):
        draft(tmp_path)
    with pytest.raises(MissingSource, match="there is no folder"):
        draft(tmp_path / "nowhere")


def test_a_file_of_one_column_is_left_out_with_the_reason(tmp_path):
    (tmp_path / "notes.txt").write_text("a note\n" + "\n".join(f"said on day {n}" for n in range(50)))
    placed, _ = orders()
    write(tmp_path / "orders.csv", ["order_id", "customer_id", "ordered_at", "delivered_at", "amount"], placed)
    _, found = loaded(tmp_path)
    assert "# notes.txt: one column only" in found.text


def test_drafting_writes_nothing(tmp_path):
    placed, _ = orders()
    write(tmp_path / "orders.csv", ["order_id", "customer_id", "ordered_at", "delivered_at", "amount"], placed)
    draft(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["orders.csv"]


@pytest.mark.parametrize("seed", range(12))
def test_a_draft_of_anything_loads_or_is_commented_out(tmp_path, seed):
    rng = random.Random(seed)
    names = [
        "customer_id",
        "order_id",
        "at",
        "created_at",
        "rating",
        "churn",
        "group",
        "status",
        "q1",
        "q2",
        "q3",
        "q4",
        "total",
        "Überblick",
        "x y",
        "1st",
    ]
    for file in range(rng.randrange(1, 4)):
        header = rng.sample(names, rng.randrange(2, 9))
        makers = [rng.choice(_MAKERS) for _ in header]
        write(tmp_path / f"file{file}.csv", header, [[make(rng, row) for make in makers] for row in range(150)])
    found = draft(tmp_path)
    if is_live(found):
        parse(found.text)
    else:
        assert found.questions


_MAKERS = (
    lambda rng, row: row,
    lambda rng, row: f"k{rng.randrange(60)}",
    lambda rng, row: rng.choice(["Yes", "No"]),
    lambda rng, row: rng.choice([1, 2, 3, 4, 5]),
    lambda rng, row: DAY + dt.timedelta(minutes=rng.randrange(10**6)),
    lambda rng, row: rng.choice(["", "?", "a b, c", 'say "hi"', "it's"]),
    lambda rng, row: "",
    lambda rng, row: round(rng.gauss(50, 9), 2),
    lambda rng, row: rng.choice([0, 1]),
)
