"""Units around a dated change from a known law, for tests of the estimator."""

from __future__ import annotations

import numpy as np

from momot.designs.change_frame import ChangeFrame
from momot.designs.frame import Covariate


def simulated(
    seed: int, *, effect: float = 0.0, people: int = 400, each: int = 4, before: int = 12, after: int = 8, met: float | None = 0.4,
    drift: float = 0.0, shock: float = 0.0, shared: float = 0.5, shift: float = 0.0, chosen: float = 0.0, season: float = 0.3,
) -> ChangeFrame:  # fmt: skip
    """Weeks around a date; `effect` on those who met it after it.

    `met`: share that meets it (None: everybody). `drift`: how much met and not met move apart in ten weeks. `shock`: standard deviation of
    what strikes all who met it in a week. `shared`: share of the variance that is the person's. `shift`: change of the share that meets it;
    `chosen`: change of the covariate of those who meet it.
    """
    random = np.random.default_rng(seed)
    rows = people * each
    person = np.repeat(np.arange(people), each)
    week = random.integers(-before, after, rows)
    own = random.normal(size=people) * np.sqrt(shared)
    meets = np.ones(rows, dtype=np.bool_) if met is None else random.random(rows) < met + 0.1 * (own[person] > 0) + shift * (week >= 0)
    known = random.normal(size=rows) + chosen * (meets & (week >= 0))
    struck = (random.normal(size=before + after) * shock)[week + before]
    outcome = season * np.sin(week / 4) + own[person] + 0.5 * known + random.normal(size=rows) * np.sqrt(1 - shared)
    outcome += meets * (0.4 + effect * (week >= 0) + drift * week / 10 + struck)
    return ChangeFrame(outcome, meets, week.astype(np.int64), person.astype(np.int64), (Covariate("known", known),), "episode", 7, 0)
