"""What every commit promises: no addresses, no machine's paths, one version, hashes for everything, short decisions."""

from __future__ import annotations

import re
import subprocess
import tomllib
from pathlib import Path

import pytest

import momot

ROOT = Path(__file__).resolve().parents[2]
# Written in parts, so that this file does not hold what it looks for.
REGISTRIES = [".".join(parts) for parts in (("pypi", "org"), ("files", "pythonhosted"), ("registry", "npmjs"), ("deb", "debian"))]
MACHINE = [
    "/" + "/".join(parts) for parts in (("work", "main"), ("work", "shared"), ("root", ""), ("tmp", "bash_jobs"), ("home", "runner"))
]


@pytest.fixture(scope="module")
def tracked() -> list[Path]:
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=False)
    if listed.returncode:
        pytest.skip("not a git checkout")
    return [path for line in listed.stdout.split("\0") if line and (path := ROOT / line).is_file()]


@pytest.fixture(scope="module")
def pyproject() -> dict[str, object]:
    return tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))


def test_no_file_names_a_registry_or_a_path_of_a_machine(tracked: list[Path]) -> None:
    found = []
    for path in tracked:
        text = path.read_bytes().decode("utf-8", "replace")
        found += [f"{path.relative_to(ROOT)}: {word}" for word in (*REGISTRIES, *MACHINE) if word in text]
    assert found == []


def test_no_generated_file_is_tracked(tracked: list[Path]) -> None:
    generated = re.compile(r"\.(pyc|log|duckdb|pkl|pickle|whl|parquet)$|(^|/)(\.momot|dist|node_modules|\.venv|site)/")
    assert [path for path in tracked if generated.search(path.relative_to(ROOT).as_posix())] == []


def test_the_lock_pins_everything_by_hash_and_names_no_address(pyproject: dict) -> None:
    lock = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    assert "://" not in lock
    entries = re.split(r"\n(?=\S)", lock.strip())
    assert all(re.match(r"[a-z0-9._-]+==\S+", entry) and "--hash=sha256:" in entry for entry in entries)
    locked = {entry.split("==")[0] for entry in entries}
    groups = [requirement for group in pyproject["dependency-groups"].values() for requirement in group if isinstance(requirement, str)]
    extras = [requirement for extra in pyproject["project"]["optional-dependencies"].values() for requirement in extra]
    for requirement in (*pyproject["project"]["dependencies"], *groups, *extras, *pyproject["build-system"]["requires"]):
        assert re.split(r"[<>=!\[ ]", requirement)[0] in locked


def test_one_version(pyproject: dict) -> None:
    version = pyproject["project"]["version"]
    newest = re.search(r"^## (\S+)", (ROOT / "CHANGELOG.md").read_text(encoding="utf-8"), re.MULTILINE)
    assert momot.__version__ == version
    assert newest
    assert newest[1] == version


def test_every_release_in_the_changelog_opens_with_a_sentence() -> None:
    releases = re.split(r"^## .*\n", (ROOT / "CHANGELOG.md").read_text(encoding="utf-8"), flags=re.MULTILINE)[1:]
    assert releases
    assert all(re.match(r"\n[^\n#*-][^\n]{20,}", release) for release in releases)


def test_decisions_are_numbered_short_and_listed() -> None:
    folder = ROOT / "docs" / "decisions"
    index = (folder / "index.md").read_text(encoding="utf-8")
    decisions = sorted(path for path in folder.glob("*.md") if path.name != "index.md")
    numbers = [int(path.name[:4]) for path in decisions]  # several may be under way at once: a gap is no fault, a number twice is
    assert len(set(numbers)) == len(numbers)
    for number, path in zip(numbers, decisions, strict=True):
        text = path.read_text(encoding="utf-8")
        assert text.startswith(f"# {number}. ")
        assert len(text.splitlines()) <= 30, path.name
        assert f"[{text.splitlines()[0].removeprefix('# ')}]({path.name})" in index


def test_the_commands_of_the_readme_are_targets_of_the_makefile() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    targets = set(re.findall(r"^([a-z-]+):", makefile, re.MULTILINE))
    pages = (ROOT / name for name in ("README.md", "AGENTS.md", "benchmarks/README.md", ".ci/run"))
    named = {
        word
        for page in pages
        for word in re.findall(r"^\s*(?:stage \w+ \d+ )?make ([a-z-]+)", page.read_text(encoding="utf-8"), re.MULTILINE)
    }
    assert {"demo", "test"} <= named
    assert named <= targets
