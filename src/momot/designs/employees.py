"""Employees take no part in estimates: they buy, ask and answer for other reasons than customers. How many were left out is a check."""

from __future__ import annotations

from momot.engine import Engine
from momot.vocabulary.records import Check

EMPLOYEES = "(SELECT person_id FROM people WHERE is_employee)"


def employees_left_out(engine: Engine, units: str, noun: str) -> tuple[Check, ...]:
    """One passed check that counts the employees among `units` (SQL with a column person_id, one row a unit); none where there are none."""
    people, count = engine.row(f"SELECT count(DISTINCT person_id), count(*) FROM ({units}) WHERE person_id IN {EMPLOYEES}")
    if not people:
        return ()
    message = f"{count:,} {noun} of {people:,} {'employee' if people == 1 else 'employees'} are left out."
    return (Check(name="employees", status="pass", value=float(people), message=message),)
