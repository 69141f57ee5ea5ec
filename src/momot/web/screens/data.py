"""Data: where the rows come from and how fresh they are, what was lost and why, which stage each touchpoint is, what is doubtful."""

from __future__ import annotations

from dataclasses import dataclass

from starlette.responses import Response

from momot.build import Manifest
from momot.build.manifest import Block, Source
from momot.errors import MomotError
from momot.findings.checkup import Checkup
from momot.findings.labels import STAGE_CODES, STAGE_WORDS, outcome_words, printable, rejection_words
from momot.findings.numbers import percent
from momot.findings.told import told
from momot.language import Language
from momot.vocabulary import STAGES
from momot.web import tasks
from momot.web.answers import onwards
from momot.web.call import Call, address
from momot.web.editor import Editor, answers, editor
from momot.web.mapping import chosen, fingerprint, read, write
from momot.web.rendering import render
from momot.web.saying import failure, said

SEVERITIES = {"error": ("fail", "\u2717"), "warning": ("review", "!"), "note": ("skipped", "\u2013")}
MOST_ROWS = 50
LOST = {"filtered": "filtered", "duplicate": "duplicate", "anonymous": "anonymous", "adjusted": "at an adjusted time"}
PAGES = ("touchpoints", "activities")
"""Which page of either table of the editor an address names."""


@dataclass(frozen=True, slots=True)
class SourceLine:
    """One source: how large it was when it was built, and whether it changed since."""

    path: str
    format: str
    rows: str
    rejected: str
    state: str
    look: str


@dataclass(frozen=True, slots=True)
class BlockLine:
    """Rows of one block: read = kept + filtered + duplicate + rejected."""

    name: str
    table: str
    read: str
    kept: str
    share: float
    lost: str


@dataclass(frozen=True, slots=True)
class RejectedRow:
    """One row that was not taken, without its values: they may hold anything."""

    source: str
    line: str
    block: str
    code: str
    column: str


@dataclass(frozen=True, slots=True)
class CheckItem:
    """One thing that is wrong or doubtful."""

    status: str
    mark: str
    about: str
    message: str
    fix: str


@dataclass(frozen=True, slots=True)
class DataPage:
    """Everything `data.html` may use."""

    heading: str
    sub: str
    built: bool
    current: bool
    sources: tuple[SourceLine, ...]
    blocks: tuple[BlockLine, ...]
    warnings: tuple[str, ...]
    rejected: tuple[RejectedRow, ...]
    rejected_total: int
    editor: Editor | None
    stages: tuple[tuple[str, str], ...]  # value, words
    seen: str
    action: str  # of the form: the page that it is of
    checks: tuple[CheckItem, ...]
    ready: bool
    error: str = ""


def data_page(call: Call) -> Response:
    """The page."""
    return _page(call)


def choose(call: Call) -> Response:
    """Write into momot.toml what was chosen on the page that the form is of, whole or not at all."""
    form = call.form
    try:
        write(call.state.file, answers(form), seen=form.get("seen", ""))
    except MomotError as error:
        return _page(call, failure(error, call.language, call.state.home), status=409)
    return onwards(address("/data", {name: call.query.get(name, "") for name in PAGES}))


