"""From values to places on an axis, and where its ticks go."""

from __future__ import annotations

import math
from dataclasses import dataclass

from momot.findings.forest import tick_step


@dataclass(frozen=True, slots=True)
class Scale:
    """A straight axis from `low` at `start` to `high` at `end` (px); turned around where `end` < `start`."""

    low: float
    high: float
    start: float
    end: float

    def __call__(self, value: float) -> float:
        """The place of a value, which may lie beyond the ends."""
        return self.start + (value - self.low) / (self.high - self.low) * (self.end - self.start)

    def held(self, value: float) -> float:
        """The place of a value, kept between the ends."""
        return self(min(self.high, max(self.low, value)))

    def cut(self, low: float, high: float) -> bool:
        """Whether an interval reaches beyond the ends."""
        slack = 1e-9 * (self.high - self.low)
        return low < self.low - slack or high > self.high + slack

    def ticks(self, most: int, factor: float = 1.0) -> tuple[float, ...]:
        """At most about `most` round values between the ends, zero among them; round after multiplying by `factor`."""
        size = tick_step(self.low * factor, self.high * factor, most) / factor
        first, last = math.ceil(self.low / size - 1e-9), math.floor(self.high / size + 1e-9)
        return tuple(step * size for step in range(first, last + 1))

    def tick_decimals(self, most: int, factor: float = 1.0) -> int:
        """Decimals that tell these ticks apart."""
        size = tick_step(self.low * factor, self.high * factor, most)
        return max(0, -math.floor(math.log10(size) + 1e-9))
