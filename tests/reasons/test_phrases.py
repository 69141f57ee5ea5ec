# ruff: noqa: E501
"""Phrases, near-duplicates, parts and hostile text."""

from __future__ import annotations

import numpy as np
import pytest

from momot.reasons.duplicates import originals
from momot.reasons.phrases import accounts, parts, phrases_of, said_phrases
from momot.voices.normalise import normalised

HOSTILE = [
    "", "a", "…", "😀😀😀", "x" * 100_000, "=cmd|' /C calc'!A0", "<script>alert(1)</script>", "\u202eabc\u200b", "\ud83d", "ไม่ดีเลย", "مرحبا بالعالم",
    "@a @b @c", "not not not", "... !!! ???", "a" + "\u0301" * 500, "very late late late late",
]  # fmt: skip


def found(texts, language="en", least=1, ignore=()):
    phrases = phrases_of([normalised(text) for text in texts], [language] * len(texts), least=least, ignore=ignore)
    return {phrase: phrases.of(place).tolist() for place, phrase in enumerate(phrases.phrases)}


def test_phrases_by_hand() -> None:
    told = found(["The lost luggage never arrived. Staff was rude!", "My luggage was lost"])
    assert told["lost luggage"] == [0]
    assert told["luggage"] == [0, 1]
    assert told["never arrived"] == [0]
    assert told["rude"] == [0]
    assert told["luggage was lost"] == [1]  # stop words inside
    assert not {"the", "never", "arrived staff", "was rude"} & set(told)


def test_judgement_is_no_reason_but_what_is_judged_is() -> None:
    told = found(["terrible customer service", "worst customer service", "great"])
    assert told["bad customer service"] == [0, 1]
    assert not {"terrible", "bad", "worst", "great", "good"} & set(told)


def test_order_of_rows_does_not_matter_and_rare_phrases_go() -> None:
    texts = [f"parcel {word} again" for word in ("late", "late", "lost", "late", "broken")]
    phrases = found(texts, least=3)
    assert phrases["parcel late"] == [0, 1, 3]
    assert "parcel lost" not in phrases
    assert list(found(texts[::-1], least=3)) == list(phrases)


def test_one_text_by_the_same_rules_as_many() -> None:
    texts = ["Delivery came late, and nobody called back. Refund still missing!", "não recebi o produto", "พัสดุแตกหัก จัดส่งล่าช้า"]
    for text, language in zip(texts, ("en", "pt", "th"), strict=True):
        assert set(said_phrases(text, language, frozenset())) == set(found([text], language))


def test_ignored_words_and_accounts_take_no_part() -> None:
    texts = ["@SouthwestAir southwest lost my bag"] * 10
    assert accounts(texts) == {"southwestair", "southwest"}
    assert not any("southwest" in phrase for phrase in found(texts, ignore=accounts(texts)))


def test_a_part_hardly_said_alone_belongs_to_the_whole() -> None:
    phrases = phrases_of(["nobody answers phone"] * 9 + ["phone"] * 2 + ["answers quickly"] * 9, ["en"] * 20, least=2)
    whole = parts(phrases)
    name = {phrase: place for place, phrase in enumerate(phrases.phrases)}
    assert whole[name["phone"]] == name["nobody answers phone"]
    assert whole[name["answers"]] == -1
    assert whole[name["nobody answers phone"]] == -1


def test_copies_count_once_and_chance_does_not() -> None:
    long = "I have been waiting for three hours at the gate and nobody tells us anything at all"
    texts = [long, f"RT @someone: {long}", "too late", "too late", long.replace("three hours", "two days") + " so I went home angry", long]
    assert originals([normalised(text) for text in texts], ["en"] * 6).tolist() == [0, 0, 2, 3, 4, 0]


@pytest.mark.parametrize("language", ["en", "th", "vi", "und", "zz"])
def test_hostile_text_is_read(language) -> None:
    texts = [normalised(text) for text in HOSTILE]
    phrases = phrases_of(texts, [language] * len(texts), least=1)
    assert np.all(np.diff(phrases.starts) >= 1)
    assert len(originals(texts, [language] * len(texts))) == len(texts)


def test_texts_that_share_some_words_are_no_copies() -> None:
    """600 texts of ten words, of which half begin alike: none is taken for a copy of another."""
    random = np.random.default_rng(4)
    texts = [
        " ".join(f"w{word}" for word in [*([1, 2, 3, 4, 5] if place % 2 else random.integers(0, 900, 5)), *random.integers(0, 900, 7)])
        for place in range(600)
    ]
    assert (originals(texts, ["en"] * 600) == np.arange(600)).all()


def test_nearly_all_copies_with_a_word_more_are_found() -> None:
    random = np.random.default_rng(5)
    texts = [" ".join(f"w{word}" for word in random.integers(0, 900, 25)) for _ in range(200)]
    found = originals([*texts, *(f"rt {text}" for text in texts)], ["en"] * 400)
    assert (found[200:] == np.arange(200)).mean() >= 0.9
