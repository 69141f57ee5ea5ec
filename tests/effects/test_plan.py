"""A trial of the proposed size has the power it is said to have, through the estimator that reads experiments."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from momot.designs.frame import Frame
from momot.effects.estimate import estimate
from momot.effects.plan import size_of
from momot.testing.frames import ARMS, Exposed, frame_of


def people(count: int, seed: int, *, kind: str, history: float = 1.0, effect: float = 0.0) -> Frame:
    """Persons with a history that tells something; half of them are treated. `kind`: money, share or accounts of one to five persons."""
    rng = np.random.default_rng(seed)
    owner = np.repeat(np.arange(count), rng.integers(1, 6, count)) if kind == "accounts" else np.arange(count)
    arm = rng.permutation(np.arange(count) % 2)[owner]
    past, noise = rng.normal(size=len(owner)), rng.normal(size=len(owner))
    drive = history * past
    if kind == "share":
        base = np.clip(0.15 + 0.12 * history * np.tanh(past), 0.01, 0.9)
        y = (rng.random(len(owner)) < base + effect * arm).astype(float)
    elif kind == "accounts":
        y = drive + rng.normal(size=count)[owner] + noise + effect * arm
    else:
        y = drive + np.exp(noise) + effect * arm  # errors are skewed, as money is
    return frame_of(y, {"offer": Exposed(arm, ARMS, "arm", kind="arm")}, covariates={"past": past}, cluster=owner, design="experiment")


def simulated(units: int, effect: float, runs: int, *, kind: str, history: float, first: int = 1_000) -> float:
    """The share of trials of so many units that find the effect."""
    found = [
        estimate(people(units, first + run, kind=kind, history=history, effect=effect)).exposures[0].contrasts[0] for run in range(runs)
    ]
    return float(np.mean([one.p_value < 0.05 for one in found]))


GRID = [
    ("money", 1.0, 0.25, 0.8), ("money", 0.0, 0.3, 0.9), ("money", 3.0, 0.5, 0.8),
    ("share", 1.0, 0.05, 0.8), ("share", 0.0, -0.04, 0.8), ("share", 1.0, 0.1, 0.6),
    ("accounts", 1.0, 0.35, 0.8), ("accounts", 0.0, 0.5, 0.9),
]  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize(("kind", "history", "effect", "wanted"), GRID)
def test_the_power_of_the_proposed_size_is_the_one_it_says(kind: str, history: float, effect: float, wanted: float) -> None:
    """1,200 trials: two standard errors of the simulated power are under 3 points. The plan is made from 6,000 other units."""
    planned = size_of(replace(people(6_000, 7, kind=kind, history=history), exposures=()), effect, wanted=wanted)
    assert planned is not None
    size, _ = planned
    power = simulated(size.units, effect, 1_200, kind=kind, history=history)
    print(f"{kind} history {history} effect {effect}: {size.units} units, planned {size.power:.3f}, simulated {power:.3f}")
    assert abs(power - size.power) <= 0.04


@pytest.mark.parametrize("kind", ["share", "accounts"])
def test_a_trial_of_the_proposed_size_finds_what_it_was_made_for(kind: str) -> None:
    """60 trials: at .8 fewer than 38 or more than 57 have a chance below 1 in 200."""
    effect = 0.08 if kind == "share" else 0.5
    planned = size_of(replace(people(4_000, 7, kind=kind), exposures=()), effect)
    assert planned is not None
    assert 38 / 60 <= simulated(planned[0].units, effect, 60, kind=kind, history=1.0) <= 57 / 60 or planned[0].power > 0.9
