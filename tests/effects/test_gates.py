"""Each check fails, warns and passes where it says so, and never on the wrong side."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from momot.designs.frame import Frame, State
from momot.effects import gates
from momot.effects.estimate import estimate
from momot.testing.frames import ARMS, QUALITY, STARS, Exposed, frame_of
from momot.vocabulary.records import Check


def check(frame: Frame, name: str, exposure: int = 0) -> Check:
    return next(c for c in estimate(frame).exposures[exposure].checks if c.name == name)


def met(n: int, exposed: int) -> np.ndarray:
    return (np.arange(n) % (n // exposed) == 0).astype(int) if exposed else np.zeros(n, dtype=int)


@pytest.mark.parametrize(("exposed", "status"), [(29, "fail"), (30, "review"), (199, "review"), (200, "pass")])
def test_support_by_exposed_units(exposed: int, status: str, rng: np.random.Generator) -> None:
    codes = np.r_[np.ones(exposed), np.zeros(2_000)]
    found = check(frame_of(rng.normal(size=len(codes)), {"t": Exposed(codes)}), "support")
    assert found.status == status
    assert found.value == exposed
    assert ("below moment" in found.message) is (status == "review")


def test_support_counts_the_other_side_too(rng: np.random.Generator) -> None:
    codes = np.r_[np.ones(2_000), np.zeros(29)]
    assert check(frame_of(rng.normal(size=2_029), {"t": Exposed(codes)}), "support").status == "fail"


def test_where_people_are_lacking_they_are_counted(rng: np.random.Generator) -> None:
    codes, one_person = np.arange(600) % 2, np.zeros(600)
    found = check(frame_of(rng.normal(size=600), {"t": Exposed(codes)}, cluster=one_person), "support")
    assert found.status == "fail"
    assert "there are 300 not met (of 1 person), 300 met (of 1 person)" in found.message


@pytest.mark.parametrize(("with_it", "status"), [(19, "fail"), (20, "pass"), (1_981, "fail"), (1_980, "pass")])
def test_a_share_needs_twenty_with_and_without(with_it: int, status: str) -> None:
    y = (np.arange(2_000) < with_it).astype(float)
    assert check(frame_of(y, {"t": Exposed(np.arange(2_000) % 2)}), "support").status == status


def test_untested_levels_are_named(rng: np.random.Generator) -> None:
    codes = np.r_[np.repeat([1, 2, 3, 4], 400), np.zeros(8)]
    found = check(frame_of(rng.normal(size=1_608), {"food": Exposed(codes, STARS, "rating")}, design="survey"), "support")
    assert found.status == "pass"
    assert "Not tested by itself" in found.message
    assert found.message.endswith(": 1.")


def test_a_twin_cannot_be_separated_and_is_named(rng: np.random.Generator) -> None:
    n = 3_000
    parcel = rng.integers(0, 2, n)
    noise = rng.random(n) < 0.01
    twin = np.where(noise, 1 - parcel, parcel)
    frame = frame_of(
        rng.normal(size=n) + parcel,
        {"parcel": Exposed(parcel), "other": Exposed(rng.integers(0, 2, n)), "label": Exposed(twin, held=("parcel", "other"))},
        covariates={"busy": rng.normal(size=n)},
    )
    found = check(frame, "separability", 2)
    assert found.status == "fail"
    assert found.value == pytest.approx(0.04, abs=0.02)
    assert "cannot be separated from parcel@smot:" in found.message
    assert estimate(frame).exposures[2].contrasts == ()
    assert check(frame, "separability", 0).status == "pass"


def test_an_exact_combination_is_caught_without_numbers_running_away(rng: np.random.Generator) -> None:
    n = 2_000
    a, b = rng.integers(0, 2, n), rng.integers(0, 2, n)
    frame = frame_of(
        rng.normal(size=n), {"a": Exposed(a), "b": Exposed(b), "both": Exposed(a & b, held=("a", "b", "either")), "either": Exposed(a | b)}
    )
    found = check(frame, "separability", 2)
    assert (found.status, found.value) == ("fail", 0.0)


def test_a_contrast_that_can_be_told_stays_where_another_cannot(rng: np.random.Generator) -> None:
    """Having met it is the same as having ordered; how it went is not."""
    n = 4_000
    ordered = rng.integers(0, 2, n)
    quality = np.where(ordered == 1, np.where(rng.random(n) < 0.4, 1, 3), 0)
    frame = frame_of(rng.normal(size=n), {"order": Exposed(ordered), "parcel": Exposed(quality, QUALITY, "quality", held=("order",))})
    found = estimate(frame).exposures[1]
    assert [c.contrast for c in found.contrasts] == ["bad-good"]
    separability = next(c for c in found.checks if c.name == "separability")
    assert separability.status == "review"
    assert "order@smot" in separability.message


def test_positivity_fails_where_nobody_is_alike(rng: np.random.Generator) -> None:
    n = 4_000
    age = rng.normal(size=n)
    targeted = (age + 0.1 * rng.normal(size=n) > 0.8).astype(int)
    found = check(frame_of(rng.normal(size=n), {"t": Exposed(targeted)}, covariates={"age": age}), "positivity")
    assert found.status == "fail"
    assert found.value is not None
    assert found.value > 0.5


@pytest.mark.parametrize("strength", [0.0, 0.4, 0.7])
def test_positivity_passes_ordinary_confounding(strength: float, rng: np.random.Generator) -> None:
    n = 4_000
    age = rng.normal(size=n)
    exposed = (strength * age + rng.normal(size=n) > 0.5).astype(int)
    assert check(frame_of(rng.normal(size=n), {"t": Exposed(exposed)}, covariates={"age": age}), "positivity").status == "pass"


def test_suppression_is_a_sign_against_the_raw_association(rng: np.random.Generator) -> None:
    n = 6_000
    lean = rng.integers(0, 2, n)
    exposed = (rng.random(n) < 0.2 + 0.6 * lean).astype(int)
    y = 2.0 * lean - 0.5 * exposed + rng.normal(size=n)
    found = check(frame_of(y, {"t": Exposed(exposed)}, covariates={"lean": lean}), "suppression")
    assert found.status == "review"
    assert found.value is not None
    assert found.limit is not None
    assert found.value < 0 < found.limit
    assert check(frame_of(y, {"t": Exposed(exposed)}), "suppression").status == "pass"


def test_balance_of_an_experiment(rng: np.random.Generator) -> None:
    n = 4_000
    before = rng.normal(size=n)
    fair = rng.integers(0, 2, n)
    chosen = (before + rng.normal(size=n) > 0).astype(int)
    statuses = []
    for arm in (fair, chosen):
        frame = frame_of(
            rng.normal(size=n), {"offer": Exposed(arm, ARMS, "arm", kind="arm")}, covariates={"before": before}, design="experiment"
        )
        statuses.append(check(frame, "balance").status)
        assert "suppression" not in {c.name for c in estimate(frame).exposures[0].checks}
    assert statuses == ["pass", "fail"]


def test_every_failed_or_reviewed_check_says_what_would_mend_it(rng: np.random.Generator) -> None:
    states = (State("0", "absent"), State("1", "level"), State("2", "level"))
    frame = frame_of(rng.normal(size=600), {"t": Exposed(np.r_[np.zeros(540), np.ones(50), np.full(10, 2)], states, "level")})
    for found in estimate(frame).exposures[0].checks:
        assert found.message.endswith(".")
        assert found.status == "pass" or (found.fix and found.limit is not None)


@pytest.mark.parametrize(("shouts", "rows", "status"), [(0.0, 0, "pass"), (0.0, 150, "review"), (60.0, 1, "review")])
def test_one_person_may_not_carry_the_effect(shouts: float, rows: int, status: str, rng: np.random.Generator) -> None:
    """400 people, one touch each; one person more has 150 of them, or one value that is far off."""
    codes = np.r_[np.arange(800) % 2, np.ones(rows)]
    person = np.r_[np.arange(800), np.full(rows, 800)]
    y = np.r_[0.15 * codes[:800] + 0.5 * rng.normal(size=800), np.full(rows, 0.15 + shouts)]
    found = check(frame_of(y, {"t": Exposed(codes)}, cluster=person), "leverage")
    if shouts:
        contrast = estimate(frame_of(y, {"t": Exposed(codes)}, cluster=person)).exposures[0].contrasts[0]
        assert contrast.without_one == pytest.approx(y[:800][codes[:800] == 1].mean() - y[:800][codes[:800] == 0].mean(), abs=0.01)
        assert contrast.p_value > 0.05  # one voice is no evidence: the interval says so already
        status = "pass"
    assert found.status == status


def test_a_sign_that_one_person_decides_is_no_sign() -> None:
    """The rest say the opposite, the interval does not notice: such numbers are rare enough to be made by hand."""
    frame = frame_of(np.arange(80.0), {"t": Exposed(np.arange(80) % 2)})
    contrast = estimate(frame).exposures[0].contrasts[0]
    sure = replace(contrast, estimate=1.0, p_value=0.01, largest_share=0.4)
    for without, status in ((-0.1, "fail"), (0.4, "review"), (0.6, "review")):
        found = gates.leverage(frame, (replace(sure, without_one=without),))
        assert found is not None
        assert found.status == status
    noise = replace(sure, p_value=0.3, without_one=-1.0, largest_share=0.1)
    found = gates.leverage(frame, (noise,))
    assert found is not None
    assert found.status == "pass"
    assert gates.leverage(frame, ()) is None
