"""Themes by segments: who says a thing more than all others."""

from __future__ import annotations

import numpy as np

from momot.reasons.compared import compared


def world(seed: int, *, texts: int = 3_000, planted: float = 0.25):
    """Two segments; "late" is said more in one of their eight cells, "price" by everybody alike. Some people speak twice."""
    random = np.random.default_rng(seed)
    persons = random.integers(0, texts * 3 // 4, texts)
    region = np.array(["north", "south"])[persons % 2]
    product = np.array(["a", "b", "c", "d"])[random.integers(0, 4, texts)]
    late = np.where((region == "south") & (product == "c"), planted, 0.05)
    themes = {
        "late": np.flatnonzero(random.random(texts) < late),
        "price": np.flatnonzero(random.random(texts) < 0.1),
    }
    return themes, persons, {"region": region.tolist(), "product": product.tolist()}


def test_the_cell_that_says_it_more_is_told() -> None:
    for seed in range(10):
        themes, persons, segments = world(seed)
        found = compared(themes, persons=persons, segments=segments, by=("region", "product"))
        first = found.cells[0]
        assert (first.theme, first.values) == ("late", ("south", "c"))
        assert first.difference_low > 0.1
        assert len(found.cells) == 16


def test_cells_that_say_it_alike_are_told_in_few_worlds() -> None:
    """16 cells without any difference: at q .05 at most 7 of 60 worlds show one."""
    shown = 0
    for seed in range(60):
        themes, persons, segments = world(seed, planted=0.05)
        shown += any(cell.q_value < 0.05 for cell in compared(themes, persons=persons, segments=segments, by=("region", "product")).cells)
    assert shown <= 7


def test_counts_by_hand() -> None:
    persons = np.repeat(np.arange(60), 2)  # everybody speaks twice, the first thirty in the shop
    segments = {"channel": ["shop"] * 60 + ["phone"] * 58 + [None] * 2}
    found = compared({"queue": np.array([0, 1, 2, 4, 60])}, persons=persons, segments=segments, by=("channel",))
    shop = next(cell for cell in found.cells if cell.values == ("shop",))
    assert (shop.texts, shop.of, shop.texts_other, shop.of_other) == (4, 60, 1, 60)
    assert found.left_out == 0


def test_small_cells_are_counted_and_left_out() -> None:
    found = compared({"queue": np.array([0])}, persons=np.arange(30), segments={"channel": ["shop"] * 25 + ["phone"] * 5}, by=("channel",))
    assert (found.cells, found.left_out) == ((), 1)
