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
LEAST_AXIS = 17
MOST_AXIS = 61
GAP = 2
WIDE = 100
DIM = "#8a9299"
# The first that goes when there is no room; under WIDE the first three go at once.
DROP_ORDER = ("at stake", "stage", "verdict", "ev", "#")
LEAST_MOMENT = 20
MOST_MOMENT = 36


@dataclass(frozen=True, slots=True)
class Column:
    """One column of the table: its head, its cells and how they are set. `has_stage`: the stage has a column of its own."""

    name: str
    head: str
    width: int
    right: bool = False
    has_stage: bool = True


def layout(drawn: Forest, bodies: Sequence[Mapping[str, object]], cells: int) -> list[Column]:
    """The columns that fit into `cells`, the axis taking what is left. Columns without a value are left out."""
    badly, well = drawn.heads
    heads = {
        "#": "#", "moment": "Moment", "stage": "Stage", "badly": badly, "axis": "", "well": well,
        "interval": "95\u00a0% interval", "at stake": "At stake", "ev": "Ev", "verdict": "Verdict",
    }  # fmt: skip
    widths = {name: _widest(bodies, name) for name in heads}
    present = [name for name in heads if name == "axis" or widths[name]]
    widths = {name: max(widths[name], cell_len(heads[name])) for name in present}
    names, words, stages = _widest(bodies, "moment"), _widest(bodies, "words"), _widest(bodies, "stage_below")
    gone = set(DROP_ORDER[:3]) if cells < WIDE else set()
    for name in ("", *DROP_ORDER):
        gone.add(name)
        kept = [column for column in present if column not in gone]
        wanted = min(MOST_MOMENT, max(names, words if "stage" in kept else words + stages + 3))
        least = min(wanted, LEAST_MOMENT)
        room = cells - sum(widths[column] for column in kept if column not in ("axis", "moment")) - GAP * (len(kept) - 1)
        if room >= least + LEAST_AXIS:
            break
    widths["moment"] = max(least, min(wanted, room - LEAST_AXIS))
    widths["axis"] = max(5, min(room - widths["moment"], MOST_AXIS))
    has_stage = "stage" in kept
    right = ("#", "badly", "well", "interval", "at stake")
    return [Column(name, heads[name], widths[name], right=name in right, has_stage=has_stage) for name in kept]


def _widest(bodies: Sequence[Mapping[str, object]], name: str) -> int:
    return max(
        (cell_len(value.plain if isinstance(value, Text) else str(value)) for body in bodies if (value := body.get(name, ""))), default=0
    )


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


def axis_cell(drawn: Forest, width: int, line: Line | None, styles: Mapping[str, str]) -> Text:
    """Zero, the band of what is too small to matter, and one effect with its interval. Nothing but zero and band without an effect."""
    letters, style = [" "] * width, [DIM] * width
    zero = position(drawn, width, 0.0)
    if drawn.band:
        ends = sorted((position(drawn, width, -drawn.band), position(drawn, width, drawn.band)))
        for cell in range(ends[0], ends[1] + 1):
            letters[cell] = "\u00b7"
    letters[zero] = "\u2502"
    if line and all(math.isfinite(value) for value in (line.effect.low, line.effect.estimate, line.effect.high)):
        colour = styles[line.side] if line.solid else DIM
        start, end = sorted((position(drawn, width, line.effect.low), position(drawn, width, line.effect.high)))
        for cell in range(start, end + 1):
            letters[cell], style[cell] = "\u253c" if cell == zero else "\u2500", colour
        mark = position(drawn, width, line.effect.estimate)
        letters[mark], style[mark] = MARKS[line.side, line.solid], colour
    return Text.assemble(*zip(letters, style, strict=True))


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
    factor = drawn.numbers.factor
    return tick_step(drawn.low * factor, drawn.high * factor, max(2, width // 8)) / factor


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
