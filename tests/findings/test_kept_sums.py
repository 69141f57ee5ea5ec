"""Sums that are kept from run to run: whatever happens to the data, what is found is what is found without them, by the same plan."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest

import momot
from momot.designs import panel, panel_parts, panel_steady
from momot.designs.panel_parts import Stretched
from tests.designs.conftest import Tiny
from tests.designs.test_panel import DAYS, LOG, START, people
from tests.findings.test_same_answer import differences

Log = list[dict[str, object]]


@pytest.fixture(autouse=True)
def _small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Sums of small data are kept too, in several parts."""
    monkeypatch.setattr(panel_steady, "KEPT_FROM", 0)
    monkeypatch.setattr(panel, "PIECE_ROWS", 3_000)


@pytest.fixture
def tiny(tmp_path: Path) -> Tiny:
    return Tiny(tmp_path)


@pytest.fixture
def parts(monkeypatch: pytest.MonkeyPatch) -> list[Stretched[Any]]:
    """Every part that is made, as it comes."""
    seen: list[Stretched[Any]] = []
    make = panel_parts._Settling.__call__

    def call(self: Any, table: Any) -> Stretched[Any]:
        seen.append(make(self, table))
        return seen[-1]

    monkeypatch.setattr(panel_parts._Settling, "__call__", call)
    return seen


def found(folder: Path) -> dict[str, Any]:
    document = msgspec.to_builtins(momot.find_moments(momot.open(folder)).document)
    return {name: value for name, value in document.items() if name not in ("build", "project")}


def forgotten(folder: Path) -> None:
    """All sums, but not the plan that they were made by."""
    there = list((folder / ".momot" / "sums").glob("*/part-*.npz"))
    assert there
    for path in there:
        path.unlink()


def later(log: Log) -> Log:
    """Two more days of many, one with a touchpoint's first opinion of nobody new."""
    return [*log, *({**row, "at": START + timedelta(days=DAYS + n % 2, hours=1)} for n, row in enumerate(log[:60]))]


def late(log: Log) -> Log:
    """One person was there long ago too."""
    return [*log, {**log[0], "at": START + timedelta(days=41)}]


def erased(log: Log) -> Log:
    """One person is gone."""
    return [row for row in log if row["who"] != "p7"]


def corrected(log: Log) -> Log:
    """What one person said on an early day was another thing."""
    first = next(n for n, row in enumerate(log) if row["how"] == "bad" and row["at"] < START + timedelta(days=45))  # type: ignore[operator]
    return [{**row, "how": "good"} if n == first else row for n, row in enumerate(log)]


@pytest.mark.parametrize(
    ("change", "again"),
    [
        pytest.param(lambda log: log, 0, id="nothing"),
        pytest.param(later, 0, id="two days more"),
        pytest.param(late, 1, id="late"),
        pytest.param(erased, 1, id="erased"),
        pytest.param(corrected, 1, id="corrected"),
    ],
)
def test_what_is_found_with_kept_sums_is_what_is_found_without(
    tiny: Tiny, parts: list[Stretched[Any]], change: Callable[[Log], Log], again: int
) -> None:
    """Only the parts of the persons touched are made anew; the others only from the last settled day on."""
    log = people(200)
    folder = tiny.table("log", log).project(LOG).folder
    found(folder)
    count = len(parts)
    assert count > 2
    assert not any(part.again for part in parts)
    assert all(part.settled for part in parts)
    parts.clear()
    tiny.table("log", change(log)).project(LOG)
    kept = found(folder)
    assert len(parts) == count
    assert sum(not part.again for part in parts) == again
    parts.clear()
    forgotten(folder)
    whole = found(folder)
    assert not any(part.again for part in parts)
    assert list(differences(kept, whole)) == []


def test_sums_of_other_questions_other_states_or_many_more_rows_are_made_anew(tiny: Tiny, parts: list[Stretched[Any]]) -> None:
    log = people(200)
    project = tiny.table("log", log).project(LOG)
    found(project.folder)
    parts.clear()
    tiny.table("log", log).project(LOG.replace("14 days", "10 days"))
    found(project.folder)
    assert parts
    assert not any(part.again for part in parts)
    parts.clear()
    tiny.table("log", [*log, *({**row, "who": f"{row['who']}b"} for row in log[: len(log) // 5])]).project(LOG)
    found(project.folder)
    assert not any(part.again for part in parts)


def test_a_file_that_is_broken_is_made_anew(tiny: Tiny, parts: list[Stretched[Any]]) -> None:
    project = tiny.table("log", people(200)).project(LOG)
    first = found(project.folder)
    broken, *_ = sorted((project.folder / ".momot" / "sums").glob("*/part-*.npz"))
    broken.write_bytes(broken.read_bytes()[:200])
    parts.clear()
    assert list(differences(first, found(project.folder))) == []
    assert sum(not part.again for part in parts) == 1


def test_windows_end_where_rows_can_still_change(tiny: Tiny, parts: list[Stretched[Any]]) -> None:
    """No settled row looks further than the records go, a week of late records kept."""
    project = tiny.table("log", people(200)).project(LOG)
    found(project.folder)
    last = (START + timedelta(days=DAYS)).date().toordinal() - 719_163
    assert {part.now.until % 28 for part in parts} == {27}
    assert all(part.now.until + 60 + panel_parts.LATE_DAYS <= last for part in parts)
