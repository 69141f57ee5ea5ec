"""Numbers as they are written."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from momot.findings.contract import AtStake
from momot.findings.numbers import (
    NO_BREAK_SPACE,
    Numbers,
    at_stake_unit,
    decimals_for,
    grouped,
    percent,
    probability,
    share_interval,
    signed,
)

SHARE, STARS = Numbers("share", 2), Numbers("stars", 2)


@pytest.mark.parametrize(
    ("value", "decimals", "text"),
    [
        (61240, 0, "61\u202f240"),
        (-0.5, 2, "−0.50"),
        (-0.004, 2, "0.00"),
        (0, 1, "0.0"),
        (math.nan, 1, "–"),
        (-math.inf, 1, "–"),
        (1234567.891, 1, "1\u202f234\u202f567.9"),
    ],
)
def test_grouping_and_the_true_minus(value: float, decimals: int, text: str) -> None:
    assert grouped(value, decimals) == text


@pytest.mark.parametrize(("value", "text"), [(0.3, "+0.3"), (-0.3, "−0.3"), (0.04, "0.0"), (-0.04, "0.0"), (0.0, "0.0")])
def test_zero_has_no_sign(value: float, text: str) -> None:
    assert signed(value, 1) == text


@given(st.floats(-1e6, 1e6), st.integers(0, 4))
def test_a_written_number_is_the_number_to_the_shown_digits(value: float, decimals: int) -> None:
    text = signed(value, decimals).replace("\u202f", "").replace("−", "-")
    assert float(text) == pytest.approx(value, abs=0.5000001 * 10**-decimals)
    assert "-" not in signed(value, decimals)


def test_shares_become_percentage_points_only_here() -> None:
    assert SHARE.effect(0.0766) == "+7.66"
    assert SHARE.with_unit(SHARE.size(-0.0766)) == "7.66\u00a0percentage points"
    assert SHARE.level(0.784) == "78.40\u00a0%"
    assert SHARE.plain(0.005) == "0.5"
    assert STARS.effect(-2.203) == "−2.20"
    assert STARS.interval(-2.358, -2.048) == "−2.36 to −2.05"
    assert Numbers("USD", 2).is_money
    assert not STARS.is_money


@pytest.mark.parametrize(("share", "text"), [(0.5, "50\u00a0%"), (0.0, "0\u00a0%"), (0.015, "1.5\u00a0%"), (0.0999, "10\u00a0%")])
def test_percent(share: float, text: str) -> None:
    assert percent(share) == text


@pytest.mark.parametrize(
    ("half_widths", "decimals"),
    [
        ([0.155], 2),
        ([0.07], 2),
        ([0.066], 3),
        ([0.66], 2),
        ([2.0], 1),
        ([15.0], 0),
        ([], 2),
        ([math.nan], 2),
        ([1e-9], 6),
        ([0.1, 0.1, 90.0], 2),
    ],
)
def test_decimals_follow_the_middle_interval(half_widths: list[float], decimals: int) -> None:
    assert decimals_for(half_widths) == decimals


@pytest.mark.parametrize(("value", "text"), [(0.0004, "< .001"), (0.04, ".040"), (1.0, "1")])
def test_probabilities(value: float, text: str) -> None:
    assert probability(value) == text


def test_shares_times_people_are_people() -> None:
    assert at_stake_unit(AtStake(estimate=1, low=0, high=2, unit="share a month")) == "people a month"
    assert at_stake_unit(AtStake(estimate=1, low=0, high=2, unit="stars a month")) == "stars a month"


def test_ends_of_a_share_have_its_decimals() -> None:
    assert share_interval(0.0034, 0.0009, 0.0121) == (f"0.3{NO_BREAK_SPACE}%", "[0.1, 1.2]")
    assert share_interval(0.0, 0.0, 0.004) == (f"0.0{NO_BREAK_SPACE}%", "[0.0, 0.4]")
    assert share_interval(0.154, 0.108, 0.204) == (f"15{NO_BREAK_SPACE}%", "[11, 20]")
