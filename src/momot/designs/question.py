"""What is asked: each outcome of the project file bound to the design that can answer it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np

from momot.designs.frame import Floats, Frame
from momot.designs.pieces import Panel
from momot.errors import QuestionError, did_you_mean
from momot.project.schema import Opinions, Outcome, ProjectFile, Wide, WideOutcome
from momot.vocabulary import DesignName, UnanswerableRule
from momot.vocabulary.records import Refused, Response, Unanswerable

if TYPE_CHECKING:
    from momot.designs.channels import FrameSplit
    from momot.designs.pairs import PairRows


@dataclass(frozen=True, slots=True)
class WideSource:
    """A survey, snapshot or experiment: its block, the outcome asked for, and the built table."""

    block: Wide
    outcome: WideOutcome
    table: str


@dataclass(frozen=True, slots=True)
class Ask:
    """One outcome and what answers it: episodes or people for an `[outcomes.X]`, else one wide block. Exactly one of the two is set."""

    id: str
    design: DesignName
    unit: str | None  # declared; None: told from the data
    better: Literal["higher", "lower"]
    smallest_effect: float | None
    within_days: float | None
    outcome: Outcome | None = None
    wide: WideSource | None = None
    source: str = ""  # the block, as named in messages


@dataclass(frozen=True, slots=True)
class Designed:
    """A question made ready for the estimator: its frame, what was refused on the way, and what a reader must be told."""

    ask: Ask
    frame: Frame
    refused: tuple[Refused, ...]
    unit: str
    people: int
    first: str | None  # ISO dates of the first and last outcome
    last: str | None
    estimand: str
    segments: tuple[tuple[str, tuple[str, ...], Floats], ...] = ()  # name, labels, code of each unit (NaN: none)
    splits: tuple[FrameSplit, ...] = ()  # the frame once more, by a value of the touches
    pairs: tuple[PairRows, ...] = ()  # touches in order, asked of this question
    response: Response | None = None  # who gave the opinion that is asked for
    panel: Panel | None = None  # whose rows are streamed: the frame is only its pilot


def asks(project: ProjectFile, outcomes: Sequence[str] | None = None) -> tuple[Ask, ...]:
    """Every question of the project, or those named. Raises QuestionError for a name that is not an outcome."""
    everything = (*_outcome_asks(project), *_wide_asks(project))
    if not everything:
        raise QuestionError(f"{project.path}: nothing to explain. Add an [outcomes.X] block, or `outcomes` to a wide block.")
    if not outcomes:
        return everything
    known = {ask.id: ask for ask in everything}
    for name in outcomes:
        if name not in known:
            raise QuestionError(f"{project.path}: there is no outcome '{name}'.{did_you_mean(name, known)} It has: {', '.join(known)}.")
    return tuple(known[name] for name in dict.fromkeys(outcomes))


def _outcome_asks(project: ProjectFile) -> list[Ask]:
    return [
        Ask(
            id=outcome.name,
            design="episode" if outcome.per == "subject" else "panel",
            unit=outcome.unit or _outcome_unit(outcome, project),
            better=outcome.better,
            smallest_effect=outcome.smallest_effect,
            within_days=outcome.within_days,
            outcome=outcome,
            source=f"[outcomes.{outcome.name}]",
        )
        for outcome in project.outcomes
    ]


def _outcome_unit(outcome: Outcome, project: ProjectFile) -> str | None:
    if outcome.as_ == "nps":
        return "NPS points"
    if outcome.as_ == "top2":
        return "share"
    if outcome.activity is not None:
        return (project.currency or "money") if outcome.value is True else "share"
    if outcome.opinion is not None:
        return "stars" if outcome.opinion == "stars" else "points"
    return None


def _wide_asks(project: ProjectFile) -> list[Ask]:
    counts: dict[str, int] = {}
    found: list[Ask] = []
    for block in project.wide:
        number = counts[block.kind] = counts.get(block.kind, 0) + 1
        for outcome in block.outcomes:
            taken = {ask.id for ask in found} | {ask.name for ask in project.outcomes}
            found.append(
                Ask(
                    id=outcome.name if outcome.name not in taken else f"{block.kind}-{number}.{outcome.name}",
                    design=block.kind,
                    unit=outcome.unit,
                    better=outcome.better,
                    smallest_effect=outcome.smallest_effect,
                    within_days=block.within_days,
                    wide=WideSource(block, outcome, f"wide/{block.kind}-{number}"),
                    source=f"[[{block.kind}s]] {number}",
                )
            )
    return found


def unit_of(ask: Ask, outcome: Floats) -> str:
    """The declared unit, or what the values say: 0 and 1 are shares, a rated scale is points."""
    if ask.unit:
        return ask.unit
    return "share" if set(np.unique(outcome)) <= {0.0, 1.0} else "points"


def unanswerable(ask: Ask, rule: UnanswerableRule, reason: str) -> Unanswerable:
    """The answer to a question that these data can't answer."""
    return Unanswerable(question=ask.id, rule=rule, reason=reason)


LEAST_OUTCOMES = 50
LEAST_OF_A_KIND = 20


def too_little(ask: Ask, outcome: Floats) -> Unanswerable | None:
    """Whether there is enough outcome to explain: 50 measured, and 20 on either side of a share (EFFECTS.md 3 f)."""
    if len(outcome) < LEAST_OUTCOMES:
        return unanswerable(ask, "too_few_units", f"{len(outcome)} units have a measured outcome; at least {LEAST_OUTCOMES} are needed.")
    values = np.unique(outcome)
    if len(values) == 1:
        return unanswerable(ask, "constant_outcome", f"The outcome is {values[0]:g} for all {len(outcome):,} units: nothing to explain.")
    if len(values) == 2:
        fewer = int(min((outcome == values[0]).sum(), (outcome == values[1]).sum()))
        if fewer < LEAST_OF_A_KIND:
            return unanswerable(
                ask,
                "too_few_units",
                f"Only {fewer} of {len(outcome):,} units have the rarer outcome; at least {LEAST_OF_A_KIND} are needed.",
            )
    return None


def instrument_scale(outcome: Outcome, project: ProjectFile) -> tuple[float, float] | None:
    """The declared scale of the instrument that measures the outcome."""
    block: Opinions
    for block in project.opinions:
        if block.instrument == outcome.opinion:
            return block.scale
    return None
