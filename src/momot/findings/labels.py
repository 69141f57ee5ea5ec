"""The words a reader sees for the closed enumerations, each once. Evidence C keeps to words of going together."""

from __future__ import annotations

import unicodedata
from typing import get_args

from momot.findings.contract import Effect, Finding, Question
from momot.language import ENGLISH, Language
from momot.vocabulary import (
    ChangeVerdict,
    CheckName,
    CheckStatus,
    CostVerdict,
    CreditReading,
    DesignName,
    DiffChange,
    DifferenceVerdict,
    DiffOverlap,
    Evidence,
    Label,
    PairContrast,
    PairVerdict,
    Stage,
    Verdict,
)
from momot.vocabulary.words import CHANNELS as CHANNEL_NAMES
from momot.vocabulary.words import Rejection, Rule, UnanswerableRule

STAGE_CODES: dict[Stage, str] = {"stimulus": "<ZMOT", "zmot": "ZMOT", "fmot": "FMOT", "smot": "SMOT", "umot": "UMOT"}
STAGE_WORDS: dict[Stage, str] = {"stimulus": "Stimulus", "zmot": "Research", "fmot": "Choice", "smot": "Use", "umot": "Sharing"}
VERDICT_WORDS: dict[Verdict, str] = {
    "moment": "Moment of truth",
    "likely": "Likely",
    "association": "Association",
    "too small to matter": "Too small to matter",
    "no evidence": "No evidence",
    "not identifiable": "We cannot tell",
}
CHANGE_WORDS: dict[ChangeVerdict, str] = {
    "worked": "Worked",
    "made it worse": "Made it worse",
    "no evidence": "No evidence",
    "not identifiable": "We cannot tell",
}
DIFFERENCE_WORDS: dict[DifferenceVerdict, str] = {
    "differs": "Differs",
    "no difference seen": "No difference seen",
    "cannot tell": "We cannot tell",
}
PAIR_WORDS: dict[PairVerdict, str] = {
    "repairs": "Repairs",
    "makes it worse": "Makes it worse",
    "no evidence": "No evidence",
    "cannot tell": "We cannot tell",
}
PAIR_CONTRAST_WORDS: dict[PairContrast, str] = {
    "well": "went well against not met",
    "badly": "went badly against not met",
    "met": "met against not met",
    "well-badly": "went well against badly",
    "deficit": "let down against not",
    "beside never": "repaired against never let down",
}
DECISIVE: tuple[Verdict, ...] = ("moment", "likely", "association")
EVIDENCE_WORDS: dict[Evidence, str] = {"A": "randomised", "B": "adjusted", "C": "association"}
EVIDENCE_SENTENCES: dict[Evidence, str] = {
    "A": "Chance alone decided who met it, so nothing else can explain the difference.",
    "B": "Compared with like cases, adjusted for what was known before; a hidden reason is still possible.",
    "C": "The two go together. Which came first, or whether something else drives both, these data do not say.",
}
LABEL_WORDS: dict[Label, str] = {
    "makes": "Makes",
    "breaks": "Breaks",
    "make or break": "Make or break",
    "presence": "Being there",
    "threshold": "Threshold",
}
ASSOCIATION_WORDS: dict[Label, str] = {
    "makes": "Goes with better",
    "breaks": "Goes with worse",
    "make or break": "Goes with both",
    "presence": "Goes along",
    "threshold": "Differs by level",
}
CHECK_WORDS: dict[CheckName, str] = {
    "support": "Enough people on both sides",
    "separability": "Can be told apart from the rest",
    "positivity": "Like is compared with like",
    "time_order": "Came before the outcome",
    "calibration": "Systematic error measured",
    "intent": "Two adjustments agree",
    "selection": "Who answers does not depend on it",
    "censoring": "Followed to the end",
    "leverage": "No one person decides it",
    "sensitivity": "A hidden cause would have to be strong",
    "response": "Heard from all alike",
    "mediation": "Not only by what comes after",
    "suppression": "Adjustment keeps the direction",
    "dominance": "No column knows too much",
    "sample_ratio": "Groups have the planned sizes",
    "triggered": "Does not follow the outcome",
    "pre_period": "No difference before it",
    "pre_trend": "No change under way before it",
    "opportunity": "Not only more chances",
    "same_period": "Not only what else was done then",
    "crossover": "Nobody is in two groups",
    "segments": "The same for everybody",
    "balance": "Groups were alike before",
    "variance_reduction": "The past narrows the interval",
    "linearity": "More of it does more, evenly",
    "winner": "Not only the luckiest of several",
    "experiment": "An experiment agrees",
    "period": "Of the period",
    "drawn": "A draw of very many",
    "employees": "Nobody who works here",
    "duplicates": "No row counted twice",
    "sentinels": "No code read as a value",
    "anticipation": "Did not begin before its date",
    "composition": "The same kind of people met it",
    "season": "Told apart from the season",
    "overlap": "Nothing else changed then",
    "coverage": "Values are there and measured",
}
NAMES_OF_CHECKS: dict[CheckName, str] = {name: name.replace("_", " ").capitalize() for name in CHECK_WORDS}
COST_WORDS: dict[CostVerdict, str] = {
    "pays back": "Pays back",
    "does not pay back": "Does not pay back",
    "cannot tell": "We cannot tell",
    "no value": "No value recorded",
}
READING_WORDS: dict[CreditReading, str] = {
    "agree": "Both say so",
    "no effect": "Credit without effect",
    "opposite": "Credit against effect",
    "undecided": "We cannot tell",
    "not told": "No effect known",
}
DIFF_WORDS: dict[DiffChange, str] = {
    "became decisive": "Became decisive",
    "stopped": "Stopped being decisive",
    "changed effect": "Another effect than before",
    "changed verdict": "Another verdict",
    "new": "New",
    "gone": "Gone",
    "same": "As before",
}
OVERLAP_WORDS: dict[DiffOverlap, str] = {
    "same": "The same records: differences are not tested.",
    "nested": "The later records hold the earlier ones: intervals of differences are rather too wide.",
    "partly": "Some records are in both: intervals of differences are rather too wide.",
    "apart": "No record is in both.",
    "unknown": "Without dates: intervals of differences take the records for different ones.",
}
STATUS_WORDS: dict[CheckStatus, str] = {"pass": "passed", "review": "look at this", "fail": "failed", "skipped": "not checked"}
RULE_WORDS: dict[Rule, str] = {
    "separates_outcome": "gives the outcome away",
    "repeats_outcome": "asks the outcome a second time",
    "filled_after_outcome": "filled in only after the outcome",
    "dated_after_outcome": "dated after the outcome",
    "measured_at_end": "known only when the episode ended",
    "undated": "cannot be dated before the outcome",
    "near_constant": "nearly the same for everybody",
    "nearly_empty": "nearly empty",
}
UNANSWERABLE_WORDS: dict[UnanswerableRule, str] = {
    "no_repeat": "nobody came back",
    "constant_outcome": "the outcome does not vary",
    "too_few_units": "too few cases",
    "needs_panel": "needs people followed over time",
    "no_touchpoints": "no touchpoint to test",
    "no_follow_up": "nobody followed for long enough",
    "no_dates": "nothing dates it, so it has no period",
}
DESIGN_WORDS: dict[DesignName, str] = {
    "panel": "people followed over time",
    "episode": "episodes compared",
    "survey": "answers in one survey",
    "snapshot": "one snapshot of people",
    "experiment": "a randomised experiment",
}
UNIT_NOUNS: dict[DesignName, str] = {
    "panel": "person-days",
    "episode": "episodes",
    "survey": "answers",
    "snapshot": "people",
    "experiment": "people",
}
JOINERS = "\u200c\u200d"  # part of words in Persian and Hindi, and of many emoji
STEERING = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})
CHANNELS = tuple(name.replace("_", " ") for name in CHANNEL_NAMES)
REJECTIONS = tuple(name.replace("_", " ") for name in get_args(Rejection))
LOST = ("filtered", "duplicate", "anonymous", "rejected")
"""What becomes of rows that are not taken as they are, beside the reasons for which they are rejected."""
KIND_WORDS = {"interaction": "", "condition": "condition", "arm": "arm"}


