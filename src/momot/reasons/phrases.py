"""Candidate phrases: one to three words of a sentence, once a text, in the language they were said in."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import numpy as np
from numpy.typing import NDArray

from momot.voices.normalise import sentences
from momot.voices.words import stop_words, words

Integers = NDArray[np.int64]
LONGEST = 3
"""Words of a phrase."""
_NEARLY = 1.25
"""Times as often as a longer phrase from which a part of it stands by itself."""
_NUMBER = re.compile(r"[\d\W_]*|(\w)\1{2,}")  # or one letter again and again, as what was blacked out is
_HANDLE = re.compile(r"(?<![\w.])[@＠](\w{2,30})")
_HUMPS = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])")
_NAMED = 0.005  # share of texts that name an account from which it is whom they speak to, and no reason
UNDIVIDED = ("th", "ja", "zh", "lo", "km", "my")
_BUCKETS = 1 << 23


@dataclass(frozen=True, slots=True)
class Phrases:
    """Phrases that enough texts have. `texts[starts[i]:starts[i + 1]]` are the texts (sorted, each once) that have phrase i."""

    phrases: Sequence[str]
    languages: Sequence[str]
    starts: Integers
    texts: NDArray[np.int32]
    lengths: Integers  # words of each text given, (texts,)

    def __len__(self) -> int:
        return len(self.phrases)

    def of(self, phrase: int) -> NDArray[np.int32]:
        """The texts that have it."""
        return self.texts[self.starts[phrase] : self.starts[phrase + 1]]


@dataclass(frozen=True, slots=True)
class _Spoken:
    """The words of all texts of a language one after the other, arrays (words,): which word, of which text, of which sentence."""

    known: Sequence[str]
    word: NDArray[np.int32]
    text: NDArray[np.int32]
    sentence: NDArray[np.int32]


def phrases_of(texts: Sequence[str], languages: Sequence[str], *, least: int, ignore: Collection[str] = ()) -> Phrases:
    """The phrases that at least `least` texts have, sorted by language and phrase. `ignore`: words that take no part.

    A phrase begins and ends with a word that means something or binds ("not", "before"), holds no ignored word, and says more than good or
    bad. Words are held as numbers, one language at a time; the first count of word pairs and triples is by hash, so that those which few
    texts have are never sorted.
    """
    left_out = frozenset(word.lower() for word in ignore)
    column = np.array(languages)
    lengths = np.zeros(len(texts), dtype=np.int64)
    found: list[tuple[str, str, NDArray[np.int32]]] = []
    for language in sorted(set(languages)):
        places = np.flatnonzero(column == language).astype(np.int32)
        spoken = _spoken((texts[place] for place in places.tolist()), language)
        lengths[places] = np.bincount(spoken.text, minlength=len(places))
        found += [(language, phrase, places[held]) for phrase, held in _frequent(spoken, language, least, left_out)]
    found.sort(key=lambda one: one[:2])
    held = [len(places) for _, _, places in found]
    return Phrases(
        phrases=[phrase for _, phrase, _ in found],
        languages=[language for language, _, _ in found],
        starts=np.concatenate([[0], np.cumsum(held)]).astype(np.int64),
        texts=np.concatenate([places for _, _, places in found]) if found else np.empty(0, dtype=np.int32),
        lengths=lengths,
    )


def _spoken(texts: Iterable[str], language: str) -> _Spoken:
    known: dict[str, int] = {}
    word, counts, text = [], [], []
    said: list[int] = []
    for place, one in enumerate(texts):
        for sentence in sentences(one, language):
            here = judged(words(sentence, language), language)
            said += [known.setdefault(spelt, len(known)) for spelt in here]
            counts.append(len(here))
            text.append(place)
        if len(said) > 1 << 20:
            word.append(np.array(said, dtype=np.int32))
            said = []
    word.append(np.array(said, dtype=np.int32))
    repeats = np.array(counts, dtype=np.int64)
    return _Spoken(
        known=list(known),
        word=np.concatenate(word),
        text=np.repeat(np.array(text, dtype=np.int32), repeats),
        sentence=np.repeat(np.arange(len(counts), dtype=np.int32), repeats),
    )


def _frequent(spoken: _Spoken, language: str, least: int, left_out: Collection[str]) -> list[tuple[str, NDArray[np.int32]]]:
    """Each phrase that enough texts have, with these texts."""
    out = np.array([word in left_out for word in spoken.known], dtype=bool)
    weak = np.array([_is_weak(word, language) for word in spoken.known], dtype=bool)
    edge = np.array([_is_edge(word, language) for word in spoken.known], dtype=bool)
    edge &= ~out
    joint = "" if language in UNDIVIDED else " "
    made: list[tuple[str, NDArray[np.int32]]] = []
    number = len(spoken.word)
    for length in range(1, LONGEST + 1):
        last = number - length + 1
        if last <= 0:
            break
        pieces = [spoken.word[shift : shift + last] for shift in range(length)]
        fits = edge[pieces[0]] & edge[pieces[-1]] & (spoken.sentence[:last] == spoken.sentence[length - 1 :])
        fits &= ~np.logical_and.reduce([weak[piece] for piece in pieces])
        for piece in pieces[1:-1]:
            fits &= ~out[piece]
        starts = np.flatnonzero(fits)
        key = pieces[0][starts].astype(np.uint64)
        for piece in pieces[1:]:
            key = key * np.uint64(0x9E3779B97F4A7C15) + piece[starts].astype(np.uint64) + np.uint64(1)  # wraps: a hash of 64 bits
        bucket = (key >> np.uint64(7) if length > 1 else key).astype(np.int64) & (_BUCKETS - 1)
        often = np.bincount(bucket, minlength=_BUCKETS)[bucket] >= least
        starts, key = starts[often], key[often]
        order = np.lexsort((spoken.text[starts], key))
        starts, key = starts[order], key[order]
        text = spoken.text[starts]
        once = np.concatenate([[True], (key[1:] != key[:-1]) | (text[1:] != text[:-1])]) if len(key) else np.empty(0, dtype=bool)
        starts, key, text = starts[once], key[once], text[once]
        cuts = np.flatnonzero(np.concatenate([[True], key[1:] != key[:-1]])) if len(key) else np.empty(0, dtype=np.int64)
        sizes = np.diff(np.concatenate([cuts, [len(key)]]))
        for cut, size in zip(cuts[sizes >= least].tolist(), sizes[sizes >= least].tolist(), strict=True):
            said = spoken.word[starts[cut] : starts[cut] + length]
            made.append((joint.join(spoken.known[one] for one in said), text[cut : cut + size].copy()))
    return made


def said_phrases(text: str, language: str, left_out: Collection[str]) -> Iterator[str]:
    """Every phrase of one text by the same rules, repetitions included."""
    joint = "" if language in UNDIVIDED else " "
    for sentence in sentences(text, language):
        said = judged(words(sentence, language), language)
        edge = [word not in left_out and _is_edge(word, language) for word in said]
        weak = [_is_weak(word, language) for word in said]
        for start, begins in enumerate(edge):
            if not begins:
                continue
            for end in range(start + 1, min(start + LONGEST, len(said)) + 1):
                if said[end - 1] in left_out:
                    break
                if edge[end - 1] and not all(weak[start:end]):
                    yield joint.join(said[start:end])


def _is_edge(word: str, language: str) -> bool:
    """Whether a phrase may begin or end with it."""
    return (word not in stop_words(language) or word in _listed("binding", language)) and not _NUMBER.fullmatch(word)


def _is_weak(word: str, language: str) -> bool:
    """Whether it says nothing without a word that does."""
    return word in stop_words(language) or word in evaluative(language) or word in _listed("binding", language) or len(word) < 2


def accounts(texts: Sequence[str]) -> frozenset[str]:
    """Names of accounts that many texts speak to, and how they begin: "southwest" of @SouthwestAir. Whom one speaks to is no reason."""
    counts: dict[str, int] = {}
    for text in texts:
        if "@" in text or "＠" in text:
            for name in set(_HANDLE.findall(text)):
                counts[name] = counts.get(name, 0) + 1
    often = [name for name, count in counts.items() if count >= max(5, _NAMED * len(texts))]
    return frozenset(piece.lower() for name in often for piece in (name, *_HUMPS.findall(name)[:1]) if len(piece) >= 4)


def parts(phrases: Phrases) -> NDArray[np.int64]:
    """For each phrase the longer one in which it is nearly always said, (phrases,); −1 where it stands by itself.

    "phone" that is hardly said but in "nobody answers phone" is no other thing to ask about. Only counts of both sides together tell it, so
    that leaving these out of the family of tests doesn't favour any (Bourgon, Gentleman & Huber 2010).
    """
    known = {key: place for place, key in enumerate(zip(phrases.languages, phrases.phrases, strict=True))}
    counts = np.diff(phrases.starts)
    made = np.full(len(phrases), -1, dtype=np.int64)
    for whole in np.lexsort((np.arange(len(phrases)), counts)).tolist():  # the most frequent whole has the last word
        language, phrase = phrases.languages[whole], phrases.phrases[whole]
        for part in pieces_of(phrase, language):
            place = known.get((language, part))
            if place is not None and counts[place] <= _NEARLY * counts[whole]:
                made[place] = whole
    while np.any(further := (made >= 0) & (made[made] >= 0)):
        made[further] = made[made[further]]
    return made


def pieces_of(phrase: str, language: str) -> list[str]:
    """Beginnings and ends of a phrase, and its middle word."""
    if language in UNDIVIDED:
        return [piece for cut in range(1, len(phrase)) for piece in (phrase[:cut], phrase[cut:])]
    said = phrase.split(" ")
    spans = [said[start:end] for start in range(len(said)) for end in range(start + 1, len(said) + 1)]
    return [" ".join(span) for span in spans if len(span) < len(said)]


def judged(said: Sequence[str], language: str) -> list[str]:
    """The words with each that plainly says good or bad as one of them, so that "worst" and "terrible service" count together."""
    same = _judging(language)
    return [same.get(word, word) for word in said] if same else list(said)


@cache
def _judging(language: str) -> dict[str, str]:
    read = tomllib.loads(files("momot.reasons").joinpath("evaluative.toml").read_text(encoding="utf-8"))
    sides = [read[side].get(language, "").split() for side in ("bad", "good")]
    return {word: listed[0] for listed in sides for word in listed}


@cache
def evaluative(language: str) -> frozenset[str]:
    """Words that only say good or bad, which is no reason; empty for a language without a list."""
    return _listed("evaluative", language) | _judging(language).keys()


def _listed(name: str, language: str) -> frozenset[str]:
    return _lists(name).get(language, frozenset())


@cache
def _lists(name: str) -> dict[str, frozenset[str]]:
    read = tomllib.loads(files("momot.reasons").joinpath(f"{name}.toml").read_text(encoding="utf-8"))
    return {language: frozenset(given.split()) for language, given in read.items() if isinstance(given, str)}
