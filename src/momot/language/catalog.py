"""The messages of one language, read from its .po file when it first speaks. Nothing is compiled, so nothing can be stale."""

from __future__ import annotations

import gettext
import io
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib.resources import files


@dataclass(frozen=True, slots=True)
class Catalog:
    """What each English message is in one language; a message with a number has as many forms as the language has."""

    singles: Mapping[str, str]
    plurals: Mapping[tuple[str, str], tuple[str, ...]]
    form: Callable[[int], int]

    def one(self, message: str) -> str:
        """The message, in English where it has no translation."""
        return self.singles.get(message) or message

    def many(self, one: str, many: str, count: int) -> str:
        """The form for this number."""
        forms = self.plurals.get((one, many))
        if not forms:
            return one if count == 1 else many
        return forms[min(self.form(count), len(forms) - 1)]

    def knows(self, message: str) -> bool:
        """Whether the message has a translation."""
        return bool(self.singles.get(message)) or any(message in pair for pair in self.plurals)


def catalog_text(code: str) -> str:
    """The .po file of a language."""
    return files("momot.language").joinpath("catalogs", f"{code}.po").read_text(encoding="utf-8")


def read_catalog(code: str) -> Catalog:
    """Read one .po file."""
    from babel.messages.pofile import read_po

    found = read_po(io.BytesIO(catalog_text(code).encode()), locale=code)
    singles: dict[str, str] = {}
    plurals: dict[tuple[str, str], tuple[str, ...]] = {}
    for message in found:
        if message.fuzzy or not message.id:
            continue
        if isinstance(message.id, tuple | list):
            forms = tuple(message.string or ()) if not isinstance(message.string, str) else (message.string,)
            if forms and all(forms):
                plurals[message.id[0], message.id[1]] = forms
        elif isinstance(message.string, str) and message.string:
            singles[str(message.id)] = message.string
    return Catalog(singles, plurals, gettext.c2py(found.plural_expr))
