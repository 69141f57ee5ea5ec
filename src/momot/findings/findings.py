"""`Findings`: the frozen answer of one run, by name, as a table, as JSON, CSV or Arrow. It wraps the contract and adds no numbers."""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Literal

import msgspec

from momot.errors import DataError, QuestionError, did_you_mean
from momot.findings.contract import (
    AtStake,
    Change,
    Check,
    Cost,
    Credit,
    Credited,
    Difference,
    Document,
    Effect,
    Finding,
    HalfLife,
    Pair,
    Question,
    Reach,
    Refused,
    Response,
    SegmentFinding,
    Unanswerable,
    WhatIf,
    Why,
    Worth,
)
from momot.findings.labels import DECISIVE
from momot.vocabulary import Contrast, Evidence, Kind, Label, Stage, Verdict

if TYPE_CHECKING:
    import pyarrow as pa

    from momot.findings.picture import Picture

NOT_MET = "not met"
"""The reference of effects that compare with not having met it; everything else is between ways of having met it."""
CSV_COLUMNS: tuple[str, ...] = (
    "question", "moment", "contrast", "level", "reference", "segment", "days_from", "days_to", "n", "n_reference", "mean", "mean_reference",
    "estimate", "low", "high", "calibrated", "p_value", "q_value", "per_month", "shrunken", "shrunken_low", "shrunken_high",
)  # fmt: skip
CREDIT_COLUMNS: tuple[str, ...] = (
    "question", "moment", "happenings", "credited", "first", "last", "linear", "markov", "shapley", "effect", "low", "high", "caused",
    "caused_low", "caused_high", "verdict", "reading", "sentence",
)  # fmt: skip

TableName = Literal[
    "effects", "findings", "questions", "refused", "unanswerable", "changes", "what_if", "credit", "costs", "worth", "by_segment",
    "differences", "pairs", "responses",
]  # fmt: skip
TABLES: dict[TableName, type[msgspec.Struct]] = {
    "effects": Effect, "findings": Finding, "questions": Question, "refused": Refused, "unanswerable": Unanswerable, "changes": Change,
    "what_if": WhatIf, "credit": Credit, "costs": Cost, "worth": Worth, "by_segment": SegmentFinding, "differences": Difference,
    "pairs": Pair, "responses": Response,
}  # fmt: skip
"""The tables of a document, with the record of which each has one a row."""