STATES = ("bad", "neutral", "good", "met", "not met", "absent", "present", "yes", "no", "unknown")
"""Names of levels and references that are momot's own; any other is the data's and stays as it is."""
OUTCOMES = (
    "opinion", "satisfaction", "overall satisfaction", "purchase", "repurchase", "renewal", "churn", "advocacy", "conversion", "visit",
    "recommendation", "loyalty", "retention", "revenue", "spend",
)  # fmt: skip
"""Outcomes by their usual names; any other is the project's and stays as it is."""


SEGMENTS = ("channel", "cycle", "role", "language")
"""Segments that momot knows without being told; any other is named by the project."""


def segment_words(segment: str, language: Language = ENGLISH) -> str:
    """`channel` in the reader's language, a segment of the project as it is named."""
    return language.say(segment) if segment in SEGMENTS else segment


def people_noun(question: Question, count: int | None = None, language: Language = ENGLISH) -> str:
    """Whom a question follows: `people`, `accounts`; of one, `person`, `account`."""
    if question.per == "account":
        return language.say("account" if count == 1 else "accounts")
    return language.say("person" if count == 1 else "people")


def unit_noun(question: Question) -> str:
    """What a question's units are called: `person-days`, `account-days`, `episodes`. `counted_units` says it in any language."""
    return f"{question.per}-days" if question.design == "panel" else UNIT_NOUNS[question.design]


