"""Who is under observation when: bounds that most projects do not have, and that cost a look-up for each row."""

from __future__ import annotations

from momot.engine import Engine

WATCHED = "JOIN watched w ON w.person_id = j.person_id AND j.happened_at >= w.from_at AND j.happened_at <= w.to_at"
"""SQL: rows `j` of people whom the table `watched` has, while they are observed."""


def bounded(engine: Engine) -> bool:
    """Whether any row of the journeys may not count: of an employee, or beyond the bounds of somebody's observation."""
    found = engine.row("SELECT count(*) FROM people WHERE is_employee OR observed_from IS NOT NULL OR observed_to IS NOT NULL")[0]
    return int(found) > 0
