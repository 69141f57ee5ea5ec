"""What each piece of the calibration is worth: the same raw estimates decided on again with one piece switched off at a time.

Each way is scored like a method of its own, by its q-value, its verdicts and its intervals. Raw estimates are kept in the world's folder,
so that a second look takes seconds.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from dataclasses import fields, replace
from pathlib import Path
from typing import Any

import momot
from benchmarks.truth.answers import Answer, momot_answers
from benchmarks.truth.asked import RAW, Cost, ask
from benchmarks.truth.raw import Raw, read
from benchmarks.truth.run import Run
from benchmarks.truth.scores import score
from benchmarks.truth.truths import read_truth, renamed
from benchmarks.truth.uncalibrated import uncalibrated

WAYS: dict[str, dict[str, Any]] = {
    "everything": {},
    "no calibration": {"null": "none"},
    "median and MAD": {"null": "median"},
    "each outcome alone": {"together": False},
    "no graded null": {"graded": False},
    "no veto": {"second": False},
    "no rule of few": {"few": False},
    "controls not declared": {"controls": False},
}
READ_BY = {"momot": "by q", "momot, moment": "moment", "momot, moment or likely": "moment or likely"}


def ablate(folder: Path, *, name: str, say: Callable[[str], None]) -> Run:
    """Decide on one world in every way. Pieces that the estimator does not have (yet) are left out."""
    begun = time.perf_counter()
    raw = read(folder / RAW)
    if raw is None:
        say(f"{name}: estimated")
        ask(folder)
        raw = read(folder / RAW)
    if raw is None:
        raise RuntimeError(f"{folder}: nothing was kept to decide on")
    project = momot.open(folder)
    smallest = {outcome.name: outcome.smallest_effect or 0.0 for outcome in project.file.outcomes}
    scores, costs = [], []
    for way, document, seconds in _decided(raw):
        truth = replace(renamed(read_truth(folder), document["findings"]), world=name)
        costs.append(Cost(way, seconds, seconds))
        known = {question["outcome"] for question in document["questions"]} & set(truth.outcomes)
        for answer in _answers(way, document):
            scores += [
                score(answer, truth, outcome, smallest_effect=smallest.get(outcome, 0.0)) for outcome in truth.outcomes if outcome in known
            ]
    say(f"{name} {truth.seed}: decided on in {len(costs)} ways")
    return Run(name, truth.seed, tuple(scores), (), time.perf_counter() - begun, tuple(costs))


def _decided(raw: Raw) -> Iterator[tuple[str, dict[str, Any], float]]:
    from momot.effects.calibration import Options

    pieces = {field.name for field in fields(Options)}
    for way, changed in WAYS.items():
        if set(changed) <= pieces:
            begun = time.process_time()
            findings = raw.decided(options=Options(**changed))
            yield way, json.loads(findings.to_json()), time.process_time() - begun


def _answers(way: str, document: dict[str, Any]) -> list[Answer]:
    """Of each way what counts as found by the q-value and by the verdict; of no calibration also the plain rule."""
    read_by = {answer.method: answer for answer in momot_answers(document)}
    found = [replace(read_by[method], method=f"{way}: {said}") for method, said in READ_BY.items()]
    return [*found, replace(uncalibrated(document), method=f"{way}: plain q")] if way == "no calibration" else found
