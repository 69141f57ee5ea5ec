"""Small tables in memory for tests, and the least that an object can have to be a table."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pyarrow as pa

START = dt.datetime(2024, 1, 1)  # noqa: DTZ001  a local time is meant


def visits(rows: int = 240, **others: list[Any]) -> dict[str, list[Any]]:
    """{column: values} of interactions: 40 persons in turn, an hour apart, at two touchpoints."""
    return {
        "person": [f"P{row % 40}" for row in range(rows)],
        "at": [START + dt.timedelta(hours=row) for row in range(rows)],
        "touchpoint": [["order.checkout", "delivery.parcel"][row % 2] for row in range(rows)],
        "quality": [["bad", "good", None][row % 3] for row in range(rows)],
        **others,
    }


class OnlyStream:
    """A table that has `__arrow_c_stream__` and nothing else, as a library that momot has never heard of."""

    def __init__(self, table: pa.Table) -> None:
        self._table = table

    def __arrow_c_stream__(self, requested_schema: object | None = None) -> object:
        return self._table.__arrow_c_stream__(requested_schema)
