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
from benchmarks.truth.scores import HalfLife, Score
from benchmarks.truth.tables import COLUMNS, markdown, table_rows

HOME = Path("docs/explanation")
PAGE, DATA = HOME / "known-truth.md", HOME / "known-truth.json"
GROUPS = ("everything recorded", "half hidden", "few touchpoints", "nothing true")
OWN = ("momot, moment", "momot, moment or likely", "momot", "same regression, uncalibrated")
SAYINGS = ("moment", "moment or likely", "by q")
LEFT_OUT = frozenset({"momot, any claim"})
SAID = {"momot": "momot, by q-value"}


class Published(msgspec.Struct, frozen=True):
    """What the page is made of: worlds one by one, groups of worlds, and ways of deciding by group."""

    about: dict[str, Any]
    worlds: tuple[Figure, ...]
    groups: tuple[Figure, ...]
    pieces: tuple[Figure, ...] = ()
    half_lives: tuple[HalfLife, ...] = ()


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
        DATA.write_bytes(msgspec.json.format(msgspec.json.encode(published(_read(options.runs), _read(options.pieces))), indent=0))
    told = msgspec.json.decode(DATA.read_bytes(), type=Published)
    for name, picture in charts(told).items():
        (HOME / name).write_text(picture, encoding="utf-8")
    PAGE.write_text(filled(PAGE.read_text(encoding="utf-8"), tables(told)), encoding="utf-8")


