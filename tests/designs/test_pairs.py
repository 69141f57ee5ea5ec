"""Pairs in order on people whose letdowns and repairs are known: what a call does to those a parcel let down, day by day."""

from __future__ import annotations

from datetime import datetime, timedelta

import numpy as np
import pytest

import momot
from momot.errors import ProjectError

START = datetime(2024, 1, 1)  # noqa: DTZ001  local times, as a CSV has them
DAYS, LASTS = 130, 25
TEXT = """
name = "shop"
[[interactions]]
from = "log.csv"
activity = {sql = "what"}
touchpoint = {sql = "'t.' || what"}
person = "who"
at = "at"
quality = {sql = "how"}
[outcomes.buys]
activity = "order_placed"
within = "7 days"
"""
PAIR = """
[[pairs]]
first = "t.parcel"
then = "t.call"
within = "14 days"
"""
BASE, HURT = 0.09, 0.03


def within_week(daily: float) -> float:
    return 1 - (1 - daily) ** 7


def shop(*, well: float, badly: float = HURT, people: int = 600, seed: int = 1) -> list[dict[str, object]]:
    """A bad parcel lowers how often people buy for 25 days. Whoever was let down calls on a day drawn at random, and it goes well or badly.

    `well`, `badly`: how often they buy a day after such a call, for as long as the letdown would have lasted.
    """
    rng = np.random.default_rng(seed)
    log: list[dict[str, object]] = []
    for number in range(people):
        until, daily = -1, BASE
        for day in range(DAYS):
            if day > until:
                daily = BASE

            def add(what: str, how: str = "", day: int = day, number: int = number) -> None:
                at = START + timedelta(days=day, hours=float(rng.uniform(0, 23)))
                log.append({"who": f"p{number}", "at": at, "what": what, "how": how})

            if rng.random() < daily:
                add("order_placed")
            let_down = day <= until and daily == HURT
            if rng.random() < 0.03 and not let_down:
                bad = rng.random() < 0.5
                add("parcel", "bad" if bad else "good")
                until, daily = (day + LASTS, HURT) if bad else (-1, BASE)
            elif rng.random() < (0.10 if let_down else 0.01):
                good = rng.random() < 0.5
                add("call", "good" if good else "bad")
                if let_down:
                    daily = well if good else badly
    return log


def test_a_repair_is_told_from_not_meeting_it_and_from_being_let_down_twice(tiny) -> None:  # type: ignore[no-untyped-def]
    """A call that goes well brings people all the way back; one that goes badly changes nothing."""
    findings = momot.find_moments(tiny.table("log", shop(well=BASE)).project(TEXT + PAIR))
    (pair,) = findings.pairs
    assert (pair.first, pair.then, pair.declared, pair.verdict, pair.evidence) == ("t.parcel", "t.call", True, "repairs", "B")
    effects = {effect.contrast: effect for effect in pair.effects}
    assert list(effects) == ["well", "badly", "deficit", "well-badly", "beside never"]
    gain = within_week(BASE) - within_week(HURT)
    # who was not called that day is called later at times: the mean over a week lies a little nearer to the repaired
    assert effects["well"].low < gain
    assert effects["well"].estimate > 0.6 * gain
    assert abs(effects["badly"].estimate) < 0.35 * gain
    assert effects["well-badly"].low < gain < effects["well-badly"].high
    assert effects["deficit"].high < -0.4 * gain
    assert pair.recovery == "no difference seen"
    assert "it repairs" in pair.sentence
    assert "Was it repaired?" in str(findings)


def test_recovery_above_those_never_let_down(tiny) -> None:  # type: ignore[no-untyped-def]
    """The paradox of service recovery: well treated people end up above."""
    (above,) = momot.find_moments(tiny.table("log", shop(well=0.22, seed=2)).project(TEXT + PAIR)).pairs
    assert (above.verdict, above.recovery) == ("repairs", "above")


def test_where_it_repairs_nothing_no_evidence_is_said(tiny) -> None:  # type: ignore[no-untyped-def]
    (pair,) = momot.find_moments(tiny.table("log", shop(well=HURT, people=400, seed=3)).project(TEXT + PAIR)).pairs
    assert pair.verdict == "no evidence"
    assert pair.recovery is None


def test_pairs_are_found_by_how_often_they_are_met_and_few_cannot_tell(tiny) -> None:  # type: ignore[no-untyped-def]
    project = tiny.table("log", shop(well=BASE, people=80, seed=4)).project(TEXT)
    assert momot.find_moments(project).pairs == ()
    found = momot.find_moments(project, pairs=True).pairs
    assert [(pair.first, pair.then, pair.declared) for pair in found][:1] == [("t.parcel", "t.call", False)]


def test_a_pair_of_an_unknown_touchpoint_names_the_nearest(tiny) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises(ProjectError, match="no block has the touchpoint"):
        tiny.table("log", shop(well=BASE, people=5)).project(TEXT.replace("{sql = \"'t.' || what\"}", '"t.what"') + PAIR)
