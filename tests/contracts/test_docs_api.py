"""Every public name, command and option is documented, and nothing that does not exist is."""

from __future__ import annotations

import importlib
import inspect
import re
from types import ModuleType

import click
import pytest

import momot
import momot.api
from momot.cli.commands import momot as commands
from momot.cli.voices import voices
from tests.contracts.docs_pages import DOCS, section

LIBRARY = DOCS / "reference" / "library.md"
CLI = DOCS / "reference" / "cli.md"
DIRECTIVES = set(re.findall(r"^::: (\S+)$", LIBRARY.read_text(encoding="utf-8"), re.MULTILINE))


def places(public: str) -> set[str]:
    """Where a public name may be documented: under its own name, or where it is defined or exported."""
    value = getattr(momot, public)
    if isinstance(value, ModuleType):
        return {f"momot.{public}", value.__name__}
    packages = [value.__module__.rsplit(".", depth)[0] for depth in range(value.__module__.count(".") + 1)]
    return {f"momot.{public}", *(f"{package}.{value.__qualname__}" for package in (value.__module__, *packages))}


@pytest.mark.parametrize("public", sorted(momot.__all__))
def test_every_public_name_has_a_docstring_and_a_place_on_the_page(public: str) -> None:
    assert inspect.getdoc(getattr(momot, public))
    assert places(public) & DIRECTIVES


def test_the_page_documents_nothing_but_public_names() -> None:
    public = set().union(*(places(one) for one in momot.__all__)) | {f"momot.worlds.{world}" for world in momot.worlds.__all__}
    assert DIRECTIVES - public == {"momot.errors"}


def test_every_public_function_annotates_everything_and_takes_options_by_keyword() -> None:
    functions = [value for public in momot.__all__ if inspect.isfunction(value := getattr(momot, public))]
    assert len(functions) >= 7
    for function in functions:
        for parameter in inspect.signature(function).parameters.values():
            assert parameter.annotation is not parameter.empty, f"{function.__name__}({parameter.name})"
            optional = parameter.default is not parameter.empty
            assert not optional or parameter.kind is parameter.KEYWORD_ONLY or parameter.name == "folder", (
                f"{function.__name__}({parameter.name})"
            )


@pytest.mark.parametrize("public", ["build", "report"])
def test_a_function_keeps_its_name_when_the_package_of_that_name_is_imported(public: str) -> None:
    importlib.import_module(f"momot.{public}")
    assert getattr(momot, public) is getattr(momot.api, public)


@pytest.mark.parametrize("command", sorted(commands.commands))
def test_every_command_has_a_section_with_all_its_options(command: str) -> None:
    text = section(CLI, f"momot {command}")
    for parameter in commands.commands[command].params:
        words = (
            [parameter.opts[-1]]
            if isinstance(parameter, click.Option)
            else [(parameter.metavar or parameter.name or "").split()[0].strip("[]")]
        )
        assert all(word in text for word in words), f"momot {command}: {words}"


def test_the_page_of_commands_names_no_other_command() -> None:
    sections = re.findall(r"^#+ +`?momot ([a-z]+)", CLI.read_text(encoding="utf-8"), re.MULTILINE)
    assert sorted(set(sections)) == sorted(commands.commands)


@pytest.mark.parametrize("command", sorted(voices.commands))
def test_every_command_about_texts_has_a_section_with_all_its_options(command: str) -> None:
    text = section(CLI, "momot voices" if command == "overview" else f"momot voices {command}")
    for parameter in voices.commands[command].params:
        if isinstance(parameter, click.Option):
            assert parameter.opts[-1] in text, f"momot voices {command}: {parameter.opts}"
