"""Marks of one look drawn together: all stems that make as one path, all discs that break as another, whatever the number of moments.

A map of two hundred moments has so as many shapes as one of ten. What is asked of one moment (its sentence, its link, its outline) has an
element of its own, laid over them.
"""

from __future__ import annotations

from collections.abc import Sequence

from markupsafe import Markup

from momot.report.marks.palette import Brush
from momot.report.marks.svg import element, joined, length

Piece = tuple[str, str]
"""A role of the palette, and the part of the path that one mark adds."""

ORDER = (
    "ring", "break-stem", "make-stem", "break-pill", "make-pill",
    "break-fill", "make-fill", "break-open", "make-open", "break-hollow", "make-hollow",
    "card", "break-inner", "make-inner",
)  # fmt: skip
"""From the back to the front."""


def layers(pieces: Sequence[Piece], pen: Brush) -> Markup:
    """A path for each look that occurs."""
    drawn = []
    for role in ORDER:
        parts = [part for name, part in pieces if name == role]
        if parts:
            drawn.append(element("path", {"d": "".join(parts), **pen(role)}))
    return joined(drawn)


def disc(x: float, y: float, r: float) -> str:
    """A circle."""
    across = f"{length(r)} {length(r)} 0 1 0"
    return f"M{length(x - r)} {length(y)}a{across} {length(2 * r)} 0a{across} {length(-2 * r)} 0Z"


def bar(x: float, y: float, width: float, height: float, rounding: float = 0.0) -> str:
    """A rectangle from its upper left corner, round at its corners."""
    r = min(rounding, width / 2, height / 2)
    right, down = length(width - 2 * r), length(height - 2 * r)
    if r < 0.01:
        return f"M{length(x)} {length(y)}h{right}v{down}h{length(-width)}Z"
    turn = f"a{length(r)} {length(r)} 0 0 1"
    return (
        f"M{length(x + r)} {length(y)}h{right}{turn} {length(r)} {length(r)}v{down}{turn} {length(-r)} {length(r)}"
        f"h{length(2 * r - width)}{turn} {length(-r)} {length(-r)}v{length(2 * r - height)}{turn} {length(r)} {length(-r)}Z"
    )


def stem(x: float, y: float, x2: float, y2: float) -> str:
    """A line from the reference to an estimate."""
    return f"M{length(x)} {length(y)}L{length(x2)} {length(y2)}"
