"""Running the table steps of the designs."""

from __future__ import annotations

import pyarrow as pa

from momot.designs.drawn import Drawn, draw
from momot.engine import Engine, literal, step

PACKAGE = "momot.designs"


def run(engine: Engine, name: str, **inputs: object) -> pa.Table:
    """The whole result of the step `name`.sql as an Arrow table; `inputs` are values."""
    return engine.arrow(_text(name, inputs))


def keep(engine: Engine, name: str, *, table: str, chosen: str = "true", **inputs: object) -> None:
    """Keep the result of a step as the temporary table `table` for the steps that follow: its rows that are `chosen`, in SQL."""
    text = _text(name, inputs)
    engine.table(table, text if chosen == "true" else f"SELECT * FROM ({text}) WHERE {chosen}")


def keep_units(engine: Engine) -> Drawn:
    """Keep the units of episodes, of the temporary table `measured`, as the table `units`, or those that are drawn; what was drawn."""
    customers = "SELECT count(*) FROM measured m LEFT JOIN people p ON p.person_id = m.person_id WHERE p.is_employee IS DISTINCT FROM true"
    drawn = draw(int(engine.row(customers)[0]))
    engine.table("units", step(PACKAGE, "episode_units", drawn=drawn.sql("cluster")))
    return drawn


def _text(name: str, inputs: dict[str, object]) -> str:
    return step(PACKAGE, name, **{key: literal(value) for key, value in inputs.items()})
