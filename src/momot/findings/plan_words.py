"""The words of a plan: what to do in one sentence, what to know before doing it, and the block that reads the result back."""

from __future__ import annotations

import re
from collections.abc import Sequence

from momot.findings.contract import Effect
from momot.findings.findings import Moment
from momot.findings.labels import outcome_words, printable
from momot.findings.numbers import Numbers, at_stake_unit, grouped, signed
from momot.findings.plan import Proposal
from momot.vocabulary.records import AtStake

LONGEST = 24.0
"""Months after which a trial is too long to be an answer."""
LONGEST_NAME = 60


def block_of(moment: Moment, arms: tuple[str, str], before: Sequence[str], *, account: bool) -> str:
    """The block of momot.toml that reads the result back. Names are quoted; the columns are those that the plan counts on."""
    question = moment.question
    kept = f"before = [{', '.join(_quoted(name) for name in before)}]  # as they were when the arm was drawn\n" if before else ""
    within = f'within = "{question.within_days:g} days"\n' if question.within_days else ""
    least = f", smallest_effect = {question.smallest_effect:g}" if question.smallest_effect else ""
    unit = f", unit = {_quoted(question.unit)}" if question.unit != "share" else ""
    name = question.outcome if re.fullmatch(r"[A-Za-z0-9_-]+", question.outcome) else _quoted(question.outcome)
    column = re.sub(r"\W+", "_", question.outcome).strip("_")
    return (
        "[[experiments]]\n"
        'from = "trial.csv"  # one row a person, as the arm was drawn, whatever happened then\n'
        f'person = "{"account" if account else "person"}"  # what was randomised\n'
        'assignment = "arm"\n'
        f"control = {_quoted(arms[0])}\n"
        f"arms = {{{_quoted(arms[1])} = {_quoted(moment.touchpoint)}}}\n"
        "shares = [1, 1]\n"
        f"{within}{kept}"
        f'outcomes = {{{name} = {{value = "{column}", better = "{question.better}"{unit}{least}}}}}\n'
    )


def _quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def sentence_of(one: Proposal, effect: Effect | None, numbers: Numbers) -> str:
    """Whom to randomise to what, and what that finds in which time."""
    level = effect is not None and effect.contrast == "level"
    name, outcome = printable(one.moment, LONGEST_NAME), outcome_words(one.question)
    if one.per_arm is None or one.effect is None or one.power is None:
        return f"We cannot tell how many people a trial of {name} needs to settle {outcome}: see the notes."
    noun = "accounts" if one.randomise == "account" else "people"
    people = f" ({grouped(one.people or 0)} people)" if one.randomise == "account" and one.people else ""
    what = {
        "withhold": f"half of them not to meet it ({one.arms[0]})",
        "improve": f"half of them to have it as {printable(effect.reference, LONGEST_NAME)}"
        if effect and level
        else "half of them to have it go well",
        "repeat": f"{one.arms[1]} or {one.arms[0]}",
    }[one.action]
    when = "" if one.action == "repeat" else f" when they would meet {name}"
    size = numbers.with_unit(numbers.size(one.effect))
    diluted = (
        f" of a touch that is otherwise, {numbers.with_unit(numbers.size(one.effect_of_arms or 0.0))} between the arms"
        if one.changed_share < 1
        else ""
    )
    time = ""
    if one.months is not None:
        follow = f" and {one.follow_up_days:g} days to follow the last" if one.follow_up_days else ""
        time = f" At {grouped(one.reach_per_month or 0)} a month that takes {_months(one.months)}{follow}."
    return (
        f"Randomise {grouped(one.units or 0)} {noun}{people}{when}, {what}. "
        f"That finds an effect on {outcome} of {size}{diluted} with power {one.power:.2f}.{time}"
    )


def _months(months: float) -> str:
    return f"{grouped(months, 1 if months < 10 else 0)} months"


def notes_of(one: Proposal, effect: Effect | None, moment: Moment, numbers: Numbers, *, wanted: float) -> tuple[str, ...]:
    """What a reader must know before running it."""
    found = []
    if moment.verdict == "moment" and moment.evidence == "A":
        found.append("It is settled: an experiment has found it. A second one would say whether it still holds.")
    if one.effect is None:
        found.append("Nothing was told and no effect is declared: say --effect, or smallest_effect of the outcome in momot.toml.")
    elif one.per_arm is None:
        found.append("No number of people would find it: nobody who meets it has it go this way, or the effect asked for is 0.")
    if one.effect_from == "interval" and effect is not None and one.effect is not None:
        inside = effect.low <= 0 <= effect.high
        which = "the largest that the records still allow; a smaller one stays open" if inside else "the smallest that is likely"
        found.append(f"The effect to find is {which}. smallest_effect in momot.toml, or --effect, says what matters instead.")
    if one.decisive_effect is not None and moment.question.smallest_effect:
        size = numbers.with_unit(numbers.size(one.decisive_effect))
        found.append(
            f"The verdict moment asks for an interval outside what is too small to matter: an effect of {size} or more gets that "
            f"with power {wanted:.2f}."
        )
    if one.power is not None and one.power > wanted + 0.05:
        found.append("Fewer would have the power, but not the 200 in each arm, or the rarer outcome, that a verdict asks for.")
    if one.action == "improve" and one.changed_share < 1:
        found.append(
            f"Only {one.changed_share:.0%} of those who meet it have it go this way, and only theirs is changed. Where one can tell "
            "beforehand whose will, randomise these alone: far fewer will do."
        )
    if one.action == "withhold" and moment.finding.kind == "interaction":
        found.append("Withhold only what people do not ask for and are not owed.")
    if one.in_advance is not None:
        found.append(
            "Draw the arm at the moment somebody would meet it. Drawn in advance over everybody it takes "
            f"{grouped(one.in_advance)} people, since not all of them meet it."
        )
    if one.randomise == "account" and one.people_a_unit > 1:
        found.append(
            f"People share accounts ({one.people_a_unit:.1f} of them in the trial an account): what one meets reaches the others, so "
            "accounts are randomised."
        )
    if one.months is not None and one.months > LONGEST:
        found.append("That is too long to wait: find a larger effect, or more people who meet it.")
    if one.reach_per_month is None:
        found.append("The records carry no time, so nobody can say how long it takes.")
    if one.before:
        found.append(f"Keep the history beside the arm ({', '.join(one.before)}): it takes {one.explained:.0%} of the variance away.")
    if one.action == "withhold" and one.at_stake is not None and one.at_stake_low is not None and one.at_stake_high is not None:
        stake = AtStake(estimate=one.at_stake, low=one.at_stake_low, high=one.at_stake_high, unit=one.outcome_unit)
        found.append(_stake_words(stake, one, moment))
    elif one.action == "withhold":
        found.append("What withholding it does to the outcome these records cannot tell: that is what the trial is for.")
    if one.cost is not None and one.currency is not None:
        found.append(
            f"{'Not sent, it saves' if one.action == 'withhold' else 'The touches of both arms cost'} {grouped(one.cost)} {one.currency}."
        )
    return tuple(found)


def _stake_words(stake: AtStake, one: Proposal, moment: Moment) -> str:
    unit = at_stake_unit(stake)
    span = f"{signed(stake.estimate)} {unit} ({signed(stake.low)} to {signed(stake.high)})"
    if moment.evidence == "C":
        return f"In the records, not meeting it goes along with {span} among as many; what withholding does the trial tells."
    return f"What the arm without it may cost in {outcome_words(one.question)}: {span}."
