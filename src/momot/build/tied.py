"""From ties between ids to persons: which ids are shared by several people, and which of the others are one person.

Reads and leaves tables of the engine: `identity_ties` (stronger, weaker, stronger_rank, weaker_rank; one row two ids that stand in one
row, as numbers of the dictionary, the one of the namespace that names people better first) and `person_ids`.
"""

from __future__ import annotations

from momot.build.dictionary import bucket_sql
from momot.build.engines import SHARED, Builder
from momot.engine import step

TIES = "identity_ties"


def leave_out(engine: Builder, most: int) -> bool:
    """Make `identity_people` (id, people that it ties) and the table of shared ids, those that tie more than `most`; whether there are any.

    First the ids that tie many of a better namespace: a kiosk's cookie with six customers. Of what remains, those that weaker ids tie to
    many others of their own: a customer number that stands for "guest". A customer with many cookies that nobody else has ties nobody.
    """
    engine.table("identity_direct", step("momot.build", "identity_direct", ties=TIES))
    engine.table("identity_kept", _without(f"SELECT id FROM identity_direct WHERE people > {most}"))
    engine.table("identity_returns", step("momot.build", "identity_returns", ties="identity_kept"))
    both = "SELECT * FROM identity_direct UNION ALL SELECT * FROM identity_returns"
    engine.table("identity_people", f"SELECT id, max(people) AS people FROM ({both}) GROUP BY id")
    engine.table(SHARED, f"SELECT p.key, n.id FROM identity_people n JOIN person_ids p ON p.id = n.id WHERE n.people > {most}")
    return bool(engine.row(f"SELECT count(*) FROM {SHARED}")[0])


def name_persons(engine: Builder) -> None:
    """Give each id in `person_ids` its person, the smallest number among those that are tied, and the bucket of that; shared ids none."""
    engine.components("identity_found", f"SELECT stronger, weaker FROM ({_without(f'SELECT id FROM {SHARED}')})")
    engine.table(
        "identity_persons",
        f"""SELECT p.key, p.id, CASE WHEN s.id IS NULL THEN coalesce(f.person_id, p.id) END AS person_id
        FROM person_ids p LEFT JOIN identity_found f ON f.id = p.id LEFT JOIN {SHARED} s ON s.id = p.id""",
    )
    engine.table(
        "person_ids",
        f"""SELECT p.key, p.id, {bucket_sql("c.key")} AS bucket, p.person_id
        FROM identity_persons p LEFT JOIN identity_persons c ON c.id = p.person_id ORDER BY p.id""",
    )


def _without(ids: str) -> str:
    """SQL: the ties between ids that are not among `ids`."""
    return f"""SELECT t.* FROM {TIES} t LEFT JOIN ({ids}) a ON a.id = t.stronger LEFT JOIN ({ids}) b ON b.id = t.weaker
        WHERE a.id IS NULL AND b.id IS NULL"""