def published(runs: Sequence[Run], pieces: Sequence[Run]) -> Published:
    """The figures of all worlds and of groups of them; of ways of deciding by group only."""
    runs = [replace(run, scores=tuple(score for score in run.scores if score.method not in LEFT_OUT)) for run in runs]
    scores = [score for run in runs for score in run.scores]
    costs = [(run.world, cost) for run in runs for cost in run.costs]
    worlds = [row for row in figures(scores, costs) if row.outcome == ALL or _only(row, scores)]
    seeds = {world: sorted({run.seed for run in runs if run.world == world}) for world in dict.fromkeys(run.world for run in runs)}
    return Published(
        about={"seeds": seeds, "wrong": _wrong(scores)},
        worlds=tuple(map(_short, worlds)),
        groups=tuple(map(_short, _grouped(runs))),
        pieces=tuple(map(_short, _grouped(pieces))),
        half_lives=tuple(one for score in scores for one in score.half_lives),
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
    found = {
        "known-truth-found.svg": dots(
            "Of what is found, what is true; of what is true, what is found: worlds in which everything is recorded",
            ("precision", "recall"),
            [_found_row(row) for row in told.groups if row.world == GROUPS[0]],
            target=0.95,
        ),
        "known-truth-worlds.svg": dots(
            "Precision by world", ("momot, moment", "same regression, uncalibrated"), _pairs(told, _precision, OWN[0], OWN[3]), target=0.95
        ),
        "known-truth-held.svg": dots(
            "95 % intervals of presence without an effect that hold 0, by world",
            ("calibrated", "raw"),
            _pairs(told, lambda row: _covered(row.null_presence), "momot", OWN[3]),
            target=0.95,
        ),
    }
    pairs = [(one.planted, one.estimate, one.low, one.high) for one in told.half_lives if one.estimate is not None]
    if pairs:
        found["known-truth-lasting.svg"] = half_lives("Half-lives of what was rightly found", pairs)
    ways = [row for row in told.pieces if row.world == GROUPS[1]]
    if ways:
        title = "Pieces of the calibration switched off, half of the confounding hidden"
        found["known-truth-pieces.svg"] = dots(title, ("precision", "recall"), [_found_row(row) for row in ways])
    return found


def tables(told: Published) -> dict[str, str]:
    """The tables of the page by the name of their place."""
    own = [row for world in dict.fromkeys(row.world for row in told.worlds) for row in _of(told.worlds, world)]
    found = {
        "groups": _table(told.groups, leave=("outcome", "right labels", "half-life off by (held)", "CPU s", "MB", "× sees everything")),
        "worlds": _table(own, leave=("outcome",)),
        "rivals": _beside([row for row in told.worlds if row.method not in OWN]),
    }
    return found | ({"pieces": _ways(told.pieces)} if told.pieces else {})


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


def _short(row: Figure) -> Figure:
    """With as many digits as are read."""
    return msgspec.convert(_rounded(msgspec.to_builtins(row)), type=Figure)


def _rounded(value: Any) -> Any:
    if isinstance(value, float):
        return float(f"{value:.4g}")
    if isinstance(value, dict):
        return {key: _rounded(one) for key, one in value.items()}
    return [_rounded(one) for one in value] if isinstance(value, list | tuple) else value


def _wrong(scores: Sequence[Score]) -> dict[str, list[str]]:
    """False moments by world: what was called a moment and changes nothing."""
    found: dict[str, list[str]] = {}
    for score in scores:
        if score.method == OWN[0] and score.false_moments:
            found.setdefault(score.world, []).extend(f"{score.seed} {score.outcome}: {moment}" for moment in score.false_moments)
    return found


def _ways(rows: Sequence[Figure]) -> str:
    """Ways of deciding by group: precision and recall by verdict and by q-value, how often anything is false, what intervals hold."""
    by = {(row.world, *row.method.rsplit(": ", 1)): row for row in rows}
    head = (
        "worlds",
        "way",
        *(f"{said}: precision / recall" for said in SAYINGS),
        "seeds with a false moment",
        "presence holds: true, null",
    )
    lines = ["| " + " | ".join(head) + " |", "| --- | --- " + "| ---: " * (len(head) - 2) + "|"]
    for world, way in dict.fromkeys((world, way) for world, way, _ in by):
        mine = {said: by[world, way, said] for said in SAYINGS if (world, way, said) in by}
        cells = [f"{_share(row.precision.value)} / {_share(row.recall.value)}" for row in mine.values()]
        held = ", ".join(_share(kind.coverage.value) for kind in (mine["by q"].true_presence, mine["by q"].null_presence))
        lines.append("| " + " | ".join([world, way, *cells, str(mine["moment"].any_false), held]) + " |")
    return "\n".join(lines) + "\n"


def _of(rows: Sequence[Figure], world: str) -> list[Figure]:
    mine = {row.method: row for row in rows if row.world == world}
    return [replace(mine[method], method=SAID.get(method, method)) for method in OWN if method in mine]


def _table(rows: Sequence[Figure], *, leave: tuple[str, ...]) -> str:
    kept = [place for place, name in enumerate(COLUMNS) if name not in leave]
    return markdown([COLUMNS[place] for place in kept], [[row[place] for place in kept] for row in table_rows(rows)])


def _beside(rows: Sequence[Figure]) -> str:
    """Worlds against rivals: precision and recall of each."""
    methods, worlds = (list(dict.fromkeys(getattr(row, name) for row in rows)) for name in ("method", "world"))
    cells = {(row.world, row.method): f"{_share(row.precision.value)} / {_share(row.recall.value)}" for row in rows}
    head = ("world", *methods)
    lines = ["| " + " | ".join(head) + " |", "| --- " + "| ---: " * len(methods) + "|"]
    lines += ["| " + " | ".join([world, *(cells.get((world, method), "-") for method in methods)]) + " |" for world in worlds]
    return "\n".join(lines) + "\n"


def _share(value: float | None) -> str:
    return "-" if value is None else f"{value:.2f}"


def _found_row(row: Figure) -> Row:
    method = SAID.get(row.method, row.method)
    return Row(
        method, (Dot(row.precision.value, row.precision.error), Dot(row.recall.value, row.recall.error)), f"{row.precision.of:,} found"
    )


def _pairs(told: Published, value: Callable[[Figure], Dot], one: str, other: str) -> list[Row]:
    by = {(row.world, row.method): row for row in told.worlds}
    found = []
    for world in dict.fromkeys(row.world for row in told.worlds):
        pair = tuple(value(by[world, method]) if (world, method) in by else Dot(None) for method in (one, other))
        if any(dot.value is not None for dot in pair):
            found.append(Row(world, pair))
    return found


def _precision(row: Figure) -> Dot:
    return Dot(row.precision.value, row.precision.error)


def _covered(kind: Covered) -> Dot:
    return Dot(kind.coverage.value, kind.coverage.error)


if __name__ == "__main__":
    main()
