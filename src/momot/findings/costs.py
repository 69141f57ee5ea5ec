"""What an effect costs and what it brings: money beside effects, never a ratio of noise."""

from __future__ import annotations

import math
from collections.abc import Sequence

import msgspec

from momot.credit import Costs, Spent
from momot.credit import Worth as Told
from momot.designs import Ask
from momot.findings.contract import Amount, Cost, Effect, Question, Worth
from momot.findings.credit import found, of_meeting
from momot.findings.findings import Findings, Moment
from momot.findings.labels import outcome_words, printable
from momot.findings.numbers import NO_BREAK_SPACE, decimals_for, grouped
from momot.language import ENGLISH, Language
from momot.stats.intervals import Interval, t_quantile
from momot.vocabulary import CostVerdict

LONGEST_NAME = 80
DECIMALS = 2
NONE_MORE = "No money buys more {outcome} by it: all of its interval goes the other way."
NONE_LESS = "No money buys less {outcome} by it: all of its interval goes the other way."
LEAST_MORE = "One {outcome} more costs at least {amount}, or can\u2019t be bought by it."
LEAST_LESS = "One {outcome} less costs at least {amount}, or can\u2019t be bought by it."
COSTS_MORE = "One {outcome} more costs {amount} ({interval})."
COSTS_LESS = "One {outcome} less costs {amount} ({interval})."
PAID = {
    "pays back": "{brings}, which pays back.",
    "associated": "{brings}, which pays back as far as the association is its effect.",
    "does not pay back": "{brings}, which does not pay back.",
    "cannot tell": "{brings}, so these records can\u2019t tell whether it pays back.",
}
PAID_EARLY = {
    **PAID,
    "pays back": "{brings}, which pays back, within {days}.",
    "associated": "{brings}, which pays back as far as the association is its effect, within {days}.",
}


def with_costs(findings: Findings, costs: Costs, asks: Sequence[Ask]) -> Findings:
    """The findings with what touches cost and people bring beside them."""
    outcomes = {ask.id: ask.outcome for ask in asks if ask.outcome is not None and ask.design == "panel"}
    rows = []
    for moment in findings.moments:
        outcome = outcomes.get(moment.question.id)
        spent = None if outcome is None else costs.spent.get(outcome.per, {}).get(moment.name)
        effect = of_meeting(moment)
        if outcome is None or spent is None or spent.cost <= 0 or effect is None or not (outcome.activity is not None):
            continue
        each = _value_each(costs, outcome.activity, absent=outcome.absent, money=outcome.value is True)
        rows.append(_cost(moment, effect, spent, costs, each))
    document = msgspec.structs.replace(findings.document, costs=tuple(rows), worth=None if costs.worth is None else _worth(costs))
    return Findings(document, folder=findings.folder)


def _value_each(costs: Costs, activity: str, *, absent: bool, money: bool) -> Interval | None:
    """Money of one unit of the outcome: 1 for money itself, a purchase for a happening that is paid, a person kept for an absence."""
    if money:
        return Interval(1.0, 0.0, 1.0, 1.0, 0.0)
    if costs.worth is None or activity not in costs.paid_by:
        return None
    return costs.worth.kept if absent else costs.worth.purchase


def _cost(moment: Moment, effect: Effect, spent: Spent, costs: Costs, value: Interval | None) -> Cost:
    question = moment.question
    sign = 1.0 if question.better == "higher" else -1.0
    each = spent.cost / spent.met
    brings = None if value is None else _times(_gain(effect, sign), value)
    verdict = _verdict(brings, each, counts=found(moment, effect))
    cost = Cost(
        question=question.id,
        moment=moment.name,
        touchpoint=moment.touchpoint,
        currency=costs.currency,
        touches=spent.touches,
        each=each,
        per_month=None if costs.months is None else spent.cost / costs.months,
        effect=Amount(estimate=effect.estimate, low=effect.low, high=effect.high),
        per_effect=cost_per_effect(each, _gain(effect, sign)) if question.unit == "share" else None,
        brings=None if brings is None else Amount(estimate=brings.estimate, low=brings.low, high=brings.high),
        returns=None if brings is None else Amount(estimate=brings.estimate / each, low=brings.low / each, high=brings.high / each),
        payback_days=_payback(moment, value, sign, each) if verdict == "pays back" else None,
        verdict=verdict,
        sentence="",
    )
    return msgspec.structs.replace(cost, sentence=cost_sentence(cost, question, causal=moment.verdict in ("moment", "likely")))


