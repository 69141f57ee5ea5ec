"""How many days in a state fall into one horizon of a unit: what tells days from people where an outcome can happen to a person only once.

Someone who is kept waiting on three days of a month buys once in the thirty days after, or does not: what is at stake is one purchase.
"""

from __future__ import annotations

from momot.designs.frame import Role
from momot.designs.panel_plan import Moment
from momot.designs.steps import PACKAGE
from momot.engine import Engine, step

SAMPLED = 200_000
"""Interactions that are looked at, by whole units."""
ANY = 10
_QUALITY: dict[Role, int] = {"bad": -1, "neutral": 0, "good": 1, "unknown": 9}


def repeats(
    engine: Engine, unit: str, moments: tuple[Moment, ...], horizon: float, *, interactions: int, chosen: str = "true"
) -> tuple[tuple[float, ...], ...]:
    """By moment and state, days of a unit in that state per stretch of `horizon` days in which there is one: 1 or more.

    Levels repeat like the touchpoint as a whole. From a regular sample of units where there are many `interactions`; of days that are
    `chosen`, in SQL with `j.day`.
    """
    every = max(1, interactions // SAMPLED)
    text = step(PACKAGE, "panel_spells", unit=unit, every=every, horizon=f"{max(horizon, 1.0):g}", chosen=chosen)
    seen = {(int(moment), int(quality)): days / stretches for moment, quality, days, stretches in engine.rows(text)}
    return tuple(
        tuple(
            1.0 if state.role == "absent" else float(seen.get((moment.id, _QUALITY.get(state.role, ANY)), seen.get((moment.id, ANY), 1.0)))
            for state in moment.exposure.states
        )
        for moment in moments
    )
