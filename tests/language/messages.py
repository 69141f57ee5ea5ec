"""Every message that momot can say, found in its own code: what is passed to `say`, `says` and `Message`, there or by the name of a table.

`python -m tests.language.messages` adds to every catalog what it lacks, without a translation, and drops what nobody says any more.
"""

from __future__ import annotations

import ast
import importlib
import io
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po, write_po
from jinja2 import Environment
from jinja2 import nodes as jinja

import momot
from momot.findings.labels import CHANNELS, LOST, OUTCOMES, REJECTIONS, SEGMENTS, STATES, column_heads
from momot.language import LANGUAGES
from momot.web.saying import KNOWN

SOURCE = Path(momot.__file__).parent
CATALOGS = SOURCE / "language" / "catalogs"
PACKAGES = ("report", "findings", "language", "web")
TEMPLATES = (SOURCE / "report" / "templates", SOURCE / "web" / "templates")


@dataclass
class Messages:
    """Messages with one form, and pairs whose form depends on a number."""

    singles: set[str] = field(default_factory=set)
    plurals: set[tuple[str, str]] = field(default_factory=set)


def all_messages() -> Messages:
    """What the catalogs must hold."""
    found = Messages(
        singles={
            *KNOWN,
            *STATES,
            *REJECTIONS,
            *LOST,
            *SEGMENTS,
            *OUTCOMES,
            *CHANNELS,
            *column_heads(qualities=True),
            *column_heads(qualities=False),
        }
    )
    for package in PACKAGES:
        for path in sorted((SOURCE / package).rglob("*.py")):
            _Module(path, found).read()
    for folder in TEMPLATES:
        for path in sorted(folder.glob("*.html")):
            _template(path, found)
    return found


def _template(path: Path, found: Messages) -> None:
    for call in Environment().parse(path.read_text(encoding="utf-8")).find_all(jinja.Call):
        if isinstance(call.node, jinja.Name) and call.node.name == "say" and call.args:
            found.singles.update(_jinja_strings(call.args[0]))
        elif isinstance(call.node, jinja.Name) and call.node.name == "says" and len(call.args) > 1:
            ones, many = (list(_jinja_strings(argument)) for argument in call.args[:2])
            found.plurals.update(zip(ones, many, strict=True))


def _jinja_strings(node: jinja.Node) -> Iterator[str]:
    if isinstance(node, jinja.Const) and isinstance(node.value, str):
        yield node.value
    if isinstance(node, jinja.CondExpr):
        yield from _jinja_strings(node.expr1)
        if node.expr2 is not None:
            yield from _jinja_strings(node.expr2)


