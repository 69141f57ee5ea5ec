"""Readers of single values: one function a shape of the grammar. A reader reports what is wrong to its place and returns None."""

from __future__ import annotations

import datetime as dt
import math
import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from momot.errors import ProjectError, did_you_mean
from momot.project.grammar import Key, Shape
from momot.project.levels import parse_levels
from momot.project.problems import Place
from momot.project.schema import Computed, Level, Name
from momot.vocabulary import CHANNELS, FROM_TEXT, QUALITIES

Reader = Callable[[Any, Key, Place], Any]

_KINDS: tuple[tuple[type, str], ...] = (
    (bool, "true/false"), (str, "text"), (int, "number"), (float, "number"), (list, "list"), (dict, "table"), (dt.date, "date"),
)  # fmt: skip
_DURATION = re.compile(r"(\d+(?:\.\d+)?)\s*(second|minute|hour|day|week|month|year)s?", re.IGNORECASE)
_DAYS = {"second": 1 / 86_400, "minute": 1 / 1440, "hour": 1 / 24, "day": 1.0, "week": 7.0, "month": 30.0, "year": 365.0}
_TOUCHPOINT = re.compile(r"[\w-]+(\.[\w-]+)*")
_PLAIN_NAME = re.compile(r"[^\W][\w .-]*")
_NAMED = re.compile(r"(?P<sql>.+?)\s+AS\s+(?P<name>\w+|\"[^\"]+\")", re.IGNORECASE | re.DOTALL)
_COLUMN = re.compile(r"(?:\w+\.)?(?P<plain>[^\W\d]\w*)|(?:\w+\.)?\"(?P<quoted>[^\"]+)\"")


def kind_of(value: object) -> str:
    """What TOML calls the value: "text", "number" and so on."""
    return next((name for types, name in _KINDS if isinstance(value, types)), type(value).__name__)


def _wrong(key: Key, place: Place, wanted: str, value: object) -> None:
    """Report a value of the wrong type."""
    shown = f" {value!r}" if isinstance(value, (str, int, float)) else ""
    place.add(f"'{key.name}' must be {wanted}, found the {kind_of(value)}{shown}.")


def is_text(value: object) -> bool:
    """A string with something in it."""
    return isinstance(value, str) and bool(value.strip())


def read_text(value: Any, key: Key, place: Place) -> str | None:
    """A text that is not empty."""
    if is_text(value):
        return str(value)
    wanted = "a SQL expression in quotes" if key.shape == "sql" else "a text in quotes"
    _wrong(key, place, wanted, value)
    return None


def read_name_or_sql(value: Any, key: Key, place: Place) -> Name | None:
    """A name, or {sql = "..."}."""
    if isinstance(value, dict):
        return _computed(value, key, place)
    if is_text(value):
        return str(value)
    _wrong(key, place, 'a name, or {sql = "..."}', value)
    return None


def _computed(value: Mapping[str, Any], key: Key, place: Place) -> Computed | None:
    if set(value) == {"sql"} and is_text(value["sql"]):
        return Computed(sql=value["sql"])
    place.add(f"'{key.name}' as a table is {{sql = \"...\"}} and nothing else, found {{{', '.join(value)}}}.")
    return None


def read_touchpoint(value: Any, key: Key, place: Place) -> str | None:
    """Lower-case words joined by dots."""
    if not is_text(value):
        _wrong(key, place, "a touchpoint's name in quotes", value)
        return None
    if _TOUCHPOINT.fullmatch(value) and value == value.lower():
        return str(value)
    better = re.sub(r"[^\w.-]+", "_", value.strip().lower()).strip("._") or "delivery.parcel"
    place.add(f"'{key.name}': {value!r} is no touchpoint: it is lower-case words joined by dots. Did you mean '{better}'?")
    return None


def read_touchpoint_or_sql(value: Any, key: Key, place: Place) -> Name | None:
    """A touchpoint, or {sql = "..."}."""
    return _computed(value, key, place) if isinstance(value, dict) else read_touchpoint(value, key, place)


