"""What changed between two runs, `momot.diff/1`: frozen values that every face renders and none changes."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Final, Literal

import msgspec
from msgspec import Struct, field

from momot.findings.contract import Period
from momot.vocabulary import Contrast, DiffChange, Verdict
from momot.vocabulary.words import CheckStatus, DiffOverlap

if TYPE_CHECKING:
    import pyarrow as pa

SCHEMA: Final = "momot.diff/1"
CSV_COLUMNS = (
    "question", "moment", "change", "verdict_before", "verdict_after", "contrast", "level", "reference", "before", "after", "difference",
    "low", "high", "p_value", "q_value", "beyond",
)  # fmt: skip


class Run(Struct, frozen=True, kw_only=True):
    """One of the two runs."""

    name: str  # the file or the number it was asked for by
    project: str
    momot: str
    build: str
    seed: int
    period: Period | None  # that it was asked for; None: all records
    questions: tuple[str, ...]


class EffectDiff(Struct, frozen=True, kw_only=True):
    """One contrast that both runs estimated against the same reference. Without `low` the difference was not tested."""

    contrast: Contrast
    level: str | None
    reference: str
    before: float
    after: float
    difference: float  # after - before, in the unit of the question
    low: float | None  # 95 % interval, as if the records were others: too wide where they overlap
    high: float | None
    p_value: float | None
    q_value: float | None  # among all contrasts of the two runs
    beyond: bool  # the difference is larger than its uncertainty


class CheckDiff(Struct, frozen=True, kw_only=True):
    """A check with another status. None: it was not there."""

    question: str
    moment: str | None  # None: of the question as a whole
    name: str
    before: CheckStatus | None
    after: CheckStatus | None
    message: str  # of the later run, else of the earlier


class MomentDiff(Struct, frozen=True, kw_only=True):
    """One moment that at least one of the runs tested for a question that both answered."""

    question: str
    moment: str
    change: DiffChange
    verdict_before: Verdict | None
    verdict_after: Verdict | None
    sentence: str
    effects: tuple[EffectDiff, ...]


class QuestionDiff(Struct, frozen=True, kw_only=True):
    """One question of either run, and what it was answered from. None: not answered in that run."""

    question: str
    overlap: DiffOverlap | None  # of the records; None where only one run answered it
    units_before: int | None
    units_after: int | None
    people_before: int | None
    people_after: int | None
    from_before: str | None
    from_after: str | None
    to_before: str | None
    to_after: str | None
    mean_before: float | None
    mean_after: float | None
    unit: str


class Diff(Struct, frozen=True, kw_only=True):
    """What became decisive, what stopped, what has another effect, and what changed in the records."""

    schema: Literal["momot.diff/1"] = SCHEMA
    before: Run
    after: Run
    same_build: bool
    headline: str
    questions: tuple[QuestionDiff, ...]
    moments: tuple[MomentDiff, ...] = field(default=())
    checks: tuple[CheckDiff, ...] = field(default=())
    refused: tuple[str, ...] = field(default=())  # columns refused now and not before
    accepted: tuple[str, ...] = field(default=())  # refused before and not now

    @property
    def same_records(self) -> bool:
        """Whether both answered from the same build, of the same period."""
        return self.same_build and self.before.period == self.after.period

    @property
    def changed(self) -> tuple[MomentDiff, ...]:
        """The moments of which anything changed."""
        return tuple(one for one in self.moments if one.change != "same")

    def to_json(self, *, indent: int | None = None) -> str:
        """The contract as JSON."""
        encoded = msgspec.json.encode(self)
        return (msgspec.json.format(encoded, indent=indent) if indent else encoded).decode()

    def to_csv(self) -> str:
        """One row a moment and contrast that both runs estimated; a moment without any has one row."""
        out = io.StringIO()
        writer = csv.writer(out, lineterminator="\n")
        writer.writerow(CSV_COLUMNS)
        writer.writerows([_cell(value) for value in row] for row in self._rows())
        return out.getvalue()

    def to_arrow(self, *, table: Literal["moments", "questions", "checks"] = "moments") -> pa.Table:
        """`moments` has the rows and columns of the CSV; `questions` and `checks` one row a record of the contract, with all its fields.

        Raises QuestionError for a name that is no table.
        """
        from momot.errors import QuestionError
        from momot.vocabulary.tabular import table as as_table
        from momot.vocabulary.tabular import table_of, types_of

        if table == "questions":
            return table_of(QuestionDiff, self.questions)
        if table == "checks":
            return table_of(CheckDiff, self.checks)
        if table != "moments":
            raise QuestionError(f"there is no table '{table}'. There are: moments, questions, checks.")
        types = types_of(MomentDiff, EffectDiff)
        return as_table({name: types[name] for name in CSV_COLUMNS}, self._rows())

    def _rows(self) -> Iterator[list[object]]:
        """The rows of the CSV, in the order of its columns."""
        for moment in self.moments:
            for effect in moment.effects or (None,):
                yield [getattr(moment, name, getattr(effect, name, None)) for name in CSV_COLUMNS]

    def __str__(self) -> str:
        """The table for a terminal."""
        from momot.findings.diff_lines import diff_table

        return diff_table(self)


def _cell(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return "" if value is None else repr(value) if isinstance(value, float) else str(value)


def schema_text() -> str:
    """JSON Schema (2020-12) as the published file holds it, `docs/reference/diff.schema.json`."""
    (reference,), components = msgspec.json.schema_components([Diff], ref_template="#/$defs/{name}")
    schema: dict[str, Any] = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": SCHEMA,
        "description": "What `momot diff --format json` prints.",
        **reference,
        "$defs": components,
    }
    return json.dumps(schema, indent=2, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    print(schema_text(), end="")
