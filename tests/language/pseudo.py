"""A language that nobody speaks: every message between two marks and longer than in any language, so that what was not said stands out."""

from __future__ import annotations

from html.parser import HTMLParser

import pytest

OPEN, CLOSE = "\u27e6", "\u27e7"
LONG = "\u00fc\u01d0\u1e83 "
"""Words that no font breaks and no message holds."""
BLOCKS = frozenset(
    {"address", "article", "aside", "body", "button", "caption", "dd", "details", "div", "dl", "dt", "fieldset", "figure", "footer", "form"}
    | {"h1", "h2", "h3", "h4", "head", "header", "html", "label", "legend", "li", "main", "nav", "ol", "option", "p", "section", "select"}
    | {"summary", "table", "tbody", "td", "text", "th", "thead", "title", "tr", "ul"}
)
"""Where a sentence ends at the latest: a message that was cut for its length has no closing mark."""
SPOKEN = frozenset({"aria-label", "title", "alt", "placeholder", "data-head", "data-dark", "data-light", "content"})
DATA = frozenset({"q", "code", "style", "script"})
VOID = frozenset(["area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"])


class Pseudo:
    """A catalog of it. Translations run some 40 % longer than English; short words more. It remembers what it was asked to say."""

    def __init__(self) -> None:
        self.singles: set[str] = set()
        self.plurals: set[tuple[str, str]] = set()

    def one(self, message: str) -> str:
        self.singles.add(message)
        return self.longer(message)

    def longer(self, message: str) -> str:
        return f"{OPEN}{message} {LONG * max(1, len(message) // 12)}{CLOSE}"

    def many(self, one: str, many: str, count: int) -> str:
        self.plurals.add((one, many))
        return self.longer(one if count == 1 else many)

    def knows(self, message: str) -> bool:
        return True


def speak(monkeypatch: pytest.MonkeyPatch) -> Pseudo:
    """From here on every language but English is this one; numbers and dates stay theirs."""
    from momot.language import speech

    catalog = Pseudo()
    monkeypatch.setattr(speech, "_catalog", lambda _: catalog)
    return catalog


class Unsaid(HTMLParser):
    """The words that a page shows outside of the marks; quotes, code and what is marked as another language aside."""

    def __init__(self, markup: str) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[str] = []
        self.english: list[str] = []  # sentences of lower layers, marked as English
        self._stack: list[tuple[str, bool]] = []  # tag, and whether it holds data
        self._depth = 0
        self.feed(markup)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        if tag in BLOCKS:
            self._depth = 0
        for name in SPOKEN & set(values):
            if name != "content":
                self._told(values[name] or "", held=False)
        if tag not in VOID:
            foreign = "lang" in values and tag != "html"
            self._stack.append((tag, tag in DATA or foreign))

    def handle_endtag(self, tag: str) -> None:
        while self._stack:
            last, _ = self._stack.pop()
            if last == tag:
                break
        if tag in BLOCKS:
            self._depth = 0

    def handle_data(self, data: str) -> None:
        if any(held for _, held in self._stack):
            if any(tag == "span" and held for tag, held in self._stack):
                self.english.append(data)
            return
        self._depth = self._told(data, held=self._depth > 0, depth=self._depth)

    def _told(self, text: str, *, held: bool, depth: int = 0) -> int:
        """Keep what stands outside of the marks; the depth at the end."""
        outside = []
        for letter in text:
            if letter == OPEN:
                depth += 1
            elif letter == CLOSE:
                depth = max(0, depth - 1)
            elif not depth:
                outside.append(letter)
        self.found += [word for word in "".join(outside).split() if any(one.isalpha() for one in word)]
        return depth
