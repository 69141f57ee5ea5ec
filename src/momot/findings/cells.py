"""Drawing in character cells: which columns fit, the axis with its ticks, and one effect with its interval on it."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from rich.cells import cell_len
from rich.text import Text

from momot.findings.forest import Forest, Line, tick_step
from momot.findings.numbers import signed

ASCII = {
    "\u25bc": "V", "\u25b2": "A", "\u25bd": "v", "\u25b3": "^", "\u2500": "-", "\u2502": "|", "\u253c": "+", "\u00b7": ".", "\u2212": "-",
    "\u2013": "-", "\u2026": "~", "\u00b1": "+/-", "\u2019": "'", "\u2717": "x", "\u00d7": "x", "\u202f": " ", "\u00a0": " ",
}  # fmt: skip
MARKS = {("badly", True): "\u25bc", ("badly", False): "\u25bd", ("well", True): "\u25b2", ("well", False): "\u25b3"}
GAP = 2
WIDE, WIDEST = 100, 120
DIM = "#8a9299"
LEAST_AXIS, GOOD_AXIS, MOST_AXIS = 17, 25, 61
LEAST_MOMENT, MOST_MOMENT = 20, 36
DROPS: tuple[tuple[str, ...], ...] = (
    ("does",),
    ("compared",),
    ("stake interval",),
    ("badly interval", "well interval"),
    ("at stake",),
    ("stage",),
    ("ev",),
    ("#",),
    ("verdict",),
)
"""What goes when there is no room, the first first: words that the marks say too, then numbers of what is drawn, then what is not."""
EXTRAS = 3
"""The first so many of these go as soon as the axis has less than a good width; the others only where there is no room at all."""
AT_ONCE = {"does", "compared", "stake interval", "badly interval", "well interval"}
"""What no terminal under `WIDEST` has; under `WIDE` at stake, whose interval is in numbers only, is gone too."""


@dataclass(frozen=True, slots=True)
class Column:
    """One column of the table: its head, how wide it is and how its cells are set, and how far from the one before."""

    name: str
    head: str
    width: int
    right: bool = False
    gap: int = GAP


def layout(drawn: Forest, bodies: Sequence[Mapping[str, object]], cells: int) -> list[Column]:
    """The columns that fit into `cells`, the axis taking what is left. Columns without a value are left out."""
    badly, well = drawn.heads
    interval = "95\u00a0% interval"
    heads = {
        "#": "#", "moment": "Moment", "stage": "Stage", "compared": "Compared", "badly": badly, "badly interval": interval, "axis": "",
        "well": well, "well interval": interval, "at stake": "At stake", "stake interval": interval, "ev": "Ev", "verdict": "Verdict",
        "does": "What it does",
    }  # fmt: skip
    filled = {name: _widest(bodies, name) for name in heads}
    present = [name for name in heads if name == "axis" or filled[name]]
    widths = {name: max(filled[name], cell_len(heads[name])) for name in present}
    wanted = min(MOST_MOMENT, widths["moment"])
    least = min(wanted, LEAST_MOMENT)
    gone = set() if cells >= WIDEST else set(AT_ONCE) if cells >= WIDE else {*AT_ONCE, "at stake"}
    for place in range(len(DROPS) + 1):
        gone |= set(DROPS[place - 1]) if place else set()
        kept = [name for name in present if name not in gone]
        taken = sum(widths[name] for name in kept if name not in ("axis", "moment")) + sum(_gap(name) for name in kept[1:])
        room = cells - taken
        if room >= (wanted + GOOD_AXIS if place < EXTRAS else least + LEAST_AXIS):
            break
    widths["moment"] = max(least, min(wanted, room - LEAST_AXIS))
    widths["axis"] = max(5, min(room - widths["moment"], MOST_AXIS))
    left = ("moment", "stage", "compared", "axis", "ev", "verdict", "does")
    return [Column(name, heads[name], widths[name], right=name not in left, gap=_gap(name)) for name in kept]


def _gap(name: str) -> int:
    return 1 if name.endswith(" interval") else GAP


def _widest(bodies: Sequence[Mapping[str, object]], name: str) -> int:
    return max(
        (cell_len(value.plain if isinstance(value, Text) else str(value)) for body in bodies if (value := body.get(name, ""))), default=0
    )


def aligned(columns: Sequence[Column], cells: Mapping[str, Text]) -> Text:
    """One line of the table."""
    parts = [part for i, column in enumerate(columns) for part in (" " * (column.gap if i else 0), fit(cells[column.name], column))]
    line = Text.assemble(*parts)
    line.no_wrap = True
    return line


def fit(text: Text, column: Column) -> Text:
    """The text in exactly the column's width, cut with an ellipsis where it is too long."""
    text.truncate(column.width, overflow="ellipsis")
    padding = " " * (column.width - cell_len(text.plain))
    return Text.assemble(padding, text) if column.right else Text.assemble(text, padding)


