"""Frames from plain arrays, ordered and bucketed as the designs would have made them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

from momot.designs.frame import Covariate, Exposure, Frame, State
from momot.vocabulary import DesignName, Kind

Floats = npt.NDArray[np.float64]
Coding = Literal["presence", "quality", "rating", "level", "category", "arm"]

PRESENCE = (State("not met", "absent"), State("met", "met"))
QUALITY = (State("not met", "absent"), State("bad", "bad"), State("neutral", "neutral"), State("good", "good"))
ARMS = (State("control", "control"), State("offer", "arm"))
STARS = (State("1", "bad"), State("2", "bad"), State("3", "neutral"), State("4", "good"), State("5", "good"))


@dataclass(frozen=True, slots=True)
class Exposed:
    """One exposure in the making: `codes` (n,) index `states`; `held` are names of other exposures."""

    codes: npt.ArrayLike
    states: tuple[State, ...] = PRESENCE
    coding: Coding = "presence"
    held: tuple[str, ...] = ()
    kind: Kind = "interaction"


def frame_of(
    outcome: npt.ArrayLike,
    exposures: Mapping[str, Exposed],
    *,
    covariates: Mapping[str, npt.ArrayLike] | None = None,
    cluster: npt.ArrayLike | None = None,
    weight: npt.ArrayLike | None = None,
    design: DesignName = "episode",
    months: float | None = None,
) -> Frame:
    """A frame in the contract's order. A covariate of strings is categorical; without `cluster` each row is its own."""
    y = np.asarray(outcome, dtype=np.float64)
    clusters = np.arange(len(y)) if cluster is None else np.asarray(cluster, dtype=np.int64)
    bucket = (clusters * 7919 % 400).astype(np.int16)
    order = np.lexsort((clusters, bucket))
    names = list(exposures)
    evidence: Literal["A", "B", "C"] = "A" if design == "experiment" else "B" if design == "episode" else "C"
    return Frame(
        question="outcome",
        design=design,
        evidence=evidence,
        outcome=y[order],
        weight=None if weight is None else np.asarray(weight, dtype=np.float64)[order],
        cluster=clusters[order],
        bucket=bucket[order],
        covariates=tuple(_covariate(name, np.asarray(values)[order]) for name, values in (covariates or {}).items()),
        exposures=tuple(
            Exposure(
                touchpoint=name,
                stage="smot" if exposed.kind == "interaction" else None,
                kind=exposed.kind,
                coding=exposed.coding,
                states=exposed.states,
                codes=np.asarray(exposed.codes)[order].astype(np.int16),
                held=tuple(names.index(other) for other in exposed.held),
                evidence=evidence,
            )
            for name, exposed in exposures.items()
        ),
        months=months,
    )


def _covariate(name: str, values: npt.NDArray[np.generic]) -> Covariate:
    if values.dtype.kind in "US":
        categories, codes = np.unique(values, return_inverse=True)
        return Covariate(name, codes.astype(np.float64), tuple(map(str, categories)))
    return Covariate(name, values.astype(np.float64))
