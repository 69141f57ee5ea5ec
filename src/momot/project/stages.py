"""The stage of a touchpoint: the project's own rules first, then the default rules that ship as data (`vocabulary/stage_rules.toml`).

Only what an interaction is decides here, not where in the person's journey it stands: rules with `when` need journeys and are passed over.
"""

from __future__ import annotations

import functools
import re
import tomllib
from collections.abc import Sequence
from fnmatch import fnmatchcase
from importlib import resources
from typing import Any

import msgspec

from momot.project.schema import StageRule
from momot.vocabulary import Stage

_SEPARATORS = re.compile(r"[^\w]+|_+")
_WORD_STARTS = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")


class DefaultRule(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One rule of the data file: patterns over the words of touchpoint and activity, channels, or both."""

    stage: Stage
    match: tuple[str, ...] = ()
    channel: tuple[str, ...] = ()


def stage_of(touchpoint: str, activity: str | None, channel: str | None, rules: Sequence[StageRule] = ()) -> Stage | None:
    """The stage of interactions of this touchpoint, activity and channel; None only where no rule matches.

    `rules` are those of the project file, in order. The first match wins; all default rules come after all of them. Conditions and arms of
    experiments may have no stage either.
    """
    for rule in rules:
        if rule.when is None and _holds(rule, touchpoint, activity, channel):
            return rule.stage
    words = _words(f"{touchpoint} {activity or ''}")
    for default in default_rules():
        if default.channel and channel not in default.channel:
            continue
        if not default.match or any(_matches(pattern, words) for pattern in default.match):
            return default.stage
    return None


@functools.cache
def default_rules() -> tuple[DefaultRule, ...]:
    """The rules that ship with momot, in order."""
    text = resources.files("momot.vocabulary").joinpath("stage_rules.toml").read_text(encoding="utf-8")
    document: dict[str, Any] = tomllib.loads(text)
    return msgspec.convert(document["stages"], tuple[DefaultRule, ...])


def _holds(rule: StageRule, touchpoint: str, activity: str | None, channel: str | None) -> bool:
    """All patterns that the rule has match; a rule asks for at least one (the grammar says so)."""
    asked = ((rule.touchpoint, touchpoint), (rule.activity, activity), (rule.channel, channel))
    return all(fnmatchcase((found or "").lower(), pattern.lower()) for pattern, found in asked if pattern is not None)


def _words(text: str) -> tuple[str, ...]:
    spaced = _WORD_STARTS.sub(" ", text)
    return tuple(word.lower() for word in _SEPARATORS.split(spaced) if word)


def _matches(pattern: str, words: Sequence[str]) -> bool:
    return all(any(fnmatchcase(word, part) for word in words) for part in pattern.split())