def read_channel(value: Any, key: Key, place: Place) -> str | None:
    """A word of the channel list, or of the file's own `channels`."""
    known = (*CHANNELS, *place.problems.channels)
    if value in known:
        return str(value)
    own = "" if place.problems.channels else " Or declare it: channels = [...] at the top of the file."
    place.add(f"'{key.name}': unknown channel {value!r}.{did_you_mean(str(value), known)} Known: {', '.join(known)}.{own}")
    return None


def read_channel_or_sql(value: Any, key: Key, place: Place) -> Name | None:
    """A channel, or {sql = "..."}."""
    return _computed(value, key, place) if isinstance(value, dict) else read_channel(value, key, place)


def read_quality_or_sql(value: Any, key: Key, place: Place) -> Name | None:
    """bad, neutral, good, or {sql = "..."}."""
    return _computed(value, key, place) if isinstance(value, dict) else _one_of(value, (*QUALITIES, FROM_TEXT), key, place)


def read_word(value: Any, key: Key, place: Place) -> str | None:
    """One of the key's closed words."""
    return _one_of(value, key.words, key, place)


def _one_of(value: Any, words: Sequence[str], key: Key, place: Place) -> str | None:
    if value in words:
        return str(value)
    place.add(f"'{key.name}': unknown {value!r}.{did_you_mean(str(value), words)} It is one of: {', '.join(words)}.")
    return None


def read_who(value: Any, key: Key, place: Place) -> str | dict[str, str] | None:
    """An expression, or {kind of id = expression}."""
    if isinstance(value, dict) and value:
        return _named_expressions(value, key, place)
    if is_text(value):
        return str(value)
    _wrong(key, place, "a SQL expression, or {kind_of_id = expression}", value)
    return None


def read_flag(value: Any, key: Key, place: Place) -> bool | None:
    """True or false."""
    if isinstance(value, bool):
        return value
    _wrong(key, place, "true or false", value)
    return None


def is_number(value: object) -> bool:
    """A finite number that is no truth value."""
    return isinstance(value, (int, float)) and not isinstance(value, bool) and math.isfinite(value)


def read_positive(value: Any, key: Key, place: Place) -> float | None:
    """A number above 0."""
    if is_number(value) and value > 0:
        return float(value)
    _wrong(key, place, "a number above 0", value)
    return None


def read_count(value: Any, key: Key, place: Place) -> int | None:
    """A whole number from 1."""
    if is_number(value) and isinstance(value, int) and value >= 1:
        return int(value)
    _wrong(key, place, "a whole number from 1", value)
    return None


def read_duration(value: Any, key: Key, place: Place) -> float | None:
    """Days, from "90 days", "2 weeks", "1 month" (30 days), "1 year" (365 days), "36 hours"."""
    found = _DURATION.fullmatch(value.strip()) if isinstance(value, str) else None
    if found and float(found[1]) > 0:
        return float(found[1]) * _DAYS[found[2].lower()]
    if is_number(value) and value > 0:
        place.add(f"'{key.name}' needs a unit, found {value!r}. Did you mean '{value} days'?")
    else:
        place.add(f"'{key.name}' must be a duration such as '90 days', '2 weeks' or '1 month', found {value!r}.")
    return None


def read_durations(value: Any, key: Key, place: Place) -> tuple[float, ...] | None:
    """Ascending durations, in days."""
    if not isinstance(value, list) or not value:
        _wrong(key, place, 'a list of durations such as ["30 days", "90 days"]', value)
        return None
    days = [read_duration(one, key, place) for one in value]
    if None in days:
        return None
    return tuple(sorted({day for day in days if day is not None}))


def read_date(value: Any, key: Key, place: Place) -> str | None:
    """A day as ISO text, from a TOML date or a text."""
    if isinstance(value, dt.datetime):
        return value.date().isoformat()
    if isinstance(value, dt.date):
        return value.isoformat()
    try:
        return dt.date.fromisoformat(value).isoformat()
    except (TypeError, ValueError):
        place.add(f"'{key.name}' must be a day such as 2024-03-31, found {value!r}.")
        return None


