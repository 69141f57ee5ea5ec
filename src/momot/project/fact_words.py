"""What an interaction is to the facts of a journey, told by its words: rules that ship as data (`vocabulary/fact_words.toml`)."""

from __future__ import annotations

import functools
import tomllib
from importlib import resources

import msgspec

from momot.project.stages import matches, words_of


class FactWords(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The data file: patterns by what they tell, and the channels of a direct contact."""

    review: tuple[str, ...]
    asks: tuple[str, ...]
    answers: tuple[str, ...]
    promises: tuple[str, ...]
    direct: tuple[str, ...]


class Told(msgspec.Struct, frozen=True, kw_only=True):
    """What one kind of interaction is. An answer is no question, whatever else its name says."""

    review: bool
    asks: bool
    answers: bool
    promises: bool
    direct: bool


def told_by(touchpoint: str, activity: str, channel: str | None) -> Told:
    """What interactions of this touchpoint, activity and channel are."""
    rules, words = fact_words(), words_of(f"{touchpoint} {activity}")
    found = {name: any(matches(pattern, words) for pattern in getattr(rules, name)) for name in ("review", "asks", "answers", "promises")}
    return Told(
        review=found["review"] or channel == "review_site",
        asks=found["asks"] and not found["answers"],
        answers=found["answers"],
        promises=found["promises"],
        direct=channel in rules.direct,
    )


@functools.cache
def fact_words() -> FactWords:
    """The rules that ship with momot."""
    text = resources.files("momot.vocabulary").joinpath("fact_words.toml").read_text(encoding="utf-8")
    return msgspec.convert(tomllib.loads(text), FactWords)
