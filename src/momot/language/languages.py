"""The languages that momot speaks."""

from __future__ import annotations

from momot.errors import QuestionError, did_you_mean
from momot.language.speech import ENGLISH, Language
from momot.language.written import written

LANGUAGES: dict[str, str] = {
    "en": "English",
    "vi": "Tiếng Việt",
    "et": "Eesti",
    "cs": "Čeština",
    "id": "Bahasa Indonesia",
    "th": "ไทย",
}
"""Code of ISO 639-1 and the name that its speakers give it."""


def language(code: str) -> Language:
    """The language of that code. Raises QuestionError for one that momot does not speak."""
    if code == "en":
        return ENGLISH
    if code not in LANGUAGES:
        there = ", ".join(f"{known} ({name})" for known, name in LANGUAGES.items())
        raise QuestionError(f"momot does not speak '{code}'.{did_you_mean(code, LANGUAGES)} It speaks {there}.")
    return Language(code, written(code))
