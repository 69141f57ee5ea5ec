"""Journeys: interactions in the order in which a person lived them, with sessions, stages and the loyalty loop (DESIGN.md 5).

`tables.further` is what a build makes after the canonical tables; `contract` reads without an engine what was told then.
"""
