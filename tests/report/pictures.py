"""The picture of the tutorial on the map, drawn from the demo shop: `python -m tests.report.pictures`."""

from __future__ import annotations

import tempfile
from pathlib import Path

import momot
from momot.findings.forest import forest
from momot.report.around import around
from momot.report.dossier import Dossier
from momot.report.marks.map import map_figure

DOCS = Path(__file__).parents[2] / "docs"
MAP = DOCS / "tutorials" / "read-the-map.svg"


def demo() -> Dossier:
    """The demo shop with all that is known of it."""
    with tempfile.TemporaryDirectory() as folder:
        return momot.dossier(momot.open(momot.worlds.shop(Path(folder) / "demo-shop")))


def draw_map(told: Dossier) -> str:
    """Its map with people and loops, with colours of its own."""
    drawn = forest(told.findings, told.findings.questions[0])
    return str(map_figure(drawn, standalone=True, around=around(told.journey, told.funnel)))


if __name__ == "__main__":
    MAP.write_text(draw_map(demo()) + "\n", encoding="utf-8")
    print(MAP.relative_to(DOCS.parent))
