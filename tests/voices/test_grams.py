"""Hashed n-grams: the same slots by a loop over the text, whatever the batch."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from momot.voices.grams import chunks, gram_sums, ngram_features

ODD = [
    "",
    " ",
    "a",
    "aaa",
    "aaaaaa",
    "not bad at all",
    "không tệ",
    "มากกกกก",
    "😀😀😀😀 👍🏽",
    "\ud800 alone",
    "مرحبا بالعالم",
    "a\x00b\nc",
    "１２３ 123",
]


def row(texts: list[str], index: int) -> list[list[int]]:
    grams = ngram_features(texts)
    ends = np.append(grams.starts, grams.slots.shape[1])
    return grams.slots[:, ends[index] : ends[index + 1]].tolist()


@pytest.mark.parametrize("index", range(len(ODD)))
def test_a_text_has_the_same_slots_alone_and_in_a_batch(index: int) -> None:
    assert row(ODD, index) == row([ODD[index]], 0)


@given(st.lists(st.text(max_size=30), min_size=1, max_size=6))
def test_slots_do_not_depend_on_neighbours(texts: list[str]) -> None:
    for index, text in enumerate(texts):
        assert row(texts, index) == row([text], 0)


def test_every_character_ends_one_ngram_of_each_order_that_fits() -> None:
    grams = ngram_features(["abc"], characters=(1, 2, 3), words=())
    assert (grams.slots > 0).sum(axis=1).tolist() == [5, 4, 3]
    assert grams.counts.tolist() == [12]


def test_words_and_pairs_are_found_by_their_letters_alone() -> None:
    alone, within = (ngram_features([text], characters=(), words=(1, 2)).slots for text in ("really good", "so, really good!"))
    assert set(alone[0][alone[0] > 0]) <= set(within[0][within[0] > 0])
    assert set(alone[1][alone[1] > 0]) <= set(within[1][within[1] > 0])


def test_case_digits_and_long_runs_do_not_matter() -> None:
    one, other = row(["SOOOO good 19"], 0), row(["soo good 42"], 0)
    assert one == other


def test_sums_are_those_of_a_loop() -> None:
    table = np.random.default_rng(0).integers(-127, 128, (1 << 20, 2)).astype(np.int8)
    table[0] = 0
    grams = ngram_features(ODD)
    summed = gram_sums(grams, table)
    for index in range(len(ODD)):
        slots = np.array(row(ODD, index)).ravel()
        assert summed[index].tolist() == table[slots].astype(int).sum(axis=0).tolist()


def test_nothing_has_no_ngrams() -> None:
    assert gram_sums(ngram_features([]), np.zeros((1 << 20, 2), dtype=np.int8)).shape == (0, 2)
    assert chunks([]) == []


def test_pieces_cover_the_texts_once() -> None:
    texts = ["x" * length for length in (1, 50, 3, 200, 1, 1)]
    pieces = chunks(texts, size=60)
    assert [index for start, end in pieces for index in range(start, end)] == list(range(len(texts)))
    assert len(pieces) > 1
