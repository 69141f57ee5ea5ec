"""Figures as tables: for the terminal and, in Markdown, for the documentation."""

from __future__ import annotations

from collections.abc import Sequence

from rich.table import Table

from benchmarks.truth.figures import Covered, Figure

FOUND = (
    "world",
    "outcome",
    "method",
    "precision",
    "worst seed",
    "recall",
    "above detectable",
    "seeds with a false one",
    "right labels",
    "cannot tell",
)
HELD = (
    "world", "outcome", "method", "presence, true", "presence, null", "quality, true", "quality, null", "width, presence", "width, quality",
    "wrong sign",
)  # fmt: skip


def found_rows(figures: Sequence[Figure]) -> list[tuple[str, ...]]:
    """One row a figure: what was found and what it was called."""
    return [
        (
            figure.world, figure.outcome, figure.method, str(figure.precision), _number(figure.worst), str(figure.recall),
            str(figure.recall_detectable), str(figure.any_false), str(figure.labels), str(figure.untested),
        )
        for figure in figures
    ]  # fmt: skip


def held_rows(figures: Sequence[Figure]) -> list[tuple[str, ...]]:
    """One row a figure of a method that gives intervals: which share of them holds the truth, and how wide they are."""
    return [
        (
            figure.world, figure.outcome, figure.method, *(_cover(kind) for kind in figure.kinds),
            _wide(figure.true_presence, figure.null_presence), _wide(figure.true_quality, figure.null_quality),
            f"{figure.wrong_sign} of {figure.signed}",
        )
        for figure in figures
        if any(kind.coverage.of for kind in figure.kinds)
    ]  # fmt: skip


def rich_table(title: str, columns: Sequence[str], rows: Sequence[Sequence[str]]) -> Table:
    """For the terminal."""
    table = Table(title=title, title_justify="left")
    for position, column in enumerate(columns):
        table.add_column(column, justify="left" if position < 3 else "right")
    for row in rows:
        table.add_row(*row)
    return table


def markdown(columns: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """For a page."""
    rule = ["---" if position < 3 else "---:" for position in range(len(columns))]
    return "\n".join("| " + " | ".join(row) + " |" for row in (columns, rule, *rows)) + "\n"


def _cover(kind: Covered) -> str:
    return f"{kind.coverage} ({kind.coverage.of:,})" if kind.coverage.of else "-"


def _wide(*kinds: Covered) -> str:
    widths = [kind.width for kind in kinds]
    return "-" if all(width is None for width in widths) else " / ".join("-" if width is None else f"{width:.4f}" for width in widths)


def _number(value: float | None) -> str:
    return "-" if value is None else f"{value:.2f}"
