"""The machine contract of journeys, `momot.journey/1`: what `momot journey --format json` prints. Frozen values; nothing here reads data.

A fact that can't be told has no number but a rule and a reason; a number has its denominator and its interval.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final, Literal

import msgspec
from msgspec import Struct, field

from momot.vocabulary import AbsentRule, FactName, JourneyPart, Stage

if TYPE_CHECKING:
    import pyarrow as pa

SCHEMA: Final = "momot.journey/1"
FILE: Final = "journey.json"

Unit = Literal["share", "days", "hours", "sources"]
Of = Literal["buyers", "people", "interactions", "questions", "promises", "episodes", "cycles"]
Method = Literal["wilson", "wilson by person", "t", "kaplan-meier"]


class Absent(Struct, frozen=True, kw_only=True):
    """Why a fact has no number."""

    rule: AbsentRule
    reason: str


class Fact(Struct, frozen=True, kw_only=True):
    """One number about journeys, with its 95 % interval. `value` and `absent`: exactly one of the two is set."""

    id: FactName
    group: str | None = None  # `week 1`, `2024-03`, `within 3 s`, `1 to 2`, `30 days`; None: the fact has one number
    next: str | None = None  # the moment that followed; None in all facts but `first_impression_next`
    part: JourneyPart
    title: str
    value: float | None = None
    low: float | None = None  # None: the records don't bound it on this side
    high: float | None = None
    unit: Unit
    of: Of
    n: int  # the denominator: how many of them the number is about
    count: int | None = None  # of a share: to how many it applies
    method: Method | None = None
    absent: Absent | None = None


class AtStage(Struct, frozen=True, kw_only=True):
    """How many people were at a stage at any time."""

    stage: Stage
    people: int


class Journey(Struct, frozen=True, kw_only=True):
    """All facts of one build. Employees are left out of everything but their number."""

    schema: Literal["momot.journey/1"] = SCHEMA
    momot: str
    project: str
    build: str
    timezone: str
    from_: str | None = field(name="from")  # first and last local day that is looked at, ISO
    to: str | None
    people: int
    employees: int
    buyers: int
    purchases: int
    interactions: int
    purchase: tuple[str, ...]  # the activities that are a purchase
    stages: tuple[AtStage, ...] = ()  # those that occur, in their order
    facts: tuple[Fact, ...]

    def __getitem__(self, name: str) -> Fact:
        """The fact of that id that has one number; `"first_impression/later"` names a group. Raises QuestionError."""
        from momot.errors import QuestionError, did_you_mean

        known = {f"{fact.id}/{fact.group}" if fact.group else fact.id: fact for fact in reversed(self.facts)}
        if name not in known:
            raise QuestionError(f"there is no fact '{name}'.{did_you_mean(name, known)}")
        return known[name]

    def to_json(self, *, indent: int | None = None) -> str:
        """The contract as JSON."""
        text = msgspec.json.encode(self)
        return (msgspec.json.format(text, indent=indent) if indent else text).decode()

    def to_arrow(self) -> pa.Table:
        """One row a fact and group, as in the CSV: one that can't be told has no number, but `absent` and `reason`."""
        from momot.journeys.tabular import to_arrow

        return to_arrow(self)

    @classmethod
    def from_json(cls, text: str | bytes) -> Journey:
        """The journey that `to_json` wrote. Raises DataError for anything else."""
        from momot.errors import DataError

        try:
            return msgspec.json.decode(text, type=cls)
        except msgspec.MsgspecError as error:
            raise DataError(f"This is not a journey of momot: {error}.") from error


class Step(Struct, frozen=True, kw_only=True):
    """One step of a funnel. `share` is of the people of the first step, `onward` of those of the step before, each with its interval."""

    name: str
    met: int  # people who did this at any time
    people: int  # who did it after all the steps before
    share: float | None
    low: float | None
    high: float | None
    onward: float | None
    onward_low: float | None
    onward_high: float | None
    days: float | None  # median since the step before, of those who came so far
    days_low: float | None
    days_high: float | None


