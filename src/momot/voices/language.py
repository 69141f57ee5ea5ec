"""Which language a text is in: its script, naive Bayes over bytes, and what hashed n-grams know of short texts.

The script leaves some languages; of these py3langid's naive Bayes (`bayes`) and a table of our own, fitted on open texts of eight to
seventy characters with naive Bayes as offset (training/voices/language.py), name the likeliest. Every sum is of whole numbers and every
language's score is a function of the text alone, so neither batch nor threads change a result.

How often it is right, by language, is in docs/how-to/add-a-language.md.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from importlib.metadata import version
from typing import Final

import msgspec
import numpy as np
from numpy.typing import NDArray

from momot.errors import QuestionError, did_you_mean
from momot.voices.bayes import Bayes, load_bayes
from momot.voices.grams import chunks, ngram_features
from momot.voices.scripts import allowed, script_counts

UNDECIDED: Final = "und"
_VERSION: Final = 1
READ: Final = 160
"""Characters that are read of one text, from its beginning."""
BARRED: Final = -1e4
DECIDED: Final = 8.0
"""Log odds of the first language against the second from which naive Bayes decides alone; 2 of 14 000 held-out texts would change."""
_AHEAD: Final = {"en": 4.0, "ru": 1.0, **dict.fromkeys(("vi", "et", "cs", "id", "th"), 1.5)}
"""Those that customers write most, or that momot is made for first."""
_ANYWHERE: Final = frozenset(
    ("ok", "okay", "oke", "okey", "okk", "okok", "lol", "wow", "wifi", "top", "super", "http", "https", "www", "com", "app", "visa", "vip")
)
"""Words that say nothing of the language they stand in."""
_SHORT: Final = 24
_WORD: Final = re.compile(r"[^\W\d_]+")
_COMMON: Final = frozenset(
    (
        *("en", "es", "pt", "fr", "de", "it", "nl", "id", "vi", "tr", "pl", "cs", "ru", "ar", "fa", "hi", "et", "sv", "fi", "da", "no"),
        *("ro", "hu", "el", "uk", "bg", "hr", "sk", "sl", "th", "ja", "ko", "zh", "he"),
    )
)
_SECOND: Final = frozenset(
    ("sr", "lt", "lv", "ca", "ms", "is", "mk", "sq", "az", "tl", "be", "kk", "ur", "bn", "ta", "te", "mr", "sw", "af")
)

_SMALL: Final = frozenset(("la", "eo", "sa", "an", "wa", "vo", "oc", "br", "se", "ht", "fo", "lb", "dz"))


class LanguageShape(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What `language.json` holds beside the table: the languages of its columns, how n-grams are made, and how sums are weighed."""

    languages: tuple[str, ...]
    bits: int
    characters: tuple[int, ...]
    words: tuple[int, ...]
    alpha: float
    power: float
    scale: float
    licence: str


