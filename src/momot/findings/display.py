"""The ranked table for a terminal, and the forest for a notebook.

One line an effect: number, mark and interval on one shared axis whose zero is the stated reference. Colour and marks say make or break,
nothing else; without colour or UTF-8 the marks alone say it. A narrow terminal loses columns, never the interval.
"""

from __future__ import annotations

import io
import shlex
import shutil
from collections import Counter
from collections.abc import Sequence

from rich.console import Console
from rich.text import Text

from momot.findings.cells import Column, axis_cell, axis_head, fit, layout, to_ascii
from momot.findings.changes import by_change, numbers_of_change, went_sentence
from momot.findings.contract import Change, Check, Refused, Response
from momot.findings.cost_lines import cost_lines
from momot.findings.credit_lines import credit_lines
from momot.findings.findings import Findings, Moment
from momot.findings.forest import QUALITY_CONTRASTS, Forest, Line, Row, forest, label_of, references
from momot.findings.half_life import half_life_words
from momot.findings.labels import CHANGE_WORDS, RULE_WORDS, VERDICT_WORDS, contrast_words, outcome_words, people_noun, printable, stage_code
from momot.findings.numbers import at_stake_decimals, at_stake_unit, grouped
from momot.findings.pairs_text import pair_lines
from momot.findings.picture import Picture
from momot.findings.sentences import detectable_sentence, failed, listed, response_sentence, sentence, sub_line, untold_groups
from momot.findings.whom_text import whom_lines

STYLES = {"badly": "#e8703a", "well": "#4a9fe0", "quiet": "#8a9299"}
DIM = "#8a9299"
FALLBACK_WIDTH = 100
REASONS = 6  # lines of each kind of reason before the rest is only counted
MOST_REVIEWS = 4
"""Checks that want a look of one question, above which they are listed by name instead of told."""
LONGEST_NAME = 60
HANGING = ("! ", "? ", "\u00b7 ", "\u2717 ", "\u00d7 ")


def table(findings: Findings, *, width: int | None = None, color: bool = False, encoding: str = "utf-8") -> str:
    """The findings as text of at most `width` cells (default: the terminal's). Plain text unless `color`.

    `encoding` is that of the stream it goes to: anything but UTF-8 gets ASCII marks.
    """
    cells = width or shutil.get_terminal_size((FALLBACK_WIDTH, 24)).columns
    blocks: list[Text] = []
    for question in findings.questions:
        blocks += _question_block(findings, forest(findings, question), cells)
        blocks += whom_lines(findings, question)
    blocks += pair_lines(findings)
    blocks += _change_lines(findings)
    blocks += credit_lines(findings, cells)
    blocks += _what_if_lines(findings)
    blocks += cost_lines(findings)
    blocks += _closed_lines(findings)
    blocks.append(_commands(findings))
    out = io.StringIO()
    console = Console(
        file=out,
        width=cells,
        force_terminal=color,
        color_system="truecolor" if color else None,
        highlight=False,
        emoji=False,
        markup=False,
        _environ={},
    )
    for block in blocks:
        for line in _wrapped(block, console, cells):
            console.print(line, soft_wrap=True)
    text = "\n".join(line.rstrip() for line in out.getvalue().splitlines()) + "\n"
    return text if encoding.lower().replace("-", "").replace("_", "") in ("utf8", "utf8sig") else to_ascii(text, encoding)


def html(findings: Findings) -> str:
    """Map and forest of every question as SVG with their own scoped style, for a notebook."""
    from momot.report.notebook import notebook

    return notebook(findings)


def moment_html(moment: Moment) -> str:
    """One finding with its checks, for a notebook."""
    from momot.report.notebook import moment as drawn

    return drawn(moment)


def picture(findings: Findings, question: str | None) -> Picture:
    """The map of one question as a picture that stands alone."""
    from momot.report.notebook import map_svg

    return Picture(map_svg(findings, question))


def _wrapped(block: Text, console: Console, cells: int) -> list[Text]:
    """The block in lines of at most `cells`, what follows the first indented to the text after its mark."""
    if block.no_wrap or block.cell_len <= cells:
        return [block]
    start = block.plain
    indent = len(start) - len(start.lstrip()) + (2 if start.lstrip()[:2] in HANGING else 0)
    first, *rest = block.wrap(console, cells - indent)
    return [first, *(Text.assemble(" " * indent, line) for line in rest)]


