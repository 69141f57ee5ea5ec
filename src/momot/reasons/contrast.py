"""Which phrases one side says more: weighted log-odds with an informative Dirichlet prior (Monroe, Colaresi & Quinn 2008)."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray
from scipy.special import betainc

from momot.reasons.phrases import Phrases

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]
PRIOR = 20.0
"""People on each side that the prior is worth: a phrase begins as common on both as in everything said in its language."""
_FEW = 60  # phrases of a language below which they don't tell what is usual
_SPREAD = 0.2  # of log-odds of phrases beyond their errors: no common phrase alone says what is usual
_BLOCK = 4_000_000  # mentions counted at once


@dataclass(frozen=True, slots=True)
class Mentions:
    """People who say each phrase, and all of its language, on one side and the other; `language` (phrases,) is a number."""

    side: Floats
    other: Floats
    of_side: Floats
    of_other: Floats
    language: Integers
    longer: Floats  # log of words a person of the side writes over those of the other, of the phrase's language


@dataclass(frozen=True, slots=True)
class Contrasted:
    """Arrays (phrases,). `log_odds` above 0: the side says it more than it says most things. `p` is one-sided: that it does not."""

    log_odds: Floats
    standard_error: Floats
    z: Floats
    p: Floats
    usual: Floats  # log-odds of most phrases as common, which were taken off


def contrast(mentions: Mentions, usual: Floats | None = None) -> Contrasted:
    """The log-odds of each phrase less what is usual, with the variance of the four counts, prior included (Woolf 1955).

    Who is displeased writes more, and so says more of anything. What is usual is therefore told by the median phrase of the language: an
    empirical null (Efron 2004), which phrases that are reasons can't move much while they are the minority. To compare texts of equal
    length instead would hold the reason itself, which makes them long. `p` is the mid-p of so many of those who say the phrase being
    on this side, given the margins and the usual odds, by a binomial with the mean and variance of the noncentral hypergeometric (Cornfield
    1956): a normal law is far too sure of phrases that five people of a small side say.
    """
    said, of, said_other, of_other = mentions.side, mentions.of_side, mentions.other, mentions.of_other
    share = np.clip((said + said_other) / np.maximum(of + of_other, 1.0), 1e-12, 1 - 1e-12)
    a, b = said + PRIOR * share, np.maximum(of - said, 0.0) + PRIOR * (1 - share)
    c, d = said_other + PRIOR * share, np.maximum(of_other - said_other, 0.0) + PRIOR * (1 - share)
    raw = np.log(a / b) - np.log(c / d)
    error = np.sqrt(1 / a + 1 / b + 1 / c + 1 / d)
    usual = _usual(mentions, error) if usual is None else usual
    log_odds = raw - usual
    return Contrasted(log_odds, error, log_odds / error, _p(mentions, np.exp(usual)), usual)


def _usual(mentions: Mentions, error: Floats) -> Floats:
    """Log-odds that each phrase would have if its side said it more as most phrases of the language are said more, (phrases,).

    People say a phrase the likelier the more they write: with rate times length, 1 − exp(−rate). So what most phrases share is the ratio of
    these rates, whose median counts precise phrases more; the odds of common phrases differ more than those of rare ones. A language with
    too few phrases takes the ratio of all. It is never further from 1 than the ratio of words that people of the two sides write, as most
    phrases may be reasons where one side has little to say.
    """
    side = -np.log1p(-np.clip((mentions.side + 0.5) / (mentions.of_side + 1), 0.0, 1 - 1e-9))
    other = -np.log1p(-np.clip((mentions.other + 0.5) / (mentions.of_other + 1), 0.0, 1 - 1e-9))
    ratio, weight = np.log(side / other), 1 / (error**2 + _SPREAD**2)
    every = _median(ratio, weight) if len(ratio) >= _FEW else 0.0
    made = np.full(len(ratio), every)
    for one in np.unique(mentions.language):
        here = mentions.language == one
        if here.sum() >= _FEW:
            made[here] = _median(ratio[here], weight[here])
    return _odds_of(mentions, np.exp(np.clip(made, np.minimum(mentions.longer, 0.0), np.maximum(mentions.longer, 0.0))))


def _median(values: Floats, weights: Floats) -> float:
    order = np.argsort(values, kind="stable")
    reached = np.cumsum(weights[order])
    return float(values[order][np.searchsorted(reached, reached[-1] / 2)])


def _odds_of(mentions: Mentions, ratio: Floats) -> Floats:
    """Log odds ratio of each phrase with so many sayers altogether, its rate on the side `ratio` times that on the other; by bisection."""
    of, of_other = mentions.of_side, mentions.of_other
    sayers = np.minimum(mentions.side + mentions.other, of + of_other - 0.5)
    low, high = np.full(len(ratio), -25.0), np.full(len(ratio), 5.0)
    for _ in range(40):
        rate = np.exp((low + high) / 2)
        many = of * -np.expm1(-ratio * rate) + of_other * -np.expm1(-rate) > sayers
        low, high = np.where(many, low, (low + high) / 2), np.where(many, (low + high) / 2, high)
    rate = np.exp((low + high) / 2)
    return np.asarray(np.log(np.expm1(ratio * rate) / np.expm1(rate)), dtype=np.float64)


def _p(mentions: Mentions, odds: Floats) -> Floats:
    """P(at least so many on this side | who says it, usual odds), half of that of exactly so many left out."""
    of, of_other = mentions.of_side, mentions.of_other
    sayers, every = mentions.side + mentions.other, of + of_other
    mean = _expected(sayers, of, of_other, odds)
    cells = (mean, of - mean, sayers - mean, of_other - sayers + mean)
    found = np.ones(len(mean))
    told = np.min(cells, axis=0) > 1e-9
    variance = every[told] / np.maximum(every[told] - 1, 1.0) / sum(1 / cell[told] for cell in cells)
    draws = mean[told] / np.clip(1 - variance / mean[told], 1e-9, 1.0)
    draws = np.maximum(draws, np.minimum(sayers[told], of[told]))  # no count that can be is impossible
    chance = np.minimum(mean[told] / draws, 1.0)
    seen = mentions.side[told]
    found[told] = np.clip((_tail(seen, draws, chance) + _tail(seen + 1, draws, chance)) / 2, 1e-300, 1.0)
    return found


def _expected(sayers: Floats, of: Floats, of_other: Floats, odds: Floats) -> Floats:
    """How many of the `sayers` are on this side where the odds ratio is `odds`: the root of Cornfield's quadratic."""
    linear = odds * (of + sayers) + of_other - sayers
    square = odds - 1
    root = np.sqrt(np.maximum(linear**2 - 4 * square * odds * of * sayers, 0.0))
    return np.asarray(2 * odds * of * sayers / (linear + root), dtype=np.float64)  # written so that odds of 1 divide by nothing small


