"""How often each tier reads a text as negative that is, and one that is not: measured on sets of texts that were never trained on."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import Final

import msgspec

from momot.stats.shares import Rate

FILE: Final = "errors.json"


class TierErrors(msgspec.Struct, frozen=True):
    """Of one tier, over `sets`: (mean, standard deviation) of the shares of negative texts, and of others, that are read as negative."""

    sets: int
    found: tuple[float, float]
    false: tuple[float, float]


def negative_rates(tier: str) -> tuple[Rate, Rate]:
    """At which the tier reads as negative what is, and what is not, among the texts whose polarity it tells."""
    told = _errors()[tier]
    return Rate(*told.found, told.sets), Rate(*told.false, told.sets)


@cache
def _errors() -> dict[str, TierErrors]:
    return msgspec.json.decode(files("momot.voices").joinpath("weights", FILE).read_bytes(), type=dict[str, TierErrors])
