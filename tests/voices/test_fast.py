"""The fast tier: probabilities, the same for the same text, for hostile text too, in the languages it is for."""

from __future__ import annotations

import time

import numpy as np
import pytest

from momot.voices.fast import CLASSES, load_fast

HOSTILE = [
    "",
    "a",
    "x" * 1_000_000,
    "😀" * 500,
    "Great! nhưng mà chán 但是 ดี",
    "שלום עולם זה נורא",
    "ze\u200bro\u200dwidth\ufeff",
    "<script>alert(1)</script><b>ok</b>",
    "\ud800\udfff\ud83d",
    "=cmd|' /C calc'!A0",
    "\x00\x01\x02",
]
PAIRS = [
    ("en", "The staff were rude and the room was dirty, never again", "Wonderful staff and a lovely clean room, we will come back"),
    ("id", "Pelayanan sangat buruk, saya kecewa", "Pelayanan sangat baik, saya puas"),
    ("th", "แย่มาก บริการไม่ดี ผิดหวัง", "ดีมาก อร่อย ชอบมาก ประทับใจ"),
    ("vi", "Dịch vụ quá tệ, tôi rất thất vọng", "Dịch vụ rất tốt, tôi rất hài lòng"),
    ("cs", "Hrozný přístup, jsem zklamaná a nespokojená", "Skvělý přístup, jsem nadšená a spokojená"),
    ("et", "Väga halb teenindus, olen pettunud", "Väga hea teenindus, olen rahul, aitäh"),
]


@pytest.mark.parametrize(("language", "bad", "good"), PAIRS)
def test_plain_blame_and_plain_praise_are_told_apart(language: str, bad: str, good: str) -> None:
    scores = load_fast().scores([bad, good], [language] * 2)
    assert scores[0].argmax() == CLASSES.index("negative")
    assert scores[1].argmax() == CLASSES.index("positive")


def test_scores_are_probabilities_even_of_hostile_text() -> None:
    scores = load_fast().scores(HOSTILE, ["und"] * len(HOSTILE))
    assert scores.shape == (len(HOSTILE), 3)
    assert scores.dtype == np.float32
    assert np.isfinite(scores).all()
    assert np.allclose(scores.sum(axis=1), 1, atol=1e-6)


def test_blank_text_says_nothing() -> None:
    assert np.allclose(load_fast().scores(["", " \n"], ["und", "und"]), 1 / 3)


def test_a_text_has_one_score_in_any_batch_and_order() -> None:
    texts = [text for _, bad, good in PAIRS for text in (bad, good)] + HOSTILE
    together = load_fast().scores(texts, ["und"] * len(texts))
    alone = np.concatenate([load_fast().scores([text], ["und"]) for text in texts])
    turned = load_fast().scores(texts[::-1], ["und"] * len(texts))[::-1]
    assert np.array_equal(together, alone)
    assert np.array_equal(together, turned)


def test_no_texts_no_scores() -> None:
    assert load_fast().scores([], []).shape == (0, 3)


def test_the_fingerprint_names_the_weights() -> None:
    assert load_fast().fingerprint.startswith("fast-")
    assert load_fast() is load_fast()


def test_it_keeps_up() -> None:
    texts = [f"{text} {index}" for index in range(400) for _, *both in PAIRS for text in both]
    load_fast().scores(texts[:10], ["und"] * 10)
    start = time.process_time()
    load_fast().scores(texts, ["und"] * len(texts))
    assert len(texts) / (time.process_time() - start) > 5_000
