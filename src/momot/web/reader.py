"""The language of whoever reads: what they chose here, else what their browser asks for, else what the app was started with."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from momot.language import LANGUAGES, Language, language

COOKIE: Final = "momot-language"
MOST_ASKED = 20
"""Languages of one `Accept-Language` header that are looked at: browsers send a handful."""


def reader(cookies: Mapping[str, str], accepted: str, default: str) -> Language:
    """The language that a request is answered in."""
    chosen = cookies.get(COOKIE, "")
    return language(chosen if chosen in LANGUAGES else preferred(accepted) or default)


def preferred(accepted: str) -> str:
    """The best of our languages in an `Accept-Language` header (RFC 9110, 12.5.4); empty where it names none of them.

    `cs-CZ` is Czech. A weight of 0 refuses; of equal weights the first counts; `*` leaves it to the app.
    """
    best, weight = "", 0.0
    for part in accepted.split(",")[:MOST_ASKED]:
        tag, *parameters = (piece.strip().lower() for piece in part.split(";"))
        code = tag.partition("-")[0]
        own = _weight(parameters)
        if code in LANGUAGES and own > weight:
            best, weight = code, own
    return best


def _weight(parameters: list[str]) -> float:
    """`q=0.8` as .8; 1 where nothing is said, 0 for what is no weight."""
    for one in parameters:
        name, _, value = one.partition("=")
        if name.strip() == "q":
            try:
                found = float(value)
            except ValueError:
                return 0.0
            return found if 0.0 <= found <= 1.0 else 0.0
    return 1.0
