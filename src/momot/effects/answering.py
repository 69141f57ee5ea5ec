"""Who answers: an effect on opinions is one among those who gave one, and how far that may mislead (EFFECTS.md 1.5).

What was known of people enters L, their past answers too; no record tells whether the opinion itself decides who gives it. If a touch makes
some answer who else would not, or keeps some silent, the effect among those who answer either way lies between two ends: all that are too
many on the side that answers more are taken from one end of its opinions, or from the other (Lee 2009).
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
from scipy.special import ndtri

from momot.effects.contrasts import Planned
from momot.effects.counts import Counts
from momot.effects.estimates import ContrastEstimate
from momot.vocabulary.records import Check

Floats = npt.NDArray[np.float64]


def trimmed(share: float, share_reference: float, spread: float) -> float:
    """How far an effect may be off either way, in the unit of `spread`, where these shares of the two sides answer.

    `spread` is the standard deviation of opinions on the side that answers more, taken as normal: cutting a share q from one end moves
    their mean by spread·φ(z_q) / (1 − q).
    """
    low, high = sorted((share, share_reference))
    too_many = 1.0 - low / high if high > 0 else 0.0
    if too_many <= 0:
        return 0.0
    if too_many >= 1:
        return float("inf")
    density = float(np.exp(-(ndtri(too_many) ** 2) / 2) / np.sqrt(2 * np.pi))
    return spread * density / (1.0 - too_many)


def selection(could: Floats, counts: Counts, tested: Sequence[Planned], contrasts: Sequence[ContrastEstimate], unit: str) -> Check | None:
    """The contrast that different answering could undo most easily. `could` (states,): weight of the rows that an answer could follow."""
    worst: tuple[float, Check] | None = None
    for planned, contrast in zip(tested, contrasts, strict=True):
        sides = [list(planned.states), list(planned.reference_states)]
        asked = [float(could[side].sum()) for side in sides]
        if min(asked) <= 0:
            continue
        shares = [float(counts.weight[side].sum()) / total for side, total in zip(sides, asked, strict=True)]
        more = sides[int(shares[1] > shares[0])]
        off = trimmed(shares[0], shares[1], float(np.sqrt(_variance(counts, more))))
        low, high = contrast.estimate - off, contrast.estimate + off
        open_ = (contrast.low > 0 or contrast.high < 0) and low <= 0 <= high
        answered = f"{shares[0]:.1%} after '{planned.level or 'met'}', {shares[1]:.1%} after '{planned.reference}'"
        between = f"the effect would lie between {_signed(low)} and {_signed(high)} {unit}"
        message = f"Among those who answered: {answered}. Did the touch itself decide who answers, {between}"
        check = Check(
            name="selection",
            status="review" if open_ else "pass",
            value=off,
            limit=abs(contrast.estimate),
            message=f"{message}, which leaves it open." if open_ else f"{message}.",
            fix="Ask again those who did not answer, some at random, and compare." if open_ else None,
        )
        strength = off / max(abs(contrast.estimate), 1e-300) + (1e9 if open_ else 0.0)
        if worst is None or strength > worst[0]:
            worst = (strength, check)
    return worst[1] if worst else None


def _variance(counts: Counts, states: list[int]) -> float:
    weight = float(counts.weight[states].sum())
    mean = float(counts.outcome[states].sum()) / weight
    return max(float(counts.outcome_squared[states].sum()) / weight - mean * mean, 0.0)


def _signed(value: float) -> str:
    return f"{value:+.2g}".replace("-", "\N{MINUS SIGN}")
