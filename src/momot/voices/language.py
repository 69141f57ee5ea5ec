"""Which language a text is in: py3langid's naive Bayes over bytes (Lui & Baldwin 2012), with what is known before a text is read.

Of 97 languages most are rarely met in what customers say, and short texts often look like one of them. The prior is a table below:
languages of large markets before others, languages that are taken for each other after the one that is met more often.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import cache

import numpy as np
from numpy.typing import NDArray
from py3langid.langid import MODEL_FILE, LanguageIdentifier

from momot.errors import QuestionError, did_you_mean

UNDECIDED = "und"

_PRIOR = {
    **dict.fromkeys(
        ("en", "vi", "et", "cs", "id", "th", "pt", "es", "de", "fr", "it", "nl", "pl", "ru", "tr", "ja", "zh", "ko", "ar"), 6.0
    ),
    **dict.fromkeys(
        ("fi", "sv", "da", "nb", "no", "uk", "hu", "ro", "bg", "el", "he", "hi", "fa", "sk", "sl", "hr", "sr", "lt", "lv"), 5.0
    ),
    **dict.fromkeys(("ms", "ca", "tl", "bn", "ta", "te", "ur", "mk", "is", "sq", "bs"), 2.0),
}
"""Nats of log-odds against a language that is not listed. A long text has hundreds and speaks for itself."""
_SAME = {"nb": "no", "nn": "no"}
"""Codes of one written language."""


def languages(texts: Sequence[str], candidates: Sequence[str] | None = None) -> tuple[list[str], NDArray[np.float32]]:
    """ISO 639-1 code and confidence, 0 to 1, of each normalised text; "und" and 0 for one without letters.

    Only `candidates` are considered where they are given. Raises QuestionError for one that is not known.
    """
    model = _model(tuple(sorted(set(candidates))) if candidates else ())
    codes, confidences = [], np.zeros(len(texts), dtype=np.float32)
    for place, text in enumerate(texts):
        code, confidences[place] = model.told(text)
        codes.append(code)
    return codes, confidences


class _Model:
    """py3langid's scores plus the prior, restricted to some languages."""

    def __init__(self, candidates: tuple[str, ...]) -> None:
        self.identifier = LanguageIdentifier.from_model_file(MODEL_FILE)
        known = sorted({_SAME.get(code, code) for code in self.identifier.labels})
        for code in candidates:
            if code not in known:
                raise QuestionError(
                    f"languages: '{code}' is not known.{did_you_mean(code, known)} A language is two letters, such as 'vi'."
                )
        if candidates:
            wanted = [code for code in self.identifier.labels if _SAME.get(code, code) in candidates]
            self.identifier.set_languages(wanted)
        self.codes = [_SAME.get(code, code) for code in self.identifier.nb_classes]
        self.prior = np.array([_PRIOR.get(code, 0.0) for code in self.identifier.nb_classes], dtype=np.float32)

    def told(self, text: str) -> tuple[str, float]:
        if not any(map(str.isalpha, text)):
            return UNDECIDED, 0.0
        coded = self.identifier._encode(text)
        scores = self.identifier._raw_score(coded) + self.prior
        best = int(scores.argmax())
        weights = np.exp((scores - scores[best]) / math.sqrt(len(coded)))
        same = np.fromiter((code == self.codes[best] for code in self.codes), dtype=bool, count=len(self.codes))
        return self.codes[best], float(weights[same].sum() / weights.sum())


@cache
def _model(candidates: tuple[str, ...]) -> _Model:
    return _Model(candidates)
