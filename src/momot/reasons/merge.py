"""Phrases that are one reason: one inside the other, said by the same people, forms of the same words, or the same in another language."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from momot.reasons.phrases import UNDIVIDED, Phrases
from momot.voices.encoder import Encoder

SAME_TEXTS = 0.5
"""Share of texts in common (Jaccard) from which two phrases of one language are the same reason."""
WITHIN = 0.7
"""Share of a phrase's texts in which it stands as part of the other."""
SHARPER = 0.8
"""Log-odds by which a phrase must be above one that it holds to be a reason of its own: "late flight" beside "flight"."""
MEANING = 2.5
"""Deviations above unrelated phrases from which the cosine of two centred phrases of two languages says that they mean the same."""

_DRAWN = 2  # phrases that the mean of all counts as in that of a language


def groups(
    phrases: Phrases, ranked: Sequence[int], log_odds: NDArray[np.float64], *, encoder: Encoder | None, most: int
) -> list[list[int]]:
    """The phrases `ranked`, best first, as groups, at most `most`; the first of a group names it.

    Greedy: each phrase joins the first group with which it is one, else begins its own. Then groups of different languages join by meaning.
    """
    found: list[list[int]] = []
    for one in ranked:
        joined = next((group for group in found if any(_same(phrases, one, member, log_odds) for member in group)), None)
        if joined is not None:
            joined.append(one)
        elif len(found) < most:
            found.append([one])
    for group in found:
        _name(phrases, group)
    return _across(phrases, found, encoder) if encoder is not None else found


def _same(phrases: Phrases, one: int, other: int, log_odds: NDArray[np.float64]) -> bool:
    if phrases.phrases[one] == phrases.phrases[other]:
        return True  # short texts are taken for another language now and then
    if phrases.languages[one] != phrases.languages[other]:
        return False
    mine, theirs = _split(phrases, one), _split(phrases, other)
    if _forms(mine, theirs, phrases.languages[one]):
        return True
    both = len(np.intersect1d(phrases.of(one), phrases.of(other), assume_unique=True))
    least = min(len(phrases.of(one)), len(phrases.of(other)))
    alike = both >= SAME_TEXTS * (len(phrases.of(one)) + len(phrases.of(other)) - both)
    if _inside(mine, theirs) or _inside(theirs, mine):
        short, long = (one, other) if len(mine) < len(theirs) else (other, one)
        return alike or (both >= WITHIN * least and log_odds[long] < log_odds[short] + SHARPER)  # else the longer says more
    return alike


def _split(phrases: Phrases, one: int) -> tuple[str, ...]:
    return (phrases.phrases[one],) if phrases.languages[one] in UNDIVIDED else tuple(phrases.phrases[one].split(" "))


def _inside(part: tuple[str, ...], whole: tuple[str, ...]) -> bool:
    if len(part) == len(whole) == 1:
        return part[0] in whole[0]  # of undivided scripts
    return any(whole[start : start + len(part)] == part for start in range(len(whole) - len(part) + 1))


def _forms(one: tuple[str, ...], other: tuple[str, ...], language: str) -> bool:
    """Whether the words of both, in any order, are forms of each other: "delayed flight" and "flight delays"."""
    if language in UNDIVIDED or len(one) != len(other):
        return False
    left = list(other)
    for word in one:
        match = next((candidate for candidate in left if _form(_plain(word, language), _plain(candidate, language))), None)
        if match is None:
            return False
        left.remove(match)
    return True


def _plain(word: str, language: str) -> str:
    """The word without accents, which many leave out; in Vietnamese they make another word."""
    if word.isascii() or language == "vi":
        return word
    return "".join(character for character in unicodedata.normalize("NFD", word) if not unicodedata.combining(character))


def _form(one: str, other: str) -> bool:
    """Whether two words begin alike and differ in an ending."""
    if one == other:
        return True
    common = next((place for place, (left, right) in enumerate(zip(one, other, strict=False)) if left != right), min(len(one), len(other)))
    if common >= 3 and max(len(one), len(other)) - common <= 1:
        return True
    return common >= 4 and max(len(one), len(other)) - common <= 3 and common >= 0.6 * max(len(one), len(other))


