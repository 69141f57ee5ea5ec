"""What is left of an effect when the touchpoints that come after are held too (EFFECTS.md 1.7).

Two stories give the same records: a touch works through what comes after it, or it only travels with that by a cause nobody recorded. Held
for what comes after, the effect vanishes in both. Where nothing is left, these data can't tell the one from the other.
"""

from __future__ import annotations

from dataclasses import replace

from momot.designs.frame import Frame
from momot.effects.estimate import estimate
from momot.effects.estimates import Estimates


def estimate_direct(frame: Frame, *, seed: int = 0) -> Estimates | None:
    """The frame estimated with every exposure held for what comes after as well; None where nothing comes after anything."""
    if not any(exposure.later for exposure in frame.exposures):
        return None
    held = tuple(replace(exposure, held=tuple(sorted({*exposure.held, *exposure.later}))) for exposure in frame.exposures)
    return estimate(replace(frame, exposures=held), seed=seed)