@dataclass(frozen=True, slots=True)
class Moment:
    """One moment, condition or arm as it was answered for one question, with its effects.

    Grain: one row of `findings` and the rows of `effects` that belong to it. Every attribute is that of the contract, in its unit.
    """

    question: Question
    finding: Finding
    effects: tuple[Effect, ...]

    @property
    def name(self) -> str:
        """`delivery.promise@smot`; a condition or an arm without a stage is the bare name."""
        return self.finding.moment

    @property
    def touchpoint(self) -> str:
        """The dotted name without its stage."""
        return self.finding.touchpoint

    @property
    def stage(self) -> Stage | None:
        """Where in the journey; None for a condition or an arm without one."""
        return self.finding.stage

    @property
    def kind(self) -> Kind:
        """Interaction, condition or arm."""
        return self.finding.kind

    @property
    def verdict(self) -> Verdict:
        """The decision."""
        return self.finding.verdict

    @property
    def label(self) -> Label | None:
        """What a decisive moment does: makes, breaks, both, presence, threshold."""
        return self.finding.label

    @property
    def evidence(self) -> Evidence:
        """A randomised, B adjusted, C association."""
        return self.finding.evidence

    @property
    def decisive(self) -> bool:
        """Whether the verdict is moment, likely or association."""
        return self.finding.verdict in DECISIVE

    @property
    def rank(self) -> int | None:
        """Place among the decisive findings of the question; None below."""
        return self.finding.rank

    @property
    def reach(self) -> Reach:
        """How many people met it."""
        return self.finding.reach

    @property
    def at_stake(self) -> AtStake | None:
        """Touched a month x effect, with interval."""
        return self.finding.at_stake

    @property
    def half_life_days(self) -> HalfLife | None:
        """How long the effect lasts."""
        return self.finding.half_life_days

    @property
    def held(self) -> tuple[str, ...]:
        """What the estimate is adjusted for."""
        return self.finding.held

    @property
    def checks(self) -> tuple[Check, ...]:
        """The diagnostics of this finding."""
        return self.finding.checks

    @property
    def why(self) -> Why | None:
        """Why it goes badly and well, in people's words; None where nobody says something that tells."""
        return self.finding.why

    @property
    def main_effects(self) -> tuple[Effect, ...]:
        """One effect for each contrast and level over everybody: within the days of the question, calibrated before raw."""
        best: dict[tuple[str, str | None], Effect] = {}
        for effect in self.effects:
            if effect.segment is None:
                key = (effect.contrast, effect.level)
                if key not in best or self._preference(effect) > self._preference(best[key]):
                    best[key] = effect
        return tuple(best.values())

    @property
    def telling_effects(self) -> tuple[Effect, ...]:
        """The main effects that the verdict rests on: a panel decides on how it went, or else on having met it at all."""
        if self.question.design != "panel" or not self.decisive:
            return self.main_effects
        if self.finding.label == "presence":
            telling = tuple(effect for effect in self.main_effects if effect.contrast == "presence")
        else:
            telling = tuple(effect for effect in self.main_effects if effect.contrast != "presence" and effect.reference != NOT_MET)
        return telling or self.main_effects

    def _repr_html_(self) -> str:
        """What was found, on an axis, with its checks, for notebooks."""
        from momot.findings.display import moment_html

        return moment_html(self)

    def _preference(self, effect: Effect) -> tuple[bool, bool, float, float]:
        """The question's own window first, then calibrated, then windows from the touch on, then the longest."""
        within = self.question.within_days
        start, end = effect.days or (0.0, 0.0)
        return (effect.days is None or effect.days == (0.0, within), effect.calibrated, -start, end)

    def to_arrow(self) -> pa.Table:
        """Its effects: one row a contrast, with the columns of `Findings.to_arrow`."""
        return _effects_table(self.effects)

    def effect(self, contrast: Contrast, *, level: str | None = None, segment: str | None = None) -> Effect:
        """The effect of one contrast, for everybody or for one segment.

        `level` may be left out where the contrast has only one. Raises QuestionError, naming what there is, where it was not estimated:
        an estimate that does not exist is no row, and a check of the finding says why.
        """
        matching = [e for e in self.effects if e.contrast == contrast and e.segment == segment and level in (None, e.level)]
        levels = dict.fromkeys(e.level for e in matching)
        if not matching:
            there = "; ".join(dict.fromkeys(_described(e) for e in self.effects)) or "nothing was estimated"
            asked = _asked(contrast, level, segment)
            raise QuestionError(
                f"{self.name}: no effect {asked}.{did_you_mean(contrast, {e.contrast for e in self.effects})} There is: {there}."
            )
        if len(levels) > 1:
            raise QuestionError(f"{self.name}: '{contrast}' has several levels: choose one of {', '.join(repr(name) for name in levels)}.")
        return max(matching, key=self._preference)


