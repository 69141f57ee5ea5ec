"""Answers about journeys as CSV and Arrow: one tidy table each, with the names of the contract."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

import msgspec

from momot.journeys.contract import Absent, Cell, Cohort, Cohorts, Edge, Event, Fact, Flow, Funnel, Journey, Paths, Step, Timeline

if TYPE_CHECKING:
    import pyarrow as pa

_RECORDS: dict[type, tuple[type[msgspec.Struct], ...]] = {
    Journey: (Fact, Absent), Funnel: (Step,), Cohorts: (Cohort, Cell), Timeline: (Event,), Paths: (Flow, Edge),
}  # fmt: skip
Answer = Journey | Funnel | Paths | Cohorts | Timeline


def to_csv(answer: Answer) -> str:
    """Facts, steps of a funnel, flows around a moment (or all edges), cells of cohorts, events of a person."""
    columns, rows = _table(answer)
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows(["" if value is None else value for value in row] for row in rows)
    return out.getvalue()


def to_arrow(answer: Answer) -> pa.Table:
    """The rows and columns of the CSV, typed."""
    from momot.vocabulary.tabular import table, types_of

    names, rows = _table(answer)
    types = types_of(*_RECORDS[type(answer)])
    text = types_of(Absent)["reason"]
    types |= {"absent": text, "other": text}  # the rule alone; the moment before or after
    return table({name: types[name] for name in names}, rows)


def _table(answer: Answer) -> tuple[Sequence[str], Iterable[Sequence[object]]]:
    if isinstance(answer, Journey):
        names = [name for name in Fact.__struct_fields__ if name != "absent"]
        return [*names, "absent", "reason"], [
            [*(getattr(fact, name) for name in names), *((fact.absent.rule, fact.absent.reason) if fact.absent else (None, None))]
            for fact in answer.facts
        ]
    if isinstance(answer, Funnel):
        return Step.__struct_fields__, map(msgspec.structs.astuple, answer.steps)
    if isinstance(answer, Cohorts):
        return ("month", "size", "since", "n", "count", "share", "low", "high"), [
            (cohort.month, cohort.size, *msgspec.structs.astuple(cell)) for cohort in answer.cohorts for cell in cohort.cells
        ]
    if isinstance(answer, Timeline):
        return Event.__struct_fields__, map(msgspec.structs.astuple, answer.events)
    if answer.moment is not None:
        return ("moment", "step", "other", "times", "share"), [(answer.moment, *msgspec.structs.astuple(flow)) for flow in answer.flows]
    return ("from", "to", "times"), map(msgspec.structs.astuple, answer.edges)
