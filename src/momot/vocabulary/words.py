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
Contrast = Literal["presence", "break", "make", "bad-good", "level", "arm"]
CheckStatus = Literal["pass", "review", "fail", "skipped"]
CheckName = Literal[
    "support",  # enough exposed, enough not exposed, enough measured outcomes
    "separability",  # residual variation of the exposure given everything else, 1 - R²
    "positivity",  # exposed and not exposed people overlap in what was known before
    "time_order",  # the exposure is known to come before the outcome
    "calibration",  # systematic error estimated from touchpoints or controls without an effect
    "selection",  # who is asked or answers differs by exposure
    "mediation",  # what is left of the effect when the touchpoints that come after are held
    "suppression",  # the adjusted sign is against the raw association
    "dominance",  # one column tells more about the outcome than everything else together
    "sample_ratio",  # arms have the planned sizes
    "triggered",  # whether the touch follows the outcome: delivery, onboarding
    "pre_period",  # the outcome before the touch, where the touch can have caused nothing
    "pre_trend",  # whether the outcome was on its way before the touch
    "opportunity",  # whether the touched only had more chances
    "crossover",  # nobody is in two arms
    "segments",  # the effect is the same for whom it was asked
    "balance",  # what was known before the assignment is alike in the arms
    "employees",  # people who work for the brand, left out
    "duplicates",  # exact duplicate rows counted as several people
    "sentinels",  # a code outside the scale that was not declared as missing
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
UnanswerableRule = Literal["no_repeat", "constant_outcome", "too_few_units", "needs_panel", "no_touchpoints", "no_follow_up"]
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
]

STAGES: tuple[Stage, ...] = get_args(Stage)
CHANNELS: tuple[Channel, ...] = get_args(Channel)
QUALITIES: tuple[QualityName, ...] = get_args(QualityName)
VERDICTS: tuple[Verdict, ...] = get_args(Verdict)
LABELS: tuple[Label, ...] = get_args(Label)
CONTRASTS: tuple[Contrast, ...] = get_args(Contrast)
CHECKS: tuple[CheckName, ...] = get_args(CheckName)
RULES: tuple[Rule, ...] = get_args(Rule)
UNANSWERABLE: tuple[UnanswerableRule, ...] = get_args(UnanswerableRule)
REJECTIONS: tuple[Rejection, ...] = get_args(Rejection)
