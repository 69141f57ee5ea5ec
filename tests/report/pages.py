"""An HTML page as its tests see it: elements with attributes, text, without running anything."""

from __future__ import annotations

from dataclasses import dataclass, field
from html.parser import HTMLParser

VOID = {"meta", "link", "br", "input", "img", "hr"}


@dataclass
class Element:
    """One element with its attributes, children and text in order."""

    tag: str
    attributes: dict[str, str]
    children: list[Element | str] = field(default_factory=list)

    def text(self) -> str:
        """All text below, tags apart."""
        return "".join(child if isinstance(child, str) else f" {child.text()} " for child in self.children)

    def all(self, tag: str | None = None, **attributes: str) -> list[Element]:
        """Every element below with this tag and these attributes; `class_` is one of the classes."""
        wanted = {name.rstrip("_"): value for name, value in attributes.items()}
        found = []
        for child in self.children:
            if isinstance(child, Element):
                matches = tag in (None, child.tag) and all(
                    value in child.attributes.get(name, "").split() if name == "class" else child.attributes.get(name) == value
                    for name, value in wanted.items()
                )
                found += ([child] if matches else []) + child.all(tag, **attributes)
        return found


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.root = Element("root", {})
        self.open = [self.root]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        element = Element(tag, {name: value or "" for name, value in attrs})
        self.open[-1].children.append(element)
        if tag not in VOID:
            self.open.append(element)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.open[-1].children.append(Element(tag, {name: value or "" for name, value in attrs}))

    def handle_endtag(self, tag: str) -> None:
        assert self.open[-1].tag == tag, f"</{tag}> closes <{self.open[-1].tag}>"
        self.open.pop()

    def handle_data(self, data: str) -> None:
        self.open[-1].children.append(data)


def parse(markup: str) -> Element:
    """The page as a tree. Fails where an element is not closed in order."""
    reader = _Reader()
    reader.feed(markup)
    reader.close()
    assert reader.open == [reader.root], f"<{reader.open[-1].tag}> is not closed"
    return reader.root


def words(text: str) -> str:
    """Text with single plain spaces."""
    return " ".join(text.replace("\u00a0", " ").replace("\u202f", " ").split())
