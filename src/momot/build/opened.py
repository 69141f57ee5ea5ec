"""A build as its readers see it: the manifest, and an engine with one view a table."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import duckdb

from momot.build.ledger import SUPERSEDED, by_file, live
from momot.build.manifest import HOME, Manifest, require_manifest
from momot.engine import DuckEngine, Engine, Spill, connect, execute, identifier, literal
from momot.project.schema import EngineSettings

_EMPTY = {
    "interactions": (
        "interaction_id BIGINT, person_id INTEGER, happened_at BIGINT, touchpoint_id SMALLINT, activity_id SMALLINT, channel_id SMALLINT, "
        "quality TINYINT, level SMALLINT, repeat INTEGER, subject_id INTEGER, account_id INTEGER, value_minor BIGINT, cost_minor BIGINT, "
        "duplicate BOOLEAN"
    ),
    "subjects": "subject_id INTEGER, subject VARCHAR, person_id INTEGER, account_id INTEGER, started_at BIGINT, ended_at BIGINT",
    "opinions": (
        "opinion_id BIGINT, person_id INTEGER, given_at BIGINT, asked_at BIGINT, subject_id INTEGER, instrument VARCHAR, value DOUBLE, "
        "scale_low DOUBLE, scale_high DOUBLE, text_id BIGINT"
    ),
    "said": (
        "said_id BIGINT, person_id INTEGER, said_at BIGINT, subject_id INTEGER, source VARCHAR, touchpoint VARCHAR, channel VARCHAR, "
        "value DOUBLE, scale_low DOUBLE, scale_high DOUBLE, text_id BIGINT"
    ),
    "texts": "text_id BIGINT, text VARCHAR",
    "people": (
        "person_id INTEGER, person VARCHAR, bucket SMALLINT, is_employee BOOLEAN, acquisition_cost_minor BIGINT, role VARCHAR, "
        "account_id INTEGER, observed_from BIGINT, observed_to BIGINT"
    ),
    "identity": "id VARCHAR, namespace VARCHAR, person_id INTEGER, ties INTEGER, rows BIGINT, left_out BOOLEAN",
    "touchpoints": "touchpoint_id SMALLINT, touchpoint VARCHAR, channel_id SMALLINT, kind VARCHAR",
    "levels": "touchpoint_id SMALLINT, level SMALLINT, label VARCHAR, low DOUBLE, high DOUBLE",
    "activities": "activity_id SMALLINT, activity VARCHAR",
    "channels": "channel_id SMALLINT, channel VARCHAR",
    "facts": "outcome VARCHAR, subject_id INTEGER, person_id INTEGER, value DOUBLE, settled_at BIGINT",
    "journeys": (
        "interaction_id BIGINT, person_id INTEGER, happened_at BIGINT, day INTEGER, touchpoint_id SMALLINT, activity_id SMALLINT, "
        "channel_id SMALLINT, moment_id SMALLINT, stage TINYINT, quality TINYINT, level SMALLINT, repeat INTEGER, subject_id INTEGER, "
        "account_id INTEGER, value_minor BIGINT, purchase BOOLEAN, occurrence INTEGER, session INTEGER, cycle INTEGER"
    ),
    "moments": ("moment_id SMALLINT, moment VARCHAR, touchpoint_id SMALLINT, touchpoint VARCHAR, stage VARCHAR, channel VARCHAR"),
    "rejected": 'source VARCHAR, line BIGINT, block VARCHAR, code VARCHAR, "column" VARCHAR, found VARCHAR',
}


@dataclass(frozen=True, slots=True)
class Build:
    """The current build of a project. `folder` is the build folder with the Parquet files."""

    folder: Path
    manifest: Manifest
    fresh: bool = True  # False where nothing had changed and the previous build was kept
    settings: EngineSettings = field(default_factory=EngineSettings)  # of what reads it
    owner: object = field(default=None, repr=False, compare=False)  # what keeps the folder of a project without one alive

    def engine(self) -> Engine:
        """The engine that the project asks for, with its `views`. Close it, or use it as a context."""
        asked = self.settings
        if asked.url != "duckdb":
            return self._on_spark(asked)
        spill = Spill(Path(asked.spill) if asked.spill else Path(tempfile.gettempdir()))
        try:
            return DuckEngine(self.connect(memory_limit=asked.memory_limit, threads=asked.threads, spill=spill.folder), spill.remove)
        except BaseException:
            spill.remove()
            raise

    def views(self, engine: Engine) -> Iterator[tuple[str, str]]:
        """Name and SQL, for `engine`, of a view for each table; tables that the project does not have are empty views with their columns.

        Wide tables are views with a slash in the name: `"wide/survey-1"`.
        """
        files = {file for table in self.manifest.tables for file in table.files}
        for name, columns in _EMPTY.items():
            yield name, self._rows(engine, name, columns, files)
        for table in self.manifest.tables:
            if table.name.startswith("wide/"):
                yield table.name, f"SELECT * FROM read_parquet({literal(self.folder / table.files[0])})"

    def parts(self, engine: Engine, name: str) -> tuple[str, ...]:
        """SQL of the rows of "interactions" or "journeys", file by file: each person whole in one of them, in the order lived.

        What is asked of one after the other needs the memory of one, and time in proportion to rows. On Spark, which divides rows by
        itself, and for a table that the project does not have, it is the view alone.
        """
        files = sorted({file for table in self.manifest.tables for file in table.files if file.startswith((f"{name}/part=", SUPERSEDED))})
        if engine.name != "duckdb" or not files:
            return (name,)
        return tuple(live(engine, self.folder, name, some) for some in by_file(files))

    def connect(self, memory_limit: str | None = None, threads: int | None = None, spill: Path | None = None) -> duckdb.DuckDBPyConnection:
        """A new in-memory DuckDB with the `views`."""
        connection = connect(memory_limit=memory_limit, threads=threads, temp=spill)
        for name, sql in self.views(DuckEngine(connection)):
            execute(connection, f"CREATE VIEW {identifier(name)} AS {sql}")
        return connection

    def _on_spark(self, asked: EngineSettings) -> Engine:
        from momot.engine.spark import SparkEngine

        engine = SparkEngine(asked.url, asked.options)
        try:
            for name, sql in self.views(engine):
                engine.view(name, sql)
        except BaseException:
            engine.close()
            raise
        return engine

    def _rows(self, engine: Engine, name: str, columns: str, files: set[str]) -> str:
        if any(file.startswith(f"{name}/part=") for file in files):
            shown = ", ".join(column.split(" ")[0] for column in columns.split(", "))
            return f"SELECT {shown} FROM {live(engine, self.folder, name, sorted(files))}"
        if f"{name}.parquet" in files or name == "rejected":
            return f"SELECT * FROM read_parquet({literal(self.folder / f'{name}.parquet')})"
        if name == "texts" and (pieces := sorted(file for file in files if file.startswith("texts-"))):
            listed = ", ".join(literal(self.folder / file) for file in pieces)
            return f"SELECT DISTINCT text_id, text FROM read_parquet([{listed}])"
        nothing = ", ".join("NULL::" + column.rsplit(" ", 1)[1] + " AS " + column.rsplit(" ", 1)[0] for column in columns.split(", "))
        return f"SELECT {nothing} WHERE false"


def open_build(folder: Path, settings: EngineSettings | None = None) -> Build:
    """The current build of the project in `folder`, to be read with `settings`. Raises NotBuilt."""
    home = Path(folder) / HOME
    manifest = require_manifest(home)
    return Build(home / manifest.folder, manifest, fresh=False, settings=settings or EngineSettings())