@dataclass(frozen=True, slots=True)
class Detector:
    """A fitted detector. languages: the columns of `scores`; table: (2 ** bits, own languages) int8."""

    shape: LanguageShape
    bayes: Bayes
    table: NDArray[np.int8]
    languages: tuple[str, ...]
    order: tuple[int, ...]
    prior: NDArray[np.float64]

    def scores(self, texts: Sequence[str], candidates: Sequence[str] | None = None) -> NDArray[np.float64]:
        """Log odds of each language up to a constant of the text, (texts, languages); BARRED for what its script or `candidates` rule out.

        Where naive Bayes is sure by DECIDED the table of our own is not asked.
        """
        open_to = np.array([candidates is None or code in candidates for code in self.languages])
        scores = np.full((len(texts), len(self.languages)), BARRED)
        for start, end in chunks(short := [text[:READ] for text in texts]):
            left = allowed(script_counts(short[start:end]), self.languages) & open_to
            choices = left.sum(axis=1)
            scores[start:end][left & (choices == 1)[:, None]] = 0.0
            places = np.flatnonzero(choices > 1)
            if len(places):
                piece = [short[start + place] for place in places]
                told = np.where(left[places], self.bayes.scores(piece)[:, self.order] * self.shape.alpha + self.prior, BARRED)
                first_two = np.partition(told, -2, axis=1)[:, -2:]
                doubted = np.flatnonzero(first_two[:, 1] - first_two[:, 0] < DECIDED)
                if len(doubted):
                    told[doubted, : len(self.shape.languages)] += self._added([piece[place] for place in doubted])
                    told[~left[places]] = BARRED
                scores[start + places] = told
        return scores

    def _added(self, texts: Sequence[str]) -> NDArray[np.float64]:
        """What n-grams add to naive Bayes, (texts, own languages)."""
        shape = self.shape
        grams = ngram_features(texts, characters=shape.characters, words=shape.words, bits=shape.bits)
        held = self.table[grams.slots[0]].astype(np.int32)
        for slots in grams.slots[1:]:
            held += self.table[slots]
        sums = np.add.reduceat(held, grams.starts, axis=0)  # of a few hundred small whole numbers: exact
        return np.asarray(sums * shape.scale / np.maximum(grams.counts, 1).astype(np.float64)[:, None] ** shape.power)


def languages(texts: Sequence[str], candidates: Sequence[str] | None = None) -> tuple[list[str], NDArray[np.float32]]:
    """ISO 639-1 code of each text's language and how sure it is, 0-1.

    "und" and 0 for a text without letters or of words that stand in any language ("ok"). `candidates` are the only languages to choose
    from; where a text's script is that of none of them, it is "und". Raises QuestionError for a candidate that is not known.
    """
    detector = load_detector()
    for code in candidates or ():
        if code not in detector.languages:
            raise QuestionError(f'language "{code}" is not known.{did_you_mean(code, detector.languages)}')
    scores = detector.scores(texts, candidates)
    scores[[len(text) < _SHORT and _anywhere(text) for text in texts]] = BARRED
    best = scores.argmax(axis=1)
    top = scores.max(axis=1, initial=BARRED)
    odds = np.exp(scores - top[:, None])
    sure = np.where(top > BARRED, 1 / odds.sum(axis=1), 0.0).astype(np.float32)
    return [detector.languages[place] if held > BARRED else UNDECIDED for place, held in zip(best, top, strict=True)], sure


def _anywhere(text: str) -> bool:
    words = _WORD.findall(text.lower())
    return bool(words) and all(word in _ANYWHERE for word in words)


def prior_of(code: str) -> float:
    """Log odds of meeting a language before its text is read, chosen on held-out texts.

    Without them rare languages take short texts from common ones.
    """
    if code in _AHEAD:
        return _AHEAD[code]
    return 0.0 if code in _COMMON else -2.5 if code in _SECOND else -9.0 if code in _SMALL else -5.5


@lru_cache(maxsize=1)
def load_detector() -> Detector:
    """The detector of the package, read once."""
    folder = resources.files("momot.voices") / "weights"
    described = (folder / "language.json").read_bytes()
    with (folder / "language.npz").open("rb") as file, np.load(file, allow_pickle=False) as arrays:
        table = arrays["table"]
    table.setflags(write=False)
    shape, bayes = msgspec.json.decode(described, type=LanguageShape), load_bayes()
    names = (*shape.languages, *(code for code in bayes.languages if code not in shape.languages))
    order = tuple(bayes.languages.index(code) for code in names)
    prior = np.array([prior_of(code) for code in names])
    return Detector(shape, bayes, table, names, order, prior)


@lru_cache(maxsize=1)
def language_fingerprint() -> str:
    """Another one where a text's language could be told otherwise; reads no model."""
    folder = resources.files("momot.voices") / "weights"
    parts = [(folder / name).read_bytes() for name in ("language.json", "language.npz")]
    said = f"{_VERSION} {version('py3langid')}".encode()
    return "language-" + hashlib.sha256(b"".join([*parts, said])).hexdigest()[:16]
