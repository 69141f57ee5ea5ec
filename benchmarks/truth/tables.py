"""Figures as one table: for the terminal and, in Markdown, for the documentation."""

from __future__ import annotations

from collections.abc import Sequence

from rich.table import Table

from benchmarks.truth.figures import Covered, Figure
from benchmarks.truth.shares import Share

COLUMNS = (
    "world", "outcome", "method", "seeds", "precision (worst seed)", "recall", "above detectable", "seeds with a false one", "right labels",
    "cannot tell", "wrong sign", "presence holds: true, null", "quality holds: true, null", "width: presence, quality", "× sees everything",
    "half-life off by (held)", "CPU s", "MB",
)  # fmt: skip
TEXT = 3


def table_rows(figures: Sequence[Figure]) -> list[tuple[str, ...]]:
    """One row a figure: what was found and what it was called, which share of the intervals holds the truth, and what it took."""
    return [_row(figure) for figure in figures]


def _row(figure: Figure) -> tuple[str, ...]:
    presence, quality = (figure.true_presence, figure.null_presence), (figure.true_quality, figure.null_quality)
    return (
        figure.world,
        figure.outcome,
        figure.method,
        str(figure.seeds),
        _worst(figure),
        str(figure.recall),
        str(figure.recall_detectable),
        str(figure.any_false),
        str(figure.labels),
        str(figure.untested),
        f"{figure.wrong_sign} of {figure.signed:,}" if any(kind.coverage.of for kind in figure.kinds) else "-",
        _cover(*presence),
        _cover(*quality),
        _wide(presence, quality),
        _number(figure.relative),
        _lasting(figure.half_life_error, figure.half_lives),
        "-" if figure.cpu_seconds is None else f"{figure.cpu_seconds:,.0f}",
        "-" if figure.peak_mb is None else f"{figure.peak_mb:,.0f}",
    )


def rich_table(title: str, columns: Sequence[str], rows: Sequence[Sequence[str]]) -> Table:
    """For the terminal; columns in which nothing is told are left out."""
    kept = [place for place in range(len(columns)) if place < TEXT or any(row[place] != "-" for row in rows)]
    table = Table(title=title, title_justify="left")
    for place in kept:
        table.add_column(columns[place], justify="left" if place < TEXT else "right")
    for row in rows:
        table.add_row(*(row[place] for place in kept))
    return table


def markdown(columns: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """For a page."""
    rule = ["---" if place < TEXT else "---:" for place in range(len(columns))]
    return "\n".join("| " + " | ".join(row) + " |" for row in (columns, rule, *rows)) + "\n"


def _worst(figure: Figure) -> str:
    return str(figure.precision) if figure.worst is None or figure.seeds == 1 else f"{figure.precision} ({figure.worst:.2f})"


def _cover(*kinds: Covered) -> str:
    if not any(kind.coverage.of for kind in kinds):
        return "-"
    return ", ".join(f"{kind.coverage.value:.2f} ({kind.coverage.of:,})" if kind.coverage.value is not None else "-" for kind in kinds)


def _wide(*sides: tuple[Covered, Covered]) -> str:
    """The median widths of either side, by number of intervals over true and null ones."""
    found = []
    for kinds in sides:
        known = [(kind.width, kind.coverage.of) for kind in kinds if kind.width is not None]
        found.append(f"{sum(width * count for width, count in known) / sum(count for _, count in known):.3f}" if known else "-")
    return "-" if set(found) == {"-"} else ", ".join(found)


def _lasting(error: float | None, held: Share | None) -> str:
    if held is None or held.value is None:
        return "-"
    return f"{'-' if error is None else f'{error:.2f}'} ({held.value:.2f} of {held.of})"


def _number(value: float | None) -> str:
    return "-" if value is None else f"{value:.2f}"
