"""The ranked table: one line a moment, one a level under it, decisive and quiet ones on the same axis."""

from __future__ import annotations

from momot.findings.display import rank_words
from momot.findings.findings import Moment
from momot.findings.forest import Forest, Line, Row, label_of
from momot.findings.labels import EVIDENCE_WORDS, VERDICT_WORDS, printable
from momot.findings.numbers import at_stake_decimals, grouped, percent
from momot.findings.sentences import effect_sentence
from momot.report.marks.forest import ROW_HEIGHT, row_svg, under_name
from momot.report.pages import Cell, Pill, TableRow

LONGEST_NAME = 120
LONGEST_TEXT = 600
LEVEL_HEIGHT = 26.0
PILLS = {"makes": "makes", "breaks": "breaks", "make or break": "both"}


def table_rows(row: Row, drawn: Forest, anchor: str | None) -> list[TableRow]:
    """The lines of one moment."""
    quiet = not row.moment.decisive
    if row.moment.verdict == "not identifiable" or not row.lines:
        return [_line(row.moment, drawn, anchor, below=under_name(row))]
    levels = [_level(row, line, drawn, quiet, last=line is row.below[-1]) for line in row.below]
    shape = "has-levels" if levels else "plain"
    if not row.top:
        return [_line(row.moment, drawn, anchor, below=under_name(row), shape=shape), *levels]
    title = printable(" ".join(effect_sentence(row.moment, line.effect, drawn.numbers) for line in row.top), LONGEST_TEXT)
    badly, well = (_cell(next((line for line in row.top if line.side == name), None), drawn, quiet) for name in ("badly", "well"))
    marks = row_svg(drawn, row.top, title, quiet=quiet, height=LEVEL_HEIGHT if quiet else ROW_HEIGHT)
    return [_line(row.moment, drawn, anchor, below=under_name(row), shape=shape, marks=marks, badly=badly, well=well), *levels]


def _line(moment: Moment, drawn: Forest, anchor: str | None, *, below: str, shape: str = "plain", **cells: object) -> TableRow:
    return TableRow(
        shape=shape,
        rank=rank_words(moment, drawn),
        name=printable(moment.touchpoint, LONGEST_NAME),
        anchor=anchor,
        below=printable(below, LONGEST_NAME),
        pill=pill(moment),
        at_stake=at_stake(moment),
        people=people(moment),
        evidence=moment.evidence,
        evidence_words=EVIDENCE_WORDS[moment.evidence],
        **{"marks": None, "badly": None, "well": None, **cells},  # type: ignore[arg-type]
    )


def _level(row: Row, line: Line, drawn: Forest, quiet: bool, *, last: bool) -> TableRow:
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
        marks=row_svg(drawn, (line,), f"{printable(row.moment.touchpoint, LONGEST_NAME)}: {words}", quiet=quiet, height=LEVEL_HEIGHT),
        well=cell if line.side == "well" else None,
        at_stake=None,
        people="",
        evidence="",
        evidence_words="",
    )


def _cell(line: Line | None, drawn: Forest, quiet: bool) -> Cell | None:
    if line is None:
        return None
    look = f"{line.side} {'solid' if line.solid and not quiet else 'hollow'}"
    effect = line.effect
    return Cell(drawn.numbers.effect(effect.estimate), drawn.numbers.interval(effect.low, effect.high), look)


def pill(moment: Moment) -> Pill:
    """What it does in a word; the verdict under it. Evidence C has no colour: which way it works is not known."""
    words = label_of(moment) if moment.decisive else ""
    verdict = VERDICT_WORDS[moment.verdict]
    look = PILLS.get(moment.label or "", "") if moment.decisive and moment.evidence != "C" else ""
    return Pill(look=look, words=words or verdict, below=verdict if words else "")


def at_stake(moment: Moment) -> Cell | None:
    """Touched a month x effect, with its interval."""
    stake = moment.at_stake
    if stake is None:
        return None
    places = at_stake_decimals(stake)
    return Cell(grouped(stake.estimate, places), f"{grouped(stake.low, places)} to {grouped(stake.high, places)}", "")


def people(moment: Moment) -> str:
    """`3 970, 17 %`."""
    reach = moment.reach
    return f"{grouped(reach.people)}, {percent(reach.share)}"
