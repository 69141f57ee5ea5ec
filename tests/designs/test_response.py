"""Who answers, against counts by hand."""

from __future__ import annotations

import numpy as np
import pytest

import momot
from momot.designs.response import Asked, checks, propensity, report


def asked(rng: np.random.Generator, n: int = 20_000, *, gap: float = 0.3) -> Asked:
    """A fifth of the parcels are late; those people are less often heard, and think a point less."""
    late = rng.random(n) < 0.2
    answered = rng.random(n) < np.where(late, 0.6 - gap, 0.6)
    value = np.where(answered, 4.0 - late + rng.normal(size=n), np.nan)
    return Asked(answered, value, {"parcel": late}, {"parcel": ~late})


def test_counts_shares_and_means() -> None:
    everybody = asked(np.random.default_rng(1))
    found = report("stars", "stars", "episodes", everybody)
    assert (found.asked, found.answered) == (20_000, int(everybody.answered.sum()))
    assert found.low < found.share < found.high
    assert found.mean == pytest.approx(float(np.nanmean(everybody.value)))
    # of those who answer 1 in 9 was late, of all 1 in 5: weighting gives the mean of everybody back
    assert found.mean == pytest.approx(4 - 1 / 9, abs=0.03)
    assert found.weighted_mean == pytest.approx(4 - 1 / 5, abs=0.03)
    (one,) = found.by
    assert (one.share, one.share_otherwise) == pytest.approx((0.3, 0.6), abs=0.02)


@pytest.mark.parametrize(("gap", "status"), [(0.3, "review"), (-0.3, "review"), (0.0, "pass")])
def test_answers_that_depend_on_how_it_went_want_a_look(gap: float, status: str) -> None:
    found = report("stars", "stars", "episodes", asked(np.random.default_rng(2), gap=gap))
    assert [check.status for check in checks(found, "parcel")] == [status]
    assert checks(found, "call") == ()
    assert checks(None) == ()


def test_nobody_stands_for_more_than_twenty() -> None:
    everybody = asked(np.random.default_rng(3), gap=0.6)
    assert propensity(everybody).min() == pytest.approx(0.05)
    nothing = Asked(np.zeros(5, dtype=bool), np.full(5, np.nan), {}, {})
    assert report("stars", "stars", "people", nothing).mean is None


def test_the_report_of_a_project_counts_everybody_with_a_subject() -> None:
    n = 400
    day = np.datetime64("2024-01-01T08:00", "us") + np.arange(n) % 100 * np.timedelta64(1, "D")
    late = np.arange(n) % 4 == 0
    heard = (np.arange(n) % 8 != 0) & (np.arange(n) % 5 != 1)
    orders, people = [f"o{i}" for i in range(n)], [f"p{i}" for i in range(n)]
    quality = np.where(late, "bad", "good")
    project = momot.from_tables(
        interactions={
            "subject": orders,
            "person": people,
            "at": day + np.timedelta64(1, "D"),
            "touchpoint": ["parcel"] * n,
            "quality": quality.tolist(),
        },
        subjects={"subject": orders, "person": people, "start": day},
        opinions={
            "subject": [o for o, h in zip(orders, heard, strict=True) if h],
            "person": [p for p, h in zip(people, heard, strict=True) if h],
            "at": (day + np.timedelta64(3, "D"))[heard],
            "value": (4.0 - late + np.random.default_rng(4).integers(-1, 2, n))[heard].tolist(),
        },
        columns={"opinions": {"instrument": "stars", "scale": [1, 5]}},
        outcomes={"opinion": {"opinion": "stars"}},
        timezone="UTC",
    )
    found = momot.find_moments(project)
    (response,) = found.document.responses
    assert (response.asked, response.answered, response.of) == (n, int(heard.sum()), "episodes")
    (one,) = response.by
    assert one.touchpoint == "parcel"
    assert (one.n, one.n_otherwise) == (int(late.sum()), int((~late).sum()))
    assert one.share == pytest.approx(heard[late].mean())
    assert one.share_otherwise == pytest.approx(heard[~late].mean())
    assert [check.status for check in found["parcel"].checks if check.name == "response"] == ["review"]
    assert "episodes answered" in str(found)
