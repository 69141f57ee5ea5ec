"""SVG elements as escaped markup, numbers as short text, and how wide a text will be."""

from __future__ import annotations

import math
import unicodedata
from collections.abc import Iterable, Mapping

from markupsafe import Markup, escape

from momot.report.marks.palette import FONT, LIGHT

BOLD = 1.15
"""How much wider bold letters are, in DejaVu Sans."""
WIDE_LETTERS = frozenset("mwMW@%&\u2014\u2026")
NARROW_LETTERS = frozenset("iljtfrI.,:;'|!()[] \u202f\u00a0")


def element(tag: str, attributes: Mapping[str, object] | None = None, *children: str | Markup) -> Markup:
    """One element. Attribute values and text are escaped; Markup is taken as it is."""
    written = "".join(f' {name}="{escape(_text(value))}"' for name, value in (attributes or {}).items() if value is not None)
    body = Markup("").join(child if isinstance(child, Markup) else escape(child) for child in children)
    return Markup(f"<{tag}{written}>{body}</{tag}>") if children else Markup(f"<{tag}{written}/>")  # noqa: S704  all parts are escaped above


def led(mark: Markup, address: str | None) -> Markup:
    """The mark as a link, where there is anything to lead to."""
    return element("a", {"href": address, "class": "who"}, mark) if address else mark


def joined(parts: Iterable[Markup]) -> Markup:
    """Elements one after another."""
    return Markup("").join(parts)


def picture(
    size: tuple[float, float], title: str, parts: Iterable[Markup], *, look: str, standalone: bool = False, linked: bool = False
) -> Markup:
    """A whole SVG. `standalone`: it brings its own font and ground, for slides and mail. `linked`: it has links in it, so it is a group."""
    width, height = size
    named = {"role": "group", "aria-label": title} if linked and not standalone else {"role": "img"}
    view: dict[str, object] = {"viewBox": f"0 0 {_text(width)} {_text(height)}", "width": width, "height": height, **named, "class": look}
    body = joined(parts)
    if standalone:
        view = {"xmlns": "http://www.w3.org/2000/svg", **view, "font-family": FONT}
        body = element("rect", {"width": width, "height": height, "fill": LIGHT["card"]}) + body
    return element("svg", view, element("title", {}, title), body)


def text_width(text: str, size: float = 12.0) -> float:
    """A careful guess of the width of a text in px, in the widest of the usual sans serifs: rather too wide than too narrow.

    Letters from 12 px on are the bold ones of labels and heads.
    """
    return sum(_letter_width(letter) for letter in text) * size * (BOLD if size >= 12 else 1.0)


def _letter_width(letter: str) -> float:
    if unicodedata.category(letter) in ("Mn", "Me", "Cf"):
        return 0.0
    if unicodedata.east_asian_width(letter) in ("W", "F"):
        return 1.1
    if letter in WIDE_LETTERS:
        return 0.95
    if letter in NARROW_LETTERS:
        return 0.36
    return 0.74 if letter.isupper() else 0.62


def cut(text: str, width: float, size: float = 12.0) -> str:
    """The text, or as much of it as fits with an ellipsis."""
    if text_width(text, size) <= width:
        return text
    kept = ""
    for letter in text:
        if text_width(kept + letter + "\u2026", size) > width:
            break
        kept += letter
    return kept.rstrip() + "\u2026"


def length(value: float) -> str:
    """A length or place in px, to a hundredth. Raises ValueError for what has no finite place."""
    if not math.isfinite(value):
        raise ValueError("a mark without a finite place must not be drawn")
    text = f"{value:.2f}".rstrip("0").rstrip(".")
    return "0" if text == "-0" else text


def _text(value: object) -> str:
    return length(value) if isinstance(value, float) else str(value)
