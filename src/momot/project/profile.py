"""What the columns of the files in a folder hold, by measurement: type, missing, distinct values, time format, codes.

Up to `ROWS` rows of each file are read, all as text, into an in-memory DuckDB of its own; nothing is written. Names play no part here.
"""

from __future__ import annotations

import contextlib
import itertools
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from momot.errors import DataError
from momot.project.aligned import is_aligned, to_tabs

if TYPE_CHECKING:
    import duckdb

ROWS = 100_000
_HEAD = 64 * 1024  # bytes that tell whether a text is in columns of spaces
LISTED = 60  # a column with at most this many distinct values has them listed
Kind = Literal["number", "integer", "boolean", "time", "text", "empty"]
_TEXT = {".csv", ".tsv", ".tab", ".txt", ".psv"}
_SUFFIXES = {*_TEXT, ".parquet", ".pq", ".jsonl", ".ndjson", ".json", ".xlsx", ".xlsm", ".xls", ".xlsb", ".ods", ".xes"}
_OTHER = {
    ".dta",
    ".sav",
    ".sas7bdat",
    ".rds",
    ".rda",
    ".duckdb",
    ".ddb",
    ".sqlite",
    ".sqlite3",
    ".db",
    ".feather",
    ".arrow",
    ".orc",
    ".avro",
}
_BOOLEANS = ({"true", "false"}, {"t", "f"}, {"yes", "no"}, {"y", "n"})
_NO_VALUE = {"?", "-", "--", ".", "n/a", "na", "#n/a", "null", "(null)", "none", "nan", "nil", "\\n", "<na>"}
_DATES = (
    "%d/%m/%Y", "%m/%d/%Y", "%d-%m-%Y", "%m-%d-%Y", "%d.%m.%Y", "%Y/%m/%d", "%d/%m/%y", "%m/%d/%y", "%d-%m-%y", "%m-%d-%y", "%d.%m.%y",
    "%d-%b-%y", "%d-%b-%Y", "%d %b %Y", "%b %d, %Y", "%B %d, %Y", "%Y%m%d",
)  # fmt: skip
_CLOCKS = ("", " %H:%M", " %H:%M:%S", " %H:%M:%S.%f", " %I:%M %p", " %I:%M:%S %p", " %H.%M", "T%H:%M:%S")


@dataclass(frozen=True, slots=True)
class Column:
    """One column of the sample. Counts are rows of the sample; `present` leaves out NULL, blanks and `codes`."""

    name: str
    position: int
    kind: Kind
    rows: int
    present: int
    distinct: int
    values: dict[str, int] = field(default_factory=dict)  # value as text -> rows, most common first, where `distinct` <= LISTED
    low: float | None = None  # of numbers
    high: float | None = None
    mean: float | None = None
    whole: bool = False  # all numbers are whole
    length: float = 0.0  # mean length of the text
    spaced: float = 0.0  # share of values with a space inside
    formats: tuple[str, ...] = ()  # strptime formats that read every value; () where the time is written as ISO
    codes: tuple[str, ...] = ()  # texts that can only mean "no value"
    strays: tuple[str, ...] = ()  # numbers far from all others that recur, as the file writes them: -999, 9999

    @property
    def unique(self) -> bool:
        """No value twice, none missing."""
        return self.distinct == self.rows > 0

    @property
    def share(self) -> float:
        """Share of rows with a value, 0-1."""
        return self.present / self.rows if self.rows else 0.0

    @property
    def id_like(self) -> bool:
        """Could identify something: many different values, no measure, no time, no sentence."""
        many = self.distinct >= max(20, 0.002 * self.present)
        discrete = self.kind == "text" or (self.kind in ("integer", "number") and self.whole)
        return many and discrete and self.length <= 64 and self.spaced < 0.2

    @property
    def counter(self) -> bool:
        """Whole numbers that go on without gaps, each once: a number of the row."""
        return self.unique and self.whole and self.low is not None and self.high is not None and self.high - self.low + 1 == self.distinct

    @property
    def is_time(self) -> bool:
        """Holds dates or times."""
        return self.kind == "time"


