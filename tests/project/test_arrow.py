"""Any table that a program holds is read by its Arrow stream, once, and stored as what SQL reads it for."""

from __future__ import annotations

import datetime as dt
import decimal
import uuid
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from momot.errors import NothingLeft, UnreadableSource
from momot.project.arrow import categories, open_stream, write
from tests.project.tables import OnlyStream, visits

WHERE = "from_tables, interactions"


def stored(table: object, folder: Path) -> pa.Table:
    stream = open_stream(table, WHERE)  # type: ignore[arg-type]
    write(stream, folder / "table.parquet", watch={}, where=WHERE)
    return pq.read_table(folder / "table.parquet")


@pytest.mark.parametrize(
    ("given", "kind", "first"),
    [
        (pa.array(["a", None]).dictionary_encode(), pa.string(), "a"),
        (pa.array(["a", None], pa.string_view()), pa.string(), "a"),
        (pa.DictionaryArray.from_arrays(pa.array([1, None], pa.uint32()), pa.array(["b", "a"], pa.string_view())), pa.string(), "a"),
        (pa.array(["a", None], pa.large_string()), pa.string(), "a"),
        (pa.array([1, None], pa.timestamp("ns")), pa.timestamp("us"), dt.datetime(1970, 1, 1)),  # noqa: DTZ001
        (
            pa.array([1, None], pa.timestamp("s", "Europe/Prague")),
            pa.timestamp("us", "UTC"),
            dt.datetime(1970, 1, 1, 0, 0, 1, tzinfo=dt.UTC),
        ),
        (pa.array([dt.date(2024, 2, 29), None], pa.date64()), pa.date32(), dt.date(2024, 2, 29)),
        (pa.array([decimal.Decimal("12.50"), None], pa.decimal128(38, 2)), pa.decimal128(38, 2), decimal.Decimal("12.50")),
        (pa.array([decimal.Decimal("12.50"), None], pa.decimal256(50, 2)), pa.float64(), 12.5),
        (pa.array([uuid.UUID(int=5), None]), pa.string(), "00000000-0000-0000-0000-000000000005"),
        (pa.array([None, None]), pa.string(), None),
        (pa.RunEndEncodedArray.from_arrays([2], ["a"]), pa.string(), "a"),
        (pa.array([True, None]), pa.bool_(), True),
        (pa.array([1, None], pa.uint64()), pa.uint64(), 1),
    ],
    ids=lambda value: str(getattr(value, "type", "")),
)
def test_a_column_is_stored_as_what_it_means(given: pa.Array, kind: pa.DataType, first: object, tmp_path: Path) -> None:
    column = stored(pa.table({"x": given}), tmp_path)["x"]
    assert column.type == kind
    assert column[0].as_py() == first


@pytest.mark.parametrize(
    "give", [OnlyStream, pa.Table.to_reader, lambda table: table.to_batches()[0], pa.Table.to_pydict, pa.Table.to_pylist]
)
def test_whatever_hands_out_rows_gives_the_same_table(give: object, tmp_path: Path) -> None:
    table = pa.table(visits())
    assert stored(give(table), tmp_path).equals(table)  # type: ignore[operator]


def test_columns_that_are_no_single_values_and_hidden_indexes_are_left_out(tmp_path: Path) -> None:
    table = pa.table({"x": [1], "basket": [["tea"]], "both": [{"a": 1}], "__index_level_0__": [7]})
    assert stored(table, tmp_path).column_names == ["x"]


def test_a_stream_is_read_in_small_pieces_whatever_its_batches(tmp_path: Path) -> None:
    sizes = []

    class Watched(OnlyStream):
        def __arrow_c_stream__(self, requested_schema: object | None = None) -> object:
            return pa.RecordBatchReader.from_batches(self._table.schema, self._batches()).__arrow_c_stream__(requested_schema)

        def _batches(self) -> object:
            for start in range(0, self._table.num_rows, 1000):
                sizes.append(start)
                yield from self._table.slice(start, 1000).to_batches()

    stream = open_stream(Watched(pa.table({"x": list(range(5000))})), WHERE)
    assert len(sizes) < 5
    assert write(stream, tmp_path / "x.parquet", watch={}, where=WHERE).rows == 5000
    one_batch = open_stream(pa.table({"x": pa.array(range(300_000))}), WHERE)
    write(one_batch, tmp_path / "y.parquet", watch={}, where=WHERE)
    assert pq.read_table(tmp_path / "y.parquet")["x"].to_pylist() == list(range(300_000))


def test_watched_columns_give_their_values_up_to_the_limit(tmp_path: Path) -> None:
    table = pa.table({"a": ["x", "y", None, "x"], "b": ["1", "2", "3", "4"]})
    written = write(open_stream(table, WHERE), tmp_path / "t.parquet", watch={"a": 2, "b": 3}, where=WHERE)
    assert written.seen == {"a": {"x", "y"}, "b": None}


def test_an_ordered_category_gives_its_levels() -> None:
    labels = pa.array(["low", "mid", "high"])
    ordered = pa.DictionaryArray.from_arrays(pa.array([2, 0]), labels, ordered=True)
    table = pa.table({"o": ordered, "u": pa.DictionaryArray.from_arrays(pa.array([2, 0]), labels)})
    stream = open_stream(table, WHERE)
    assert (categories(stream, "o"), categories(stream, "u")) == (["low", "mid", "high"], None)


@pytest.mark.parametrize(
    ("table", "error", "told"),
    [
        ("orders.csv", UnreadableSource, r"found a str, not a table\. Files are read by a project file"),
        (3, UnreadableSource, r"found an int, not a table\. It takes Arrow, pandas, polars"),
        (pa.chunked_array([["a"]]), UnreadableSource, "found a pyarrow ChunkedArray, but its stream can't be read as a table"),
        ({"a": [1], "b": [1, 2]}, UnreadableSource, "found a dict, but its columns can't be read"),
        (pa.table({"a": pa.array([], pa.int64())}), NothingLeft, "the table has no rows. Its columns: a"),
        ([], NothingLeft, "the table has no rows"),
        (pa.table([[1], [2]], names=["a", "A"]), UnreadableSource, "the column 'A' is there twice|the column 'a' is there twice"),
        (pa.table([[1]], names=[" "]), UnreadableSource, "a column has no name"),
    ],
)
def test_what_is_no_table_is_told_with_a_way_out(table: object, error: type[Exception], told: str) -> None:
    with pytest.raises(error, match=f"^{WHERE}: .*{told}" if "|" not in told else told):
        open_stream(table, WHERE)  # type: ignore[arg-type]


def test_a_stream_that_breaks_off_is_an_error_of_the_table(tmp_path: Path) -> None:
    def broken() -> object:
        yield pa.record_batch({"x": [1]})
        raise RuntimeError("the cluster went away")

    reader = pa.RecordBatchReader.from_batches(pa.schema([("x", pa.int64())]), broken())
    stream = open_stream(OnlyStream(reader), WHERE)
    with pytest.raises(UnreadableSource, match=r"can't be stored: .*cluster went away"):
        write(stream, tmp_path / "x.parquet", watch={}, where=WHERE)
