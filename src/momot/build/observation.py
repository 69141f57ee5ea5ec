"""`[observation]`: from when to when each person was under observation, as instants. Grain: one row a person of `[people]`."""

from __future__ import annotations

from collections.abc import Mapping as Dict
from datetime import date, timedelta

from momot.build.expressions import Expression
from momot.build.mapping import Mapping
from momot.build.relations import Relation
from momot.build.workshop import Workshop
from momot.build.zone import instant_sql
from momot.engine import identifier, literal, row

_MICROS_A_DAY = 86_400_000_000
_NONE = "NULL::BIGINT"


def bounds(shop: Workshop) -> tuple[str, str]:
    """SQL: the instants at which the records begin and end: midnight of `from`, midnight after `to`; NULL where not declared."""
    watch = shop.project.observation
    first = _midnight(shop, date.fromisoformat(watch.from_)) if watch and watch.from_ else _NONE
    last = _midnight(shop, date.fromisoformat(watch.to) + timedelta(days=1)) if watch and watch.to else _NONE
    return first, last


def observed(shop: Workshop, values: Dict[str, Expression]) -> str:
    """SQL: person_id, observed_from, observed_to of the rows of `people_grouped`, from its columns `start` and `end`.

    A day without a clock time begins at its midnight and ends at the next. A cell that is no time is not known.
    Raises NotATime where hardly any cell is a time.
    """
    given = [key for key in ("start", "end") if key in values]
    columns = dict.fromkeys(("observed_from", "observed_to"), _NONE)
    if not given:
        listed = ", ".join(f"{sql} AS {name}" for name, sql in columns.items())
        return f"(SELECT person_id, {listed} FROM people_grouped)"
    relation = Relation("[people]", "people_grouped", {}, "")
    bound = {key: Expression(key, _last_day(key, values[key].type), values[key].type, values[key].written) for key in given}
    mapping = Mapping(shop.engine, relation, shop.place("[observation]"), shop.zone, bound)
    mapping.first["person_id"] = "person_id"
    for key in given:
        columns["observed_from" if key == "start" else "observed_to"] = identifier(mapping.time(key, key))
    return f"({mapping.rows({'person_id': 'person_id', **columns})})"


def _last_day(key: str, kind: str) -> str:
    """SQL: the column; where people left on a day, the midnight after it, since that day was still seen."""
    return f"({identifier(key)} + 1)::DATE" if key == "end" and kind == "DATE" else identifier(key)


def _midnight(shop: Workshop, day: date) -> str:
    local = (day - date(1970, 1, 1)).days * _MICROS_A_DAY
    return f"({literal(int(row(shop.connection, f'SELECT {instant_sql(shop.zone, str(local))}')[0]))})::BIGINT"
