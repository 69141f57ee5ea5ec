"""What is planted: the moments of a simulated company, how often they happen and to whom, and what they change."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]

BAD, NEUTRAL, GOOD = 0, 1, 2  # codes of a touch's quality
ABSENT = -1
QUALITIES = ("bad", "neutral", "good")

REGIONS = ("north", "south", "islands", "abroad")
BANDS = 8  # of the recorded and of the hidden intent
CLASSES = 5  # of the recorded affinity
DISTRICTS = 20

FEATURES = ("always", "intent", "affinity", "age", "south", "islands", "abroad", "season", "inactive", "at_risk", "both")
"""What the daily rate of a touch is linear in: each from 0 to 1, intent and affinity up to the square root of 2 where half is hidden."""

MEDIAN_PRICE, PRICE_SPREAD = 35.0, 0.6  # euro, and standard deviation of its logarithm

Driven = Literal["purchase", "churn", "opinion", "review"]
DRIVEN: tuple[Driven, ...] = ("purchase", "churn", "opinion", "review")


@dataclass(frozen=True, slots=True)
class Moment:
    """One touchpoint with its stage, its rates and its effect.

    `rates` (3, features): the daily rate of each quality, linear in FEATURES; a touchpoint without `rated` quality uses the sum.
    `strength` (3,): what a bad, neutral and good touch adds to the moment's mark on the person, which halves every `half_life_days`.
    `changes`: what a mark of 1 adds to the log rate of purchase, churn and a good review, and to the opinion in points. No change: a null.
    `by_region` (4,): the mark is multiplied by it.
    """

    touchpoint: str
    stage: str
    channel: str
    rated: bool
    rates: Floats
    shape: str = "null"
    strength: tuple[float, float, float] = (0.0, 0.0, 0.0)
    half_life_days: float = 21.0
    changes: dict[Driven, float] = field(default_factory=dict)
    by_region: tuple[float, float, float, float] = (1.0, 1.0, 1.0, 1.0)

    @property
    def aimed(self) -> bool:
        """Whether it goes to those at risk more than to others."""
        return bool(self.rates[:, FEATURES.index("at_risk")].any())

    @property
    def name(self) -> str:
        """Touchpoint at stage, as findings call it."""
        return f"{self.touchpoint}@{self.stage}"


@dataclass(frozen=True, slots=True)
class Companion:
    """`moment` happens on the day of `leader` with chance `share`, and then copies its quality with chance `copies`."""

    leader: int
    moment: int
    share: float
    copies: float


@dataclass(frozen=True, slots=True)
class Trigger:
    """`moment` follows `lag_days` after a purchase or renewal (`leader` None) or a touch of `leader` in `quality`, with chance `share`."""

    leader: int | None
    moment: int
    lag_days: int
    share: float
    quality: int | None = None
    odds: tuple[float, float, float] = (0.15, 0.6, 0.25)  # of its own quality


@dataclass(frozen=True, slots=True)
class Accident:
    """`moment` strikes everybody of a district alike, on each of `struck` (day, district)."""

    moment: int
    struck: tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class Plan:
    """A whole company. `hidden`: the share of the variance of intent and affinity that no record shows."""

    world: str
    moments: tuple[Moment, ...]
    companions: tuple[Companion, ...]
    triggers: tuple[Trigger, ...]
    outcomes: tuple[str, ...]
    days: int
    within_days: int
    hidden: float
    bursty: bool
    saturated: bool = False
    threshold: float = 0.0  # what high intent together with high affinity adds to the log rate of a purchase
    subscription: bool = False
    members: int = 1  # persons an account on average, from 1 to one less than twice as many; 1: no accounts
    purchase_rate: float = 0.005
    churn_rate: float = 0.14
    intent_on_outcome: float = 2.2
    affinity_on_outcome: float = 0.8
    satiation: float = -0.6
    survey_every: int = 45
    answer_share: float = 0.5
    answer_by_opinion: float = 0.0  # how much more likely the least content are to answer
    answer_by_history: float = 0.0  # how much more likely those with much recorded intent and affinity are to answer
    scale: tuple[int, int] = (1, 5)  # of an opinion
    quality_error: float = 0.0  # share of touches whose recorded quality is one step off
    by_segment: bool = False  # whether some moments differ by region, and the truth is told by region too
    controls: tuple[str, ...] = ()  # touchpoints without effect that the company declares to be so
    accidents: tuple[Accident, ...] = ()

    @property
    def recorded_weight(self) -> float:
        """Weight of the recorded part of intent and affinity."""
        return float(np.sqrt(1 - self.hidden))

    @property
    def hidden_weight(self) -> float:
        """Weight of the part that no record shows."""
        return float(np.sqrt(self.hidden))

    @property
    def step(self) -> float:
        """What one of five stars is in the unit of the scale."""
        return (self.scale[1] - self.scale[0]) / 4

    @property
    def instrument(self) -> str:
        """What opinions are called."""
        return "stars" if self.scale == (1, 5) else "nps"

    @property
    def unit(self) -> str:
        """Who buys or leaves."""
        return "account" if self.members > 1 else "person"

    @property
    def true(self) -> tuple[int, ...]:
        """Positions of the moments that change something themselves."""
        return tuple(position for position, moment in enumerate(self.moments) if moment.changes)

    @property
    def causes(self) -> frozenset[int]:
        """Positions of the moments that change something themselves or through one that they bring about."""
        return frozenset(self.true) | {trigger.leader for trigger in self.triggers if trigger.leader is not None}
