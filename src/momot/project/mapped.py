"""`[[mapping]]`: which touchpoint and channel rows belong to, whatever their blocks call them; the first rule that matches wins.

Rules become part of the blocks that they are about before anything is read: a name that stands in the file is replaced, one that is
computed is computed and then replaced. So everything after it, on any engine, knows the names that were meant and no others.
"""

from __future__ import annotations

import glob
import re
from collections.abc import Sequence
from fnmatch import fnmatchcase
from typing import Literal, TypeVar

from msgspec.structs import replace

from momot.project.schema import Computed, Interactions, MappingRule, Name, ProjectFile, Texts

_CLASS = re.compile(r"\[([*?[])\]")
Kind = Literal["touchpoint", "channel"]


def mapped(project: ProjectFile) -> ProjectFile:
    """The project with its blocks as the rules have them."""
    rules = project.mapping
    if not rules:
        return project
    return replace(
        project,
        interactions=tuple(_block(block, block.activity, rules) for block in project.interactions),
        texts=tuple(_block(block, None, rules) for block in project.texts),
    )


Block = TypeVar("Block", Interactions, Texts)


def _block(block: Block, activity: Name | None, rules: Sequence[MappingRule]) -> Block:
    touchpoint = _resolved("touchpoint", block.touchpoint, (activity, block.touchpoint, block.channel), rules)
    channel = _resolved("channel", block.channel, (activity, block.touchpoint, block.channel), rules)
    return replace(block, touchpoint=touchpoint, channel=channel)


def _resolved(kind: Kind, given: Name | None, names: tuple[Name | None, ...], rules: Sequence[MappingRule]) -> Name | None:
    """The name of this kind after the rules: written out where every name that they ask for is, else computed."""
    cases: list[str] = []
    otherwise, changed = _sql(given), False
    for rule in rules:
        if not _may(rule, names):
            continue
        to = rule.to_touchpoint if kind == "touchpoint" else rule.to_channel
        meant = _sql(given) if to is None else _quoted(to)
        changed = changed or to is not None
        asked = [(pattern, name) for pattern, name in zip(_patterns(rule), names, strict=True) if isinstance(name, Computed) and pattern]
        if not asked:  # all that it asks for is written in the file, and is as it asks: no later rule comes into question
            if not cases:
                return given if to is None else to
            otherwise = meant
            break
        condition = " AND ".join(_matches(pattern, name) for pattern, name in asked)
        cases.append(f"WHEN {condition} THEN {meant}")
    return Computed(sql=f"CASE {' '.join(cases)} ELSE {otherwise} END") if changed else given


def _patterns(rule: MappingRule) -> tuple[str | None, ...]:
    return (rule.activity, rule.touchpoint, rule.channel)


def _may(rule: MappingRule, names: tuple[Name | None, ...]) -> bool:
    """Whether the names that are written in the file are as the rule asks; of computed ones the rows decide."""
    return all(
        isinstance(name, Computed) or fnmatchcase((name or "").lower(), pattern.lower())
        for pattern, name in zip(_patterns(rule), names, strict=True)
        if pattern is not None
    )


def _matches(pattern: str, name: Computed) -> str:
    """SQL: whether a computed name is as a pattern asks, letters of either case alike."""
    value = f"lower(trim(CAST(({name.sql}) AS VARCHAR)))"
    plain = _CLASS.sub(r"\1", pattern)
    if glob.escape(plain) == pattern:
        return f"{value} = {_quoted(plain.lower())}"
    return f"{value} GLOB {_quoted(pattern.lower())}"


def _sql(name: Name | None) -> str:
    if name is None:
        return "NULL"
    return f"CAST(({name.sql}) AS VARCHAR)" if isinstance(name, Computed) else _quoted(name)


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
