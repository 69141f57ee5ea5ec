"""How a language writes numbers, from the data of CLDR that Babel carries."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache


@dataclass(frozen=True, slots=True)
class Written:
    """Marks of a number: between thousands, before decimals, from which number on thousands are parted, where the per cent sign stands."""

    group: str
    point: str
    grouped_from: float
    percent: str  # with {} for the number


@cache
def written(code: str) -> Written:
    """The marks of one language."""
    from babel import Locale
    from babel.numbers import format_decimal, format_percent, get_decimal_symbol, get_group_symbol

    locale = Locale.parse(code)
    group = get_group_symbol(locale)
    parted = group in format_decimal(1234, locale=locale)
    return Written(
        group=group,
        point=get_decimal_symbol(locale),
        grouped_from=1000 if parted else 10_000,
        percent=format_percent(0.5, locale=locale).replace("50", "{}"),
    )