def _tail(count: Floats, draws: Floats, chance: Floats) -> Floats:
    """P(at least `count`) of a binomial; `draws` may be broken."""
    beyond = np.where(count > 0, betainc(np.maximum(count, 1.0), np.maximum(draws - count + 1, 1e-3), chance), 1.0)
    return np.where(count > draws + 1, 0.0, beyond)


def mentions_of(phrases: Phrases, onside: NDArray[np.bool_], persons: Integers, languages: NDArray[np.str_]) -> Mentions:
    """Count people, each once a side and phrase. Arrays (texts,): whether the text is on the side, who said it, in which language."""
    listed, language = np.unique(np.concatenate([languages, np.array(phrases.languages, dtype=languages.dtype)]), return_inverse=True)
    of_text, of_phrase = language[: len(languages)], language[len(languages) :]
    _, person = np.unique(persons, return_inverse=True)
    _, first, text_unit = np.unique((person * len(listed) + of_text) * 2 + onside, return_index=True, return_inverse=True)
    on = onside[first]
    every = np.bincount(of_text[first] * 2 + on, minlength=2 * len(listed)).reshape(-1, 2).astype(np.float64)
    counts = np.zeros((len(phrases), 2))
    for low, high in _blocks(phrases.starts):
        inside = slice(int(phrases.starts[low]), int(phrases.starts[high]))
        phrase = np.repeat(np.arange(high - low), np.diff(phrases.starts[low : high + 1]))
        pair = np.unique(phrase * len(first) + text_unit[phrases.texts[inside]])
        counts[low:high] = np.bincount(pair // len(first) * 2 + on[pair % len(first)], minlength=2 * (high - low)).reshape(-1, 2)
    of = every[of_phrase]
    wrote = np.bincount(of_text * 2 + onside, weights=phrases.lengths, minlength=2 * len(listed)).reshape(-1, 2)
    each = np.maximum(wrote, 1.0) / np.maximum(every, 1.0)
    return Mentions(counts[:, 1], counts[:, 0], of[:, 1], of[:, 0], of_phrase, np.log(each[:, 1] / each[:, 0])[of_phrase])


def _blocks(starts: Integers) -> list[tuple[int, int]]:
    """Runs of phrases with so many mentions together."""
    cuts = [0]
    while cuts[-1] < len(starts) - 1:
        cuts.append(max(int(np.searchsorted(starts, starts[cuts[-1]] + _BLOCK, side="right")) - 1, cuts[-1] + 1))
    return list(pairwise(cuts))
