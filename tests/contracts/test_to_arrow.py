"""Whatever a public function returns and holds rows is an Arrow table too, with the rows of its records and of its CSV."""

from __future__ import annotations

import csv
import inspect
import io
import typing
from pathlib import Path
from typing import Any

import msgspec
import pyarrow as pa
import pytest

import momot
from momot.build import Build
from momot.build.erase import Erasure
from momot.findings import Findings
from momot.findings.checkup import Checkup, Item
from momot.findings.contract import Document
from momot.findings.diff import compare
from momot.findings.findings import TABLES, Moment
from momot.findings.planted import Planted
from momot.journeys.contract import Cohorts, Funnel, Journey, Paths, Timeline
from momot.journeys.tabular import to_csv
from momot.project.draft import Draft
from momot.reasons.labelling import ToLabel
from momot.voices.calibrate import Calibrated
from tests.findings import documents
from tests.journeys import companies

WITHOUT = {
    momot.Dossier,
    momot.Project,
    Build,
    Calibrated,
    Draft,
    momot.KeptRun,
    Erasure,
    Planted,
    Path,
    ToLabel,
    str,
    Any,
}  # fmt: skip - tables of its own, several results, a text, a file, a pair of other values
DOCUMENTS = [documents.episode(), documents.experiment(), documents.shop()]


def results() -> set[type]:
    """Everything that public functions return, alone or several."""
    found: set[type] = {Moment}
    for public in momot.__all__:
        function = getattr(momot, public)
        if inspect.isfunction(function):
            returned = inspect.signature(function).return_annotation  # text; the other annotations play no part
            pending = [eval(returned, function.__globals__ | _named())]
            while pending:
                one = pending.pop()
                inner = [part for part in typing.get_args(one) if part is not ...]
                pending += inner
                found |= {one} if isinstance(one, type) and not inner else set()
    return found


def _named() -> dict[str, Any]:
    """What `momot.api` names for type checkers only."""
    from momot.findings.planted import Planted

    known = {one.__name__: one for one in (Build, Checkup, Erasure, Findings, Planted, Draft, Cohorts, Funnel, Journey, Paths, Timeline)}
    known |= {one.__name__: one for one in (Calibrated, ToLabel, momot.Voices, momot.Explained)}
    return known | {one.__name__: one for one in (momot.Card, momot.Diff, momot.Dossier, momot.Plan, momot.KeptRun)} | {"pa": pa}


def rows(table: pa.Table) -> list[list[str]]:
    """A table as the cells of a CSV."""
    shown = [[_cell(value) for value in row.values()] for row in table.to_pylist()]
    return [table.column_names, *shown]


def _cell(value: object) -> str:
    return "" if value is None else str(value).lower() if isinstance(value, bool) else str(value)


def read(text: str) -> list[list[str]]:
    return [[cell.lower() if cell in ("True", "False") else cell for cell in row] for row in csv.reader(io.StringIO(text))]


def test_every_public_result_that_holds_rows_has_an_arrow_table() -> None:
    without = {one for one in results() if not hasattr(one, "to_arrow")}
    streams = {pa.RecordBatchReader}  # Arrow already
    assert without - streams == WITHOUT
    assert len(results() - without) >= 11


def test_every_tuple_of_the_findings_is_a_table() -> None:
    held = {field.name for field in msgspec.structs.fields(Document) if typing.get_origin(field.type) is tuple}
    assert held | {"worth"} == set(TABLES)


@pytest.mark.parametrize("name", TABLES)
def test_a_table_of_the_findings_has_a_row_a_record_with_all_it_says(name: Any) -> None:
    for document in DOCUMENTS:
        table = Findings(document).to_arrow(table=name)
        held = getattr(document, name)
        records = held if isinstance(held, tuple) else [held] if held is not None else []
        if name == "credit":
            records = [moment for credit in held for moment in credit.moments]
        assert table.num_rows == len(records)
        said = [msgspec.to_builtins(record) for record in records]
        plain = [column for column in table.column_names if said and column in said[0]]
        for column in plain:
            assert [_same(value) for value in table[column].to_pylist()] == [_same(record[column]) for record in said], column


def _same(value: Any) -> Any:
    return list(value) if isinstance(value, tuple) else value


@pytest.mark.parametrize("document", DOCUMENTS)
def test_findings_have_the_rows_of_their_csv(document: Document) -> None:
    findings = Findings(document)
    assert rows(findings.to_arrow()) == read(findings.to_csv())
    assert rows(findings.to_arrow(table="credit")) == read(findings.to_csv(table="credit"))
    assert sum(moment.to_arrow().num_rows for moment in findings) == len(document.effects)
    first = findings.moments[0]
    assert first.to_arrow().schema == findings.to_arrow().schema


def test_a_record_in_a_record_has_columns_of_its_own_and_is_empty_where_it_is_not_there() -> None:
    table = Findings(documents.episode()).to_arrow(table="findings").to_pylist()
    for row, finding in zip(table, documents.episode().findings, strict=True):
        assert row["reach_people"] == finding.reach.people
        assert row["at_stake_estimate"] == (None if finding.at_stake is None else finding.at_stake.estimate)
        assert [check["name"] for check in row["checks"]] == [check.name for check in finding.checks]


def test_a_difference_a_card_and_a_checkup_are_tables() -> None:
    before, after = Findings(documents.episode()), Findings(documents.episode())
    diff = compare(before, after, names=("a", "b"))
    assert rows(diff.to_arrow()) == read(diff.to_csv())
    assert diff.to_arrow(table="questions").num_rows == len(diff.questions)
    assert diff.to_arrow(table="checks").num_rows == len(diff.checks)
    with pytest.raises(momot.errors.QuestionError, match="no table 'runs'"):
        diff.to_arrow(table="runs")  # type: ignore[arg-type]
    card = momot.card(before, before.moments[0].name)
    assert card.to_arrow()["line"].to_pylist() == [line for part in card.parts for line in part.lines]
    items = (Item(severity="note", about="all", message="fine"),)
    assert Checkup(project="p", build="b", items=items).to_arrow().to_pylist() == [msgspec.to_builtins(items[0])]


def test_answers_about_journeys_have_the_rows_of_their_csv(tmp_path: Path) -> None:
    companies.write(tmp_path, seed=5, people=60)
    project = momot.open(tmp_path)
    person = momot.to_event_log(project).read_next_batch()["case:concept:name"][0].as_py()
    moment = next(edge.to for edge in momot.paths(project).edges if edge.to != "(end)")
    answers = [momot.journey(project), momot.funnel(project), momot.paths(project), momot.cohorts(project), momot.timeline(project, person)]
    answers += [momot.paths(project, moment=moment)]
    for answer in answers:
        assert rows(answer.to_arrow()) == read(to_csv(answer))  # type: ignore[attr-defined]
        assert answer.to_arrow().num_rows  # type: ignore[attr-defined]


def test_a_table_that_is_not_there_is_named_with_the_nearest() -> None:
    with pytest.raises(momot.errors.QuestionError, match=r"no table 'finding'. Did you mean 'findings'\?"):
        Findings(documents.episode()).to_arrow(table="finding")  # type: ignore[arg-type]
