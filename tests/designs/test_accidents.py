"""Accidents strike everybody of a region alike: they need no calibration, and have as many cases as there are regions."""

from __future__ import annotations

from datetime import datetime, timedelta

import numpy as np
import pytest

import momot
from momot.errors import QuestionError
from momot.findings import Findings

START = datetime(2024, 3, 1)  # noqa: DTZ001  local times, as a CSV has them
REGIONS, DAYS = 16, 60
PROJECT = """
name = "outages"
[[interactions]]
from = "log.csv"
activity = {sql = "what"}
touchpoint = {sql = "'t.' || what"}
person = "who"
at = "at"
[people]
from = "people.csv"
person = "who"
segments = {region = "region"}
[outcomes.buys]
activity = "order_placed"
within = "2 days"
"""
ACCIDENT = PROJECT + '[accidents]\ntouchpoints = {"t.outage" = "region"}\n'


def shop(tiny, *, people: int, effect: float, shock: float, seed: int = 0):
    """Regions have good and bad weeks; each has an outage on four days, which reaches everybody there and takes `effect` from buying."""
    rng = np.random.default_rng(seed)
    weeks = rng.normal(0, shock, (REGIONS, DAYS // 4 + 1))
    out = {region: set(rng.choice(np.arange(5, DAYS - 5), 4, replace=False).tolist()) for region in range(REGIONS)}
    log = []
    for who in range(people):
        region = who % REGIONS
        for day in range(DAYS):
            struck = day in out[region]
            after = any(back in out[region] for back in (day - 1, day - 2))
            if struck:
                log.append({"who": who, "at": START + timedelta(days=day, hours=9), "what": "outage"})
            if rng.random() < 0.25:
                log.append({"who": who, "at": START + timedelta(days=day, hours=12), "what": "visit"})
            if rng.random() < np.clip(0.2 + weeks[region, day // 4] - effect * after, 0.02, 0.9):
                log.append({"who": who, "at": START + timedelta(days=day, hours=15), "what": "order_placed"})
    tiny.table("log", log)
    return tiny.table("people", [{"who": who, "region": f"r{who % REGIONS}"} for who in range(people)])


def presence(findings: Findings) -> tuple[float, float, float]:
    effect = findings["t.outage"].effect("presence")
    return effect.estimate, effect.low, effect.high


def test_an_accident_is_told_where_touchpoints_are_few_and_its_error_is_that_of_regions(tiny):
    shop(tiny, people=320, effect=0.12, shock=0.08)
    chosen, struck = tiny.find(PROJECT), tiny.find(ACCIDENT)
    assert chosen["t.outage"].verdict == "not identifiable"
    assert struck["t.outage"].verdict in ("moment", "likely", "no evidence")
    assert struck["t.outage"].evidence == "B"
    (check,) = [check for check in struck["t.outage"].checks if check.name == "calibration"]
    assert (check.status, "accident" in check.message) == ("pass", True)
    (middle, low, high), (same, lower, higher) = presence(chosen), presence(struck)
    assert same == pytest.approx(middle)
    assert higher - lower > 1.3 * (high - low)
    assert lower < -0.15 < higher


def test_another_touchpoint_keeps_its_error(tiny):
    shop(tiny, people=160, effect=0.1, shock=0.05)
    before, after = (tiny.find(text)["t.visit"].effect("presence") for text in (PROJECT, ACCIDENT))
    assert (after.low, after.high) == pytest.approx((before.low, before.high))


def test_a_group_that_is_no_segment_is_an_error_with_the_nearest_name(tiny):
    shop(tiny, people=32, effect=0.1, shock=0.05)
    with pytest.raises(QuestionError, match=r"\[accidents\].*Did you mean 'region'"):
        tiny.find(ACCIDENT.replace('outage" = "region"', 'outage" = "regio"'))


def test_check_suggests_an_accident_and_nothing_that_people_choose(tiny):
    shop(tiny, people=320, effect=0.1, shock=0.05)
    for text, expected in ((PROJECT, ["touchpoint t.outage"]), (ACCIDENT, [])):
        items = [item for item in momot.check(tiny.project(text)).items if item.about.startswith("touchpoint")]
        assert [item.about for item in items] == expected
        assert all('"t.outage" = "region"' in (item.fix or "") for item in items)


@pytest.mark.slow
def test_the_interval_of_an_accident_holds_its_effect_and_that_by_people_does_not(tmp_path_factory):
    from tests.designs.conftest import Tiny

    held = {PROJECT: 0, ACCIDENT: 0}
    runs = 30
    for seed in range(runs):
        tiny = shop(Tiny(tmp_path_factory.mktemp("outages")), people=320, effect=0.0, shock=0.08, seed=seed)
        for text in held:
            _, low, high = presence(tiny.find(text))
            held[text] += low <= 0.0 <= high
    assert held[ACCIDENT] >= 0.85 * runs  # 16 regions; 99 % binomial bound of .95 in 30 is .83
    assert held[PROJECT] < held[ACCIDENT]
