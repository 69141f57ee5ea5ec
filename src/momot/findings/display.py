"""The ranked table for a terminal, and the forest for a notebook.

One line a moment: numbers, marks and intervals of both sides on one shared axis whose zero is the stated reference. Colour and marks say
make or break, nothing else; without colour or UTF-8 the marks alone say it. A narrow terminal loses columns, never the drawn interval.
"""

from __future__ import annotations

import io
import shlex
import shutil
from collections import Counter
from collections.abc import Sequence

from rich.console import Console
from rich.text import Text

from momot.findings.cells import aligned, axis_cell, axis_head, layout, to_ascii
from momot.findings.changes import by_change, numbers_of_change, went_sentence
from momot.findings.contract import Change, Check, Refused, Response
from momot.findings.cost_lines import cost_lines
from momot.findings.credit_lines import credit_lines
from momot.findings.findings import Findings, Moment
from momot.findings.forest import QUALITY_CONTRASTS, Forest, Line, Row, ends, forest, label_of, references
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
SIZES = 3  # sizes of what could have been found, above which only the smallest and the largest are said
MOST_REVIEWS = 4
"""Checks that want a look of one question, above which they are listed by name instead of told."""
LONGEST_NAME = 60
BESIDE = 3
"""Cells between the headline and what it is of."""
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
    blocks += _commands(findings, cells)
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
    """Headline, table, what else there is to say about one question."""
    question = drawn.question
    blocks = [*_head(drawn, cells), Text()]
    if drawn.decisive:
        columns, lines = _table_lines(drawn, cells)
        blocks += [*lines, Text(), _note(drawn, columns, _folder(findings)), *_lasting_lines(drawn)]
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
        blocks += _by_name(looked_at, _folder(findings))
    blocks += _quiet_lines(drawn)
    blocks += _refused_lines([item for item in findings.refused if item.question == question.id])
    return [*blocks, Text()]


def _head(drawn: Forest, cells: int) -> list[Text]:
    """The finding, and of what it is: beside it where both fit, else below."""
    finding, of = Text(printable(drawn.question.headline), style="bold"), Text(printable(sub_line(drawn.question)), style=DIM)
    if finding.cell_len + BESIDE + of.cell_len <= cells:
        return [Text.assemble(finding, " " * BESIDE, of)]
    return [finding, of]


def _response_line(response: Response, drawn: Forest) -> Text:
    """Who answered, and the mean with and without weights for who answers."""
    return Text(f"  {response_sentence(response, drawn.numbers)}", style=DIM)


def _by_name(found: Sequence[tuple[Check, list[str]]], folder: str) -> list[Text]:
    """Many checks that want a look: which, of whom, and where each is told."""
    moments: dict[str, list[str]] = {}
    for check, names in found:
        moments.setdefault(check.name, []).extend(names)
    lines = [
        Text.assemble(("! ", "bold"), f"{name.replace('_', ' ')}: {listed([printable(one, LONGEST_NAME) for one in dict.fromkeys(names)])}")
        for name, names in moments.items()
    ]
    return [*lines, Text(f"Each is told by: momot card{folder} MOMENT", style=DIM)]


def _table_lines(drawn: Forest, cells: int) -> tuple[set[str], list[Text]]:
    """The names of the columns that fit, and head, rule and a line a moment."""
    bodies = [_row_cells(row, drawn) for row in drawn.decisive]
    columns = layout(drawn, bodies, cells)
    axis = next(column.width for column in columns if column.name == "axis")
    heads = {column.name: Text(column.head, style=DIM) for column in columns}
    rule = Text("\u2500" * (sum(column.width for column in columns) + sum(column.gap for column in columns[1:])), style=DIM, no_wrap=True)
    lines = [aligned(columns, {**heads, "axis": axis_head(drawn, axis)}), rule]
    for row, body in zip(drawn.decisive, bodies, strict=True):
        texts = {column.name: body.get(column.name, Text()).copy() for column in columns}
        lines.append(aligned(columns, {**texts, "axis": axis_cell(drawn, axis, ends(row), STYLES)}))
    return {column.name for column in columns}, lines


def _row_cells(row: Row, drawn: Forest) -> dict[str, Text]:
    """What the line of one moment says beside its marks: the strongest level of each side stands for all of them."""
    moment, finding, stake = row.moment, row.moment.finding, row.moment.at_stake
    cells = {
        "#": Text(rank_words(moment, drawn), style=DIM),
        "moment": Text(printable(moment.touchpoint, LONGEST_NAME), style="bold"),
        "stage": Text(stage_code(finding), style=DIM),
        "compared": Text(_compared(ends(row)), style=DIM),
        "ev": Text(finding.evidence),
        "verdict": Text(VERDICT_WORDS[finding.verdict]),
        "does": Text(label_of(moment), style=DIM),
    }
    for line in ends(row):
        effect = line.effect
        cells[line.side] = Text(drawn.numbers.effect(effect.estimate), style=STYLES[line.side] if line.solid else DIM)
        cells[f"{line.side} interval"] = Text(drawn.numbers.interval(effect.low, effect.high), style=DIM)
    if stake:
        places = at_stake_decimals(stake)
        cells["at stake"] = Text(grouped(stake.estimate, places))
        cells["stake interval"] = Text(f"{grouped(stake.low, places)} to {grouped(stake.high, places)}", style=DIM)
    return cells


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


