"""What checks, refusals and gates say, in another language: their English sentences are recognised by their pattern and said anew.

The contract of findings carries these messages in English, with their numbers. A sentence that no pattern knows stays English.
"""

from __future__ import annotations

import re
from functools import cache

from momot.findings.told_patterns import PATTERNS
from momot.language import Language


def told(text: str, language: Language) -> str:
    """The text sentence by sentence in the language; what is not known stays as it is."""
    if language.is_english or not text:
        return text
    whole = _told(text, language)
    if whole is not None:
        return whole
    return " ".join(_told(one, language) or one for one in re.split(r"(?<=[.!?])\s+(?=[A-Z0-9'])", text))


def _told(text: str, language: Language) -> str | None:
    for message, pattern in _patterns():
        found = pattern.fullmatch(text)
        if found:
            return language.say(message, **found.groupdict()) if language.knows(message) else None
    return None


@cache
def _patterns() -> tuple[tuple[str, re.Pattern[str]], ...]:
    return tuple((message, re.compile(_expression(message), re.DOTALL)) for message in PATTERNS)


def _expression(message: str) -> str:
    """`{n} of {all} rows.` as an expression whose groups are the names in braces."""
    parts = re.split(r"\{(\w+)\}", message)
    seen = set[str]()
    found = []
    for place, part in enumerate(parts):
        if place % 2 == 0:
            found.append(re.escape(part))
        else:
            found.append(f"(?P={part})" if part in seen else f"(?P<{part}>.+?)")
            seen.add(part)
    return "".join(found)
