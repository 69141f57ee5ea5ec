"""Whom a list is of: a closed grammar of the people and the texts behind a number, and its one written form, the fields of an address.

One frozen record a kind; the field `of` says which. What is written is read back as the same record, and nothing else is read.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Final, Literal, get_args

import msgspec
from msgspec import Meta, Struct

from momot.vocabulary.words import Stage

Went = Literal["", "badly", "neither", "well", "unknown"]
"""How a moment went, as its rows say; empty for whichever way."""
Glance = Literal["within 3 s", "3 to 7 s", "later", "nothing more"]
ReasonOf = Literal["pain_point", "praise", "suggestion"]
ListedFact = Literal[
    "research_share",
    "sources_consulted",
    "before_contact_share",
    "answer_hours",
    "promise_kept_share",
    "episode_days",
    "speaks_share",
    "advocates_share",
    "detractors_share",
    "review_share",
    "repurchase_share",
    "repurchase_within",
    "repurchase_days",
    "cycle_days",
    "payback_share",
    "payback_days",
]
"""Facts of journeys that are told of people, or of something that people have: the others have lists of their own kind."""
START: Final = "(start)"
END: Final = "(end)"
OTHERS: Final = "(others)"
"""In place of a moment: the journey had not begun, it was over, and all that are not shown by name."""

Name = Annotated[str, Meta(min_length=1, max_length=400)]
Word = Annotated[str, Meta(max_length=400)]
Month = Annotated[str, Meta(pattern=r"^[0-9]{4}-(0[1-9]|1[0-2])\Z")]
Since = Annotated[int, Meta(ge=0, le=1200)]


class _Kind(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag_field="of"):
    """One kind of list."""


class Met(_Kind, frozen=True, tag="met"):
    """Who met a moment; `went` and `level` narrow it to how."""

    moment: Name
    went: Went = ""
    level: Word = ""


class Used(_Kind, frozen=True, tag="touchpoint"):
    """Who met a touchpoint at any stage."""

    touchpoint: Name


class AtStage(_Kind, frozen=True, tag="stage"):
    """Who was at a stage at any time."""

    stage: Stage


class Through(_Kind, frozen=True, tag="through"):
    """Who came to a stage after all the stages before it."""

    stage: Stage


class Beside(_Kind, frozen=True, tag="beside"):
    """Who did `other` so many steps after a moment; before it where `steps` is negative."""

    moment: Name
    steps: Annotated[int, Meta(ge=-3, le=3)]
    other: Name


class Glanced(_Kind, frozen=True, tag="glance"):
    """Who stayed so long when they first stood in front of the offer, and went on to `then`."""

    group: Glance
    then: Word = ""


class Cohort(_Kind, frozen=True, tag="cohort"):
    """Whose first purchase was in a month."""

    month: Month


class Again(_Kind, frozen=True, tag="again"):
    """Who of a cohort bought again so many months later."""

    month: Month
    since: Since


class Counted(_Kind, frozen=True, tag="fact"):
    """Whom a fact of journeys is told of: `those` to whom it applies, or `all` of the denominator."""

    fact: ListedFact
    group: Word = ""
    who: Literal["those", "all"] = "those"


class AllTexts(_Kind, frozen=True, tag="texts"):
    """Every text."""


class Side(_Kind, frozen=True, tag="side"):
    """The texts that the reasons of one kind are mined from, of all voices or of one moment's."""

    kind: ReasonOf
    moment: Word = ""


class Gives(_Kind, frozen=True, tag="reason"):
    """The texts that give one reason."""

    kind: ReasonOf
    phrase: Name
    moment: Word = ""


class Speaks(_Kind, frozen=True, tag="theme"):
    """The texts that speak of a theme."""

    phrase: Name


People = Met | Used | AtStage | Through | Beside | Glanced | Cohort | Again | Counted
Texts = AllTexts | Side | Gives | Speaks
Whom = People | Texts


def written(whom: Whom) -> dict[str, str]:
    """The fields of an address that ask for it; what is at its default is left out."""
    told = msgspec.to_builtins(whom)
    return {name: str(value) for name, value in told.items() if value != ""}


def people(fields: Mapping[str, str]) -> People:
    """The people that these fields ask for. Raises ValueError for anything that `written` does not write."""
    found: People = _parsed(fields, People)
    if isinstance(found, Beside) and not found.steps:
        raise ValueError("a step is before or after a moment")
    return found


def texts(fields: Mapping[str, str]) -> Texts:
    """The texts that these fields ask for. Raises ValueError for anything that `written` does not write."""
    found: Texts = _parsed(fields, Texts)
    return found


def fields_of(union: object) -> tuple[str, ...]:
    """Every field that a kind of it may have, beside `of`."""
    return tuple(dict.fromkeys(name for kind in get_args(union) for name in kind.__struct_fields__))


def _kinds(union: object) -> dict[str, type[Struct]]:
    return {str(kind.__struct_config__.tag): kind for kind in get_args(union)}


PEOPLE_KINDS: Final = tuple(_kinds(People))
TEXTS_KINDS: Final = tuple(_kinds(Texts))


def _parsed(fields: Mapping[str, str], union: Any) -> Any:
    if fields.get("of", "") not in _kinds(union):
        raise ValueError(f"there are lists of {', '.join(_kinds(union))}")
    whole = {"steps", "since"}
    asked: dict[str, object] = {}
    for name, value in fields.items():
        asked[name] = int(value) if name in whole and len(value) < 6 and value.removeprefix("-").isdecimal() and value.isascii() else value
    try:
        return msgspec.convert(asked, type=union)
    except msgspec.ValidationError as error:
        raise ValueError(str(error)) from None
