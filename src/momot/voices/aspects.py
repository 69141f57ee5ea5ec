"""Aspects: which touchpoints a text is about, by what people call them. Names of touchpoints, and phrases that the project file gives."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from momot.voices.normalise import normalised
from momot.voices.words import words

_WINDOW = 4
"""Words within which all words of a phrase stand, besides its own."""
_STEM = 4
"""Letters from which a word of a phrase stands for its longer forms: "deliver" for "delivery"."""
_UNDIVIDED = ("th", "ja", "zh", "lo", "km", "my")


class Aspects:
    """The phrases of each touchpoint, ready to be looked for. The last part of a touchpoint's name is a phrase of its own."""

    def __init__(self, touchpoints: Sequence[str], phrases: Mapping[str, Sequence[str]]) -> None:
        self.names = tuple(sorted({*touchpoints, *phrases}))
        self._first: dict[str, list[tuple[int, tuple[str, ...]]]] = {}
        self._undivided: list[tuple[int, str]] = []
        for place, name in enumerate(self.names):
            named = [name.rpartition(".")[2].replace("_", " ")]
            for phrase in [*named, *phrases.get(name, ())]:
                self._add(place, normalised(phrase).lower())

    def of(self, texts: Sequence[str], languages: Sequence[str]) -> NDArray[np.bool_]:
        """(texts, names): whether a normalised text is about each."""
        found = np.zeros((len(texts), len(self.names)), dtype=bool)
        for row, (text, language) in enumerate(zip(texts, languages, strict=True)):
            if language in _UNDIVIDED:
                low = text.lower()
                found[row, [place for place, phrase in self._undivided if phrase in low]] = True
            said = words(text, language)
            for at, word in enumerate(said):
                for key in {word, *(word[:length] for length in range(_STEM, len(word)))}:
                    for place, phrase in self._first.get(key, ()):
                        if not found[row, place] and _stands(phrase, said, at):
                            found[row, place] = True
        return found

    def _add(self, place: int, phrase: str) -> None:
        said = tuple(words(phrase, "und"))
        if not said:
            return
        if phrase.isascii() or not any(map(_undivided, phrase)):
            self._first.setdefault(said[0], []).append((place, said))
        else:
            self._undivided.append((place, phrase.replace(" ", "")))


def _undivided(character: str) -> bool:
    return "\u0e00" <= character <= "\u0e7f" or "\u3040" <= character <= "\u9fff"


def _stands(phrase: Sequence[str], said: Sequence[str], at: int) -> bool:
    """Whether the words of `phrase` stand near `at`, in any order, each as it is or as the beginning of a longer form."""
    near = said[max(0, at - _WINDOW - len(phrase)) : at + _WINDOW + len(phrase)]
    return _begins(phrase[0], said[at]) and all(any(_begins(word, other) for other in near) for word in phrase[1:])


def _begins(word: str, said: str) -> bool:
    return said == word or (len(word) >= _STEM and said.startswith(word))
