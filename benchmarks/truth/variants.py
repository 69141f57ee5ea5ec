"""Worlds with their knobs by name: `shop+hidden=0.5`, `shop+touchpoints=6+controls=3`, and the list that is published."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from momot.worlds import WORLDS

KNOBS: dict[str, type] = {"people": int, "touchpoints": int, "true": int, "hidden": float, "weeks": int, "pace": float, "controls": int}
SAID = {
    "touchpoints": "{:g} touchpoints",
    "true": "{:g} true",
    "hidden": "{:.0%} hidden",
    "weeks": "{:g} weeks",
    "pace": "{:g} × the touches",
    "controls": "{:g} declared controls",
    "people": "{:,} people",
}
PUBLISHED = (
    "shop", "shop+hidden=0.5", "subscription", "subscription+hidden=0.5", "null", "null+hidden=0.5", "targeted", "threshold", "saturated",
    "mediated", "delivery", "misread", "partly", "silent", "nps", "spend", "accounts", "segments", "outage", "few", "shop+touchpoints=6",
    "shop+touchpoints=10+controls=3", "shop+touchpoints=15", "dense", "dense+controls=10", "shop+touchpoints=150", "orders",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Variant:
    """A world of `momot.worlds` with knobs that are not its usual ones."""

    world: str
    knobs: tuple[tuple[str, Any], ...] = ()

    @property
    def name(self) -> str:
        """What it is called in a table."""
        return ", ".join([self.world, *(SAID[key].format(value).replace("%", " %") for key, value in self.knobs)])

    @property
    def folder(self) -> str:
        """What its folder is called, without the seed."""
        return "-".join([self.world, *(f"{key}{value:g}" for key, value in self.knobs)])

    def knobbed(self, **others: Any) -> dict[str, Any]:
        """All arguments of `momot.worlds.make`; those that the variant names come before `others`."""
        return {key: value for key, value in others.items() if value is not None} | dict(self.knobs)


def variants(text: str) -> list[Variant]:
    """Read names with commas between; `all` stands for the published ones. Raises `ValueError` for what is no world or knob."""
    return [_variant(name) for part in text.split(",") for name in (PUBLISHED if part == "all" else (part,))]


def _variant(text: str) -> Variant:
    world, *knobs = text.split("+")
    if world not in WORLDS:
        raise ValueError(f"there is no world '{world}'; there are {', '.join(sorted(WORLDS))}")
    found = []
    for knob in knobs:
        key, _, value = knob.partition("=")
        if key not in KNOBS:
            raise ValueError(f"'{text}': there is no knob '{key}'; there are {', '.join(sorted(KNOBS))}")
        found.append((key, KNOBS[key](value)))
    return Variant(world, tuple(found))
