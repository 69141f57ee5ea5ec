"""The forest as a model, shared by terminal, report and notebook: which effect stands on which side, solid or hollow, on one axis.

Nothing is decided here: verdicts come from the findings; an interval that reaches into the band of what is too small to matter is hollow.
"""

from __future__ import annotations

import math
import statistics
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from momot.findings.contract import Effect, Question
from momot.findings.findings import Findings, Moment
from momot.findings.labels import column_heads, contrast_words, label_words
from momot.findings.numbers import Numbers, numbers_of
from momot.language import ENGLISH, Language

Side = Literal["badly", "well"]
QUALITY_CONTRASTS = ("break", "make", "bad-good")
OUTLIER = 4.0  # a quiet interval this many times wider than the middle one is cut at the edge of the axis


@dataclass(frozen=True, slots=True)
class Line:
    """One effect of a moment on the axis. `words` says what is compared with what; `solid`: its interval is outside the band."""

    effect: Effect
    side: Side
    solid: bool
    words: str


@dataclass(frozen=True, slots=True)
class Row:
    """One moment with its lines: `top` beside the name, at most one a side; `below` a row each under it (levels)."""

    moment: Moment
    top: tuple[Line, ...]
    below: tuple[Line, ...] = ()

    @property
    def lines(self) -> tuple[Line, ...]:
        """All of them."""
        return self.top + self.below


@dataclass(frozen=True, slots=True)
class Forest:
    """One question's rows on one axis, in the unit of the question. `low` < 0 < `high`; 0 is each effect's stated reference."""

    question: Question
    numbers: Numbers
    decisive: tuple[Row, ...]
    quiet: tuple[Row, ...]
    low: float
    high: float
    heads: tuple[str, str]

    @property
    def language(self) -> Language:
        """In which its words are said."""
        return self.numbers.language

    @property
    def band(self) -> float | None:
        """Half-width of what is too small to matter."""
        return self.question.smallest_effect

    @property
    def rows(self) -> tuple[Row, ...]:
        """Decisive first."""
        return self.decisive + self.quiet

    @property
    def mirrored(self) -> bool:
        """Lower is better: the axis is turned so that better stays on the right."""
        return self.question.better == "lower"


def forest(findings: Findings, question: Question, language: Language = ENGLISH) -> Forest:
    """The forest of one question of these findings, its words and numbers in one language."""
    moments = [moment for moment in findings if moment.question.id == question.id]
    rows = [row(moment, language) for moment in moments]
    decisive = tuple(r for r in rows if r.moment.decisive)
    quiet = tuple(r for r in rows if not r.moment.decisive)
    shown = [line.effect for r in (decisive or quiet) for line in r.lines]
    low, high = domain(shown, question.smallest_effect, keep_all=bool(decisive))
    qualities = any(line.effect.contrast in QUALITY_CONTRASTS for r in rows for line in r.lines)
    return Forest(
        question=question,
        numbers=numbers_of(question, shown, language),
        decisive=decisive,
        quiet=quiet,
        low=low,
        high=high,
        heads=column_heads(qualities=qualities or not shown),
    )


def row(moment: Moment, language: Language = ENGLISH) -> Row:
    """The lines of one moment, the bad side first, levels in their own order."""
    effects = _two_sided(moment.telling_effects)
    lines = [
        Line(
            effect,
            side(effect, moment.question.better),
            solid(effect, moment.question),
            contrast_words(effect, language=language),
        )
        for effect in effects
    ]
    qualities = [line for line in lines if line.effect.contrast in QUALITY_CONTRASTS]
    top = lines if _one_a_side(lines) else qualities if _one_a_side(qualities) else []
    # Bad and good around neutral say in two numbers what the single ratings spell out: those stay in the list of all estimates.
    below = () if len(top) == 2 else tuple(line for line in lines if line not in top)
    return Row(moment, tuple(sorted(top, key=lambda line: line.side == "well")), below)


def _one_a_side(lines: Sequence[Line]) -> bool:
    return len({line.side for line in lines}) == len(lines)


def _two_sided(effects: tuple[Effect, ...]) -> tuple[Effect, ...]:
    """Break and make around one reference say it all: bad against good is their difference and stays in the list of all estimates."""
    contrasts = {effect.contrast for effect in effects}
    return tuple(effect for effect in effects if effect.contrast != "bad-good") if {"break", "make"} <= contrasts else effects


def ends(row: Row) -> tuple[Line, ...]:
    """One line a side: what stands beside the name, or the strongest level of each."""
    if row.top:
        return row.top
    sides = [[line for line in row.below if line.side == name] for name in ("badly", "well")]
    return tuple(max(lines, key=lambda line: abs(line.effect.estimate)) for lines in sides if lines)


def side(effect: Effect, better: Literal["higher", "lower"]) -> Side:
    """A break stands left and a make right, whatever the sign; a level, an arm or a presence by the way the outcome moved."""
    if effect.contrast in ("break", "bad-good"):
        return "badly"
    if effect.contrast == "make":
        return "well"
    return "well" if (effect.estimate >= 0) == (better == "higher") else "badly"


def solid(effect: Effect, question: Question) -> bool:
    """Whether the whole interval lies outside what is too small to matter."""
    band = question.smallest_effect or 0.0
    return effect.low > band or effect.high < -band


def domain(effects: Iterable[Effect], band: float | None, *, keep_all: bool = True) -> tuple[float, float]:
    """Ends of an axis that holds 0, the band and the intervals; without `keep_all` a few very wide ones are cut at the edge."""
    ends = [(effect.low, effect.high) for effect in effects]
    if not keep_all and ends:
        limit = OUTLIER * statistics.median(max(abs(low), abs(high)) for low, high in ends)
        ends = [(max(low, -limit), min(high, limit)) for low, high in ends]
    edge = 1.6 * (band or 0.0)
    low = min([-edge, *(low for low, _ in ends)])
    high = max([edge, *(high for _, high in ends)])
    if max(high, -low) < 1e-300:  # nothing, or so near nothing that a part of it would round to 0
        return (-1.0, 1.0)
    # Never a bare end: zero and its marks stay readable where every effect points one way.
    reach = 0.12 * max(high, -low)
    return (min(low, -reach), max(high, reach))


def label_of(moment: Moment, language: Language = ENGLISH) -> str:
    """What a decisive moment does, in a few words; its direction where all there is to say is that it was there."""
    sides = {side(effect, moment.question.better) for effect in moment.main_effects if effect.contrast == "presence"}
    return label_words(moment.finding, better=sides == {"well"} if len(sides) == 1 else None, language=language)


def references(rows: Iterable[Row]) -> tuple[str, ...]:
    """The references that stand at zero, each once."""
    return tuple(dict.fromkeys(line.effect.reference for r in rows for line in r.lines))


def tick_step(low: float, high: float, most: int) -> float:
    """The smallest of 1, 2, 5 x 10^k that cuts an axis into at most `most` parts."""
    rough = (high - low) / max(1, most)
    power = 10.0 ** math.floor(math.log10(rough))
    return next(size * power for size in (1, 2, 5, 10) if size * power >= rough * (1 - 1e-9))
