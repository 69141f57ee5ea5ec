"""Activity streams (ActivitySchema 2.0, also 1.1): which columns make one, and what the features of its activities hold, by measurement.

| column of the standard | here |
|---|---|
| `activity_id` | unique within its activity only: the id of a row is both together |
| `ts` | UTC; written without an offset |
| `customer`, `anonymous_customer_id` | ids of two namespaces; a row with both ties them |
| `activity` | also the touchpoint; a table of one activity may leave it to its name, `customer_stream_opened_email` |
| `revenue_impact` | money in above 0, money out below |
| `feature_json`, `feature_1` to `feature_3`, further columns | features: what each activity alone knows |
| `link`, `activity_occurrence`, `activity_repeated_at`, `_…` | not read: momot counts for itself; when it happens again is the future |

Names are compared without regard to case: warehouses write them in capitals.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from momot.project.hints import hints_at
from momot.project.profile import LISTED, Column, Profile, Source, quoted
from momot.project.roles import scale_of
from momot.vocabulary import CHANNELS, QUALITIES

_MARKS = {"activity_id", "feature_json", "activity_occurrence", "activity_repeated_at", "anonymous_customer_id"}  # no other log has them
_KNOWN = _MARKS | {"ts", "customer", "activity", "revenue_impact", "link", "source", "source_id"}
_STREAM = "_stream"
_LEVELS = 12  # so many different whole numbers are levels; more are a measure of something
_FEWEST = 20  # values of a feature that are enough to say what it is
_YES = {"true": True, "t": True, "yes": True, "y": True, "false": False, "f": False, "no": False, "n": False}


@dataclass(frozen=True, slots=True)
class Feature:
    """One feature of one activity. `sql` reads it as text from the columns of the file; `column` is how its values were measured."""

    activity: str
    name: str
    sql: str
    column: Column

    @property
    def scale(self) -> tuple[int, int] | None:
        """Lowest and highest answer, where it is called an opinion and its values are those of a usual scale."""
        named = hints_at(self.name, "opinion") and not hints_at(self.name, "not_opinion")
        return scale_of(self.column) if named else None

    @property
    def quality(self) -> str | None:
        """SQL of how it went: the values are the words of it, or true and false under a name that says which of them is bad."""
        values = self._values()
        if not values:
            return None
        if set(values) <= set(QUALITIES) and len(values) > 1:
            return f"lower({self.sql})"
        if set(values) <= _YES.keys() and len(values) == 2:
            well, badly = hints_at(self.name, "went_well"), hints_at(self.name, "went_badly")
            yes = next(value for value in values if _YES[value])
            if well == badly:
                return None
            return _cases(self.sql, [yes], [], rest="bad") if well else _cases(self.sql, [], [yes], rest="good")
        good = [value for value in values if hints_at(value, "went_well")]
        bad = [value for value in values if hints_at(value, "went_badly")]
        if good and bad and not set(good) & set(bad) and len(good) + len(bad) == len(values):
            return _cases(self.sql, good, bad)
        return None

    @property
    def level(self) -> str | None:
        """SQL of an ordered level: a few whole numbers from 0 up that name no thing."""
        column = self.column
        ordered = column.whole and column.low is not None and column.low >= 0 and 2 <= column.distinct <= _LEVELS
        named = any(hints_at(self.name, role) for role in ("identifier", "money", "opinion", "attribute", "assignment"))
        return f"TRY_CAST({self.sql} AS DOUBLE)" if ordered and not named and column.present >= _FEWEST else None

    @property
    def channel(self) -> str | None:
        """SQL of the channel, where all its values are channels."""
        values = self._values()
        return f"lower({self.sql})" if len(values) > 1 and set(values) <= set(CHANNELS) else None

    def _values(self) -> list[str]:
        """Its values in lower case, where they are few and seen often enough."""
        enough = self.column.present >= _FEWEST and self.column.distinct == len(self.column.values) <= _LEVELS
        return list(dict.fromkeys(value.lower() for value in self.column.values)) if enough else []


@dataclass(frozen=True, slots=True)
class Activity:
    """One activity of a stream; `paid` is the share (0-1) of its rows with money in, `name` as the file writes it."""

    name: str
    rows: int
    paid: float


def is_stream(source: Source) -> bool:
    """Whether the columns are those that ActivitySchema names, with values that fit, so that nothing is guessed."""
    ts, marks = column_of(source, "ts"), sum(column_of(source, name) is not None for name in _MARKS)
    if ts is None or not ts.is_time or column_of(source, "customer") is None or not marks:
        return False
    what = column_of(source, "activity")
    return what.present > 0 if what is not None else _activity_in(source.stem) is not None


def column_of(source: Source, name: str) -> Column | None:
    """The column that the standard calls `name`; None where it is not there."""
    return next((column for column in source.columns if column.name.lower() == name), None)


def entity_of(source: Source) -> str:
    """What `customer` is: the word before `_stream` in the name of the file, else "customer"."""
    entity, found, _ = source.stem.lower().partition(_STREAM)
    return entity.rpartition(".")[2] if found and entity.isidentifier() and entity.isascii() else "customer"


def only_activity(source: Source) -> str | None:
    """The activity that the name of the file says, where no column does."""
    return None if column_of(source, "activity") is not None else _activity_in(source.stem)


def is_utc_without_offset(profile: Profile, source: Source, ts: Column) -> bool:
    """Whether times are written without an offset, so that only the standard says they are UTC."""
    offset = "':[0-9.]+ ?(Z|UTC|[+-][0-9]{2}(:?[0-9]{2})?)$'"
    query = f"SELECT count(*) FROM {source.table} WHERE regexp_matches({quoted(ts.name)}, {offset})"
    return int(profile.connection.execute(query).fetchall()[0][0]) == 0


def rows_of(source: Source) -> str:
    """SQL of the rows of a stream, with a column `activity`, in the connection of the profile."""
    name = only_activity(source)
    return source.table if name is None else f"(SELECT *, {_literal(name)} AS activity FROM {source.table})"


def activities_of(profile: Profile, source: Source) -> list[Activity]:
    """The activities of a stream, by name."""
    revenue = column_of(source, "revenue_impact")
    paid = "0.0" if revenue is None else "avg(CAST(coalesce(TRY_CAST(revenue_impact AS DOUBLE), 0) > 0 AS INT))"
    query = f"SELECT activity, count(*), {paid} FROM {rows_of(source)} WHERE activity IS NOT NULL GROUP BY activity ORDER BY activity"
    return [Activity(*row) for row in profile.connection.execute(query).fetchall()]


def features_of(profile: Profile, source: Source, written: Mapping[str, str]) -> list[Feature]:
    """The features of each activity, by activity and name. `written` is each column as SQL of the project file writes it."""
    found: list[Feature] = []
    rows = rows_of(source)
    for column in source.columns:
        name = column.name.lower()
        if name == "feature_json" and column.present and is_json(profile, source):
            keyed = f"SELECT activity, feature_json AS doc, unnest(json_keys(feature_json)) AS name FROM {rows}"
            value = """json_extract_string(doc, '$."' || name || '"')"""
            values = f"SELECT activity, name, {value} AS value FROM ({keyed}) WHERE NOT contains(name, '\"')"
            found += [replace(one, sql=f"({written[column.name]} ->> {_path(one.name)})") for one in _measured(profile, values)]
        elif name not in _KNOWN and not name.startswith("_"):
            values = f"SELECT activity, {_literal(column.name)} AS name, CAST({quoted(column.name)} AS VARCHAR) AS value FROM {rows}"
            found += [replace(one, sql=f"CAST({written[column.name]} AS VARCHAR)") for one in _measured(profile, values)]
    return sorted(found, key=lambda one: (one.activity, one.name))


def is_json(profile: Profile, source: Source) -> bool:
    """Whether all documents of `feature_json` are JSON objects, as text."""
    wrong = "NOT json_valid(feature_json) OR json_type(feature_json) <> 'OBJECT'"
    query = f"SELECT count(*) FROM {rows_of(source)} WHERE feature_json IS NOT NULL AND ({wrong})"
    return int(profile.connection.execute(query).fetchall()[0][0]) == 0


def _measured(profile: Profile, values: str) -> list[Feature]:
    """The features in `values` (activity, name, value: text), without those that have no value. Their `sql` is still to come."""
    counted = f"""SELECT activity, name, v, TRY_CAST(v AS DOUBLE) AS n, count(*) AS times
        FROM (SELECT activity, name, nullif(trim(value), '') AS v FROM ({values}))
        WHERE v IS NOT NULL AND activity IS NOT NULL GROUP BY ALL"""
    summed = profile.connection.execute(
        f"""SELECT activity, name, sum(times)::BIGINT, count(*), sum(times) FILTER (n = round(n)) = sum(times), count(n) = count(*),
            min(n), max(n), list(v ORDER BY times DESC, v)[1:{LISTED}], list(times ORDER BY times DESC, v)[1:{LISTED}]
        FROM ({counted}) GROUP BY activity, name"""
    ).fetchall()
    return [
        Feature(activity, name, "", Column(
            name=name, position=0, kind=("integer" if whole else "number") if numeric else "text", rows=present, present=present,
            distinct=distinct, values=dict(zip(listed, times, strict=True)) if distinct <= LISTED else {},
            low=low if numeric else None, high=high if numeric else None, whole=bool(numeric and whole),
        ))
        for activity, name, present, distinct, whole, numeric, low, high, listed, times in summed
    ]  # fmt: skip


def _path(key: str) -> str:
    return _literal(f"$.{key}" if key.isidentifier() and key.isascii() else f'$."{key}"')


def _activity_in(stem: str) -> str | None:
    _, found, activity = stem.lower().partition(_STREAM + "_")
    return activity if found and activity.isidentifier() else None


def _cases(sql: str, good: Sequence[str], bad: Sequence[str], rest: str | None = None) -> str:
    """SQL of the quality of the values, which are compared in lower case."""
    whens = [
        f"WHEN lower({sql}) IN ({', '.join(_literal(value) for value in values)}) THEN '{word}'"
        for word, values in (("good", good), ("bad", bad))
        if values
    ]
    known = f" WHEN {sql} IS NOT NULL THEN '{rest}'" if rest else ""
    return f"CASE {' '.join(whens)}{known} END"


def _literal(text: str) -> str:
    return "'" + _escaped(text) + "'"


def _escaped(text: str) -> str:
    return text.replace("'", "''")
