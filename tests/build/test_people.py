"""What `[people]` and `[observation]` say of persons: role, account, employees, from when to when they were seen."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from momot.errors import MissingColumn, NotATime

EVENTS = """
[[interactions]]
from = "e.csv"
activity = "seen"
touchpoint = "page"
person = "p"
at = "at"
"""
ROWS = "p,at\nann,2024-01-02\nbob,2024-01-03\ncyd,2024-01-04\n"
PEOPLE = """
[people]
from = "people.csv"
person = "id"
role = "role"
account = "firm"
"""
PEOPLE_ROWS = (
    "id,role,firm,since,until\nann, buyer ,acme,2024-01-01,2024-02-01\nbob,Employee,acme,2024-01-01,\ncyd,,,,2024-01-10\ndan,buyer,zeta,,\n"
)


def micros(zone: str, *when: int) -> int:
    return int(datetime(*when, tzinfo=ZoneInfo(zone)).timestamp()) * 1_000_000  # type: ignore[misc,arg-type]


def test_role_and_account_are_kept_and_the_role_of_an_employee_makes_one(make: Any, query: Any) -> None:
    made = make(EVENTS + PEOPLE, {"e.csv": ROWS, "people.csv": PEOPLE_ROWS})
    assert query(made, "SELECT person, role, is_employee, account_id, observed_from, observed_to FROM people ORDER BY 1") == [
        ("ann", "buyer", False, 1, None, None),
        ("bob", "Employee", True, 1, None, None),
        ("cyd", None, False, None, None, None),
    ]


def test_an_account_of_people_is_the_one_of_interactions(make: Any, query: Any) -> None:
    text = EVENTS.replace('at = "at"', 'at = "at"\naccount = "f"') + PEOPLE
    made = make(text, {"e.csv": "p,at,f\nann,2024-01-02,acme\nbob,2024-01-03,acme\n", "people.csv": PEOPLE_ROWS})
    assert query(made, "SELECT DISTINCT i.account_id = p.account_id FROM interactions i JOIN people p USING (person_id)") == [(True,)]


@pytest.mark.parametrize("zone", ["UTC", "Europe/Prague", "America/Sao_Paulo", "Pacific/Auckland"])
def test_observation_is_bounded_by_the_person_and_by_the_records(make: Any, query: Any, zone: str) -> None:
    text = (
        f'timezone = "{zone}"\n' + EVENTS + PEOPLE + '[observation]\nstart = "since"\nend = "until"\nfrom = 2024-01-02\nto = 2024-01-31\n'
    )
    made = make(text, {"e.csv": ROWS, "people.csv": PEOPLE_ROWS})
    first, last = micros(zone, 2024, 1, 2), micros(zone, 2024, 2, 1)
    assert query(made, "SELECT person, observed_from, observed_to FROM people ORDER BY 1") == [
        ("ann", first, last),
        ("bob", first, last),
        ("cyd", first, micros(zone, 2024, 1, 11)),
    ]


def test_a_clock_time_ends_observation_there_and_aggregates_are_possible(make: Any, query: Any) -> None:
    text = EVENTS + PEOPLE + '[observation]\nstart = "min(since)"\nend = "max(until)"\n'
    rows = (
        "id,role,firm,since,until\nann,buyer,acme,2024-01-01 10:00:00,2024-02-01 12:30:00\n"
        "ann,buyer,acme,2023-01-01 00:00:00,2024-01-01 00:00:00\n"
    )
    made = make(text, {"e.csv": ROWS, "people.csv": rows})
    assert query(made, "SELECT observed_from, observed_to FROM people WHERE person = 'ann'") == [
        (micros("UTC", 2023, 1, 1), micros("UTC", 2024, 2, 1, 12, 30))
    ]
    assert query(made, "SELECT observed_from, observed_to FROM people WHERE person = 'bob'") == [(None, None)]


def test_everybody_is_bounded_by_the_records_where_nothing_else_is_said(make: Any, query: Any) -> None:
    made = make(EVENTS + "[observation]\nto = 2024-01-31\n", {"e.csv": ROWS})
    assert query(made, "SELECT DISTINCT observed_from, observed_to FROM people") == [(None, micros("UTC", 2024, 2, 1))]


def test_an_observation_that_is_no_time_or_no_column_is_told(make: Any) -> None:
    files = {"e.csv": ROWS, "people.csv": PEOPLE_ROWS}
    with pytest.raises(NotATime, match="'role' is used as a time"):
        make(EVENTS + PEOPLE + '[observation]\nstart = "role"\n', files | {"people.csv": PEOPLE_ROWS.replace("cyd,,", "cyd,x,")})
    with pytest.raises(MissingColumn, match=r"\[observation\].*Did you mean 'since'"):
        make(EVENTS + PEOPLE + '[observation]\nstart = "sinc"\n', files)


def test_people_whom_no_other_block_knows_are_told(make: Any) -> None:
    made = make(EVENTS + PEOPLE, {"e.csv": ROWS, "people.csv": "id,role,firm\n1,buyer,acme\n"})
    assert made.manifest.warnings == (
        "[people]: none of its 1 persons has a row in another block. `person` must give the ids that others give.",
    )


def test_a_midnight_that_the_clock_skipped_is_the_first_valid_instant(make: Any, query: Any) -> None:
    text = 'timezone = "America/Sao_Paulo"\n' + EVENTS.replace("e.csv", "f.csv") + "[observation]\nfrom = 2018-11-04\nto = 2018-11-03\n"
    made = make(text, {"f.csv": "p,at\nann,2018-11-04\n"})
    skipped = micros("UTC", 2018, 11, 4, 3)
    assert query(made, "SELECT observed_from, observed_to FROM people") == [(skipped, skipped)]
    assert query(made, "SELECT happened_at FROM interactions") == [(skipped,)]
