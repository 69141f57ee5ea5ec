"""The shop as a folder."""

from __future__ import annotations

import json
from importlib import resources
from pathlib import Path

import numpy as np

from momot.worlds.orders.files import write_files
from momot.worlds.orders.people import draw_people
from momot.worlds.orders.touches import draw_chance, live
from momot.worlds.orders.truth import truth


def shop(folder: Path, *, orders: int = 6000, seed: int = 0) -> Path:
    """Write a small web shop: a year of orders as raw CSV files, the `momot.toml` that maps them, and `truth.json`.

    `orders` is the number of orders; eleven twelfths as many people place them. The same `seed` gives the same files, byte by byte.
    Late parcels break the opinion, damaged parcels break it, slow answers of the support break and quick ones make it, an order in several
    parcels is worth a little less. The courier's message, looks at the order's page, the newsletter and instalments travel with these and
    change nothing. Regions with long promises have more late parcels and less content people; who never complained in earlier
    years has more patience and gets the better courier. Goodwill is paid because of a bad review, and the shop calls back after one.
    Returns `folder`, which is made if it is missing; files of the same names are replaced. Raises `ValueError` below 100 orders.
    """
    if orders < 100:
        raise ValueError(f"a shop of {orders} orders is too small to show anything: give 100 or more")
    random = np.random.default_rng(seed)
    people = draw_people(orders * 11 // 12, random)
    chance = draw_chance(orders, people, random)
    lives = live(chance, people)
    folder.mkdir(parents=True, exist_ok=True)
    write_files(folder, chance, people, lives)
    (folder / "momot.toml").write_text(
        resources.files("momot.worlds.orders").joinpath("shop.toml").read_text(encoding="utf-8"), encoding="utf-8"
    )
    (folder / "truth.json").write_text(json.dumps(truth(chance, people, lives, seed=seed), indent=1) + "\n", encoding="utf-8")
    return folder
