"""`momot diff`: which runs are meant, forms, exit codes."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest

from momot import cli
from momot.cli.commands import folder_and_runs
from momot.findings import Findings
from momot.findings.runs import keep_run
from tests.findings import documents

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfdbinary: pytest.CaptureFixture[bytes]) -> Run:
    """The command in a project `shop` beside an empty folder; three runs are kept."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "100")
    (tmp_path / "shop" / ".momot").mkdir(parents=True)
    (tmp_path / "empty").mkdir()
    for seed in range(3):
        keep_run(Findings(msgspec.structs.replace(documents.episode(), seed=seed, build=f"{seed}" * 12)), tmp_path / "shop")

    def once(*words: str) -> tuple[int, str, str]:
        code = cli.run(["diff", *words])
        out, err = capfdbinary.readouterr()
        return code, out.decode(), err.decode()

    return once


@pytest.mark.parametrize(
    ("words", "seeds"),
    [(("shop",), (1, 2)), (("shop", "1"), (0, 2)), (("shop", "1", "2"), (0, 1)), (("shop", "shop"), (2, 2))],
)  # fmt: skip
def test_which_runs_are_compared(run: Run, words: tuple[str, ...], seeds: tuple[int, int]) -> None:
    code, out, err = run(*words, "--format", "json")
    found = json.loads(out)
    assert (code, err) == (0, "")
    assert (found["before"]["seed"], found["after"]["seed"]) == seeds


@pytest.mark.parametrize(
    ("words", "folder", "runs"),
    [
        ((), ".", ()), (("shop",), "shop", ()), (("3",), ".", ("3",)), (("a.json", "b.json"), ".", ("a.json", "b.json")),
        (("shop", "empty"), ".", ("shop", "empty")), (("shop", "4"), "shop", ("4",)), (("shop", "4", "empty"), "shop", ("4", "empty")),
        (("shop/momot.toml",), "shop", ()),
    ],
)  # fmt: skip
def test_words_are_a_folder_and_runs(run: Run, words: tuple[str, ...], folder: str, runs: tuple[str, ...]) -> None:
    assert folder_and_runs(words) == (Path(folder), runs)


def test_forms_files_and_the_list(run: Run, tmp_path: Path) -> None:
    code, out, _ = run("shop")
    assert (code, out.splitlines()[0]) == (0, "Nothing changed: 11 moments as before")
    assert run("shop", "--format", "csv")[1].startswith("question,moment,change,")
    assert run("shop", "-o", "changes.txt")[1] == ""
    assert (tmp_path / "changes.txt").read_text(encoding="utf-8") == out
    assert [line.split()[0] for line in run("shop", "--list")[1].splitlines()] == ["1", "2", "3"]
    assert [one["number"] for one in json.loads(run("shop", "--list", "--format", "json")[1])] == ["1", "2", "3"]
    assert run("shop", "--list", "--format", "csv")[1].startswith("number,build,momot,questions,file\n1,0000")
    assert "No run is kept yet" in run("empty", "--list")[1]


def test_wrong_use_and_nothing_in_common(run: Run, tmp_path: Path) -> None:
    assert run("empty")[0] == 2
    assert "keeps one whenever" in run()[2]
    assert "no run 'nowhere.json'" in run("nowhere.json", "shop")[2]
    assert run("a", "b", "c")[0] == 2
    assert run("shop", "1", "2", "3")[0] == 2
    (tmp_path / "other.json").write_text(Findings(documents.experiment()).to_json(), encoding="utf-8")
    code, out, _ = run("shop", "other.json")
    assert (code, out.splitlines()[0]) == (1, "The two runs have no question in common")
