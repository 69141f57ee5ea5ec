"""The trial that would settle a moment, `momot.plan/1`: frozen values that every face renders and none changes."""

from __future__ import annotations

import csv
import io
import json
from typing import TYPE_CHECKING, Any, Final, Literal

import msgspec
from msgspec import Struct

from momot.vocabulary import Evidence, Verdict

if TYPE_CHECKING:
    import pyarrow as pa

SCHEMA: Final = "momot.plan/1"
CSV_COLUMNS = (
    "question", "moment", "verdict", "evidence", "action", "randomise", "compares", "outcome_unit", "effect",
    "effect_from", "changed_share", "effect_of_arms", "mean", "deviation", "explained", "people_a_unit", "per_arm",
    "units", "people", "in_advance", "power", "decisive_effect", "reach_per_month", "months", "follow_up_days",
    "cost", "currency", "at_stake", "at_stake_low", "at_stake_high", "sentence",
)  # fmt: skip

Action = Literal["withhold", "improve", "repeat"]
Source = Literal["declared", "smallest_effect", "interval"]


class InTime(Struct, frozen=True, kw_only=True):
    """The smallest effect that could be found in so many months, with the power asked for."""

    months: float
    units: int  # randomised by then, over both arms
    effect: float  # as `effect` of the proposal, of one touch


class Proposal(Struct, frozen=True, kw_only=True):
    """One trial for one question. `per_arm` and what follows from it are None where no size can be told; `notes` then say why."""

    question: str
    moment: str
    verdict: Verdict
    evidence: Evidence
    action: Action  # withhold the touch, improve how it goes, repeat the experiment
    randomise: Literal["person", "account"]
    arms: tuple[str, str]  # the control, and the other
    compares: str | None  # what `effect` is between: `bad against good`
    outcome_unit: str
    effect: float | None  # of one touch that goes otherwise: what the trial is to find
    effect_from: Source | None
    changed_share: float  # of those in the trial, whose touch the arm changes: 1, or the share that goes badly
    effect_of_arms: float | None  # between the arms as assigned: effect x changed_share
    mean: float  # of the outcome among those who would be in the trial
    deviation: float  # standard deviation of it over units of randomisation, history taken out
    explained: float  # share of the variance that history takes away
    people_a_unit: float  # 1, or persons of an account
    per_arm: int | None  # units of randomisation
    units: int | None
    people: int | None
    in_advance: int | None  # people, were they randomised before anybody knows who will meet it
    power: float | None  # at this size
    decisive_effect: float | None  # of one touch: what would get the verdict `moment` with the power asked for
    reach_per_month: float | None  # units that meet it
    months: float | None  # to reach them
    follow_up_days: float | None  # after the last
    cost: float | None  # of the touches in both arms; what is withheld is saved
    currency: str | None
    at_stake: float | None  # of the outcome, in the arm from which it is withheld; 0 where nothing is withheld
    at_stake_low: float | None
    at_stake_high: float | None
    in_time: tuple[InTime, ...]
    before: tuple[str, ...]  # history to keep beside the assignment
    block: str  # of momot.toml, to read the result back
    notes: tuple[str, ...]
    sentence: str


class Plan(Struct, frozen=True, kw_only=True):
    """Trials that would settle one moment, question by question; what `momot plan --format json` prints."""

    schema: Literal["momot.plan/1"] = SCHEMA
    momot: str
    project: str
    build: str
    seed: int
    moment: str
    power: float
    level: float  # of the two-sided test
    proposals: tuple[Proposal, ...]

    def to_json(self, *, indent: int | None = None) -> str:
        """The contract as JSON."""
        encoded = msgspec.json.encode(self)
        return (msgspec.json.format(encoded, indent=indent) if indent else encoded).decode()

    def to_csv(self) -> str:
        """One row a proposal."""
        out = io.StringIO()
        writer = csv.writer(out, lineterminator="\n")
        writer.writerow(CSV_COLUMNS)
        for one in self.proposals:
            values = [getattr(one, name) for name in CSV_COLUMNS]
            writer.writerow(["" if value is None else repr(value) if isinstance(value, float) else str(value) for value in values])
        return out.getvalue()

    def to_arrow(self) -> pa.Table:
        """One row a proposal, with all its fields; what could be found sooner (`in_time`) is a list."""
        from momot.vocabulary.tabular import table_of

        return table_of(Proposal, self.proposals)

    def __str__(self) -> str:
        """The plan as text for a terminal."""
        from momot.findings.plan_lines import plan_text

        return plan_text(self)


def schema_text() -> str:
    """JSON Schema (2020-12) as the published file holds it, `docs/reference/plan.schema.json`."""
    (reference,), components = msgspec.json.schema_components([Plan], ref_template="#/$defs/{name}")
    schema: dict[str, Any] = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": SCHEMA,
        "description": "What `momot plan --format json` prints.",
        **reference,
        "$defs": components,
    }
    return json.dumps(schema, indent=2, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    print(schema_text(), end="")
