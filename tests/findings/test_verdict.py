"""Every verdict of DESIGN.md 7 can be reached, and "we cannot tell" is one of them."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from momot.designs.frame import Exposure, State
from momot.effects.estimates import ContrastEstimate, ExposureEstimate
from momot.findings import verdict as decisions
from momot.findings.verdict import discovery, label, verdict
from momot.vocabulary.records import Check


def contrast(name="bad-good", *, estimate=-1.0, half=0.2, p=1e-9, between_met=True, level=None):
    return ContrastEstimate(
        contrast=name,
        level=level,
        reference="good",
        n=500,
        n_reference=500,
        mean=3.0,
        mean_reference=4.0,
        estimate=estimate,
        standard_error=half / 1.96,
        low=estimate - half,
        high=estimate + half,
        p_value=p,
        between_met=between_met,
    )


def a_moment(*contrasts, evidence="B", kind="interaction", coding="quality", checks=(), smallest_effect=0.1, p=1e-9, better=1):
    exposure = Exposure(
        touchpoint="support.reply",
        stage="smot",
        kind=kind,
        coding=coding,
        states=(State("good", "good"), State("bad", "bad")),
        codes=np.zeros(4, dtype=np.int16),
        held=(),
        evidence=evidence,
    )
    estimate = ExposureEstimate(
        exposure=0,
        contrasts=contrasts,
        joint_p=p if contrasts else None,
        between_met_p=p if any(c.between_met for c in contrasts) else None,
        residual_share=0.9,
        detectable=0.2,
        held=(),
        at_stake=None,
        people=500,
        checks=checks,
    )
    return decisions.Tested(
        question="opinion", frame=None, exposure=exposure, estimate=estimate, better=better, smallest_effect=smallest_effect
    )


def decide(one):
    (q,) = discovery([one])
    return verdict(one, q)


def failed(name):
    return Check(name=name, status="fail", message="-")


@pytest.mark.parametrize(
    ("one", "expected"),
    [
        (a_moment(contrast("arm"), evidence="A", kind="arm"), "moment"),
        (a_moment(contrast("arm"), evidence="A", kind="arm", checks=(Check(name="support", status="review", message="-"),)), "likely"),
        (a_moment(contrast("arm"), evidence="B", kind="arm"), "likely"),
        (a_moment(contrast()), "likely"),
        (a_moment(contrast(), evidence="C"), "association"),
        (a_moment(contrast(estimate=0.0, half=0.05), p=0.9), "too small to matter"),
        (a_moment(contrast(estimate=0.12, half=0.05), p=1e-5), "no evidence"),
        (a_moment(contrast(estimate=0.0, half=0.5), p=0.9), "no evidence"),
        (a_moment(contrast("presence", between_met=False)), "not identifiable"),
        (a_moment(contrast(), checks=(failed("separability"),)), "not identifiable"),
        (a_moment(contrast(), checks=(failed("positivity"),)), "not identifiable"),
        (a_moment(contrast(), checks=(failed("support"),)), "not identifiable"),
        (a_moment(contrast(), checks=(failed("selection"),)), "not identifiable"),
        (a_moment(), "not identifiable"),
    ],
)
def test_verdict(one, expected):
    assert decide(one) == expected


def test_a_break_against_not_having_met_it_decides_nothing():
    strong, weak = contrast("break", estimate=-2.0, between_met=False), contrast("bad-good", estimate=-0.05, half=0.3)
    one = a_moment(strong, weak)
    assert verdict(one, 0.001) == "no evidence"


def test_what_cannot_be_tested_costs_the_others_nothing():
    found = a_moment(contrast(), p=0.02)
    silent = [a_moment(contrast("presence", between_met=False), p=0.5) for _ in range(20)]
    assert discovery([found])[0] == discovery([found, *silent])[0] == pytest.approx(0.02)


def test_no_false_discoveries_beyond_the_rate_when_nothing_is_true():
    rng = np.random.default_rng(0)
    runs = 400
    wrong = 0
    for _ in range(runs):
        many = [a_moment(contrast(estimate=0.5), p=p, smallest_effect=None) for p in rng.random(20)]
        wrong += any(verdict(one, q) == "likely" for one, q in zip(many, discovery(many), strict=True))
    assert wrong / runs <= 0.10 + 3 * (0.1 * 0.9 / runs) ** 0.5


@pytest.mark.parametrize(
    ("one", "expected"),
    [
        (a_moment(contrast("break"), contrast("make", estimate=1.0)), "make or break"),
        (a_moment(contrast("break"), contrast("make", estimate=0.05)), "breaks"),
        (a_moment(contrast("break", estimate=-0.05), contrast("make", estimate=1.0)), "makes"),
        (a_moment(contrast("bad-good")), "breaks"),
        (a_moment(contrast("bad-good", estimate=1.0), better=-1), "breaks"),
        (a_moment(contrast("bad-good", estimate=1.0)), None),
        (a_moment(contrast("break", estimate=1.0), contrast("make", estimate=1.0)), "makes"),
        (a_moment(contrast("break"), contrast("make", estimate=1.0), better=-1), None),
        (a_moment(contrast("arm", estimate=-1.0), kind="arm", evidence="A"), "breaks"),
        (a_moment(contrast("arm", estimate=1.0), kind="arm", evidence="A"), "makes"),
        (a_moment(contrast("level", level="1", estimate=0.01), contrast("level", level="2"), coding="level"), "threshold"),
        (a_moment(contrast("level", level="1", estimate=-0.5), contrast("level", level="2"), coding="level"), "breaks"),
        (a_moment(contrast("presence"), evidence="C"), "presence"),
    ],
)
def test_label(one, expected):
    assert label(one, "likely") == expected
    assert label(one, "no evidence") is None


def test_evidence_is_never_raised_by_a_strong_result():
    for evidence, best in (("B", "likely"), ("C", "association")):
        one = replace(a_moment(contrast(estimate=-50.0, p=0.0)), exposure=replace(a_moment(contrast()).exposure, evidence=evidence))
        assert decide(one) == best
