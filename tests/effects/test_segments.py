"""Effects by segment are the estimator on those rows; differences are tested."""

from __future__ import annotations

import numpy as np
import pytest

from momot.effects.estimate import estimate
from momot.effects.segments import estimate_segments, take
from momot.testing.frames import ARMS, Exposed, frame_of

KEY = (0, "arm", "offer", "control")


def trial(interaction: float, seed: int, n: int = 4_000) -> tuple:
    rng = np.random.default_rng(seed)
    arm, old = rng.integers(0, 2, n), rng.integers(0, 2, n)
    y = 0.2 * arm + interaction * arm * old + rng.normal(size=n)
    frame = frame_of(y, {"offer": Exposed(arm, ARMS, "arm", kind="arm")}, covariates={"old": old}, design="experiment")
    return frame, ["old" if value else "new" for value in frame.covariates[0].values]


def test_a_segment_is_the_estimator_on_its_rows() -> None:
    frame, labels = trial(0.3, 1)
    found = estimate_segments(frame, labels)
    rows = np.flatnonzero(np.array(labels) == "old")
    alone = estimate(take(frame, rows)).exposures[0].contrasts[0]
    assert found.by_value["old"].exposures[0].contrasts[0] == alone
    assert set(found.by_value) == {"new", "old"}


def test_a_difference_between_segments_is_found() -> None:
    frame, labels = trial(0.4, 2)
    assert estimate_segments(frame, labels).differences[KEY] < 1e-4  # type: ignore[index]


def test_no_difference_is_found_as_often_as_stated() -> None:
    """150 trials without interaction: p <= .1 in 10 %, within the 99.9 % band of the binomial."""
    p = [estimate_segments(*trial(0.0, seed, 400)).differences[KEY] for seed in range(150)]  # type: ignore[index]
    assert 0.033 <= np.mean(np.array(p) <= 0.1) <= 0.187


def test_unknown_and_tiny_segments_are_left_out() -> None:
    frame, labels = trial(0.0, 3, 400)
    labels = [None if i < 50 else "tiny" if i < 80 else label for i, label in enumerate(labels)]
    found = estimate_segments(frame, labels)
    assert set(found.by_value) == {"new", "old"}


def test_a_segment_with_a_single_arm_carries_the_failed_check() -> None:
    frame, _ = trial(0.0, 4, 600)
    labels = ["treated" if code else None for code in frame.exposures[0].codes]
    found = estimate_segments(frame, labels)
    assert found.by_value["treated"].exposures[0].contrasts == ()
    assert found.by_value["treated"].exposures[0].checks[0].status == "fail"
    assert found.differences == {}


def test_hillstrom_mens_mail_lifts_both_and_womens_only_buyers_of_womens(shared_data) -> None:  # type: ignore[no-untyped-def]
    """Published: women's mail does not lift visits of past men's buyers, men's mail lifts both."""
    import pyarrow.csv

    table = pyarrow.csv.read_csv(shared_data("hillstrom") / "hillstrom.csv").to_pydict()
    names = ["No E-Mail", "Mens E-Mail", "Womens E-Mail"]
    states = tuple(type(ARMS[0])(name, "control" if name == "No E-Mail" else "arm") for name in names)
    codes = [names.index(value) for value in table["segment"]]
    frame = frame_of(
        table["visit"], {"mail": Exposed(codes, states, "arm", kind="arm")}, covariates={"womens": table["womens"]}, design="experiment"
    )
    mens, womens = estimate(frame).exposures[0].contrasts
    assert (mens.estimate, mens.low, mens.high) == pytest.approx((0.0766, 0.0700, 0.0832), abs=5e-4)
    assert (womens.estimate, womens.low, womens.high) == pytest.approx((0.0452, 0.0389, 0.0516), abs=5e-4)
    labels = ["womens" if value else "mens only" for value in frame.covariates[0].values]
    by_value = estimate_segments(frame, labels).by_value
    assert by_value["womens"].exposures[0].contrasts[1].low > 0.05
    assert abs(by_value["mens only"].exposures[0].contrasts[1].estimate) < 0.02
    assert all(found.exposures[0].contrasts[0].low > 0.05 for found in by_value.values())
