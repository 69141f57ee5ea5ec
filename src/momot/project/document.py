"""A project file as a document: {block: keys} to the text of a `momot.toml`."""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Mapping
from typing import Any

from momot.errors import ProjectError

_BARE = re.compile(r"[A-Za-z0-9_-]+")


def to_toml(document: Mapping[str, Any]) -> str:
    """The TOML of a document: keys first, then a section a block. Raises ProjectError for a value that TOML can't hold."""
    top = [f"{_key(name)} = {_value(value, name)}" for name, value in document.items() if not _is_block(value) and value is not None]
    parts = ["\n".join(top)]
    for name, value in document.items():
        if isinstance(value, Mapping) and value and all(isinstance(one, Mapping) for one in value.values()):
            parts += [_section(f"[{_key(name)}.{_key(inner)}]", one, f"{name}.{inner}") for inner, one in value.items()]
        elif isinstance(value, Mapping):
            parts.append(_section(f"[{_key(name)}]", value, name))
        elif _is_block(value):
            parts += [_section(f"[[{_key(name)}]]", one, name) for one in value]
    return "\n\n".join(part for part in parts if part) + "\n"


def _is_block(value: object) -> bool:
    if isinstance(value, list | tuple):
        return bool(value) and all(isinstance(one, Mapping) for one in value)
    return isinstance(value, Mapping)


def _section(header: str, keys: Mapping[str, Any], where: str) -> str:
    return "\n".join([header, *(f"{_key(key)} = {_value(value, f'{where}, {key}')}" for key, value in keys.items() if value is not None)])


def _key(name: object) -> str:
    return str(name) if _BARE.fullmatch(str(name)) else _text(str(name))


def _text(value: str) -> str:
    """A basic string, or a literal one where that spares the marks of quoted columns."""
    if '"' in value and "'" not in value and value.isprintable():
        return f"'{value}'"
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")


def _value(value: Any, where: str) -> str:
    if isinstance(value, str):
        return _text(value)
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int):
        return str(int(value))
    if isinstance(value, float):
        return repr(float(value))
    if isinstance(value, dt.timedelta):
        return _text(_duration(value))
    if isinstance(value, dt.date):
        return value.isoformat()
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{_key(key)} = {_value(one, where)}" for key, one in value.items() if one is not None) + "}"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(_value(one, where) for one in value) + "]"
    raise ProjectError(f"from_tables, {where}: found a {type(value).__qualname__}; it is a text, number, date, list or mapping.")


def _duration(value: dt.timedelta) -> str:
    hours = value.total_seconds() / 3600
    return f"{hours / 24:g} days" if hours % 24 == 0 else f"{hours:g} hours"
