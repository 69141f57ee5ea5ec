"""Steps in DuckDB's SQL as Spark's, by sqlglot and by rules of our own for what it would get wrong in silence.

What has no rule here is an EngineError: a function is translated only where it is known to give the same (`_SAME`).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import sqlglot
from sqlglot import exp
from sqlglot.dialects.duckdb import DuckDB
from sqlglot.errors import SqlglotError
from sqlglot.optimizer.annotate_types import TypeAnnotator, annotate_types
from sqlglot.optimizer.qualify import qualify
from sqlglot.schema import MappingSchema

from momot.engine.spark_types import spark_type
from momot.errors import EngineError

Columns = Mapping[str, str]

_INTEGERS = {"TINYINT", "SMALLINT", "INT", "BIGINT", "INT128", "UTINYINT", "USMALLINT", "UINT", "UBIGINT"}
_SMALL = {"TINYINT", "SMALLINT", "INT", "UTINYINT", "USMALLINT", "BOOLEAN"}  # a sum of fewer than 2^32 of them is a BIGINT
_FLOATS = {"DOUBLE", "FLOAT"}
_SAME = (
    exp.Count, exp.CountIf, exp.Sum, exp.Min, exp.Max, exp.Avg, exp.ArgMin, exp.ArgMax, exp.BitwiseOrAgg, exp.LogicalOr, exp.LogicalAnd,
    exp.RowNumber, exp.Lag, exp.Lead, exp.LastValue, exp.FirstValue, exp.Cast, exp.TryCast, exp.Coalesce, exp.Case, exp.If, exp.Floor,
    exp.Ceil, exp.Greatest, exp.Least, exp.Abs, exp.Left, exp.MD5, exp.Chr, exp.Lower, exp.Upper, exp.Levenshtein, exp.Nullif, exp.Length,
    exp.And, exp.Or, exp.Exists, exp.Concat, exp.Year, exp.Month, exp.Substring,
)  # fmt: skip
_IN_ORDER = (exp.RowNumber, exp.Lag, exp.Lead, exp.LastValue, exp.FirstValue)


def parse(sql: str) -> exp.Expr:
    """`sql` of DuckDB as a tree. Raises EngineError."""
    try:
        return sqlglot.parse_one(sql, read="duckdb")
    except SqlglotError as error:
        raise EngineError(f"can't be read as SQL of DuckDB for Spark: {_first_line(error)}") from error


def files_read(tree: exp.Expr, view: Callable[[list[str]], str]) -> exp.Expr:
    """`tree` with a table, named by `view`, in place of every `read_parquet(files)`."""
    for call in list(tree.find_all(exp.ReadParquet)):
        texts = [literal.this for literal in call.expressions[0].find_all(exp.Literal) if literal.is_string]
        name = exp.to_identifier(view(texts), quoted=True)
        table = call.parent
        if isinstance(table, exp.Table):
            table.set("this", name)
        else:
            call.replace(exp.Table(this=name))
    return tree


def translate(tree: exp.Expr, tables: Mapping[str, Columns]) -> str:
    """The SQL of Spark for a query over `tables` (columns with DuckDB's types by name). Raises EngineError for what can't be the same.

    Columns may come out with other types (a BIGINT for a HUGEINT) and other names: who runs it casts and renames them by position.
    """
    tree = _without_comments(tree.copy())
    _refuse_order_of_files(tree)
    schema = MappingSchema(
        {exp.to_identifier(name, quoted=True).sql("duckdb"): dict(columns) for name, columns in _used(tree, tables).items()},
        dialect="duckdb",
    )
    try:
        tree = qualify(_ordered_by_all(tree), schema=schema, dialect="duckdb", validate_qualify_columns=False)
        tree = annotate_types(_by_name(tree), schema=schema, dialect="duckdb", expression_metadata=_TYPES, coerces_to=_COERCES)
    except SqlglotError as error:
        raise EngineError(f"can't be translated for Spark: {_first_line(error)}") from error
    _refuse_unknown(tree)
    for kind, rule in _RULES:
        for node in reversed(list(tree.find_all(kind))):  # the innermost first: what is replaced holds what was replaced
            rule(node)
    return _ordered_by_columns(tree).sql(dialect="spark", unsupported_level=sqlglot.ErrorLevel.IGNORE)


def _used(tree: exp.Expr, tables: Mapping[str, Columns]) -> dict[str, Columns]:
    names = {table.name.lower() for table in tree.find_all(exp.Table)}
    return {name: tables[name] for name in names if name in tables}


def _without_comments(tree: exp.Expr) -> exp.Expr:
    for node in tree.walk():
        node.comments = None
    return tree


def _refuse_order_of_files(tree: exp.Expr) -> None:
    """Rows of Spark stand in no order: a window needs one of its own."""
    for window in tree.find_all(exp.Window):
        inner = window.this
        while isinstance(inner, exp.IgnoreNulls | exp.RespectNulls | exp.Filter):
            inner = inner.this
        if not window.args.get("order") and not window.args.get("alias") and (isinstance(inner, _IN_ORDER) or window.args.get("spec")):
            raise EngineError(f"runs down the rows of a file in their order, which Spark has not: {window.sql('duckdb')}")


def _refuse_unknown(tree: exp.Expr) -> None:
    for call in tree.find_all(exp.Func):
        if not isinstance(call, _SAME):
            raise EngineError(f"calls '{call.sql('duckdb')[:60]}', which is not known to give the same on Spark")
    for like in tree.find_all(exp.Like):
        if not isinstance(like.parent, exp.Escape) and "\\" in like.expression.sql("duckdb"):
            raise EngineError(f"has a pattern with a backslash, which is another on Spark: {like.sql('duckdb')[:80]}")


def _ordered_by_columns(tree: exp.Expr) -> exp.Expr:
    """ORDER BY of a SELECT DISTINCT by the names of its columns: of another spelling Spark does not know them."""
    for select in tree.find_all(exp.Select):
        order = select.args.get("order")
        if select.args.get("distinct") and order is not None:
            names = {column.unalias(): column.alias_or_name for column in select.expressions}
            for key in order.expressions:
                if key.this in names:
                    key.set("this", exp.column(names[key.this], quoted=True))
    return tree


def _ordered_by_all(tree: exp.Expr) -> exp.Expr:
    """ORDER BY ALL as the positions of all columns."""
    for order in tree.find_all(exp.Order):
        keys = order.expressions
        if len(keys) == 1 and keys[0].name.upper() == "ALL" and isinstance(order.parent, exp.Select):
            count = len(order.parent.expressions)
            order.set("expressions", [exp.Ordered(this=exp.Literal.number(place), nulls_first=False) for place in range(1, count + 1)])
    return tree


def _by_name(tree: exp.Expr) -> exp.Expr:
    """UNION BY NAME as a union of columns in one order, NULL where a side has none."""
    for union in reversed(list(tree.find_all(exp.SetOperation))):
        if not union.args.get("by_name"):
            continue
        left, right = union.left.named_selects, union.right.named_selects
        names = [*left, *(name for name in right if name not in left)]
        for side, there in (("this", left), ("expression", right)):
            columns = [exp.column(name, quoted=True) if name in there else exp.alias_(exp.Null(), name, quoted=True) for name in names]
            union.set(side, exp.select(*columns).from_(union.args[side].subquery("side")))
        union.set("by_name", False)
    return tree


def _kind(node: exp.Expr) -> str:
    """The name of DuckDB's type of an expression, as sqlglot calls it."""
    kind = node.type
    return "UNKNOWN" if kind is None else str(kind.this.value if hasattr(kind.this, "value") else kind.this)


def _known(node: exp.Expr, inside: exp.Expr) -> str:
    kind = _kind(node)
    if kind in {"UNKNOWN", "NULL"} and not isinstance(node, exp.Null):
        raise EngineError(f"has no type that is known for Spark: {node.sql('duckdb')[:80]} in {inside.sql('duckdb')[:80]}")
    return kind


def _cast(node: exp.Expr, kind: str) -> exp.Cast:
    return exp.Cast(this=node, to=exp.DataType.build(kind, dialect="spark"))


def _division(node: exp.Div) -> None:
    """Of any numbers a DOUBLE; by zero infinite or not a number, and no error."""
    left, right = (
        _cast(exp.paren(side.copy()) if isinstance(side, exp.Binary) else side.copy(), "double") for side in (node.left, node.right)
    )
    plain = exp.Div(this=left, expression=right, typed=True, safe=False)
    if isinstance(node.right, exp.Literal) and float(node.right.this) != 0.0:
        _replace(node, exp.paren(plain))
        return
    at_zero = exp.EQ(this=right.copy(), expression=exp.Literal.number(0))
    infinite = exp.Mul(this=left.copy(), expression=_cast(exp.Literal.string("Infinity"), "double"))
    _replace(node, exp.Case(ifs=[exp.If(this=at_zero, true=infinite)], default=plain))


def _whole_division(node: exp.IntDiv) -> None:
    if {_known(node.left, node), _known(node.right, node)} - (_INTEGERS - {"INT128"}):
        raise EngineError(f"divides numbers that are not integers by //: {node.sql('duckdb')[:80]}")


def _remainder(node: exp.Mod) -> None:
    if {_known(node.left, node), _known(node.right, node)} - _INTEGERS:
        raise EngineError(f"takes the remainder of numbers that are not integers: {node.sql('duckdb')[:80]}")


def _rounded(node: exp.Cast) -> None:
    """DuckDB rounds to an integer: halves of doubles to even, of decimals away from zero. Spark cuts off."""
    target, inner = node.to, node.this
    to, of = str(target.this.value), _known(inner, node)
    if to in _INTEGERS and of in _FLOATS:
        node.set("this", exp.Anonymous(this="RINT", expressions=[inner.copy()]))
    elif to in _INTEGERS and of == "DECIMAL":
        node.set("this", exp.Anonymous(this="ROUND", expressions=[inner.copy()]))
    elif to in _INTEGERS and of in {"VARCHAR", "TEXT"}:
        node.set("this", _from_text(inner))
    elif to in {"VARCHAR", "TEXT"} and of in {*_FLOATS, "DECIMAL", "TIMESTAMP", "TIMESTAMPTZ", "INTERVAL"}:
        raise EngineError(f"writes a number as text, which looks another way on Spark: {node.sql('duckdb')[:80]}")
    node.set("to", exp.DataType.build(spark_type(_duck_name(target)), dialect="spark"))


def _from_text(inner: exp.Expr) -> exp.Expr:
    """Text to be cast to an integer; `'0x' || digits` is hexadecimal."""
    text = inner.unnest()
    if isinstance(text, exp.DPipe) and isinstance(text.left, exp.Literal) and text.left.this == "0x":
        sixteen, ten = exp.Literal.number(16), exp.Literal.number(10)
        return exp.Anonymous(this="CONV", expressions=[text.right.copy(), sixteen, ten])
    return inner.copy()


def _duck_name(kind: exp.DataType) -> str:
    """DuckDB's own name of a type."""
    name = kind.sql("duckdb").upper().replace(" ", "")
    return {
        "INT": "INTEGER",
        "TEXT": "VARCHAR",
        "INT128": "HUGEINT",
        "TIMESTAMPTZ": "TIMESTAMP WITH TIME ZONE",
        "DECIMAL": "DECIMAL(18,3)",
        "REAL": "FLOAT",
    }.get(name, name)


def _exact_sum(node: exp.Sum) -> None:
    """DuckDB adds integers as HUGEINT. A sum of BIGINT is put together from the sums of its halves, which do not overflow."""
    kind = _known(node.this, node)
    if kind in _SMALL or kind in _FLOATS or kind == "DECIMAL" or isinstance(node.this, exp.Null):
        return
    if isinstance(node.this, exp.Distinct):
        raise EngineError(f"adds up different values: {node.sql('duckdb')[:80]}")
    if kind == "INT128":
        node.set("this", _cast(node.this.copy(), "decimal(38,0)"))
        return
    if kind not in _INTEGERS:
        raise EngineError(f"adds up values of type {kind}: {node.sql('duckdb')[:80]}")
    outer: exp.Expr = node
    while isinstance(outer.parent, exp.Filter | exp.Window) and outer.parent.this is outer:
        outer = outer.parent
    number = exp.paren(node.this.copy()) if isinstance(node.this, exp.Binary) else node.this.copy()
    high = _with(outer, node, exp.Anonymous(this="SHIFTRIGHT", expressions=[number, exp.Literal.number(32)]))
    low = _with(outer, node, exp.BitwiseAnd(this=number.copy(), expression=exp.Literal.number(2**32 - 1)))
    whole = exp.Mul(this=_cast(high, "decimal(38,0)"), expression=exp.Literal.number(2**32))
    _replace(outer, exp.paren(exp.Add(this=whole, expression=low)))


def _with(outer: exp.Expr, node: exp.Sum, summed: exp.Expr) -> exp.Expr:
    """`outer`, which holds the sum `node`, with other values summed."""
    before = node.this
    node.set("this", summed)
    made = outer.copy()
    node.set("this", before)
    return made


def _mean(node: exp.Avg) -> None:
    if _known(node.this, node) not in _FLOATS:
        node.set("this", _cast(node.this.copy(), "double"))


def _floor(node: exp.Floor | exp.Ceil) -> None:
    """A DOUBLE, as on DuckDB; Spark makes a BIGINT."""
    if _known(node.this, node) not in _INTEGERS:
        _replace(node, _cast(node.copy(), "double"))


def _first_by(node: exp.ArgMin | exp.ArgMax) -> None:
    """Rows without a value, or without what they are compared by, do not count; inside of a tuple NULL is the greatest, as in DuckDB.

    Of ties Spark takes any row, so the value decides.
    """
    value, by = node.this, node.expression
    keys = by.expressions if isinstance(by, exp.Tuple) else [by]
    compared = [part for key in [*keys, value] for part in (exp.Is(this=key.copy(), expression=exp.Null()), key.copy())]
    name = "MIN_BY" if isinstance(node, exp.ArgMin) else "MAX_BY"
    call = exp.Anonymous(this=name, expressions=[value.copy(), exp.Anonymous(this="STRUCT", expressions=compared)])
    needed = [value] if isinstance(by, exp.Tuple) else [value, by]
    there = exp.and_(*(exp.Not(this=exp.Is(this=one.copy(), expression=exp.Null())) for one in needed))
    if isinstance(node.parent, exp.Filter):
        node.parent.expression.set("this", exp.and_(node.parent.expression.this.copy(), there))
        _replace(node, call)
    else:
        _replace(node, exp.Filter(this=call, expression=exp.Where(this=there)))


def _counted(node: exp.CountIf) -> None:
    """Of nothing but NULL it is NULL, as a sum is."""
    _replace(node, exp.Sum(this=_cast(exp.paren(node.this.copy()), "int")))


def _nulls_last(node: exp.Ordered) -> None:
    """DuckDB puts NULL last in either direction; Spark puts it first or last by direction."""
    if node.args.get("nulls_first") is None:
        node.set("nulls_first", False)


def _shift(node: exp.Expr) -> None:
    raise EngineError(f"shifts bits, which Spark does in 32 of them: {node.sql('duckdb')[:80]}. Take bits from a table.")


def _replace(node: exp.Expr, by: exp.Expr) -> None:
    by.type = node.type
    node.replace(by)


def _hugeint(annotator: TypeAnnotator, node: exp.Expr) -> exp.Expr:
    """The type of a sum: HUGEINT of integers, else that of what is added."""
    kind = _kind(node.this)
    return annotator._set_type(node, exp.DataType.Type.INT128 if kind in _INTEGERS or kind == "BOOLEAN" else node.this.type)


def _number(annotator: TypeAnnotator, node: exp.Literal) -> exp.Expr:
    """The type of a literal: a number with a point is a DECIMAL, one with an exponent a DOUBLE."""
    if node.is_string or not set(node.this) <= set("0123456789."):
        return annotator._annotate_literal(node)
    decimal = "." in node.this
    kind = exp.DataType.Type.DECIMAL if decimal else exp.DataType.Type.INT if int(node.this) < 2**31 else exp.DataType.Type.BIGINT
    return annotator._set_type(node, kind)


_TYPES = {**DuckDB.EXPRESSION_METADATA, exp.Sum: {"annotator": _hugeint}, exp.Literal: {"annotator": _number}}
_WIDER = {exp.DataType.Type[name] for name in ("DECIMAL", "BIGDECIMAL", "FLOAT", "DOUBLE", "DECFLOAT")}
_COERCES = {
    kind: wider | ({exp.DataType.Type.INT128} if kind.value in _INTEGERS else set()) for kind, wider in TypeAnnotator.COERCES_TO.items()
} | {exp.DataType.Type.INT128: _WIDER}

_RULES: tuple[tuple[Any, Callable[..., None]], ...] = (  # kind of node or kinds, and what is done with each
    (exp.BitwiseLeftShift, _shift),
    (exp.BitwiseRightShift, _shift),
    (exp.IntDiv, _whole_division),
    (exp.Mod, _remainder),
    ((exp.Cast, exp.TryCast), _rounded),
    (exp.Avg, _mean),
    ((exp.Floor, exp.Ceil), _floor),
    (exp.Div, _division),
    (exp.Sum, _exact_sum),
    (exp.CountIf, _counted),
    ((exp.ArgMin, exp.ArgMax), _first_by),
    (exp.Ordered, _nulls_last),
)


def _first_line(error: Exception) -> str:
    return str(error).split("\n")[0]