@dataclass(frozen=True, repr=False)
class Findings:
    """What one run found: frozen, iterable in ranked order, indexed by moment, printable.

    `document` is the machine contract. Rows of `effects` and `at_stake` whose numbers are not finite are left out on the way in: an
    estimate that does not exist is an absent row, never a stand-in.
    """

    document: Document
    folder: str | None = field(default=None, compare=False)  # of the project, only for the commands that the table names

    def __post_init__(self) -> None:
        """Leave out what is not a number."""
        object.__setattr__(self, "document", _without_missing_numbers(self.document))

    @cached_property
    def moments(self) -> tuple[Moment, ...]:
        """Every answered moment, question by question, by rank, the ones without a rank last in the document's order."""
        effects: dict[tuple[str, str], list[Effect]] = {}
        for effect in self.document.effects:
            effects.setdefault((effect.question, effect.moment), []).append(effect)
        found: list[Moment] = []
        for question in self.document.questions:
            own = [finding for finding in self.document.findings if finding.question == question.id]
            own.sort(key=lambda finding: (finding.rank is None, finding.rank or 0))
            found.extend(Moment(question, f, tuple(effects.get((question.id, f.moment), ()))) for f in own)
        return tuple(found)

    @property
    def questions(self) -> tuple[Question, ...]:
        """What was asked and could be answered."""
        return self.document.questions

    @property
    def refused(self) -> tuple[Refused, ...]:
        """Columns and touchpoints that were not accepted as a cause."""
        return self.document.refused

    @property
    def unanswerable(self) -> tuple[Unanswerable, ...]:
        """Questions that these data can't answer."""
        return self.document.unanswerable

    @property
    def changes(self) -> tuple[Change, ...]:
        """Did it work: every dated change of the project file, outcome by outcome."""
        return self.document.changes

    @property
    def credit(self) -> tuple[Credit, ...]:
        """Credit, not effect: each happening shared among the touches before it, where that was asked for."""
        return self.document.credit

    @property
    def what_if(self) -> tuple[WhatIf, ...]:
        """What the suppositions asked for come to a month."""
        return self.document.what_if

    @property
    def costs(self) -> tuple[Cost, ...]:
        """What touches cost beside what they bring, where that is recorded."""
        return self.document.costs

    @property
    def by_segment(self) -> tuple[SegmentFinding, ...]:
        """For whom: every moment asked of every kind of people that was asked for."""
        return self.document.by_segment

    @property
    def differences(self) -> tuple[Difference, ...]:
        """Whether an effect is the same for all kinds of people, contrast by contrast."""
        return self.document.differences

    @property
    def pairs(self) -> tuple[Pair, ...]:
        """Was it repaired: pairs of touches in order, the first of which went badly."""
        return self.document.pairs

    def question(self, name: str) -> Findings:
        """Only what belongs to one question. Raises QuestionError where it was not asked."""
        known = [question.id for question in self.document.questions]
        if name not in known:
            closed = next((item for item in self.document.unanswerable if item.question == name), None)
            why = f" These data can't answer it: {closed.reason}" if closed else did_you_mean(name, known)
            raise QuestionError(f"No question '{name}' was answered.{why} Answered: {', '.join(known) or 'none'}.")
        document = self.document
        narrowed = msgspec.structs.replace(
            document,
            questions=tuple(q for q in document.questions if q.id == name),
            findings=tuple(f for f in document.findings if f.question == name),
            effects=tuple(e for e in document.effects if e.question == name),
            refused=tuple(r for r in document.refused if r.question == name),
            unanswerable=(),
            changes=tuple(change for change in document.changes if change.question == name),
            credit=tuple(credit for credit in document.credit if credit.question == name),
            what_if=tuple(one for one in document.what_if if one.question == name),
            costs=tuple(cost for cost in document.costs if cost.question == name),
            by_segment=tuple(one for one in document.by_segment if one.question == name),
            differences=tuple(one for one in document.differences if one.question == name),
            pairs=tuple(pair for pair in document.pairs if pair.question == name),
        )
        return Findings(narrowed, folder=self.folder)

    def __getitem__(self, name: str) -> Moment:
        """The moment of this name: `touchpoint@stage`, or the bare touchpoint where that is unique.

        Raises QuestionError where it is unknown, where several stages share the touchpoint, or where several questions were asked: then
        `findings.question("opinion")["delivery.promise"]` says which.
        """
        matching = [m for m in self.moments if m.name == name] or [m for m in self.moments if m.touchpoint == name]
        if not matching:
            known = dict.fromkeys([m.name for m in self.moments] + [m.touchpoint for m in self.moments])
            raise QuestionError(f"No moment '{name}' was tested.{did_you_mean(name, known)} `for moment in findings` lists them all.")
        asked = list(dict.fromkeys(m.question.id for m in matching))
        if len(asked) > 1:
            raise QuestionError(
                f'\'{name}\' was answered for several questions, {", ".join(asked)}: use findings.question("{asked[0]}")["{name}"].'
            )
        if len(matching) > 1:
            raise QuestionError(f"'{name}' is a moment at several stages: choose one of {', '.join(m.name for m in matching)}.")
        return matching[0]

    def __contains__(self, name: object) -> bool:
        """Whether a moment or touchpoint of this name was tested for any question."""
        return any(name in (m.name, m.touchpoint) for m in self.moments)

    def __iter__(self) -> Iterator[Moment]:
        """Question by question, in ranked order."""
        return iter(self.moments)

    def __len__(self) -> int:
        """Number of answered moments over all questions."""
        return len(self.moments)

    def to_json(self, *, indent: int | None = None) -> str:
        """The machine contract as JSON, `momot.findings/1`."""
        encoded = msgspec.json.encode(self.document)
        return (msgspec.json.format(encoded, indent=indent) if indent else encoded).decode()

    @classmethod
    def from_json(cls, text: str | bytes) -> Findings:
        """Read what `to_json` wrote. Raises DataError where the text is not a document of this schema."""
        try:
            return cls(msgspec.json.decode(text, type=Document))
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            raise DataError(f"These are not findings of schema momot.findings/1: {error}") from error

    def to_csv(self, *, table: Literal["effects", "credit"] = "effects") -> str:
        """Exactly the table `effects`: one row a contrast, empty where there is no value, the window in `days_from` and `days_to`.

        `credit`: one row a question and moment instead, the columns of Credited with those of its Credit before them.
        """
        out = io.StringIO()
        writer = csv.writer(out, lineterminator="\n")
        writer.writerow(CREDIT_COLUMNS if table == "credit" else CSV_COLUMNS)
        for row in self._credited() if table == "credit" else map(_flat, self.document.effects):
            writer.writerow([_cell(value) for value in row])
        return out.getvalue()

    def to_arrow(self, *, table: TableName = "effects") -> pa.Table:
        """One table of the answer as Arrow. `effects` and `credit` have the columns of the CSV.

        Any other has one row a record of the contract and a column for each field: of a record in it `reach_people`, of several a list.
        Raises QuestionError for a name that is no table.
        """
        from momot.vocabulary.tabular import table as as_table
        from momot.vocabulary.tabular import table_of, types_of

        if table not in TABLES:
            raise QuestionError(f"there is no table '{table}'.{did_you_mean(table, TABLES)} There are: {', '.join(TABLES)}.")
        if table == "effects":
            return _effects_table(self.document.effects)
        if table == "credit":
            types = types_of(Credited, Credit)
            return as_table({name: types[name] for name in CREDIT_COLUMNS}, self._credited())
        found = getattr(self.document, table)
        return table_of(TABLES[table], found if isinstance(found, tuple) else [] if found is None else [found])

    def _credited(self) -> Iterator[list[object]]:
        """The rows of the table `credit`, in the order of CREDIT_COLUMNS."""
        for credit in self.document.credit:
            for one in credit.moments:
                yield [getattr(one, name) if hasattr(one, name) else getattr(credit, name) for name in CREDIT_COLUMNS]

    def __str__(self) -> str:
        """The ranked table, as wide as the terminal."""
        from momot.findings.display import table

        return table(self)

    __repr__ = __str__

    def map(self, question: str | None = None) -> Picture:
        """The map of one question as a picture that stands alone: shown by a notebook, written by `save("map.svg")`.

        Where there is nothing to map, no stage or nothing decisive, it is the forest. Raises QuestionError where several questions were
        answered and none is named, or one that was not.
        """
        from momot.findings.display import picture

        return picture(self, question)

    def _repr_html_(self) -> str:
        """Map and forest of every question as SVG, for notebooks."""
        from momot.findings.display import html

        return html(self)


