"""Worlds by name."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType

from momot.worlds.journeys.making import write_journeys
from momot.worlds.journeys.presets import PRESETS
from momot.worlds.journeys.truth import Effort
from momot.worlds.orders.shop import shop

WORLDS: Mapping[str, str] = MappingProxyType(
    {name: preset.sentence for name, preset in PRESETS.items()} | {"orders": "a year of orders as episodes, each with stars: the demo shop"}
)
"""What each world is, by name."""

TOUCHES = 15_000  # lived again for each true moment: the error of the truth is then a tenth of an interval's half-width at 15,000 people
MOST_LIVED = 30_000_000  # touches lived again, times true moments, times touchpoints: what bounds the time in very dense worlds
MOST_PACE = 5.0
HORIZONS = (7, 14)  # days, beside the horizon of the outcomes
EDGES = tuple(range(0, 71, 7))


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
    lasting: bool = False,
    pace: float = 1.0,
    controls: int = 0,
) -> Path:
    """Write the world `name` (one of `WORLDS`) into `folder`: `momot.toml`, Parquet files, `truth.json` and `hidden.parquet`.

    `touchpoints` and `true`: how many touchpoints there are and how many of them change something; None for what is usual in that world.
    `hidden`, 0 to 1: the share of the variance of intent and affinity that no record shows. With 0 everything that drives both touches and
    outcomes is recorded: affinity, region and age in `[people]`, intent as the level of `crm.score`, written late in the evening before
    each day that it changes. `hidden.parquet`, which `momot.toml` does not map, holds all of it in any case.
    `lasting` tells the effects on purchase and churn in ten weekly windows as well, which takes twice as long.
    `pace` is how many times as many touches there are. `controls` touchpoints of those that change nothing are declared as such in
    `[controls]` of `momot.toml`, and listed in `truth.json`.
    The same arguments give the same records and the same truth. `orders` has its own set of touchpoints, and shows its confounders.
    Returns `folder`, which is made if it is missing. Raises `ValueError` for a name that is no world and for numbers that make none.
    """
    if name not in WORLDS:
        raise ValueError(f"there is no world '{name}'; there are {', '.join(sorted(WORLDS))}")
    if people < 200:
        raise ValueError(f"a world of {people} people is too small to show anything: give 200 or more")
    if not 0 <= hidden <= 1:
        raise ValueError(f"hidden is a share between 0 and 1, not {hidden}")
    if not 0 < pace <= MOST_PACE:
        raise ValueError(f"pace is how many times as many touches there are, above 0 and at most {MOST_PACE:g}, not {pace}")
    if name == "orders":
        if touchpoints is not None or true is not None or hidden or pace != 1 or controls:
            raise ValueError("the world 'orders' has its own touchpoints, and nothing hidden beside patience: leave these out")
        return shop(Path(folder), orders=people * 12 // 11, seed=seed)
    wish = PRESETS[name].wished(touchpoints=touchpoints, true=true, days=7 * weeks, pace=pace, controls=controls)
    if wish.days < 2 * wish.within_days:
        raise ValueError(
            f"{weeks} weeks are too short to follow people for {wish.within_days} days: give {-(-2 * wish.within_days // 7)} or more"
        )
    touches = min(TOUCHES, MOST_LIVED // (max(wish.true, 1) * wish.touchpoints))
    effort = Effort(touches, (*HORIZONS, wish.within_days), EDGES if lasting else ())
    return write_journeys(Path(folder), wish, people=people, hidden=hidden, seed=seed, effort=effort)
