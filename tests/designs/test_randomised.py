"""Experiments: arms against the control, planned shares, doses, segments; what was known before may adjust and nothing else."""

from __future__ import annotations

import numpy as np
import pytest

UNITS = 6_000


def people(*, arms=("control", "a", "b"), shares=(1, 1, 1), effect=(0.0, 0.6, 0.0), seed=0, units=UNITS):
    rng = np.random.default_rng(seed)
    chance = np.array(shares) / np.sum(shares)
    arm = rng.choice(len(arms), units, p=chance)
    before = rng.normal(size=units)
    region = rng.integers(0, 3, units)
    spend = 2 + np.array(effect)[arm] * (1 + (region == 2)) + before + rng.normal(size=units)
    return [
        {"id": i, "arm": arms[arm[i]], "before": round(before[i], 4), "region": f"r{region[i]}", "spend": round(spend[i], 4)}
        for i in range(units)
    ]


BLOCK = """
name = "test"
[[experiments]]
from = "people.csv"
person = "id"
assignment = "arm"
control = "control"
arms = { a = "offer.a", b = "offer.b" }
outcomes = { spend = { value = "spend", unit = "EUR" } }
before = ["before"]
"""


def test_the_arm_that_works_is_a_moment_and_the_other_is_not(tiny):
    found = tiny.table("people", people()).find(BLOCK)
    assert found["offer.a"].verdict == "moment"
    assert found["offer.a"].label == "makes"
    effect = found["offer.a"].effect("arm")
    assert effect.low <= 0.8 <= effect.high
    assert found["offer.b"].verdict == "no evidence"
    assert found["offer.b"].effect("arm").n_reference == found["offer.a"].effect("arm").n_reference


def test_what_was_known_before_narrows_the_interval(tiny):
    rows = people()
    wide = tiny.table("people", rows).find(BLOCK.replace('before = ["before"]\n', ""))["offer.a"].effect("arm")
    narrow = tiny.find(BLOCK)["offer.a"].effect("arm")
    assert narrow.high - narrow.low < 0.85 * (wide.high - wide.low)


@pytest.mark.parametrize(("planned", "evidence"), [("", "B"), ("shares = [2, 1, 1]\n", "A")])
def test_arms_of_the_wrong_size_lower_the_evidence_unless_planned(tiny, planned, evidence):
    found = tiny.table("people", people(shares=(2, 1, 1))).find(BLOCK + planned)
    assert found["offer.a"].evidence == evidence
    assert found["offer.a"].verdict == ("moment" if evidence == "A" else "likely")


def test_a_person_with_several_rows_was_assigned_once(tiny):
    rows = people(units=3_000)
    in_b = [row for row in rows if row["arm"] == "b"]
    found = tiny.table("people", rows + in_b[:400]).find(BLOCK)
    counted = next(check for check in found.questions[0].checks if check.name == "sample_ratio")
    assert counted.status == "pass"
    assert f"b {len(in_b):,}" in counted.message
    assert found["offer.a"].evidence == "A"


def test_a_leak_among_what_was_known_before_is_refused_and_does_not_adjust(tiny):
    rows = people()
    for row in rows:
        row["after"] = row["spend"] + 0.001
    block = BLOCK.replace('before = ["before"]', 'before = ["before", "after"]')
    found = tiny.table("people", rows).find(block)
    assert {refusal.column: refusal.rule for refusal in found.refused} == {"after": "separates_outcome"}
    assert "after" not in found["offer.a"].held
    assert found["offer.a"].effect("arm").estimate == pytest.approx(0.8, abs=0.15)


def test_segments_are_shown_with_their_own_q_values(tiny):
    block = BLOCK.replace('before = ["before"]', 'before = ["before"]\nsegments = ["region"]')
    moment = tiny.table("people", people()).find(block)["offer.a"]
    third, first = (moment.effect("arm", segment=f"region=r{value}") for value in (2, 0))
    assert third.low <= 1.2 <= third.high
    assert first.low <= 0.6 <= first.high
    assert third.n + first.n < moment.effect("arm").n
    assert third.q_value is not None
    (differs,) = [check for check in moment.checks if check.name == "segments"]
    assert differs.status == "review"


def test_a_dose_is_compared_with_the_lowest(tiny):
    rng = np.random.default_rng(3)
    rows = [{"id": i, "discount": int(d), "y": round(0.02 * d + rng.normal(), 4)} for i, d in enumerate(rng.choice([0, 10, 30], UNITS))]
    block = """
name = "test"
[[experiments]]
from = "people.csv"
person = "id"
dose = { "price.discount" = "discount" }
outcomes = { y = { value = "y", unit = "points" } }
"""
    found = tiny.table("people", rows).find(block)["price.discount"]
    assert found.evidence == "A"
    top = found.effect("level", level="30")
    assert top.reference == "0"
    assert top.low <= 0.6 <= top.high
    assert found.verdict == "moment"