@dataclass(frozen=True, slots=True)
class Source:
    """One file, or one sheet of a workbook. `table` is its name in the connection of the profile."""

    name: str  # relative to the folder
    table: str
    rows: int
    more: bool  # the file holds more rows than the sample
    columns: tuple[Column, ...]

    def __getitem__(self, name: str) -> Column:
        return next(column for column in self.columns if column.name == name)

    clashing: tuple[str, ...] = ()  # strays of one column that are values in another

    @property
    def codes(self) -> tuple[str, ...]:
        """Texts that mean "no value" anywhere in the file."""
        found = (code for column in self.columns for code in (*column.codes, *column.strays))
        return tuple(dict.fromkeys(code for code in found if code not in self.clashing))

    @property
    def stem(self) -> str:
        """The file's name without folder and suffixes."""
        return Path(self.name).name.split(".")[0]

    @property
    def times(self) -> tuple[Column, ...]:
        """Columns with dates or times."""
        return tuple(column for column in self.columns if column.is_time)


@dataclass(frozen=True, slots=True)
class Profile:
    """All readable files of a folder. `skipped` says of the others why, in a sentence."""

    sources: tuple[Source, ...]
    skipped: tuple[str, ...]
    connection: duckdb.DuckDBPyConnection


def profile(folder: Path) -> Profile:
    """Read and measure the files of `folder` (not of folders below it)."""
    import duckdb

    connection = duckdb.connect(config={"autoinstall_known_extensions": False, "autoload_known_extensions": False, "threads": 2})
    sources: list[Source] = []
    skipped: list[str] = []
    for path in sorted(folder.iterdir()):
        suffix = _suffix(path)
        if suffix in _OTHER:
            skipped.append(f"{path.name}: not looked at, {suffix} is not profiled")
        if not path.is_file() or suffix not in _SUFFIXES or path.name.startswith((".", "~")):
            continue
        try:
            table = _read(connection, path, suffix, f"source{len(sources)}")
        except duckdb.Error as error:
            skipped.append(f"{path.name}: could not be read ({str(error).splitlines()[0][:120]})")
            continue
        except DataError as error:
            skipped.append(str(error))
            continue
        except ImportError:
            skipped.append(f'{path.name}: Excel needs the extra: pip install "momot[excel]"')
            continue
        source = _measure(connection, path.name, table)
        if source.rows == 0 or len(source.columns) == 1:
            one = "one column only: are its fields told apart by a comma, semicolon, tab, bar or spaces?"
            skipped.append(f"{path.name}: {'no rows' if source.rows == 0 else one}")
            continue
        sources.append(source)
    return Profile(tuple(sources), tuple(skipped), connection)


def as_one(profile: Profile, sources: Sequence[Source]) -> Source:
    """Files with the same columns measured as one table, under the name of the first."""
    first = sources[0]
    if len(sources) == 1:
        return first
    table, rows = f"{first.table}_all", " UNION ALL BY NAME ".join(f"SELECT * FROM {source.table}" for source in sources)
    profile.connection.execute(f"CREATE OR REPLACE TABLE {table} AS {rows}")
    return replace(_measure(profile.connection, first.name, table), more=any(source.more for source in sources))


def quoted(name: str) -> str:
    """A column's name in SQL."""
    return '"' + name.replace('"', '""') + '"'


def as_number(name: str) -> str:
    """SQL that reads the text column as a number, NULL where it is none."""
    return f"try_cast({quoted(name)} AS DOUBLE)"


def as_time(column: Column) -> str:
    """SQL that reads the text column as a time, NULL where it is none."""
    if not column.formats:
        return f"try_cast({quoted(column.name)} AS TIMESTAMP)"
    return f"try_strptime({quoted(column.name)}, [{', '.join(map(_literal, column.formats))}])"


