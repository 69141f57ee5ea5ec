"""Credit beside effect: what the rules of credit give a moment, held against what meeting it changes, with the sentence that says why."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import msgspec

from momot.credit import CreditSource, Shared
from momot.findings.contract import Credit, Credited, Effect
from momot.findings.findings import Findings, Moment
from momot.findings.labels import RULE_WORDS, outcome_words, printable
from momot.findings.numbers import NO_BREAK_SPACE, numbers_of, percent
from momot.findings.sentences import sentence
from momot.findings.verdict import DISCOVERY_RATE
from momot.vocabulary import CreditReading
from momot.vocabulary.words import CreditAbsentRule

LONGEST_NAME = 80


@dataclass(frozen=True, slots=True)
class CreditAnswered:
    """One question with its shares, or why there are none."""

    question: str
    source: CreditSource | None
    shared: Shared | None
    absent: CreditAbsentRule | None = None
    reason: str | None = None


def with_credit(findings: Findings, answered: Sequence[CreditAnswered]) -> Findings:
    """The findings with credit beside them."""
    credit = tuple(_credit(one, findings) for one in answered)
    return Findings(msgspec.structs.replace(findings.document, credit=credit), folder=findings.folder)


def _credit(one: CreditAnswered, findings: Findings) -> Credit:
    shared, source = one.shared, one.source
    if shared is None or source is None or not shared.sums.credited:
        return Credit(
            question=one.question,
            per=None,
            look_back_days=None if source is None else source.look_back_days,
            happenings=0 if shared is None else shared.sums.happenings,
            credited=0,
            lost=0 if shared is None else int(shared.sums.lost.sum()),
            absent=one.absent or "no_paths",
            reason=one.reason or "Nothing was met before it by anybody: there is no path to share it along.",
            moments=(),
        )
    rows = [_credited(shared, place, one.question, findings) for place in range(len(shared.sums.moments))]
    return Credit(
        question=one.question,
        per="account" if source.per == "account" else "person",
        look_back_days=source.look_back_days,
        happenings=shared.sums.happenings,
        credited=shared.sums.credited,
        lost=int(shared.sums.lost.sum()),
        absent=None,
        reason=None,
        moments=tuple(sorted(rows, key=lambda row: (-row.markov, row.moment))),
    )


def _credited(shared: Shared, place: int, question: str, findings: Findings) -> Credited:
    name = shared.sums.moments[place]
    moment = next((m for m in findings.moments if m.question.id == question and m.name == name), None)
    effect = None if moment is None else of_meeting(moment)
    counted = moment is not None and moment.question.unit == "share"
    row = Credited(
        moment=name,
        touchpoint=name.split("@")[0],
        first=float(shared.first[place]),
        last=float(shared.last[place]),
        linear=float(shared.linear[place]),
        markov=float(shared.markov[place]),
        shapley=float(shared.shapley[place]),
        effect=None if effect is None else effect.estimate,
        low=None if effect is None else effect.low,
        high=None if effect is None else effect.high,
        caused=effect.n * effect.estimate if effect is not None and counted else None,
        caused_low=effect.n * effect.low if effect is not None and counted else None,
        caused_high=effect.n * effect.high if effect is not None and counted else None,
        verdict=None if moment is None else moment.verdict,
        reading="not told",
        sentence="",
    )
    reading = read(row, effect, moment)
    row = msgspec.structs.replace(row, reading=reading)
    return msgspec.structs.replace(
        row, sentence=credit_sentence(row, shared.sums.credited, effect, moment, _why_untold(name, question, findings, moment))
    )


def of_meeting(moment: Moment, days: float | None = None) -> Effect | None:
    """The effect of having met it at all, within the question's horizon or another one; calibrated where it is."""
    wanted = moment.question.within_days if days is None else days
    mine = [one for one in moment.effects if one.contrast == "presence" and one.segment is None]
    mine = [one for one in mine if one.days is None or wanted is None or one.days == (0.0, wanted)]
    return max(mine, key=lambda one: one.calibrated, default=None)


def found(moment: Moment, effect: Effect) -> bool:
    """Whether the effect of having met it counts: the finding decides, and its own test passes the false discovery rate."""
    return moment.decisive and (effect.q_value is None or effect.q_value <= DISCOVERY_RATE)


