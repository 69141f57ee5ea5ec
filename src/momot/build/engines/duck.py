"""Building on one DuckDB connection: the default."""
# ruff: noqa: ARG002 - where rows are, and what to say of them there, matters elsewhere: here it is all DuckDB

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pyarrow as pa

from momot.build.components import smallest_members
from momot.build.engines.protocol import Explain
from momot.engine import DuckEngine, identifier


class DuckBuilder(DuckEngine):
    """A `Builder` on the connection that also reads the files."""

    def evaluated(self, sql: str, *, over: str, by: str | None = None, explain: Explain | None = None, often: bool = False) -> str:
        """The query itself."""
        return sql

    def counted(self, sql: str, *, over: str, explain: Explain | None = None) -> tuple[int, ...]:
        """The row of the query."""
        return tuple(map(int, self.row(sql)))

    def seen(self, name: str) -> None:
        """All tables are of this connection."""

    def numbered(self, name: str, sql: str, order: Sequence[str]) -> None:
        """Keep the rows of `sql` with their number."""
        listed = ", ".join(map(identifier, order))
        self.table(name, f"SELECT *, row_number() OVER (ORDER BY {listed}) AS number FROM ({sql})")

    def components(self, name: str, ties: str) -> None:
        """By scipy, on the integers alone."""
        found = self.arrow(ties)
        ids, persons = smallest_members(*(found[column].to_numpy().astype(np.int32) for column in ("stronger", "weaker")))
        self.register(name, pa.table({"id": ids, "person_id": persons}))

    def fingerprint(self, sql: str) -> str:
        """Their number, and their hashes put together."""
        columns = ", ".join(map(identifier, self.columns(f"({sql})")))
        return repr(self.row(f"SELECT count(*), bit_xor(hash({columns})) FROM ({sql})"))

    def write_parts(self, sql: str, folder: Path, file: str, order: Sequence[str]) -> list[str]:
        """One part after the other."""
        self.table("momot_parted", sql)
        found, listed = [], ", ".join(map(identifier, order))
        for (part,) in self.rows("SELECT DISTINCT part FROM momot_parted ORDER BY part"):
            found.append(f"part={part:02d}/{file}")
            self.write(f"SELECT * EXCLUDE (part) FROM momot_parted WHERE part = {part} ORDER BY {listed}", folder / found[-1])
        return found
