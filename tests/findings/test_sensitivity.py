"""The check of a hidden cause, and the robustness value of a finding, from decided contrasts."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from momot.effects.estimate import estimate
from momot.findings import sensitivity, verdict
from momot.stats.sensitivity import Strength
from momot.testing.frames import QUALITY, Exposed, frame_of

WEAK = Strength(0.01, 0.01)


def parcels(everything: Strength | None = WEAK, activity: Strength | None = None) -> verdict.Tested:
    """Late parcels cost one point of four: an effect of half a standard deviation."""
    rng = np.random.default_rng(1)
    codes = rng.integers(1, 4, 3_000)
    frame = frame_of(4 - 0.5 * (codes == 1) + rng.normal(size=3_000), {"parcel": Exposed(codes, QUALITY, "quality")})
    found = estimate(frame).exposures[0]
    contrasts = tuple(
        replace(one, robustness=replace(one.robustness, activity=activity, everything=everything))
        for one in found.contrasts
        if one.robustness is not None
    )
    return verdict.Tested("stars", frame, frame.exposures[0], replace(found, contrasts=contrasts), 1, None)


def test_a_finding_has_the_value_of_its_sturdiest_contrast() -> None:
    one = parcels()
    assert sensitivity.value(one) == max(c.robustness.value for c in one.decisive_contrasts if c.robustness)
    assert sensitivity.value(one) == pytest.approx(0.2, abs=0.05)


@pytest.mark.parametrize(
    ("everything", "activity", "status"),
    [
        (Strength(0.01, 0.01), None, "pass"),
        (Strength(0.3, 0.4), None, "review"),
        (Strength(0.6, 0.4), None, "review"),  # so strong that no bound exists
        (Strength(0.3, 0.4), Strength(0.01, 0.01), "pass"),  # activity comes first
        (None, None, "review"),
    ],
)
def test_it_wants_a_look_where_a_cause_as_strong_as_what_is_known_would_do(
    everything: Strength | None, activity: Strength | None, status: str
) -> None:
    (check,) = sensitivity.check(parcels(everything, activity), "likely")
    assert (check.name, check.status) == ("sensitivity", status)
    assert "would undo it" in check.message


def test_nothing_is_said_where_nothing_was_found_or_all_was_drawn_by_lot() -> None:
    one = parcels()
    assert sensitivity.check(one, "no evidence") == ()
    assert sensitivity.check(replace(one, exposure=replace(one.exposure, evidence="A")), "moment") == ()
