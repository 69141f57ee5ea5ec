"""`[[mapping]]`: rules that say which touchpoint and channel rows belong to, over written and computed names."""

from __future__ import annotations

import glob
from pathlib import Path
from typing import Any

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import momot
from momot.build import Build
from momot.errors import ProjectError
from momot.project.load import parse
from momot.project.mapped import mapped
from momot.project.schema import Computed, MappingRule
from tests.journeys.followed import dicts

SHOP = """
name = "Shop"
channels = ["kiosk"]
[[interactions]]
from = "events.csv"
person = "who"
at = "at"
activity = {sql = "act"}
touchpoint = {sql = "place"}
channel = {sql = "via"}
[[interactions]]
from = "calls.csv"
person = "who"
at = "at"
activity = "called"
touchpoint = "hotline.call"
channel = "phone"
text = "words"
"""
RULES = """
[[mapping]]
activity = "order_*"
channel = "APP"
to_touchpoint = "checkout.app"
[[mapping]]
activity = "order_*"
to_touchpoint = "checkout.order"
to_channel = "kiosk"
[[mapping]]
activity = "called"
to_touchpoint = "support.call"
[[mapping]]
touchpoint = "*"
activity = "order_placed"
to_touchpoint = "never.reached"
"""
EVENTS = """who,at,act,place,via
a,2026-01-01 10:00:00,order_placed,cart.page,app
a,2026-01-01 11:00:00,Order_Paid,pay.page,web
b,2026-01-02 10:00:00,viewed,cart.page,web
b,2026-01-02 11:00:00,order_placed,other.page,
"""
CALLS = "who,at,words\na,2026-01-03 10:00:00,the line was dead\n"


def _built(folder: Path, rules: str) -> Build:
    folder.mkdir(exist_ok=True)
    (folder / "momot.toml").write_text(SHOP + rules, encoding="utf-8")
    (folder / "events.csv").write_text(EVENTS, encoding="utf-8")
    (folder / "calls.csv").write_text(CALLS, encoding="utf-8")
    return momot.build(momot.open(folder))


def _rows(built: Build) -> list[tuple[Any, ...]]:
    found = dicts(
        built,
        """SELECT a.activity, t.touchpoint, c.channel FROM journeys j
        JOIN activities a USING (activity_id) JOIN touchpoints t USING (touchpoint_id)
        LEFT JOIN channels c ON c.channel_id = j.channel_id ORDER BY j.happened_at""",
    )
    return [tuple(one.values()) for one in found]


def test_rows_belong_where_the_first_rule_says(tmp_path: Path) -> None:
    built = _built(tmp_path / "shop", RULES)
    assert _rows(built) == [
        ("order_placed", "checkout.app", "app"),
        ("Order_Paid", "checkout.order", "kiosk"),
        ("viewed", "cart.page", "web"),
        ("order_placed", "checkout.order", "kiosk"),
        ("called", "support.call", "phone"),
    ]
    said = dicts(built, "SELECT touchpoint, channel FROM said")
    assert said == [{"touchpoint": "support.call", "channel": "phone"}]
    names = {one["touchpoint"] for one in dicts(built, "SELECT touchpoint FROM touchpoints")}
    assert names == {"checkout.app", "checkout.order", "cart.page", "support.call"}  # the names that were replaced are not there


def test_another_mapping_is_another_build_and_no_mapping_the_first_one(tmp_path: Path) -> None:
    plain = _built(tmp_path / "shop", "")
    before = _rows(plain)
    changed = _built(tmp_path / "shop", RULES)
    assert changed.manifest.spec != plain.manifest.spec
    assert _rows(changed) != before
    again = _built(tmp_path / "shop", "")
    assert again.manifest.build == plain.manifest.build
    assert _rows(again) == before


def test_names_in_the_file_are_replaced_in_the_file_and_no_others() -> None:
    project = mapped(parse(SHOP + RULES))
    computed, written = project.interactions
    assert isinstance(computed.touchpoint, Computed)
    assert (written.touchpoint, written.channel) == ("support.call", "phone")
    assert mapped(parse(SHOP)) == parse(SHOP)


@pytest.mark.parametrize(
    ("rule", "message"),
    [
        ('[[mapping]]\nto_touchpoint = "a.b"', "needs 'activity', 'touchpoint' or 'channel'"),
        ('[[mapping]]\nactivity = "x"', "needs 'to_touchpoint' or 'to_channel'"),
        ('[[mapping]]\nactivity = "x"\nto_chanel = "web"', "Did you mean 'to_channel'?"),
        ('[[mapping]]\nactivity = "x"\nto_channel = "wev"', "Did you mean 'web'?"),
        ('[[mappings]]\nactivity = "x"\nto_channel = "web"', "Did you mean 'mapping'?"),
        ('[controls]\ntouchpoints = ["hotline.call"]\n[[mapping]]\nactivity = "called"\nto_touchpoint = "support.call"', "support.call"),
    ],
)
def test_what_is_wrong_is_said_with_the_nearest(rule: str, message: str) -> None:
    written = SHOP.replace('{sql = "act"}', '"seen"').replace('{sql = "place"}', '"shop.page"').replace('{sql = "via"}', '"web"')
    with pytest.raises(ProjectError) as error:
        parse(written + rule)
    assert message in str(error.value)


NAMES = st.text(st.sampled_from("ab*?[]'_ A"), min_size=1, max_size=6)


@settings(max_examples=80)
@given(NAMES, NAMES)
def test_a_name_that_is_escaped_means_itself_alone(name: str, other: str) -> None:
    project = parse(SHOP)
    rule = MappingRule(activity=glob.escape(name), to_touchpoint="met.it")
    block = momot_block(project, rule)
    for given_name in (name, other):
        sql = block.touchpoint.sql.replace("(act)", "$act").replace("(place)", "'else'")
        with duckdb.connect() as connection:
            ((found,),) = connection.execute(f"SELECT {sql}", {"act": given_name}).fetchall()
        assert (found == "met.it") is (given_name.strip().lower() == name.lower())


def momot_block(project: Any, rule: MappingRule) -> Any:
    from msgspec.structs import replace

    return mapped(replace(project, mapping=(rule,))).interactions[0]
