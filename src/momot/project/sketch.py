"""Blocks of a drafted project file: keys that are sure, keys that are questions, and the TOML text of both."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from momot.project.grammar import Block, block
from momot.project.profile import Source

_BARE = re.compile(r"[a-z][a-z0-9_]*", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Entry:
    """One key of a block. One that is not sure is written as a comment that asks."""

    key: str
    value: str  # TOML text
    sure: bool = True
    why: str = ""


@dataclass(frozen=True, slots=True)
class Sketch:
    """One block. It is live where its sure keys alone satisfy the grammar, else all of it is commented out."""

    kind: str  # name of the block in the grammar
    header: str
    about: str
    entries: tuple[Entry, ...]

    @property
    def live(self) -> bool:
        """Whether the sure keys are enough."""
        grammar: Block = block(self.kind)
        sure = {entry.key for entry in self.entries if entry.sure}
        required = all(key.name in sure for key in grammar.keys if key.required)
        groups = all(any(name in sure for name in group) for group in (*grammar.any_of, *grammar.one_of))
        needs = all(name not in sure or any(other in sure for other in others) for name, others in grammar.needs)
        return required and groups and needs

    def sure(self, key: str) -> str | None:
        """TOML text of a key that is sure."""
        return next((entry.value for entry in self.entries if entry.key == key and entry.sure), None)

    def lines(self, *, live: bool) -> list[str]:
        """TOML text, every line a comment where the block is not `live`."""
        written = [f"# {self.about}", self.header]
        for entry in self.entries:
            why = f" # {entry.why}" if entry.why else ""
            written.append(f"{'' if entry.sure else '# ? '}{entry.key} = {entry.value}{why}")
        return [line if live or line.startswith("#") else f"# {line}" for line in written]


@dataclass(slots=True)
class Sheet:
    """The draft as it grows: tables, blocks, questions. `reserved` are the engine's keywords, which a bare column name can't be."""

    reserved: frozenset[str]
    tables: dict[str, str] = field(default_factory=dict)  # name -> TOML text of its value
    sketches: list[Sketch] = field(default_factory=list)
    questions: list[str] = field(default_factory=list)
    unused: list[str] = field(default_factory=list)  # files that no block reads
    comebacks: list[tuple[bool, float, str, Source]] = field(default_factory=list)  # (of documents, share of persons, activity, source)

    def add(self, kind: str, about: str, entries: Iterable[Entry], header: str | None = None) -> Sketch:
        """Append a block."""
        sketch = Sketch(kind, header or block(kind).header, about, tuple(entries))
        self.sketches.append(sketch)
        return sketch

    def ask(self, source: Source | None, question: str, candidates: Sequence[str] = ()) -> str:
        """Append a question and return its text."""
        shown = f" Candidates: {', '.join(candidates[:6])}{', …' if len(candidates) > 6 else ''}." if candidates else ""
        text = f"{source.name + ': ' if source else ''}{question}{shown}"
        self.questions.append(text)
        return text

    def alive(self) -> list[Sketch]:
        """The live sketches that don't hang on one that is not: subjects without [[subjects]], outcomes of nothing."""
        alive = [sketch for sketch in self.sketches if sketch.live]
        subjects = any(sketch.kind == "subjects" for sketch in alive)
        alive = [sketch for sketch in alive if subjects or sketch.kind not in ("interactions", "opinions") or sketch.sure("person")]
        made = {value for sketch in alive for key in ("activity", "instrument") if (value := sketch.sure(key))}
        return [
            sketch
            for sketch in alive
            if sketch.kind != "outcomes"
            or (subjects if sketch.sure("from") else {sketch.sure("activity") or sketch.sure("opinion")} <= made)
        ]

    def ask_once(self, source: Source, question: str) -> None:
        """Append a question that is not there yet."""
        if not any(question in asked for asked in self.questions):
            self.ask(source, question)

    def table(self, wanted: str, value: str) -> str:
        """Add an entry of [tables] under a free name and return the name; an equal one is used again."""
        name = slug(wanted) or "source"
        if name in self.reserved or name[0].isdigit():
            name = f"t_{name}"
        number = 1
        while self.tables.get(name if number == 1 else f"{name}_{number}", value) != value:
            number += 1
        name = name if number == 1 else f"{name}_{number}"
        self.tables[name] = value
        return name

    def column(self, name: str) -> str:
        """A column in SQL, quoted where it must be."""
        return name if _BARE.fullmatch(name) and name.lower() not in self.reserved else '"' + name.replace('"', '""') + '"'

    def base(self, source: Source) -> str:
        """What stands in `from` for the file itself: its name, or an entry of [tables] where it has peculiarities."""
        formats = list(dict.fromkeys(form for column in source.times for form in (column.formats[:1] if len(column.formats) == 1 else ())))
        ambiguous = [column.name for column in source.times if len(column.formats) > 1]
        if not source.codes and not formats and not ambiguous and not source.clashing:
            return source.name
        if source.clashing:
            self.ask_once(
                source,
                f"does {', '.join(source.clashing)} mean no value? It stands far from all others in one column and is a value in another.",
            )
        parts = [f"file = {text(source.name)}"]
        if source.codes:
            parts.append(f"missing = {listed(source.codes)}")
        if formats:
            parts.append(f"time_format = {text(formats[0]) if len(formats) == 1 else listed(formats)}")
        if ambiguous:
            column = source[ambiguous[0]]
            question = f"does the day or the month come first in {', '.join(ambiguous)}? time_format is one of {', '.join(column.formats)}."
            self.ask_once(source, question)
        return self.table(source.stem, "{" + ", ".join(parts) + "}") if len(parts) > 1 else source.name

    def in_query(self, source: Source) -> str:
        """The same inside a query."""
        base = self.base(source)
        return base if base in self.tables else "'" + base.replace("'", "''") + "'"


def text(value: str) -> str:
    """A TOML string."""
    if '"' not in value and "\\" not in value and value.isprintable():
        return f'"{value}"'
    if "'" not in value and value.isprintable():
        return f"'{value}'"
    escaped = value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n").replace("\t", "\\t")
    return f'"{escaped}"'


def listed(values: Iterable[str | float]) -> str:
    """A TOML list."""
    return "[" + ", ".join(text(value) if isinstance(value, str) else f"{value:g}" for value in values) + "]"


def table_of(values: Mapping[str, str]) -> str:
    """A TOML inline table of texts."""
    return "{" + ", ".join(f"{_key(name)} = {text(value)}" for name, value in values.items()) + "}"


def _key(name: str) -> str:
    return name if re.fullmatch(r"[A-Za-z0-9_-]+", name) else text(name)


def slug(name: str) -> str:
    """Lower-case words joined by "_": what a touchpoint, activity or table can be called."""
    spaced = re.sub(r"(?<=[a-z0-9])(?=[A-Z][a-z])", "_", name)
    plain = unicodedata.normalize("NFC", spaced).lower()
    return re.sub(r"[^\w]+|_+", "_", plain).strip("_")