class Funnel(Struct, frozen=True, kw_only=True):
    """How many people go through steps in their order."""

    schema: Literal["momot.journey.funnel/1"] = "momot.journey.funnel/1"
    project: str
    build: str
    people: int  # under observation, employees left out
    steps: tuple[Step, ...]

    def to_arrow(self) -> pa.Table:
        """One row a step."""
        from momot.journeys.tabular import to_arrow

        return to_arrow(self)


class Flow(Struct, frozen=True, kw_only=True):
    """What stands some steps before or after a moment, and how often. `step` is negative before."""

    step: int
    moment: str  # a moment; `(start)` and `(end)` where the journey had not begun or was over; `(7 others)`
    times: int
    share: float


class Edge(Struct, frozen=True, kw_only=True):
    """How often one moment came right after another. `from` is `(start)` and `to` is `(end)` at the ends of a journey."""

    from_: str = field(name="from")
    to: str
    times: int


class Paths(Struct, frozen=True, kw_only=True):
    """Directly-follows counts: of all moments (`edges`, complete), and around one of them (`flows`, at most eight a step and the rest)."""

    schema: Literal["momot.journey.paths/1"] = "momot.journey.paths/1"
    project: str
    build: str
    moment: str | None
    times: int  # how often the moment happened; without one, how many journeys there are
    flows: tuple[Flow, ...]
    edges: tuple[Edge, ...]

    def to_arrow(self) -> pa.Table:
        """Of one moment one row a step and moment before or after (`other`), else one row a pair that follows each other."""
        from momot.journeys.tabular import to_arrow

        return to_arrow(self)


class Cell(Struct, frozen=True, kw_only=True):
    """Who bought again so many months after the month of the first purchase, of those observed to the end of that month."""

    since: int
    n: int
    count: int
    share: float
    low: float
    high: float


class Cohort(Struct, frozen=True, kw_only=True):
    """Buyers by the local month of their first purchase. Months that are not over for anybody of it have no cell."""

    month: str
    size: int
    cells: tuple[Cell, ...]


class Cohorts(Struct, frozen=True, kw_only=True):
    """All cohorts, the earliest first."""

    schema: Literal["momot.journey.cohorts/1"] = "momot.journey.cohorts/1"
    project: str
    build: str
    cohorts: tuple[Cohort, ...]

    def to_arrow(self) -> pa.Table:
        """One row a cohort and month since."""
        from momot.journeys.tabular import to_arrow

        return to_arrow(self)


class Event(Struct, frozen=True, kw_only=True):
    """One interaction or opinion of a person. `at` is local time with its offset, ISO."""

    at: str
    kind: Literal["interaction", "opinion"]
    moment: str  # of an opinion: the instrument
    stage: str | None
    activity: str | None
    channel: str | None
    quality: str | None
    level: str | None
    subject: str | None
    value: float | None  # money in whole units; of an opinion: the answer
    purchase: bool
    occurrence: int | None
    session: int | None
    cycle: int | None


class Timeline(Struct, frozen=True, kw_only=True):
    """All that is known of one person, in the order in which it was lived."""

    schema: Literal["momot.journey.person/1"] = "momot.journey.person/1"
    project: str
    build: str
    timezone: str
    currency: str | None
    person: str
    ids: tuple[str, ...]  # all ids that are this person, as given
    is_employee: bool
    purchases: int
    events: tuple[Event, ...]

    def to_arrow(self) -> pa.Table:
        """One row an interaction or opinion, in the order lived."""
        from momot.journeys.tabular import to_arrow

        return to_arrow(self)


def json_schema() -> dict[str, Any]:
    """JSON Schema (2020-12) of `momot.journey/1`."""
    (reference,), components = msgspec.json.schema_components([Journey], ref_template="#/$defs/{name}")
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": SCHEMA,
        "description": "What `momot journey --format json` prints.",
        **reference,
        "$defs": components,
    }


def schema_text() -> str:
    """The schema as the published file holds it, `docs/reference/journey.schema.json`."""
    return json.dumps(json_schema(), indent=2, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    print(schema_text(), end="")
