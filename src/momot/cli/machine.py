"""Options of every command that computes: on what, and how much of the machine it may use."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import click

Command = TypeVar("Command", bound=Callable[..., Any])
_KEY = "momot.machine"
_OPTIONS: tuple[tuple[str, str, Any, str], ...] = (
    ("--engine", "URL", None, "What computes: duckdb, or a Spark master such as local[2]. Default: [engine] of momot.toml."),
    ("--memory-limit", "SIZE", None, "What the engine may hold in memory, such as 4GB."),
    ("--threads", "N", click.IntRange(min=1), "Threads that work at once. Default: all cores."),
    ("--spill", "DIR", click.Path(file_okay=False), "Folder for what does not fit into memory."),
)


def machine() -> Callable[[Command], Command]:
    """The options; what was given is told by `asked`, so that no command has to hand them on."""

    def with_options(command: Command) -> Command:
        for flag, metavar, kind, text in reversed(_OPTIONS):
            command = click.option(flag, type=kind, metavar=metavar, help=text, expose_value=False, callback=_keep)(command)
        return command

    return with_options


def asked() -> dict[str, Any]:
    """What the running command was given, by the names of `api.open`."""
    return dict(click.get_current_context().meta.get(_KEY, {}))


def _keep(context: click.Context, parameter: click.Parameter, value: Any) -> Any:
    if value is not None and parameter.name is not None:
        context.meta.setdefault(_KEY, {})[parameter.name] = value
    return value