def _page(call: Call, refused: str = "", *, status: int = 200) -> Response:
    state, language = call.state, call.language
    manifest, text = state.manifest(), read(state.file)
    current = state.is_current()
    found: tasks.Mapped | None = None
    checkup: Checkup | None = None
    trouble = ""
    if manifest is not None:
        try:
            found = state.readings.of((manifest.build, "mapped"), tasks.mapped, tasks.where(state))
            if current:
                checkup = state.readings.of((manifest.build, "check"), tasks.check, tasks.where(state))
        except MomotError as error:
            trouble = failure(error, language, state.home)
    ready = bool(trouble) or manifest is None or (found is not None and (checkup is not None or not current))
    own = state.project().file.channels if found is not None else ()
    page = DataPage(
        heading=language.say("Data"),
        sub=_sub(manifest, language),
        built=manifest is not None,
        current=current,
        sources=tuple(_source(call, source) for source in manifest.sources) if manifest else (),
        blocks=tuple(_block(block, language) for block in manifest.blocks) if manifest else (),
        warnings=tuple(said(one, language) for one in manifest.warnings) if manifest else (),
        rejected=tuple(_rejected(row, language) for row in found.rejected) if found else (),
        rejected_total=found.rejected_total if found else 0,
        editor=editor(found, chosen(text), call.query, own, language) if found is not None else None,
        stages=(
            ("", language.say("as the rules say")),
            *((stage, f"{STAGE_CODES[stage]} {language.say(STAGE_WORDS[stage])}") for stage in STAGES),
        ),
        seen=fingerprint(text),
        action=address("/data", {name: call.query.get(name, "") for name in PAGES}),
        checks=_checks(checkup, trouble, language),
        ready=ready,
        error=refused,
    )
    return render(call, "data.html", page, status=status, fresh=ready)


def _sub(manifest: Manifest | None, language: Language) -> str:
    if manifest is None:
        return language.say("Nothing is built yet, so nothing is known of the rows.")
    rows = language.says("{n} row", "{n} rows", sum(block.kept for block in manifest.blocks))
    return language.says(
        "{rows} kept from {n} source; times in {zone}",
        "{rows} kept from {n} sources; times in {zone}",
        len(manifest.sources),
        rows=rows,
        zone=manifest.timezone,
    )


def _source(call: Call, source: Source) -> SourceLine:
    folder = call.state.settings.data or call.state.home
    state, look = "as it was built", ""
    try:
        now = (folder / source.path).stat()
        if now.st_size != source.bytes or now.st_mtime_ns != source.modified_ns:
            state, look = "changed since the build", "review"
    except (OSError, ValueError):
        state, look = "not there any more", "review"
    return SourceLine(
        path=printable(source.path, 160),
        format=source.format.replace("_", " "),
        rows=call.language.grouped(source.rows),
        rejected=call.language.grouped(source.rejected) if source.rejected else "",
        state=call.language.say(state),
        look=look,
    )


def _block(block: Block, language: Language) -> BlockLine:
    counts = {"filtered": block.filtered, "duplicate": block.duplicate, "anonymous": block.anonymous, "adjusted": block.adjusted}
    lost = [
        language.say("{code}: {n}", code=rejection_words(code, language), n=language.grouped(count))
        for code, count in block.rejections.items()
    ]
    lost += [
        language.say("{code}: {n}", code=language.say(LOST[name]), n=language.grouped(count)) for name, count in counts.items() if count
    ]
    return BlockLine(
        name=block.name,
        table=block.table,
        read=language.grouped(block.read),
        kept=f"{language.grouped(block.kept)} ({percent(block.kept / block.read, language=language)})" if block.read else "0",
        share=block.kept / block.read if block.read else 0.0,
        lost="; ".join(lost),
    )


def _rejected(row: tuple[str, str, str, str, str], language: Language) -> RejectedRow:
    source, line, block, code, column = (printable(cell, 120) for cell in row)
    return RejectedRow(source, line, block, rejection_words(code, language), column)


def _checks(checkup: Checkup | None, trouble: str, language: Language) -> tuple[CheckItem, ...]:
    if trouble:
        return (CheckItem("fail", "\u2717", "momot", trouble, ""),)
    if checkup is None:
        return ()
    return tuple(
        CheckItem(*SEVERITIES[item.severity], _about(item.about, language), said(item.message, language), said(item.fix or "", language))
        for item in checkup.items
    )


def _about(about: str, language: Language) -> str:
    """A block, a question, a touchpoint: names stay as they are."""
    return told(printable(outcome_words(about, language), 120), language)
