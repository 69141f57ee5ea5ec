"""The page of known truth: `python -m benchmarks.truth.page [--runs FILE …] [--pieces FILE …]`.

With `--runs` (and `--pieces`, of `--ablate`) the figures of these `truth.json` become `docs/explanation/known-truth.json`. Tables and
charts of the page are made of that file alone, so that what is published can be made again and held against it.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import msgspec

from benchmarks.truth.asked import Cost
from benchmarks.truth.charts import Dot, Row, dots, half_lives
from benchmarks.truth.figures import ALL, Covered, Figure, figures
from benchmarks.truth.run import Run
from benchmarks.truth.scores import Score
from benchmarks.truth.tables import COLUMNS, markdown, table_rows

HOME = Path("docs/explanation")
PAGE, DATA = HOME / "known-truth.md", HOME / "known-truth.json"
GROUPS = ("everything recorded", "half hidden", "few touchpoints", "nothing true")
OWN = ("momot, moment", "momot, moment or likely", "momot", "same regression, uncalibrated")
SAYINGS = ("moment", "moment or likely", "by q")
LEFT_OUT = frozenset({"momot, any claim"})
SAID = {"momot": "momot, by q-value"}


class Chart(msgspec.Struct, frozen=True):
    """Shares of several series, a row each."""

    title: str
    series: tuple[str, ...]
    rows: tuple[Row, ...]
    target: float | None = None


class Published(msgspec.Struct, frozen=True):
    """What the page is made of: about the runs, the cells of each table (the head first), charts by file, half-lives (planted, told)."""

    about: dict[str, Any]
    tables: dict[str, list[list[str]]]
    charts: dict[str, Chart]
    half_lives: list[tuple[float, float, float | None, float | None]]


class _Runs(msgspec.Struct, frozen=True):
    about: dict[str, Any]
    runs: tuple[Run, ...]


def main() -> None:
    """Take in new figures where files are given, then write tables and charts."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=Path, nargs="+", default=[], help="truth.json of `make truth`")
    parser.add_argument("--pieces", type=Path, nargs="+", default=[], help="truth.json of `make truth` with --ablate")
    options = parser.parse_args()
    if options.runs:
        DATA.write_bytes(msgspec.json.format(msgspec.json.encode(published(_read(options.runs), _read(options.pieces))), indent=1))
    told = msgspec.json.decode(DATA.read_bytes(), type=Published)
    for name, picture in charts(told).items():
        (HOME / name).write_text(picture, encoding="utf-8")
    PAGE.write_text(filled(PAGE.read_text(encoding="utf-8"), tables(told)), encoding="utf-8")


def published(runs: Sequence[Run], pieces: Sequence[Run]) -> Published:
    """What is told of all worlds, of groups of them, and of ways of deciding by group."""
    runs = [replace(run, scores=tuple(score for score in run.scores if score.method not in LEFT_OUT)) for run in runs]
    scores = [score for run in runs for score in run.scores]
    costs = [(run.world, cost) for run in runs for cost in run.costs]
    worlds = [row for row in figures(scores, costs) if row.outcome == ALL or _only(row, scores)]
    groups, ways = _grouped(runs), _grouped(pieces)
    told = [one for score in scores for one in score.half_lives]
    return Published(
        about={
            "seeds": {
                world: sorted({run.seed for run in runs if run.world == world}) for world in dict.fromkeys(run.world for run in runs)
            },
            "false moments": _wrong(scores),
        },
        tables=_tables(worlds, groups, ways),
        charts=_charts(worlds, groups, ways),
        half_lives=[(one.planted, *map(_digits, (one.estimate, one.low, one.high))) for one in told if one.estimate is not None],  # type: ignore[misc]
    )


def group_of(world: str) -> str:
    """The group of a world, by its name."""
    if world.startswith("null"):
        return "nothing true"
    if world.startswith("few") or any(f" {count} touchpoints" in world for count in (6, 10)):
        return "few touchpoints"
    return "half hidden" if "hidden" in world else "everything recorded"


def charts(told: Published) -> dict[str, str]:
    """The pictures by file name."""
    found = {f"known-truth-{name}.svg": dots(one.title, one.series, one.rows, target=one.target) for name, one in told.charts.items()}
    if told.half_lives:
        found["known-truth-lasting.svg"] = half_lives("Half-lives of what was rightly found", told.half_lives)
    return found


def tables(told: Published) -> dict[str, str]:
    """The tables of the page by the name of their place."""
    return {name: markdown(rows[0], rows[1:]) for name, rows in told.tables.items()}


def _charts(worlds: Sequence[Figure], groups: Sequence[Figure], ways: Sequence[Figure]) -> dict[str, Chart]:
    found = ("precision", "recall")
    return {
        "found": Chart(
            "What is found, in worlds in which everything is recorded",
            found,
            tuple(_found_row(row) for row in groups if row.world == GROUPS[0]),
            0.95,
        ),
        "worlds": Chart("Precision by world", (OWN[0], OWN[3]), tuple(_pairs(worlds, _precision, OWN[0], OWN[3])), 0.95),
        "held": Chart(
            "95 % intervals of presence without an effect that hold 0",
            ("calibrated", "raw"),
            tuple(_pairs(worlds, lambda row: _covered(row.null_presence), "momot", OWN[3])),
            0.95,
        ),
        "pieces": Chart(
            "Pieces of the calibration switched off, half of the confounding hidden",
            found,
            tuple(_found_row(row) for row in ways if row.world == GROUPS[1] and row.method.endswith((": moment", ": plain q"))),
            0.95,
        ),
    }


