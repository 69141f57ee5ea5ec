"""The texts behind a number: those that give a reason, speak of a theme or are on one side, masked, a page of them at a time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from momot.engine import Engine
from momot.errors import QuestionError, did_you_mean
from momot.project.schema import ProjectFile
from momot.reasons.explain import sides_of
from momot.reasons.heard import Heard
from momot.reasons.mined import mine_behind
from momot.reasons.themes import themes_behind
from momot.vocabulary.whom import AllTexts, Side, Speaks, Texts
from momot.voices.encoder import Encoder
from momot.voices.mask import masked

MOST: Final = 30
"""Texts of one page."""


class Text(Struct, frozen=True, kw_only=True):
    """One text, masked. `side` is -1 bad, 0 neither, 1 good; `value` the opinion that came with it, where one did."""

    number: int  # place in the list, from 1
    text: str
    language: str
    on: str  # ISO date, UTC
    side: int
    value: float | None


class Spoken(Struct, frozen=True, kw_only=True):
    """A page of texts, the latest first, and how many there are in all, of how many people."""

    texts: int
    people: int
    held: int  # of these so many can be looked at
    drawn: int  # of so many texts these are those that were drawn by chance; 0: of all
    unit: str  # of `value`
    page: tuple[Text, ...]


@dataclass(frozen=True, slots=True)
class Places:
    """The places of texts in what was heard, the latest first, and of how many people they are."""

    places: NDArray[np.int64]
    texts: int
    people: int


def places_behind(project: ProjectFile, engine: Engine, heard: Heard, whom: Texts, *, encoder: Encoder | None = None) -> Places:
    """Where the texts of a list stand. Raises QuestionError for a moment, reason or theme that there is not."""
    said, ignore = heard.said, project.voices.ignore
    if isinstance(whom, AllTexts):
        people = len(np.unique(said.persons[heard.known]))
        return Places(_latest(heard, np.arange(len(said))), heard.total, people)
    if isinstance(whom, Speaks):
        themes = {theme.phrase: places for theme, places in themes_behind(said, encoder=encoder, ignore=ignore)}
        return _of(heard, _named(themes, whom.phrase, "theme"))
    side, other = sides_of(engine, heard, whom.moment).of[whom.kind] if whom.moment else (None, None)
    behind = mine_behind(said, whom.kind, encoder=encoder, ignore=ignore, side=side, other=other)
    if isinstance(whom, Side):
        return _of(heard, behind.side)
    given = {reason.phrase: places for reason, places in zip(behind.mined.reasons, behind.given, strict=True)}
    return _of(heard, _named(given, whom.phrase, "reason"))


def page_of(heard: Heard, found: Places, *, start: int = 0, most: int = MOST) -> Spoken:
    """A page of these texts, from place `start` on."""
    return Spoken(
        texts=found.texts,
        people=found.people,
        held=len(found.places),
        drawn=heard.total if heard.total > len(heard.said) else 0,
        unit=heard.unit,
        page=tuple(_text(heard, start + at, place) for at, place in enumerate(found.places[start : start + most].tolist(), 1)),
    )


def _text(heard: Heard, number: int, place: int) -> Text:
    said = heard.said
    value = float(said.value[place])
    return Text(
        number=number,
        text=masked(said.texts[place]),
        language=said.languages[place],
        on=str(said.at[place].astype("datetime64[us]").astype("datetime64[D]")),
        side=int(said.side[place]),
        value=None if np.isnan(value) or heard.unit == "valence" else value,
    )


def _of(heard: Heard, places: NDArray[np.int64]) -> Places:
    return Places(_latest(heard, places), len(places), len(np.unique(heard.said.persons[places])))


def _latest(heard: Heard, places: NDArray[np.int64]) -> NDArray[np.int64]:
    return places[np.lexsort((heard.ids[places], -heard.said.at[places]))]


def _named(found: dict[str, NDArray[np.int64]], phrase: str, what: str) -> NDArray[np.int64]:
    if phrase not in found:
        known: Sequence[str] = tuple(found)
        raise QuestionError(f"there is no {what} '{phrase}'.{did_you_mean(phrase, known)}")
    return found[phrase]
