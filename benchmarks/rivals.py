"""`make bench-rivals`: momot beside the packages of others, on the same files in one run; equal results first, then times.

`follows`, what directly follows what: of a log (person, at, code, event) in the order of person and time, no two events of a person at one
time; Polars, pandas, pm4py, retentioneering. `markov`, credit by removal from a chain: of paths (path, converted, lost), touches with ">"
between them, at most the last 20; ChannelAttribution, do-attribution.

Each is a process of its own; reading the file is part of the task, starting the interpreter is not. A rival
that fails is said with its error.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import momot
from benchmarks import journeys
from momot.engine import literal

APART = Path(__file__).with_name("apart")
LONGEST = 600
NEAR = {"ChannelAttribution": 0.02}  # it simulates; the others have to agree to 1e-6
PACKAGES = {
    "follows": {
        "Polars": "follows_polars",
        "pandas": "follows_pandas",
        "pm4py": "follows_pm4py",
        "retentioneering": "follows_retentioneering",
    },
    "markov": {"ChannelAttribution": "markov_channel_attribution", "do-attribution": "markov_do_attribution"},
}
_LOG = """SELECT person_id AS person,
  make_timestamp(happened_at + row_number() OVER (PARTITION BY person_id, happened_at ORDER BY interaction_id) - 1) AS at,
  moment_id AS code, moment AS event FROM journeys JOIN moments USING (moment_id) ORDER BY person_id, happened_at, interaction_id"""
_PATHS = """WITH numbered AS (
  SELECT person_id, happened_at, interaction_id, moment, purchase,
         sum(CASE WHEN purchase THEN 1 ELSE 0 END) OVER (PARTITION BY person_id ORDER BY happened_at, interaction_id) AS bought,
         count(*) FILTER (purchase) OVER (PARTITION BY person_id) AS all_bought
  FROM journeys JOIN moments USING (moment_id)
), whole AS (
  SELECT string_agg(moment, '>' ORDER BY happened_at, interaction_id) AS path, bought < all_bought AS converts FROM (
    SELECT *, row_number() OVER (PARTITION BY person_id, bought ORDER BY happened_at DESC, interaction_id DESC) AS back
    FROM numbered WHERE NOT purchase
  ) WHERE back <= 20 GROUP BY person_id, bought, all_bought
)
SELECT path, count(*) FILTER (converts) AS converted, count(*) FILTER (NOT converts) AS lost FROM whole GROUP BY path ORDER BY path"""


@dataclass(frozen=True, slots=True)
class Told:
    """What one of them answered, and its cost; `error` instead where it failed."""

    answer: Mapping[str, float]
    took: Mapping[str, float]
    error: str | None = None


def write(folder: Path, interactions: int) -> dict[str, Path]:
    """The file of each task, from a built project of that size."""
    journeys.write(folder, interactions)
    built = momot.build(momot.open(folder))
    files = {"follows": folder / "given-log.parquet", "markov": folder / "given-paths.parquet"}
    with built.connect(memory_limit="8GB", spill=folder / "spill") as connection:
        for file, sql in zip(files.values(), (_LOG, _PATHS), strict=True):
            connection.execute(f"COPY ({sql}) TO {literal(file)} (FORMAT parquet)")
    return files


def ask(command: list[str], given: Path, answer: Path, runs: int) -> Told:
    """Run one program; its answer."""
    try:
        done = subprocess.run(
            [*command, str(given), str(answer), str(runs)], capture_output=True, text=True, timeout=LONGEST, check=False, env=os.environ
        )
    except subprocess.TimeoutExpired:
        return Told({}, {}, f"took more than {LONGEST} s")
    if done.returncode:
        said = [line for line in done.stderr.splitlines() if "Error" in line] or [f"ended with {done.returncode}"]
        return Told({}, {}, said[-1])
    told = json.loads(answer.read_text(encoding="utf-8"))
    return Told(told["answer"], told["took"])


def differs(own: Mapping[str, float], other: Mapping[str, float], near: float = 1e-6) -> float:
    """The largest difference between two answers by name; 0 where it is at most `near`."""
    largest = max((abs(own.get(name, 0.0) - other.get(name, 0.0)) for name in own.keys() | other.keys()), default=0.0)
    return largest if largest > near else 0.0


def coded(answer: Mapping[str, float], codes: Mapping[str, int]) -> dict[str, float]:
    """Pairs of names as pairs of codes; what is codes already stays."""
    return {">".join(str(codes.get(name, name)) for name in pair.split(">")): value for pair, value in answer.items()}


def task(name: str, given: Path, python: Path, codes: Mapping[str, int], runs: int) -> dict[str, Any]:
    """One task by all who know it: cost, times of momot's, and by how much the answer differs (which leaves the time unsaid)."""
    answer = given.with_suffix(".json")
    own = ask([sys.executable, "-m", "benchmarks.own", name], given, answer, runs)
    if own.error:
        raise RuntimeError(f"momot itself failed: {own.error}")
    found: dict[str, Any] = {"momot": dict(own.took)}
    for rival, program in PACKAGES[name].items():
        print(f"{name}: {rival}", file=sys.stderr, flush=True)
        told = ask([str(python), str(APART / f"{program}.py")], given, answer, runs)
        if told.error:
            found[rival] = {"error": told.error}
            continue
        answered = coded(told.answer, codes) if name == "follows" else told.answer
        apart = differs(own.answer, answered, NEAR.get(rival, 1e-6))
        found[rival] = {"differs": apart} if apart else dict(told.took) | {"times": round(told.took["seconds"] / own.took["seconds"], 1)}
    return found


def main() -> None:
    """Parse the command line, run, print."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.rivals", description=__doc__)
    parser.add_argument("--interactions", type=int, default=1_000_000)
    parser.add_argument("--folder", type=Path, default=Path("build/bench/rivals"))
    parser.add_argument("--python", type=Path, default=Path("build/bench-rivals/bin/python"), help="the rivals' interpreter")
    parser.add_argument("--runs", type=int, default=3)
    options = parser.parse_args()
    files = write(options.folder, options.interactions)
    with momot.build(momot.open(options.folder)).engine() as engine:
        codes = dict(engine.rows("SELECT moment, moment_id FROM moments"))
    found = {name: task(name, given, options.python.absolute(), codes, options.runs) for name, given in files.items()}
    text = json.dumps({"interactions": options.interactions, **found}, indent=1)
    (options.folder / "figures.json").write_text(text + "\n", encoding="utf-8")
    print(text)


if __name__ == "__main__":
    main()
