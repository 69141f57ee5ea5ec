"""Texts as models read them, whatever comes in."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from momot.voices.normalise import LIMIT, normalised, sentences
from momot.voices.words import stop_words, words

CLEANED = {
    "Hello <b>world</b><script>alert(1)</script>!": "Hello world !",
    "&lt;script&gt;alert(1)&lt;/script&gt;late": "late",
    "one<br>two<p>three": "one\ntwo\nthree",
    "I <3 this & that": "I <3 this & that",
    "de\u200bliv\u00adered \u202eon time": "delivered on time",
    "cafe\u0301": "café",
    "a\ud83d\ude00b\ud800": "a😀b",
    " \t a \n\n  b ": "a\nb",
    "\x00\x07ok\x1b": "ok",
    "": "",
}
SPLIT = {
    ("The app didn't work, @momot www.x.com", "en"): ["the", "app", "didn't", "work"],
    ("Giao hàng chậm quá", "vi"): ["giao", "hàng", "chậm", "quá"],
    ("ส่งช้ามาก ไม่ประทับใจ", "th"): ["ส่ง", "ช้า", "มาก", "ไม่", "ประทับ", "ใจ"],
    ("L’été d'or", "fr"): ["l'été", "d'or"],
    ("配送が遅い", "ja"): None,
    ("👍👍 !!", "und"): [],
}


@pytest.mark.parametrize("text", CLEANED)
def test_markup_and_the_invisible_are_gone(text: str) -> None:
    assert normalised(text) == CLEANED[text]


@given(st.text(alphabet=st.characters(exclude_categories=[]), max_size=300))
def test_whatever_comes_in_can_be_encoded_and_stays_as_it_is(text: str) -> None:
    once = normalised(text)
    once.encode()
    assert normalised(once) == once
    assert unicodedata.is_normalized("NFC", once)
    assert all(one.strip() for one in sentences(once, "th"))
    assert all(words(once, "th")) or not words(once, "th")


@given(st.lists(st.sampled_from(["<", ">", "b", "script", "/", "&", "amp;", "lt;", "gt;", "#60;", " ", "!--", "-->"]), max_size=25))
def test_markup_in_pieces_stays_as_it_is(pieces: list[str]) -> None:
    once = normalised("".join(pieces))
    assert normalised(once) == once
    assert "<script" not in once.lower().replace(" ", "") or "<script>" not in once.lower()


def test_a_long_text_is_read_at_both_ends() -> None:
    text = normalised("first " + "x" * 10**6 + " last")
    assert len(text) <= LIMIT
    assert text.startswith("first")
    assert text.endswith("last")


@pytest.mark.parametrize("key", SPLIT)
def test_words_of_every_script(key: tuple[str, str]) -> None:
    found, expected = words(*key), SPLIT[key]
    assert found == expected if expected is not None else "".join(found) == key[0]


def test_sentences_end_where_people_end_them() -> None:
    assert sentences("Late. Very late!\nNo answer at 3.15 pm", "en") == ["Late.", "Very late!", "No answer at 3.15 pm"]
    assert sentences("ส่งช้ามาก ไม่ประทับใจ", "th") == ["ส่งช้ามาก", "ไม่ประทับใจ"]
    assert sentences("遅い。悪い", "ja") == ["遅い。", "悪い"]


@pytest.mark.parametrize("language", ["en", "vi", "et", "cs", "id", "th", "pt", "es", "de", "fr"])
def test_languages_that_must_work_have_stop_words(language: str) -> None:
    assert len(stop_words(language)) > 20


def test_a_language_without_a_list_has_none() -> None:
    assert stop_words("und") == frozenset()