def read_scale(value: Any, key: Key, place: Place) -> tuple[float, float] | None:
    """Lowest and highest answer."""
    if isinstance(value, list) and len(value) == 2 and all(map(is_number, value)) and value[0] < value[1]:
        return float(value[0]), float(value[1])
    place.add(f"'{key.name}' must be the lowest and the highest answer, such as [1, 5], found {value!r}.")
    return None


def read_levels(value: Any, key: Key, place: Place) -> tuple[Level, ...] | None:
    """Ordered levels."""
    if not isinstance(value, list) or not all(isinstance(one, str) or is_number(one) for one in value):
        _wrong(key, place, 'a list such as ["0", "1-3", "4-"]', value)
        return None
    try:
        return parse_levels(value)
    except ProjectError as error:
        place.add(str(error))
        return None


def read_codes(value: Any, key: Key, place: Place) -> tuple[str | float, ...] | None:
    """Texts and numbers."""
    if isinstance(value, list) and all(isinstance(one, str) or is_number(one) for one in value):
        return tuple(value)
    _wrong(key, place, 'a list of texts or numbers, such as ["?", -999]', value)
    return None


def read_texts(value: Any, key: Key, place: Place) -> tuple[str, ...] | None:
    """A text, or a list of texts."""
    texts = [value] if isinstance(value, str) else value
    if isinstance(texts, list) and texts and all(map(is_text, texts)):
        return tuple(texts)
    _wrong(key, place, "a text or a list of texts", value)
    return None


def read_shares(value: Any, key: Key, place: Place) -> tuple[float, ...] | None:
    """Positive numbers, control first."""
    if isinstance(value, list) and len(value) >= 2 and all(is_number(one) and one > 0 for one in value):
        return tuple(float(one) for one in value)
    _wrong(key, place, "a list of positive numbers, control first, such as [1, 1]", value)
    return None


def read_expressions(value: Any, key: Key, place: Place) -> dict[str, str] | None:
    """{name: expression} from a table, or from a list of columns and "expression AS name"."""
    if isinstance(value, dict):
        return _named_expressions(value, key, place)
    if not isinstance(value, list):
        _wrong(key, place, 'a list such as ["country", "year(at) AS year"], or a table {name = expression}', value)
        return None
    named: dict[str, str] = {}
    for one in value:
        pair = split_name(one) if is_text(one) else None
        if pair is None:
            place.add(f"'{key.name}': {one!r} needs a name: write 'expression AS name'.")
        elif pair[0] in named:
            place.add(f"'{key.name}' names {pair[0]!r} twice.")
        elif _name_is_usable(pair[0], key, place):
            named[pair[0]] = pair[1]
    return named


def split_name(text: str) -> tuple[str, str] | None:
    """(name, expression) of "expression AS name" or of a column alone; None where an expression has no name."""
    text = text.strip()
    if found := _NAMED.fullmatch(text):
        return found["name"].strip('"'), found["sql"]
    if found := _COLUMN.fullmatch(text):
        return found["plain"] or found["quoted"], text
    return None


def _named_expressions(value: Mapping[str, Any], key: Key, place: Place) -> dict[str, str]:
    good = {}
    for name, sql in value.items():
        if not is_text(sql):
            place.add(f"'{key.name}', '{name}': must be a SQL expression in quotes, found the {kind_of(sql)}.")
        elif _name_is_usable(name, key, place):
            good[name] = sql
    return good


def _name_is_usable(name: str, key: Key, place: Place) -> bool:
    usable = _PLAIN_NAME.fullmatch(name) is not None
    if not usable:
        place.add(f"'{key.name}': {name!r} can't be a name: it is letters, digits, spaces, '.', '_' and '-'. Write 'expression AS name'.")
    return usable


def read_touchpoints(value: Any, key: Key, place: Place) -> dict[str, str] | None:
    """{touchpoint: expression}."""
    if not isinstance(value, dict):
        _wrong(key, place, 'a table {"delivery.parcel" = "expression"}', value)
        return None
    named = _named_expressions(value, key, place)
    return {name: sql for name, sql in named.items() if read_touchpoint(name, key, place)}


