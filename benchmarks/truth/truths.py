"""What is true in a world: `truth.json` as frozen values, whoever wrote it.

Other authors leave out labels, windows or errors, name touchpoints instead of moments, and tell of outcomes that the project does not ask:
what is there is read, what is missing costs only the figure that needs it, what is malformed is named with file and key.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

Moment = tuple[str, str]  # outcome, moment
Contrast = tuple[str, str, str, str, str]  # outcome, moment, contrast, level, reference

_SAME = {"absent": "not met", None: "not met"}  # older names of the reference


class MalformedTruth(ValueError):
    """A `truth.json` that can't be read; says the file, the key and what was found."""


@dataclass(frozen=True, slots=True)
class TrueEffect:
    """The mean effect of one contrast, in the outcome's unit, and the standard error of the simulation that gave it."""

    effect: float
    error: float


@dataclass(frozen=True, slots=True)
class Truth:
    """The true effects within the whole time of each outcome.

    `null`: moments that change nothing of the outcome. `labels`: what each other moment is called. A moment in neither is not judged:
    nobody can switch it, such as what a company only writes down; nor are `controls`, which the project declares to change nothing.
    `half_lives`: days, by moment. `segments`: the effects within one segment, by contrast and "name=value".
    """

    world: str
    seed: int
    outcomes: tuple[str, ...]
    effects: dict[Contrast, TrueEffect]
    null: frozenset[Moment]
    labels: dict[Moment, str]
    consequences: frozenset[str]
    controls: frozenset[str] = frozenset()
    half_lives: Mapping[str, float] = None  # type: ignore[assignment]
    segments: Mapping[tuple[Contrast, str], TrueEffect] = None  # type: ignore[assignment]

    def __post_init__(self) -> None:
        for name in ("half_lives", "segments"):
            if getattr(self, name) is None:
                object.__setattr__(self, name, {})

    @property
    def moments(self) -> frozenset[Moment]:
        """Every moment that is judged."""
        every = self.null | frozenset((outcome, moment) for outcome, moment, *_ in self.effects)
        return frozenset(moment for moment in every if moment[1] not in self.controls)

    def apart(self, moment: Moment) -> tuple[float, float] | None:
        """The lowest and highest effect of the contrast that differs most between segments; None where no segments are told."""
        spans: dict[Contrast, list[float]] = {}
        for (key, _), true in self.segments.items():
            if key[:2] == moment:
                spans.setdefault(key, []).append(true.effect)
        widest = max(spans.values(), key=lambda effects: max(effects) - min(effects), default=None)
        return None if widest is None else (min(widest), max(widest))

    def strength(self, moment: Moment) -> float:
        """The largest of the moment's true effects, whatever its sign."""
        return max((abs(true.effect) for key, true in self.effects.items() if key[:2] == moment), default=0.0)


@dataclass(frozen=True, slots=True)
class _Row:
    key: Contrast
    days: tuple[float, float] | None
    true: TrueEffect
    null: bool
    segment: str | None


def read_truth(folder: Path) -> Truth:
    """Read `truth.json` of a world. Raises `MalformedTruth` for a schema that is not known and for rows that can't be read."""
    file = folder / "truth.json"
    document = _document(file)
    rows = [_row(row, document, f"{file}: effects[{place}]") for place, row in enumerate(_listed(document, "effects", file))]
    if not rows:
        raise MalformedTruth(f"{file}: 'effects' is empty, so there is nothing to hold an answer against")
    horizon = _horizons(document, rows, file)
    whole = [row for row in rows if _is_whole(row, horizon.get(row.key[0]))]
    effects = {row.key: row.true for row in whole if row.segment is None}
    moments = {key[:2] for key in effects}
    changed = {row.key[:2] for row in whole if row.segment is None and not row.null and (row.true.effect or row.true.error)}
    labels = _labels(document, file)
    return Truth(
        world=str(document.get("world", folder.name)),
        seed=_whole_number(document.get("seed", 0), f"{file}: seed"),
        outcomes=tuple(sorted({outcome for outcome, _ in moments})),
        effects=effects,
        null=frozenset(moments - changed),
        labels={moment: label for moment, label in labels.items() if moment in changed},
        consequences=frozenset(map(str, document.get("consequences") or ())),
        controls=frozenset(map(str, document.get("controls") or ())),
        half_lives={str(name): _number(days, f"{file}: half_lives.{name}") for name, days in (document.get("half_lives") or {}).items()},
        segments={(row.key, row.segment): row.true for row in whole if row.segment is not None},
    )


