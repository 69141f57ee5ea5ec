"""A document becomes TOML that says the same."""

from __future__ import annotations

import datetime as dt
import tomllib

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from momot.errors import ProjectError
from momot.project.document import to_toml

TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
VALUES = st.recursive(
    TEXTS | st.integers(-(2**53), 2**53) | st.booleans() | st.floats(allow_nan=False) | st.dates(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3),
    max_leaves=6,
)
NAMES = st.text(min_size=1, max_size=8, alphabet=st.characters(codec="utf-8", exclude_categories=["Cs"]))


@given(st.dictionaries(NAMES, TEXTS | st.dictionaries(NAMES, VALUES, max_size=3) | st.lists(st.dictionaries(NAMES, VALUES), max_size=2)))
def test_reading_gives_back_what_was_written(document: dict[str, object]) -> None:
    assert tomllib.loads(to_toml(document)) == document


def test_missing_values_are_left_out_and_durations_are_words() -> None:
    text = to_toml({"a": None, "b": {"c": None, "d": dt.timedelta(days=90), "e": dt.timedelta(hours=36), "f": np.float64(0.5), "g": True}})
    assert tomllib.loads(text) == {"b": {"d": "90 days", "e": "36 hours", "f": 0.5, "g": True}}


def test_what_toml_cannot_hold_is_an_error_with_its_place() -> None:
    with pytest.raises(ProjectError, match=r"from_tables, outcomes\.again, within: found a object"):
        to_toml({"outcomes": {"again": {"within": object()}}})
