"""A half-life in words, for the terminal and the report."""

from __future__ import annotations

import math
from collections.abc import Callable

from momot.findings.contract import HalfLife
from momot.findings.told import told
from momot.language import ENGLISH, Language

WEEK = 7.0
WEEKS_FROM = 14.0
"""Days from which on a time is told in weeks."""


def half_life_words(found: HalfLife, language: Language = ENGLISH) -> str:
    """`half-life 3 weeks (2 to 5)`, `half-life at least 8 weeks`; nothing where these data say nothing."""
    lasts = lasting_words(found, language)
    return language.say("half-life {time}", time=lasts) if lasts else ""


def lasting_words(found: HalfLife, language: Language = ENGLISH) -> str:
    """`3 weeks (2 to 5)`, `at least 8 weeks`; nothing where these data say nothing."""
    if found.estimate is not None and found.low is not None and found.high is not None:
        weeks = found.estimate >= WEEKS_FROM
        middle, low, high = (_short(value / (WEEK if weeks else 1.0)) for value in (found.estimate, found.low, found.high))
        words = (
            ("{time} week ({low} to {high})", "{time} weeks ({low} to {high})")
            if weeks
            else ("{time} day ({low} to {high})", "{time} days ({low} to {high})")
        )
        point = language.written.point
        values = {name: text.replace(".", point) for name, text in (("time", middle), ("low", low), ("high", high))}
        return language.says(*words, 1 if middle == "1" else max(2, math.ceil(float(middle))), **values)
    return half_life_note(found, language) if found.low is not None or found.high is not None else ""


def half_life_note(found: HalfLife, language: Language = ENGLISH) -> str:
    """The note of a half-life that has only one end or none, said anew in another language."""
    if language.is_english or found.estimate is not None:
        return found.note or ""
    if found.low is not None:
        return language.say("at least {time}", time=time_words(found.low, whole=math.floor, language=language))
    if found.high is not None:
        return language.say("at most {time}", time=time_words(found.high, whole=math.ceil, language=language))
    return told(found.note or "", language)


def time_words(days: float, *, whole: Callable[[float], int], language: Language = ENGLISH) -> str:
    """`8 weeks`, `9 days`: `whole` makes a number of a broken one."""
    weeks = days >= WEEKS_FROM
    number = max(whole(days / (WEEK if weeks else 1.0)), 1)
    return language.says(*(("{n} week", "{n} weeks") if weeks else ("{n} day", "{n} days")), number)


def _short(value: float) -> str:
    """Two significant digits, none after the point from ten on."""
    return f"{value:.0f}" if value >= 9.95 else f"{value:.1f}".removesuffix(".0")