def _tables(worlds: Sequence[Figure], groups: Sequence[Figure], ways: Sequence[Figure]) -> dict[str, list[list[str]]]:
    own = [row for world in dict.fromkeys(row.world for row in worlds) for row in _of(worlds, world)]
    found = {
        "groups": _table(groups, leave=("outcome", "right labels", "half-life off by (held)", "CPU s", "MB", "× sees everything")),
        "worlds": _table(own, leave=("outcome",)),
        "rivals": _beside([row for row in worlds if row.method not in OWN]),
    }
    return found | ({"pieces": _ways(ways)} if ways else {})


def filled(page: str, given: dict[str, str]) -> str:
    """The page with its tables; each stands between `<!-- NAME -->` and `<!-- end -->`."""
    for name, table in given.items():
        begin = f"<!-- {name} -->\n"
        if begin in page:
            before, after = page.split(begin, 1)
            page = f"{before}{begin}\n{table}\n<!-- end -->{after.split('<!-- end -->', 1)[1]}"
    return page


def _read(paths: Iterable[Path]) -> list[Run]:
    return [run for path in paths for run in msgspec.json.decode(path.read_bytes(), type=_Runs).runs]


def _grouped(runs: Sequence[Run]) -> list[Figure]:
    """Figures of groups of worlds; each world and seed is one of the seeds of its group."""
    scores: list[Score] = []
    costs: list[tuple[str, Cost]] = []
    for number, run in enumerate(runs):
        group = group_of(run.world)
        scores += [replace(score, world=group, seed=number) for score in run.scores]
        costs += [(group, cost) for cost in run.costs]
    rows = [row for row in figures(scores, costs) if row.outcome == ALL or _only(row, scores)]
    return sorted(rows, key=lambda row: (GROUPS.index(row.world), OWN.index(row.method) if row.method in OWN else len(OWN)))


def _only(row: Figure, scores: Sequence[Score]) -> bool:
    """Whether this is the only outcome on which the method answers in its world."""
    return {score.outcome for score in scores if (score.world, score.method) == (row.world, row.method)} == {row.outcome}


def _digits(value: float | None) -> float | None:
    return None if value is None else float(f"{value:.3g}")


def _wrong(scores: Sequence[Score]) -> dict[str, list[str]]:
    """False moments by world: what was called a moment and changes nothing."""
    found: dict[str, list[str]] = {}
    for score in scores:
        if score.method == OWN[0] and score.false_moments:
            found.setdefault(score.world, []).extend(f"{score.seed} {score.outcome}: {moment}" for moment in score.false_moments)
    return found


def _ways(rows: Sequence[Figure]) -> list[list[str]]:
    """Ways of deciding by group: precision and recall by verdict and by q-value, how often anything is false, what intervals hold."""
    by = {(row.world, *row.method.rsplit(": ", 1)): row for row in rows}
    told = [f"{said}: precision / recall" for said in SAYINGS]
    lines = [["worlds", "way", *told, "seeds with a false moment", "presence holds: true, null"]]
    for world, way in dict.fromkeys((world, way) for world, way, _ in by):
        mine = {said: by[world, way, said] for said in SAYINGS if (world, way, said) in by}
        if len(mine) < len(SAYINGS):
            continue
        cells = [f"{_share(row.precision.value)} / {_share(row.recall.value)}" for row in mine.values()]
        held = ", ".join(_share(kind.coverage.value) for kind in (mine["by q"].true_presence, mine["by q"].null_presence))
        lines.append([world, way, *cells, str(mine["moment"].any_false), held])
    return lines


def _of(rows: Sequence[Figure], world: str) -> list[Figure]:
    mine = {row.method: row for row in rows if row.world == world}
    return [replace(mine[method], method=SAID.get(method, method)) for method in OWN if method in mine]


def _table(rows: Sequence[Figure], *, leave: tuple[str, ...]) -> list[list[str]]:
    kept = [place for place, name in enumerate(COLUMNS) if name not in leave]
    return [[COLUMNS[place] for place in kept], *([row[place] for place in kept] for row in table_rows(rows))]


def _beside(rows: Sequence[Figure]) -> list[list[str]]:
    """Worlds against rivals: precision and recall of each."""
    methods, worlds = (list(dict.fromkeys(getattr(row, name) for row in rows)) for name in ("method", "world"))
    cells = {(row.world, row.method): f"{_share(row.precision.value)} / {_share(row.recall.value)}" for row in rows}
    return [["world", *methods], *([world, *(cells.get((world, method), "-") for method in methods)] for world in worlds)]


def _share(value: float | None) -> str:
    return "-" if value is None else f"{value:.2f}"


def _found_row(row: Figure) -> Row:
    recall = Dot(_digits(row.recall.value), _digits(row.recall.error))
    return Row(SAID.get(row.method, row.method), (_precision(row), recall), f"{row.precision.of:,} found")


def _pairs(worlds: Sequence[Figure], value: Callable[[Figure], Dot], one: str, other: str) -> list[Row]:
    by = {(row.world, row.method): row for row in worlds}
    found = []
    for world in dict.fromkeys(row.world for row in worlds):
        pair = tuple(value(by[world, method]) if (world, method) in by else Dot(None) for method in (one, other))
        if any(dot.value is not None for dot in pair):
            found.append(Row(world, pair))
    return found


def _precision(row: Figure) -> Dot:
    return Dot(_digits(row.precision.value), _digits(row.precision.error))


def _covered(kind: Covered) -> Dot:
    return Dot(_digits(kind.coverage.value), _digits(kind.coverage.error))


if __name__ == "__main__":
    main()
