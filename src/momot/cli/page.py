"""A page of text for a terminal: lines that wrap under their mark, bars and rows of small bars, colour only where it is taken."""

from __future__ import annotations

import io
import shutil
from collections.abc import Sequence

from rich.console import Console
from rich.text import Text

from momot.findings.cells import to_ascii

BOLD = "bold"
DIM = "#8a9299"
FALLBACK_WIDTH = 100
_EIGHTHS = " ▏▎▍▌▋▊▉█"
_HEIGHTS = "▁▂▃▄▅▆▇█"


class Page:
    """Lines for a stream of `encoding`, at most `width` cells each."""

    def __init__(self, *, color: bool = False, encoding: str = "utf-8", width: int | None = None) -> None:
        self.width = width or shutil.get_terminal_size((FALLBACK_WIDTH, 24)).columns
        self._encoding = encoding
        self._out = io.StringIO()
        self._console = Console(
            file=self._out, width=self.width, force_terminal=color, color_system="truecolor" if color else None, highlight=False,
            emoji=False, markup=False, _environ={},
        )  # fmt: skip

    def line(self, text: Text | str = "") -> None:
        """Add a line. What is too long goes on below, indented to the text after its number or mark."""
        text = Text(text) if isinstance(text, str) else text
        if text.cell_len <= self.width:
            self._console.print(text, soft_wrap=True)
            return
        indent = min(_indent(text.plain), self.width // 2)
        first = text.wrap(self._console, self.width)[0]
        rest = text[len(first.plain.rstrip()) :]
        rest = rest[len(rest.plain) - len(rest.plain.lstrip()) :]
        first.rstrip()
        self._console.print(first, soft_wrap=True)
        for line in rest.wrap(self._console, self.width - indent):
            line.rstrip()
            self._console.print(Text.assemble(" " * indent, line), soft_wrap=True)

    def text(self) -> str:
        """All lines."""
        text = "\n".join(line.rstrip() for line in self._out.getvalue().splitlines()) + "\n"
        return text if self._encoding.lower().replace("-", "").replace("_", "") in ("utf8", "utf8sig") else to_ascii(text, self._encoding)


def bar(share: float, cells: int) -> Text:
    """A bar of up to `cells` cells; nothing where there is no room for any."""
    eighths = round(max(0.0, min(1.0, share)) * cells * 8)
    if share > 0 and cells:
        eighths = max(eighths, 1)
    full, part = divmod(eighths, 8)
    return Text((_EIGHTHS[8] * full + (_EIGHTHS[part] if part else "")).ljust(cells), style=DIM)


def spark(values: Sequence[float]) -> Text:
    """One small bar a value, the highest is full."""
    top = max(values, default=0.0)
    return Text("".join(_HEIGHTS[min(7, int(value / top * 7.999))] if top > 0 else _HEIGHTS[0] for value in values), style=DIM)


def _indent(plain: str) -> int:
    """Where the words of a line begin: after the columns of its numbers, or after its mark."""
    if plain.startswith(("? ", "! ")):
        return 2
    return 27 if plain.startswith("  ") and plain[2:25].strip() and "  " in plain[10:27] else 2
