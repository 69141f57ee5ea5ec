"""A served shop for most tests of the app."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from tests.findings import documents
from tests.web.served import project, served


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    """A project with one kept run of two questions."""
    return project(tmp_path / "shop", documents.several())


@pytest.fixture
def client(shop: Path) -> Iterator[TestClient]:
    """Its app, signed in."""
    with served(shop) as one:
        yield one
