"""From no files at all to figures: a world is made, built, asked, answered by everybody and scored."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks.truth.figures import figures
from benchmarks.truth.run import Beside, run_world
from benchmarks.truth.seeds import SEEDS
from benchmarks.truth.tables import COLUMNS, markdown, table_rows
from benchmarks.truth.variants import Variant

SEED = 500  # neither a development nor a reporting seed
RIVALS = {"unadjusted difference", "logistic drivers", "same regression, uncalibrated"}
TOLD = {"last touch, told how many", "Markov, told how many", "sees everything"}


@pytest.mark.parametrize(("world", "more"), [("orders", set()), pytest.param("shop", TOLD, marks=pytest.mark.slow)])
def test_every_method_answers_a_world(tmp_path: Path, world: str, more: set[str]) -> None:
    run = run_world(Variant(world), SEED, knobs={"people": 400}, beside=Beside(rivals=True, oracle=True), say=lambda _: None, keep=tmp_path)
    assert {score.method for score in run.scores} >= RIVALS | more | {"momot", "momot, moment or likely"}
    rows = figures(run.scores, [(run.world, cost) for cost in run.costs])
    assert len(markdown(COLUMNS, table_rows(rows)).splitlines()) == 2 + len(rows)
    assert all(len(row) == len(COLUMNS) for row in table_rows(rows))
    assert any(row.method == "momot" and (row.cpu_seconds or 0) > 0 for row in rows)
    assert (tmp_path / f"{world}-{SEED}" / "findings.json").exists()


def test_development_and_reporting_seeds_are_apart_and_tests_use_neither() -> None:
    assert not set(SEEDS["development"]) & set(SEEDS["reporting"])
    assert SEED not in {seed for seeds in SEEDS.values() for seed in seeds}
