"""Which page shows which answer about journeys."""

from __future__ import annotations

from pathlib import Path

from momot.cli.flows import cohorts_text, funnel_text, paths_text, timeline_text
from momot.cli.journey import facts_text
from momot.cli.page import Page
from momot.journeys.contract import Cohorts, Funnel, Journey, Paths
from momot.journeys.tabular import Answer


def text_of(answer: Answer, folder: Path, page: Page) -> str:
    """The answer as text for a terminal."""
    if isinstance(answer, Journey):
        return facts_text(answer, folder, page)
    if isinstance(answer, Funnel):
        return funnel_text(answer, page)
    if isinstance(answer, Paths):
        return paths_text(answer, page)
    if isinstance(answer, Cohorts):
        return cohorts_text(answer, page)
    return timeline_text(answer, page)
