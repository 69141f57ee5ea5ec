"""Fixtures and settings for every test."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import hypothesis
import pytest

ROOT = Path(__file__).resolve().parents[1]

# On a shared machine the time of one example says nothing; in CI the examples are the same each time.
hypothesis.settings.register_profile("here", deadline=None)
hypothesis.settings.register_profile("ci", deadline=None, derandomize=True, print_blob=True)
hypothesis.settings.load_profile("ci" if os.environ.get("CI") else "here")


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
