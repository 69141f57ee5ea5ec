"""Errors are messages with exit code 2, never tracebacks; signals and pipes end quietly; --help loads nothing heavy."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from momot import __version__
from momot.errors import DataError, EngineError, MissingColumn, MomotError, NotBuilt, ProjectError, QuestionError
from tests.cli.conftest import Library

Run = Callable[..., tuple[int, str, str]]
HEAVY = ("duckdb", "numpy", "scipy", "rich", "pyarrow", "jinja2", "msgspec")


@pytest.mark.parametrize(
    "error", [ProjectError("a"), DataError("b"), MissingColumn("c"), NotBuilt("d"), QuestionError("é €"), EngineError("f")]
)
def test_an_error_on_purpose_is_one_message(run: Run, library: Library, error: MomotError) -> None:
    library.error = error
    assert run("find") == (2, "", f"momot: {error}\n")


@pytest.mark.parametrize("words", [("find", "--format", "json"), ("find", "--format=json")])
def test_an_error_is_json_where_json_was_asked_for(run: Run, library: Library, words: tuple[str, ...]) -> None:
    library.error = MissingColumn("orders.csv has no column 'persn'")
    code, out, err = run(*words)
    assert (code, out) == (2, "")
    assert json.loads(err) == {"error": {"kind": "MissingColumn", "message": "orders.csv has no column 'persn'"}}


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("fnd",), "No such command"),
        (("find", "--sed", "1"), "No such option"),
        (("find", "--seed", "x"), "not a valid integer"),
        (("find", "--format", "xml"), "'xml' is not one of"),
        (("init",), "Missing argument 'FOLDER'"),
    ],
)
def test_wrong_use_is_exit_code_2(run: Run, words: tuple[str, ...], message: str) -> None:
    code, out, err = run(*words)
    assert (code, out) == (2, "")
    assert message in err
    assert "Traceback" not in err


def test_the_bare_command_shows_its_help_as_wrong_use(run: Run) -> None:
    code, out, err = run()
    assert (code, out) == (2, "")
    assert err.startswith("Usage: momot")
    assert "momot init FOLDER" in err


def test_a_misspelt_folder_is_said_to_be_none(run: Run, library: Library, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    library.error = ProjectError("there is no momot.toml in this folder.")
    assert run("find", "shp") == (2, "", "momot: there is no folder 'shp', and there is no momot.toml in this folder.\n")
    (tmp_path / "momot.toml").touch()
    library.error = ProjectError("momot.toml: unknown key 'nam'.")
    assert run("find", "opinion") == (2, "", "momot: momot.toml: unknown key 'nam'.\n")


def test_wrong_use_is_json_too(run: Run) -> None:
    code, _, err = run("find", "--format", "json", "--sed", "1")
    assert code == 2
    assert json.loads(err)["error"]["kind"] == "UsageError"


def test_an_interrupt_is_exit_code_130(run: Run, library: Library) -> None:
    library.error = KeyboardInterrupt()
    assert run("find") == (130, "", "\n")


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_a_folder_that_can_not_be_written_is_a_message(run: Run, tmp_path: Path) -> None:
    (tmp_path / "closed").mkdir(mode=0o500)
    code, _, err = run("find", "-o", "closed/found.txt")
    assert code == 2
    assert "closed/found.txt could not be written: Permission denied" in err


def test_an_output_folder_that_is_not_there_is_a_message(run: Run, tmp_path: Path) -> None:
    code, _, err = run("find", "-o", "nowhere/found.txt", "--quiet")
    assert (code, err) == (2, "momot: nowhere/found.txt could not be written: No such file or directory.\n")


def test_version(run: Run) -> None:
    assert run("--version") == (0, f"momot {__version__}\n", "")


def python(code: str, **options: object) -> subprocess.Popen[bytes]:
    return subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, stderr=subprocess.PIPE, **options)  # type: ignore


@pytest.mark.parametrize("words", [["--help"], ["find", "--help"], ["--version"]])
def test_help_loads_neither_engine_nor_arrays(words: list[str]) -> None:
    loaded = f"print(*[name for name in {HEAVY!r} if name in sys.modules], file=sys.stderr)"
    code = f"import sys, momot.cli; code = momot.cli.run({words!r}); {loaded}; sys.exit(code)"
    out, err = (process := python(code)).communicate(timeout=60)
    assert process.returncode == 0
    assert err.decode().strip() == ""
    assert out


FAKE = """
import sys
from pathlib import Path
from momot import api, cli
from momot.findings import Findings
findings = Findings.from_json(Path({path!r}).read_bytes())
api.open = lambda folder, data=None: None
api.find_moments = lambda project, **options: {answer}
cli.main({words!r})
"""


def test_a_reader_that_goes_away_ends_it_quietly(tmp_path: Path, library: Library) -> None:
    path = tmp_path / "found.json"
    path.write_text(library.findings.to_json(), encoding="utf-8")
    code = FAKE.format(path=str(path), answer="findings", words=["find", "--format", "csv"])
    process = python("import sys; sys.stdin.readline()\n" + code, stdin=subprocess.PIPE)
    assert process.stdout is not None
    process.stdout.close()
    assert process.stdin is not None
    assert process.stderr is not None
    process.stdin.write(b"go\n")
    process.stdin.close()
    error = process.stderr.read()
    process.stderr.close()
    assert (process.wait(timeout=60), error) == (141, b"")


def test_sigint_ends_it_with_130_and_no_traceback(tmp_path: Path, library: Library) -> None:
    path = tmp_path / "found.json"
    path.write_text(library.findings.to_json(), encoding="utf-8")
    waits = "(print('ready', file=sys.stderr, flush=True), __import__('time').sleep(60))"
    process = python(FAKE.format(path=str(path), answer=waits, words=["find"]))
    assert process.stderr is not None
    assert process.stderr.readline() == b"ready\n"
    process.send_signal(signal.SIGINT)
    out, error = process.communicate(timeout=60)
    assert (process.returncode, out, error) == (130, b"", b"\n")


@pytest.mark.parametrize(("encoding", "mark"), [("utf-8", "▼"), ("ascii", "V"), ("latin-1", "V")])
def test_the_table_follows_the_encoding_of_stdout(tmp_path: Path, library: Library, encoding: str, mark: str) -> None:
    path = tmp_path / "found.json"
    path.write_text(library.findings.to_json(), encoding="utf-8")
    code = FAKE.format(path=str(path), answer="findings", words=["find", "--quiet"])
    process = python(code, env={**os.environ, "PYTHONIOENCODING": encoding, "COLUMNS": "100"})
    out, error = process.communicate(timeout=60)
    assert (process.returncode, error) == (0, b"")
    assert mark in out.decode(encoding)


@pytest.mark.parametrize(("environment", "coloured"), [({}, True), ({"NO_COLOR": "1"}, False), ({"TERM": "dumb"}, False)])
def test_colour_is_for_terminals_that_want_it(environment: dict[str, str], coloured: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    from momot.cli.output import colourful

    for name in ("NO_COLOR", "TERM"):
        monkeypatch.delenv(name, raising=False)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True, raising=False)
    assert colourful() is coloured
    monkeypatch.setattr(sys.stdout, "isatty", lambda: False, raising=False)
    assert not colourful()
