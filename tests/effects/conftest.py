"""Shared by the tests of effects."""

from __future__ import annotations

import numpy as np
import pytest


@pytest.fixture
def rng() -> np.random.Generator:
    """The same draws in every test, whatever the order of tests."""
    return np.random.default_rng(21)
