"""The ranked table: one line a moment, one a level under it, decisive and quiet ones on the same axis."""

from __future__ import annotations

from momot.findings.display import rank_words
from momot.findings.findings import Moment
from momot.findings.forest import Forest, Line, Row, label_of
from momot.findings.half_life import lasting_words
from momot.findings.labels import EVIDENCE_WORDS, VERDICT_WORDS, printable
from momot.findings.numbers import at_stake_decimals, percent
from momot.language import ENGLISH, Language
from momot.report.marks.forest import ROW_HEIGHT, row_svg, under_name
from momot.report.pages import Cell, Pain, Pill, TableRow

LONGEST_NAME = 120
LONGEST_TEXT = 600
LEVEL_HEIGHT = 26.0
PILLS = {"makes": "makes", "breaks": "breaks", "make or break": "both"}


def table_rows(row: Row, drawn: Forest, anchor: str | None) -> list[TableRow]:
    """The lines of one moment."""
    quiet = not row.moment.decisive
    if row.moment.verdict == "not identifiable" or not row.lines:
        return [_line(row.moment, drawn, anchor, below=under_name(row, drawn.language))]
    levels = [_level(line, drawn, quiet, last=line is row.below[-1]) for line in row.below]
    shape = "has-levels" if levels else "plain"
    if not row.top:
        return [_line(row.moment, drawn, anchor, below=under_name(row, drawn.language), shape=shape), *levels]
    title = "; ".join(in_numbers(line, drawn) for line in row.top)
    badly, well = (_cell(next((line for line in row.top if line.side == name), None), drawn, quiet) for name in ("badly", "well"))
    marks = row_svg(drawn, row.top, title, quiet=quiet, height=LEVEL_HEIGHT if quiet else ROW_HEIGHT)
    return [
        _line(row.moment, drawn, anchor, below=under_name(row, drawn.language), shape=shape, marks=marks, badly=badly, well=well),
        *levels,
    ]


def _line(moment: Moment, drawn: Forest, anchor: str | None, *, below: str, shape: str = "plain", **cells: object) -> TableRow:
    return TableRow(
        shape=shape,
        rank=rank_words(moment, drawn),
        name=printable(moment.touchpoint, LONGEST_NAME),
        anchor=anchor,
        below=printable(below, LONGEST_NAME),
        pill=pill(moment, drawn.language),
        at_stake=at_stake(moment, drawn.language),
        people=people(moment, drawn.language),
        evidence=moment.evidence,
        evidence_words=drawn.language.say(EVIDENCE_WORDS[moment.evidence]),
        lasts=lasts(moment, drawn.language),
        pain=pain(moment),
        **{"marks": None, "badly": None, "well": None, **cells},  # type: ignore[arg-type]
    )


def _level(line: Line, drawn: Forest, quiet: bool, *, last: bool) -> TableRow:
    cell = _cell(line, drawn, quiet)
    words = printable(line.words, LONGEST_NAME)
    return TableRow(
        shape="level last-level" if last else "level",
        rank="",
        name=words,
        anchor=None,
        below="",
        pill=None,
        badly=cell if line.side == "badly" else None,
        marks=row_svg(drawn, (line,), in_numbers(line, drawn), quiet=quiet, height=LEVEL_HEIGHT),
        well=cell if line.side == "well" else None,
        at_stake=None,
        people="",
        evidence="",
        evidence_words="",
    )


def in_numbers(line: Line, drawn: Forest) -> str:
    """`bad against good: -2.2, -2.4 to -2.0`: what a mark shows, for whoever does not see it. The name of the moment stands beside it."""
    words, numbers, effect = printable(line.words, LONGEST_NAME), drawn.numbers, line.effect
    return f"{words}: {numbers.effect(effect.estimate)}, {numbers.interval(effect.low, effect.high)}"


def _cell(line: Line | None, drawn: Forest, quiet: bool) -> Cell | None:
    if line is None:
        return None
    look = f"{line.side} {'solid' if line.solid and not quiet else 'hollow'}"
    effect = line.effect
    return Cell(drawn.numbers.effect(effect.estimate), drawn.numbers.interval(effect.low, effect.high), look)


def pill(moment: Moment, language: Language = ENGLISH) -> Pill:
    """What it does in a word; the verdict under it. Evidence C has no colour: which way it works is not known."""
    words = label_of(moment, language) if moment.decisive else ""
    verdict = language.say(VERDICT_WORDS[moment.verdict])
    look = PILLS.get(moment.label or "", "") if moment.decisive and moment.evidence != "C" else ""
    return Pill(look=look, words=words or verdict, below=verdict if words else "")


def at_stake(moment: Moment, language: Language = ENGLISH) -> Cell | None:
    """Touched a month x effect, with its interval."""
    stake = moment.at_stake
    if stake is None:
        return None
    places = at_stake_decimals(stake)
    low, high = language.grouped(stake.low, places), language.grouped(stake.high, places)
    return Cell(language.grouped(stake.estimate, places), language.say("{low} to {high}", low=low, high=high), "")


def people(moment: Moment, language: Language = ENGLISH) -> str:
    """`3 970, 17 %`."""
    reach = moment.reach
    return f"{language.grouped(reach.people)}, {percent(reach.share, language=language)}"


def lasts(moment: Moment, language: Language = ENGLISH) -> str:
    """`3 weeks (2 to 5)`, `at least 8 weeks`, or nothing."""
    return lasting_words(moment.half_life_days, language) if moment.half_life_days is not None else ""


def pain(moment: Moment) -> Pain | None:
    """The reason given most by those for whom it went badly, or where nobody says why by those for whom it went well."""
    if moment.why is None or not (found := moment.why.badly or moment.why.well):
        return None
    return Pain(words=printable(found[0].reason, LONGEST_NAME), language=found[0].language)