def _question_block(findings: Findings, drawn: Forest, cells: int) -> list[Text]:
    """Headline, line below it, table, what else there is to say about one question."""
    question = drawn.question
    blocks = [Text(printable(question.headline), style="bold"), Text(printable(sub_line(question)), style=DIM), Text()]
    if drawn.decisive:
        columns, lines = _table_lines(drawn, cells)
        blocks += [*lines, Text(), _note(drawn, columns), *_lasting_lines(drawn)]
    blocks += [_check_line(check, []) for check in failed(question.checks)]
    blocks += [_response_line(one, drawn) for one in findings.document.responses if one.question == question.id]
    same: dict[tuple[str, str, str], tuple[Check, list[str]]] = {}
    for row in drawn.decisive:
        for check in failed(row.moment.checks):
            same.setdefault((check.name, check.message, check.fix or ""), (check, []))[1].append(row.moment.touchpoint)
    looked_at = [found for found in same.values() if found[0].status == "review"]
    if len(looked_at) <= MOST_REVIEWS:
        blocks += [_check_line(check, names) for check, names in same.values()]
    else:
        blocks += [_check_line(check, names) for check, names in same.values() if check.status == "fail"]
        blocks += _by_name(looked_at, findings.folder)
    blocks += _quiet_lines(drawn)
    blocks += _refused_lines([item for item in findings.refused if item.question == question.id])
    return [*blocks, Text()]


def _response_line(response: Response, drawn: Forest) -> Text:
    """Who answered, and the mean with and without weights for who answers."""
    return Text(f"  {response_sentence(response, drawn.numbers)}", style=DIM)


def _by_name(found: Sequence[tuple[Check, list[str]]], folder: str | None) -> list[Text]:
    """Many checks that want a look: which, of whom, and where each is told."""
    moments: dict[str, list[str]] = {}
    for check, names in found:
        moments.setdefault(check.name, []).extend(names)
    lines = [
        Text.assemble(("! ", "bold"), f"{name.replace('_', ' ')}: {listed([printable(one, LONGEST_NAME) for one in dict.fromkeys(names)])}")
        for name, names in moments.items()
    ]
    return [*lines, Text(f"Each is told by: momot card {folder or 'FOLDER'} MOMENT", style=DIM)]


def _table_lines(drawn: Forest, cells: int) -> tuple[set[str], list[Text]]:
    """The names of the columns that fit, and head, rule and rows, each a line of exactly these columns."""
    bodies = [line for row in drawn.decisive for line in _row_cells(row, drawn)]
    columns = layout(drawn, bodies, cells)
    axis = next(column.width for column in columns if column.name == "axis")
    head = Text("  ").join(fit(axis_head(drawn, axis) if c.name == "axis" else Text(c.head, style=DIM), c) for c in columns)
    rule = Text("\u2500" * sum(column.width for column in columns) + "\u2500" * 2 * (len(columns) - 1), style=DIM)
    lines = [head, rule]
    for body in bodies:
        line = body.get("line")
        cell = axis_cell(drawn, axis, line if isinstance(line, Line) else None, STYLES)
        lines.append(Text("  ").join(fit(cell if c.name == "axis" else _text(body, c), c) for c in columns))
    for text in lines:
        text.no_wrap = True
    return {column.name for column in columns}, lines


def _text(body: dict[str, object], column: Column) -> Text:
    """The text of one cell; where the stage has no column of its own it goes before the words of the contrast."""
    value = body.get(column.name, "")
    if column.name == "moment" and not column.has_stage and body.get("words"):
        value = Text(" \u00b7 ".join(part for part in (str(body["stage_below"]), str(body["words"])) if part), style=DIM)
    elif column.name == "moment" and body.get("words"):
        value = Text(str(body["words"]), style=DIM)
    return value.copy() if isinstance(value, Text) else Text(str(value))


def _row_cells(row: Row, drawn: Forest) -> list[dict[str, object]]:
    """The lines of one moment: its name with the first effect, then the words of what is compared; a line a level under the name."""
    moment, finding = row.moment, row.moment.finding
    stake = moment.at_stake
    first: dict[str, object] = {
        "#": Text(rank_words(moment, drawn), style=DIM),
        "moment": Text(printable(moment.touchpoint, LONGEST_NAME), style="bold"),
        "stage": Text(stage_code(finding), style=DIM),
        "at stake": "",
        "ev": finding.evidence,
        "verdict": VERDICT_WORDS[finding.verdict],
    }
    second: dict[str, object] = {"verdict": Text(label_of(moment), style=DIM)}
    if stake:
        places = at_stake_decimals(stake)
        first["at stake"] = grouped(stake.estimate, places)
        second["at stake"] = Text(f"{grouped(stake.low, places)} to {grouped(stake.high, places)}", style=DIM)
    stage = stage_code(finding)
    levels = [{"words": _compared([line]), "stage_below": "", **_numbers(line, drawn)} for line in row.below]
    if row.below and not row.top:
        levels[0] |= {**second, "stage_below": stage}
        return [first, *levels]
    if row.top:
        first |= _numbers(row.top[0], drawn)
        second |= {"words": _compared(row.top), "stage_below": stage}
    if len(row.top) > 1:
        second |= _numbers(row.top[1], drawn)
    return [first, second, *levels]