def renamed(truth: Truth, findings: Sequence[Mapping[str, Any]]) -> Truth:
    """The same with moments as `findings` (rows with `moment`, `touchpoint`, and the people whom they reached) call them.

    A truth of a touchpoint, or of a moment at a stage where the project has it at another one, is that of the moment of the same touchpoint
    that reached the most people.
    """
    best: dict[str, tuple[float, str]] = {}
    for row in findings:
        reach = float((row.get("reach") or {}).get("people", 0))
        best[row["touchpoint"]] = max(best.get(row["touchpoint"], (-1.0, "")), (reach, row["moment"]))
    known = {row["moment"] for row in findings}

    def name(moment: str) -> str:
        if moment in known:
            return moment
        return best[touchpoint][1] if (touchpoint := moment.partition("@")[0]) in best else moment

    def key(contrast: Contrast) -> Contrast:
        return (contrast[0], name(contrast[1]), *contrast[2:])

    return replace(
        truth,
        effects={key(contrast): true for contrast, true in truth.effects.items()},
        null=frozenset((outcome, name(moment)) for outcome, moment in truth.null),
        labels={(outcome, name(moment)): label for (outcome, moment), label in truth.labels.items()},
        controls=frozenset(map(name, truth.controls)),
        half_lives={name(moment): days for moment, days in truth.half_lives.items()},
        segments={(key(contrast), segment): true for (contrast, segment), true in truth.segments.items()},
    )


def _document(file: Path) -> dict[str, Any]:
    try:
        document = json.loads(file.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise MalformedTruth(f"{file}: there is no such file; a world is a folder with momot.toml and truth.json") from None
    except ValueError as error:
        raise MalformedTruth(f"{file}: this is no JSON ({error})") from None
    if not isinstance(document, dict) or not str(document.get("schema", "")).startswith("momot.truth/"):
        found = document.get("schema") if isinstance(document, dict) else type(document).__name__
        raise MalformedTruth(f"{file}: 'schema' is {found!r}, not momot.truth/1 or momot.truth/2")
    return document


def _listed(document: Mapping[str, Any], key: str, file: Path) -> list[Any]:
    found = document.get(key)
    if not isinstance(found, list):
        raise MalformedTruth(f"{file}: '{key}' should be a list of rows, found {'nothing' if found is None else type(found).__name__}")
    return found


def _row(row: Any, document: Mapping[str, Any], where: str) -> _Row:
    """One effect; rows of momot.truth/1 name no outcome, moment or days."""
    if not isinstance(row, Mapping):
        raise MalformedTruth(f"{where} should be an object, found {type(row).__name__}")
    outcome = row.get("outcome", document.get("outcome"))
    moment = row.get("moment", row.get("touchpoint"))
    for key, value in (("outcome", outcome), ("moment", moment), ("contrast", row.get("contrast")), ("effect", row.get("effect"))):
        if value is None:
            raise MalformedTruth(f"{where}: '{key}' is missing")
    effect = _number(row["effect"], f"{where}.effect")
    key = (str(outcome), str(moment), str(row["contrast"]), str(row.get("level") or "met"), str(_reference(row.get("reference"))))
    days = row.get("days")
    if days is not None and not (isinstance(days, Sequence) and len(days) == 2):
        raise MalformedTruth(f"{where}.days should be null or two numbers, from and to, found {days!r}")
    span = None if days is None else (_number(days[0], f"{where}.days"), _number(days[1], f"{where}.days"))
    error = _number(row.get("error") or 0.0, f"{where}.error")
    segment = row.get("segment")
    return _Row(key, span, TrueEffect(effect, error), bool(row.get("null", effect == 0)), None if segment is None else str(segment))


def _reference(name: str | None) -> str:
    return _SAME.get(name, name or "not met")


def _horizons(document: Mapping[str, Any], rows: Sequence[_Row], file: Path) -> dict[str, float | None]:
    """The whole time of each outcome: what `outcomes` says, else the longest that begins with the touch."""
    told = document.get("outcomes")
    found: dict[str, float | None] = {}
    for outcome in {row.key[0] for row in rows}:
        about = told.get(outcome) if isinstance(told, Mapping) else None
        within = about.get("within_days") if isinstance(about, Mapping) else None
        spans = {row.days[1] for row in rows if row.key[0] == outcome and row.days is not None and row.days[0] == 0}
        if within is not None:
            within = _number(within, f"{file}: outcomes.{outcome}.within_days")
            if spans and within not in spans:
                raise MalformedTruth(f"{file}: outcomes.{outcome}.within_days is {within:g}, but no effect is told from day 0 to that")
        found[outcome] = within if within is not None else max(spans, default=None)
    return found


def _is_whole(row: _Row, horizon: float | None) -> bool:
    return row.days is None or (row.days[0] == 0 and row.days[1] == horizon)


def _labels(document: Mapping[str, Any], file: Path) -> dict[Moment, str]:
    found = {}
    for place, row in enumerate(document.get("labels") or ()):
        moment = row.get("moment", row.get("touchpoint")) if isinstance(row, Mapping) else None
        if moment is None or row.get("label") is None:
            raise MalformedTruth(f"{file}: labels[{place}] should have 'moment' and 'label', found {row!r}")
        found[str(row.get("outcome", document.get("outcome"))), str(moment)] = str(row["label"])
    return found


def _number(value: Any, where: str) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise MalformedTruth(f"{where} should be a number, found {value!r}")
    return float(value)


def _whole_number(value: Any, where: str) -> int:
    return int(_number(value, where))
