"""Drafts of event logs: who is followed, what happened, and what could be an outcome."""

from __future__ import annotations

import csv
import datetime as dt
import random
from pathlib import Path

import pytest

import momot
from momot.project import parse
from momot.project.draft import Draft, draft
from momot.project.schema import Computed, ProjectFile

DAY = dt.datetime(2024, 1, 1, 8, 0, tzinfo=dt.UTC)
STEPS = ["opened", "looked at", "sent back", "worked on", "closed"]
Events = list[tuple[str, str, dt.datetime]]


def log(*, cases: int = 150, steps: list[str] = STEPS, seed: int = 5) -> Events:
    """Cases that go through some of the steps, in order, within days; three in five reach the last one."""
    rng = random.Random(seed)
    rows = []
    for number in range(cases):
        at = DAY + dt.timedelta(hours=number * 7)
        for step in [steps[0], *rng.choices(steps[1:-1], k=rng.randrange(1, 5)), *([steps[-1]] if rng.random() < 0.6 else [])]:
            at += dt.timedelta(minutes=rng.randrange(30, 2000))
            rows.append((f"T-{number * 7919 % 10007:05}", step, at))
    return rows


def as_csv(folder: Path, rows: Events, header: tuple[str, ...] = ("case_id", "activity", "updated_at")) -> None:
    with (folder / "tickets.csv").open("w", newline="", encoding="utf-8") as stream:
        csv.writer(stream).writerows([header, *((case, step, at.strftime("%Y-%m-%d %H:%M:%S")) for case, step, at in rows)])


def as_xes(folder: Path, rows: Events, more: str = "") -> None:
    cases: dict[str, list[str]] = {}
    for case, step, at in rows:
        cases.setdefault(case, []).append(
            f'<event><string key="concept:name" value="{step}"/>{more}<date key="time:timestamp" value="{at.isoformat()}"/></event>'
        )
    traces = "".join(f'<trace><string key="concept:name" value="{case}"/>{"".join(events)}</trace>' for case, events in cases.items())
    (folder / "log.xes").write_text(f'<?xml version="1.0"?><log xmlns="http://www.xes-standard.org/">{traces}</log>', encoding="utf-8")


def loaded(folder: Path) -> tuple[ProjectFile, Draft]:
    found = draft(folder)
    return parse(found.text), found


def asked(found: Draft, *words: str) -> bool:
    return any(all(word in question for word in words) for question in found.questions)


def test_a_xes_log_needs_no_guess(tmp_path: Path) -> None:
    as_xes(tmp_path, log())
    project, found = loaded(tmp_path)
    (block,) = project.interactions
    assert (block.from_, block.person, block.at) == ("log.xes", '"case:concept:name"', '"time:timestamp"')
    assert isinstance(block.activity, Computed)
    assert '"concept:name"' in block.activity.sql
    assert asked(found, "whose is one case", "followed by itself")


def test_the_draft_of_a_xes_log_builds(tmp_path: Path) -> None:
    as_xes(tmp_path, log())
    (tmp_path / "momot.toml").write_text(draft(tmp_path).text, encoding="utf-8")
    build = momot.build(momot.open(tmp_path))
    with build.connect() as connection:
        activities = connection.execute("SELECT activity FROM activities ORDER BY 1").fetchall()
    assert activities == [("closed",), ("looked_at",), ("opened",), ("sent_back",), ("worked_on",)]
    assert build.manifest.blocks[0].identified == len(log())


