"""`momot init`: a commented `momot.toml` from the files of a folder, with questions where measurement does not tell (DESIGN.md 4)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from momot.errors import MissingSource

if TYPE_CHECKING:
    from momot.project.profile import Profile, Source
    from momot.project.sketch import Sheet


@dataclass(frozen=True, slots=True)
class Draft:
    """A project file to finish. `text` loads where at least one block is certain; else all of it is commented out."""

    text: str
    questions: tuple[str, ...]


def draft(folder: Path) -> Draft:
    """Profile the files in `folder` and draft its project file; writes nothing.

    Raises MissingSource where the folder is absent or holds no file that can be read.
    """
    from momot.project.profile import open_profile

    folder = Path(folder)
    if not folder.is_dir():
        raise MissingSource(f"there is no folder {folder}.")
    with open_profile(folder) as found:
        if not found.sources:
            why = f" {'; '.join(found.skipped)}." if found.skipped else ""
            raise MissingSource(f"{folder} holds no file that can be profiled: CSV, Parquet, JSON lines, Excel or XES.{why}")
        return _written(folder, found, _sketched(found))


def _sketched(profile: Profile) -> Sheet:
    from momot.project.sketch import Sheet
    from momot.project.sketch_timeline import sketch_comeback

    keywords = profile.connection.execute("SELECT keyword_name FROM duckdb_keywords() WHERE keyword_category <> 'unreserved'").fetchall()
    sheet = Sheet(frozenset(str(row[0]).lower() for row in keywords))
    families = _families(profile.sources)
    left: list[Source] = []
    for family in families:
        left += _sketch_family(profile, family, sheet, alone=len(families) == 1 and len(family) == 1)
    _sketch_rest(profile, left, sheet)
    _sketch_people(profile, sheet)
    sketch_comeback(sheet)
    return sheet


def _families(sources: Sequence[Source]) -> list[list[Source]]:
    """Files with the same columns and the same first word in their names, together."""
    from momot.project.hints import words_of

    families: dict[tuple[str, ...], list[Source]] = {}
    for source in sources:
        first = next((word for word in words_of(source.stem) if not word.isdigit()), "")
        families.setdefault((first, *(column.name for column in source.columns)), []).append(source)
    return list(families.values())


def _sketch_family(profile: Profile, family: Sequence[Source], sheet: Sheet, *, alone: bool) -> list[Source]:
    """Wide blocks stand for one file each, since ids begin again; a time line takes a family's files together. Returns what is left."""
    from momot.project.roles import is_event_log
    from momot.project.sketch_stream import sketch_stream
    from momot.project.sketch_timeline import sketch_timeline
    from momot.project.sketch_wide import sketch_experiment, sketch_survey
    from momot.project.streams import is_stream

    if is_stream(family[0]):
        sketch_stream(profile, family, sheet)
        return []
    left = [
        source
        for source in family
        if is_event_log(source)
        or (not sketch_experiment(profile, source, sheet) and not sketch_survey(profile, source, sheet, alone=alone))
    ]
    if not left:
        return []
    first, *others = left
    before = len(sheet.sketches)
    found = sketch_timeline(profile, first, sheet, others) or len(sheet.sketches) > before
    if found and others:
        sheet.ask(first, f"are these parts of one table? Read together with it: {', '.join(other.name for other in others)}.")
    return [] if found else left


def _sketch_rest(profile: Profile, left: Sequence[Source], sheet: Sheet) -> None:
    """Snapshots, and questions about what is still unknown."""
    from momot.project.roles import epoch_like
    from momot.project.sketch_texts import sketch_texts
    from momot.project.sketch_timeline import ask_who, happened_times
    from momot.project.sketch_wide import ask_for_experiment, sketch_snapshot

    rest = [source for source in left if not sketch_snapshot(profile, source, sheet)]
    known = bool(sheet.alive())
    for source in rest:
        if not known and ask_for_experiment(profile, source, sheet):
            continue
        if happened_times(source):
            if sketch_texts(profile, source, sheet):
                continue
            ask_who(profile, source, sheet)
        elif numbers := epoch_like(source):
            sheet.ask(source, f"are these times, counted since 1970? Then `at` is to_timestamp of the seconds: {', '.join(numbers)}.")
        else:
            sheet.unused.append(source.name)


def _sketch_people(profile: Profile, sheet: Sheet) -> None:
    from momot.project.sketch_timeline import sketch_people

    if any(sketch.kind in ("subjects", "interactions", "opinions") for sketch in sheet.alive()):
        for source in profile.sources:
            if sketch_people(profile, source, sheet):
                return


_HEAD = """\
# Drafted by `momot init` from the files of this folder. What stands here was measured; what could not be told is a question (?).
# Every key: docs/reference/project-file.md. Check it with `momot check`, build it with `momot build`.
"""


def _written(folder: Path, profile: Profile, sheet: Sheet) -> Draft:
    from momot.project.sketch import text

    alive = sheet.alive()
    live = bool(alive)
    if any(sketch.kind in ("subjects", "interactions", "opinions", "texts") for sketch in alive):
        if sum(sketch.kind == "subjects" for sketch in alive) > 1:
            sheet.ask(None, "there are several [[subjects]]: does the same id in two of them mean the same subject?")
        sheet.ask(None, "in which time zone are times without an offset? Taken as UTC.")
    if not live and not sheet.questions:
        sheet.ask(None, "what do these files hold? Neither an experiment, a survey, an outcome nor a time line was found.")
    mark = "" if live else "# "
    unused = [f"# Not used, but perhaps to be joined in [tables]: {', '.join(sheet.unused)}"] if sheet.unused else []
    parts = [_HEAD, *_question_lines(sheet.questions), *unused, *(f"# {note}" for note in profile.skipped)]
    parts += ["", f"{mark}name = {text(folder.resolve().name)}", '# timezone = "Area/City"', '# currency = "EUR"']
    if sheet.tables:
        parts += ["", f"{mark}[tables]", *(f"{mark}{name} = {value}" for name, value in sheet.tables.items())]
    for sketch in sheet.sketches:
        parts += ["", *sketch.lines(live=sketch in alive)]
    return Draft("\n".join(parts) + "\n", tuple(sheet.questions))


def _question_lines(questions: Sequence[str]) -> list[str]:
    if not questions:
        return []
    return ["# Questions", *(f"# {number}. {question}" for number, question in enumerate(questions, 1))]
