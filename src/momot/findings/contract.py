"""The machine contract of findings, `momot.findings/1` (DESIGN.md 8): frozen values that every face renders and none changes.

An estimate that does not exist is an absent row of `effects` plus a check; a number is never a stand-in for "could not compute".
"""

from __future__ import annotations

from typing import Final, Literal

from msgspec import Struct, field

from momot.vocabulary import (
    ChangeComparison,
    ChangeVerdict,
    Contrast,
    CostVerdict,
    CreditAbsentRule,
    CreditReading,
    DesignName,
    DifferenceVerdict,
    Evidence,
    Kind,
    Label,
    PairContrast,
    PairVerdict,
    QualityName,
    Recovery,
    Stage,
    Verdict,
)
from momot.vocabulary.records import Answering, AtStake, Check, Refused, Response, Unanswerable

__all__ = [
    "SCHEMA",
    "Amount",
    "Answering",
    "AtStake",
    "Calibration",
    "Change",
    "ChangeGroup",
    "ChangePeriod",
    "Check",
    "Cost",
    "Credit",
    "Credited",
    "Difference",
    "Document",
    "Effect",
    "Finding",
    "HalfLife",
    "Lasting",
    "NullLaw",
    "Pair",
    "PairEffect",
    "Question",
    "Reach",
    "Refused",
    "Response",
    "SegmentFinding",
    "Unanswerable",
    "Went",
    "WhatIf",
    "Why",
    "WhyReason",
    "Worth",
]

SCHEMA: Final = "momot.findings/1"


class NullLaw(Struct, frozen=True, kw_only=True):
    """The law of systematic error of one kind of contrast: N(location + slope x moved, spread²) for what changes nothing.

    `moved` is how far an estimate moves when the activity history is not held; without `slope` it plays no part.
    """

    contrast: Contrast
    between_met: bool  # both sides met the touchpoint
    method: Literal["majority", "controls"]
    touchpoints: int  # whose estimates it was told from
    nulls: float  # how many of these count as changing nothing
    location: float
    slope: float | None
    spread: float


class Calibration(Struct, frozen=True, kw_only=True):
    """Systematic error that the calibrated intervals include. `none`: not estimated; `majority`: from the bulk of the touchpoints.

    `location`, `spread`: of having met it at all, where that was calibrated. `laws` holds every kind of contrast.
    """

    method: Literal["none", "majority", "controls"] = "none"
    location: float | None = None
    spread: float | None = None
    controls: tuple[str, ...] = ()
    laws: tuple[NullLaw, ...] = ()


class Question(Struct, frozen=True, kw_only=True):
    """What was asked: one outcome, one design, one population."""

    id: str
    outcome: str
    unit: str  # of the outcome and of every effect: "stars", "share", "BRL"
    better: Literal["higher", "lower"]
    design: DesignName
    evidence: Evidence  # the best that any finding of this question may carry
    within_days: float | None
    smallest_effect: float | None
    units: int  # rows estimated on: episodes, respondents, persons
    people: int  # or accounts, as `per` says
    mean: float | None  # of the outcome over the units, weighted
    from_: str | None = field(name="from")  # ISO date of the first and last outcome; None where the data carry no time
    to: str | None
    calibration: Calibration
    headline: str
    estimand: str
    checks: tuple[Check, ...] = ()  # of the question as a whole: sample ratio, duplicates, response
    per: Literal["person", "account"] = "person"  # whom `people` counts here and in every reach


class Reach(Struct, frozen=True, kw_only=True):
    """How many people met the moment. `per_month` is None where the data carry no time."""

    people: int
    share: float
    per_month: float | None


class HalfLife(Struct, frozen=True, kw_only=True):
    """How long the effect lasts, in days. Where the data only support a bound, `estimate` is None, one end is given and `note` says it."""

    estimate: float | None
    low: float | None
    high: float | None
    note: str | None


