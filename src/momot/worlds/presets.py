"""Worlds by name."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType

from momot.worlds.journeys.presets import SENTENCES, make_journeys
from momot.worlds.orders.shop import shop

WORLDS: Mapping[str, str] = MappingProxyType({**SENTENCES, "orders": "a year of orders as episodes, each with stars: the demo shop"})
"""What each world is, by name."""


def make(
    name: str,
    folder: str | Path,
    *,
    people: int = 15_000,
    touchpoints: int | None = None,
    true: int | None = None,
    hidden: float = 0.0,
    seed: int = 0,
    weeks: int = 26,
) -> Path:
    """Write the world `name` (one of `WORLDS`) into `folder`: `momot.toml`, Parquet files, `truth.json` and `hidden.parquet`.

    `touchpoints` and `true`: how many touchpoints there are and how many of them change something; None for what is usual in that world.
    `hidden`, 0 to 1: the share of the variance of intent and affinity that no record shows. With 0 everything that drives both touches and
    outcomes is recorded: affinity, region and age in `[people]`, intent as the level of `crm.score`, written late in the evening before
    each day that it changes. `hidden.parquet`, which `momot.toml` does not map, holds all of it in any case.
    The same arguments give the same records and the same truth. `orders` has its own set of touchpoints, and shows its confounders.
    Returns `folder`, which is made if it is missing. Raises `ValueError` for a name that is no world and for numbers that make none.
    """
    if name not in WORLDS:
        raise ValueError(f"there is no world '{name}'; there are {', '.join(sorted(WORLDS))}")
    if people < 200:
        raise ValueError(f"a world of {people} people is too small to show anything: give 200 or more")
    if not 0 <= hidden <= 1:
        raise ValueError(f"hidden is a share between 0 and 1, not {hidden}")
    if name == "orders":
        if touchpoints is not None or true is not None or hidden:
            raise ValueError("the world 'orders' has its own touchpoints, and nothing hidden beside patience: leave these out")
        return shop(Path(folder), orders=people * 12 // 11, seed=seed)
    return make_journeys(name, Path(folder), people=people, touchpoints=touchpoints, true=true, hidden=hidden, seed=seed, weeks=weeks)
