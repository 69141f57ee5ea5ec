"""How often each kind of interaction was met before any purchase and later, kept beside the journeys: stages and moments follow from it."""

from __future__ import annotations

from pathlib import Path

import msgspec
from msgspec import Struct

from momot.journeys.lived import FOLDER

_FILE = "kinds.json"


class Met(Struct, frozen=True):
    """By which `rules`, of which base of the interactions, and how often each kind came early and later."""

    rules: str
    base: str
    counts: list[tuple[int, int, int, int, int]]  # touchpoint, activity, channel (-1 for none), early, later
    unmet: list[tuple[int, str, str | None]]

    @property
    def told(self) -> object:
        """What stages and moments depend on."""
        return [(*codes, early > 0, later > 0) for *codes, early, later in self.counts], self.unmet

    @property
    def kinds(self) -> str:
        """SQL: the codes of every kind as touchpoint_id, activity_id, channel_id."""
        listed = ", ".join(f"({touchpoint}, {activity}, {channel})" for touchpoint, activity, channel, *_ in self.counts)
        return (
            f"(SELECT * FROM (VALUES {listed or '(0, 0, 0)'}) v(touchpoint_id, activity_id, channel_id){'' if listed else ' WHERE false'})"
        )


def read_met(folder: Path) -> Met | None:
    """What is kept in the folder of a build, None where nothing is."""
    try:
        return msgspec.json.decode((folder / FOLDER / _FILE).read_bytes(), type=Met)
    except (OSError, msgspec.MsgspecError):
        return None


def write_met(folder: Path, met: Met) -> None:
    """Keep it in the folder of a build."""
    (folder / FOLDER / _FILE).write_bytes(msgspec.json.encode(met))
