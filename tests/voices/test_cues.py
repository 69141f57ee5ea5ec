"""Cues: every table is well formed, gaps and openings hold, and nothing is found across sentences."""

from __future__ import annotations

import tomllib
from importlib import resources

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from momot.voices.cues import KINDS, cues, cues_fingerprint, languages_with_cues

SEEDS = ("en", "vi", "et", "cs", "id", "th", "pt", "es", "de", "fr", "it", "nl", "pl", "fi", "sv", "ru", "tr", "ja", "zh")


def test_every_table_is_well_formed():
    tables = tomllib.loads((resources.files("momot.voices") / "cues.toml").read_text("utf-8"))
    assert set(SEEDS) <= set(languages_with_cues())
    for language, table in tables.items():
        assert set(table) <= set(KINDS), language
        assert {"suggestion", "request", "question", "urgent", "complaint", "praise"} <= set(table), language
        for kind, held in table.items():
            for cue in held:
                assert cue == cue.lower(), (language, kind, cue)
                assert cue.strip(" ^…*"), (language, kind, cue)


def test_a_gap_is_at_most_four_words_within_a_sentence():
    assert "suggestion" in cues("en").found("it would be very very nice")
    assert "suggestion" not in cues("en").found("it would be")
    assert "suggestion" not in cues("en").found("that would be. nice")


def test_an_imperative_stands_where_a_sentence_or_a_part_of_one_begins():
    assert cues("en").found("Ask for a room at the back")["suggestion"] >= 1
    assert cues("en").found("if you go, ask for a room at the back")["suggestion"] >= 1
    assert "suggestion" not in cues("en").found("we had to ask for towels")


def test_a_stem_finds_its_endings():
    assert "urgent" in cues("en").found("unauthorised charges")
    assert "urgent" in cues("cs").found("to je podvodník")


def test_languages_without_spaces_are_searched_for_letters():
    assert cues("th").found("น่าจะมีที่จอดรถ")["suggestion"]
    assert cues("ja").found("ダークモードを追加してほしいです")["suggestion"]


def test_a_language_without_a_table_is_read_by_one_alike_or_by_english():
    assert cues("sk") is cues("cs")
    assert cues("xx") is cues("en")
    assert cues("und") is cues("en")


def test_the_fingerprint_is_stable():
    assert cues_fingerprint() == cues_fingerprint()
    assert len(cues_fingerprint()) == 16


@settings(max_examples=80, deadline=None)
@given(st.text(max_size=200), st.sampled_from([*SEEDS, "und"]))
def test_any_text_is_searched(text, language):
    assert set(cues(language).found(text)) <= set(KINDS)


@pytest.mark.parametrize("text", ["would be " * 50_000, "…" * 100_000, "please. " * 20_000, "a" * 1_000_000])
def test_long_texts_end(text):
    assert set(cues("en").found(text)) <= set(KINDS)
