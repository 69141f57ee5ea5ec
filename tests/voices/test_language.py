"""Languages told: scripts, short texts, candidates, and the same answer in any batch."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from momot.errors import QuestionError
from momot.voices.bayes import load_bayes
from momot.voices.language import language_fingerprint, languages, load_detector
from momot.voices.scripts import RANGES, allowed, script_counts

SAID = {
    "Dịch vụ rất tốt, nhân viên nhiệt tình": "vi",
    "Giao hàng quá chậm, tôi rất thất vọng": "vi",
    "Teenindus oli väga hea ja kiire": "et",
    "Pakk jõudis kohale kaks päeva hiljem": "et",
    "Personál byl velmi ochotný a milý": "cs",
    "Zboží dorazilo poškozené, žádám vrácení peněz": "cs",
    "Pelayanannya sangat memuaskan dan cepat": "id",
    "Barang yang saya terima rusak semua": "id",
    "พนักงานบริการดีมาก": "th",
    "ใช้ app แล้วดีมาก": "th",
    "The delivery was late and nobody answered": "en",
    "O produto chegou com defeito e ninguém responde": "pt",
    "El pedido llegó tarde y nadie me ayudó": "es",
    "Die Lieferung kam leider viel zu spät an": "de",
    "La livraison est arrivée en retard hier soir": "fr",
    "La consegna è arrivata in ritardo ieri sera": "it",
    "De levering was te laat en niemand reageerde": "nl",
    "Przesyłka przyszła z dużym opóźnieniem": "pl",
    "Toimitus oli myöhässä eikä kukaan vastannut": "fi",
    "Leveransen var sen och ingen svarade oss": "sv",
    "Доставка опоздала, и никто не ответил": "ru",
    "Доставка запізнилася, і ніхто не відповів": "uk",
    "Teslimat çok geç geldi, kimse cevap vermedi": "tr",
    "配達が遅くて困りました": "ja",
    "送货太慢了，没有人回复": "zh",
    "배송이 너무 늦고 아무도 답하지 않아요": "ko",
    "Η παράδοση άργησε πολύ": "el",
    "המשלוח הגיע באיחור": "he",
    "وصل الطلب متأخرا ولم يرد أحد": "ar",
    "A csomag későn érkezett, és senki sem válaszolt": "hu",
    "Livrarea a întârziat și nimeni nu a răspuns": "ro",
}


def test_sentences_of_customers_are_told():
    codes, sure = languages(list(SAID))
    assert codes == list(SAID.values())
    assert sure.dtype == np.float32
    assert (sure > 0.5).all()


def test_a_text_without_letters_is_undecided():
    codes, sure = languages(["", " ", "👍", "123 456", "?!", "\u200b", "OK ok!", "wow"])
    assert codes == ["und"] * 8
    assert not sure.any()


def test_no_texts_give_no_answers():
    codes, sure = languages([])
    assert codes == []
    assert sure.shape == (0,)


def test_candidates_are_all_there_is_to_choose_from():
    codes, _ = languages(["Pelayanannya sangat memuaskan", "พนักงานบริการดีมาก"], ["id", "en"])
    assert codes == ["id", "und"]
    with pytest.raises(QuestionError, match="'cs'"):
        languages(["ahoj"], ["css"])


def test_a_text_has_the_same_answer_in_any_batch():
    texts = [*SAID, "ok", "Oke bgt", "super", "a" * 5000, "mixed ใช้ง่าย and English text", "\ud800 lone"]
    together, sure = languages(texts)
    alone = [languages([text]) for text in texts]
    assert together == [codes[0] for codes, _ in alone]
    assert np.array_equal(sure, np.concatenate([held for _, held in alone]))
    turned, _ = languages(texts[::-1] * 40)
    assert turned[: len(texts)] == together[::-1]


@settings(max_examples=60, deadline=None)
@given(st.lists(st.text(st.characters(), max_size=80), max_size=6))
def test_any_text_has_an_answer(texts):
    codes, sure = languages(texts)
    assert len(codes) == len(texts)
    assert ((sure >= 0) & (sure <= 1)).all()
    assert all(held == 0 for code, held in zip(codes, sure, strict=True) if code == "und")


def test_long_and_hostile_texts_are_read():
    texts = ["word " * 200_000, "\u202e" + "abc" * 1000, "=cmd()", "<script>alert(1)</script>", "𠮷野家が好きです", "\x00", "e\u0301" * 500]
    codes, _ = languages(texts)
    assert codes[4] == "ja"
    assert len(codes) == len(texts)


def test_scripts_leave_their_languages():
    names = load_bayes().languages
    held = allowed(script_counts(["Привет", "שלום", "hello", "東京タワー", "북", "12"]), names)
    left = [{name for name, holds in zip(names, row, strict=True) if holds} for row in held]
    assert "ru" in left[0]
    assert "en" not in left[0]
    assert left[1] == {"he"}
    assert "en" in left[2]
    assert "ru" not in left[2]
    assert left[3] == {"ja"}
    assert left[4] == {"ko"}
    assert left[5] == set()
    assert {code for _, _, codes in RANGES for code in codes.split()} <= set(names)


def test_the_detector_says_what_it_depends_on():
    assert language_fingerprint() == language_fingerprint()
    assert language_fingerprint().startswith("language-")
    assert len(load_detector().languages) >= 97
