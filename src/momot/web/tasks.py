"""What is read in the process beside the app: functions of names and folders, whose answers are frozen values."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from momot.findings.checkup import Checkup
    from momot.journeys.contract import Cohorts, Funnel, Paths, Timeline
    from momot.reasons.explain import Explained
    from momot.reasons.overview import Voices
    from momot.web.state import State

Where = tuple[str, str | None, dict[str, Any]]
"""Folder of the project, folder of its sources, and what the command was given of `api.open`."""


def where(state: State) -> Where:
    """Where the project of an app is."""
    data = state.settings.data
    return (str(state.home.absolute()), str(data.absolute()) if data else None, dict(state.settings.machine))


def explain(place: Where, moment: str) -> Explained:
    """Why a moment goes as it goes, with quotes."""
    from momot import api

    return api.explain(_opened(place), moment)


def voices(place: Where) -> Voices:
    """What people say."""
    from momot import api

    return api.voices(_opened(place))


def paths(place: Where, moment: str | None) -> Paths:
    """What follows what."""
    from momot import api

    return api.paths(_opened(place), moment=moment)


def funnel(place: Where) -> Funnel:
    """How many people go through the stages."""
    from momot import api

    return api.funnel(_opened(place))


def cohorts(place: Where) -> Cohorts:
    """Who buys again, by month."""
    from momot import api

    return api.cohorts(_opened(place))


def timeline(place: Where, person: str) -> Timeline:
    """One person's time line."""
    from momot import api

    return api.timeline(_opened(place), person)


def check(place: Where) -> Checkup:
    """What is wrong or doubtful."""
    from momot import api

    return api.check(_opened(place))


def _opened(place: Where) -> Any:
    from momot import api

    folder, data, machine = place
    return api.open(folder, data=data, **machine)
