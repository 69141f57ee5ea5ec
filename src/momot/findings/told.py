"""What checks, refusals and gates say, in another language: their English sentences are recognised by their pattern and said anew.

The contract of findings carries these messages in English, with their numbers. A sentence that no pattern knows stays English.
"""

from __future__ import annotations

import re
from functools import cache

from markupsafe import Markup

from momot.findings.labels import LOST, capital, outcome_words, rejection_words, state_words
from momot.findings.told_patterns import PATTERNS
from momot.language import Language
from momot.language.speech import MINUS, NARROW_SPACE, NO_BREAK_SPACE

NUMBER = re.compile(rf"(?<![\w.])([+{MINUS}-]?)(\d[\d{NARROW_SPACE}]*)(\.\d+)?({NO_BREAK_SPACE}%)?(?![\w])")
RANGE = re.compile(r"(\S+(?:\s%)?) to (\S+(?:\s%)?)")
INTERVAL = re.compile(rf"(?:(.+), )?95{NO_BREAK_SPACE}% interval (.+)")
AS_IT_IS = ("name", "segment", "columns", "toml")
COMPARED = re.compile(r"'(.+?)' against '(.+?)'")
SENTENCE_ENDS = re.compile(r"(?<=[.!?])\s+(?=[A-Z0-9'+\u2212-])")
WITHIN_A_SENTENCE = r"(?:(?![.!?]\s+[A-Z]).)+?"


def told(text: str, language: Language) -> str:
    """The text sentence by sentence in the language; what is not known stays as it is."""
    return " ".join(words for words, _ in told_parts(text, language))


def told_parts(text: str, language: Language, patterns: tuple[str, ...] = PATTERNS) -> tuple[tuple[str, bool], ...]:
    """The sentences of a text, each with whether it is in the language: one that no pattern knows is left in English."""
    if language.is_english or not text:
        return ((text, True),)
    whole = _told(text, language, patterns)
    if whole is not None:
        return ((whole, True),)
    parts = ((one, _told(one, language, patterns)) for one in SENTENCE_ENDS.split(text))
    return tuple((one, False) if said is None else (said, True) for one, said in parts)


def marked(text: str, language: Language, patterns: tuple[str, ...] = PATTERNS) -> str:
    """The text in the language, as markup where some of it stays English, so that it is read aloud and hyphenated as what it is."""
    parts = told_parts(text, language, patterns)
    if all(known for _, known in parts):
        return " ".join(words for words, _ in parts)
    return Markup(" ").join(words if known else Markup('<span lang="en">{}</span>').format(words) for words, known in parts)


def unknown(text: str) -> list[str]:
    """The sentences of a text that no pattern knows."""
    known = _patterns(PATTERNS)
    if any(pattern.fullmatch(text) for _, pattern in known):
        return []
    return [one for one in SENTENCE_ENDS.split(text) if not any(pattern.fullmatch(one) for _, pattern in known)]


def _told(text: str, language: Language, patterns: tuple[str, ...]) -> str | None:
    for message, pattern in _patterns(patterns):
        found = pattern.fullmatch(text)
        if found and language.knows(message):
            return language.say(message, **{name: _value(name, value, language) for name, value in found.groupdict().items()})
    return None


def _value(name: str, value: str, language: Language) -> str:
    """What stands for a name: a level, numbers of levels, an interval, numbers, or words of the data."""
    if name in AS_IT_IS:
        return value
    if name == "names":
        return ", ".join(state_words(one, language) for one in value.split(", "))
    if name == "reason":
        whole = f"{capital(value).removesuffix('.')}."
        return told(whole, language) if value.endswith(".") else told(whole, language).removesuffix(".")
    if name == "codes":
        return ", ".join(_code(one, language) for one in value.split(", "))
    if name == "compared":
        return COMPARED.sub(lambda found: _against(found[1], found[2], language), value)
    if name in ("state", "reference"):
        return state_words(value, language)
    if name == "outcome":
        return outcome_words(value, language)
    if name == "parts":
        for where in ("where it goes badly", "where it goes well"):
            value = value.replace(where, language.say(where))
        return localised(value, language)
    if name == "sizes":
        return ", ".join(_size(one, language) for one in value.split(", "))
    if name == "interval" and (found := INTERVAL.fullmatch(value)):
        interval = language.say("95\u00a0% interval {interval}", interval=localised(found[2], language))
        return f"{localised(found[1], language)}, {interval}" if found[1] else interval
    return localised(value, language)


def _against(state: str, reference: str, language: Language) -> str:
    one, other = state_words(state, language), state_words(reference, language)
    return language.say("{state} against {reference}", state=one, reference=other)


def _code(one: str, language: Language) -> str:
    """`not_a_time 122`, `1 500 filtered`: why rows were lost, with how many."""
    code, number = NUMBER.sub("", one).strip(), NUMBER.search(one)
    words = rejection_words(code, language)
    words = language.say(words) if words in LOST else words
    return words if number is None else language.say("{code}: {n}", code=words, n=_number(number, language))


def _size(one: str, language: Language) -> str:
    number, _, state = one.partition(" ")
    return f"{localised(number, language)} {state_words(state, language)}"


def localised(text: str, language: Language) -> str:
    """Numbers, ranges and percentage points within a text as the language writes them."""
    if RANGE.search(text):
        text = RANGE.sub(lambda found: language.say("{low} to {high}", low=found[1], high=found[2]), text)
    points = language.say("percentage points")
    text = text.replace(", in percentage points", f" ({points})").replace("percentage points", points)
    return NUMBER.sub(lambda found: _number(found, language), text)


def _number(found: re.Match[str], language: Language) -> str:
    sign, whole, rest, percent = found.groups()
    decimals = len(rest) - 1 if rest else 0
    text = language.grouped(float(f"{whole.replace(NARROW_SPACE, '')}{rest or ''}"), decimals)
    return f"{sign.replace('-', MINUS)}{language.percent(text) if percent else text}"


@cache
def _patterns(messages: tuple[str, ...]) -> tuple[tuple[str, re.Pattern[str]], ...]:
    return tuple((message, re.compile(_expression(message), re.DOTALL)) for message in messages)


def _expression(message: str) -> str:
    """`{n} of {all} rows.` as an expression whose groups are the names in braces."""
    found = []
    for place, part in enumerate(re.split(r"\{(\w+)\}", message)):
        found.append(re.escape(part) if place % 2 == 0 else f"(?P<{part}>{WITHIN_A_SENTENCE})")
    return "".join(found)
