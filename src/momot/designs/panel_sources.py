"""What a panel follows: for each outcome where it is counted, how far ahead, and who can have it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from momot.designs.question import Ask, unanswerable
from momot.designs.steps import PACKAGE
from momot.engine import Engine, literal, step
from momot.project.schema import Outcome
from momot.vocabulary import QUALITIES
from momot.vocabulary.records import Unanswerable

LEAST_RETURNING = 50
OPINION_DAYS = 30.0
"""How far ahead an answer is looked for where the project does not say: an answer much later speaks of other things."""


@dataclass(frozen=True, slots=True)
class Stream:
    """Something that is counted day by day: an activity, of one quality or any; without an activity the purchases."""

    name: str
    activity: int | None
    quality: int | None = None

    @property
    def condition(self) -> str:
        """SQL: whether an interaction j belongs to it."""
        if self.activity is None:
            return "j.purchase"
        return f"j.activity_id = {self.activity}" + ("" if self.quality is None else f" AND j.quality = {self.quality}")


PURCHASES = Stream("purchases", None)


@dataclass(frozen=True, slots=True)
class Source:
    """One outcome of a panel. `stream` counts it, or `answers` (an instrument, or a fact's name) holds dated values.

    `eligible`: who can have it did this before. `horizons` are days, the main one first.
    """

    ask: Ask
    outcome: Outcome
    horizons: tuple[float, ...]
    stream: Stream | None
    eligible: Stream | None = None

    @property
    def answers(self) -> str | None:
        """The instrument or fact that holds its values; None where it is counted."""
        return None if self.stream is not None else self.outcome.opinion or self.outcome.name


def unit_sql(per: str) -> str:
    """SQL: the unit of an interaction j of a person p."""
    return "coalesce(j.account_id, p.account_id)" if per == "account" else "j.person_id"


def source_of(ask: Ask, outcome: Outcome, engine: Engine) -> Source | Unanswerable:
    """Where the outcome of a question comes from, or why these data can't answer it."""
    horizons = tuple(dict.fromkeys([*([outcome.within_days] if outcome.within_days else []), *outcome.horizons_days]))
    if outcome.from_ is not None and outcome.at is None:
        reason = f"[outcomes.{outcome.name}] says no `at`: nobody knows whether a person's fact came after a touch."
        return unanswerable(ask, "no_follow_up", reason)
    if outcome.activity is None:
        return Source(ask, outcome, horizons or (OPINION_DAYS,), None)
    if not horizons:
        return unanswerable(ask, "no_follow_up", f"[outcomes.{outcome.name}] says no `within`: how long is each person followed?")
    quality = None if outcome.quality is None else QUALITIES.index(outcome.quality) - 1
    activity = _activity(engine, outcome.activity)
    if activity is None:
        return unanswerable(ask, "no_follow_up", f"The activity '{outcome.activity}' never happened.")
    name = outcome.activity if quality is None else f"{outcome.quality} {outcome.activity}"
    stream = Stream(name, activity, quality)
    eligible = None
    if outcome.eligible is not None:
        before = _activity(engine, outcome.eligible)
        if before is None:
            return unanswerable(ask, "no_follow_up", f"The activity '{outcome.eligible}' never happened, so nobody is eligible.")
        eligible = Stream(outcome.eligible, before)
    missing = _repeats(ask, outcome, stream, engine)
    return missing or Source(ask, outcome, horizons, stream, eligible)


def _activity(engine: Engine, name: str) -> int | None:
    found = engine.rows(f"SELECT activity_id FROM activities WHERE activity = {literal(name)}")
    return int(found[0][0]) if found else None


def _repeats(ask: Ask, outcome: Outcome, stream: Stream, engine: Engine) -> Unanswerable | None:
    """Whether it happened often enough after people were first seen: nobody can be followed to what only ever comes first."""
    sql = step(PACKAGE, "panel_repeats", unit=unit_sql(outcome.per), activity=literal(stream.activity), quality=literal(stream.quality))
    units, again, later = map(int, engine.row(sql))
    if later >= LEAST_RETURNING:
        return None
    people = "accounts" if outcome.per == "account" else "people"
    if again == later:  # each is first seen with it
        reason = f"{again:,} of {units:,} {people} did '{outcome.activity}' more than once"
        return unanswerable(ask, "no_repeat", f"{reason}; at least {LEAST_RETURNING} are needed to say what brings them back.")
    reason = f"{later:,} {people} did '{outcome.activity}' after the day on which they were first seen"
    return unanswerable(ask, "too_few_units", f"{reason}; at least {LEAST_RETURNING} are needed.")


def streams_of(sources: Sequence[Source]) -> tuple[Stream, ...]:
    """Every stream that outcomes, eligibility and history need, each once; purchases are always among them."""
    wanted = [stream for source in sources for stream in (source.stream, source.eligible) if stream is not None]
    return tuple(dict.fromkeys([*wanted, PURCHASES]))
