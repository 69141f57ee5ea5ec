"""`momot explain MOMENT`: why a moment goes badly and well, in the words of those who met it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from momot import __version__
from momot.build import Build
from momot.engine import Engine
from momot.errors import QuestionError, did_you_mean
from momot.project.schema import ProjectFile
from momot.reasons.heard import Heard, how_it_went
from momot.reasons.mined import FEW, mine
from momot.reasons.records import Mined
from momot.reasons.said import SUGGESTS
from momot.vocabulary.whom import ReasonOf
from momot.voices.encoder import Encoder

if TYPE_CHECKING:
    import pyarrow as pa

SCHEMA: Final = "momot.explain/1"
Basis = Literal["how it went", "what was said"]


class Explained(Struct, frozen=True, kw_only=True):
    """Why one moment goes as it goes.

    `basis`: the two sides are those for whom it went badly and well, told by its records; or, where too few of these spoke, what people
    said about it, by the opinion that came with it or by its tone. Reasons say what goes together, not what causes what.
    """

    momot: str
    project: str
    build: str
    moment: str
    basis: Basis
    unit: str
    texts: int  # of people who met it, or about it
    badly: Mined
    well: Mined
    suggestions: Mined
    notes: Sequence[str]
    schema: str = SCHEMA

    def to_arrow(self) -> pa.Table:
        """One row a reason of each side and of suggestions, with one quote."""
        from momot.reasons.tabular import reasons_table

        return reasons_table([self.badly, self.well, self.suggestions])

    def to_csv(self) -> str:
        """The same as CSV."""
        from momot.reasons.tabular import reasons_csv

        return reasons_csv([self.badly, self.well, self.suggestions])


def explain(
    project: ProjectFile,
    built: Build,
    engine: Engine,
    heard: Heard,
    moment: str,
    *,
    encoder: Encoder | None = None,
    notes: Sequence[str] = (),
) -> Explained:
    """Why `moment` (`delivery.parcel@smot`, a touchpoint or an aspect) goes badly and well. Raises QuestionError for an unknown one."""
    sides = sides_of(engine, heard, moment)
    ignore = project.voices.ignore
    found = {
        kind: mine(heard.said, kind, encoder=encoder, ignore=ignore, side=side, other=other) for kind, (side, other) in sides.of.items()
    }
    return Explained(
        momot=__version__, project=project.name, build=built.manifest.build, moment=moment, basis=sides.basis, unit=heard.unit,
        texts=sides.texts, badly=found["pain_point"], well=found["praise"], suggestions=found["suggestion"], notes=tuple(notes),
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Sides:
    """Which texts each kind of reasons of one moment is mined from, and which it is held against."""

    basis: Basis
    texts: int
    of: Mapping[ReasonOf, tuple[NDArray[np.bool_], NDArray[np.bool_]]]


def sides_of(engine: Engine, heard: Heard, moment: str) -> Sides:
    """The sides of a moment. Raises QuestionError for an unknown one."""
    moments, touchpoint = _found(engine, heard, moment)
    went = how_it_went(engine, moments) if moments else {}
    quality = np.array([_code(went, int(one)) for one in heard.ids], dtype=np.int8)
    met = np.array([int(one) in went for one in heard.ids], dtype=bool)
    about = _about(heard, touchpoint)
    bad, good = quality < 0, quality > 0
    basis: Basis = "how it went"
    if min(bad.sum(), good.sum()) < FEW:
        basis = "what was said"
        here = about if about.sum() >= min(FEW, max(int(met.sum()), 1)) else about | met
        bad, good = here & (heard.said.side < 0), here & (heard.said.side > 0)
    here = bad | good | about
    suggested = heard.said.suggestion >= SUGGESTS
    of: dict[ReasonOf, tuple[NDArray[np.bool_], NDArray[np.bool_]]] = {
        "pain_point": (bad, good),
        "praise": (good, bad),
        "suggestion": (here & suggested, here & ~suggested),
    }
    return Sides(basis, int(here.sum()), of)


def _found(engine: Engine, heard: Heard, moment: str) -> tuple[list[int], str]:
    """Ids of the moments that are called so, and the touchpoint."""
    every = engine.rows("SELECT moment_id, moment, touchpoint FROM moments ORDER BY 1")
    ids = [int(number) for number, name, touchpoint in every if moment in (name, touchpoint)]
    touchpoint = next((str(touchpoint) for _, name, touchpoint in every if moment in (name, touchpoint)), moment)
    if not ids and moment not in heard.names and moment not in heard.touchpoints:
        known = [*(str(name) for _, name, _ in every), *heard.names]
        raise QuestionError(f"there is no moment '{moment}'.{did_you_mean(moment, known)} There are: {', '.join(known) or 'none'}.")
    return ids, touchpoint


def _about(heard: Heard, touchpoint: str) -> NDArray[np.bool_]:
    """Texts that their block or their words say are about it."""
    if touchpoint in heard.names:
        return heard.aspects[:, heard.names.index(touchpoint)]
    return np.array([name == touchpoint for name in heard.touchpoints], dtype=bool)


def _code(went: dict[int, int | None], said: int) -> int:
    return went.get(said) or 0