def read_reasons(value: Any, key: Key, place: Place) -> dict[str, str] | None:
    """{column: reason}."""
    if isinstance(value, dict) and all(map(is_text, value.values())):
        return dict(value)
    _wrong(key, place, 'a table {column = "why it takes no part"}', value)
    return None


def as_cell(text: str) -> str:
    """Whole numbers without decimals, since other sources write the same value so; anything else as it is."""
    return re.sub(r"^(-?\d+)\.0+$", r"\1", text)


def read_arms(value: Any, key: Key, place: Place) -> dict[str, str] | None:
    """{value of assignment: touchpoint}."""
    if not isinstance(value, dict) or not value:
        _wrong(key, place, 'a table {value = "touchpoint"}', value)
        return None
    return {as_cell(arm): name for arm, name in value.items() if read_touchpoint(name, key, place)}


def read_value(value: Any, key: Key, place: Place) -> str | None:
    """A value as the built tables write it: `0` and `0.0` are "0", `false` is "false"."""
    if isinstance(value, bool):
        return str(value).lower()
    if is_text(value) or is_number(value):
        return as_cell(str(value))
    _wrong(key, place, "a value of the column: text, number or true/false", value)
    return None


def read_dose(value: Any, key: Key, place: Place) -> tuple[str, str] | None:
    """(touchpoint, expression)."""
    if isinstance(value, dict) and len(value) == 1:
        return next(iter((read_touchpoints(value, key, place) or {}).items()), None)
    pair = split_name(value) if is_text(value) else None
    if pair is None:
        place.add(f"'{key.name}' must be a column, or {{touchpoint = \"expression\"}} with one entry, found {value!r}.")
        return None
    return re.sub(r"[^\w.-]+", "_", pair[0].lower()), pair[1]


def read_sql_or_true(value: Any, key: Key, place: Place) -> str | bool | None:
    """An expression, or true."""
    if value is True:
        return True
    if is_text(value):
        return str(value)
    _wrong(key, place, "a SQL expression in quotes, or true", value)
    return None


def read_timezone(value: Any, key: Key, place: Place) -> str | None:
    """A zone of the tz database."""
    import zoneinfo

    if not is_text(value):
        _wrong(key, place, "a zone such as 'America/Sao_Paulo'", value)
        return None
    try:
        zoneinfo.ZoneInfo(value)
    except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError):
        place.add(f"unknown timezone {value!r}.{_near_zone(value, zoneinfo.available_timezones())}")
        return None
    return str(value)


def _near_zone(found: str, zones: set[str]) -> str:
    """Compares whole names, then cities alone: 'Sao Paulo' is America/Sao_Paulo."""
    asked = found.strip().replace(" ", "_")
    cities = {zone.rpartition("/")[2]: zone for zone in sorted(zones, reverse=True) if "/" in zone}
    near_city = did_you_mean(asked.rpartition("/")[2], cities)
    city = near_city.partition("'")[2].partition("'")[0]
    if city and ("/" not in asked or asked.rpartition("/")[2].lower() == city.lower()):
        return f" Did you mean '{cities[city]}'?"
    near_zone = did_you_mean(asked, sorted(zones))
    return near_zone or (f" Did you mean '{cities[city]}'?" if city else " It is Area/City, such as 'Europe/Prague'.")


def read_currency(value: Any, key: Key, place: Place) -> str | None:
    """Three capital letters (ISO 4217)."""
    if isinstance(value, str) and re.fullmatch(r"[A-Z]{3}", value):
        return value
    _wrong(key, place, "three capital letters such as 'EUR'", value)
    return None


def read_channel_list(value: Any, key: Key, place: Place) -> tuple[str, ...] | None:
    """Channels of the file's own: lower-case words."""
    if isinstance(value, list) and all(isinstance(one, str) and re.fullmatch(r"\w+", one) and one == one.lower() for one in value):
        return tuple(value)
    _wrong(key, place, 'a list of lower-case words such as ["kiosk"]', value)
    return None


