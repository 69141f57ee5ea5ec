"""What is true in a world: `truth.json` as frozen values, whoever wrote it."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

Moment = tuple[str, str]  # outcome, moment
Contrast = tuple[str, str, str, str, str]  # outcome, moment, contrast, level, reference

_SAME = {"absent": "not met"}  # an older name of the reference


@dataclass(frozen=True, slots=True)
class TrueEffect:
    """The mean effect of one contrast, in the outcome's unit, and the standard error of the simulation that gave it."""

    effect: float
    error: float


@dataclass(frozen=True, slots=True)
class Truth:
    """The true effects within the whole time of each outcome.

    `null`: moments that change nothing of the outcome. `labels`: what each other moment is called. A moment in neither is not judged:
    nobody can switch it, such as what a company only writes down.
    """

    world: str
    seed: int
    outcomes: tuple[str, ...]
    effects: dict[Contrast, TrueEffect]
    null: frozenset[Moment]
    labels: dict[Moment, str]
    consequences: frozenset[str]

    @property
    def moments(self) -> frozenset[Moment]:
        """Every moment that is judged."""
        return self.null | frozenset((outcome, moment) for outcome, moment, *_ in self.effects)

    def strength(self, moment: Moment) -> float:
        """The largest of the moment's true effects, whatever its sign."""
        return max((abs(true.effect) for key, true in self.effects.items() if key[:2] == moment), default=0.0)


def read_truth(folder: Path) -> Truth:
    """Read `truth.json` of a world. Raises `ValueError` for a schema that is not known."""
    document = json.loads((folder / "truth.json").read_text(encoding="utf-8"))
    if not str(document.get("schema", "")).startswith("momot.truth/"):
        raise ValueError(f"{folder / 'truth.json'}: schema {document.get('schema')!r} is not momot.truth")
    rows = [_row(row, document) for row in document["effects"]]
    last = {outcome: max(days for (name, *_), days, *_ in rows if name == outcome) for outcome in {key[0] for key, *_ in rows}}
    whole = [(key, true, null) for key, days, true, null in rows if days == last[key[0]]]
    effects = {key: true for key, true, _ in whole}
    moments = {key[:2] for key in effects}
    changed = {key[:2] for key, true, null in whole if not null and (true.effect or true.error)}
    labels = {(row["outcome"], row["moment"]): row["label"] for row in document.get("labels", ())}
    return Truth(
        world=document["world"],
        seed=int(document["seed"]),
        outcomes=tuple(sorted(last)),
        effects=effects,
        null=frozenset(moments - changed),
        labels={moment: label for moment, label in labels.items() if moment in changed},
        consequences=frozenset(document.get("consequences", ())),
    )


def renamed(truth: Truth, findings: dict[str, str]) -> Truth:
    """The same where moments are called by their touchpoint alone, as `findings` (touchpoint: moment) call them."""

    def name(moment: str) -> str:
        return moment if "@" in moment else findings.get(moment, moment)

    return replace(
        truth,
        effects={(key[0], name(key[1]), *key[2:]): true for key, true in truth.effects.items()},
        null=frozenset((outcome, name(moment)) for outcome, moment in truth.null),
        labels={(outcome, name(moment)): label for (outcome, moment), label in truth.labels.items()},
    )


def _row(row: dict[str, Any], document: dict[str, Any]) -> tuple[Contrast, float, TrueEffect, bool]:
    """Key, last day, effect, and whether it is a null; rows of momot.truth/1 name no outcome, moment or days."""
    outcome = str(row.get("outcome", document.get("outcome")))
    key = (outcome, row.get("moment", row["touchpoint"]), row["contrast"], row["level"], _SAME.get(row["reference"], row["reference"]))
    null = row.get("null", row["effect"] == 0)
    return key, float((row.get("days") or (0, 0))[1]), TrueEffect(float(row["effect"]), float(row.get("error", 0.0))), bool(null)