def _literal(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def _suffix(path: Path) -> str:
    suffixes = [suffix.lower() for suffix in path.suffixes]
    if suffixes and suffixes[-1] in (".gz", ".zst"):
        suffixes.pop()
    return suffixes[-1] if suffixes else ""


def _read(connection: duckdb.DuckDBPyConnection, path: Path, suffix: str, table: str) -> str:
    """Copy the first rows of the file into `table`, every column as text, blanks as NULL."""
    if suffix in (".xlsx", ".xlsm", ".xls", ".xlsb", ".ods"):
        _read_workbook(connection, path, table)
        return table
    if suffix == ".xes":
        _read_log(connection, path, table)
        return table
    name = _literal(str(path))
    if suffix in _TEXT:
        _read_text(connection, path, table)
        return table
    scan = f"read_parquet({name})" if suffix in (".parquet", ".pq") else f"read_json_auto({name}, maximum_depth = 1)"
    connection.execute(
        f"CREATE TABLE {table} AS SELECT nullif(trim(CAST(COLUMNS(*) AS VARCHAR)), '') FROM (SELECT * FROM {scan} LIMIT {ROWS + 1})"
    )
    return table


def _read_text(connection: duckdb.DuckDBPyConnection, path: Path, table: str) -> None:
    """Delimited text in an encoding that DuckDB itself reads; latin-1 reads any bytes, which is enough to measure."""
    import duckdb

    if _read_aligned(connection, path, table):
        return
    name = _literal(str(path))
    with path.open("rb") as stream:
        marked = stream.read(2) in (b"\xff\xfe", b"\xfe\xff")
    encodings = ("utf-16",) if marked else ("utf-8", "latin-1")
    for strictness in ("strict_mode = true", "strict_mode = false, ignore_errors = true"):
        for encoding in encodings:
            scan = f"read_csv({name}, all_varchar = true, encoding = '{encoding}', {strictness})"
            with contextlib.suppress(duckdb.Error):
                connection.execute(
                    f"CREATE OR REPLACE TABLE {table} AS SELECT nullif(trim(COLUMNS(*)), '') FROM (SELECT * FROM {scan} LIMIT {ROWS + 1})"
                )
                return
    connection.execute(f"CREATE OR REPLACE TABLE {table} AS SELECT * FROM read_csv({name}, all_varchar = true) LIMIT {ROWS + 1}")


def _read_aligned(connection: duckdb.DuckDBPyConnection, path: Path, table: str) -> bool:
    """Text in columns of spaces; False where it is none."""
    with path.open("rb") as stream:
        head = stream.read(_HEAD)
    if head[:2] in (b"\x1f\x8b", b"\xff\xfe", b"\xfe\xff") or not is_aligned(head[: head.rfind(b"\n")].decode("latin-1")):
        return False
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / "aligned.tsv"
        to_tabs(path, copy)
        how = "all_varchar = true, delim = '\t', header = true, strict_mode = false, ignore_errors = true"
        scan = f"read_csv({_literal(str(copy))}, {how})"
        connection.execute(
            f"CREATE OR REPLACE TABLE {table} AS SELECT nullif(trim(COLUMNS(*)), '') FROM (SELECT * FROM {scan} LIMIT {ROWS + 1})"
        )
    return True


def _read_workbook(connection: duckdb.DuckDBPyConnection, path: Path, table: str) -> None:
    import pyarrow as pa
    from python_calamine import CalamineWorkbook

    rows = CalamineWorkbook.from_path(path).get_sheet_by_index(0).to_python()
    header = [str(cell).strip() or f"column{number}" for number, cell in enumerate(rows[0] if rows else [], 1)]
    cells = [[_cell(row[position]) for row in rows[1 : ROWS + 2]] for position in range(len(header))]
    held = pa.table([pa.array(column, pa.string()) for column in cells], names=header)
    connection.register("workbook", held)
    connection.execute(f"CREATE TABLE {table} AS SELECT * FROM workbook")
    connection.unregister("workbook")


def _read_log(connection: duckdb.DuckDBPyConnection, path: Path, table: str) -> None:
    import pyarrow as pa

    from momot.project.xes import read_events

    events = [event for _, event in itertools.islice(read_events(path, name=path.name), ROWS + 1)]
    keys = dict.fromkeys(key for event in events for key in event)
    held = pa.table([pa.array([event.get(key) for event in events], pa.string()) for key in keys], names=list(keys))
    connection.register("log", held)
    connection.execute(f"CREATE TABLE {table} AS SELECT * FROM log")
    connection.unregister("log")


def _cell(value: object) -> str | None:
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value).strip() or None


