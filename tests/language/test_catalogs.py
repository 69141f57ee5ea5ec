"""Catalogs: every message in every language, with the values of the English, and nothing that nobody says."""

from __future__ import annotations

import io
import string
from functools import cache

import pytest
from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po

from momot.language import LANGUAGES
from momot.language.catalog import catalog_text
from tests.language.messages import CATALOGS, Messages, all_messages

FOREIGN = [code for code in LANGUAGES if code != "en"]


@cache
def messages() -> Messages:
    return all_messages()


@cache
def catalog(code: str) -> Catalog:
    return read_po(io.BytesIO(catalog_text(code).encode()), locale=code)


def names(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}


def words(text: str) -> str:
    """What is left of a message without its values: `Run {number}` is one word, and a loan may be the same."""
    return "".join(text for text, _, _, _ in string.Formatter().parse(text)).strip()


def test_the_languages_are_those_with_a_catalog() -> None:
    assert sorted(path.stem for path in CATALOGS.glob("*.po")) == sorted(FOREIGN)


def test_the_code_is_read_as_it_speaks() -> None:
    """The list is found in the code; what is known to be said, in whatever way, is on it."""
    found = messages()
    assert {"Makes", "Moment of truth", "Skip to the findings", "how it went {location} on average, give or take {spread}"} <= found.singles
    assert {"No research", "Came before the outcome", "bad", "opinion", "review site"} - found.singles == {"No research"}
    assert {("{n} person", "{n} people"), ("{time} day ({low} to {high})", "{time} days ({low} to {high})")} <= found.plurals
    assert len(found.singles) > 500


@pytest.mark.parametrize("code", FOREIGN)
def test_every_message_has_a_translation(code: str) -> None:
    known = {message.id: message for message in catalog(code) if message.id}
    lacking = [one for one in messages().singles if not (one in known and known[one].string)]
    lacking += [str(one) for one in messages().plurals if not (one in known and all(known[one].string))]  # type: ignore[arg-type]
    assert lacking == []
    assert not any(message.fuzzy for message in known.values())


@pytest.mark.parametrize("code", FOREIGN)
def test_nothing_is_translated_that_nobody_says(code: str) -> None:
    said = messages().singles | messages().plurals
    assert [message.id for message in catalog(code) if message.id and message.id not in said] == []


@pytest.mark.parametrize("code", FOREIGN)
def test_a_translation_has_the_values_of_the_english(code: str) -> None:
    for message in catalog(code):
        if not message.id:
            continue
        forms = [message.string] if isinstance(message.string, str) else list(message.string or ())
        english = [message.id] if isinstance(message.id, str) else list(message.id)
        wanted = set.union(*(names(text) for text in english))
        for form in forms:
            assert names(form) == wanted, message.id


@pytest.mark.parametrize("code", FOREIGN)
def test_a_language_has_all_its_plural_forms_and_is_not_english(code: str) -> None:
    found = catalog(code)
    plural = [message for message in found if isinstance(message.id, tuple)]
    assert plural
    assert {len(message.string or ()) for message in plural} == {found.num_plurals}
    same = [message.id for message in found if isinstance(message.id, str) and message.id == message.string and len(words(message.id)) > 10]
    assert same == []