def read(row: Credited, effect: Effect | None, moment: Moment | None) -> CreditReading:
    """How credit and effect stand to each other. A direction counts only where the finding does and its own test passes."""
    if effect is None or moment is None or moment.verdict == "not identifiable":
        return "not told"
    if found(moment, effect) and effect.low > 0:
        return "agree"
    if found(moment, effect) and effect.high < 0:
        return "opposite"
    return "no effect" if row.caused_high is not None and row.caused_high < row.markov else "undecided"


def credit_sentence(row: Credited, credited: int, effect: Effect | None, moment: Moment | None, untold: str) -> str:
    """Why credit and effect of a moment differ, or that they do not; B may say that it brings something, C that it goes with it."""
    given = f"{percent(row.markov / credited)} of Markov credit"
    if effect is None or moment is None or row.reading == "not told":
        return f"{given}; its effect can\u2019t be told: {untold} Credit is no answer to that."
    question = moment.question
    numbers = numbers_of(question, [effect])
    what = outcome_words(printable(question.outcome, LONGEST_NAME))
    size = (
        f"{numbers.effect(effect.estimate)}, 95{NO_BREAK_SPACE}% interval {numbers.interval(effect.low, effect.high)} {numbers.effect_unit}"
    )
    range_ = ""
    if row.caused_low is not None and row.caused_high is not None:
        range_ = f"{percent(row.caused_low / credited)} to {percent(row.caused_high / credited)}"
    counted = question.unit == "share"
    causal = moment.verdict in ("moment", "likely")
    if row.reading == "agree":
        brings = f"meeting it is estimated to bring {range_ + ' of all' if range_ else 'more of it'}"
        said = f"{given}, and {brings if causal else 'those who meet it do so more often than people like them'} ({size})."
    elif row.reading == "opposite":
        harm = "it takes away what it is credited with" if causal else "those who meet it do so less often than people like them"
        said = f"{given}, but its effect is negative: {harm} ({size})."
    elif row.reading == "no effect":
        between = range_.replace(" to ", " and ")
        said = f"{given}, no such effect: what it brings lies between {between} of all. {_on_the_way(effect, what, share=counted)}"
    else:
        wide = f", {range_} of all" if range_ else ""
        open_ = "may be nothing or as much as that" if effect.low <= 0 <= effect.high else "does not stand out among all that was tested"
        said = f"{given}; its effect {open_} ({size}{wide}): these records can\u2019t tell."
    return f"{said}{_how_it_went(moment)}"


def _on_the_way(effect: Effect, what: str, *, share: bool) -> str:
    """Why there is credit without an effect, from the raw means of those who met it and the others."""
    if effect.mean > effect.mean_reference:
        raw = f" ({percent(effect.mean)} against {percent(effect.mean_reference)})" if share else ""
        often = f"{what} is more frequent after it{raw}, but no more than among people like them without it"
        return f"Active people meet it on their way: {often}."
    return "It stands on many paths because many meet it."


def _how_it_went(moment: Moment) -> str:
    """What credit can't see: that it matters how the touch went."""
    telling = [effect for effect in moment.telling_effects if effect.contrast in ("break", "make", "bad-good")]
    if not moment.decisive or moment.finding.label == "presence" or not telling:
        return ""
    numbers = numbers_of(moment.question, telling)
    heads = {"break": "badly", "bad-good": "badly", "make": "well"}
    parts = [f"{numbers.effect(effect.estimate)} where it goes {heads[effect.contrast]}" for effect in telling]
    return f" Credit does not see how it went: {', '.join(parts)} ({numbers.effect_unit})."


def _why_untold(name: str, question: str, findings: Findings, moment: Moment | None) -> str:
    """Why no effect of meeting a moment is known."""
    if moment is not None:
        failed = next((check for check in moment.checks if check.status == "fail"), None)
        return sentence(failed.message) if failed is not None else "it was compared by how it went, not with not having met it."
    refused = next((r for r in findings.refused if r.question == question and r.column in (name, name.split("@", maxsplit=1)[0])), None)
    if refused is not None:
        return f"refused as a cause, {RULE_WORDS[refused.rule]}."
    closed = next((u for u in findings.unanswerable if u.question == question), None)
    return sentence(closed.reason) if closed is not None else "it was not tested."
