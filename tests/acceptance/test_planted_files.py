"""The same plants through files: written beside the real columns in no role, then read, built and searched like anybody's data."""

from __future__ import annotations

import shutil

import pytest

import momot
from tests.acceptance.conftest import EXAMPLES

DRAWS = 3
OUTCOMES = {"online_shoppers": ("online_shoppers_intention.csv", "Revenue::INT"), "cookie_cats": ("cookie_cats.csv", "retention_1::INT")}


@pytest.mark.parametrize("draw", [0, *(pytest.param(draw, marks=pytest.mark.slow) for draw in range(1, DRAWS))])
@pytest.mark.parametrize("name", OUTCOMES)
def test_leaks_planted_into_the_file_are_refused_and_an_honest_cause_is_kept(shared_data, tmp_path, name, draw):
    import duckdb

    file, outcome = OUTCOMES[name]
    source = shared_data(name) / file
    shutil.copy(EXAMPLES / name / "momot.toml", tmp_path)
    connection = duckdb.connect(config={"threads": 1})
    connection.execute(f"SELECT setseed({(draw + 1) / 10})")
    connection.execute(
        f"""COPY (SELECT *, CASE WHEN random() < .02 THEN 1 - {outcome} ELSE {outcome} END AS c1,
            CASE WHEN {outcome} = 1 THEN (random() * 5)::INT END AS c2, DATE '2020-01-01' + (random() * 300)::INT AS c3,
            (random() < CASE WHEN {outcome} = 1 THEN .6 ELSE .3 END)::INT AS c4 FROM '{source}') TO '{tmp_path / file}' (HEADER)"""
    )
    found = momot.find_moments(momot.open(tmp_path))
    rules = {refusal.column: refusal.rule for refusal in found.refused if refusal.question == found.questions[0].id}
    assert (rules.get("c1"), rules.get("c2"), rules.get("c3")) == ("separates_outcome", "filled_after_outcome", "undated")
    assert "c4" not in rules
