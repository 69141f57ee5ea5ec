"""How columns and files belong together, by measurement: what determines what, which times move, whose ids appear where."""

from __future__ import annotations

from momot.project.profile import Column, Profile, Source, as_time, quoted

_ENOUGH = 0.99  # share that counts as always, in data written by people
_INCLUDED = 0.95


def determines(profile: Profile, source: Source, one: Column, other: Column) -> float:
    """Share (0-1) of the values of `one` that go with a single value of `other`, leaving out missing ones; 1.0 where `one` is unique."""
    at = quoted(one.name)
    query = f"""SELECT avg(CAST(n <= 1 AS INT)) FROM (
        SELECT count(DISTINCT {quoted(other.name)}) AS n FROM {source.table} WHERE {at} IS NOT NULL GROUP BY {at})"""
    return float(profile.connection.execute(query).fetchall()[0][0] or 0.0)


def varies_within(profile: Profile, source: Source, key: Column, other: Column) -> float:
    """Share (0-1) of those values of `key` that occur more than once and go with several values of `other`; 0.0 where none repeats."""
    query = f"""SELECT avg(CAST(n > 1 AS INT)) FROM (
        SELECT count(DISTINCT {quoted(other.name)}) AS n FROM {source.table} WHERE {quoted(key.name)} IS NOT NULL
        GROUP BY {quoted(key.name)} HAVING count(*) > 1)"""
    return float(profile.connection.execute(query).fetchall()[0][0] or 0.0)


def repeats(profile: Profile, source: Source, key: Column) -> float:
    """Share (0-1) of the values of `key` that occur more than once."""
    at = quoted(key.name)
    query = f"SELECT avg(CAST(n > 1 AS INT)) FROM (SELECT count(*) AS n FROM {source.table} WHERE {at} IS NOT NULL GROUP BY {at})"
    return float(profile.connection.execute(query).fetchall()[0][0] or 0.0)


def coarser(profile: Profile, source: Source, one: Column, other: Column) -> bool:
    """Whether `other` groups `one`: each value of `one` has one of `other`, and there are fewer of them."""
    return other.distinct < one.distinct and determines(profile, source, one, other) >= _ENOUGH


def comes_before(profile: Profile, source: Source, one: Column, other: Column) -> float:
    """Share (0-1) of the rows with both times in which `one` is not later than `other`."""
    query = f"SELECT avg(CAST({as_time(one)} <= {as_time(other)} AS INT)) FROM {source.table}"
    return float(profile.connection.execute(query).fetchall()[0][0] or 0.0)


def refers_to(profile: Profile, source: Source, column: Column, target: Source) -> Column | None:
    """The unique column of `target` whose values `column` holds, or None.

    Small whole numbers are found in any counter; only ids that fill their range thinly, and texts, can refer by their values alone.
    """
    if source.table == target.table or not column.id_like:
        return None
    for key in target.columns:
        if key.unique and key.id_like and key.kind == column.kind and _tells(key) and _included(profile, source, column, target, key):
            return key
    return None


def _tells(key: Column) -> bool:
    if key.kind == "text":
        return True
    return key.low is not None and key.high is not None and key.distinct < 0.5 * (key.high - key.low + 1)


def _included(profile: Profile, source: Source, column: Column, target: Source, key: Column) -> bool:
    query = f"""SELECT avg(CAST(v IN (SELECT {quoted(key.name)} FROM {target.table}) AS INT)) FROM (
        SELECT DISTINCT {quoted(column.name)} AS v FROM {source.table} WHERE {quoted(column.name)} IS NOT NULL LIMIT 1000)"""
    needed = 0.5 if target.more else _INCLUDED  # the key may lie in the rows that were not read
    return float(profile.connection.execute(query).fetchall()[0][0] or 0.0) >= needed