def _numbers(line: Line, drawn: Forest) -> dict[str, object]:
    """Number and interval of one effect."""
    style = STYLES[line.side] if line.solid else DIM
    number = Text(drawn.numbers.effect(line.effect.estimate), style=style)
    return {line.side: number, "interval": Text(drawn.numbers.interval(line.effect.low, line.effect.high), style=DIM), "line": line}


def _compared(lines: Sequence[Line]) -> str:
    """`vs neutral`: which number is bad and which good, the columns say already; `yes vs no`, `4+ vs 0` for anything else."""
    words = [
        f"vs {line.effect.reference}"
        if line.effect.contrast in QUALITY_CONTRASTS and line.effect.level in (None, "bad", "good")
        else contrast_words(line.effect, "vs")
        for line in lines
    ]
    return printable("; ".join(dict.fromkeys(words)), LONGEST_NAME)


def rank_words(moment: Moment, drawn: Forest) -> str:
    """`3`; `2-4` for a tied group, whose members can't be told apart."""
    finding = moment.finding
    if finding.rank is None:
        return ""
    group = [r.moment.finding.rank for r in drawn.decisive if finding.tied is not None and r.moment.finding.tied == finding.tied]
    ranks = [rank for rank in group if rank is not None]
    return f"{min(ranks)}\u2013{max(ranks)}" if len(ranks) > 1 else str(finding.rank)


def _note(drawn: Forest, columns: set[str]) -> Text:
    """What zero, dots, hollow marks and at stake mean in this table."""
    numbers = drawn.numbers
    zero = ", ".join(printable(name, LONGEST_NAME) for name in references(drawn.decisive)[:4])
    parts = [f"0 is the reference ({zero})"]
    if drawn.band:
        parts.append(f"dots: within ±{numbers.plain(drawn.band)}, too small to matter")
    if any(not line.solid for row in drawn.decisive for line in row.lines):
        parts.append("hollow: the interval reaches it")
    if any(
        len([r for r in drawn.decisive if r.moment.finding.tied == row.moment.finding.tied]) > 1
        for row in drawn.decisive
        if row.moment.finding.tied
    ):
        parts.append("equal ranks can\u2019t be told apart")
    stakes = [row.moment.at_stake for row in drawn.decisive if row.moment.at_stake]
    if stakes and "at stake" in columns:
        parts.append(f"at stake: {at_stake_unit(stakes[0], people_noun(drawn.question))}")
    return Text("; ".join(parts) + ".", style=DIM)


def _lasting_lines(drawn: Forest) -> list[Text]:
    """How long each effect lasts, where these data say so."""
    told = [
        f"{printable(row.moment.name, LONGEST_NAME)} {words}"
        for row in drawn.decisive
        if row.moment.half_life_days is not None and (words := half_life_words(row.moment.half_life_days))
    ]
    return [Text(f"How long it lasts: {'; '.join(told)}.")] if told else []


def _check_line(check: Check, names: Sequence[str]) -> Text:
    """One check that failed or wants a look, and of which moments; without names it is the whole question's."""
    mark = "\u2717" if check.status == "fail" else "!"
    where = f"{listed([printable(name, LONGEST_NAME) for name in names])}: " if names else ""
    line = Text(f"{mark} ", style="bold")
    line.append(f"{where}{check.name.replace('_', ' ')}: {printable(sentence(check.message))}")
    if check.fix:
        line.append(f" {printable(sentence(check.fix))}", style=DIM)
    return line


def _quiet_lines(drawn: Forest) -> list[Text]:
    """How many don't decide and why; what can't be told, with its reason."""
    if not drawn.quiet:
        return []
    counts = Counter(row.moment.verdict for row in drawn.quiet)
    several = len(drawn.quiet) != 1
    others = f"{len(drawn.quiet)} other{'s' if several else ''}" if drawn.decisive else f"{len(drawn.quiet)} tested"
    verb = "show no link" if drawn.question.evidence == "C" else ("don\u2019t decide" if several else "doesn\u2019t decide")
    if drawn.question.evidence == "C" and not several:
        verb = "shows no link"
    kinds = ", ".join(f"{count} {VERDICT_WORDS[verdict].lower()}" for verdict, count in counts.most_common())
    lines = [Text(f"{others} {verb}: {kinds}.")]
    lines += _untold_lines([row.moment for row in drawn.quiet if row.moment.verdict == "not identifiable"])
    silent = [row.moment for row in drawn.quiet if row.moment.verdict == "no evidence"]
    for moment in silent[:REASONS]:
        lines.append(Text(f"  {printable(moment.name, LONGEST_NAME)}: {detectable_sentence(moment, drawn.numbers)}", style=DIM))
    if len(silent) > REASONS:
        lines.append(Text(f"  \u2026 and {len(silent) - REASONS} more without evidence", style=DIM))
    return lines


