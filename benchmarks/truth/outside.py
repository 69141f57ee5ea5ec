"""Rivals that are packages of others, as programs of an environment of their own (`make truth-rivals`); absent where that is not made."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.truth.answers import DISCOVERY_RATE, Answer, Said
from benchmarks.truth.asked import Cost
from benchmarks.truth.paths import Paths
from benchmarks.truth.rows import Rows
from benchmarks.truth.truths import Contrast, Moment
from momot.stats.discovery import benjamini_hochberg

HOME = Path("build/rivals")
DOUBLE_ML, SHAPLEY = "DoubleML with LightGBM", "Shapley, told how many"
LONGEST = 3_600
ONE_THREAD = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")


def python(home: Path = HOME) -> Path | None:
    """The interpreter of the rivals' environment; None where there is none."""
    found = home / ("Scripts/python.exe" if sys.platform == "win32" else "bin/python")
    return found.absolute() if found.exists() else None


def double_ml(outcome: str, rows: Rows, interpreter: Path) -> tuple[Answer, Cost]:
    """Each moment's presence in a partially linear model; found at momot's false discovery rate."""
    _, unit = np.unique(rows.unit, return_inverse=True)
    arrays = {"known": rows.known.astype(np.float32), "met": rows.met.astype(np.int8), "outcome": rows.outcome, "unit": unit}
    told, cost = _run("double_ml.py", arrays, interpreter, DOUBLE_ML)
    moments: list[Moment] = [(outcome, rows.moments[int(place)]) for place in told]
    effects: dict[Contrast, Said] = {
        (*moment, "presence", "met", "not met"): Said(estimate, low, high)
        for moment, (estimate, low, high, _) in zip(moments, told.values(), strict=True)
    }
    q = benjamini_hochberg(np.array([p for *_, p in told.values()]))
    found = frozenset(moment for moment, value in zip(moments, q.tolist(), strict=True) if value <= DISCOVERY_RATE)
    return Answer(DOUBLE_ML, frozenset({outcome}), frozenset(moments), found, effects), cost


def shapley(outcome: str, paths: Paths, true: int, interpreter: Path) -> tuple[Answer, Cost]:
    """The moments with the most credit, as many as are true."""
    arrays = {"moment": paths.moment, "starts": paths.starts, "converted": paths.converted.astype(np.int8)}
    told, cost = _run("shapley.py", arrays, interpreter, SHAPLEY)
    credit = {paths.names[int(place)]: value for place, value in told.items()}
    best = sorted(credit, key=lambda moment: (-credit[moment], moment))[:true]
    tested, found = (frozenset((outcome, moment) for moment in moments) for moments in (paths.names, best))
    return Answer(SHAPLEY, frozenset({outcome}), tested, found), cost


def _run(program: str, arrays: dict[str, Any], interpreter: Path, method: str) -> tuple[dict[str, Any], Cost]:
    with tempfile.TemporaryDirectory(prefix="momot-rival-") as folder:
        given, answer = Path(folder) / "given.npz", Path(folder) / "answer.json"
        np.savez(given, **arrays)
        command = [str(interpreter), str(Path(__file__).parent / "apart" / program), str(given), str(answer)]
        environment = {key: value for key, value in os.environ.items() if key != "PYTHONPATH"} | ONE_THREAD
        begun = time.perf_counter()
        ended = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=LONGEST, check=False)
        if ended.returncode:
            raise RuntimeError(f"{method} failed: {ended.stderr[-2000:]}")
        told = json.loads(answer.read_text(encoding="utf-8"))
        took = told.pop("took")
        return told, replace(Cost(method, time.perf_counter() - begun, took["cpu_seconds"]), peak_mb=took["peak_mb"])