class _Module:
    """One module: its calls of `say` and `says`, with names looked up among its own assignments or in the module itself."""

    def __init__(self, path: Path, found: Messages) -> None:
        self.path, self.found = path, found
        self.tree = ast.parse(path.read_text(encoding="utf-8"))
        self.assigned: dict[str, list[ast.expr]] = {}
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Assign):
                for target in node.targets:
                    self._assign(target, node.value)
            elif isinstance(node, ast.AnnAssign) and node.value is not None:
                self._assign(node.target, node.value)
            elif isinstance(node, ast.For | ast.comprehension):
                rows = node.iter.elts if isinstance(node.iter, ast.Tuple | ast.List) else [node.iter]
                for row in rows:
                    self._assign(node.target, row)

    def _assign(self, target: ast.expr, value: ast.expr) -> None:
        """`name = value`, or `a, b = x, y` one by one."""
        if isinstance(target, ast.Name):
            self.assigned.setdefault(target.id, []).append(value)
        elif isinstance(target, ast.Tuple):
            whole = isinstance(value, ast.Tuple) and len(value.elts) == len(target.elts)
            for place, one in enumerate(target.elts):
                self._assign(one, value.elts[place] if whole and isinstance(value, ast.Tuple) else value)

    def read(self) -> None:
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Call) and node.args:
                name = node.func.attr if isinstance(node.func, ast.Attribute) else node.func.id if isinstance(node.func, ast.Name) else ""
                if name in ("say", "Message"):
                    self.found.singles.update(self._strings(node.args[0], 0))
                elif name == "says" and isinstance(node.args[0], ast.Starred):
                    self.found.plurals.update(self._pairs(node.args[0].value, 0))
                elif name == "says" and len(node.args) > 1:
                    ones, many = list(self._strings(node.args[0], 0)), list(self._strings(node.args[1], 0))
                    self.found.plurals.update(zip(ones, many, strict=True))

    def _strings(self, node: ast.expr, depth: int) -> Iterator[str]:
        """All strings that an expression may come to."""
        if depth > 6:
            return
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value:
            yield node.value
        elif isinstance(node, ast.IfExp):
            yield from self._strings(node.body, depth)
            yield from self._strings(node.orelse, depth)
        elif isinstance(node, ast.Tuple | ast.List):
            for one in node.elts:
                yield from self._strings(one, depth)
        elif isinstance(node, ast.Dict):
            for one in node.values:
                yield from self._strings(one, depth)
        elif isinstance(node, ast.Subscript):
            yield from self._strings(node.value, depth)
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "get":
            yield from self._strings(node.func.value, depth)
            for one in node.args[1:]:
                yield from self._strings(one, depth)
        elif isinstance(node, ast.Name):
            if node.id in self.assigned:
                for value in self.assigned[node.id]:
                    yield from self._strings(value, depth + 1)
            else:
                yield from _flat(getattr(self._module(), node.id, None))

    def _pairs(self, node: ast.expr, depth: int) -> Iterator[tuple[str, str]]:
        if depth > 6:
            return
        if isinstance(node, ast.Tuple) and len(node.elts) == 2 and all(isinstance(one, ast.Constant) for one in node.elts):
            one, many = (one.value for one in node.elts if isinstance(one, ast.Constant))
            yield str(one), str(many)
        elif isinstance(node, ast.IfExp):
            yield from self._pairs(node.body, depth)
            yield from self._pairs(node.orelse, depth)
        elif isinstance(node, ast.Dict):
            for value in node.values:
                yield from self._pairs(value, depth)
        elif isinstance(node, ast.Subscript):
            yield from self._pairs(node.value, depth)
        elif isinstance(node, ast.Name):
            if node.id in self.assigned:
                for value in self.assigned[node.id]:
                    yield from self._pairs(value, depth + 1)
            else:
                found = getattr(self._module(), node.id, None)
                pairs = found.values() if isinstance(found, Mapping) else [found]
                yield from ((str(one), str(many)) for one, many in pairs)

    def _module(self) -> object:
        name = ".".join(["momot", *self.path.relative_to(SOURCE).with_suffix("").parts])
        return importlib.import_module(name.removesuffix(".__init__"))


def _flat(value: object) -> Iterator[str]:
    if isinstance(value, str) and value:
        yield value
    elif isinstance(value, Mapping):
        for one in value.values():
            yield from _flat(one)
    elif isinstance(value, tuple | list):
        for one in value:
            yield from _flat(one)


def renew(code: str, messages: Messages) -> int:
    """Write the catalog of a language with exactly these messages, the translations it had, and how many it lacks."""
    path = CATALOGS / f"{code}.po"
    old = read_po(io.BytesIO(path.read_bytes()), locale=code) if path.exists() else Catalog(locale=code)
    new = Catalog(
        locale=code, project="momot", version="0.1", fuzzy=False, charset="utf-8", header_comment=f"# {LANGUAGES[code]}: what momot says"
    )
    lacking = 0
    for message in sorted([*messages.singles, *messages.plurals], key=lambda one: one if isinstance(one, str) else one[0]):
        had = old.get(message[0] if isinstance(message, tuple) else message)
        string = had.string if had is not None else None
        ok = bool(string) and (
            isinstance(message, str) == isinstance(string, str) or (isinstance(message, tuple) and isinstance(string, tuple))
        )
        new.add(message, string if ok else None)
        lacking += not (string if isinstance(string, str) else string and all(string))
    out = io.BytesIO()
    write_po(out, new, width=0, omit_header=False, sort_output=False)
    kept = [
        line
        for line in out.getvalue().decode().splitlines()
        if not line.startswith(('"POT-Creation', '"PO-Revision', '"Last-Translator', '"Language-Team', '"Generated-By', '"Report-Msgid'))
    ]
    path.write_text("\n".join(kept) + "\n", encoding="utf-8")
    return lacking


if __name__ == "__main__":
    found = all_messages()
    for one in [code for code in LANGUAGES if code != "en"]:
        print(one, len(found.singles) + len(found.plurals), "messages,", renew(one, found), "without a translation", file=sys.stderr)
