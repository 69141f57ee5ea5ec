"""Closed enumerations, each once as a type and once as the tuple of its values."""

from __future__ import annotations

from typing import Literal, get_args

Stage = Literal["stimulus", "zmot", "fmot", "smot", "umot"]
Channel = Literal[
    "web",
    "app",
    "email",
    "social",
    "ads",
    "search",
    "phone",
    "chat",
    "store",
    "courier",
    "review_site",
    "survey",
    "in_person",
    "post",
    "sms",
    "other",
]
QualityName = Literal["bad", "neutral", "good"]
DesignName = Literal["panel", "episode", "survey", "snapshot", "experiment"]
Evidence = Literal["A", "B", "C"]
Kind = Literal["interaction", "condition", "arm"]
Verdict = Literal["moment", "likely", "association", "too small to matter", "no evidence", "not identifiable"]
Label = Literal["makes", "breaks", "make or break", "presence", "threshold"]
ChangeVerdict = Literal["worked", "made it worse", "no evidence", "not identifiable"]
DifferenceVerdict = Literal["differs", "no difference seen", "cannot tell"]
PairVerdict = Literal["repairs", "makes it worse", "no evidence", "cannot tell"]
Recovery = Literal["above", "no difference seen", "below", "not told"]
PairContrast = Literal[
    "well",  # met well that day, against not met
    "badly",  # met badly that day, against not met
    "met",  # met that day, against not met, where nothing records how it goes
    "well-badly",
    "deficit",  # let down against not, both without the second touch
    "beside never",  # let down and met well, against never let down
]
ChangeComparison = Literal[
    "not met",  # units that did not meet the touchpoint, before and after
    "before",  # nobody: the line before the change, continued
]
Contrast = Literal["presence", "break", "make", "bad-good", "level", "trend", "arm"]
CheckStatus = Literal["pass", "review", "fail", "skipped"]
CheckName = Literal[
    "support",  # enough exposed, enough not exposed, enough measured outcomes
    "separability",  # residual variation of the exposure given everything else, 1 - R²
    "positivity",  # exposed and not exposed people overlap in what was known before
    "time_order",  # the exposure is known to come before the outcome
    "calibration",  # systematic error estimated from touchpoints or controls without an effect
    "intent",  # a second adjustment, with recent activity as a noisy measure of intent, finds it too
    "selection",  # who is asked or answers differs by exposure
    "censoring",  # whose own observation ended before their outcome could be known
    "leverage",  # no single person, or group of people, makes the effect
    "sensitivity",  # how strong a hidden cause would have to be to explain the effect away
    "response",  # answering does not depend on how it went
    "mediation",  # what is left of the effect when the touchpoints that come after are held
    "suppression",  # the adjusted sign is against the raw association
    "dominance",  # one column tells more about the outcome than everything else together
    "sample_ratio",  # arms have the planned sizes
    "triggered",  # whether the touch follows the outcome: delivery, onboarding
    "pre_period",  # the outcome before the touch, where the touch can have caused nothing
    "pre_trend",  # whether the outcome was on its way before the touch, or the change
    "opportunity",  # whether the touched only had more chances
    "same_period",  # what the effect is when nothing else of the same period is held
    "crossover",  # nobody is in two arms
    "segments",  # the effect is the same for whom it was asked
    "balance",  # what was known before the assignment is alike in the arms
    "variance_reduction",  # how much of the outcome's variance what was known before takes away
    "linearity",  # the levels of a dose lie on a line
    "winner",  # the largest of several arms is flattered by having been chosen
    "experiment",  # an experiment on the same touchpoint agrees
    "period",  # the run was asked for a period: what was compared, and what was read beyond it
    "drawn",  # of very many units only some were looked at, whole persons by chance
    "employees",  # people who work for the brand, left out
    "duplicates",  # exact duplicate rows counted as several people
    "sentinels",  # a code outside the scale that was not declared as missing
    "anticipation",  # it did not begin before its date
    "composition",  # the change did not alter who meets the touchpoint
    "season",  # something else at that time can be told from it
    "overlap",  # no other change near by
    "coverage",  # share of values present, and not one imputed value
]
Rule = Literal[
    "separates_outcome",  # (nearly) determines the outcome
    "repeats_outcome",  # the same attitude asked twice: an identical twin of the outcome
    "filled_after_outcome",  # present only for one outcome
    "dated_after_outcome",  # its dates come after the outcome
    "measured_at_end",  # is the duration of the episode, known only when it ended
    "undated",  # a date that can't be placed before the outcome
    "near_constant",  # (nearly) everybody has the same value
    "nearly_empty",  # hardly any value present
]
UnanswerableRule = Literal["no_repeat", "constant_outcome", "too_few_units", "needs_panel", "no_touchpoints", "no_follow_up", "no_dates"]
Rejection = Literal[
    "ragged_row",
    "unreadable_row",
    "line_too_long",
    "not_a_time",
    "impossible_date",
    "not_a_number",
    "no_time",
    "no_person",
    "no_subject",
    "unknown_subject",
    "unknown_quality",
    "unknown_level",
    "no_value",
    "outside_scale",
    "bad_weight",
    "no_touchpoint",
    "no_assignment",
    "unknown_arm",
    "erased",
]

