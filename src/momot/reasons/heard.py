"""What was said in a build, read and at hand: texts, who said them, how they meant it, about what, and the groups they belong to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from momot.build import Build
from momot.engine import Engine, identifier, literal, step
from momot.errors import QuestionError
from momot.project.schema import ProjectFile
from momot.reasons.said import Said
from momot.voices.aspects import Aspects
from momot.voices.kept import kept_in, read_texts
from momot.voices.normalise import normalised
from momot.voices.reader import Reader

MOST = 200_000
"""Texts that are held at once; of more, so many are drawn by the hash that is their id."""
WITHIN_DAYS = 30
"""Days before something was said in which a touch is what it may be about, where neither names a subject."""
_DAY = 86_400_000_000
_BAD, _GOOD = 0.4, 0.7  # of the scale: two stars of five are bad, four are good, three are neither
_NPS = (6.0, 9.0)  # detractors up to six, promoters from nine (Reichheld 2003)
_MOST_VALUES = 12
"""Different values of a column that is a group."""
_LABELLED = ("VARCHAR", "BOOLEAN")


class NothingSaid(QuestionError):
    """There are no words: none at all, none in the period, or only those of employees."""


@dataclass(frozen=True, slots=True)
class Heard:
    """Texts said, and what is known of each. Arrays have one entry a text said."""

    said: Said
    ids: NDArray[np.int64]
    known: NDArray[np.bool_]  # whether it is known who said it
    subjects: NDArray[np.int64]  # -1: none
    touchpoints: Sequence[str | None]  # what the block says it is about
    aspects: NDArray[np.bool_]  # (texts, names)
    names: tuple[str, ...]  # of aspects
    valence: NDArray[np.float64]
    polarity: NDArray[np.int8]  # −1, 0, 1
    abstains: NDArray[np.bool_]
    intent: Sequence[str]
    urgency: NDArray[np.float64]
    unit: str  # of `said.value`: an instrument's, or "valence"
    total: int  # texts said by others than employees, of which these are all or a draw


def count_said(engine: Engine, inside: str = "true") -> tuple[int, int]:
    """Texts said, and different texts, of those that are `inside`, in SQL."""
    said, texts = engine.row(f"SELECT count(*), count(DISTINCT text_id) FROM said WHERE {inside}")
    return int(said), int(texts)


def hear(project: ProjectFile, built: Build, engine: Engine, reader: Reader, inside: str = "true") -> Heard:
    """Read what was never read before, and hand out what was said, of it what is `inside`, in SQL with `said_at`. Raises NothingSaid."""
    _, different = count_said(engine)
    home = built.folder.parent
    answered = "SELECT DISTINCT text_id, true AS answer FROM said WHERE source LIKE 'opinions.%'"
    joined = f"texts t LEFT JOIN ({answered}) a ON a.text_id = t.text_id"
    sql = f"SELECT t.text_id, t.text, coalesce(a.answer, false) AS answer FROM {joined} ORDER BY 1"
    files = read_texts(engine.batches(sql), different, reader, kept_in(home, reader))
    engine.view("heard", f"SELECT * FROM read_parquet([{', '.join(literal(file) for file in files)}])" if files else _nothing())
    groups = _groups(engine)
    columns = "".join(f", {sql} AS {identifier(name)}" for name, sql in groups.items())
    batches = list(engine.batches(step("momot.reasons", "said_texts", columns=columns, most=MOST, inside=inside)))
    if not any(batch.num_rows for batch in batches):
        when = "" if inside == "true" else " in the period"
        raise NothingSaid(f"{project.path}: nobody but employees said anything{when}.")
    (total,) = engine.row(step("momot.reasons", "said_by_others", inside=inside))
    return _heard(project, pa.Table.from_batches(batches), list(groups), int(total), _touchpoints(engine))


def how_it_went(engine: Engine, moments: Sequence[int]) -> dict[int, int | None]:
    """By text said after one of `moments`, how that last went: -1, 0, 1; None where that is not known."""
    listed = ", ".join(map(str, moments))
    found = engine.rows(step("momot.reasons", "went", moments=listed, within=WITHIN_DAYS * _DAY))
    return {int(said): None if quality is None else int(quality) for said, quality in found}


def _heard(project: ProjectFile, table: pa.Table, groups: Sequence[str], total: int, touchpoints: Sequence[str]) -> Heard:
    def floats(name: str) -> NDArray[np.float64]:
        return np.asarray(table.column(name).cast(pa.float64()).to_numpy(zero_copy_only=False), dtype=np.float64)

    texts = [normalised(text) for text in table.column("text").to_pylist()]
    languages: list[str] = table.column("language").to_pylist()
    sources: list[str] = table.column("source").to_pylist()
    value, low, high = floats("value"), floats("scale_low"), floats("scale_high")
    polarity = np.asarray(table.column("polarity").to_numpy(), dtype=np.int8)
    abstains = np.asarray(table.column("abstains").to_numpy(zero_copy_only=False), dtype=bool)
    valence = floats("valence")
    lower = {outcome.opinion for outcome in project.outcomes if outcome.opinion and outcome.better == "lower"}
    side = _sides(value, low, high, sources, lower)
    side = np.where(np.isnan(value), np.where(abstains, 0, polarity), side).astype(np.int8)
    opinion, unit = _opinion(value, sources, valence)
    persons, known = _persons(table)
    aspects = Aspects(touchpoints, project.voices.aspects)
    about: list[str | None] = table.column("touchpoint").to_pylist()
    found = aspects.of(texts, languages)
    for row, name in enumerate(about):
        if name in aspects.names:
            found[row, aspects.names.index(name)] = True
    segments: dict[str, Sequence[str | None]] = {name: [_label(one) for one in table.column(name).to_pylist()] for name in groups}
    channels = table.column("channel").to_pylist()
    if len(set(channels)) > 1:
        segments["channel"] = channels
    said = Said(
        texts=texts, languages=languages, persons=persons, at=np.asarray(table.column("said_at").to_numpy(), dtype=np.int64),
        value=opinion, side=side, suggestion=floats("suggestion").astype(np.float32), segments=segments,
    )  # fmt: skip
    return Heard(
        said=said, ids=np.asarray(table.column("said_id").to_numpy(), dtype=np.int64), known=known,
        subjects=np.asarray(table.column("subject_id").fill_null(-1).to_numpy(), dtype=np.int64), touchpoints=about, aspects=found,
        names=aspects.names, valence=valence, polarity=polarity, abstains=abstains, intent=table.column("intent").to_pylist(),
        urgency=floats("urgency"), unit=unit, total=total,
    )  # fmt: skip


def _sides(
    value: NDArray[np.float64], low: NDArray[np.float64], high: NDArray[np.float64], sources: Sequence[str], lower: set[str]
) -> NDArray[np.int8]:
    """−1, 0, 1 by where a rating stands on its scale; 0 without one."""
    known = ~np.isnan(value) & (high > low)
    place = np.full(len(value), 0.5)
    place[known] = (value[known] - low[known]) / (high[known] - low[known])
    instruments = [source.removeprefix("opinions.") for source in sources]
    place = np.where([one in lower for one in instruments], 1 - place, place)
    side = np.where(place < _BAD, -1, np.where(place > _GOOD, 1, 0))
    nps = known & np.array([one == "nps" for one in instruments], dtype=bool)
    side[nps] = np.where(value[nps] <= _NPS[0], -1, np.where(value[nps] >= _NPS[1], 1, 0))
    return side.astype(np.int8)


def _opinion(value: NDArray[np.float64], sources: Sequence[str], valence: NDArray[np.float64]) -> tuple[NDArray[np.float64], str]:
    """The opinion in one unit: that of the instrument most texts come with, else the valence of the words."""
    rated = ~np.isnan(value)
    if rated.sum() * 2 < len(value) or not len(value):
        return valence, "valence"
    names, counts = np.unique(np.array(sources)[rated], return_counts=True)
    main = str(names[counts.argmax()])
    unit = main.removeprefix("opinions.") if main.startswith("opinions.") else "rating"
    return np.where(np.array(sources) == main, value, np.nan), unit


def _persons(table: pa.Table) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    """Who said it; where that is not known, somebody else each time."""
    ids = table.column("person_id")
    known = np.asarray(ids.is_valid().to_numpy(zero_copy_only=False), dtype=bool)
    persons = np.asarray(ids.fill_null(-1).to_numpy(), dtype=np.int64).copy()
    persons[~known] = -1 - np.arange(int((~known).sum()))
    return persons, known


def _groups(engine: Engine) -> dict[str, str]:
    """SQL by name of the columns that are groups: segments of texts and people, and facts of the subject that are known before."""
    found: dict[str, str] = {}
    for table, alias, prefixes in (
        ("said", "s", ("segment.",)),
        ("people", "p", ("segment.",)),
        ("subjects", "o", ("condition.", "before.")),
    ):
        for column, kind in engine.columns(table).items():
            prefix = next((one for one in prefixes if column.startswith(one)), None)
            if prefix is None or kind not in _LABELLED or column.removeprefix(prefix) in found:
                continue
            (different,) = engine.row(f"SELECT count(DISTINCT {identifier(column)}) FROM {table}")
            if 2 <= different <= (_MOST_VALUES if prefix != "segment." else 1000):
                found[column.removeprefix(prefix)] = f"{alias}.{identifier(column)}"
    return found


def _touchpoints(engine: Engine) -> list[str]:
    return [name for (name,) in engine.rows("SELECT DISTINCT touchpoint FROM touchpoints ORDER BY 1")]


def _label(value: Any) -> str | None:
    return None if value is None else str(value).lower() if isinstance(value, bool) else str(value)


def _nothing() -> str:
    empty = (
        "NULL::BIGINT AS text_id, NULL::VARCHAR AS language, NULL::FLOAT AS valence, NULL::TINYINT AS polarity, NULL::BOOLEAN AS abstains"
    )
    return f"SELECT {empty}, NULL::VARCHAR AS intent, NULL::FLOAT AS suggestion, NULL::FLOAT AS urgency WHERE false"


def folder_of(built: Build) -> Path:
    """The `.momot` folder of a build."""
    return built.folder.parent
