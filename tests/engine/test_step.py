from __future__ import annotations

from importlib import resources
from pathlib import Path

import pytest

import momot
from momot.engine import DuckEngine, allowed_functions, calls, connect, opened, row, step, tokens

STEPS = sorted(Path(momot.__file__).parent.rglob("*.sql"))


@pytest.mark.parametrize("path", STEPS, ids=lambda path: path.stem)
def test_a_step_calls_only_listed_functions(path: Path) -> None:
    assert calls(path.read_text(encoding="utf-8")) <= allowed_functions()


def test_no_function_is_listed_that_no_step_calls() -> None:
    assert allowed_functions() == set().union(*(calls(path.read_text(encoding="utf-8")) for path in STEPS))


@pytest.mark.parametrize("path", STEPS, ids=lambda path: path.stem)
def test_a_step_says_its_grain_and_is_one_select(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert text.startswith("--")
    assert ";" not in {token.text for token in tokens(text)}


def test_a_name_that_is_not_filled_in_is_an_error() -> None:
    with pytest.raises(KeyError, match="rows"):
        step("momot.build", "interactions_part")
    assert resources.files("momot.build").joinpath("interactions_part.sql").is_file()


def test_a_file_keeps_the_order_of_its_rows(tmp_path: Path) -> None:
    with opened(connect()) as connection:
        engine = DuckEngine(connection)
        engine.table("numbers", "SELECT range AS n FROM range(300000)")
        engine.write("SELECT n FROM numbers ORDER BY n DESC", tmp_path / "deep" / "numbers.parquet")
        ordered = f"SELECT n, lag(n) OVER () AS before FROM read_parquet('{tmp_path}/deep/numbers.parquet')"
        assert row(connection, f"SELECT count(*), count_if(before <= n) FROM ({ordered})") == (300000, 0)