def _measure(connection: duckdb.DuckDBPyConnection, name: str, table: str) -> Source:
    columns = [row[0] for row in connection.execute(f"DESCRIBE {table}").fetchall()]
    (rows,) = _row(connection, f"SELECT count(*) FROM {table}")
    more = rows > ROWS
    measured = tuple(_column(connection, table, column, position, rows) for position, column in enumerate(columns)) if rows else ()
    return Source(name=name, table=table, rows=rows, more=more, columns=measured, clashing=_clashes(connection, table, measured))


def _column(connection: duckdb.DuckDBPyConnection, table: str, name: str, position: int, rows: int) -> Column:
    at = quoted(name)
    values = _values(connection, table, at)
    codes = () if _is_prose(values) else tuple(value for value in values if value.lower() in _NO_VALUE)
    if codes and _codes_are_values(values, codes):
        codes = ()
    strays = () if codes else _strays(connection, table, name)
    here = f"{at} IS NOT NULL" + "".join(f" AND {at} <> {_literal(code)}" for code in (*codes, *strays))
    (present, distinct, numbers, whole, low, high, mean, length, spaced) = _row(
        connection,
        f"""SELECT count(*), count(DISTINCT v), count(n), count(*) FILTER (n = round(n)), min(n), max(n), avg(n), avg(length(v)),
                   avg(CAST(contains(v, ' ') AS INT))
            FROM (SELECT {at} AS v, {as_number(name)} AS n FROM {table} WHERE {here})""",
    )
    kept = {value: times for value, times in values.items() if value not in (*codes, *strays)} if distinct <= LISTED else {}
    kind, formats = _kind(connection, table, at, here, present, numbers, whole, low, high, tuple(kept))
    is_number = kind in ("integer", "number")
    return Column(
        name=name, position=position, kind=kind, rows=rows, present=present, distinct=distinct, values=kept,
        low=low if is_number else None, high=high if is_number else None, mean=mean if is_number else None,
        whole=is_number and whole == present, length=length or 0.0, spaced=spaced or 0.0, formats=formats, codes=codes, strays=strays,
    )  # fmt: skip


def _row(connection: duckdb.DuckDBPyConnection, query: str) -> tuple[Any, ...]:
    """The one row of `query`; drained, so that the connection is free for the next one."""
    (row,) = connection.execute(query).fetchall()
    return tuple(row)


def _values(connection: duckdb.DuckDBPyConnection, table: str, at: str) -> dict[str, int]:
    found = connection.execute(
        f"SELECT {at}, count(*) FROM {table} WHERE {at} IS NOT NULL GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT {LISTED * 4}"
    ).fetchall()
    return dict(found)


def _strays(connection: duckdb.DuckDBPyConnection, table: str, name: str) -> tuple[str, ...]:
    """Numbers that recur at the edge, far from all others, and are written as people write codes: -1 and -9… below 0, 99… above.

    A column with few values is left to the batteries: 9 beside 1 to 5 can mean many things.
    """
    at = quoted(name)
    query = f"SELECT {as_number(name)} AS v, count(*), min({at}), count(DISTINCT {at}) FROM {table} GROUP BY v HAVING v IS NOT NULL"
    edges = connection.execute(
        f"(SELECT * FROM ({query}) ORDER BY 1 LIMIT 2) UNION ALL (SELECT * FROM ({query}) ORDER BY 1 DESC LIMIT 2)"
    ).fetchall()
    (distinct, numbers) = _row(connection, f"SELECT count(DISTINCT {at}), count({as_number(name)}) FROM {table}")
    if distinct <= 12 or len(edges) < 4:
        return ()
    often = max(5, 0.001 * numbers)
    (low, times_low, text_low, forms_low), (next_low, *_), (high, times_high, text_high, forms_high), (next_high, *_) = edges
    found = []
    if times_low >= often and forms_low == 1 and low < 0 <= next_low and (low == -1 or set(f"{-low:g}") == {"9"}):
        found.append(text_low)
    if times_high >= often and forms_high == 1 and high >= 99 and set(f"{high:g}") == {"9"} and high >= 3 * abs(next_high):
        found.append(text_high)
    return tuple(found)


