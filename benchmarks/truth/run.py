"""One world and seed from nothing to scores: made, built, asked, answered by rivals, held against the truth."""

from __future__ import annotations

import json
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import momot
from benchmarks.truth.answers import Answer, momot_answers
from benchmarks.truth.episode_records import episode_records
from benchmarks.truth.oracle import oracle_answers
from benchmarks.truth.panel_records import panel_records, read_days
from benchmarks.truth.records import Records
from benchmarks.truth.rivals import drivers, last_touch, unadjusted
from benchmarks.truth.scores import Score, matters, score
from benchmarks.truth.truths import Truth, read_truth, renamed
from momot.designs import asks, design
from momot.vocabulary.records import Unanswerable

Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Run:
    """All scores of one world and seed, what momot could not answer, and how long building and asking took."""

    world: str
    seed: int
    scores: tuple[Score, ...]
    unanswerable: tuple[str, ...]
    seconds: float


@dataclass(frozen=True, slots=True)
class Beside:
    """Who answers beside momot: rivals, and the regression that sees everything, which takes as long as all others together."""

    rivals: bool
    oracle: bool


def run_world(name: str, seed: int, *, knobs: dict[str, Any], beside: Beside, say: Say, keep: Path | None = None) -> Run:
    """Make the world `name` in a folder of its own, answer it, and remove it again; with `keep` it is left there, and used again."""
    from momot.worlds import make

    with _folder(keep and keep / f"{name}-{seed}") as folder:
        if not (folder / "truth.json").exists():
            say(f"{name} {seed}: made")
            make(name, folder, seed=seed, **knobs)
        hidden = f", {knobs['hidden']:.0%} hidden".replace("%", " %") if knobs.get("hidden") else ""
        return run_folder(folder, name=name + hidden, beside=beside, say=say)


def run_folder(folder: Path, *, name: str, beside: Beside, say: Say) -> Run:
    """Answer a world that is there, whoever made it; the truth is opened last. `name`: what it is called in the figures."""
    project = momot.open(folder)
    begun = time.perf_counter()
    built = momot.build(project)
    document = json.loads(momot.find_moments(project).to_json())
    seconds = time.perf_counter() - begun
    truth = replace(renamed(read_truth(folder), {row["touchpoint"]: row["moment"] for row in document["findings"]}), world=name)
    say(f"{truth.world} {truth.seed}: answered in {seconds:.0f} s")
    (folder / "findings.json").write_text(json.dumps(document), encoding="utf-8")
    smallest = {question["outcome"]: question["smallest_effect"] or 0.0 for question in document["questions"]}
    smallest |= {outcome.name: outcome.smallest_effect or 0.0 for outcome in project.file.outcomes}
    scores = []
    answers = momot_answers(document)
    oracle = oracle_answers(folder) if beside.oracle else {}
    for outcome in truth.outcomes:
        scores += [score(answer, truth, outcome, smallest_effect=smallest.get(outcome, 0.0)) for answer in answers]
        others = _rivals(project, built, truth, outcome, smallest.get(outcome, 0.0)) if beside.rivals else []
        others += [oracle[outcome]] if outcome in oracle else []
        scores += [score(answer, truth, outcome, smallest_effect=smallest.get(outcome, 0.0)) for answer in others]
    unanswerable = tuple(f"{row['question']}: {row['rule']}" for row in document["unanswerable"])
    return Run(truth.world, truth.seed, tuple(scores), unanswerable, seconds)


def _rivals(project: momot.Project, built: Any, truth: Truth, outcome: str, smallest: float) -> list[Answer]:
    records = _records(project, built, truth, outcome)
    if records is None:
        return []
    known = matters(truth, outcome, smallest)
    credit = last_touch(records, len(known))
    contrasts = [key for key in truth.effects if key[0] == outcome]
    return [unadjusted(records, contrasts), drivers(records), *([credit] if credit else [])]


def _records(project: momot.Project, built: Any, truth: Truth, outcome: str) -> Records | None:
    moments = frozenset(moment for name, moment in truth.moments if name == outcome)
    with built.connect() as connection:
        (ask,) = asks(project.file, [outcome])
        if ask.design == "panel" and ask.outcome is not None:
            days = read_days(connection, moments, per=ask.outcome.per)
            return panel_records(connection, project.file, ask.outcome, days)
        (designed,) = design([ask], project.file, connection)
    return None if isinstance(designed, Unanswerable) else episode_records(outcome, designed.frame)


@contextmanager
def _folder(keep: Path | None) -> Iterator[Path]:
    if keep is not None:
        keep.mkdir(parents=True, exist_ok=True)
        yield keep
        return
    folder = Path(tempfile.mkdtemp(prefix="momot-world-"))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