def test_a_log_whose_steps_begin_and_end_asks_which_of_them_count(tmp_path: Path) -> None:
    rows = log()
    as_xes(tmp_path, rows, more='<string key="lifecycle:transition" value="start"/>')
    text = (tmp_path / "log.xes").read_text(encoding="utf-8")
    (tmp_path / "log.xes").write_text(text.replace('value="start"', 'value="complete"', len(rows) // 2), encoding="utf-8")
    _, found = loaded(tmp_path)
    assert asked(found, "each step of an activity", "completion")
    assert '# ? where = "\\"lifecycle:transition\\" = \'complete\'"' in found.text


def test_a_broken_xes_log_is_left_out_with_the_line(tmp_path: Path) -> None:
    as_csv(tmp_path, log())
    (tmp_path / "broken.xes").write_text('<?xml version="1.0"?>\n<log><trace>', encoding="utf-8")
    _, found = loaded(tmp_path)
    assert "# broken.xes ends on line 2, before its log does" in found.text


def test_cases_that_nobody_owns_are_followed_by_themselves(tmp_path: Path) -> None:
    as_csv(tmp_path, log())
    project, found = loaded(tmp_path)
    (block,) = project.interactions
    assert (block.person, block.subject, project.subjects) == ("case_id", None, ())
    assert asked(found, "whose is one case")


def test_an_owner_of_the_case_is_the_person(tmp_path: Path) -> None:
    rows = log()
    owners = {case: f"u{random.Random(case).randrange(60):04}" for case, _, _ in rows}
    with (tmp_path / "tickets.csv").open("w", newline="", encoding="utf-8") as stream:
        csv.writer(stream).writerows(
            [("case_id", "activity", "updated_at", "customer_id"), *((c, s, at.strftime("%Y-%m-%d %H:%M"), owners[c]) for c, s, at in rows)]
        )
    project, _ = loaded(tmp_path)
    assert project.subjects[0].person == "customer_id"
    assert project.interactions[0].subject == "case_id"


@pytest.mark.parametrize("kind", ["csv", "xes"])
def test_the_one_activity_that_is_called_an_outcome_is_one_with_a_measured_horizon(tmp_path: Path, kind: str) -> None:
    rows = log(steps=["home", "catalogue", "help page", "basket", "purchase"])
    (as_csv if kind == "csv" else as_xes)(tmp_path, rows)
    project, _ = loaded(tmp_path)
    (outcome,) = project.outcomes
    assert (outcome.activity, outcome.per, outcome.better) == ("purchase", "person", "higher")
    first = {case: min(at for one, _, at in rows if one == case) for case, _, _ in rows}
    days = sorted((at - first[case]).total_seconds() / 86_400 for case, step, at in rows if step == "purchase")
    assert outcome.within_days == next(d for d in (1, 2, 3, 7, 14, 30) if d >= days[round(0.8 * len(days)) - 1])


def test_where_no_name_says_so_the_outcome_is_asked_for_with_what_comes_last(tmp_path: Path) -> None:
    as_csv(tmp_path, log(steps=["a1", "a2", "a3", "a4", "a5"]))
    project, found = loaded(tmp_path)
    assert project.outcomes == ()
    assert asked(found, "which activity is an outcome", "Candidates: a5 (")
    assert '# ? activity = "a5"' in found.text


def test_events_of_one_minute_keep_the_order_of_a_file_that_is_in_order(tmp_path: Path) -> None:
    rows = [(case, step, at.replace(hour=12, minute=0)) for case, step, at in log()]
    as_csv(tmp_path, rows)
    (tmp_path / "momot.toml").write_text(draft(tmp_path).text, encoding="utf-8")
    build = momot.build(momot.open(tmp_path))
    with build.connect() as connection:
        found = connection.execute(
            """SELECT person, activity FROM interactions JOIN people USING (person_id) JOIN activities USING (activity_id)
            WHERE NOT duplicate ORDER BY person, happened_at, interaction_id"""
        ).fetchall()
    assert found == [(case, step.replace(" ", "_")) for case, step, _ in sorted(rows, key=lambda row: row[0])]


def test_a_file_in_no_order_tells_nothing_about_events_of_one_minute(tmp_path: Path) -> None:
    rows = [(case, step, at.replace(hour=12, minute=0)) for case, step, at in log()]
    as_csv(tmp_path, random.Random(1).sample(rows, len(rows)))
    project, _ = loaded(tmp_path)
    assert project.interactions[0].at == "updated_at"


def test_what_the_rules_call_a_purchase_is_written_down_and_is_the_outcome(tmp_path: Path) -> None:
    rows = log(steps=["home", "catalogue", "payment choice", "basket", "payment done"])
    as_csv(tmp_path, rows, ("user_id", "event", "time"))
    project, _ = loaded(tmp_path)
    assert project.journeys.purchase == ("payment_done",)
    assert [outcome.activity for outcome in project.outcomes] == ["payment_done"]


def test_what_a_case_pays_may_be_no_purchase(tmp_path: Path) -> None:
    as_csv(tmp_path, log(steps=["declared", "approved", "sent back", "checked", "payment handled"]))
    project, found = loaded(tmp_path)
    assert project.journeys.purchase == ()
    assert asked(found, "is payment_handled a purchase?")
    assert [outcome.activity for outcome in project.outcomes] == ["payment_handled"]


def test_lines_of_an_order_with_money_are_a_purchase(tmp_path: Path) -> None:
    rng = random.Random(4)
    lines: list[tuple[object, ...]] = []
    for number in range(300):
        at, who = DAY + dt.timedelta(hours=number * 9), f"K-{rng.randrange(80) * 7:05}"
        lines += [
            (f"B-{number * 31:06}", who, at.strftime("%Y-%m-%d %H:%M"), rng.randrange(100, 9000) / 100) for _ in range(rng.randrange(1, 4))
        ]
    with (tmp_path / "lines.csv").open("w", newline="", encoding="utf-8") as stream:
        csv.writer(stream).writerows([("order_no", "customer_id", "time", "price"), *lines])
    project, _ = loaded(tmp_path)
    assert project.journeys.purchase == ("order_placed",)
    assert [(outcome.activity, outcome.per) for outcome in project.outcomes] == [("order_placed", "person")]
