"""Table steps: a `.sql` file beside the typed Python function that names its inputs and its output.

A step file holds one SELECT in DuckDB's dialect. Names in `$dollars` are filled in by the function: identifiers, expressions, no data.
Functions it may call are those of `functions.toml`; a test reads every step and says so.
"""

from __future__ import annotations

import tomllib
from functools import cache
from importlib import resources
from string import Template


def step(package: str, name: str, /, **fill: object) -> str:
    """The text of the step `<name>.sql` of `package`, its `$names` filled with SQL text. Raises KeyError where one is not given."""
    return Template(_text(package, name)).substitute({key: str(value) for key, value in fill.items()})


def allowed_functions() -> frozenset[str]:
    """The functions that a step may call (`functions.toml`)."""
    listed = tomllib.loads(resources.files("momot.engine").joinpath("functions.toml").read_text(encoding="utf-8"))
    return frozenset(name for group in listed.values() for name in group)


@cache
def _text(package: str, name: str) -> str:
    return resources.files(package).joinpath(f"{name}.sql").read_text(encoding="utf-8").strip()
