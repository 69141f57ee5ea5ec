"""Degenerate input never yields a number without meaning: a verdict with its reason, finite numbers or none (EFFECTS.md 3 f)."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from momot.designs.frame import Frame
from momot.effects.estimate import estimate
from momot.effects.estimates import Estimates
from momot.findings import verdict
from momot.testing.frames import ARMS, PRESENCE, QUALITY, STARS, Exposed, frame_of
from momot.vocabulary import DesignName

NUMBERS = ("estimate", "standard_error", "low", "high", "p_value", "mean", "mean_reference")


def checked(frame: Frame) -> Estimates:
    """Estimated and decided; every number is one, every contrast has a width, what was not told has a failed check that says why."""
    found = estimate(frame)
    tested = [verdict.Tested("y", frame, frame.exposures[one.exposure], one, 1, None) for one in found.exposures]
    for one, decided in zip(found.exposures, verdict.decide(tested), strict=True):
        for contrast in one.contrasts:
            assert all(math.isfinite(getattr(contrast, name)) for name in NUMBERS)
            assert contrast.standard_error > 0
            assert contrast.robustness is None or math.isfinite(contrast.robustness.value)
        if not one.contrasts:
            assert decided.verdict == "not identifiable"
            assert any(check.status == "fail" and check.message for check in one.checks)
    assert np.isfinite(found.covariance).all()
    return found


def told(found: Estimates) -> list[int]:
    return [len(one.contrasts) for one in found.exposures]


N = 400
ONE = np.ones(N)
HALF = np.arange(N) % 2
NOISE = np.random.default_rng(3).normal(size=N)
OTHER = np.random.default_rng(4).normal(size=N)
WAYS = np.arange(N) % 4


@pytest.mark.parametrize(
    ("frame", "contrasts"),
    [
        pytest.param(frame_of(NOISE, {"t": Exposed(ONE)}), [0], id="met by everybody"),
        pytest.param(frame_of(NOISE, {"t": Exposed(0 * ONE)}), [0], id="met by nobody"),
        pytest.param(frame_of(NOISE, {"t": Exposed(ONE, QUALITY, "quality")}), [0], id="one way only"),
        pytest.param(frame_of(NOISE, {"t": Exposed(HALF)}), [1], id="one touchpoint and nothing held"),
        pytest.param(frame_of(0 * ONE, {"t": Exposed(HALF)}), [0], id="an outcome nobody has"),
        pytest.param(frame_of(3.7 * ONE, {"t": Exposed(HALF)}), [0], id="a constant outcome"),
        pytest.param(frame_of(HALF, {"t": Exposed(HALF)}), [0], id="constant within the exposure"),
        pytest.param(frame_of(HALF + 1e-12 * NOISE, {"t": Exposed(HALF)}), [0], id="nearly constant within it"),
        pytest.param(frame_of(WAYS, {"t": Exposed(WAYS, QUALITY, "quality")}), [0], id="a way is an outcome"),
        pytest.param(frame_of(NOISE, {"t": Exposed(HALF), "u": Exposed(HALF, held=("t",))}), [1, 0], id="a twin held"),
        pytest.param(frame_of(NOISE, {"t": Exposed(HALF)}, covariates={"x": HALF}), [0], id="L is the exposure"),
        pytest.param(frame_of(NOISE, {"t": Exposed(HALF)}, covariates={"x": 1e9 * OTHER, "y": 1e9 * OTHER}), [1], id="L twice"),
        pytest.param(frame_of(NOISE, {"t": Exposed(HALF)}, covariates={"x": np.nan * ONE}), [1], id="L is missing"),
        pytest.param(frame_of(NOISE, {"t": Exposed(HALF)}, covariates={"x": np.where(HALF, np.inf, -np.inf)}), [1], id="L is infinite"),
        pytest.param(frame_of(NOISE, {"t": Exposed(HALF)}, cluster=0 * ONE), [0], id="one person"),
        pytest.param(frame_of(NOISE, {"t": Exposed(HALF)}, cluster=HALF), [0], id="two people, one a side"),
        pytest.param(frame_of(NOISE, {"t": Exposed(HALF, ARMS, "arm", kind="arm")}, design="experiment", cluster=HALF), [0], id="two arms"),
        pytest.param(frame_of(NOISE, {"t": Exposed(HALF)}, weight=np.where(HALF, 1e-200, 1.0)), [1], id="hardly any weight on one side"),
        pytest.param(frame_of(np.where(WAYS, NOISE, np.inf), {"t": Exposed(HALF)}), [0], id="an infinite outcome"),
        pytest.param(frame_of(np.where(WAYS, NOISE, np.nan), {"t": Exposed(HALF)}), [0], id="a missing outcome"),
        pytest.param(frame_of(1e-160 * NOISE, {"t": Exposed(HALF)}), [0], id="an outcome too small to square"),
    ],
)
def test_each_has_its_answer(frame: Frame, contrasts: list[int]) -> None:
    assert told(checked(frame)) == contrasts


def test_everybody_in_one_bucket_is_not_cross_fitted_and_has_errors_by_person() -> None:
    frame = frame_of(NOISE, {"t": Exposed(HALF)}, covariates={"x": NOISE**2})
    one = checked(replace(frame, bucket=np.zeros_like(frame.bucket)))
    many = checked(frame)
    assert one.exposures[0].contrasts[0].standard_error == pytest.approx(many.exposures[0].contrasts[0].standard_error, rel=0.1)


states = st.sampled_from([(PRESENCE, "presence"), (QUALITY, "quality"), (STARS, "rating"), (ARMS, "arm")])
designs: st.SearchStrategy[DesignName] = st.sampled_from(["episode", "survey", "experiment"])


@settings(max_examples=40)
@given(
    seed=st.integers(0, 10_000),
    rows=st.integers(1, 160),
    people=st.integers(1, 160),
    coded=states,
    twin=st.booleans(),
    few=st.integers(1, 4),
    outcome=st.sampled_from(["noise", "constant", "exposure", "binary", "one", "huge", "tiny", "enormous", "holes"]),
    weighted=st.booleans(),
    design=designs,
)
def test_no_frame_gives_a_number_without_meaning(
    seed: int, rows: int, people: int, coded: tuple, twin: bool, few: int, outcome: str, weighted: bool, design: DesignName
) -> None:
    rng = np.random.default_rng(seed)
    labels, coding = coded
    codes = rng.integers(0, min(few, len(labels)), rows)
    y = {
        "noise": rng.normal(size=rows),
        "constant": np.full(rows, 2.0),
        "exposure": codes.astype(float),
        "binary": rng.integers(0, 2, rows).astype(float),
        "one": (np.arange(rows) == 0).astype(float),
        "huge": 1e60 * rng.normal(size=rows),
        "tiny": 1e-60 * rng.normal(size=rows),
        "enormous": 1e200 * rng.normal(size=rows),
        "holes": np.where(rng.random(rows) < 0.1, np.nan, rng.normal(size=rows)),
    }[outcome]
    kind = "arm" if coding == "arm" else "interaction"
    exposures = {"t": Exposed(codes, labels, coding, kind=kind)}
    if twin:
        exposures["u"] = Exposed(codes, labels, coding, held=("t",), kind=kind)
    checked(
        frame_of(
            y,
            exposures,
            covariates={"x": np.where(rng.random(rows) < 0.2, np.nan, rng.normal(size=rows)), "c": rng.choice(["a", "b"], rows)},
            cluster=rng.integers(0, people, rows),
            weight=rng.exponential(size=rows) + 1e-3 if weighted else None,
            design=design,
        )
    )
