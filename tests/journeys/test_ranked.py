"""Values at places of an order, asked of an engine that hands out few at once."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest

from momot.engine import DuckEngine, connect
from momot.journeys import ranked


@pytest.mark.parametrize("few", [1, 7, 1_000])
def test_places_are_those_of_the_sorted_values(monkeypatch: pytest.MonkeyPatch, few: int) -> None:
    monkeypatch.setattr(ranked, "FEW", few)
    monkeypatch.setattr(ranked, "_BINS", 16)
    rng = np.random.default_rng(few)
    values = np.sort(np.concatenate([rng.integers(-50, 50, 300), rng.integers(-(10**14), 10**14, 200), np.full(100, 7)]))
    places = (1, 2, 250, 299, 300, 301, 599, 600)
    with DuckEngine(connect()) as engine:
        engine.register("waits", pa.table({"waited": pa.array([None, *rng.permutation(values)], pa.int64())}))
        assert ranked.at_places(engine, "waits", "waited", places) == {place: float(values[place - 1]) for place in places}


def test_of_nothing_there_is_nothing() -> None:
    with DuckEngine(connect()) as engine:
        engine.register("waits", pa.table({"waited": pa.array([None], pa.int64())}))
        assert ranked.at_places(engine, "waits", "waited", ()) == {}