def _effects_table(effects: Iterable[Effect]) -> pa.Table:
    """One row a contrast, with the columns of the CSV."""
    from momot.vocabulary.tabular import table, types_of

    types = types_of(Effect)
    types |= dict.fromkeys(("days_from", "days_to"), types["estimate"])
    return table({name: types[name] for name in CSV_COLUMNS}, map(_flat, effects))


def _described(effect: Effect) -> str:
    return _asked(effect.contrast, effect.level, effect.segment)


def _asked(contrast: str, level: str | None, segment: str | None) -> str:
    parts = (
        [f"'{contrast}'"] + ([f"level='{level}'"] if level is not None else []) + ([f"segment='{segment}'"] if segment is not None else [])
    )
    return " ".join(parts)


def _flat(effect: Effect) -> list[object]:
    """The values of one row in the order of CSV_COLUMNS."""
    start, end = effect.days if effect.days is not None else (None, None)
    spread = {"days_from": start, "days_to": end}
    return [spread[name] if name in spread else getattr(effect, name) for name in CSV_COLUMNS]


def _cell(value: object) -> str:
    """Text of one CSV cell: empty for no value, `true` and `false`, numbers in full."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    return repr(value) if isinstance(value, float) else str(value)


def _without_missing_numbers(document: Document) -> Document:
    """The document without effect rows and amounts at stake that are not finite."""
    effects = tuple(e for e in document.effects if _finite(e.estimate, e.low, e.high, e.mean, e.mean_reference, e.p_value))
    findings = tuple(msgspec.structs.replace(f, at_stake=None) if _stake_is_broken(f) else f for f in document.findings)
    return msgspec.structs.replace(document, effects=effects, findings=findings)


def _stake_is_broken(finding: Finding) -> bool:
    stake = finding.at_stake
    return stake is not None and not _finite(stake.estimate, stake.low, stake.high)


def _finite(*values: float) -> bool:
    return all(math.isfinite(value) for value in values)