JourneyPart = Literal["zmot", "fmot", "smot", "umot", "loop"]  # loop: what follows the first purchase, over all stages
FactName = Literal[
    "research_share",  # buyers who look for an answer before the first purchase
    "sources_consulted",  # different sources they consult
    "before_contact_share",  # steps to the first purchase that are over before the brand knows who it is
    "first_impression",  # how long people stay when they first stand before the offer
    "first_impression_next",  # what they do next
    "answer_hours",  # from a question to its first answer
    "promise_kept_share",  # promises kept
    "episode_days",  # from the start of a subject to its end
    "speaks_share",  # buyers who tell others
    "advocates_share",  # those whose last opinion is near the top of its scale
    "detractors_share",  # those whose last opinion is in the lower part
    "review_share",  # reading before deciding that is of what other customers say
    "repurchase_share",  # buyers who bought again
    "repurchase_within",  # buyers who buy again within so many days
    "repurchase_days",  # until half have bought again
    "repurchase_hazard",  # who buys again in a week, of those who had not yet
    "cycle_days",  # from one purchase to the next, by number
    "payback_share",  # buyers who have brought what it cost to win them
    "payback_days",  # until half of them have
]
AbsentRule = Literal[
    "no_purchases",  # nothing in the records is a purchase
    "no_research",  # nothing before the first purchase is at zmot
    "no_steps",  # nothing at all is recorded before the first purchase
    "no_offer",  # nobody was in front of the offer within a session
    "coarse_times",  # times are whole minutes or days
    "no_questions",  # nobody is known to have asked
    "no_promises",  # no promise with a quality
    "no_subjects",  # no [[subjects]] with a start
    "no_end",  # subjects without an end
    "no_speaking",  # nothing is at umot
    "no_opinions",  # no opinion on a known scale
    "no_value",  # no interaction with a value
    "no_cost",  # no acquisition cost
    "not_reached",  # fewer than half have come so far
    "not_followed",  # nobody was followed so long
]
CreditAbsentRule = Literal[
    "no_happening",  # an opinion or a measured fact: nobody converts
    "absence",  # what does not happen has no touches before it
    "amount",  # money; its happening is credited
    "never",  # the activity is not in the records
    "no_paths",  # nothing was met before it
]
CreditReading = Literal[
    "agree",  # the effect of meeting it is positive too
    "no effect",  # what it can cause is less than its credit, and 0 is possible
    "opposite",  # meeting it makes the happening rarer
    "undecided",  # the interval holds 0 and as much as the credit says
    "not told",  # there is no effect to hold it against
]
CostVerdict = Literal[
    "pays back",  # what meeting it brings within the horizon is at least what it costs, interval and all
    "does not pay back",  # what it can bring at most is less than it costs
    "cannot tell",  # the interval holds what it costs
    "no value",  # what it changes is worth no recorded money
]
DiffChange = Literal[
    "became decisive",  # a verdict that decides now and did not before
    "stopped",  # the other way round
    "changed effect",  # an effect differs by more than the uncertainty of the difference
    "changed verdict",  # another verdict, on the same side
    "new",  # was not tested before
    "gone",  # is not tested any more
    "same",
]
DiffOverlap = Literal[
    "same",  # one build
    "nested",  # the later run holds the days of the earlier
    "partly",  # some days are in both
    "apart",  # no day is in both
    "unknown",  # no dates
]

STAGES: tuple[Stage, ...] = get_args(Stage)
CHANNELS: tuple[Channel, ...] = get_args(Channel)
QUALITIES: tuple[QualityName, ...] = get_args(QualityName)
FROM_TEXT = "text"  # in place of a quality: read from what was said
VERDICTS: tuple[Verdict, ...] = get_args(Verdict)
LABELS: tuple[Label, ...] = get_args(Label)
CHANGE_VERDICTS: tuple[ChangeVerdict, ...] = get_args(ChangeVerdict)
DIFFERENCE_VERDICTS: tuple[DifferenceVerdict, ...] = get_args(DifferenceVerdict)
PAIR_VERDICTS: tuple[PairVerdict, ...] = get_args(PairVerdict)
RECOVERIES: tuple[Recovery, ...] = get_args(Recovery)
PAIR_CONTRASTS: tuple[PairContrast, ...] = get_args(PairContrast)
CHANGE_COMPARISONS: tuple[ChangeComparison, ...] = get_args(ChangeComparison)
CONTRASTS: tuple[Contrast, ...] = get_args(Contrast)
CHECKS: tuple[CheckName, ...] = get_args(CheckName)
RULES: tuple[Rule, ...] = get_args(Rule)
UNANSWERABLE: tuple[UnanswerableRule, ...] = get_args(UnanswerableRule)
FACTS: tuple[FactName, ...] = get_args(FactName)
ABSENT_RULES: tuple[AbsentRule, ...] = get_args(AbsentRule)
CREDIT_ABSENT_RULES: tuple[CreditAbsentRule, ...] = get_args(CreditAbsentRule)
CREDIT_READINGS: tuple[CreditReading, ...] = get_args(CreditReading)
COST_VERDICTS: tuple[CostVerdict, ...] = get_args(CostVerdict)
DIFF_CHANGES: tuple[DiffChange, ...] = get_args(DiffChange)
DIFF_OVERLAPS: tuple[DiffOverlap, ...] = get_args(DiffOverlap)
REJECTIONS: tuple[Rejection, ...] = get_args(Rejection)
