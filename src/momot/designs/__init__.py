"""Designs: four ways to ask a question, each made into one numeric frame (DESIGN.md 6)."""

from __future__ import annotations

import duckdb

from momot.designs.episode import design_episode
from momot.designs.question import Ask, Designed, asks
from momot.designs.randomised import design_experiment
from momot.designs.wide import design_wide
from momot.project.schema import ProjectFile
from momot.vocabulary.records import Unanswerable

__all__ = ["Ask", "Designed", "asks", "design"]


def design(ask: Ask, project: ProjectFile, connection: duckdb.DuckDBPyConnection) -> Designed | Unanswerable:
    """The frame of one question, or why these data can't answer it."""
    if ask.outcome is not None:
        return design_episode(ask, ask.outcome, project, connection)
    if ask.wide is None:
        raise ValueError(f"question '{ask.id}' names neither an outcome of episodes nor a wide block")
    if ask.design == "experiment":
        return design_experiment(ask, ask.wide, project, connection)
    return design_wide(ask, ask.wide, project, connection)
