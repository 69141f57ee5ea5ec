"""Whom a fact of journeys is told of, as rows of what the build keeps of each person: its denominator, and those to whom it applies."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from momot.build import Build
from momot.engine import Engine, literal, step
from momot.errors import QuestionError
from momot.journeys.contract import FILE, Journey
from momot.journeys.facts import ADVOCATE, DETRACTOR
from momot.journeys.lives import FOLDER, KEPT, PACKAGE, Sources, live_through, watch
from momot.journeys.measure import followed, scores_sql
from momot.vocabulary.whom import Counted, ListedFact

_TINY = 1e-9  # scores are shares of a scale


def register_lives(build: Build, engine: Engine) -> None:
    """The tables that the facts were told from: as the build keeps them, else made anew; and who is under observation."""
    if all((build.folder / FOLDER / f"{name}.parquet").is_file() for name in KEPT):
        for name in KEPT:
            engine.view(name, f"SELECT * FROM read_parquet({literal(build.folder / FOLDER / f'{name}.parquet')})")
        watch(engine, journeys="journeys", people="people", opinions="opinions")
        return
    kinds = "(SELECT DISTINCT touchpoint_id, activity_id, coalesce(channel_id, -1) AS channel_id FROM journeys)"
    names = ("people", "subjects", "opinions", "touchpoints", "activities", "channels", "moments")
    live_through(engine, Sources(journeys=build.parts(engine, "journeys"), kinds=kinds, **{name: name for name in names}), None)


def _people_of(condition: str) -> str:
    return f"SELECT l.person_id, 1 AS times FROM lives l WHERE {condition}"


def _times_of(column: str) -> str:
    return f"SELECT l.person_id, CAST(l.{column} AS BIGINT) AS times FROM lives l WHERE l.{column} > 0"


def _buyers(_: str) -> str:
    return _people_of("l.bought_1 IS NOT NULL")


_ANSWERED = f"FROM {followed('answers')} a WHERE a.asked_at IS NOT NULL"
_DURED = f"FROM {followed('durations')} d WHERE d.started_at IS NOT NULL"
_SCORES: Final = "voiced"
Make = Callable[[str], str]
"""SQL (person_id, times) of those of a fact; the argument is its group."""


def _cycle(group: str) -> str:
    """Of `1 to 2`: who made the first of the two."""
    first = group.partition(" ")[0]
    if first not in ("1", "2", "3", "4"):
        raise QuestionError("there is no such cycle.")
    return _people_of(f"l.bought_{first} IS NOT NULL")


def _paybacks(condition: str) -> Make:
    def of(group: str) -> str:
        year, _, month = group.partition("-")
        if not (year.isdecimal() and month.isdecimal() and len(group) == 7):
            raise QuestionError("there is no such month.")
        day = "(DATE '1970-01-01' + r.bought_on)"
        return (
            f"SELECT r.person_id, 1 AS times FROM {followed('paybacks')} r WHERE r.bought_1 IS NOT NULL AND {condition} "
            f"AND year{day} = {int(year)} AND month{day} = {int(month)}"
        )

    return of


def _scored(condition: str) -> Make:
    return lambda _: f"SELECT v.person_id, 1 AS times FROM {_SCORES} v WHERE v.score IS NOT NULL AND {condition}"


def _plain(text: str) -> Make:
    return lambda _: text


_ALL: Mapping[ListedFact, Make] = {
    "research_share": _buyers,
    "sources_consulted": _buyers,
    "before_contact_share": _plain(_people_of("l.steps_before > 0")),
    "answer_hours": _plain(f"SELECT a.person_id, count(*) AS times {_ANSWERED} GROUP BY a.person_id"),
    "promise_kept_share": _plain(_times_of("promises")),
    "episode_days": _plain(f"SELECT d.person_id, count(*) AS times {_DURED} GROUP BY d.person_id"),
    "speaks_share": _buyers,
    "advocates_share": _scored("true"),
    "detractors_share": _scored("true"),
    "review_share": _plain(_times_of("research")),
    "repurchase_share": _buyers,
    "repurchase_within": _buyers,
    "repurchase_days": _buyers,
    "cycle_days": _cycle,
    "payback_share": _paybacks("true"),
    "payback_days": _paybacks("true"),
}
"""Whom each fact is told of: its denominator."""
_THOSE: Mapping[ListedFact, Make] = {
    "research_share": _plain(_people_of("l.research_before > 0")),
    "promise_kept_share": _plain(_times_of("promises_kept")),
    "speaks_share": _plain(_people_of("l.spoken_after > 0")),
    "advocates_share": _scored(f"v.score >= {ADVOCATE - _TINY}"),
    "detractors_share": _scored(f"v.score <= {DETRACTOR + _TINY}"),
    "review_share": _plain(_times_of("reviews")),
    "repurchase_share": _plain(_people_of("l.bought_2 IS NOT NULL")),
    "payback_share": _paybacks("r.paid_at IS NOT NULL"),
}
"""To whom it applies: of the facts that count."""
COUNTING: Final = frozenset(_THOSE)


def choose_counted(build: Build, engine: Engine, whom: Counted) -> str:
    """SQL (person_id, times) of the people of a fact. Raises QuestionError where it has none such."""
    made = (_THOSE if whom.who == "those" else _ALL).get(whom.fact)
    if made is None:
        raise QuestionError(f"{whom.fact.replace('_', ' ')} counts nobody to whom it applies: it is told of all of them.")
    register_lives(build, engine)
    if whom.fact == "episode_days":
        engine.table("durations", step(PACKAGE, "durations", subjects="subjects"))
    if whom.fact in ("advocates_share", "detractors_share"):
        bought = bool(Journey.from_json((build.folder / FILE).read_bytes()).purchase)
        engine.table(_SCORES, scores_sql("opinions", bought=bought))
    return made(whom.group)
