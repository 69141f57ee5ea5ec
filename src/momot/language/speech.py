"""A language: how it says a message, how it counts, how it writes numbers and dates.

Messages are the English sentences themselves, with `{names}` for what changes. A catalog holds each of them in another language; what a
catalog lacks is said in English. English needs no catalog and no Babel.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache

from markupsafe import Markup, escape

from momot.language.catalog import Catalog, read_catalog
from momot.language.written import Written

MINUS = "\u2212"
NARROW_SPACE = "\u202f"
NO_BREAK_SPACE = "\u00a0"
HOUSE = Written(group=NARROW_SPACE, point=".", grouped_from=1000, percent=f"{{}}{NO_BREAK_SPACE}%")
"""How numbers are written in English: as on the pages of the metric system, the same for readers on both sides of an ocean."""


@dataclass(frozen=True, slots=True)
class Language:
    """One language by its code, `en` or `vi`. Frozen and cheap: what it knows is read once, when it first speaks."""

    code: str
    written: Written = field(default=HOUSE, compare=False, repr=False)

    @property
    def is_english(self) -> bool:
        """Whether messages are said as they stand."""
        return self.code == "en"

    def say(self, message: str, /, **values: object) -> str:
        """A message in this language. With a value that is markup the whole is: text is escaped, markup taken as it is."""
        found = message if self.is_english else _catalog(self.code).one(message)
        return _filled(found, values)

    def says(self, one: str, many: str, count: int, /, **values: object) -> str:
        """A message that depends on a number; `{n}` in it is that number as this language writes it."""
        found = (one if count == 1 else many) if self.is_english else _catalog(self.code).many(one, many, count)
        return _filled(found, {"n": self.grouped(count), **values})

    def knows(self, message: str) -> bool:
        """Whether it can say this message without falling back on English."""
        return self.is_english or _catalog(self.code).knows(message)

    def grouped(self, value: float, decimals: int = 0) -> str:
        """`61 240`, `-0.50` with a true minus. Zero never carries a sign; a value that is not finite is a dash."""
        if not math.isfinite(value):
            return "\u2013"
        text = f"{abs(value):.{decimals}f}"
        below = value < 0 and float(text) != 0
        whole, _, rest = text.partition(".")
        if float(whole) >= self.written.grouped_from:
            whole = f"{int(whole):,}".replace(",", self.written.group)
        return f"{MINUS if below else ''}{whole}{self.written.point if rest else ''}{rest}"

    def percent(self, number: str) -> str:
        """A written number with its per cent sign."""
        return self.written.percent.format(number)

    def day(self, iso: str) -> str:
        """A day out of an ISO date; English keeps the ISO form, which no reader takes for another day."""
        return iso[:10] if self.is_english else _day(self.code, iso[:10])

    def days(self, first: str, last: str) -> str:
        """From one day to another."""
        return f"{first[:10]} to {last[:10]}" if self.is_english else _days(self.code, first[:10], last[:10])

    def listed(self, parts: Sequence[str]) -> str:
        """`a, b and c`."""
        if len(parts) < 2:
            return "".join(parts)
        return self.say("{first} and {last}", first=", ".join(parts[:-1]), last=parts[-1])


class Message(str):
    """An English sentence that remembers its pattern and its values, so that whoever shows it may say it in another language.

    Whole numbers are written as the language writes them. Raised with, and written down as, what it is in English:
    `QuestionError(Message("There is no job '{name}'.", name=name))`.
    """

    pattern: str
    values: dict[str, object]

    def __new__(cls, pattern: str, /, **values: object) -> Message:
        """The sentence in English."""
        made = super().__new__(cls, _filled(pattern, _written(values, ENGLISH)))
        made.pattern, made.values = pattern, values
        return made

    def said(self, language: Language) -> str:
        """The sentence in a language."""
        return language.say(self.pattern, **_written(self.values, language))


def _written(values: dict[str, object], language: Language) -> dict[str, object]:
    """The values, messages among them said and whole numbers written in the language."""

    def one(value: object) -> object:
        if isinstance(value, Message):
            return value.said(language)
        return language.grouped(value) if isinstance(value, int) else value

    return {name: one(value) for name, value in values.items()}


def _filled(text: str, values: dict[str, object]) -> str:
    if any(isinstance(value, Markup) for value in values.values()):
        return Markup(escape(text)).format(**values)  # noqa: S704  the text is escaped here, and so is every value that is no markup
    return text.format(**values) if values else text


@cache
def _catalog(code: str) -> Catalog:
    return read_catalog(code)


@cache
def _day(code: str, iso: str) -> str:
    from babel.dates import format_date

    return str(format_date(dt.date.fromisoformat(iso), "medium", locale=code))


@cache
def _days(code: str, first: str, last: str) -> str:
    from babel.dates import format_interval

    return str(format_interval(dt.date.fromisoformat(first), dt.date.fromisoformat(last), "yMMMd", locale=code))


ENGLISH = Language("en")