def _name(phrases: Phrases, group: list[int]) -> None:
    """Let the longest phrase that most texts of the best one have name the group: "customer service" rather than "customer"."""
    first = group[0]
    texts = phrases.of(first)
    better = [
        one
        for one in group[1:]
        if _inside(_split(phrases, first), _split(phrases, one)) and len(np.intersect1d(phrases.of(one), texts)) >= SAME_TEXTS * len(texts)
    ]
    if better:
        name = max(better, key=lambda one: (len(phrases.phrases[one]), -one))
        group.remove(name)
        group.insert(0, name)


def _across(phrases: Phrases, found: list[list[int]], encoder: Encoder) -> list[list[int]]:
    """Join groups of different languages that mean the same; named by the phrase nearest to their centre."""
    languages = np.array([phrases.languages[group[0]] for group in found])
    if len(set(languages)) < 2:
        return found
    vectors = centred(encoder.embed([phrases.phrases[group[0]] for group in found]), languages)
    taken = _alike(vectors, languages)
    merged = []
    for places in taken:
        centre = vectors[places].mean(axis=0)
        name = max(places, key=lambda place: (float((vectors[place] * centre).sum()), -place))
        merged.append([*found[name], *(one for place in places if place != name for one in found[place])])
    return merged


def _alike(vectors: NDArray[np.float32], languages: NDArray[np.str_]) -> list[list[int]]:
    """Places that mean the same, best first of each: links of the nearest of one language to the nearest of another, strongest first.

    How near is near differs by encoder and by what is spoken of. Most pairs of two languages mean different things, so their median and its
    deviation say what unrelated phrases look like; a link lies `MEANING` deviations above.
    """
    near = (vectors[:, None, :] * vectors[None, :, :]).sum(axis=2)
    apart = languages[:, None] != languages[None, :]
    middle = float(np.median(near[apart]))
    limit = middle + MEANING * 1.4826 * float(np.median(np.abs(near[apart] - middle)))
    links: list[tuple[float, int, int]] = []
    for one in range(len(languages)):
        for language in np.unique(languages[languages != languages[one]]):
            there, here = np.flatnonzero(languages == language), np.flatnonzero(languages == languages[one])
            other = int(there[np.argmax(near[one, there])])
            if one < other and int(here[np.argmax(near[other, here])]) == one and near[one, other] >= limit:
                links.append((-float(near[one, other]), one, other))
    taken = [[place] for place in range(len(languages))]
    of = list(range(len(languages)))
    for _, one, other in sorted(links):
        left, right = taken[of[one]], taken[of[other]]
        if of[one] == of[other] or set(languages[left]) & set(languages[right]):
            continue
        if float(near[np.ix_(left, right)].mean()) < middle + (limit - middle) / 2:
            continue
        keep, gone = min(of[one], of[other]), max(of[one], of[other])
        taken[keep] = sorted(taken[keep] + taken[gone])
        taken[gone] = []
        for place in taken[keep]:
            of[place] = keep
    return [places for places in taken if places]


def centred(vectors: NDArray[np.float32], languages: NDArray[np.str_]) -> NDArray[np.float32]:
    """Unit vectors less the mean of their language, which raw embeddings share and which says nothing of meaning; (n, dim).

    Of few phrases the mean is drawn towards that of all: they are mostly their own mean.
    """
    made = np.array(vectors, dtype=np.float32)
    every = vectors.mean(axis=0)
    for language in np.unique(languages):
        here = languages == language
        made[here] -= (vectors[here].sum(axis=0) + _DRAWN * every) / (here.sum() + _DRAWN)
    norms = np.sqrt((made * made).sum(axis=1, keepdims=True))
    return np.asarray(made / np.maximum(norms, 1e-9), dtype=np.float32)
