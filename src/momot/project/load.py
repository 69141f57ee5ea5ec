"""Read `momot.toml` into a `ProjectFile`, checked against the grammar; every problem found is reported, not only the first.

Neither duckdb nor numpy is imported here, and no source is looked at: whether files and columns exist is for the build.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import msgspec

from momot.errors import ProjectError, did_you_mean
from momot.project.checks import check_names
from momot.project.grammar import BLOCKS, TABLE_FILE, TOP, WIDE_OUTCOME, Block, Key
from momot.project.problems import Place, Problems
from momot.project.schema import (
    Change,
    EngineSettings,
    Identity,
    Interactions,
    Journeys,
    MappingRule,
    Observation,
    Opinions,
    Outcome,
    Pair,
    People,
    ProjectFile,
    StageRule,
    Subjects,
    Table,
    Texts,
    Voices,
    Wide,
    WideOutcome,
)  # fmt: skip
from momot.project.shapes import READERS, is_text, kind_of, read_expressions

FILE_NAME = "momot.toml"
_WIDE = {"surveys": "survey", "experiments": "experiment", "snapshots": "snapshot"}
_STRUCTS: dict[str, type[msgspec.Struct]] = {
    "subjects": Subjects, "interactions": Interactions, "opinions": Opinions, "texts": Texts, "surveys": Wide, "experiments": Wide,
    "snapshots": Wide,
    "people": People, "identity": Identity, "observation": Observation, "journeys": Journeys, "mapping": MappingRule,
    "stages": StageRule, "changes": Change,
    "pairs": Pair, "outcomes": Outcome, "voices": Voices, "engine": EngineSettings,
}  # fmt: skip
_SOURCES = ("subjects", "interactions", "opinions", "texts", *_WIDE)


def load(path: Path) -> ProjectFile:
    """The project of a folder with `momot.toml`, or of the file itself.

    Raises ProjectError with one line a problem: file, block, key, what was found, nearest fix.
    """
    path = Path(path)
    if not path.exists() and path.suffix != ".toml":
        raise ProjectError(f"there is no folder {path}.{did_you_mean(path.name, _folders_beside(path))}")
    file = path / FILE_NAME if path.is_dir() else path
    return parse(_read(file), path=str(file))


def _folders_beside(path: Path) -> list[str]:
    try:
        return sorted(folder.name for folder in path.parent.iterdir() if folder.is_dir() and not folder.name.startswith("."))
    except OSError:
        return []


def parse(text: str, *, path: str = FILE_NAME) -> ProjectFile:
    """The project that `text` describes; `path` is where it stands, for messages and for the folder of its sources."""
    problems = Problems(Path(path).name)
    document = _toml(text, problems)
    if not document:
        raise ProjectError(
            f"{problems.file} holds nothing but comments. Answer its questions (# ?) and take away the # of the lines that hold."
        )
    project = _project(document, path, problems)
    check_names(project, problems)
    problems.raise_all()
    return project


def _read(file: Path) -> str:
    try:
        return file.read_bytes().decode("utf-8-sig")
    except FileNotFoundError:
        place = "this folder" if file.parent == Path() else file.parent
        raise ProjectError(f"there is no {file.name} in {place}. `momot init {file.parent}` drafts one.") from None
    except UnicodeDecodeError as error:
        byte = f"0x{error.object[error.start]:02x}"
        raise ProjectError(f"{file.name}: TOML is UTF-8, found the byte {byte} at {error.start}. Save it as UTF-8.") from None
    except OSError as error:
        raise ProjectError(f"{file}: can't be read: {error.strerror}.") from None


def _toml(text: str, problems: Problems) -> dict[str, Any]:
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        where = re.search(r"\(at line (\d+), column (\d+)\)", str(error))
        line = int(where[1]) if where else len(text.splitlines())
        shown = text.splitlines()[line - 1].strip() if text.strip() else ""
        what = str(error).partition(" (at ")[0]
        raise ProjectError(f"{problems.file}, line {line}: {what}. Found: {shown}") from None


def _project(document: dict[str, Any], path: str, problems: Problems) -> ProjectFile:
    if is_text(document.get("engine")):  # the short form
        document = document | {"engine": {"url": document["engine"]}}
    _check_block_names(document, problems)
    top = {key.name: document[key.name] for key in TOP if key.name in document}
    if isinstance(own := top.get("channels"), list):
        problems.channels = tuple(str(one) for one in own)
    fields = _read_keys(Block("", "table", "", TOP), top, problems.at())
    fields.setdefault("name", "")
    if not any(name in document for name in _SOURCES) and not problems.found:
        problems.at().add(f"nothing to build: it needs at least one of {', '.join(f'[[{name}]]' for name in _SOURCES)}.")
    fields["tables"] = _tables(document.get("tables", {}), problems)
    wide: list[Any] = []
    for block in BLOCKS:
        if block.name not in document:
            continue
        read = _read_block(block, document[block.name], problems)
        if block.name in _WIDE:
            wide.extend(read)
        elif block.name == "outcomes":
            fields[block.name] = tuple(_with_unit(outcome, document) for outcome in read)
        elif block.name in ("controls", "accidents"):
            fields[block.name] = read[0] if read else ()
        elif read:
            fields[block.name] = read[0] if block.form == "table" else tuple(read)
    if fields.get("accidents") == ():
        del fields["accidents"]
    return ProjectFile(path=path, wide=tuple(wide), **fields)


def _with_unit(outcome: Outcome, document: Mapping[str, Any]) -> Outcome:
    """Whose outcome it is, where the file does not say: that of a subject, or of a person where there are no subjects to have it."""
    said = document["outcomes"].get(outcome.name)
    if (isinstance(said, dict) and "per" in said) or document.get("subjects") or outcome.subject:
        return outcome
    return msgspec.structs.replace(outcome, per="person")


def _check_block_names(document: Mapping[str, Any], problems: Problems) -> None:
    """Unknown names at the top of the file, keys and blocks alike."""
    known = [*(key.name for key in TOP), "tables", *(block.name for block in BLOCKS)]
    for name, value in document.items():
        if name not in known:
            what = "block" if isinstance(value, (dict, list)) else "key"
            problems.at().add(f"unknown {what} '{name}'.{did_you_mean(name, known) or _all('Known', known)}")


def _read_block(block: Block, found: Any, problems: Problems) -> list[Any]:
    """The values of one kind of block, in file order."""
    if block.form == "list":
        if not isinstance(found, list):
            problems.at().add(f"[{block.name}] is written with two brackets: [[{block.name}]].")
            return []
        return [_read_one(block, one, problems.at(f"[[{block.name}]] {number}"), None) for number, one in enumerate(found, 1)]
    if not isinstance(found, dict):
        problems.at().add(f"[[{block.name}]] occurs once and is written with one bracket: [{block.name}].")
        return []
    if block.form == "table":
        return [_read_one(block, found, problems.at(f"[{block.name}]"), None)]
    return [_read_one(block, one, problems.at(f"[{block.name}.{name}]"), name) for name, one in found.items()]


def _read_one(block: Block, found: Any, place: Place, name: str | None) -> Any:
    if not isinstance(found, dict):
        place.add(f"must be a block of keys, found the {kind_of(found)}.")
        found = {}
    fields = _read_keys(block, found, place)
    if block.name in ("controls", "accidents"):
        return fields.get("touchpoints", ())
    if name is not None:
        fields["name"] = name
    if block.name in _WIDE:
        fields = _as_wide(block.name, fields, place)
    if block.name == "subjects":
        fields["missing"] = tuple(str(code) for code in fields.get("missing", ()))
    struct = _STRUCTS[block.name]
    missing = {field.name: "" for field in msgspec.structs.fields(struct) if field.required and field.name not in fields}
    return struct(**missing, **fields)


def _as_wide(name: str, fields: dict[str, Any], place: Place) -> dict[str, Any]:
    """The sugar of wide blocks: `overall` is an outcome, `dose` brings the name of its touchpoint."""
    outcomes = fields.get("outcomes", ())
    if (overall := fields.pop("overall", None)) is not None:
        if any(outcome.name == "overall" for outcome in outcomes):
            place.add("'overall' is there twice: as a key and among 'outcomes'.")
        outcomes = (*outcomes, overall)
    if (dose := fields.pop("dose", None)) is not None:
        fields["dose_touchpoint"], fields["dose"] = dose
    return fields | {"kind": _WIDE[name], "outcomes": outcomes}


def _read_keys(block: Block, found: Mapping[str, Any], place: Place) -> dict[str, Any]:
    """{attribute: value} of the keys that could be read; everything else is reported."""
    known = {key.name: key for key in block.keys}
    fields: dict[str, Any] = {}
    for name, value in found.items():
        if name not in known:
            _unknown_key(name, known, place)
        elif (read := _read_value(known[name], value, place)) is not None:
            fields[known[name].attribute] = read
    for key in block.keys:
        if key.required and key.name not in found:
            place.add(f"needs '{key.name}': {key.help}.")
    _check_groups(block, found, place)
    return fields


def _unknown_key(name: str, known: Mapping[str, Key], place: Place) -> None:
    if name in (key.name for key in TOP) and name not in known:
        place.add(f"'{name}' belongs to the top of the file, before the first block.")
    else:
        place.add(f"unknown key '{name}'.{did_you_mean(name, known) or _all('It has', known)}")


def _all(lead: str, names: Iterable[str]) -> str:
    return f" {lead}: {', '.join(names)}."


def _check_groups(block: Block, found: Mapping[str, Any], place: Place) -> None:
    """What must be there together, instead of each other, or not at all."""
    for group in block.one_of:
        here = [name for name in group if name in found]
        if len(here) != 1:
            place.add(f"needs exactly one of {_quoted(group)}, found {_quoted(here) if here else 'none'}.")
    for group in block.any_of:
        if not any(name in found for name in group):
            place.add(f"needs {_quoted(group, 'or')}.")
    for group in block.not_both:
        if all(name in found for name in group):
            place.add(f"{_quoted(group)} are the same: keep one.")
    for name, others in block.needs:
        if name in found and not any(other in found for other in others):
            place.add(f"'{name}' needs {_quoted(others, 'or')}.")


def _quoted(names: Any, word: str = "and") -> str:
    *first, last = (f"'{name}'" for name in names)
    return f"{', '.join(first)} {word} {last}" if first else str(last)


def _read_value(key: Key, value: Any, place: Place) -> Any:
    if key.shape == "wide_outcome":
        return _wide_outcome(key.name, value, place)
    if key.shape == "wide_outcomes":
        return _wide_outcomes(key, value, place)
    return READERS[key.shape](value, key, place)


def _wide_outcomes(key: Key, value: Any, place: Place) -> tuple[WideOutcome, ...] | None:
    if isinstance(value, dict):
        read = (_wide_outcome(name, one, place) for name, one in value.items())
        return tuple(outcome for outcome in read if outcome is not None)
    named = read_expressions(value, key, place)
    return None if named is None else tuple(WideOutcome(name=name, value=sql) for name, sql in named.items())


def _wide_outcome(name: str, value: Any, place: Place) -> WideOutcome | None:
    if is_text(value):
        return WideOutcome(name=name, value=value)
    if isinstance(value, dict):
        fields = _read_keys(WIDE_OUTCOME, value, Place(place.problems, f"{place.where}, outcome '{name}'"))
        return WideOutcome(name=name, **({"value": ""} | fields))
    place.add(f"outcome '{name}' must be an expression, or a table {{value, unit, better, smallest_effect}}, found the {kind_of(value)}.")
    return None


def _tables(found: Any, problems: Problems) -> tuple[Table, ...]:
    if not isinstance(found, dict):
        problems.at().add("[tables] is one block of names.")
        return ()
    tables = (_table(name, value, problems.at(f"[tables] {name}")) for name, value in found.items())
    return tuple(table for table in tables if table is not None)


def _table(name: str, value: Any, place: Place) -> Table | None:
    if not re.fullmatch(r"[^\W\d]\w*", name):
        place.add("a table's name is letters, digits and '_', and begins with a letter.")
    if is_text(value):
        return Table(name=name, query=value)
    if isinstance(value, dict):
        fields = _read_keys(TABLE_FILE, value, place)
        if "missing" in fields:
            fields["missing"] = tuple(str(code) for code in fields["missing"])
        return Table(name=name, **fields)
    place.add(f"must be a query in quotes, or a table {{file, sheet, missing, time_format, encoding}}, found the {kind_of(value)}.")
    return None
