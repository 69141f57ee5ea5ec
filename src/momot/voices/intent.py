"""What a text is for: praise, complaint, question, suggestion, request; how far it suggests something; how urgent it is.

Rules over the cues of its language (`cues`), since suggestions do not carry over from one domain or language to another by learning
(Negi et al. 2019, SemEval task 9) and rules can be read, corrected and added to. Praise and complaint are the valence that is handed in.
Scores grow with every further cue: a suggestion 1 − .25ⁿ · .75ᵐ over n sure and m possible cues, urgency 1 − .28ⁿ · .8ᵐ.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

import numpy as np
from numpy.typing import NDArray

from momot.voices.cues import cues, cues_fingerprint

INTENTS: Final = ("praise", "complaint", "question", "suggestion", "request", "other")
PRAISE, COMPLAINT, QUESTION, SUGGESTION, REQUEST, OTHER = range(len(INTENTS))
READ: Final = 2000
"""Characters of a text that are looked at for cues, from its beginning."""
SUGGESTS: Final = 0.5
_VERSION: Final = 2
_CLEAR: Final = 0.2
_STRONG: Final = 0.4
_LONG: Final = 4
_MARK: Final = re.compile(r"[?？؟]")
_SENTENCE: Final = re.compile(r"[.!?。！？؟\n]+")
_WAITED: Final = re.compile(
    r"\d+\s*(?:days|weeks|months|hours|hrs|ngày|tuần|tháng|tiếng|päeva|nädalat|kuud|tundi|dní|dnů|týdnů|týdny|měsíce|měsíců|hodin|hari|minggu|bulan|jam"
    r"|วัน|อาทิตย์|สัปดาห์|เดือน|ชั่วโมง|dias|semanas|meses|horas|días|tage|tagen|wochen|monate|stunden|jours|semaines|mois|heures|giorni|settimane|mesi|ore"
    r"|dagen|weken|maanden|uur|dni|tygodni|miesi|päivää|viikkoa|dagar|veckor|дней|дня|недел|месяц|часов|gün|hafta|日|天|周|週間|일|주)",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class IntentColumns:
    """One row a text. intent: index into INTENTS, int8; suggestion and urgency: 0 to 1, float32."""

    intent: NDArray[np.int8]
    suggestion: NDArray[np.float32]
    urgency: NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Intents:
    """Reads intents. fingerprint: another one where the same text could be read otherwise."""

    fingerprint: str

    def read(self, texts: Sequence[str], languages: Sequence[str], valence: NDArray[np.float32]) -> IntentColumns:
        """Intent, suggestion and urgency of normalised texts in their languages, given the valence in [−1, 1] of each."""
        intent = np.full(len(texts), OTHER, dtype=np.int8)
        suggestion, urgency = np.zeros(len(texts), dtype=np.float32), np.zeros(len(texts), dtype=np.float32)
        for place, (text, language, value) in enumerate(zip(texts, languages, valence.tolist(), strict=True)):
            if text:
                intent[place], suggestion[place], urgency[place] = _read(text[:READ], language, value)
        return IntentColumns(intent, suggestion, urgency)


@lru_cache(maxsize=1)
def load_intents() -> Intents:
    """The rules of the package."""
    return Intents(f"intents-{_VERSION}-{cues_fingerprint()}")


def _read(text: str, language: str, valence: float) -> tuple[int, float, float]:
    found = cues(language).found(text)
    count = found.get
    marks = len(_MARK.findall(text))
    sure = max(count("suggestion", 0) - count("not_suggestion", 0), 0)
    suggestion = 1 - 0.25**sure * 0.75 ** min(count("maybe_suggestion", 0), 2)
    asks = max(count("question", 0) - count("not_question", 0), 0)
    return _intent(text, found, valence, suggestion=suggestion, asks=asks, marks=marks), suggestion, _urgency(text, found, valence)


def _intent(text: str, found: dict[str, int], valence: float, *, suggestion: float, asks: int, marks: int) -> int:
    sentences = sum(bool(part.strip()) for part in _SENTENCE.split(text))
    felt = PRAISE if valence > 0 else COMPLAINT
    if sentences > _LONG and abs(valence) > _STRONG and marks * _LONG <= sentences:
        return felt
    requests = found.get("request", 0)
    if marks and asks and suggestion < SUGGESTS:
        return REQUEST if requests > asks else QUESTION
    if suggestion >= SUGGESTS:
        return SUGGESTION
    if requests and valence < _STRONG:
        return REQUEST
    if marks or (asks and abs(valence) < _STRONG):
        return QUESTION
    if abs(valence) > _CLEAR:
        return felt
    praised, blamed = found.get("praise", 0), found.get("complaint", 0)
    if praised != blamed:
        return PRAISE if praised > blamed else COMPLAINT
    return OTHER


def _urgency(text: str, found: dict[str, int], valence: float) -> float:
    possible = found.get("maybe_urgent", 0)
    if possible and _WAITED.search(text):
        possible += 1
    urgency = 1 - 0.28 ** found.get("urgent", 0) * 0.8 ** min(possible, 4)
    return urgency * 0.4 if valence > _STRONG else urgency
