"""Kinds of interactions, each with its stages over a journey; and the moments, which are touchpoints at a stage."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from momot.engine import Engine, literal
from momot.project.schema import ProjectFile
from momot.project.stages import Staged, stages_of
from momot.vocabulary import CHANNELS, STAGES, Stage

# Channels that reach a person who does not act: what comes on them neither begins nor continues a session.
AWAY = ("ads", "email", "sms", "post", "courier", "survey")


@dataclass(frozen=True, slots=True)
class Kind:
    """One combination of touchpoint, activity and channel that occurs, by code and by name.

    `early`: some of it happened before any purchase of the person; `later`: some of it after one.
    """

    codes: tuple[int, int, int | None]
    touchpoint: str
    activity: str
    channel: str | None
    early: bool
    later: bool


@dataclass(frozen=True, slots=True)
class Moment:
    """A touchpoint at a stage."""

    touchpoint_id: int
    touchpoint: str
    stage: Stage | None

    @property
    def name(self) -> str:
        """`support.call@smot`; without a stage the bare touchpoint."""
        return f"{self.touchpoint}@{self.stage}" if self.stage else self.touchpoint


@dataclass(frozen=True, slots=True)
class Stages:
    """Stages and moments of all kinds.

    `edges` are the days after a purchase at which any rule changes the stage. They cut a journey into pieces: 0 before the first purchase,
    1 up to the first edge after the latest one, and so on.
    """

    edges: tuple[int, ...]
    staged: dict[tuple[int, int, int | None], Staged]
    moments: tuple[Moment, ...]

    @property
    def pieces(self) -> int:
        """How many places in a journey are told apart."""
        return len(self.edges) + 2

    def stage(self, kind: tuple[int, int, int | None], piece: int) -> Stage | None:
        """The stage of a kind at a piece."""
        return self.staged[kind].at(None if piece == 0 else float((*self.edges, float("inf"))[piece - 1]))


def stages_of_kinds(kinds: Sequence[Kind], unmet: Sequence[tuple[int, str, str | None]], project: ProjectFile, *, bought: bool) -> Stages:
    """Apply the rules to every kind, and list the moments by name.

    Moments are those of kinds at places that occur, and one for each touchpoint nobody met (`unmet`: code, name, channel). `bought`: the
    records hold purchases.
    """
    staged = {kind.codes: stages_of(kind.touchpoint, kind.activity, _known(kind.channel), project.stages, bought=bought) for kind in kinds}
    edges = tuple(sorted({days for one in staged.values() for days, _ in one.repeat if days is not None}))
    found = set[Moment]()
    for kind in kinds:
        met = ({staged[kind.codes].first} if kind.early else set()) | (
            {stage for _, stage in staged[kind.codes].repeat} if kind.later else set()
        )
        found |= {Moment(kind.codes[0], kind.touchpoint, stage) for stage in met}
    found |= {
        Moment(code, touchpoint, stages_of(touchpoint, None, _known(channel), project.stages, bought=False).first)
        for code, touchpoint, channel in unmet
    }
    return Stages(edges=edges, staged=staged, moments=tuple(sorted(found, key=lambda moment: moment.name)))


def register(engine: Engine, stages: Stages, kinds: Sequence[Kind]) -> None:
    """Make the tables `journey_kinds` (kind and piece -> stage and moment) and `moment_names`. A kind has a row for pieces that occur."""
    numbers = {(moment.touchpoint_id, moment.stage): number for number, moment in enumerate(stages.moments)}
    rows = []
    for kind in kinds:
        touchpoint, activity, channel = kind.codes
        for piece in range(stages.pieces):
            stage = stages.stage(kind.codes, piece)
            if kind.early if piece == 0 else kind.later:
                place = "NULL" if stage is None else str(STAGES.index(stage))
                rows.append(
                    f"({touchpoint}, {activity}, {-1 if channel is None else channel}, {piece}, {place}, {numbers[touchpoint, stage]})"
                )
    columns = "touchpoint_id, activity_id, channel_id, piece, stage, moment_id"
    engine.table("journey_kinds", _values(rows, columns, "SMALLINT SMALLINT SMALLINT INTEGER TINYINT SMALLINT"))
    rows = [
        f"({number}, {literal(moment.name)}, {moment.touchpoint_id}, {literal(moment.touchpoint)}, {literal(moment.stage)})"
        for number, moment in enumerate(stages.moments)
    ]
    engine.table(
        "moment_names", _values(rows, "moment_id, moment, touchpoint_id, touchpoint, stage", "SMALLINT VARCHAR SMALLINT VARCHAR VARCHAR")
    )


def in_session(channels: Sequence[tuple[int, str]]) -> str:
    """SQL: whether an interaction belongs to a session, by its `channel_id`. Where no channel is told, it does."""
    away = [str(code) for code, name in channels if name in AWAY]
    return f"coalesce(i.channel_id, -1) NOT IN ({', '.join(away)})" if away else "true"


def _known(channel: str | None) -> str | None:
    return channel if channel in CHANNELS else None


def _values(rows: Sequence[str], columns: str, types: str) -> str:
    """SELECT over literal rows, of these types also where there is none."""
    named = list(zip(columns.split(", "), types.split(), strict=True))
    if not rows:
        return f"SELECT {', '.join(f'NULL::{kind} AS {name}' for name, kind in named)} WHERE false"
    return f"SELECT {', '.join(f'{name}::{kind} AS {name}' for name, kind in named)} FROM (VALUES {', '.join(rows)}) v({columns})"
