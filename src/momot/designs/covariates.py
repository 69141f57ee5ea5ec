"""L of an episode: what was known of the order and of the person when it began, and what only claims to have been."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from momot.designs.columns import Column, read_column
from momot.designs.doubts import of_all
from momot.designs.frame import Covariate, Floats
from momot.designs.leaks import Suspect, Times, refuse
from momot.designs.outcomes import When
from momot.designs.question import Ask
from momot.designs.steps import run
from momot.designs.touches import FirstTimes
from momot.engine import Engine, identifier
from momot.engine import names as names_in
from momot.engine.arrays import integers
from momot.vocabulary.records import Check, Refused

HISTORY_SHARE = 0.01


@dataclass(frozen=True, slots=True)
class Known:
    """What was known when the episode began, and the columns that turned out to be consequences."""

    covariates: tuple[Covariate, ...]
    conditions: tuple[Column, ...]
    refused: tuple[Refused, ...]
    first_at: FirstTimes
    checks: tuple[Check, ...]  # doubts about values that adjust


def known_before(engine: Engine, when: When, values: Floats, ask: Ask, *, first_at: FirstTimes) -> Known:
    """The columns of the subjects, sorted into confounders, conditions and refused ones; unmapped ones are only looked at for leaks."""
    mentioned = _mentioned(ask)
    names = [name for name in engine.columns("subjects") if "." in name and name not in mentioned]
    columns: dict[str, Column] = {}
    if names:
        selected = ", ".join(f"s.{identifier(name)}" for name in names)
        table = engine.arrow(f"SELECT {selected} FROM units u JOIN subjects s ON s.subject_id = u.subject_id ORDER BY u.unit")
        columns = {name: read_column(name.split(".", 1)[1], table[name]) for name in names}
    labels = dict(engine.rows("SELECT touchpoint_id, touchpoint FROM touchpoints"))
    events = tuple((str(labels.get(touchpoint, touchpoint)), at) for touchpoint, at in first_at.at.items())
    times = Times(outcome_at=when.outcome_at, started_at=when.started_at, events=events, every=first_at.every)
    source = "[[subjects]]"
    undatable = bool(np.isnan(when.outcome_at).all())
    suspects = [Suspect(source, column, mapped=not name.startswith("other."), undatable=undatable) for name, column in columns.items()]
    refused = refuse(suspects, outcome=values, question=ask.id, times=times)
    out = {refusal.column for refusal in refused}
    kept = {name: column for name, column in columns.items() if column.name not in out}
    return Known(
        covariates=tuple(column.covariate() for name, column in kept.items() if name.startswith("before.")),
        conditions=tuple(column for name, column in kept.items() if name.startswith("condition.")),
        refused=refused,
        first_at=first_at,
        checks=of_all(column for name, column in kept.items() if name.startswith("before.")),
    )


def _mentioned(ask: Ask) -> frozenset[str]:
    """Unmapped columns of the subjects that the outcome is made of: no suspects, as they are what is asked about."""
    outcome = ask.outcome
    texts = () if outcome is None else (outcome.value, outcome.at, outcome.where)
    return frozenset(f"other.{name}" for text in texts if isinstance(text, str) for name in names_in(text))


def calendar(when: When) -> tuple[Covariate, ...]:
    """The month in which the episode began."""
    known = ~np.isnan(when.started_at)
    if not known.any():
        return ()
    days = np.where(known, when.started_at, 0).astype("datetime64[D]")
    months, codes = np.unique(days.astype("datetime64[M]")[known], return_inverse=True)
    values = np.full(len(days), np.nan)
    values[known] = codes
    return (Covariate(name="month", values=values, categories=tuple(str(month) for month in months)),)


def history(engine: Engine, units: int, *, instrument: str | None) -> tuple[Covariate, ...]:
    """Earlier episodes of the person and their last opinion (by `instrument`, or any) before this one began, where people come back."""
    table = run(engine, "episode_history", instrument=instrument)
    earlier, last = np.zeros(units), np.full(units, np.nan)
    position = integers(table["unit"])
    earlier[position] = read_column("earlier", table["earlier"]).values
    last[position] = read_column("last_opinion", table["last_opinion"]).values
    found = []
    if (earlier > 0).mean() >= HISTORY_SHARE:
        found.append(Covariate(name="earlier episodes", values=np.log1p(earlier)))
    if (~np.isnan(last)).mean() >= HISTORY_SHARE:
        found.append(Covariate(name="last opinion", values=last))
    return tuple(found)
