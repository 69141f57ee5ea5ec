"""Ids that were erased, kept as salted hashes in `.momot/erased.json` so that later builds leave out the rows that still hold them.

The hash is SHA-256 of a salt of this project and the id in small letters. It keeps an id from being read off the file, and from being
looked up in tables of hashes made beforehand. It does not keep it from whoever has the file and tries ids one by one: ids are few.
"""

from __future__ import annotations

import hashlib
import re
import secrets
from collections.abc import Iterable
from pathlib import Path

import msgspec
from msgspec import Struct

from momot.build.engines import Builder
from momot.engine import DuckEngine, identifier, literal

FILE = "erased.json"
SHORT = 5  # ids of fewer characters stand within texts by chance: of them only whole values count
MARK = "[erased]"  # stands for a text that names somebody who was erased
REJECTED = "erased|"  # begins the problem of a row of somebody who was erased
_APART = r"[\s,;|/\\\"'()<>\[\]{}=&?]+"  # between the words of a text; an address or a namespaced id is one word


class Erased(Struct, frozen=True):
    """Hashes: `ids` of ids with their namespace, `values` of the bare ids as well, `words` of those that are told within a text.

    `spans`: of how many words of a text these consist.
    """

    salt: str = ""
    ids: tuple[str, ...] = ()
    values: tuple[str, ...] = ()
    words: tuple[str, ...] = ()
    spans: tuple[int, ...] = (1,)

    @property
    def digest(self) -> str:
        """Another one where other ids were erased; empty where none were."""
        return hashlib.sha256(repr((self.salt, self.ids)).encode()).hexdigest() if self.ids else ""

    def holds(self, id_: str) -> str:
        """SQL: whether the id that the SQL `id_` gives was erased; NULL or false where not."""
        return f"sha256({literal(self.salt)} || lower({id_})) IN ({', '.join(map(literal, self.ids))})"

    def named_in(self, text: str) -> str:
        """SQL: whether a text is an id that was erased, or has one of at least `SHORT` characters as a word, or as several."""
        salt = literal(self.salt)
        whole = f"sha256({salt} || lower(trim({text}))) IN ({', '.join(map(literal, self.values))})"
        if not self.words:
            return f"coalesce({whole}, false)"
        hashes = f"[{', '.join(map(literal, self.words))}]"
        words = f"regexp_split_to_array(lower({text}), {literal(_APART)})"
        found = [f"list_has_any({_hashed(words, span, salt)}, {hashes})" for span in self.spans]
        return f"coalesce({' OR '.join([whole, *found])}, false)"

    def hidden(self, text: str) -> str:
        """SQL: the text, or a mark in place of one that names somebody who was erased."""
        return f"CASE WHEN {self.named_in(text)} THEN {literal(MARK)} ELSE {text} END" if self.ids else text


def read_erased(home: Path) -> Erased:
    """What was erased from the project of this `.momot`."""
    try:
        return msgspec.json.decode((home / FILE).read_bytes(), type=Erased)
    except FileNotFoundError:
        return Erased()


def add_erased(home: Path, ids: Iterable[str]) -> None:
    """Also leave out these ids from now on; as a whole or not at all."""
    was = read_erased(home)
    salt = was.salt or secrets.token_hex(16)

    def hashed(texts: Iterable[str], before: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(sorted({*before, *(hashlib.sha256((salt + text.lower()).encode()).hexdigest() for text in texts)}))

    listed = sorted(ids)
    values = {*listed, *(bare(id_) for id_ in listed)}
    words = {" ".join(split): len(split) for split in map(_words, values)}
    words = {text: span for text, span in words.items() if len(text) >= SHORT}
    spans = tuple(sorted({*was.spans, *words.values()}))
    partial = home / f"tmp-{FILE}"
    now = Erased(salt, hashed(listed, was.ids), hashed(values, was.values), hashed(words, was.words), spans)
    partial.write_bytes(msgspec.json.encode(now))
    partial.replace(home / FILE)


def bare(id_: str) -> str:
    """The id without its namespace, as a source writes it."""
    return id_.partition(":")[2] or id_


def _words(text: str) -> list[str]:
    return [word for word in re.split(_APART, text.lower()) if word]


def _hashed(words: str, span: int, salt: str) -> str:
    """SQL: the hashes of every `span` words of a list that follow each other."""
    if span == 1:
        return f"list_transform({words}, lambda word: sha256({salt} || rtrim(word, '.:!')))"
    some = f"array_to_string({words}[place:place + {span - 1}], ' ')"
    return f"list_transform(range(1, greatest(len({words}) - {span - 2}, 1)), lambda place: sha256({salt} || rtrim({some}, '.:!')))"


def unknown_subject(erased: Erased) -> str:
    """SQL: the problem of a row `m` whose subject no block knows (`s`); it may be that of somebody erased, and is then not told."""
    told = "" if erased.ids else " || m.subject"
    return f"CASE WHEN s.key IS NULL THEN 'unknown_subject|subject|'{told} END"


def hide(engine: Builder, ready: Path, erased: Erased) -> None:
    """Put a mark in place of every text of a finished build that names somebody who was erased."""
    for path in sorted(ready.rglob("*.parquet")) if erased.ids else []:
        table = f"read_parquet({literal(path)}, hive_partitioning = false)"
        texts = [identifier(name) for name, kind in engine.columns(table).items() if kind == "VARCHAR"]
        if texts and _names_any(engine, table, texts, erased):
            replaced = ", ".join(f"{erased.hidden(name)} AS {name}" for name in texts)
            partial = path.with_suffix(".hidden")
            DuckEngine(engine.connection).write(f"SELECT * REPLACE ({replaced}) FROM {table}", partial)  # keeps the order of rows
            partial.replace(path)


def forget_staged(engine: Builder, home: Path, erased: Erased) -> None:
    """Remove typed sources that hold somebody who was erased: the sources do, and momot keeps no copy of that."""
    for path in sorted((home / "sources").glob("*.parquet")) if erased.ids else []:
        table = f"read_parquet({literal(path)})"
        texts = [f"CAST({identifier(name)} AS VARCHAR)" for name in engine.columns(table)]
        if _names_any(engine, table, texts, erased):
            path.unlink()
            path.with_suffix(".json").unlink(missing_ok=True)


def _names_any(engine: Builder, table: str, texts: Iterable[str], erased: Erased) -> bool:
    """Whether any of some SQL texts names somebody who was erased."""
    engine.view("erased_in", f"SELECT * FROM {table}")
    tests = " OR ".join(map(erased.named_in, texts))
    return bool(engine.counted(f"SELECT count(*) FROM erased_in WHERE {tests}", over="erased_in")[0])