COUNTED: dict[str, tuple[str, str]] = {
    "people": ("{n} person", "{n} people"),
    "accounts": ("{n} account", "{n} accounts"),
    "person-days": ("{n} person-day", "{n} person-days"),
    "account-days": ("{n} account-day", "{n} account-days"),
    "episodes": ("{n} episode", "{n} episodes"),
    "answers": ("{n} answer", "{n} answers"),
}


def counted_people(question: Question, count: int, language: Language = ENGLISH) -> str:
    """`61 240 people`, `1 account`."""
    return language.says(*COUNTED["accounts" if question.per == "account" else "people"], count)


def counted_units(question: Question, count: int, language: Language = ENGLISH) -> str:
    """`2 100 episodes`. English has said `1 episodes` for all that is one of many; other languages count."""
    noun = unit_noun(question)
    return f"{language.grouped(count)} {noun}" if language.is_english else language.says(*COUNTED[noun], count)


def stage_code(finding: Finding, language: Language = ENGLISH) -> str:
    """`SMOT`; a condition or an arm without a stage says what it is."""
    return STAGE_CODES[finding.stage] if finding.stage else _kind(finding, language)


def _kind(finding: Finding, language: Language) -> str:
    words = KIND_WORDS[finding.kind]
    return language.say(words) if words else ""


def stage_line(finding: Finding, language: Language = ENGLISH) -> str:
    """`SMOT Use` and the channel, the small line under a name."""
    stage = (
        f"{STAGE_CODES[finding.stage]} {language.say(STAGE_WORDS[finding.stage])}" if finding.stage else capital(_kind(finding, language))
    )
    channel = channel_words(finding.channel, language) if finding.channel else ""
    return " \u00b7 ".join(part for part in (stage, channel) if part)


def channel_words(channel: str, language: Language = ENGLISH) -> str:
    """`review site`: channels of the closed list in the reader's language, a project's own as they are."""
    words = channel.replace("_", " ")
    return language.say(words) if words in CHANNELS else words


def rejection_words(code: str, language: Language = ENGLISH) -> str:
    """`not a time`: why a row was not taken."""
    words = code.replace("_", " ")
    return language.say(words) if words in REJECTIONS else words


def label_words(finding: Finding, *, better: bool | None = None, language: Language = ENGLISH) -> str:
    """What a decisive finding does, in one to four words; nothing where the verdict says it all.

    `better` says which way the outcome goes where it is there, for those with no label but that.
    """
    if finding.label is None or (finding.kind == "arm" and finding.label == "presence"):
        return ""
    words = ASSOCIATION_WORDS if finding.evidence == "C" else LABEL_WORDS
    if finding.label == "presence" and better is not None:
        if finding.evidence == "C":
            return language.say(words["makes" if better else "breaks"])
        return language.say("Being there helps" if better else "Being there hurts")
    return language.say(words[finding.label])


def contrast_words(effect: Effect, between: str = "against", language: Language = ENGLISH) -> str:
    """What is compared with what, `bad against good`: the zero of the axis is the second."""
    met = (
        effect.level
        or {"break": "bad", "bad-good": "bad", "make": "good", "presence": "met", "level": "", "trend": "", "arm": ""}[effect.contrast]
    )
    if language.is_english:
        return f"{met} {between} {effect.reference}".strip()
    state, reference = state_words(met, language), state_words(effect.reference, language)
    return language.say("{state} against {reference}", state=state, reference=reference).strip()


def state_words(state: str, language: Language = ENGLISH) -> str:
    """`bad`, `not met` in the reader's language; a level of the data as it is."""
    return language.say(state) if state in STATES else state


def outcome_words(outcome: str, language: Language = ENGLISH) -> str:
    """`overall_satisfaction` as `overall satisfaction`."""
    words = outcome.replace("_", " ").strip()
    return language.say(words) if words in OUTCOMES else words


def capital(text: str) -> str:
    """The text with a capital first letter, the rest as it is."""
    return text[:1].upper() + text[1:]


def column_heads(*, qualities: bool) -> tuple[str, str]:
    """Heads of the two columns of numbers: how it went, or (arms, levels, presence) which way the outcome moved."""
    return ("Badly", "Well") if qualities else ("Worse", "Better")


def printable(text: str, longest: int | None = None) -> str:
    """Text that can't steer a terminal or turn a line around: control and direction marks become spaces, and a very long text is cut."""
    kept = " ".join("".join(" " if _steers(letter) else letter for letter in text).split())
    return kept if longest is None or len(kept) <= longest else f"{kept[: longest - 1]}\u2026"


def _steers(letter: str) -> bool:
    """Control and direction marks, halves of letters, and the two codes that no XML may hold."""
    return letter not in JOINERS and (unicodedata.category(letter) in STEERING or ord(letter) & 0xFFFE == 0xFFFE)
