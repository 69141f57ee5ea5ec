"""Journeys: interactions in the order in which a person lived them, with sessions, stages and the loyalty loop (DESIGN.md 5).

`further` is what `momot.build.build` makes after the canonical tables.
"""

from momot.journeys.tables import further

__all__ = ["further"]
