"""Who answers: of everybody that could be asked, how many gave the opinion, and whether that depends on how it went (EFFECTS.md 1.5).

Whom the sources asked in vain they do not say: everybody with a subject, or every person, counts as asked.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from momot.designs.columns import read_column
from momot.designs.drawn import draw
from momot.designs.frame import Floats
from momot.designs.outcomes import scored
from momot.designs.period import ALWAYS, Period
from momot.designs.question import instrument_scale
from momot.designs.steps import PACKAGE
from momot.engine import Engine, literal, step
from momot.engine.arrays import integers
from momot.project.schema import Outcome, ProjectFile
from momot.stats.linear import coefficients
from momot.stats.shares import share_difference, wilson
from momot.vocabulary.records import Answering, Check, Response

Flags = npt.NDArray[np.bool_]

LEAST_ASKED = 30
"""On either side of a comparison."""
LEAST_PROPENSITY = 0.05
"""A propensity to answer counts as at least that: nobody may stand for more than twenty."""
DIFFERS, SURE = 0.1, 0.01
"""Difference of two shares of answers, and its p-value, from which on a finding wants a look."""


@dataclass(frozen=True, slots=True)
class Asked:
    """Everybody (n,): whether they answered, what (NaN where not), and by touchpoint who met it badly and who otherwise."""

    answered: Flags
    value: Floats
    bad: dict[str, Flags]
    otherwise: dict[str, Flags]


def response_of(
    engine: Engine, question: str, outcome: Outcome, project: ProjectFile, *, per: str, period: Period = ALWAYS
) -> Response | None:
    """The report on one opinion; None where the outcome is no opinion, or nobody could be asked."""
    if outcome.opinion is None:
        return None
    asked = read(engine, outcome, project, per=per, period=period)
    return report(question, outcome.opinion, "people" if per == "person" else "episodes", asked) if len(asked.answered) else None


def read(engine: Engine, outcome: Outcome, project: ProjectFile, *, per: str, period: Period = ALWAYS) -> Asked:
    """Everybody that could be asked, by id; of very many a draw.

    Of a period: the subjects that began in it, or the people who met anything in it and what they met and answered in it.
    """
    ids = {"id": "person_id", "source": "people", "started": "observed_from"}
    if per == "subject":
        ids = {"id": "subject_id", "source": "subjects", "started": "started_at"}
    drawn = draw(int(engine.row(f"SELECT count(*) FROM {ids['source']}")[0])).sql(f"e.{ids['id']}")
    chosen = chosen_of(period, project.timezone, per)
    table = engine.arrow(step(PACKAGE, "response", instrument=literal(outcome.opinion), drawn=drawn, **ids, **chosen))
    names = dict(engine.rows("SELECT touchpoint_id, touchpoint FROM touchpoints"))
    entity, first, place = np.unique(integers(table["id"]), return_index=True, return_inverse=True)
    value = read_column("value", table["value"]).values[first]
    answered = ~np.isnan(value)
    value[answered] = scored(outcome, value[answered], instrument_scale(outcome, project))
    touchpoint, bad = read_column("touchpoint", table["touchpoint_id"]).values, read_column("bad", table["bad"]).values
    badly: dict[str, Flags] = {}
    otherwise: dict[str, Flags] = {}
    for number in np.unique(touchpoint[~np.isnan(touchpoint)]):
        for found, way in ((badly, 1.0), (otherwise, 0.0)):
            flags = np.zeros(len(entity), dtype=np.bool_)
            flags[place[(touchpoint == number) & (bad == way)]] = True
            found[str(names[int(number)])] = flags
    return Asked(answered, value, badly, otherwise)


def chosen_of(period: Period, zone: str, per: str) -> dict[str, str]:
    """SQL of the step `response`: who of everybody, which answers and which touches are of the period."""
    if per == "subject":
        return {"chosen": period.instants_sql("e.started_at", zone), "told": "true", "met": "true"}
    met = period.instants_sql("happened_at", zone)
    who = f"e.person_id IN (SELECT person_id FROM interactions WHERE {met})" if period else "true"
    return {"chosen": who, "told": period.instants_sql("given_at", zone), "met": period.instants_sql("i.happened_at", zone)}


def report(question: str, instrument: str, of: str, asked: Asked) -> Response:
    """Counts, shares, and means among those who answered: as they are, and weighted for who of everybody answers."""
    n, answered = len(asked.answered), int(asked.answered.sum())
    low, high = wilson(answered, n)
    told = asked.value[asked.answered]
    weight = 1.0 / propensity(asked)[asked.answered]
    by = [_answering(name, asked.answered, asked.bad[name], asked.otherwise[name]) for name in sorted(asked.bad)]
    return Response(
        question=question,
        instrument=instrument,
        of="people" if of == "people" else "episodes",
        asked=n,
        answered=answered,
        share=answered / n,
        low=low,
        high=high,
        mean=float(told.mean()) if answered else None,
        weighted_mean=float(np.average(told, weights=weight)) if answered else None,
        by=tuple(one for one in by if one is not None),
    )


def propensity(asked: Asked) -> Floats:
    """How likely each is to answer (n,), by a linear regression on what they met and how it went, at least .05."""
    columns = [flags.astype(np.float64) for found in (asked.bad, asked.otherwise) for flags in found.values()]
    answered = asked.answered.astype(np.float64)
    if not columns:
        return np.full(len(answered), max(float(answered.mean()), LEAST_PROPENSITY))
    about = np.column_stack(columns)
    about -= about.mean(axis=0)
    gram = about.T @ about
    slopes = coefficients(gram, (about.T @ (answered - answered.mean()))[:, None], np.diag(gram))
    expected: Floats = answered.mean() + about @ slopes[:, 0]
    return np.asarray(np.clip(expected, LEAST_PROPENSITY, 1.0))


def _answering(name: str, answered: Flags, bad: Flags, otherwise: Flags) -> Answering | None:
    n, n_otherwise = int(bad.sum()), int(otherwise.sum())
    if min(n, n_otherwise) < LEAST_ASKED:
        return None
    mine, theirs = int(answered[bad].sum()), int(answered[otherwise].sum())
    found = share_difference(mine, n, theirs, n_otherwise)
    return Answering(
        touchpoint=name,
        n=n,
        n_otherwise=n_otherwise,
        share=mine / n,
        share_otherwise=theirs / n_otherwise,
        low=found.low,
        high=found.high,
        p_value=found.p_value,
    )


def checks(response: Response | None, touchpoint: str | None = None) -> tuple[Check, ...]:
    """Whether answering depends on how one touchpoint went, or on how the touchpoints went for which it depends on most (None)."""
    by: Sequence[Answering] = () if response is None else response.by
    told = [one for one in by if touchpoint is None or one.touchpoint == touchpoint]
    if response is None or not told:
        return ()
    worst = max(told, key=lambda one: (abs(one.share - one.share_otherwise), one.touchpoint))
    gap = worst.share - worst.share_otherwise
    message = (
        f"Of those for whom {worst.touchpoint} went badly {worst.share:.0%} answered, of the others who met it {worst.share_otherwise:.0%}."
    )
    if abs(gap) < DIFFERS or worst.p_value >= SURE:
        return (Check(name="response", status="pass", value=gap, limit=DIFFERS, message=message),)
    return (
        Check(
            name="response",
            status="review",
            value=gap,
            limit=DIFFERS,
            message=f"{message} Where answering depends on the opinion too, the difference is that among those who answered.",
            fix="Ask those who do not answer in another way, or more of them.",
        ),
    )
