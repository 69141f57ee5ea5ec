"""What a method says of one world: which moments it calls true, with intervals where it gives any."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from benchmarks.truth.truths import Contrast, Moment

DISCOVERY_RATE = 0.10
RULES = {  # of momot: what counts as found
    "momot": None,
    "momot, moment": ("moment",),
    "momot, moment or likely": ("moment", "likely"),
    "momot, any claim": ("moment", "likely", "association"),
}


@dataclass(frozen=True, slots=True)
class Said:
    """One effect with its 95 % interval, in the unit of the outcome."""

    estimate: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Answer:
    """One method's answer. `asked`: the outcomes that it answers at all; `tested`: the moments that it can say anything of."""

    method: str
    asked: frozenset[str]
    tested: frozenset[Moment]
    found: frozenset[Moment]
    effects: dict[Contrast, Said] = field(default_factory=dict)
    labels: dict[Moment, str | None] = field(default_factory=dict)
    detectable: dict[Moment, float] = field(default_factory=dict)


def momot_answers(document: dict[str, Any]) -> list[Answer]:
    """The findings document read by each rule of RULES; intervals and labels belong to the first, which goes by the q-value alone."""
    outcomes = {question["id"]: question["outcome"] for question in document["questions"]}
    findings = {(outcomes[row["question"]], row["moment"]): row for row in document["findings"]}
    effects = {
        (outcomes[row["question"]], row["moment"], row["contrast"], row["level"] or "met", row["reference"]): Said(
            row["estimate"], row["low"], row["high"]
        )
        for row in document["effects"]
        if row["segment"] is None and _whole(row, document)
    }
    answers = []
    for method, verdicts in RULES.items():
        found = frozenset(moment for moment, row in findings.items() if _is_found(row, verdicts))
        first = verdicts is None
        answers.append(
            Answer(
                method=method,
                asked=frozenset(outcomes.values()),
                tested=frozenset(moment for moment, row in findings.items() if row["q_value"] is not None),
                found=found,
                effects=effects if first else {},
                labels={moment: row["label"] for moment, row in findings.items()} if first else {},
                detectable={moment: row["detectable_effect"] for moment, row in findings.items() if row["detectable_effect"]}
                if first
                else {},
            )
        )
    return answers


def _is_found(row: dict[str, Any], verdicts: tuple[str, ...] | None) -> bool:
    if verdicts is None:
        return row["q_value"] is not None and row["q_value"] <= DISCOVERY_RATE
    return row["verdict"] in verdicts


def _whole(row: dict[str, Any], document: dict[str, Any]) -> bool:
    """Whether a row is about the whole time of its question, not one window of it."""
    if row["days"] is None:
        return True
    within = next(question["within_days"] for question in document["questions"] if question["id"] == row["question"])
    return within is None or (row["days"][0] == 0 and row["days"][1] == within)
