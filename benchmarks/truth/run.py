"""One world and seed from nothing to scores: made, built, asked, answered by rivals, held against the truth."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import momot
from benchmarks.truth import outside
from benchmarks.truth.answers import Answer, momot_answers
from benchmarks.truth.asked import Cost, ask, timed
from benchmarks.truth.episode_records import episode_records
from benchmarks.truth.oracle import METHOD as SEES
from benchmarks.truth.oracle import oracle_answers
from benchmarks.truth.panel_records import panel_records, read_days
from benchmarks.truth.records import Records
from benchmarks.truth.rivals import drivers, last_touch, markov, unadjusted
from benchmarks.truth.rows import rows_of
from benchmarks.truth.scores import Score, matters, score
from benchmarks.truth.truths import Truth, read_truth, renamed
from benchmarks.truth.uncalibrated import METHOD as UNCALIBRATED
from benchmarks.truth.uncalibrated import uncalibrated
from benchmarks.truth.variants import Variant
from momot.designs import asks, design
from momot.engine import DuckEngine
from momot.vocabulary.records import Unanswerable

Say = Callable[[str], None]
BY = {"segments": ("region",)}
"""Worlds whose segments are asked about."""
LEARNED_FIRST = ("purchase", "churn")


@dataclass(frozen=True, slots=True)
class Run:
    """All scores of one world and seed, what momot could not answer, how long building and asking took, and what each method took."""

    world: str
    seed: int
    scores: tuple[Score, ...]
    unanswerable: tuple[str, ...]
    seconds: float
    costs: tuple[Cost, ...] = ()
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Beside:
    """Who answers beside momot: rivals, packages of others, and the regression that sees everything, which takes as long as the others.

    `learned`: the number of outcomes, purchase or churn first, on which DoubleML answers, on at most `rows` rows each.
    """

    rivals: bool
    oracle: bool
    outside: bool = False
    learned: int = 1
    rows: int = 40_000


def run_world(
    variant: Variant,
    seed: int,
    *,
    knobs: dict[str, Any],
    beside: Beside,
    say: Say,
    keep: Path | None = None,
    work: Callable[..., Run] | None = None,
) -> Run:
    """Make the world in a folder of its own, answer it, and remove it again; with `keep` it is left there, and used again.

    `work` is done on the folder instead of an answer by everybody.
    """
    from momot.worlds import make

    with _folder(keep and keep / f"{variant.folder}-{seed}") as folder:
        if not (folder / "truth.json").exists():
            say(f"{variant.name} {seed}: made")
            make(variant.world, folder, seed=seed, **variant.knobbed(**({} if variant.world == "orders" else knobs)))
        if work is not None:
            return work(folder, name=variant.name, say=say)
        by = BY.get(variant.world, ())
        return run_folder(folder, name=variant.name, beside=beside, say=say, by=by)


def run_folder(folder: Path, *, name: str, beside: Beside, say: Say, by: tuple[str, ...] = ()) -> Run:
    """Answer a world that is there, whoever made it; the truth is opened last. `name`: what it is called in the figures."""
    project = momot.open(folder)
    document, cost = ask(folder, by=by)
    truth = replace(renamed(read_truth(folder), document["findings"]), world=name)
    say(f"{truth.world} {truth.seed}: answered in {cost.seconds:.0f} s")
    smallest = {question["outcome"]: question["smallest_effect"] or 0.0 for question in document["questions"]}
    smallest |= {outcome.name: outcome.smallest_effect or 0.0 for outcome in project.file.outcomes}
    known = {ask.id for ask in asks(project.file, None)}
    answers = {one.method: one for one in [*momot_answers(document), uncalibrated(document)]}
    costs, scores = [cost, replace(cost, method=UNCALIBRATED)], []
    oracle, took = timed(SEES, lambda: oracle_answers(folder) if beside.oracle else {})
    costs += [took] if oracle else []
    outcomes = [outcome for outcome in truth.outcomes if outcome in known]
    learned = sorted(outcomes, key=lambda outcome: (outcome not in LEARNED_FIRST, outcome))[: beside.learned]
    for outcome in outcomes:
        least, seen = smallest.get(outcome, 0.0), oracle.get(outcome)
        others = _rivals(project, truth, outcome, least, beside, learns=outcome in learned) if beside.rivals else []
        costs += [spent for _, spent in others]
        every = [*answers.values(), *(answer for answer, _ in others), *([seen] if seen else [])]
        scores += [score(answer, truth, outcome, smallest_effect=least, beside=seen) for answer in every]
    notes = tuple(f"truth.json tells of '{outcome}', which momot.toml does not ask" for outcome in truth.outcomes if outcome not in known)
    unanswerable = tuple(f"{row['question']}: {row['rule']}" for row in document["unanswerable"])
    return Run(truth.world, truth.seed, tuple(scores), unanswerable, cost.seconds, _added(costs), notes)


def _rivals(
    project: momot.Project, truth: Truth, outcome: str, smallest: float, beside: Beside, *, learns: bool
) -> list[tuple[Answer, Cost]]:
    built = momot.build(project)
    records = _records(project, built, truth, outcome)
    if records is None:
        return []
    known = len(matters(truth, outcome, smallest))
    contrasts = [key for key in truth.effects if key[0] == outcome]
    own = [
        ("unadjusted difference", lambda: unadjusted(records, contrasts)),
        ("logistic drivers", lambda: drivers(records)),
        ("last touch, told how many", lambda: last_touch(records, known)),
        ("Markov, told how many", lambda: markov(records, known)),
    ]
    found = [(answer, cost) for answer, cost in (timed(name, given) for name, given in own) if answer is not None]
    interpreter = outside.python() if beside.outside else None
    if interpreter is None:
        return found
    if records.paths is not None:
        found.append(outside.shapley(outcome, records.paths, known, interpreter))
    if learns:
        with built.engine() as engine:
            (designed,) = design(asks(project.file, [outcome]), project.file, engine)
            if not isinstance(designed, Unanswerable):
                found.append(outside.double_ml(outcome, rows_of(designed, most=beside.rows), interpreter))
    return found


def _records(project: momot.Project, built: Any, truth: Truth, outcome: str) -> Records | None:
    moments = frozenset(moment for name, moment in truth.moments if name == outcome)
    with built.connect() as connection:
        (wanted,) = asks(project.file, [outcome])
        if wanted.design == "panel" and wanted.outcome is not None:
            days = read_days(connection, moments, per=wanted.outcome.per)
            return panel_records(connection, project.file, wanted.outcome, days)
        (designed,) = design([wanted], project.file, DuckEngine(connection))
    return None if isinstance(designed, Unanswerable) else episode_records(outcome, designed.frame)


def _added(costs: list[Cost]) -> tuple[Cost, ...]:
    """What each method took over all outcomes; memory is that of the largest."""
    found: dict[str, Cost] = {}
    for cost in costs:
        so_far = found.get(cost.method, Cost(cost.method, 0.0, 0.0))
        peaks = [peak for peak in (so_far.peak_mb, cost.peak_mb) if peak is not None]
        found[cost.method] = Cost(
            cost.method, so_far.seconds + cost.seconds, so_far.cpu_seconds + cost.cpu_seconds, max(peaks, default=None)
        )
    return tuple(found.values())


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