def test_an_experiment_on_nothing_finds_nothing_beyond_the_rate():
    """Kept small: 20 worlds of two null arms; at a false discovery rate of .1 more than 6 wrong ones have a chance below 1 in 1,000."""
    from momot.effects.estimate import estimate
    from momot.findings.verdict import Tested, discovery, verdict
    from momot.testing.frames import ARMS, Exposed, frame_of

    wrong = 0
    for seed in range(20):
        rng = np.random.default_rng(seed)
        frame = frame_of(rng.normal(size=800), {"offer": Exposed(rng.integers(0, 2, 800), ARMS, "arm", kind="arm")}, design="experiment")
        (found,) = estimate(frame).exposures
        one = Tested(question="y", frame=frame, exposure=frame.exposures[0], estimate=found, better=1, smallest_effect=None)
        (q,) = discovery([one])
        wrong += verdict(one, q) == "moment"
    assert wrong <= 6


def test_a_dose_has_levels_and_the_line_through_them(tiny):
    rng = np.random.default_rng(4)
    rows = [{"id": i, "discount": int(d), "y": round(0.02 * d + rng.normal(), 4)} for i, d in enumerate(rng.choice([0, 10, 30], UNITS))]
    found = tiny.table("people", rows).find(DOSE)["price.discount"]
    line = found.effect("trend")
    assert line.reference == "0"
    assert line.level == "line to 30"
    assert line.low <= 0.6 <= line.high
    alone = found.effect("level", level="30")
    assert line.high - line.low < alone.high - alone.low
    assert status(found, "linearity") == "pass"


def test_a_threshold_is_no_line(tiny):
    rng = np.random.default_rng(5)
    rows = [
        {"id": i, "discount": int(d), "y": round(0.8 * (d >= 20) + rng.normal(), 4)}
        for i, d in enumerate(rng.choice([0, 10, 20, 30], UNITS))
    ]
    found = tiny.table("people", rows).find(DOSE)["price.discount"]
    assert found.label == "threshold"
    assert found.verdict == "moment"
    assert status(found, "linearity") == "review"


def status(moment, name):
    (found,) = [check.status for check in moment.checks if check.name == name]
    return found


DOSE = """
name = "test"
[[experiments]]
from = "people.csv"
person = "id"
dose = { "price.discount" = "discount" }
outcomes = { y = { value = "y", unit = "points" } }
"""


def test_what_history_saved_is_said(tiny):
    """Outcome = history of variance 1 + noise of variance 1 (+ what the arms do): history takes nearly half of the variance away."""
    found = tiny.table("people", people()).find(BLOCK)["offer.a"]
    (saved,) = [check for check in found.checks if check.name == "variance_reduction"]
    assert saved.value == pytest.approx(0.46, abs=0.03)


def test_the_largest_of_several_arms_is_shown_shrunken(tiny):
    """Five arms without any effect: the best of them is pulled back to nearly nothing. One that stands out stays what it is."""
    names = ("control", "a", "b", "c", "d", "e")
    arms = ", ".join(f'{name} = "offer.{name}"' for name in names[1:])
    block = BLOCK.replace('a = "offer.a", b = "offer.b"', arms)
    rows = people(arms=names, shares=(1,) * 6, effect=(0.0,) * 6, units=2_400, seed=3)
    found = tiny.table("people", rows).find(block)
    (chosen,) = [moment for moment in found if any(check.name == "winner" for check in moment.checks)]
    best = chosen.effect("arm")
    assert abs(best.estimate) == max(abs(moment.effect("arm").estimate) for moment in found)
    assert abs(best.shrunken) < 0.7 * abs(best.estimate)
    assert best.shrunken_low < 0 < best.shrunken_high

    clear = tiny.table("people", people()).find(BLOCK)["offer.a"]
    assert clear.effect("arm").shrunken == pytest.approx(clear.effect("arm").estimate, abs=0.02)
    assert status(clear, "winner") == "pass"


def test_the_largest_segment_is_shown_shrunken(tiny):
    rows = people(effect=(0.0, 0.0, 0.0), units=1_800)
    block = BLOCK.replace('before = ["before"]', 'before = ["before"]\nsegments = ["region"]')
    moment = tiny.table("people", rows).find(block)["offer.a"]
    within = [effect for effect in moment.effects if effect.segment]
    best = max(within, key=lambda effect: abs(effect.estimate))
    assert abs(best.shrunken) < abs(best.estimate)
    (check,) = [check for check in moment.checks if check.name == "segments"]
    assert f"Largest in '{best.segment.split('=')[1]}'" in check.message