def position(drawn: Forest, width: int, value: float) -> int:
    """The cell of a value, held within the axis."""
    share = (value - drawn.low) / (drawn.high - drawn.low)
    if drawn.mirrored:
        share = 1 - share
    return max(0, min(width - 1, round(share * (width - 1))))


def axis_cell(drawn: Forest, width: int, lines: Sequence[Line], styles: Mapping[str, str]) -> Text:
    """Zero, the band of what is too small to matter, and each effect with its interval; what stands out lies over what does not."""
    letters, style = [" "] * width, [DIM] * width
    zero = position(drawn, width, 0.0)
    if drawn.band:
        ends = sorted((position(drawn, width, -drawn.band), position(drawn, width, drawn.band)))
        for cell in range(ends[0], ends[1] + 1):
            letters[cell] = "\u00b7"
    letters[zero] = "\u2502"
    drawable = sorted((line for line in lines if _finite(line)), key=lambda line: line.solid)
    for line in drawable:
        start, end = sorted((position(drawn, width, line.effect.low), position(drawn, width, line.effect.high)))
        for cell in range(start, end + 1):
            letters[cell], style[cell] = "\u253c" if cell == zero else "\u2500", _colour(line, styles)
    for line, cell in _marked(drawable, drawn, width):
        letters[cell], style[cell] = MARKS[line.side, line.solid], _colour(line, styles)
    return Text.assemble(*zip(letters, style, strict=True))


def _marked(lines: Sequence[Line], drawn: Forest, width: int) -> list[tuple[Line, int]]:
    """The cell of each estimate; of two in one cell the less certain one moves aside, the way its effect goes."""
    placed: dict[int, Line] = {}
    for line in reversed(lines):
        cell = position(drawn, width, line.effect.estimate)
        if cell in placed:
            right = (line.effect.estimate > placed[cell].effect.estimate) != drawn.mirrored
            cell += 1 if (right and cell + 1 < width) or cell == 0 else -1
        placed[cell] = line
    return [(line, cell) for cell, line in placed.items()]


def _finite(line: Line) -> bool:
    return all(math.isfinite(value) for value in (line.effect.low, line.effect.estimate, line.effect.high))


def _colour(line: Line, styles: Mapping[str, str]) -> str:
    return styles[line.side] if line.solid else DIM


def axis_head(drawn: Forest, width: int) -> Text:
    """Tick labels over the axis, none touching another; zero always."""
    letters = [" "] * width
    factor = drawn.numbers.factor
    for value in _ticks_from_zero(drawn, width):
        label = signed(value * factor, _decimals(drawn, width)) if value else "0"
        start = position(drawn, width, value) - len(label) // 2
        start = max(0, min(width - len(label), start))
        if all(letters[cell] == " " for cell in range(max(0, start - 1), min(width, start + len(label) + 1))):
            letters[start : start + len(label)] = label
    return Text("".join(letters), style=DIM)


def _step(drawn: Forest, width: int) -> float:
    """From tick to tick: one every eight cells or so, but fine enough that one beside zero lies on the axis."""
    factor = drawn.numbers.factor
    most = max(2, width // 8)
    sizes = [tick_step(drawn.low * factor, drawn.high * factor, parts) / factor for parts in range(most, 2 * most + 4)]
    return next((size for size in sizes if max(drawn.high, -drawn.low) >= size), sizes[-1])


def _decimals(drawn: Forest, width: int) -> int:
    return max(0, -math.floor(math.log10(_step(drawn, width) * drawn.numbers.factor) + 1e-9))


def _ticks_from_zero(drawn: Forest, width: int) -> list[float]:
    """0 first, so that it always has its label, then outwards."""
    size = _step(drawn, width)
    steps = range(1, max(int(drawn.high / size), int(-drawn.low / size)) + 1)
    return [0.0] + [tick for k in steps for tick in (-k * size, k * size) if drawn.low <= tick <= drawn.high]


def to_ascii(text: str, encoding: str) -> str:
    """The text for a stream that is not UTF-8: ASCII marks, and a question mark for letters that the encoding lacks."""
    for mark, plain in ASCII.items():
        text = text.replace(mark, plain)
    return text.encode(encoding, "replace").decode(encoding)
