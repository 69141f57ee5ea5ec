"""Which activities are a purchase: those that `[journeys]` names, else by rules that ship as data (`vocabulary/purchase_rules.toml`)."""

from __future__ import annotations

import functools
import tomllib
from collections.abc import Iterable
from importlib import resources
from typing import Any

import msgspec

from momot.project.stages import matches, words_of


class PurchaseRules(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The data file: `groups` in the order in which they are asked, words that exclude."""

    never: tuple[str, ...]
    groups: tuple[tuple[str, ...], ...]


def purchases_of(activities: Iterable[str], declared: Iterable[str] = ()) -> tuple[str, ...]:
    """Those of `activities` that are a purchase, sorted. Empty where nothing is bought, or nothing tells so."""
    there = sorted(set(activities))
    named = set(declared)
    if named:
        return tuple(activity for activity in there if activity in named)
    rules = default_purchases()
    words = {activity: words_of(activity) for activity in there}
    usable = [activity for activity in there if not any(matches(pattern, words[activity]) for pattern in rules.never)]
    for group in rules.groups:
        found = tuple(activity for activity in usable if any(matches(pattern, words[activity]) for pattern in group))
        if found:
            return found
    return ()


@functools.cache
def default_purchases() -> PurchaseRules:
    """The rules that ship with momot."""
    text = resources.files("momot.vocabulary").joinpath("purchase_rules.toml").read_text(encoding="utf-8")
    document: dict[str, Any] = tomllib.loads(text)
    return PurchaseRules(never=tuple(document["never"]), groups=tuple(tuple(group["match"]) for group in document["purchases"]))