def _gain(effect: Effect, sign: float) -> Interval:
    """The effect in the good direction, with the error that its interval holds."""
    low, high = sorted((sign * effect.low, sign * effect.high))
    return Interval(sign * effect.estimate, (high - low) / 2 / t_quantile(0.975, math.inf), low, high, effect.p_value)


def cost_per_effect(cost: float, gain: Interval) -> Amount | None:
    """Money for one happening gained: Fieller's set (1954) for a numerator without error, the image of the gain's interval.

    The gain above 0: an interval. 0 inside: only its positive branch means anything, and that has a lower end and no upper. All of it
    below 0: None, no money buys it. Never a ratio whose sign flips.
    """
    if gain.high <= 0:
        return None
    if gain.low <= 0:
        return Amount(estimate=None, low=cost / gain.high, high=None)
    return Amount(estimate=cost / gain.estimate, low=cost / gain.high, high=cost / gain.low)


def _times(gain: Interval, value: Interval) -> Interval:
    """The product of two independent estimates, with Goodman's variance (1960); where one is exact, the other's interval, scaled."""
    middle = gain.estimate * value.estimate
    if value.standard_error == 0:
        return Interval(middle, gain.standard_error * value.estimate, gain.low * value.estimate, gain.high * value.estimate, gain.p_value)
    s, v = gain.standard_error, value.standard_error
    error = math.sqrt((gain.estimate * v) ** 2 + (value.estimate * s) ** 2 + (s * v) ** 2)
    reach = t_quantile(0.975, math.inf) * error
    return Interval(middle, error, middle - reach, middle + reach, gain.p_value)


def _verdict(brings: Interval | None, each: float, *, counts: bool) -> CostVerdict:
    if brings is None:
        return "no value"
    if brings.high < each:
        return "does not pay back"
    return "pays back" if counts and brings.low >= each else "cannot tell"


def _payback(moment: Moment, value: Interval | None, sign: float, each: float) -> float | None:
    """The shortest horizon by whose end it has paid back; None where no window from the touch on says so."""
    horizons = sorted({one.days[1] for one in moment.effects if one.contrast == "presence" and one.days is not None and one.days[0] == 0})
    for horizon in horizons:
        effect = of_meeting(moment, horizon)
        if effect is not None and value is not None and _times(_gain(effect, sign), value).low >= each:
            return horizon
    return None


def cost_words(cost: Cost, findings: Findings, language: Language) -> str:
    """The sentence of a cost in a language: as it was written, or said anew."""
    if language.is_english:
        return cost.sentence
    moment = next(one for one in findings.question(cost.question) if one.name == cost.moment)
    return cost_sentence(cost, moment.question, causal=moment.verdict in ("moment", "likely"), language=language)