class Lasting(Struct, frozen=True, kw_only=True):
    """One contrast through all windows: its cumulative effect within `days` with its 95 % interval, the sum of those in the windows.

    `start` is where the curve with the finding's half-life begins: the effect in a window at the moment of the touch. None without one.
    """

    contrast: Contrast
    level: str | None
    reference: str
    days: tuple[float, float]
    estimate: float
    low: float
    high: float
    start: float | None
    averaged: bool = False  # an opinion: the mean over the windows, not the sum


class WhyReason(Struct, frozen=True, kw_only=True):
    """One reason that people give. Shares are of the people of its side and of the other, with their 95 % intervals."""

    reason: str
    people: int
    share: float
    low: float
    high: float
    share_other: float
    other_low: float
    other_high: float
    quote: str | None  # masked; None in kept runs
    language: str  # ISO 639-1


class Why(Struct, frozen=True, kw_only=True):
    """Why it goes badly and well, in the words of those who met it: what goes together, not what causes it."""

    basis: Literal["how it went", "what was said"]
    texts_badly: int
    texts_well: int
    badly: tuple[WhyReason, ...]
    well: tuple[WhyReason, ...]


class Finding(Struct, frozen=True, kw_only=True):
    """One moment or condition that was tested for one question, found or not."""

    question: str
    moment: str  # `delivery.promise@smot`; a condition or an arm without a stage is the bare name
    touchpoint: str
    stage: Stage | None
    kind: Kind
    channel: str | None = None  # where it mostly happened
    verdict: Verdict
    label: Label | None
    evidence: Evidence
    rank: int | None  # among the verdicts moment, likely, association of the same question; None below
    tied: int | None  # number of the tied group: findings with the same number can't be told apart
    q_value: float | None
    local_false_discovery_rate: float | None = None  # probability that it changes nothing, from all estimates together
    held: tuple[str, ...]  # moments, conditions and covariates that the estimate is adjusted for
    reach: Reach
    detectable_effect: float | None  # smallest effect that would have been found with power .5 in every contrast
    robustness_value: float | None
    at_stake: AtStake | None
    half_life_days: HalfLife | None
    checks: tuple[Check, ...]
    lasting: tuple[Lasting, ...] = ()
    why: Why | None = None  # where people say something that tells


class Effect(Struct, frozen=True, kw_only=True):
    """One estimated contrast with its 95 % interval and its reference. `effects` is tidy; CSV is exactly this table."""

    question: str
    moment: str
    contrast: Contrast
    level: str | None
    reference: str
    segment: str | None
    days: tuple[float, float] | None
    n: int
    n_reference: int
    mean: float  # raw mean of the outcome among the n
    mean_reference: float
    estimate: float
    low: float
    high: float
    calibrated: bool
    p_value: float
    q_value: float | None
    per_month: float | None = None  # units in the state a month; of a panel's share, people, each once a horizon
    shrunken: float | None = None  # pulled towards the mean of its segments or arms: what the largest of them is likely to be
    shrunken_low: float | None = None
    shrunken_high: float | None = None

    @property
    def interval(self) -> tuple[float, float]:
        """The 95 % interval of `estimate`, in the unit of the question."""
        return (self.low, self.high)


class ChangeGroup(Struct, frozen=True, kw_only=True):
    """The units that met the touchpoint or did not, before or after the change."""

    met: bool
    after: bool
    n: int
    people: int
    mean: float | None  # raw mean of the outcome; None where there are no units


class ChangePeriod(Struct, frozen=True, kw_only=True):
    """One period around the change, against what was expected: the mean of the periods before, or the line that goes on from them."""

    days: int  # from the change to its first day; negative is before
    n: int  # units that met the touchpoint
    n_reference: int  # units that did not
    estimate: float
    low: float
    high: float


class Went(Struct, frozen=True, kw_only=True):
    """How the touchpoint itself went, before and after: the share of touches in `quality`, 0-1."""

    quality: Literal["bad", "good"]
    before: float
    after: float
    difference: float
    low: float
    high: float
    n_before: int
    n_after: int


