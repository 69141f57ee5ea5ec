"""Types of DuckDB as Spark has them, and back: results of both engines have the same."""

from __future__ import annotations

import re

import pyarrow as pa

from momot.errors import EngineError

_SPARK = {
    "BOOLEAN": "boolean",
    "TINYINT": "tinyint",
    "SMALLINT": "smallint",
    "INTEGER": "int",
    "BIGINT": "bigint",
    "HUGEINT": "decimal(38,0)",
    "UTINYINT": "smallint",
    "USMALLINT": "int",
    "UINTEGER": "bigint",
    "UBIGINT": "decimal(20,0)",
    "FLOAT": "float",
    "DOUBLE": "double",
    "VARCHAR": "string",
    "BLOB": "binary",
    "DATE": "date",
    "TIMESTAMP": "timestamp_ntz",
    "TIMESTAMP WITH TIME ZONE": "timestamp",
    '"NULL"': "int",
}
_DUCK = {kind: name for name, kind in reversed(_SPARK.items()) if not name.startswith(("U", '"', "HUGE"))}


def spark_type(duck: str) -> str:
    """The type of Spark that holds every value of DuckDB's type `duck`; a HUGEINT is a DECIMAL(38,0). Raises EngineError without one."""
    if duck.endswith("[]"):
        return f"array<{spark_type(duck[:-2])}>"
    if re.fullmatch(r"DECIMAL\(\d+,\d+\)", duck):
        return duck.lower()
    if duck not in _SPARK:
        raise EngineError(f"Spark has no type for DuckDB's {duck}.")
    return _SPARK[duck]


def duck_type(spark: str) -> str:
    """DuckDB's type of a column that Spark reads as `spark`. Raises EngineError for a type that no step knows."""
    if spark.startswith("array<"):
        return f"{duck_type(spark[6:-1])}[]"
    if spark.startswith("decimal("):
        return spark.upper()
    if spark not in _DUCK:
        raise EngineError(f"A column of Spark's type {spark} can't be read.")
    return _DUCK[spark]


def arrow_type(duck: str) -> pa.DataType:
    """The Arrow type in which a column of DuckDB's type `duck` is given to Spark."""
    kind = spark_type(duck)
    if kind.startswith("array<"):
        return pa.list_(arrow_type(duck[:-2]))
    if kind.startswith("decimal("):
        digits, scale = re.findall(r"\d+", kind)
        return pa.decimal128(int(digits), int(scale))
    return _ARROW[kind]


_ARROW = {
    "boolean": pa.bool_(),
    "tinyint": pa.int8(),
    "smallint": pa.int16(),
    "int": pa.int32(),
    "bigint": pa.int64(),
    "float": pa.float32(),
    "double": pa.float64(),
    "string": pa.string(),
    "binary": pa.binary(),
    "date": pa.date32(),
    "timestamp_ntz": pa.timestamp("us"),
    "timestamp": pa.timestamp("us", tz="UTC"),
}
