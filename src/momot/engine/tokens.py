"""Words of a SQL text: enough of a tokeniser to know which columns, functions and files it names."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

TokenKind = Literal["word", "quoted", "string", "number", "mark", "space"]

_TOKEN = re.compile(
    r"""
    (?P<space>\s+|--[^\n]*|/\*.*?\*/)
  | (?P<string>[eE]?'(?:[^']|'')*'|\$\$.*?\$\$)
  | (?P<quoted>"(?:[^"]|"")*")
  | (?P<number>\d[\w.]*|\.\d\w*)
  | (?P<word>[^\W\d]\w*)
  | (?P<mark>::|\|\||->>?|[<>=!]=|<>|.)
    """,
    re.VERBOSE | re.DOTALL,
)


@dataclass(frozen=True, slots=True)
class Token:
    """One word: its kind, the text as written and where it starts."""

    kind: TokenKind
    text: str
    start: int

    @property
    def name(self) -> str:
        """What a word, quoted name or string stands for, without its quotes."""
        if self.kind == "quoted":
            return self.text[1:-1].replace('""', '"')
        if self.kind == "string":
            return self.text[self.text.index("'") + 1 : -1].replace("''", "'") if "'" in self.text else self.text[2:-2]
        return self.text

    @property
    def end(self) -> int:
        """The position after it."""
        return self.start + len(self.text)


def tokens(sql: str) -> Iterator[Token]:
    """All tokens of `sql` in order, spaces and comments left out."""
    for match in _TOKEN.finditer(sql):
        kind = match.lastgroup
        if kind != "space":
            yield Token(kind, match.group(), match.start())  # type: ignore[arg-type]


def names(sql: str) -> set[str]:
    """Lower-case identifiers of `sql` that are not called as functions: columns, tables, keywords."""
    found = list(tokens(sql))
    return {
        token.name.lower()
        for token, after in zip(found, [*found[1:], None], strict=True)
        if token.kind == "quoted" or (token.kind == "word" and not (after and after.text == "("))
    }


def calls(sql: str) -> set[str]:
    """Lower-case names that `sql` calls as functions, without the keywords that may stand before a bracket."""
    found = list(tokens(sql))
    return {
        token.text.lower() for token, after in itertools.pairwise(found) if token.kind == "word" and after.text == "("
    } - _BEFORE_BRACKET


_BEFORE_BRACKET = {
    "all", "and", "any", "as", "between", "by", "case", "copy", "distinct", "else", "except", "exclude", "exists", "filter", "from",
    "group", "in", "interval", "intersect", "is", "join", "lateral", "like", "materialized", "not", "on", "or", "over", "partition",
    "replace", "select", "then", "to", "union", "using", "values", "when", "where", "with", "within", "varchar", "decimal",
}  # fmt: skip


def table_tokens(sql: str) -> Iterator[Token]:
    """The tokens of `sql` that stand where a table does: after FROM, JOIN, or a comma between tables. Names and file texts."""
    in_from, expected = [False], False
    for token in tokens(sql):
        word = token.text.lower()
        if word == "(":
            in_from.append(False)
        elif word == ")":
            if len(in_from) > 1:
                in_from.pop()
        elif word in {"from", "join"}:
            in_from[-1] = expected = True
            continue
        elif word == ",":
            expected = in_from[-1]
            continue
        elif token.kind == "word" and word in _AFTER_TABLES:
            in_from[-1] = False
        elif expected and token.kind in {"word", "quoted", "string"}:
            if word == "lateral":
                continue
            yield token
        expected = False


_AFTER_TABLES = {
    "where", "group", "order", "having", "qualify", "window", "limit", "union", "intersect", "except", "select", "values",
}  # fmt: skip
