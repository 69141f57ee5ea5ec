"""What `momot journey` prints for people: the facts by stage. Numbers stand in one column, each with its interval and of how many it is."""

from __future__ import annotations

import shlex
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from rich.text import Text

from momot.cli.page import BOLD, DIM, Page, bar, spark
from momot.findings.labels import printable
from momot.findings.numbers import NO_BREAK_SPACE, grouped, percent

if TYPE_CHECKING:
    from momot.journeys.contract import Fact, Journey

PARTS = (
    ("zmot", "ZMOT", "looking for an answer"),
    ("fmot", "FMOT", "in front of the offer"),
    ("smot", "SMOT", "using it"),
    ("umot", "UMOT", "telling others"),
    ("loop", "LOOP", "coming back"),
)
_TABLED = (
    "first_impression",
    "first_impression_next",
    "repurchase_within",
    "repurchase_hazard",
    "cycle_days",
    "payback_share",
    "payback_days",
)
_MONTHS = 12  # cohorts shown
_HEADS = {
    "first_impression": "how long they stay at the first sight of the offer, and where they go",
    "repurchase_within": "buy again within",
    "cycle_days": "until half have made the next purchase",
    "payback_share": "brought what it cost to win them, by month of the first purchase",
}


def facts_text(journey: Journey, folder: Path, page: Page) -> str:
    """The facts as text for a terminal."""
    _head(journey, page)
    for part, code, meaning in PARTS:
        told = [fact for fact in journey.facts if fact.part == part and fact.absent is None]
        if told:
            page.line()
            page.line(Text.assemble((code, BOLD), "  ", (meaning, DIM)))
            _part(told, page)
    _untold([fact for fact in journey.facts if fact.absent is not None and not (fact.group and fact.absent.rule == "not_reached")], page)
    at = "" if str(folder) == "." else f" {shlex.quote(str(folder))}"
    page.line()
    page.line(Text(f"momot journey{at} --funnel  ·  --paths  ·  --cohorts  ·  momot journey{at} PERSON", style=DIM))
    return page.text()


def _head(journey: Journey, page: Page) -> None:
    when = f"{journey.from_} to {journey.to}, {journey.timezone}" if journey.from_ else "no journeys"
    page.line(Text.assemble((printable(journey.project), BOLD), ("  ", ""), (when, DIM)))
    counts = [
        f"{grouped(journey.people)} people", f"{grouped(journey.interactions)} interactions", f"{grouped(journey.buyers)} buyers",
        f"{grouped(journey.purchases)} purchases",
    ]  # fmt: skip
    if journey.purchase:
        counts[-1] += f" ({', '.join(map(printable, journey.purchase))})"
    if journey.employees:
        counts.append(f"{grouped(journey.employees)} employee{'s' if journey.employees != 1 else ''} left out")
    page.line(Text(" · ".join(counts), style=DIM))


def _part(told: Sequence[Fact], page: Page) -> None:
    for fact in told:
        if fact.id not in _TABLED:
            page.line(Text.assemble(*_numbers(fact), "  ", *_sentence(fact)))
    by_name = {name: [fact for fact in told if fact.id == name] for name in _TABLED}
    _impressions(by_name["first_impression"], by_name["first_impression_next"], page)
    _grouped(by_name["repurchase_within"], page, bars=True)
    _hazard(by_name["repurchase_hazard"], page)
    _grouped(by_name["cycle_days"], page)
    _paybacks(by_name["payback_share"], by_name["payback_days"], page)


def _numbers(fact: Fact) -> tuple[tuple[str, str], ...]:
    """The number and its interval, in columns that all facts share."""
    return (f"  {value_words(fact):>8}", BOLD), (f"  {interval_words(fact):<13}", DIM)


def _sentence(fact: Fact) -> tuple[tuple[str, str], ...]:
    """What the number says: `of 121 buyers have bought again`; of a mean or a median the denominator stands behind."""
    count = f"{grouped(fact.n)} {fact.of}"
    if fact.unit == "share" and fact.id != "before_contact_share":
        return ((f"of {count} ", DIM), (fact.title, ""))
    return ((fact.title, ""), (f", {count}", DIM))


def value_words(fact: Fact) -> str:
    """`67.1 %`, `88 d`, `2.1`; durations in the unit that suits them."""
    assert fact.value is not None  # noqa: S101  absent facts are printed elsewhere
    if fact.unit == "share":
        return percent(fact.value, 1)
    factor, unit = _scale(fact)
    return f"{grouped(fact.value * factor, _decimals(fact.value * factor))}{unit}"


