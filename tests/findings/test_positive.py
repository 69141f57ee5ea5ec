"""An experiment and the records on one touchpoint: paired where they asked for the same, and only there."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from momot.designs.frame import Frame
from momot.designs.question import Ask, Designed, WideSource
from momot.effects.estimate import estimate
from momot.findings.answer import Answered, answer
from momot.findings.positive import PositiveControl, positive_controls
from momot.project.schema import Outcome, Wide, WideOutcome
from momot.testing.frames import ARMS, PRESENCE, Exposed, frame_of

N = 3_000


def entry(frame: Frame, *, name: str = "buys", id_: str | None = None, within: float | None = 30.0) -> Answered:
    trial = frame.design == "experiment"
    outcome = WideOutcome(name=name, value=name)
    ask = Ask(
        id=id_ or name,
        design=frame.design,
        unit="points",
        better="higher",
        smallest_effect=None,
        within_days=within,
        outcome=None if trial else Outcome(name=name, per="subject"),
        wide=WideSource(Wide(kind="experiment", from_="t", outcomes=(outcome,)), outcome, "t") if trial else None,
    )
    return Answered(Designed(ask, replace(frame, question=ask.id), (), "points", N, None, None, ""), estimate(frame))


def records(seed: int = 1, *, hidden: float = 0.5) -> Frame:
    """Having met the mail adds 1.0; those who like the brand by `hidden` meet it more often."""
    rng = np.random.default_rng(seed)
    liking = rng.normal(size=N)
    met = (rng.random(N) < 1 / (1 + np.exp(-liking))).astype(int)
    y = 1.0 * met + hidden * liking + rng.normal(size=N)
    return frame_of(y, {"email.offer": Exposed(met, PRESENCE)}, design="episode")


def trial(seed: int = 2) -> Frame:
    rng = np.random.default_rng(seed)
    arm = rng.integers(0, 2, N)
    return frame_of(1.0 * arm + rng.normal(size=N), {"email.offer": Exposed(arm, ARMS, "arm", kind="arm")}, design="experiment")


def test_the_difference_is_the_systematic_error_with_the_chance_of_both() -> None:
    (one,) = positive_controls([entry(records()), entry(trial(), id_="experiment-1.buys")])
    assert isinstance(one, PositiveControl)
    assert (one.question, one.experiment, one.touchpoint, one.contrast) == ("buys", "experiment-1.buys", "email.offer", "presence")
    assert one.experimental == pytest.approx(1.0, abs=0.1)
    assert one.error == pytest.approx(np.hypot(one.observational_error, one.experimental_error))
    bias = 0.5 * 2 * 0.4133  # liking is .4133 higher than its mean among those who met it, and as much lower among the others
    assert one.difference == pytest.approx(bias, abs=3 * one.error)
    assert one.p_value < 1e-6


@pytest.mark.parametrize("changes", [{"name": "returns"}, {"within": 7.0}])
def test_another_outcome_or_time_is_no_pair(changes: dict[str, object]) -> None:
    assert positive_controls([entry(records()), entry(trial(), id_="experiment-1.buys", **changes)]) == ()  # type: ignore[arg-type]


def test_an_experiment_with_lost_arms_is_no_truth() -> None:
    broken = trial()
    broken = replace(broken, exposures=tuple(replace(one, evidence="B") for one in broken.exposures))
    assert positive_controls([entry(records()), entry(broken, id_="experiment-1.buys")]) == ()


@pytest.mark.parametrize(("hidden", "status"), [(0.5, "review"), (0.0, "pass")])
def test_the_finding_says_what_the_experiment_gave(hidden: float, status: str) -> None:
    both = [entry(records(hidden=hidden)), entry(trial(), id_="experiment-1.buys")]
    found = answer(both, unanswered=(), project="p", build="b", seed=0)
    (check,) = [check for check in found.question("buys")["email.offer"].checks if check.name == "experiment"]
    assert check.status == status
    assert check.message.startswith("An experiment on it gave +")
