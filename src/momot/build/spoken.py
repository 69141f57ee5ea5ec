"""Quality of an interaction read from its text: a function for DuckDB, wherever the expressions of a block are evaluated."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

import duckdb
import pyarrow as pa
from duckdb.func import FunctionNullHandling, PythonUDFType

from momot.project.schema import ProjectFile
from momot.vocabulary import FROM_TEXT

if TYPE_CHECKING:
    from momot.voices.reader import Reader

FUNCTION = "momot_quality_of_text"
_MOST = 200_000  # texts remembered between two passes over the same rows


def asked(project: ProjectFile) -> bool:
    """Whether some block reads quality from its text."""
    return any(block.quality == FROM_TEXT for block in project.interactions)


def register(connection: duckdb.DuckDBPyConnection) -> None:
    """Let SQL on this connection call `FUNCTION`: -1, 0 or 1 as the words go; NULL where there are none or they are too doubtful."""
    remembered: dict[str, int | None] = {}

    def qualities(texts: pa.ChunkedArray) -> pa.Array:
        given = texts.to_pylist()
        new = [text for text in dict.fromkeys(given) if text is not None and text not in remembered]
        if len(remembered) + len(new) > _MOST:
            remembered.clear()
            new = [text for text in dict.fromkeys(given) if text is not None]
        if new:
            read = _reader().read(new)
            told = (int(code) - 1 if not doubtful else None for code, doubtful in zip(read.polarity, read.abstains, strict=True))
            remembered.update(zip(new, told, strict=True))
        return pa.array([None if text is None else remembered[text] for text in given], pa.int8())

    kind, blanks = PythonUDFType.ARROW, FunctionNullHandling.SPECIAL
    connection.create_function(FUNCTION, qualities, ["VARCHAR"], "TINYINT", type=kind, null_handling=blanks)


def fingerprint() -> str:
    """Another one where the same words could give another quality."""
    return _reader().fingerprint


@cache
def _reader() -> Reader:
    """The fast tier: what needs an extra must not change what an interaction was."""
    from momot.voices.reader import reader  # only where some block asks: it loads the weights

    return reader("fast")[0]