class Change(Struct, frozen=True, kw_only=True):
    """One dated change of a touchpoint and one outcome: did it work. Without an estimate a failed check says why."""

    question: str
    touchpoint: str
    on: str  # ISO date
    what: str
    design: DesignName
    comparison: ChangeComparison
    evidence: Evidence
    verdict: ChangeVerdict
    sentence: str
    unit: str
    estimate: float | None  # after the change, for those who met the touchpoint
    low: float | None
    high: float | None
    p_value: float | None
    q_value: float | None  # among all changes and outcomes of the run
    detectable_effect: float | None
    from_: str | None = field(name="from")  # ISO dates of the first and last day compared
    to: str | None
    period_days: int | None
    wait_days: int | None  # before the change, and before the end, left out: outcomes that began then were settled later
    groups: tuple[ChangeGroup, ...]
    periods: tuple[ChangePeriod, ...]
    went: Went | None
    checks: tuple[Check, ...]


class Credited(Struct, frozen=True, kw_only=True):
    """One moment: what each rule of credit gives it, in happenings, beside what meeting it changes.

    `effect` is in the unit of the question; `caused` is it times how often it was met, in happenings, None where the unit is no share.
    """

    moment: str
    touchpoint: str
    first: float
    last: float
    linear: float
    markov: float
    shapley: float
    effect: float | None  # of having met it against not; None: not estimated
    low: float | None
    high: float | None
    caused: float | None
    caused_low: float | None
    caused_high: float | None
    verdict: Verdict | None  # of the finding; None: not tested for this question
    reading: CreditReading
    sentence: str


class Credit(Struct, frozen=True, kw_only=True):
    """Credit, not effect: the happenings of one question shared among what was met before them. Every rule shares out `credited`."""

    question: str
    per: Literal["person", "account"] | None  # whose paths
    look_back_days: float | None  # touches longer before are not credited; None: since the last happening
    happenings: int
    credited: int  # of them with at least one touch before
    lost: int  # paths that led to none
    absent: CreditAbsentRule | None  # why there is no credit; `moments` is empty then
    reason: str | None
    moments: tuple[Credited, ...]  # by Markov credit, the largest first


class WhatIf(Struct, frozen=True, kw_only=True):
    """What a supposition comes to a month: the effect that was found, times how many more or fewer there would be of `what`.

    Without an estimate `sentence` says why nobody can tell.
    """

    question: str
    moment: str
    what: str  # "bad", "good", "touches" or a level
    change: float  # of the number of `what`: -0.5 is half as many
    evidence: Evidence
    verdict: Verdict
    estimate: float | None
    low: float | None
    high: float | None
    unit: str  # "share a month": summed over units that is people
    people: float | None  # how many more (fewer: negative) a month there would be of `what`
    sentence: str


class Amount(Struct, frozen=True, kw_only=True):
    """A number with its 95 % interval. `estimate` None: only the bounds can be told; `high` None: without bound."""

    estimate: float | None
    low: float
    high: float | None


class Cost(Struct, frozen=True, kw_only=True):
    """What the touches of one moment cost, beside what meeting it brings on one question. Money in units of the currency."""

    question: str
    moment: str
    touchpoint: str
    currency: str
    touches: int  # with a known cost
    each: float  # cost for each person (account) and day that met it
    per_month: float | None
    effect: Amount  # of having met it, in the unit of the question
    per_effect: Amount | None  # money for one happening more (one less where lower is better); None: it buys none, or the unit is no share
    brings: Amount | None  # money within the horizon for each person and day that met it
    returns: Amount | None  # money brought for one unit of money spent: brings / each
    payback_days: float | None  # the shortest horizon asked for by whose end the lower end of what it brings covers its cost
    verdict: CostVerdict
    sentence: str