def _note(drawn: Forest, columns: set[str], folder: str) -> Text:
    """What zero, dots, hollow marks and at stake mean in this table, and what of it was left to other places."""
    numbers, rows = drawn.numbers, drawn.decisive
    zero = ", ".join(printable(name, LONGEST_NAME) for name in references(rows)[:4])
    parts = [f"0 is the reference ({zero})"]
    if drawn.band:
        parts.append(f"dots: within ±{numbers.plain(drawn.band)}, too small to matter")
    if any(not line.solid for row in rows for line in ends(row)):
        parts.append("hollow: the interval reaches it")
    tied = Counter(row.moment.finding.tied for row in rows if row.moment.finding.tied)
    if any(count > 1 for count in tied.values()):
        parts.append("equal ranks can\u2019t be told apart")
    if "verdict" not in columns:
        kinds = Counter(VERDICT_WORDS[row.moment.verdict].lower() for row in rows)
        parts.append(", ".join(f"{count} {words}" for words, count in kinds.items()))
    stakes = [row.moment.at_stake for row in rows if row.moment.at_stake]
    if stakes and "at stake" in columns:
        parts.append(f"at stake: {at_stake_unit(stakes[0], people_noun(drawn.question))}")
    left = ["intervals in numbers"] if "badly interval" not in columns and "well interval" not in columns else []
    left += ["at stake"] if stakes and "at stake" not in columns else []
    left += ["all levels"] if any(len(row.lines) > len(ends(row)) for row in rows) else []
    if left:
        parts.append(f"{listed(left)}: momot card{folder} MOMENT")
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
    line = Text.assemble((f"{mark} ", "bold"))
    line.append(f"{where}{check.name.replace('_', ' ')}: {printable(sentence(check.message))}")
    if check.fix:
        line.append(f" {printable(sentence(check.fix))}", style=DIM)
    return line


def _quiet_lines(drawn: Forest) -> list[Text]:
    """How many don't decide and why; what can't be told, with its reason; what could have been found."""
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
    return lines + _silent_lines([row.moment for row in drawn.quiet if row.moment.verdict == "no evidence"], drawn)


def _silent_lines(silent: Sequence[Moment], drawn: Forest) -> list[Text]:
    """What could have been found where nothing was: by size where these are few, else from the smallest to the largest."""
    named: dict[str, list[str]] = {}
    for moment in silent:
        if said := detectable_sentence(moment, drawn.numbers):
            named.setdefault(said, []).append(printable(moment.name, LONGEST_NAME))
    if len(named) <= SIZES:
        return [Text(f"  {listed(names)}: {said}", style=DIM) for said, names in named.items()]
    sizes = sorted(size for moment in silent if (size := moment.finding.detectable_effect) is not None)
    numbers = drawn.numbers
    least, most = numbers.size(sizes[0]), numbers.with_unit(numbers.size(sizes[-1]))
    noun = "Differences" if drawn.question.evidence == "C" else "Effects"
    return [
        Text(f"  {noun} of {least} to {most}, by touchpoint, would more likely than not have shown where there is no evidence.", style=DIM)
    ]


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


def _folder(findings: Findings) -> str:
    """The folder as an argument of a command, with the space before it; nothing where it is this one."""
    return "" if findings.folder in (None, ".") else f" {shlex.quote(printable(str(findings.folder)))}"


def _commands(findings: Findings, cells: int) -> list[Text]:
    """The next useful commands, none broken where it fits a line."""
    folder = _folder(findings)
    if not findings.questions:
        return [Text(f"momot check{folder}", style=DIM)]
    first = next((moment.name for moment in findings if moment.decisive), "")
    name = shlex.quote(first) if first and printable(first, LONGEST_NAME) == first else "MOMENT" if first else ""
    commands = [f"momot card{folder} {name}"] if name else []
    commands += [f"momot report{folder} -o moments.html", f"momot serve{folder}"]
    lines = [Text(commands[0], style=DIM)]
    for command in commands[1:]:
        more = f"  \u00b7  {command}"
        if lines[-1].cell_len + len(more) <= cells:
            lines[-1].append(more)
        else:
            lines.append(Text(command, style=DIM))
    return lines
