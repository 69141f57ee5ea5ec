"""Numbers as people read them: a true minus, narrow spaces between thousands, a fixed number of decimals for each question.

Shares are 0-1 everywhere in momot and become percent, and their differences percentage points, only here.
"""

from __future__ import annotations

import math
import re
import statistics
from collections.abc import Iterable
from dataclasses import dataclass

from momot.findings.contract import AtStake, Effect, Question
from momot.language import ENGLISH, Language
from momot.language.speech import MINUS, NARROW_SPACE, NO_BREAK_SPACE

__all__ = [
    "MINUS",
    "NARROW_SPACE",
    "NO_BREAK_SPACE",
    "Numbers",
    "at_stake_decimals",
    "at_stake_unit",
    "decimals_for",
    "grouped",
    "numbers_of",
    "percent",
    "probability",
    "share_interval",
    "signed",
    "stake_words",
]
MOST_DECIMALS = 6
_SMALL_SHARE = 0.0995  # written with a decimal below it: it would round to 10 %
ONE_DIGIT_IS_ENOUGH = 6.9  # a half-width of .07 is written with two decimals, one of .066 with three


def grouped(value: float, decimals: int = 0, language: Language = ENGLISH) -> str:
    """`61 240`, `-0.50` with a true minus. Zero never carries a sign; a value that is not finite is a dash."""
    return language.grouped(value, decimals)


def signed(value: float, decimals: int = 0, language: Language = ENGLISH) -> str:
    """Like `grouped`, with a plus before what is above zero."""
    text = grouped(value, decimals, language)
    positive = value > 0 and any(digit in text for digit in "123456789")
    return f"+{text}" if positive else text


def share_interval(share: float, low: float, high: float, language: Language = ENGLISH) -> tuple[str, str]:
    """`6.7 %` and `[6.0, 7.4]`: the ends with the decimals of the share, so that no small one is within `[0, 0]`."""
    decimals = 1 if share < _SMALL_SHARE else 0
    ends = ", ".join(grouped(100 * end, decimals, language) for end in (low, high))
    return percent(share, decimals, language), f"[{ends}]"


def percent(share: float, decimals: int | None = None, language: Language = ENGLISH) -> str:
    """`17 %` of a share 0-1; under 10 % with one decimal unless told otherwise."""
    if decimals is None:
        decimals = 0 if abs(share) >= _SMALL_SHARE or share == 0 else 1
    return language.percent(grouped(share * 100, decimals, language))


def probability(value: float) -> str:
    """A p or q value: `.009`, `< .001`."""
    if value < 0.001:
        return "< .001"
    return f"{value:.3f}".lstrip("0") if value < 1 else "1"


def decimals_for(half_widths: Iterable[float]) -> int:
    """Decimals that leave one or two significant digits in the middle one of these half-widths: more would claim too much."""
    usable = [width for width in half_widths if math.isfinite(width) and width > 0]
    if not usable:
        return 2
    middle = statistics.median(usable)
    power: int = math.floor(math.log10(middle))
    return max(0, min(MOST_DECIMALS, -power + int(middle / 10.0**power < ONE_DIGIT_IS_ENOUGH)))


@dataclass(frozen=True, slots=True)
class Numbers:
    """How the numbers of one question are written. Takes values in the question's unit and scales shares itself."""

    unit: str
    decimals: int
    language: Language = ENGLISH

    @property
    def is_share(self) -> bool:
        """Whether values are shares 0-1."""
        return self.unit == "share"

    @property
    def is_money(self) -> bool:
        """Whether the unit is a currency code."""
        return re.fullmatch("[A-Z]{3}", self.unit) is not None

    @property
    def factor(self) -> float:
        """What a value is multiplied by before it is written."""
        return 100.0 if self.is_share else 1.0

    @property
    def effect_unit(self) -> str:
        """The unit of an effect, in words: `percentage points`, `stars`, `USD`."""
        return self.language.say("percentage points") if self.is_share else self.unit

    def effect(self, value: float) -> str:
        """`+7.66`, without the unit."""
        return signed(value * self.factor, self.decimals, self.language)

    def size(self, value: float) -> str:
        """The size of an effect without its sign, without the unit."""
        return grouped(abs(value) * self.factor, self.decimals, self.language)

    def plain(self, value: float) -> str:
        """A threshold such as the smallest effect, with as few decimals as it needs, without the unit."""
        return f"{round(abs(value) * self.factor, 10):g}".replace("-", MINUS).replace(".", self.language.written.point)

    def interval(self, low: float, high: float) -> str:
        """`-2.36 to -2.05` with true minus signs."""
        return self.language.say("{low} to {high}", low=self.effect(low), high=self.effect(high))

    def with_unit(self, number: str) -> str:
        """A written number with the unit of an effect behind it."""
        return f"{number}{NO_BREAK_SPACE}{self.effect_unit}" if self.effect_unit else number

    def level(self, value: float) -> str:
        """A mean of the outcome: `78.4 %`, `4.29`."""
        if self.is_share:
            return percent(value, min(self.decimals, 2), self.language)
        return grouped(value, max(self.decimals, 1) if not self.is_money else max(self.decimals, 2), self.language)


def numbers_of(question: Question, effects: Iterable[Effect], language: Language = ENGLISH) -> Numbers:
    """The way to write one question's numbers, from the middle width of its intervals."""
    factor = 100.0 if question.unit == "share" else 1.0
    decimals = decimals_for((effect.high - effect.low) / 2 * factor for effect in effects)
    return Numbers(unit=question.unit, decimals=decimals, language=language)


def at_stake_unit(at_stake: AtStake, people: str = "people") -> str:
    """Share times people is people, or accounts where these are followed."""
    return re.sub(r"^shares?\b", people, at_stake.unit)


def stake_words(at_stake: AtStake, people: str = "people", language: Language = ENGLISH) -> str:
    """`people a month`, `stars a month`: the unit of what is at stake, in the reader's language."""
    unit = at_stake_unit(at_stake, people)
    if language.is_english or not unit.endswith(" a month"):
        return unit
    what = unit.removesuffix(" a month")
    return language.say("{things} a month", things=language.say(what) if what in ("people", "accounts") else what)


def at_stake_decimals(at_stake: AtStake) -> int:
    """Whole numbers from an interval of some width; never more than two decimals."""
    return min(2, decimals_for([(at_stake.high - at_stake.low) / 2]))
