"""How people write times and numbers, as SQL that reads a cell of text. Which of them a column uses is decided by `measure`.

A reader gives TIMESTAMP (a local time), TIMESTAMPTZ (an instant: the cell has an offset), DATE or DOUBLE; NULL for a cell it can't read.
"""

from __future__ import annotations

from dataclasses import dataclass

from momot.engine import literal

EARLIEST, LATEST = 1900, 2100  # years, the last one not included: outside them a date is a placeholder or a slip

_CLOCKS = ("", " %H:%M", " %H:%M:%S", " %H:%M:%S.%f", " %I:%M %p", " %I:%M:%S %p", "T%H:%M", "T%H:%M:%S", "T%H:%M:%S.%f")
_TIME = r"([T ]+\d{1,2}:\d{2}(:\d{2}([.,]\d+)?)?( ?[AaPp][Mm])?)?"
_OFFSET = r" ?(Z|UTC|[+-]\d{2}(:?\d{2})?)"


@dataclass(frozen=True, slots=True)
class TimeFormat:
    """One way to write a time: `shape` is what such a cell looks like (also an impossible date), `name` what messages call it."""

    key: str
    name: str
    shape: str
    formats: tuple[str, ...] = ()  # strptime; none: ISO 8601
    example: str = ""  # what to write as time_format

    def parsed(self, cell: str) -> str:
        """SQL: the cell as TIMESTAMP, or NULL."""
        if self.formats:
            return f"try_strptime({cell}, [{', '.join(map(literal, self.formats))}])::TIMESTAMP"
        # An offset follows a clock: the end of a bare date, 2024-09-06, is none.
        offset = literal(r"(:\d{2}(?:\.\d+)?)" + _OFFSET + "$")
        plain = f"regexp_replace(replace(replace({cell}, '/', '-'), ',', '.'), {offset}, '\\1')"
        return f"try_cast({plain} AS TIMESTAMP)"

    def instant(self, cell: str) -> str:
        """SQL: the cell, which ends with an offset, as TIMESTAMPTZ, or NULL; cells without one are read in the session's zone."""
        if self.formats:
            return f"try_strptime({cell}, [{', '.join(map(literal, self.formats))}])::TIMESTAMPTZ"
        full = f"regexp_replace(replace(replace({cell}, '/', '-'), ',', '.'), ' ?([+-]\\d{{2}}):?(\\d{{2}})?$', '\\1:\\2')"
        return f"try_cast(rtrim({full}, ':') AS TIMESTAMPTZ)"


def _with_clock(date: str) -> tuple[str, ...]:
    return tuple(date + clock for clock in _CLOCKS)


ISO = TimeFormat("iso", "year-month-day", r"\d{4}[-/]\d{1,2}[-/]\d{1,2}" + _TIME + f"({_OFFSET})?", example="%Y-%m-%d %H:%M:%S")
FORMATS = (
    ISO,
    TimeFormat("dmy_slash", "day/month/year", r"\d{1,2}/\d{1,2}/\d{4}" + _TIME, _with_clock("%d/%m/%Y"), "%d/%m/%Y"),
    TimeFormat("mdy_slash", "month/day/year", r"\d{1,2}/\d{1,2}/\d{4}" + _TIME, _with_clock("%m/%d/%Y"), "%m/%d/%Y"),
    TimeFormat("dmy_dot", "day.month.year", r"\d{1,2}\. ?\d{1,2}\. ?\d{4}" + _TIME, _with_clock("%d.%m.%Y"), "%d.%m.%Y"),
    TimeFormat("dmy_dash", "day-month-year", r"\d{1,2}-\d{1,2}-\d{4}" + _TIME, _with_clock("%d-%m-%Y"), "%d-%m-%Y"),
    TimeFormat("mdy_dash", "month-day-year", r"\d{1,2}-\d{1,2}-\d{4}" + _TIME, _with_clock("%m-%d-%Y"), "%m-%d-%Y"),
)
COMPACT = TimeFormat("compact", "yearmonthday", r"(19|20)\d{6}", ("%Y%m%d",), "%Y%m%d")  # also a number: only where a time is expected
TWINS = {"dmy_slash": "mdy_slash", "dmy_dash": "mdy_dash"}  # day and month could be told apart only by a day after the 12th
OFFSET_END = ".*[0-9]" + _OFFSET


def given(formats: tuple[str, ...]) -> TimeFormat:
    """The formats that the project file lists, tried in order."""
    return TimeFormat("given", " or ".join(formats), ".*[0-9].*", formats, formats[0])


def number_sql(cell: str) -> str:
    """SQL: the cell as a finite DOUBLE, or NULL. '1_000' is no number."""
    value = f"try_cast({cell} AS DOUBLE)"
    return f"CASE WHEN isfinite({value}) AND NOT contains({cell}, '_') THEN {value} END"


def comma_number_sql(cell: str) -> str:
    """SQL: the cell, written with a decimal comma and perhaps dots between thousands, as DOUBLE, or NULL."""
    value = f"try_cast(replace(replace({cell}, '.', ''), ',', '.') AS DOUBLE)"
    return f"CASE WHEN regexp_full_match({cell}, {literal(COMMA_NUMBER)}) THEN {value} END"


COMMA_NUMBER = r"[+-]?(\d+|\d{1,3}(\.\d{3})+)(,\d+)?"
COMMA_SURE = r"[+-]?(\d+,(\d{1,2}|\d{4,})|0,\d+|\d{1,3}(\.\d{3})+,\d+)"  # can't be thousands


def out_of_bounds_sql(time: str) -> str:
    """SQL: true for a time before 1900 or from 2100 on."""
    return f"({time} < TIMESTAMP '{EARLIEST}-01-01' OR {time} >= TIMESTAMP '{LATEST}-01-01')"
