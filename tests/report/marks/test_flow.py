"""The stage flow: heights are people, shares are of the step before, loops only where they are known."""

from __future__ import annotations

import pytest

from momot.journeys.contract import Funnel, Step
from momot.report.marks.flow import TALL, stage_flow
from tests.report.marks.geometry import assert_inside
from tests.report.marks.test_map import KNOWN
from tests.report.pages import parse


def step(name: str, people: int, before: int | None, met: int | None = None) -> Step:
    onward = people / before if before else None
    return Step(
        name=name, met=met or people, people=people, share=people / 1000, low=0.0, high=1.0, onward=onward, onward_low=onward,
        onward_high=onward, days=None, days_low=None, days_high=None,
    )  # fmt: skip


FUNNEL = Funnel(
    project="shop",
    build="b",
    people=1200,
    steps=(step("stimulus", 1000, None), step("zmot", 700, 1000), step("fmot", 400, 700), step("smot", 300, 400), step("umot", 30, 300)),
)


def test_heights_are_people_and_numbers_have_their_denominator() -> None:
    markup = stage_flow(FUNNEL, around=KNOWN)
    assert markup is not None
    svg = parse(markup).all("svg")[0]
    assert_inside(svg)
    heights = [float(box.attributes["height"]) for box in svg.all("rect", class_="mk-flow-stage")]
    assert heights == pytest.approx([TALL * people / 1000 for people in (1000, 700, 400, 300, 30)], abs=0.01)
    text = svg.text()
    assert "1\u202f000 of 1\u202f200" in text
    assert "57\u00a0%" in text  # 400 of 700
    assert "Loyalty loop" in text


def test_loops_are_absent_where_nothing_is_known_of_them() -> None:
    markup = stage_flow(FUNNEL)
    assert markup is not None
    assert "mk-loop" not in markup


def test_nothing_is_drawn_of_a_journey_of_one_step() -> None:
    assert stage_flow(Funnel(project="shop", build="b", people=10, steps=FUNNEL.steps[:1])) is None
    assert stage_flow(Funnel(project="shop", build="b", people=10, steps=(step("zmot", 0, None, 5), step("fmot", 0, None, 5)))) is None


def test_any_number_of_people_stays_inside() -> None:
    steps = (step("zmot", 5, None), step("fmot", 5, 5), step("something.else", 0, 5, 3))
    markup = stage_flow(Funnel(project="shop", build="b", people=5, steps=steps), standalone=True)
    assert markup is not None
    assert_inside(parse(markup).all("svg")[0])
