from __future__ import annotations

from pathlib import Path

import pytest

from momot.project.schema import StageRule
from momot.project.stages import default_rules, stage_of, stages_of
from momot.vocabulary import CHANNELS, STAGES


def _golden(name: str = "stages.txt") -> list[tuple[str, ...]]:
    lines = (Path(__file__).parent / name).read_text(encoding="utf-8").splitlines()
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


@pytest.mark.parametrize(("touchpoint", "activity", "channel", "before", "after"), _golden("journey_stages.txt"))
def test_default_rules_tell_before_the_first_purchase_from_after_it(touchpoint, activity, channel, before, after):
    none = {"-": None}
    staged = stages_of(touchpoint, activity, channel)
    assert (staged.at(None), staged.at(0.0), staged.at(1e6)) == (none.get(before, before), *[none.get(after, after)] * 2)
    unbought = stages_of(touchpoint, activity, channel, bought=False)
    assert {unbought.at(None), unbought.at(1.0)} == {none.get(after, after)}
    assert stage_of(touchpoint, activity, channel) == none.get(after, after)


def test_rules_of_the_project_hold_at_their_place_in_the_journey():
    rules = (
        StageRule(stage="umot", touchpoint="site", when="after_purchase_days(2)"),
        StageRule(stage="smot", touchpoint="site", when="after_purchase_days(10)"),
        StageRule(stage="fmot", touchpoint="site", when="repeat"),
        StageRule(stage="stimulus", touchpoint="site", when="first"),
    )
    staged = stages_of("site", "visited", "web", rules)
    assert [staged.at(days) for days in (None, 0.5, 2.0, 2.1, 10.0, 11.0)] == ["stimulus", "umot", "umot", "smot", "smot", "fmot"]
    assert staged.repeat == ((2, "umot"), (10, "smot"), (None, "fmot"))


def test_a_place_that_changes_nothing_is_no_edge():
    rules = (StageRule(stage="zmot", touchpoint="site", when="after_purchase_days(5)"), StageRule(stage="zmot", touchpoint="site"))
    assert stages_of("site", "visited", "web", rules).repeat == ((None, "zmot"),)
