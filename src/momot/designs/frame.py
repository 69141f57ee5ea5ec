"""The numeric table of one question: what every design hands to `effects`, and all that `effects` ever sees.

Grain: one row a unit (episode, respondent, assigned unit), ordered by `bucket`, then `cluster`. Nothing here was known after the exposure
it adjusts for; the design that made the frame answers for that.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

import numpy as np
import numpy.typing as npt

from momot.vocabulary import DesignName, Evidence, Kind, Stage
from momot.vocabulary.records import Check

Floats = npt.NDArray[np.float64]
Codes = npt.NDArray[np.int16]
Integers = npt.NDArray[np.int64]

Role = Literal["absent", "met", "bad", "neutral", "good", "level", "control", "arm", "unknown", "blank", "never_used"]


Known = Literal["standing", "recent", "older"]
"""What a column of L tells: what does not follow from behaviour (calendar, segment, tenure), the behaviour up to the day, or only behaviour
from before the pre-period, of which a placebo may know."""
About = Literal["unit", "activity", "today", "outcomes", "touches", "answers", "intent", "instrument"]
"""What a column of L speaks of: the unit itself and the calendar, how much it did before, how much else it did in the same period, its
earlier outcomes, its earlier touches, its earlier answers. "intent" (activity just before, as a noisy measure) and "instrument" (activity
long before) repeat activity in the form that the second adjustment of a panel needs; no other adjustment holds them."""


@dataclass(frozen=True, slots=True)
class Covariate:
    """One column of L. `values`: float64 (n,), NaN where missing; with `categories`, the code of each, NaN where missing.

    `smooth`: a linear term is enough, and its missing values are its mean. `group`: what several columns together are called. `about`: what
    they speak of, for refits without some of them.
    """

    name: str
    values: Floats
    categories: tuple[str, ...] | None = None
    known: Known = "standing"
    smooth: bool = False
    group: str | None = None
    about: About = "unit"


@dataclass(frozen=True, slots=True)
class State:
    """One of the mutually exclusive states a unit can be in towards a touchpoint.

    `absent` did not meet it; `met` met it (no quality recorded); `bad`, `neutral`, `good` how it went (a rating's levels carry these too,
    with `label` the rating); `level` an ordered or named level without a quality; `unknown`, `blank`, `never_used`
    adjust but are never tested.
    """

    label: str
    role: Role


@dataclass(frozen=True, slots=True)
class Exposure:
    """One touchpoint, condition or arm to be tested. `codes` (n,) index `states`."""

    touchpoint: str
    stage: Stage | None
    kind: Kind
    coding: Literal["presence", "quality", "rating", "level", "category", "arm"]
    states: tuple[State, ...]  # level and rating: in order, worst or lowest first
    codes: Codes
    held: tuple[int, ...]  # positions in `Frame.exposures` that its own equation is adjusted for
    evidence: Evidence  # of this exposure, at most that of the question
    checks: tuple[Check, ...] = ()  # found while the design was made: time order, selection
    channel: str | None = None
    finer: Covariate | None = None  # the number behind its bands: held for others beside the bands, which are too coarse to adjust with
    dose: tuple[float, ...] | None = None  # of an experiment: the mean dose in each state, NaN where there is none
    repeats: tuple[float, ...] | None = None  # of a panel asked for a share: days in each state per horizon of a unit that has any
    later: tuple[int, ...] = ()  # positions of touchpoints that come after it: not held, but looked at for what they leave of its effect

    @property
    def moment(self) -> str:
        """`touchpoint@stage`, or the bare name of a condition or arm without a stage."""
        return f"{self.touchpoint}@{self.stage}" if self.stage else self.touchpoint


@dataclass(frozen=True, slots=True)
class Frame:
    """One question's units: outcome y, weights, clusters, covariates L and exposures E."""

    question: str
    design: DesignName
    evidence: Evidence
    outcome: Floats  # (n,), no NaN
    weight: Floats | None  # (n,), > 0; None: all 1
    cluster: Integers  # (n,) the person, or what else errors are shared by
    bucket: Codes  # (n,) 0..399, one bucket a cluster
    covariates: tuple[Covariate, ...]
    exposures: tuple[Exposure, ...]
    months: float | None = None  # length of the observed time, for reach per month
    checks: tuple[Check, ...] = field(default=())
    person: Integers | None = None  # (n,) whose unit it is, where errors are shared more widely: by an account
    noun: Literal["person", "account"] = "person"  # whom it follows
    rows: int | None = None  # of the question, where the frame holds only some of them and the rest is streamed (panel)

    @property
    def units(self) -> int:
        """Number of rows."""
        return len(self.outcome) if self.rows is None else self.rows