def cost_sentence(cost: Cost, question: Question, *, causal: bool, language: Language = ENGLISH) -> str:
    """Cost, what it buys and whether it pays back, with the intervals; an association is said to be one."""
    say, less = language.say, question.better == "lower"
    what = outcome_words(printable(question.outcome, LONGEST_NAME), language)

    def money(value: float, places: int) -> str:
        return f"{language.grouped(value, places)}{NO_BREAK_SPACE}{cost.currency}"

    def between(low: float, high: float, places: int) -> str:
        return say("{low} to {high}", low=language.grouped(low, places), high=language.grouped(high, places))

    parts = [say("{amount} for each who meets it in a day.", amount=money(cost.each, DECIMALS))]
    if cost.per_effect is None and question.unit == "share":
        parts.append(say(NONE_LESS if less else NONE_MORE, outcome=what))
    elif cost.per_effect is not None and cost.per_effect.estimate is None:
        bound = money(cost.per_effect.low, _decimals(cost.per_effect.low))
        parts.append(say(LEAST_LESS if less else LEAST_MORE, outcome=what, amount=bound))
    elif cost.per_effect is not None and cost.per_effect.estimate is not None and cost.per_effect.high is not None:
        low, middle, high = cost.per_effect.low, cost.per_effect.estimate, cost.per_effect.high
        places = _decimals(middle)
        parts.append(
            say(COSTS_LESS if less else COSTS_MORE, outcome=what, amount=money(middle, places), interval=between(low, high, places))
        )
    if cost.verdict == "no value":
        parts.append(say("What one less is worth is not recorded." if less else "What it is worth is not recorded."))
    elif cost.brings is not None and cost.brings.high is not None:
        middle, low, high = cost.brings.estimate or 0.0, cost.brings.low, cost.brings.high
        places = decimals_for([(high - low) / 2])
        values = {"amount": money(middle, places), "interval": between(low, high, places)}
        brings = say("It brings {amount} ({interval})", **values)
        if question.within_days is not None:
            brings = say("It brings {amount} ({interval}) within {days}", days=_days(question.within_days, language), **values)
        verdict = cost.verdict if causal or cost.verdict != "pays back" else "associated"
        if cost.payback_days is not None and cost.payback_days != question.within_days:
            parts.append(say(PAID_EARLY[verdict], brings=brings, days=_days(cost.payback_days, language)))
        else:
            parts.append(say(PAID[verdict], brings=brings))
    return " ".join(parts)


def _days(days: float, language: Language) -> str:
    return language.says("{n} day", "{n} days", round(days))


def _decimals(value: float) -> int:
    return DECIMALS if value < 100 else 0


def _worth(costs: Costs) -> Worth | None:
    told = costs.worth
    if told is None:
        return None
    names = ("purchase", "again", "kept", "a_month", "acquisition")
    return Worth(
        currency=costs.currency,
        people=told.people,
        purchases=told.purchases,
        quiet_days=told.quiet_days,
        acquired=told.acquired,
        **{name: _amount(told, name) for name in names},
    )


def _amount(told: Told, name: str) -> Amount | None:
    one: Interval | None = getattr(told, name)
    return None if one is None else Amount(estimate=one.estimate, low=one.low, high=one.high)


def worth_sentence(worth: Worth) -> str:
    """What a person kept is worth, in one sentence."""
    money, percent = f"{NO_BREAK_SPACE}{worth.currency}", f"{NO_BREAK_SPACE}%"
    again = None if worth.again is None else _percent(worth.again)
    parts = [
        f"{before}{_span(amount, unit)}{after}"
        for before, amount, unit, after in (
            ("a purchase brings ", worth.purchase, money, ""),
            ("", again, percent, f" of purchases are followed by another within {grouped(worth.quiet_days)} days"),
            ("a person kept for one more brings ", worth.kept, money, " with those that follow"),
            ("a person brings ", worth.a_month, money, " in 30 days while they stay"),
            ("winning a person costs ", worth.acquisition, money, " (momot journey tells when that is paid back)"),
        )
        if amount is not None and amount.estimate is not None
    ]
    text = "; ".join(parts)
    return f"{text[:1].upper()}{text[1:]}." if text else ""


def _percent(share: Amount) -> Amount:
    return Amount(estimate=(share.estimate or 0.0) * 100, low=share.low * 100, high=(share.high or 0.0) * 100)


def _span(amount: Amount, unit: str) -> str:
    """`42.10 EUR (40.02 to 44.18)`."""
    low, high = amount.low, amount.high or 0.0
    places = min(DECIMALS, decimals_for([(high - low) / 2]))
    return f"{grouped(amount.estimate or 0.0, places)}{unit} ({grouped(low, places)} to {grouped(high, places)})"
