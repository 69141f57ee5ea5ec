"""Two runs side by side: `python -m benchmarks.compare OLD NEW`. Ends with 1 where a ratio to the scan is more than 1.5 times the old one.

A run is the JSON of `python -m benchmarks` or `benchmarks/ratios.json`. Only ratios are compared: seconds are of a machine and an hour.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

MOST = 1.5
RATIOS = "ratios"


@dataclass(frozen=True, slots=True)
class Change:
    """One figure of both runs; None where a run does not have it."""

    name: str
    old: float | None
    new: float | None

    @property
    def factor(self) -> float | None:
        """How many times the old one the new one is."""
        return None if not self.old or self.new is None else self.new / self.old

    def slower(self, most: float = MOST) -> bool:
        """Whether the new one is more than `most` times the old one."""
        return self.factor is not None and self.factor > most


def changes(old: Mapping[str, Any], new: Mapping[str, Any]) -> list[Change]:
    """Every ratio to the scan of either run, by name. Raises ValueError where the runs have none in common."""
    before, after = dict(_ratios(old)), dict(_ratios(new))
    if not before.keys() & after.keys():
        raise ValueError("the two runs have no ratio in common: they are of different workloads")
    return [Change(name, before.get(name), after.get(name)) for name in sorted(before.keys() | after.keys())]


def lines(found: list[Change], most: float = MOST) -> Iterator[str]:
    """The table, a line a figure."""
    width = max(len(change.name) for change in found)
    for change in found:
        factor = "" if change.factor is None else f"{change.factor:5.2f} x"
        mark = f"  more than {most:g} x" if change.slower(most) else ""
        yield f"{change.name:{width}}  {_shown(change.old)}  {_shown(change.new)}  {factor}{mark}"


def _shown(ratio: float | None) -> str:
    return "      -" if ratio is None else f"{ratio:7.1f}"


def _ratios(run: Mapping[str, Any], place: str = "") -> Iterator[tuple[str, float]]:
    """The entries of every `ratios`, wherever it stands, by the name of its workload and its own."""
    for name, value in run.items():
        if name == RATIOS and isinstance(value, Mapping):
            yield from ((f"{place}{step}", float(ratio)) for step, ratio in value.items())
        elif isinstance(value, Mapping):
            yield from _ratios(value, f"{place}{name}: ")


def main() -> None:
    """Parse the command line, compare, print."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.compare", description=__doc__)
    parser.add_argument("old", type=Path)
    parser.add_argument("new", type=Path)
    parser.add_argument("--most", type=float, default=MOST, help="a ratio may grow by this factor (default: 1.5)")
    options = parser.parse_args()
    old, new = (json.loads(path.read_text(encoding="utf-8")) for path in (options.old, options.new))
    found = changes(old, new)
    print("\n".join(lines(found, options.most)))
    sys.exit(any(change.slower(options.most) for change in found))


if __name__ == "__main__":
    main()
