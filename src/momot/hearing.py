"""One hearing of what people say in a build: who reads, by which tier, and what was heard."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from momot.build import Build
from momot.designs.period import ALWAYS, Period
from momot.engine import Engine
from momot.errors import QuestionError, did_you_mean
from momot.language import Message
from momot.project.schema import ProjectFile
from momot.reasons.heard import Heard, NothingSaid, count_said, folder_of, hear
from momot.voices import FOLDER
from momot.voices.encoder import Encoder
from momot.voices.reader import TIERS, Reader, Tier, reader
from momot.voices.tuned import read_tuned

CASCADED = 20_000
"""Different texts up to which uncertain ones are read by the semantic tier without being asked to: some minutes."""


@dataclass(frozen=True, slots=True)
class Hearing:
    """What was heard, by whom. `notes` are what the reader of a document must know."""

    engine: Engine
    heard: Heard
    reader: Reader
    notes: list[str] = field(default_factory=list)

    @property
    def encoder(self) -> Encoder | None:
        """Of the semantic tier, where it reads."""
        return self.reader.encoder


@contextlib.contextmanager
def hearing(
    project: ProjectFile, built: Build, *, tier: str | None, say: Callable[[str], None], period: Period = ALWAYS
) -> Iterator[Hearing]:
    """What was said in a period, for as long as the engine is open.

    `tier`: by default a cascade where there are few texts, else the fast one. Raises NothingSaid, and QuestionError for a tier that does
    not exist.
    """
    if tier is not None and tier not in TIERS:
        raise QuestionError(f"there is no tier '{tier}'.{did_you_mean(tier, TIERS)} There are: {', '.join(TIERS)}.")
    with built.engine() as engine:
        inside = period.instants_sql("said_at", project.timezone)
        said, different = count_said(engine)
        if not said:
            raise NothingSaid(f"{project.path}: nobody said anything: no [[texts]], and no `text` in [[opinions]] or [[interactions]].")
        if period and not count_said(engine, inside)[0]:
            raise NothingSaid(Message("Nothing was said in the period: {period}.", period=period.words))
        notes: list[str] = []
        reads, lacking = project_reader(project, built, _tier(tier, different, notes))
        notes += [lacking] if lacking else []
        say(f"reading {different:,} texts")
        heard = hear(project, built, engine, reads, inside)
        say("looking for reasons")
        yield Hearing(engine, heard, reads, notes)


def project_reader(project: ProjectFile, built: Build, tier: Tier) -> tuple[Reader, str | None]:
    """The reader that `[voices]` asks for, with what was learnt from the project's labels; and what it lacks."""
    asked, home = project.voices, folder_of(built)
    return reader(
        tier, encoder=asked.encoder, model=asked.model, key_env=asked.key_env, tuned=read_tuned(home), candidates=asked.languages,
        remember=home / FOLDER,
    )  # fmt: skip


def _tier(asked: str | None, different: int, notes: list[str]) -> Tier:
    """The tier that was asked for, else one that ends soon."""
    for tier in TIERS:
        if tier == asked:
            return tier
    if different <= CASCADED:
        return "cascade"
    notes.append(f"{different:,} texts: read by the fast tier; --tier cascade also asks the semantic one where it doubts.")
    return "fast"