def _clashes(connection: duckdb.DuckDBPyConnection, table: str, columns: Sequence[Column]) -> tuple[str, ...]:
    """Strays that another column of the file holds among its values."""
    strays = {stray for column in columns for stray in column.strays}
    clashing = []
    for stray in sorted(strays):
        others = [quoted(column.name) for column in columns if stray not in column.strays]
        anywhere = " OR ".join(f"{at} = {_literal(stray)}" for at in others) or "false"
        if _row(connection, f"SELECT count(*) FROM {table} WHERE {anywhere}")[0]:
            clashing.append(stray)
    return tuple(clashing)


def _is_prose(values: dict[str, int]) -> bool:
    """People's own words, in which "." is a way to say nothing, not a code of the system."""
    return sum(" " in value.strip() for value in values) > 0.3 * len(values) > 0.3 * LISTED


def _codes_are_values(values: dict[str, int], codes: Sequence[str]) -> bool:
    """'None' among a few texts is an answer like the others ("None", "Offer E"); '?' among anything is not."""
    words = [code for code in codes if code.isalpha()]
    texts = [value for value in values if value not in codes]
    return bool(words) and 0 < len(texts) <= 20 and len(values) < LISTED * 4 and not all(_is_number(text) for text in texts)


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


def _kind(
    connection: duckdb.DuckDBPyConnection, table: str, at: str, here: str, present: int, numbers: int, whole: int, low: float | None,
    high: float | None, values: Sequence[str],
) -> tuple[Kind, tuple[str, ...]]:  # fmt: skip
    if present == 0:
        return "empty", ()
    if {value.lower() for value in values} in _BOOLEANS:
        return "boolean", ()
    if numbers == present:
        packed = whole == present and low is not None and high is not None and low >= 19000101 and high <= 21001231
        if packed and (formats := _formats(connection, table, at, here, ("%Y%m%d",))):
            return "time", formats
        return ("integer" if whole == present else "number"), ()
    (iso,) = _row(connection, f"SELECT count(try_cast({at} AS TIMESTAMP)) FROM {table} WHERE {here}")
    if iso >= 0.995 * present:
        return "time", ()
    formats = _formats(connection, table, at, here, [date + clock for date in _DATES for clock in _CLOCKS])
    return ("time", formats) if formats else ("text", ())


def _formats(connection: duckdb.DuckDBPyConnection, table: str, at: str, here: str, formats: Sequence[str]) -> tuple[str, ...]:
    """The formats that read (nearly) every value; several where the values leave it open which of day and month comes first."""
    sample = f"(SELECT DISTINCT {at} AS v FROM {table} WHERE {here} LIMIT 200)"
    counts = ", ".join(f"avg(CAST(try_strptime(v, {_literal(form)}) IS NOT NULL AS INT))" for form in formats)
    shares = _row(connection, f"SELECT {counts} FROM {sample}")
    likely = [form for form, share in zip(formats, shares, strict=True) if share and share >= 0.98]
    if not likely:
        return ()
    counts = ", ".join(f"avg(CAST(try_strptime({at}, {_literal(form)}) IS NOT NULL AS INT))" for form in likely)
    shares = _row(connection, f"SELECT {counts} FROM {table} WHERE {here}")
    found = [form for form, share in zip(likely, shares, strict=True) if share >= 0.995]
    # %Y also reads "15", as the year 15: where both fit, the years are written short.
    return tuple(form for form in found if form.replace("%Y", "%y") == form or form.replace("%Y", "%y") not in found)


def open_profile(folder: Path) -> contextlib.AbstractContextManager[Profile]:
    """`profile`, with the connection closed at the end."""

    @contextlib.contextmanager
    def opened() -> Iterator[Profile]:
        found = profile(folder)
        try:
            yield found
        finally:
            found.connection.close()

    return opened()
