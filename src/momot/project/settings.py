"""What computes, as a caller asks for it: it goes before what the project file says."""

from __future__ import annotations

from pathlib import Path

from msgspec.structs import replace

from momot.errors import ProjectError
from momot.project.schema import EngineSettings
from momot.project.shapes import engine_of, size_of


def settings(
    written: EngineSettings, engine: str | None, memory_limit: str | None, threads: int | None, spill: str | Path | None
) -> EngineSettings:
    """The settings of a project file with those that a caller gives in their place. Raises ProjectError for one that is none."""
    found = written
    if engine is not None:
        url = engine_of(engine)
        if url is None:
            raise ProjectError(f'\'{engine}\' is no engine: "duckdb", or a Spark master such as "local[2]", "spark://host:7077", "yarn".')
        found = replace(found, url=url)
    if memory_limit is not None:
        size = size_of(memory_limit)
        if size is None:
            raise ProjectError(f"'{memory_limit}' is no size of memory: a number with a unit, such as 4GB or 400MB.")
        found = replace(found, memory_limit=size)
    if threads is not None:
        if threads < 1:
            raise ProjectError(f"{threads} threads can do nothing: it takes at least 1.")
        found = replace(found, threads=threads)
    return found if spill is None else replace(found, spill=str(spill))
