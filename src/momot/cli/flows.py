"""Funnel, paths, cohorts and the time line of one person as text for a terminal."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from rich.text import Text

from momot.cli.page import BOLD, DIM, Page, bar
from momot.findings.labels import printable
from momot.findings.numbers import grouped, percent

if TYPE_CHECKING:
    from momot.journeys.contract import Cohorts, Event, Funnel, Paths, Timeline

BADLY, WELL = "#e8703a", "#4a9fe0"
_LONGEST = 44
_EDGES = 15
_MICRO = 1e-9


def funnel_text(funnel: Funnel, page: Page) -> str:
    """One line a step."""
    page.line(
        Text.assemble((printable(funnel.project), BOLD), (f"  {grouped(funnel.people)} people, through the steps in this order", DIM))
    )
    page.line()
    names = max(len(printable(step.name, _LONGEST)) for step in funnel.steps)
    room = max(8, min(30, page.width - names - 60))
    head = f"{'Step':<{names}}  {'':<{room}}  {'People':>8}  {'Of first':>8}  {'Onward':>22}  {'Days':>6}"
    page.line(Text(head.rstrip(), style=DIM))
    top = max(step.people for step in funnel.steps) or 1
    for step in funnel.steps:
        onward = "" if step.onward is None else f"{percent(step.onward, 0)} {_range(step.onward_low, step.onward_high)}"
        page.line(
            Text.assemble(
                (f"{printable(step.name, _LONGEST):<{names}}", BOLD), "  ", bar(step.people / top, room), f"  {grouped(step.people):>8}",
                (f"  {'' if step.share is None else percent(step.share, 0):>8}", DIM), f"  {onward:>22}", (f"  {_days(step.days):>6}", DIM),
            )
        )  # fmt: skip
    page.line()
    page.line(Text("Onward: of those who came to the step before, with a 95 % interval. Days: median since the step before.", style=DIM))
    skipped = [f"{printable(step.name, _LONGEST)} {grouped(step.met)}" for step in funnel.steps if step.met > step.people]
    if skipped:
        page.line(Text(f"Met at any time, in any order: {', '.join(skipped)}.", style=DIM))
    return page.text()


def paths_text(paths: Paths, page: Page) -> str:
    """Around one moment a block a step; else how journeys begin, what mostly follows what, and how they end."""
    if paths.moment is None:
        _overall(paths, page)
    else:
        page.line(Text.assemble((printable(paths.moment), BOLD), (f"  {grouped(paths.times)} times", DIM)))
        for step in sorted({flow.step for flow in paths.flows}):
            here = [flow for flow in paths.flows if flow.step == step]
            ahead = "before" if step < 0 else "after"
            page.line()
            page.line(Text(f"just {ahead}" if abs(step) == 1 else f"{abs(step)} steps {ahead}", style=DIM))
            _bars([(flow.moment, flow.times, flow.share) for flow in here], page)
    return page.text()


def _overall(paths: Paths, page: Page) -> None:
    page.line(Text.assemble((printable(paths.project), BOLD), (f"  {grouped(paths.times)} journeys", DIM)))
    blocks = (
        ("begin with", [(edge.to, edge.times) for edge in paths.edges if edge.from_ == "(start)"], 8),
        ("end with", [(edge.from_, edge.times) for edge in paths.edges if edge.to == "(end)"], 8),
        (
            "then",
            [(f"{edge.from_} → {edge.to}", edge.times) for edge in paths.edges if edge.from_ != "(start)" and edge.to != "(end)"],
            _EDGES,
        ),
    )
    for title, rows, most in blocks:
        total = sum(times for _, times in rows)
        shown = rows if len(rows) <= most else rows[: most - 1]
        rest = rows[len(shown) :]
        listed = [*shown, *([(f"({len(rest)} others)", sum(times for _, times in rest))] if rest else [])]
        if listed:
            page.line()
            page.line(Text(title, style=DIM))
            _bars([(name, times, times / total) for name, times in listed], page)


def _bars(rows: list[tuple[str, int, float]], page: Page) -> None:
    longest = min(2 * _LONGEST, max(20, page.width - 36))
    names = max(len(printable(name, longest)) for name, _, _ in rows)
    room = max(0, min(30, page.width - names - 24))
    for name, times, share in rows:
        style = DIM if name.startswith("(") else ""
        page.line(
            Text.assemble(
                "  ",
                (f"{printable(name, longest):<{names}}", style),
                f"  {percent(share, 0):>5}",
                (f"  {grouped(times):>9}  ", DIM),
                bar(share, room),
            )
        )


def cohorts_text(cohorts: Cohorts, page: Page) -> str:
    """A row a month; as many months since as there is room for."""
    page.line(
        Text.assemble(
            (printable(cohorts.project), BOLD), ("  buyers by the month of their first purchase: % who buy again in that month since", DIM)
        )
    )
    if not cohorts.cohorts:
        page.line()
        page.line("Nobody has bought anything.")
        return page.text()
    most = max((len(cohort.cells) for cohort in cohorts.cohorts), default=0)
    room = max(1, (page.width - 20) // 5)
    shown = min(most, room)
    page.line()
    page.line(Text(f"{'Month':<8}{'Buyers':>9}  " + "".join(f"{since:>5}" for since in range(shown)), style=DIM))
    for cohort in cohorts.cohorts:
        cells = "".join(f"{grouped(cell.share * 100, 0 if cell.share >= 0.0995 else 1):>5}" for cell in cohort.cells[:shown])
        page.line(Text.assemble((f"{cohort.month:<8}", BOLD), (f"{grouped(cohort.size):>9}  ", DIM), cells))
    page.line()
    note = "0 is a second purchase in the same month. A month that is not over has no number."
    page.line(Text(note + (f" {most - shown} more months are in --format csv." if most > shown else ""), style=DIM))
    return page.text()


def timeline_text(timeline: Timeline, page: Page) -> str:
    """A line an event, with breaks where a day, a session or a cycle begins."""
    page.line(Text.assemble((printable(timeline.person), BOLD), (f"  {_sums(timeline)}", DIM)))
    if len(timeline.ids) > 1:
        page.line(Text(f"known as {', '.join(map(printable, timeline.ids))}", style=DIM))
    if timeline.is_employee:
        page.line(Text("an employee: left out of facts and estimates", style=DIM))
    before: Event | None = None
    for event in timeline.events:
        _breaks(before, event, page)
        _event(event, timeline, page)
        before = event
    return page.text()


def _sums(timeline: Timeline) -> str:
    count = len(timeline.events)
    bought = f"{timeline.purchases} purchase{'s' if timeline.purchases != 1 else ''}"
    return f"{grouped(count)} event{'s' if count != 1 else ''}, {bought}, times in {timeline.timezone}"


def _breaks(before: Event | None, event: Event, page: Page) -> None:
    """A rule where the purchases so far change, the day where it changes."""
    at = datetime.fromisoformat(event.at)
    last = datetime.fromisoformat(before.at) if before else None
    if event.cycle is not None and (before is None or (before.cycle is not None and event.cycle != before.cycle)):
        words = "before the first purchase" if event.cycle == 0 else f"after purchase {event.cycle}"
        page.line()
        page.line(Text(f"{words} ".ljust(min(page.width, 100), "─"), style=DIM))
    if last is None or at.date() != last.date():
        gap = "" if last is None else f"  {_later((at - last).total_seconds())}"
        page.line(Text.assemble((f"{at:%a} {at.date().isoformat()}", BOLD), (gap, DIM)))


def _event(event: Event, timeline: Timeline, page: Page) -> None:
    at = datetime.fromisoformat(event.at)
    quality = {"bad": ("▼ bad", BADLY), "good": ("▲ good", WELL), "neutral": ("neutral", DIM), None: ("", "")}[event.quality]
    line = Text.assemble(
        (f"  {at:%H:%M:%S}", DIM), (f"  {_session(event):>4}", DIM), (f"  {(event.stage or '').upper():<8}", DIM), "  ",
        (printable(event.moment.split("@")[0], _LONGEST), BOLD if event.purchase else ""),
    )  # fmt: skip
    if event.kind == "opinion":
        line.append(f" {_number(event.value)}", style=BOLD)
    words = [word for word in (event.activity, event.channel, event.level) if word]
    line.append(f"  {printable(' · '.join(words))}" if words else "", style=DIM)
    line.append(f"  {quality[0]}" if quality[0] else "", style=quality[1])
    if event.kind == "interaction" and event.value is not None:
        line.append(f"  {grouped(event.value, 2)} {timeline.currency or ''}".rstrip())
    line.append(f"  {printable(event.subject)}" if event.subject else "", style=DIM)
    page.line(line)


def _session(event: Event) -> str:
    return "" if event.session is None else f"s{event.session}"


def _number(value: float | None) -> str:
    return "" if value is None else grouped(value, 0 if abs(value - round(value)) < _MICRO else 1)


def _later(seconds: float) -> str:
    days = seconds / 86_400
    return f"{grouped(days)} days later" if days >= 1.5 else "a day later" if days >= 1 else f"{grouped(seconds / 3600, 1)} h later"


def _range(low: float | None, high: float | None) -> str:
    return "" if low is None or high is None else f"({grouped(low * 100)}–{grouped(high * 100)})"


def _days(days: float | None) -> str:
    return "" if days is None else grouped(days, 0 if days >= 99.5 else 1 if days >= 0.95 else 2)
