from __future__ import annotations

from pathlib import Path

import pytest

from momot.project.schema import StageRule
from momot.project.stages import default_rules, stage_of
from momot.vocabulary import CHANNELS, STAGES


def _golden() -> list[tuple[str, ...]]:
    lines = (Path(__file__).parent / "stages.txt").read_text(encoding="utf-8").splitlines()
    return [tuple(part.strip() for part in line.split("|")) for line in lines if line and not line.startswith("#")]


@pytest.mark.parametrize(("touchpoint", "activity", "channel", "stage"), _golden(), ids=lambda part: part)
def test_default_rules_agree_with_the_golden_pairs(touchpoint, activity, channel, stage):
    none = {"-": None}
    assert stage_of(touchpoint, none.get(activity, activity), none.get(channel, channel)) == none.get(stage, stage)


def test_the_golden_pairs_show_every_stage_often():
    stages = [pair[3] for pair in _golden()]
    assert all(stages.count(stage) >= 8 for stage in STAGES)


def test_the_projects_rules_come_before_the_default_rules_and_the_first_wins():
    rules = (
        StageRule(stage="umot", touchpoint="support.*", channel="social"),
        StageRule(stage="zmot", touchpoint="support.*"),
        StageRule(stage="fmot", touchpoint="support.call"),
    )
    assert stage_of("support.call", "answered", "phone", rules) == "zmot"
    assert stage_of("support.call", "answered", "social", rules) == "umot"
    assert stage_of("delivery.parcel", "delivered", "courier", rules) == "smot"


def test_a_rule_on_an_activity_does_not_match_without_an_activity():
    rules = (StageRule(stage="umot", activity="told_*"),)
    assert stage_of("whatever", "told_a_friend", None, rules) == "umot"
    assert stage_of("whatever", None, None, rules) is None


def test_rules_that_need_journeys_are_passed_over():
    rules = (StageRule(stage="umot", touchpoint="*", when="repeat"),)
    assert stage_of("support.call", None, "phone", rules) == "smot"


def test_default_rules_name_only_known_channels():
    assert {channel for rule in default_rules() for channel in rule.channel} <= set(CHANNELS)
