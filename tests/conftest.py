"""Fixtures and settings for every test."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Generator
from pathlib import Path

import hypothesis
import pytest

if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:  # a shell starts what it puts in the background so; Ctrl-C is tested here
    signal.signal(signal.SIGINT, signal.default_int_handler)

ROOT = Path(__file__).resolve().parents[1]

# On a shared machine the time of one example says nothing; in CI the examples are the same each time.
hypothesis.settings.register_profile("here", deadline=None)
hypothesis.settings.register_profile("ci", deadline=None, derandomize=True, print_blob=True)
hypothesis.settings.load_profile("ci" if os.environ.get("CI") else "here")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """In CI a test of the browser that skips has failed: nobody would notice that the screens are no longer looked at."""
    report = yield
    if os.environ.get("CI") and report.skipped and item.get_closest_marker("browser"):
        report.outcome, report.longrepr = "failed", f"{item.nodeid} skipped in CI: {report.longrepr}"
    return report


@pytest.fixture(scope="session")
def root() -> Path:
    """The repository."""
    return ROOT


@pytest.fixture(scope="session")
def shared_data() -> Callable[[str], Path]:
    """Folder of one real data set by name, below MOMOT_DATA or ../shared/data beside the repository. Skips where it is absent."""
    data = Path(os.environ.get("MOMOT_DATA") or ROOT.parent / "shared" / "data")

    def folder(name: str) -> Path:
        if not (data / name).is_dir():
            pytest.skip(f"real data set {name!r} is not in {data} (set MOMOT_DATA)")
        return data / name

    return folder
