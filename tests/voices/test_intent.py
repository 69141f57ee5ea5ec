"""Intents: each kind in seed languages, urgency by its cues, bounds for any text."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from momot.voices.intent import INTENTS, load_intents

SAID = [
    ("Please add a dark mode to the app", "en", 0.0, "suggestion"),
    ("It would be nice if we could export to CSV", "en", 0.1, "suggestion"),
    ("Ask for a room away from the lift", "en", 0.0, "suggestion"),
    ("Please refund me, the parcel never came", "en", -0.7, "request"),
    ("How do I change my PIN?", "en", 0.0, "question"),
    ("The staff was lovely and helpful", "en", 0.9, "praise"),
    ("The room was dirty and cold", "en", -0.9, "complaint"),
    ("Shop nên bổ sung thêm size lớn", "vi", 0.0, "suggestion"),
    ("Bao giờ thì hàng về ạ?", "vi", 0.0, "question"),
    ("Võiks olla rohkem parkimiskohti", "et", 0.0, "suggestion"),
    ("Kas pood on pühapäeval avatud?", "et", 0.0, "question"),
    ("Uvítal bych možnost platby kartou", "cs", 0.0, "suggestion"),
    ("Kdy dorazí moje zásilka?", "cs", 0.0, "question"),
    ("Sebaiknya ditambah metode pembayaran lain", "id", 0.0, "suggestion"),
    ("Tolong kembalikan uang saya", "id", -0.6, "request"),
    ("น่าจะเพิ่มที่จอดรถให้มากกว่านี้", "th", 0.0, "suggestion"),
    ("ร้านเปิดกี่โมงคะ", "th", 0.0, "question"),
    ("Seria bom ter mais opções de pagamento", "pt", 0.0, "suggestion"),
    ("Es wäre schön, wenn es mehr Parkplätze gäbe", "de", 0.0, "suggestion"),
    ("Il faudrait plus de places assises", "fr", 0.0, "suggestion"),
    ("もっと席を増やしてほしい", "ja", 0.0, "suggestion"),
    ("建议增加夜间模式", "zh", 0.0, "suggestion"),
    ("Ok", "und", 0.0, "other"),
]


def read(text: str, language: str, valence: float):
    return load_intents().read([text], [language], np.array([valence], dtype=np.float32))


@pytest.mark.parametrize(("text", "language", "valence", "expected"), SAID)
def test_what_a_text_is_for(text, language, valence, expected):
    assert INTENTS[read(text, language, valence).intent[0]] == expected


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("URGENT: my card was stolen, block it immediately", "en"),
        ("Tôi bị lừa đảo, cần xử lý gấp", "vi"),
        ("Mu kontolt varastati raha, palun kohe abi", "et"),
        ("Okamžitě to řešte, jinak kontaktuji právníka", "cs"),
        ("Tolong segera, akun saya diretas", "id"),
        ("ด่วนมาก เงินหายจากบัญชี", "th"),
    ],
)
def test_what_presses_is_urgent(text, language):
    assert read(text, language, -0.5).urgency[0] >= 0.7


def test_praise_is_not_urgent():
    assert read("Great stay, lovely breakfast", "en", 0.9).urgency[0] < 0.2
    assert read("They fixed it immediately, thank you", "en", 0.9).urgency[0] < 0.5


def test_recommending_a_place_is_no_suggestion():
    assert read("I would highly recommend this hotel to anyone", "en", 0.9).suggestion[0] < 0.5


def test_a_long_review_with_one_question_stays_what_it_is():
    text = "The room was cold. The food was bad. Staff ignored us. The lift broke. Who runs this place? Never again."
    assert INTENTS[read(text, "en", -0.9).intent[0]] == "complaint"


@settings(max_examples=80, deadline=None)
@given(st.lists(st.tuples(st.text(max_size=120), st.sampled_from(["en", "vi", "th", "ja", "und"]), st.floats(-1, 1)), max_size=5))
def test_any_text_has_bounded_scores_and_no_neighbours(rows):
    texts, languages = [row[0] for row in rows], [row[1] for row in rows]
    valence = np.array([row[2] for row in rows], dtype=np.float32)
    together = load_intents().read(texts, languages, valence)
    assert together.intent.dtype == np.int8
    for scores in (together.suggestion, together.urgency):
        assert ((scores >= 0) & (scores <= 1)).all()
    for place, (text, language) in enumerate(zip(texts, languages, strict=True)):
        alone = load_intents().read([text], [language], valence[place : place + 1])
        assert alone.intent[0] == together.intent[place]
        assert alone.suggestion[0] == together.suggestion[place]
        assert alone.urgency[0] == together.urgency[place]
