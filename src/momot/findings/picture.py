"""A picture of findings that stands for itself: in a notebook, in a file, in a mail."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Picture:
    """One SVG with its own colours and font: no style sheet, no script, nothing from elsewhere."""

    svg: str

    def save(self, path: str | Path) -> Path:
        """Write it as an SVG file and return its path."""
        target = Path(path)
        target.write_text(self.svg, encoding="utf-8")
        return target

    def __str__(self) -> str:
        """The markup."""
        return self.svg

    def _repr_html_(self) -> str:
        """For notebooks: text of the picture stays text."""
        return self.svg
