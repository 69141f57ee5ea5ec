"""The stage of a touchpoint: the project's own rules first, then the default rules that ship as data (`vocabulary/stage_rules.toml`).

What an interaction is decides, and for rules with `when` also where in the person's journey it stands: before the first purchase, after it,
or within some days of the latest one. A support call before buying helps to decide, one after it is part of using.
"""

from __future__ import annotations

import functools
import re
import tomllib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase, translate
from importlib import resources
from typing import Any

import msgspec

from momot.project.schema import StageRule
from momot.vocabulary import Stage

_SEPARATORS = re.compile(r"[^\w]+|_+")
_WORD_STARTS = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
AFTER = re.compile(r"after_purchase_days\(\s*(\d+)\s*\)")


class DefaultRule(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One rule of the data file: patterns over the words of touchpoint and activity, channels, or both; and when it holds."""

    stage: Stage
    match: tuple[str, ...] = ()
    channel: tuple[str, ...] = ()
    when: str | None = None


@dataclass(frozen=True, slots=True)
class Staged:
    """The stages of one kind of interaction over a person's journey.

    `first` holds before the first purchase; after it the first of `repeat` whose number of days since the latest purchase is not exceeded,
    in ascending order; None, always the last, is any time later.
    """

    first: Stage | None
    repeat: tuple[tuple[int | None, Stage | None], ...]

    def at(self, days: float | None) -> Stage | None:
        """The stage `days` after the latest purchase; None: there was none before."""
        if days is None:
            return self.first
        return next(stage for most, stage in self.repeat if most is None or days <= most)


def stages_of(
    touchpoint: str, activity: str | None, channel: str | None, rules: Sequence[StageRule] = (), *, bought: bool = True
) -> Staged:
    """The stages of interactions of this touchpoint, activity and channel over a person's journey.

    `rules` are those of the project file, in order. The first match wins; all default rules come after all of them. Where the records hold
    no purchase (`bought` is False) nobody can be told to stand before the first one: default rules with `when` are passed over.
    """
    holding: list[StageRule | DefaultRule] = [rule for rule in rules if _holds(rule, touchpoint, activity, channel)]
    words = words_of(f"{touchpoint} {activity or ''}")
    holding += [rule for rule in default_rules() if (bought or rule.when is None) and _default_holds(rule, words, channel)]
    edges = sorted({days for rule in holding if (days := _days(rule.when)) is not None})
    repeat = tuple((edge, _first(holding, edge)) for edge in (*edges, None))
    return Staged(first=_first(holding, None, bought=False), repeat=_merged(repeat))


def stage_of(touchpoint: str, activity: str | None, channel: str | None, rules: Sequence[StageRule] = ()) -> Stage | None:
    """The stage where nothing is known of the journey: rules with `when` are passed over.

    None only where no rule matches. Conditions and arms of experiments may have no stage either.
    """
    settled = [rule for rule in rules if rule.when is None]
    return stages_of(touchpoint, activity, channel, settled, bought=False).first


@functools.cache
def default_rules() -> tuple[DefaultRule, ...]:
    """The rules that ship with momot, in order."""
    text = resources.files("momot.vocabulary").joinpath("stage_rules.toml").read_text(encoding="utf-8")
    document: dict[str, Any] = tomllib.loads(text)
    return msgspec.convert(document["stages"], tuple[DefaultRule, ...])


def matches(pattern: str, words: Sequence[str]) -> bool:
    """Whether each word of `pattern`, with * and ?, is one of `words`."""
    return all(any(part(word) for word in words) for part in _parts(pattern))


@functools.cache
def _parts(pattern: str) -> tuple[Callable[[str], object], ...]:
    """The words of a pattern of the rules that ship, compiled once: `fnmatch` forgets all but 256, and there are more."""
    return tuple(re.compile(translate(part)).match for part in pattern.split())


def words_of(text: str) -> tuple[str, ...]:
    """The words of a name, in lower case: `cart.addItem` and `cart_add_item` have the same."""
    spaced = _WORD_STARTS.sub(" ", text)
    return tuple(word.lower() for word in _SEPARATORS.split(spaced) if word)


def _first(rules: Sequence[StageRule | DefaultRule], days: int | None, *, bought: bool = True) -> Stage | None:
    """The stage of the first rule that holds before any purchase, or up to `days` after one (None: later than any rule names)."""
    for rule in rules:
        most = _days(rule.when)
        if (
            rule.when is None
            or rule.when == ("repeat" if bought else "first")
            or (bought and most is not None and days is not None and days <= most)
        ):
            return rule.stage
    return None


def _days(when: str | None) -> int | None:
    found = AFTER.fullmatch(when or "")
    return int(found[1]) if found else None


def _merged(pieces: tuple[tuple[int | None, Stage | None], ...]) -> tuple[tuple[int | None, Stage | None], ...]:
    """Without pieces that the next one continues."""
    return tuple(
        piece for piece, following in zip(pieces, [*pieces[1:], None], strict=True) if following is None or following[1] != piece[1]
    )


def _holds(rule: StageRule, touchpoint: str, activity: str | None, channel: str | None) -> bool:
    """All patterns that the rule has match; a rule asks for at least one (the grammar says so)."""
    asked = ((rule.touchpoint, touchpoint), (rule.activity, activity), (rule.channel, channel))
    return all(fnmatchcase((found or "").lower(), pattern.lower()) for pattern, found in asked if pattern is not None)


def _default_holds(rule: DefaultRule, words: Sequence[str], channel: str | None) -> bool:
    if rule.channel and channel not in rule.channel:
        return False
    return not rule.match or any(matches(pattern, words) for pattern in rule.match)
