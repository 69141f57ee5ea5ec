"""What a method says of one world: which moments it calls true, with intervals where it gives any."""

from __future__ import annotations

from collections.abc import Callable
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
class Lasting:
    """For how many days an effect halves, with its 95 % interval; None where only a bound is told."""

    estimate: float | None
    low: float | None
    high: float | None


@dataclass(frozen=True, slots=True)
class Answer:
    """One method's answer. `asked`: the outcomes that it answers at all; `tested`: the moments that it can say anything of.

    `segments`: effects within one segment, by contrast and "name=value". `compared` between segments, and said to `differ`; `opposite`: to
    have effects of opposite sign.
    """

    method: str
    asked: frozenset[str]
    tested: frozenset[Moment]
    found: frozenset[Moment]
    effects: dict[Contrast, Said] = field(default_factory=dict)
    labels: dict[Moment, str | None] = field(default_factory=dict)
    detectable: dict[Moment, float] = field(default_factory=dict)
    lasting: dict[Moment, Lasting] = field(default_factory=dict)
    segments: dict[tuple[Contrast, str], Said] = field(default_factory=dict)
    compared: frozenset[Moment] = frozenset()
    differ: frozenset[Moment] = frozenset()
    opposite: frozenset[Moment] = frozenset()


def momot_answers(document: dict[str, Any]) -> list[Answer]:
    """The findings document read by each rule of RULES; intervals and labels belong to the first, which goes by the q-value alone.

    Intervals are calibrated where the findings have them so.
    """
    outcomes = {question["id"]: question["outcome"] for question in document["questions"]}
    findings = {(outcomes[row["question"]], row["moment"]): row for row in document["findings"]}
    effects = _said(raw_effects(document) | _effects(document, calibrated=True))
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
                lasting=_lasting(findings) if first else {},
                segments=_segments(document, outcomes) if first else {},
                compared=_differences(document, outcomes, lambda row: row["verdict"] != "cannot tell") if first else frozenset(),
                differ=_differences(document, outcomes, lambda row: row["verdict"] == "differs") if first else frozenset(),
                opposite=_differences(document, outcomes, lambda row: row["opposite"]) if first else frozenset(),
            )
        )
    return answers


def _is_found(row: dict[str, Any], verdicts: tuple[str, ...] | None) -> bool:
    if verdicts is None:
        return row["q_value"] is not None and row["q_value"] <= DISCOVERY_RATE
    return row["verdict"] in verdicts


def raw_effects(document: dict[str, Any]) -> dict[Contrast, dict[str, Any]]:
    """The rows of the raw estimates of everybody over the whole time."""
    return _effects(document, calibrated=False)


def _effects(document: dict[str, Any], *, calibrated: bool) -> dict[Contrast, dict[str, Any]]:
    outcomes = {question["id"]: question["outcome"] for question in document["questions"]}
    return {
        (outcomes[row["question"]], row["moment"], row["contrast"], row["level"] or "met", row["reference"]): row
        for row in document["effects"]
        if row["segment"] is None and bool(row.get("calibrated")) == calibrated and _whole(row, document)
    }


def _said(rows: dict[Contrast, dict[str, Any]]) -> dict[Contrast, Said]:
    return {key: Said(row["estimate"], row["low"], row["high"]) for key, row in rows.items()}


def _segments(document: dict[str, Any], outcomes: dict[str, str]) -> dict[tuple[Contrast, str], Said]:
    return {
        (
            (outcomes[row["question"]], row["moment"], row["contrast"], row["level"] or "met", row["reference"]),
            row["segment"],
        ): Said(row["estimate"], row["low"], row["high"])
        for row in document["effects"]
        if row["segment"] is not None and _whole(row, document)
    }


def _differences(document: dict[str, Any], outcomes: dict[str, str], wanted: Callable[[dict[str, Any]], bool]) -> frozenset[Moment]:
    return frozenset((outcomes[row["question"]], row["moment"]) for row in document.get("differences") or () if wanted(row))


def _lasting(findings: dict[Moment, dict[str, Any]]) -> dict[Moment, Lasting]:
    told = {moment: row.get("half_life_days") for moment, row in findings.items()}
    return {moment: Lasting(about["estimate"], about["low"], about["high"]) for moment, about in told.items() if about}


def _whole(row: dict[str, Any], document: dict[str, Any]) -> bool:
    """Whether a row is about the whole time of its question, not one window of it."""
    if row["days"] is None:
        return True
    within = next(question["within_days"] for question in document["questions"] if question["id"] == row["question"])
    return within is None or (row["days"][0] == 0 and row["days"][1] == within)