def interval_words(fact: Fact) -> str:
    """`65.7–68.5`; open where the records bound it on one side only."""
    assert fact.value is not None  # noqa: S101  absent facts are printed elsewhere
    if fact.low is None and fact.high is None:
        return ""
    factor = 100 if fact.unit == "share" else _scale(fact)[0]
    places = 1 if fact.unit == "share" else _decimals(fact.value * factor)
    low, high = (None if one is None else grouped(one * factor, places) for one in (fact.low, fact.high))
    return f"{low or '?'}–{high}" if high is not None else f"{low} or more"


def _scale(fact: Fact) -> tuple[float, str]:
    """What a duration is multiplied with to be read, and its unit."""
    days = (fact.value or 0.0) / (24 if fact.unit == "hours" else 1)
    if fact.unit not in ("days", "hours"):
        return 1, ""
    unit, a_day = ("d", 1.0) if days >= 2 else ("h", 24.0) if days * 24 >= 2 else ("min", 1440.0)
    return (a_day if fact.unit == "days" else a_day / 24), f"{NO_BREAK_SPACE}{unit}"


def _decimals(value: float) -> int:
    """Three digits are enough for a duration."""
    return 0 if abs(value) >= 99.5 or value == 0 else 1


def _impressions(facts: Sequence[Fact], nexts: Sequence[Fact], page: Page) -> None:
    if not facts:
        return
    page.line()
    page.line(Text(f"  {_HEADS['first_impression']}, of {grouped(facts[0].n)} people", style=DIM))
    for fact in facts:
        then = [
            f"{printable(one.next or '')} {percent(one.value or 0, 0)}" for one in nexts if one.group == fact.group
        ][: 3 if page.width >= 120 else 2]  # fmt: skip
        words = Text.assemble(*_numbers(fact), "  ", f"{fact.group or '':<13}", bar(fact.value or 0, 12 if page.width >= 100 else 0))
        page.line(words.append(f"  then {', '.join(then)}" if then else "", style=DIM))


def _grouped(facts: Sequence[Fact], page: Page, *, bars: bool = False) -> None:
    if not facts:
        return
    page.line()
    page.line(Text(f"  {_HEADS[facts[0].id]}", style=DIM))
    for fact in facts:
        line = Text.assemble(*_numbers(fact), "  ", f"{fact.group:<9}", (f"{grouped(fact.n):>8} {fact.of}", DIM))
        page.line(line.append("  ").append_text(bar(fact.value or 0, 20)) if bars and page.width >= 80 else line)


def _hazard(facts: Sequence[Fact], page: Page) -> None:
    """A line of marks, a week each, with the first, the highest and the last number."""
    if not facts:
        return
    shown = facts[: page.width - 30]
    values = [fact.value or 0.0 for fact in shown]
    top = max(shown, key=lambda fact: fact.value or 0.0)
    page.line()
    page.line(Text("  buy again in this week, of those who had not yet", style=DIM))
    page.line(Text.assemble("  ", spark(values)))
    first, last = shown[0], shown[-1]
    named = [
        (first.group, first),
        *([(top.group, top)] if top is not first else []),
        *([(last.group, last)] if last not in (first, top) else []),
    ]
    page.line(Text("  " + "  ·  ".join(f"{group} {percent(one.value or 0, 1)} of {grouped(one.n)}" for group, one in named), style=DIM))


def _paybacks(shares: Sequence[Fact], days: Sequence[Fact], page: Page) -> None:
    if not shares:
        return
    half = {fact.group: fact for fact in days if fact.absent is None}
    page.line()
    page.line(Text(f"  {_HEADS['payback_share']}", style=DIM))
    for fact in shares[-_MONTHS:]:
        until = f"half after {value_words(half[fact.group])}" if fact.group in half else "not yet half"
        page.line(Text.assemble(*_numbers(fact), "  ", f"{fact.group:<9}", (f"{grouped(fact.n):>8} buyers  {until}", DIM)))
    if len(shares) > _MONTHS:
        page.line(Text(f"  … {len(shares) - _MONTHS} earlier months are in --format json", style=DIM))


def _untold(facts: Iterable[Fact], page: Page) -> None:
    """What can't be told, those with the same reason together."""
    reasons: dict[str, list[str]] = {}
    for fact in facts:
        assert fact.absent is not None  # noqa: S101  only absent ones come here
        name = f"{fact.id.replace('_', ' ')}{f' {fact.group}' if fact.group else ''}"
        reasons.setdefault(fact.absent.reason, []).append(name)
    if reasons:
        page.line()
        page.line(Text("Can’t be told", style=BOLD))
    for reason, names in reasons.items():
        page.line(Text.assemble("? ", ", ".join(dict.fromkeys(names)), ": ", (printable(reason), DIM)))