def _untold_lines(untold: Sequence[Moment]) -> list[Text]:
    """What can't be told, those with the same reason together, and what would settle it."""
    groups = untold_groups(untold)
    lines = []
    for reason, names, settle in groups[:REASONS]:
        named = listed([printable(name, LONGEST_NAME) for name in names])
        lines.append(Text(f"  ? {named}: {printable(f'{reason} {settle}')}", style=DIM))
    left = sum(len(names) for _, names, _ in groups[REASONS:])
    return [*lines, Text(f"  \u2026 and {left} more that we cannot tell", style=DIM)] if left else lines


def _refused_lines(refused: Sequence[Refused]) -> list[Text]:
    """What was not accepted as a cause, with the measured rule."""
    if not refused:
        return []
    lines = [Text(f"{len(refused)} refused, by measurement:")]
    for item in refused[:REASONS]:
        column = printable(item.column, LONGEST_NAME)
        lines.append(
            Text(f"  \u00d7 {column}: {RULE_WORDS[item.rule]} ({grouped(item.measure, 3)}). {printable(sentence(item.reason))}", style=DIM)
        )
    if len(refused) > REASONS:
        lines.append(Text(f"  \u2026 and {len(refused) - REASONS} more", style=DIM))
    return lines


def _change_lines(findings: Findings) -> list[Text]:
    """Did it work: each dated change with the outcomes it was asked of."""
    lines = [Text("Did it work?", style="bold"), Text()] if findings.changes else []
    for outcomes in by_change(findings.changes):
        first = outcomes[0]
        named = f"{first.on}  {printable(first.touchpoint, LONGEST_NAME)}  {printable(first.what, LONGEST_NAME)}"
        lines.append(Text(named, style="bold"))
        lines += [Text(f"  {went_sentence(first)}", style=DIM)] if first.went else []
        for change in outcomes:
            lines += _change_line(change)
        lines.append(Text())
    return lines


def _change_line(change: Change) -> list[Text]:
    """One outcome: verdict, number, sentence, and the checks that want a look."""
    style = {"worked": STYLES["well"], "made it worse": STYLES["badly"]}.get(change.verdict, DIM)
    line = Text(f"  {printable(outcome_words(change.question), LONGEST_NAME)}  ")
    line.append(CHANGE_WORDS[change.verdict], style=style)
    if change.estimate is not None and change.low is not None and change.high is not None:
        numbers = numbers_of_change(change)
        line.append(f"  {numbers.effect(change.estimate)}", style=style)
        line.append(f"  {numbers.interval(change.low, change.high)}  {change.evidence}", style=DIM)
    told = change.verdict == "not identifiable"
    gate = [check for check in failed(change.checks) if not (told and sentence(check.message) in change.sentence)]
    said = Text(f"    {printable(change.sentence)}", style=DIM)
    return [line, said, *(Text.assemble("    ", _check_line(check, [])) for check in gate)]


def _what_if_lines(findings: Findings) -> list[Text]:
    """What the suppositions come to, each a sentence."""
    if not findings.what_if:
        return []
    lines = [Text("What if", style="bold"), Text()]
    for one in findings.what_if:
        mark = "? " if one.estimate is None else "\u00b7 "
        lines.append(Text(f"{mark}{printable(one.sentence)}", style=DIM if one.estimate is None else ""))
    return [*lines, Text()]


def _closed_lines(findings: Findings) -> list[Text]:
    """Questions that these data can't answer."""
    lines = [
        Text(f"{printable(item.question)} can\u2019t be answered: {printable(sentence(item.reason))}") for item in findings.unanswerable
    ]
    return [*lines, Text()] if lines else []


def _commands(findings: Findings) -> Text:
    """The next useful commands."""
    folder = "" if findings.folder in (None, ".") else f" {shlex.quote(printable(str(findings.folder)))}"
    if not findings.questions:
        return Text(f"momot check{folder}", style=DIM)
    return Text(f"momot report{folder} -o moments.html  \u00b7  momot find{folder} --format json", style=DIM)
