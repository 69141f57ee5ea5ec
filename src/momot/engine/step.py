"""Table steps: a `.sql` file beside the typed Python function that names its inputs and its output.

A step file holds one SELECT in DuckDB's dialect. Names in `$dollars` are filled in by the function: identifiers, expressions, no data.
Functions it may call are those of `functions.toml`; a test reads every step and says so.
"""

from __future__ import annotations

import tomllib
from functools import cache
from importlib import resources
from string import Template


class Step(str):
    """The text of a step, which knows the file it came from: errors name it, and an engine may have another form of it."""

    package: str
    name: str
    fill: dict[str, str]
    __slots__ = ("fill", "name", "package")

    def on(self, engine: str) -> str:
        """The text of `<step>.<engine>.sql` where the package has that file, filled in the same way; else this text."""
        name = f"{self.name}.{engine}"
        if not resources.files(self.package).joinpath(f"{name}.sql").is_file():
            return self
        return Template(_text(self.package, name)).substitute(self.fill)


def step(package: str, name: str, /, **fill: object) -> Step:
    """The text of the step `<name>.sql` of `package`, its `$names` filled with SQL text. Raises KeyError where one is not given."""
    filled = {key: str(value) for key, value in fill.items()}
    text = Step(Template(_text(package, name)).substitute(filled))
    text.package, text.name, text.fill = package, name, filled
    return text


def allowed_functions() -> frozenset[str]:
    """The functions that a step may call (`functions.toml`)."""
    listed = tomllib.loads(resources.files("momot.engine").joinpath("functions.toml").read_text(encoding="utf-8"))
    return frozenset(name for group in listed.values() for name in group)


@cache
def _text(package: str, name: str) -> str:
    return resources.files(package).joinpath(f"{name}.sql").read_text(encoding="utf-8").strip()
