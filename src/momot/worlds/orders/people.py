"""Who orders: traits that nobody sees, and what the company knows of them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]

REGIONS = ("north", "south", "islands", "abroad")
PROMISED_DAYS = (2, 4, 7, 10)  # by region: the farther away, the longer the promise


@dataclass(frozen=True, slots=True)
class People:
    """One row a person, arrays of shape (people,)."""

    patience: Floats  # standard normal; nobody sees it
    region: Integers  # index into REGIONS
    earlier_orders: Integers  # in the years before the files begin
    earlier_complaints: Integers  # of those, more where patience is short: how patience can be seen
    earlier_stars: Floats  # mean of the earlier reviews, NaN where there is none
    staff: Flags


def draw_people(people: int, random: np.random.Generator) -> People:
    """Draw the customers of the shop."""
    patience = random.normal(size=people)
    earlier_orders = random.poisson(1.5, people)
    complaints = random.poisson(np.clip(earlier_orders * 0.35 * np.exp(-0.9 * patience), 0, 6))
    reviewed = random.random(people) < 1 - 0.55**earlier_orders
    stars = np.clip(4.1 + 0.45 * patience + random.normal(scale=0.4, size=people), 1, 5)
    return People(
        patience=patience,
        region=random.choice(len(REGIONS), size=people, p=(0.4, 0.3, 0.2, 0.1)),
        earlier_orders=earlier_orders,
        earlier_complaints=complaints,
        earlier_stars=np.where(reviewed, np.round(stars, 1), np.nan),
        staff=random.random(people) < 0.004,
    )
