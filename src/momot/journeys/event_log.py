"""The interactions of a build as an event log for other tools: names instead of codes, one case after the other, streamed.

Grain: one row an interaction that is no copy, of a person who is no employee, in the order of case, time and id. The rows of one case stand
together.

| column (`names="xes"`) | `names="retentioneering"` | type | means |
|---|---|---|---|
| `case:concept:name` | `user_id` | string | the case: person, subject or account by its id in the sources |
| `concept:name` | `event` | string | what happened: activity, touchpoint or moment |
| `time:timestamp` | `timestamp` | timestamp[us, UTC]; without a zone for retentioneering | when, UTC |
| `case:role`, `case:segment.<name>` | `role`, `segment.<name>` | as in the table `people` | of the person, where persons are the cases |
| `person`, `subject`, `account` | the same | string | those of them that are not the case |
| `activity`, `touchpoint`, `moment` | the same | string | those of them that are not the event |
| `stage`, `channel`, `quality`, `level` | the same | string | as in the table `journeys`, by name |
| `value` | the same | double | money, in whole units of the currency |
| `repeat`, `occurrence`, `session`, `cycle` | the same | int64 | as in the table `journeys` |
| `purchase` | the same | bool | a purchase is made here |
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

import pyarrow as pa

from momot.build import Build
from momot.build.dictionary import FILE
from momot.build.interaction_rows import minor_units
from momot.engine import Engine, identifier, literal, step
from momot.errors import QuestionError

Case = Literal["person", "subject", "account"]
Event = Literal["activity", "touchpoint", "moment"]
Names = Literal["xes", "retentioneering"]

CASES: tuple[Case, ...] = ("person", "subject", "account")
EVENTS: tuple[Event, ...] = ("activity", "touchpoint", "moment")
NAMES: tuple[Names, ...] = ("xes", "retentioneering")
_ROWS = 500_000  # about so many rows are put in order at a time
_CASE_NAMES = {"person": "p.person", "subject": "s.key", "account": "g.key"}
_TEXTS = ("stage", "channel", "quality", "level")
_NUMBERS = ("repeat", "occurrence", "session", "cycle")


def event_log(build: Build, *, case: Case = "person", event: Event = "activity", names: Names = "xes") -> pa.RecordBatchReader:
    """The log as a stream of batches; no more than a part of it is held at a time. Raises QuestionError where there is no such case."""
    if build.manifest.table("journeys") is None:
        raise QuestionError(f"{build.manifest.project} has no interactions, so there is no event log.")
    engine = build.engine()
    known = [] if case != "person" else [name for name in engine.columns("people") if name == "role" or name.startswith("segment.")]
    shown = engine.arrow(f"SELECT {', '.join(map(identifier, known))} FROM people LIMIT 0").schema if known else pa.schema([])
    columns = _columns(case, event, names, shown)
    low, high, rows = engine.row(f"SELECT min({case}_id), max({case}_id), count(*) FROM journeys WHERE {case}_id IS NOT NULL")
    if not rows:
        engine.close()
        raise QuestionError(f"no interaction of {build.manifest.project} belongs to {'an' if case == 'account' else 'a'} {case}.")
    schema = pa.schema([field for _, field in columns])
    return pa.RecordBatchReader.from_batches(schema, _batches(engine, build, case, known, columns, range(low, high + 1), rows))


def _columns(case: Case, event: Event, names: Names, known: pa.Schema) -> list[tuple[str, pa.Field]]:
    """(name in the step, field of the log) of each column."""
    text, plain = pa.string(), names == "retentioneering"
    about, what, when = ("user_id", "event", "timestamp") if plain else ("case:concept:name", "concept:name", "time:timestamp")
    found = [("case_name", pa.field(about, text, nullable=False))]
    found += [(field.name, pa.field(field.name if plain else f"case:{field.name}", _plain(field.type))) for field in known]
    found += [
        (event, pa.field(what, text, nullable=False)),
        ("happened_at", pa.field(when, pa.timestamp("us", None if plain else "UTC"), nullable=False)),
    ]
    found += [(name, pa.field(name, text)) for name in (*CASES, *EVENTS, *_TEXTS) if name not in (case, event)]
    found += [("value", pa.field("value", pa.float64())), *((name, pa.field(name, pa.int64())) for name in _NUMBERS)]
    return [*found, ("purchase", pa.field("purchase", pa.bool_()))]


def _plain(kind: pa.DataType) -> pa.DataType:
    return pa.string() if pa.types.is_large_string(kind) or pa.types.is_string_view(kind) else kind


def _batches(
    engine: Engine, build: Build, case: Case, known: list[str], columns: list[tuple[str, pa.Field]], cases: range, rows: int
) -> Iterator[pa.RecordBatch]:
    """Cases by ranges of their numbers, which are dense, so that no more than a range is put in order at a time."""
    schema = pa.schema([field for _, field in columns])
    wide = max(1, len(cases) * _ROWS // rows)
    with engine:
        for kind in ("subject", "account"):
            engine.view(f"named_{kind}s", f"SELECT id, key FROM read_parquet({literal(build.folder / FILE)}) WHERE kind = '{kind}'")
        for low in cases[::wide]:
            sql = step(
                "momot.journeys", "event_log", case_name=_CASE_NAMES[case], case_id=f"{case}_id", low=low, high=low + wide,
                minor=f"{float(minor_units(build.manifest.currency))!r}", more="".join(f", p.{identifier(name)}" for name in known),
            )  # fmt: skip
            for batch in engine.batches(sql):
                if batch.num_rows:
                    yield pa.record_batch([batch.column(name).cast(field.type) for name, field in columns], schema=schema)
