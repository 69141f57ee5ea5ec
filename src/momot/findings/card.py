"""The estimand card of a finding: what exactly was asked and assumed, what came out, and who stands for it; one page to sign.

The parts follow the attributes of an estimand in ICH E9(R1) (2019): population, treatment, variable, intercurrent events, population-level
summary. It repeats the document in words and adds no number.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Literal

import msgspec
from msgspec import Struct

from momot.findings.contract import Effect
from momot.findings.findings import Moment
from momot.findings.labels import (
    CHECK_WORDS,
    DESIGN_WORDS,
    EVIDENCE_SENTENCES,
    EVIDENCE_WORDS,
    STATUS_WORDS,
    VERDICT_WORDS,
    contrast_words,
    label_words,
    outcome_words,
    people_noun,
    printable,
    unit_noun,
)
from momot.findings.numbers import Numbers, at_stake_decimals, at_stake_unit, grouped, numbers_of, percent, probability, signed
from momot.findings.sentences import moment_sentence, sentence
from momot.vocabulary import DesignName, Evidence

if TYPE_CHECKING:
    import pyarrow as pa

SCHEMA: Final = "momot.card/1"
ASSUMED: dict[Evidence, tuple[str, ...]] = {
    "A": (
        "Chance alone decided who was assigned what, as planned.",
        "What one unit was assigned changes nothing for another one.",
    ),
    "B": (
        "Among those alike in everything held, who met it (or how it went) does not depend on what would have happened anyway.",
        "What one unit met changes nothing for another one.",
        "For those compared it was open how it would go: where it hardly was, they count little.",
    ),
    "C": ("None about causes: it says what goes together, not why.",),
}
CALIBRATED = (
    "Where that does not hold, the systematic error of this touchpoint is like that of the touchpoints or controls from which it is "
    "measured: the calibrated interval holds it."
)
UNCALIBRATED = "Systematic error is not measured here: the interval holds chance alone."
EVENTS: dict[DesignName, str] = {
    "panel": "Later touches are part of the effect and are not held; other touches of the same period are. Who leaves, or is not followed "
    "to the end of the window, is treated as the checks say.",
    "episode": "Touchpoints that come after it are part of its effect and are not held; those that come before it are.",
    "survey": "Everything was asked at one moment: nothing can be said of what came first.",
    "snapshot": "Everything is known as of one moment: nothing can be said of what came first.",
    "experiment": "Compared as assigned, whatever was done with the assignment (intention to treat).",
}
SIGNED = ("Owner of the moment", "Analyst", "Date")


class Part(Struct, frozen=True, kw_only=True):
    """One heading of a card with its lines."""

    heading: str
    lines: tuple[str, ...]


class Card(Struct, frozen=True, kw_only=True):
    """One finding for sign-off. Grain: one question and moment."""

    schema: Literal["momot.card/1"] = SCHEMA
    question: str
    moment: str
    build: str
    parts: tuple[Part, ...]

    def to_json(self, *, indent: int | None = None) -> str:
        """The card as JSON, `momot.card/1`."""
        encoded = msgspec.json.encode(self)
        return (msgspec.json.format(encoded, indent=indent) if indent else encoded).decode()

    def to_markdown(self) -> str:
        """The card as Markdown, to be kept beside the decision that rests on it."""
        parts = [f"## {part.heading}\n\n" + "\n".join(f"- {line}" for line in part.lines) for part in self.parts]
        return "\n\n".join([f"# {self.moment}: {outcome_words(self.question)}", *parts]) + "\n"

    def to_arrow(self) -> pa.Table:
        """One row a line of the card, under its heading."""
        from momot.vocabulary.tabular import table, types_of

        types = types_of(Card, Part)
        columns = {**{name: types[name] for name in ("question", "moment", "build", "heading")}, "line": types["heading"]}
        lines = [(self.question, self.moment, self.build, part.heading, line) for part in self.parts for line in part.lines]
        return table(columns, lines)

    def to_text(self, *, width: int = 100) -> str:
        """The card for a terminal, wrapped at `width` columns."""
        import textwrap

        lines = [f"{self.moment}: {outcome_words(self.question)}", ""]
        for part in self.parts:
            lines.append(part.heading)
            for line in part.lines:
                lines += textwrap.wrap(line, width, initial_indent="  ", subsequent_indent="    ")
        return "\n".join(lines) + "\n"


def card_of(moment: Moment, *, build: str) -> Card:
    """The card of one finding; `build` is the id of the build that it was answered from."""
    question = moment.question
    numbers = numbers_of(question, moment.main_effects)
    return Card(
        question=question.id,
        moment=printable(moment.name),
        build=build,
        parts=(
            Part(heading="Decision", lines=_decision(moment, numbers)),
            Part(heading="Population", lines=_population(moment)),
            Part(heading="What is compared", lines=_compared(moment)),
            Part(heading="Outcome", lines=_outcome(moment, numbers)),
            Part(heading="What happens afterwards", lines=(EVENTS[question.design],)),
            Part(heading="Summary", lines=(question.estimand,)),
            Part(heading="Held", lines=(", ".join(printable(name) for name in moment.held) or "Nothing.",)),
            Part(heading="Assumed", lines=_assumed(moment)),
            Part(heading="Estimates", lines=_estimates(moment, numbers)),
            Part(heading="Checks", lines=_checks(moment)),
            Part(heading="What would settle more", lines=_open(moment)),
            Part(heading="Signed", lines=tuple(f"{who}: {'_' * 24}" for who in SIGNED)),
        ),
    )


def _decision(moment: Moment, numbers: Numbers) -> tuple[str, ...]:
    finding = moment.finding
    word = VERDICT_WORDS[moment.verdict]
    named = label_words(finding)
    lines = [f"{word}{f': {named.lower()}' if named else ''}.", moment_sentence(moment, numbers)]
    lines.append(f"Evidence {moment.evidence}, {EVIDENCE_WORDS[moment.evidence]}. {EVIDENCE_SENTENCES[moment.evidence]}")
    if finding.q_value is not None:
        lines.append(f"False discovery rate at which it would just be found: {probability(finding.q_value)} (promised: .10 over the run).")
    if finding.local_false_discovery_rate is not None:
        lines.append(
            f"Probability that it changes nothing, from all estimates together: {probability(finding.local_false_discovery_rate)}."
        )
    return tuple(line for line in lines if line)


def _population(moment: Moment) -> tuple[str, ...]:
    question, reach = moment.question, moment.reach
    dates = f", {question.from_[:10]} to {question.to[:10]}" if question.from_ and question.to else ""
    units = f"{grouped(question.units)} {unit_noun(question)} of " if unit_noun(question) != "people" else ""
    met = f"{grouped(reach.people)} of them met it ({percent(reach.share)})"
    month = f", {grouped(reach.per_month)} a month" if reach.per_month is not None else ""
    return (
        f"{DESIGN_WORDS[question.design].capitalize()}: {units}{grouped(question.people)} {people_noun(question, question.people)}{dates}.",
        f"{met}{month}.",
    )


def _compared(moment: Moment) -> tuple[str, ...]:
    lines = [
        f"{contrast_words(effect).capitalize()}: {grouped(effect.n)} against {grouped(effect.n_reference)}."
        for effect in moment.main_effects
    ]
    return tuple(lines) or ("Nothing could be compared; the checks say why.",)


def _assumed(moment: Moment) -> tuple[str, ...]:
    first, *others = ASSUMED[moment.evidence]
    if moment.evidence != "B":
        return (first, *others)
    return (first, CALIBRATED if any(effect.calibrated for effect in moment.effects) else UNCALIBRATED, *others)


def _outcome(moment: Moment, numbers: Numbers) -> tuple[str, ...]:
    question = moment.question
    window = f", within {grouped(question.within_days)} days" if question.within_days is not None else ""
    lines = [
        f"{outcome_words(question.outcome).capitalize()} ({numbers.effect_unit or question.unit}){window}; {question.better} is better."
    ]
    if question.smallest_effect is not None:
        lines.append(f"Smaller than {numbers.with_unit(numbers.size(question.smallest_effect))} does not matter to the business.")
    return tuple(lines)


def _estimates(moment: Moment, numbers: Numbers) -> tuple[str, ...]:
    lines = [_estimate(effect, numbers) for effect in moment.effects if effect.segment is None and _whole(effect, moment)]
    if moment.finding.detectable_effect is not None:
        lines.append(f"Detectable with power one half: {numbers.with_unit(numbers.size(moment.finding.detectable_effect))}.")
    stake = moment.at_stake
    if stake is not None:
        decimals = at_stake_decimals(stake)
        low, middle, high = (signed(value, decimals) for value in (stake.low, stake.estimate, stake.high))
        lines.append(f"At stake: {middle} ({low} to {high}) {at_stake_unit(stake)}.")
    lasting = moment.half_life_days
    if lasting is not None:
        known = "" if lasting.estimate is None else f"half-life {lasting.estimate:.3g} days"
        lines.append(f"Lasting: {'; '.join(part for part in (known, lasting.note) if part)}.")
    return tuple(lines) or ("There is no estimate; the checks say why.",)


def _whole(effect: Effect, moment: Moment) -> bool:
    """Whether an effect is that of the question's own window."""
    within = moment.question.within_days
    return effect.days is None or within is None or effect.days == (0.0, within)


def _estimate(effect: Effect, numbers: Numbers) -> str:
    interval = numbers.interval(effect.low, effect.high)
    kind = "calibrated" if effect.calibrated else "raw"
    return f"{contrast_words(effect).capitalize()}, {kind}: {numbers.with_unit(numbers.effect(effect.estimate))} ({interval})."


def _checks(moment: Moment) -> tuple[str, ...]:
    order = {"fail": 0, "review": 1, "skipped": 2, "pass": 3}
    checks = sorted(moment.checks, key=lambda check: order[check.status])
    return tuple(f"{CHECK_WORDS[check.name]}: {STATUS_WORDS[check.status]}. {sentence(check.message)}" for check in checks)


def _open(moment: Moment) -> tuple[str, ...]:
    fixes = dict.fromkeys(sentence(check.fix) for check in moment.checks if check.fix and check.status != "pass")
    return tuple(fixes) or ("Nothing that the checks know of.",)