class Worth(Struct, frozen=True, kw_only=True):
    """What people who pay bring, in units of the currency; intervals by leaving out one bucket of people at a time."""

    currency: str
    people: int  # with an instant at which money came in
    purchases: int  # such instants
    quiet_days: float  # after so long without a purchase a person counts as gone
    purchase: Amount | None  # money a purchase
    again: Amount | None  # share of purchases followed by another within `quiet_days`
    kept: Amount | None  # money of one more purchase and of those that follow it: purchase / (1 - again)
    a_month: Amount | None  # money per person and 30 days, while not gone
    acquisition: Amount | None  # cost of winning a person, where known
    acquired: int  # of how many people it is known


class SegmentFinding(Struct, frozen=True, kw_only=True):
    """One moment asked of one kind of people only, with the gates and the decision that findings have.

    `only`: found for these though not for everybody together. Its numbers are the rows of `effects` with `segment` "name=value".
    """

    question: str
    moment: str
    segment: str  # the name: "region", "channel"
    value: str
    post_hoc: bool  # chosen when the data were there; False: declared with the experiment
    verdict: Verdict
    label: Label | None
    evidence: Evidence
    q_value: float | None  # among everything asked of any segment in the run, and within this value
    people: int
    detectable_effect: float | None
    only: bool
    checks: tuple[Check, ...]  # that failed or want a look


class Difference(Struct, frozen=True, kw_only=True):
    """Whether one contrast of one moment has the same effect for all values of a segment."""

    question: str
    moment: str
    contrast: Contrast
    level: str | None
    reference: str
    segment: str
    values: tuple[str, ...]  # compared; their estimates are rows of `effects`
    post_hoc: bool
    verdict: DifferenceVerdict
    opposite: bool  # two of them have effects of opposite sign, each found by itself
    p_value: float | None  # that it is the same for all; None where fewer than two values could be estimated
    q_value: float | None  # among all differences of the run and within the question
    largest: str | None  # the value with the largest effect
    largest_shrunken: float | None  # its effect shrunken towards the others: the largest of several is flattered by chance
    sentence: str


class PairEffect(Struct, frozen=True, kw_only=True):
    """One number of a pair, with its 95 % interval, in the unit of the question."""

    contrast: PairContrast
    estimate: float
    low: float
    high: float
    p_value: float
    n: int  # person-days (account-days) on either side
    n_reference: int


class Pair(Struct, frozen=True, kw_only=True):
    """Two touches in order: the first went badly, the other may repair it."""

    question: str
    first: str
    went: QualityName
    then: str
    within_days: float
    declared: bool  # False: among the most frequent, looked up
    verdict: PairVerdict
    evidence: Evidence
    q_value: float | None  # among all pairs of the run and within the question
    people: int  # (accounts) ever let down
    let_down: int  # days on which they could have met the other
    effects: tuple[PairEffect, ...]
    recovery: Recovery | None  # where the repaired stand beside those never let down; None where nothing repairs
    checks: tuple[Check, ...]  # that failed or want a look
    sentence: str


class Period(Struct, frozen=True, kw_only=True):
    """The period that the run was asked for, local days, both included; an open end is None. It chooses the occasions that are compared."""

    since: str | None
    until: str | None


class Document(Struct, frozen=True, kw_only=True):
    """The whole answer of one run; what `momot find --format json` prints."""

    schema: Literal["momot.findings/1"] = SCHEMA
    momot: str
    project: str
    build: str
    seed: int
    questions: tuple[Question, ...]
    findings: tuple[Finding, ...]
    effects: tuple[Effect, ...]
    refused: tuple[Refused, ...]
    unanswerable: tuple[Unanswerable, ...]
    changes: tuple[Change, ...] = ()
    what_if: tuple[WhatIf, ...] = ()
    credit: tuple[Credit, ...] = ()
    costs: tuple[Cost, ...] = ()
    worth: Worth | None = None
    by_segment: tuple[SegmentFinding, ...] = ()
    differences: tuple[Difference, ...] = ()
    pairs: tuple[Pair, ...] = ()
    responses: tuple[Response, ...] = ()
    period: Period | None = None  # None: all records
