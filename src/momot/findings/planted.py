"""What was found beside what was planted, where a world tells its truth (`truth.json`, `momot.truth/2`)."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from momot.findings.contract import Effect, Question
from momot.findings.findings import Findings, Moment

TRUTH = "truth.json"
Key = tuple[str, str, str, str | None, str, tuple[float, float] | None]
"""Outcome, moment, contrast, level, reference and days."""


@dataclass(frozen=True, slots=True)
class Planted:
    """One contrast as it was found and as it is, in the unit of its question."""

    moment: Moment
    found: Effect
    planted: float

    @property
    def question(self) -> Question:
        """The question that it answers."""
        return self.moment.question

    @property
    def covered(self) -> bool:
        """Whether the 95 % interval holds what was planted."""
        return self.found.low <= self.planted <= self.found.high


def beside_truth(findings: Findings, folder: Path) -> tuple[Planted, ...]:
    """Every main effect that `truth.json` in `folder` tells of, in the order of the findings; none where there is no such file."""
    if not (folder / TRUTH).is_file():
        return ()
    rows = json.loads((folder / TRUTH).read_text(encoding="utf-8"))["effects"]
    true = {_true_key(row): float(row["effect"]) for row in rows if row.get("segment") is None}
    return tuple(
        Planted(moment, effect, true[key])
        for question in findings.questions
        for moment in findings.question(question.id)
        for effect in moment.main_effects
        if (key := _found_key(moment, effect)) in true
    )


def _true_key(row: dict[str, Any]) -> Key:
    days = None if row["days"] is None else (float(row["days"][0]), float(row["days"][1]))
    return row["outcome"], row["moment"], row["contrast"], row["level"], row["reference"], days


def _found_key(moment: Moment, effect: Effect) -> Key:
    within = moment.question.within_days
    days = (0.0, float(within)) if effect.days is None and within is not None else effect.days
    return moment.question.outcome, moment.name, effect.contrast, effect.level, effect.reference, days