def read_phrases(value: Any, key: Key, place: Place) -> dict[str, tuple[str, ...]] | None:
    """{touchpoint: phrases}; one phrase may stand by itself."""
    if not isinstance(value, dict) or not value:
        _wrong(key, place, 'a table {touchpoint = ["phrase", ...]}', value)
        return None
    read = {name: read_texts(phrases, key, place) for name, phrases in value.items() if read_touchpoint(name, key, place)}
    return {name: phrases for name, phrases in read.items() if phrases}


def read_touchpoint_list(value: Any, key: Key, place: Place) -> tuple[str, ...] | None:
    """Touchpoints by name."""
    if not isinstance(value, list) or not value:
        _wrong(key, place, "a list of touchpoints", value)
        return None
    return tuple(name for name in value if read_touchpoint(name, key, place))


_SIZE = re.compile(r"(\d+(?:\.\d+)?)\s*([kmgt])i?b?", re.IGNORECASE)
_SPARK = re.compile(r"local(\[.+\])?|local-cluster\[\d+,\d+,\d+\]|(spark|k8s|yarn|mesos)(://.+)?")
DUCKDB = "duckdb"


def size_of(text: str) -> str | None:
    """`4GB`, `400 mb`, `1.5g` as DuckDB writes them; None for what is no size."""
    found = _SIZE.fullmatch(text.strip())
    return f"{found[1]}{found[2].upper()}B" if found and float(found[1]) > 0 else None


def engine_of(text: str) -> str | None:
    """`duckdb` or a Spark master as it is, None for what is neither."""
    url = text.strip()
    return url if url == DUCKDB or _SPARK.fullmatch(url) else None


def read_size(value: Any, key: Key, place: Place) -> str | None:
    """Bytes with a unit."""
    found = size_of(value) if isinstance(value, str) else None
    if found is None:
        _wrong(key, place, 'a size such as "4GB" or "400MB"', value)
    return found


def read_engine(value: Any, key: Key, place: Place) -> str | None:
    """DuckDB, or the master of a Spark."""
    found = engine_of(value) if isinstance(value, str) else None
    if found is None:
        _wrong(key, place, '"duckdb" or a Spark master such as "local[2]", "spark://host:7077" or "yarn"', value)
    return found


def read_options(value: Any, key: Key, place: Place) -> dict[str, str] | None:
    """Settings by name; names may be written with dots."""
    if not isinstance(value, dict):
        _wrong(key, place, 'a table such as {"spark.executor.memory" = "8g"}', value)
        return None
    found: dict[str, str] = {}
    for name, one in value.items():
        if isinstance(one, dict):  # spark.executor.memory = "8g" without quotes is a table of tables
            found |= {f"{name}.{rest}": text for rest, text in (read_options(one, key, place) or {}).items()}
        elif isinstance(one, (str, int, float)):
            found[name] = str(one).lower() if isinstance(one, bool) else str(one)
        else:
            _wrong(key, place, f"a text, number or true/false for '{name}'", one)
    return found


READERS: dict[Shape, Reader] = {
    "sql": read_text,
    "name": read_text,
    "conditions": read_expressions,
    "name_or_sql": read_name_or_sql,
    "touchpoint": read_touchpoint,
    "touchpoint_or_sql": read_touchpoint_or_sql,
    "channel": read_channel,
    "channel_or_sql": read_channel_or_sql,
    "quality_or_sql": read_quality_or_sql,
    "phrases": read_phrases,
    "who": read_who,
    "word": read_word,
    "flag": read_flag,
    "positive": read_positive,
    "count": read_count,
    "duration": read_duration,
    "durations": read_durations,
    "date": read_date,
    "scale": read_scale,
    "levels": read_levels,
    "codes": read_codes,
    "texts": read_texts,
    "shares": read_shares,
    "expressions": read_expressions,
    "touchpoints": read_touchpoints,
    "reasons": read_reasons,
    "arms": read_arms,
    "value": read_value,
    "dose": read_dose,
    "sql_or_true": read_sql_or_true,
    "timezone": read_timezone,
    "currency": read_currency,
    "channel_list": read_channel_list,
    "touchpoint_list": read_touchpoint_list,
    "size": read_size,
    "engine": read_engine,
    "options": read_options,
}
"""The reader of each shape but the two of wide outcomes, which are blocks of their own (`load`)."""
