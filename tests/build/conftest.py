"""Small projects: a text and its files in, a build out."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from momot.build import Build, build
from momot.progress import Progress
from momot.project import load

Make = Callable[..., Build]
Query = Callable[..., list[tuple[Any, ...]]]


@pytest.fixture
def make(tmp_path: Path) -> Make:
    """`make(text, {"a.csv": "…"})` writes or replaces the project in one folder and builds it."""
    folder = tmp_path / "shop"
    folder.mkdir()

    def made(text: str, files: dict[str, str | bytes], *, said: list[str] | None = None) -> Build:
        (folder / "momot.toml").write_text('name = "Shop"\n' + text, encoding="utf-8")
        for name, content in files.items():
            (folder / name).parent.mkdir(exist_ok=True)
            (folder / name).write_bytes(content if isinstance(content, bytes) else content.encode())

        def hear(message: Progress) -> None:
            if said is not None and not message.again:
                said.append(str(message))

        return build(load(folder), folder=folder, progress=hear)

    return made


@pytest.fixture
def query() -> Query:
    """All rows of a query over a build."""

    def run(made: Build, sql: str) -> list[tuple[Any, ...]]:
        with made.connect() as connection:
            return connection.execute(sql).fetchall()

    return run
