"""The questions of the library, asked of one build on DuckDB and on Spark: the same answers, effects to 1e-8."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import msgspec
import pyarrow.parquet as pq
import pytest

import momot
from momot import api
from momot.project.schema import EngineSettings
from momot.worlds import make
from tests.engine.conftest import MASTER, SETTINGS, java
from tests.engine.wide import add_wide

Ask = Callable[[momot.Project], Any]


@pytest.fixture(scope="module")
def orders(tmp_path_factory: pytest.TempPathFactory) -> momot.Project:
    """A shop with orders, reviews and a dated change; and a survey, a snapshot and an experiment beside it."""
    folder = tmp_path_factory.mktemp("orders")
    make("orders", folder, people=200)
    add_wide(folder)
    project = momot.open(folder)
    momot.build(project)
    return project


@pytest.fixture(scope="module")
def people(tmp_path_factory: pytest.TempPathFactory) -> momot.Project:
    """A company whose people are followed over nine weeks."""
    folder = tmp_path_factory.mktemp("people")
    make("few", folder, people=200, weeks=9)
    project = momot.open(folder)
    momot.build(project)
    return project


def test_episodes_surveys_snapshots_experiments_and_changes_are_the_same(orders: momot.Project) -> None:
    _same(orders, api.find_moments)


@pytest.mark.slow  # a minute, most of it starting tasks
def test_people_over_time_credit_and_for_whom_are_the_same(people: momot.Project) -> None:
    _same(people, lambda project: api.find_moments(project, outcome="purchase", credit=True, by=["region", "cycle"], pairs=True))


def test_journeys_are_the_same(people: momot.Project) -> None:
    person = pq.read_table(momot.build(people).folder / "people.parquet")["person"][5].as_py()
    _same(people, lambda project: api.timeline(project, person))
    _same(people, api.funnel)
    _same(people, lambda project: api.paths(project, moment="delivery.parcel@smot"))
    _same(people, api.cohorts)


def _same(project: momot.Project, ask: Ask) -> None:
    if not java():
        pytest.skip("there is no Java on this machine")
    on_spark = EngineSettings(url=MASTER, options=SETTINGS | {"spark.sql.shuffle.partitions": "1"})
    expected, found = plain(ask(project)), plain(ask(replace(project, file=msgspec.structs.replace(project.file, engine=on_spark))))
    assert list(differences(found, expected, "answer")) == []


def plain(answer: Any) -> Any:
    """An answer as its document."""
    return json.loads(answer.to_json()) if hasattr(answer, "to_json") else msgspec.to_builtins(answer)


def differences(found: Any, expected: Any, where: str) -> Iterator[str]:
    """Where two documents differ, numbers by more than 1e-8."""
    if isinstance(found, dict) and isinstance(expected, dict) and found.keys() == expected.keys():
        for name, value in found.items():
            yield from differences(value, expected[name], f"{where}.{name}")
    elif isinstance(found, list | tuple) and isinstance(expected, list | tuple) and len(found) == len(expected):
        for place, value in enumerate(found):
            yield from differences(value, expected[place], f"{where}[{place}]")
    elif isinstance(found, float) and isinstance(expected, float):
        if not math.isclose(found, expected, rel_tol=1e-8, abs_tol=1e-8):
            yield f"{where}: {found} on Spark, {expected} on DuckDB"
    elif found != expected:
        yield f"{where}: {str(found)[:200]} on Spark, {str(expected)[:200]} on DuckDB"
