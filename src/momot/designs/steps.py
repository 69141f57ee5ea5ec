"""Running the table steps of the designs."""

from __future__ import annotations

import pyarrow as pa

from momot.engine import Engine, literal, step

PACKAGE = "momot.designs"


def run(engine: Engine, name: str, **inputs: object) -> pa.Table:
    """The whole result of the step `name`.sql as an Arrow table; `inputs` are values."""
    return engine.arrow(_text(name, inputs))


def keep(engine: Engine, name: str, *, table: str, **inputs: object) -> None:
    """Keep the result of a step as the temporary table `table` for the steps that follow."""
    engine.table(table, _text(name, inputs))


def _text(name: str, inputs: dict[str, object]) -> str:
    return step(PACKAGE, name, **{key: literal(value) for key, value in inputs.items()})
