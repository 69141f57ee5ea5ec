"""Episodes: only what happened before the outcome counts, and each touchpoint is adjusted for what precedes it."""

from __future__ import annotations

from datetime import datetime, timedelta

import numpy as np
import pytest

from momot.progress import Progress

START = datetime(2025, 1, 1)  # noqa: DTZ001  a local time, as files have them
ORDERS = 3_000

PROJECT = """
name = "tiny"
[[subjects]]
from = "orders.csv"
subject = "order_id"
person = "person"
start = "ordered"
before = ["region"]
[[interactions]]
activity = "parcel"
touchpoint = "delivery.promise"
channel = "courier"
from = "orders.csv"
subject = "order_id"
at = "due"
quality = { sql = "CASE WHEN late = 1 THEN 'bad' ELSE 'good' END" }
[[interactions]]
activity = "called"
touchpoint = "support.call"
channel = "phone"
from = "calls.csv"
subject = "order_id"
at = "at"
quality = { sql = "how" }
[[opinions]]
from = "reviews.csv"
subject = "order_id"
at = "at"
instrument = "stars"
value = "stars"
[outcomes.opinion]
opinion = "stars"
smallest_effect = 0.1
"""


def shop(tiny, *, seed=0, late=-1.5, through_call=-0.5, orders=ORDERS, afterwards=0.3):
    """Late parcels cost `late` stars, and `through_call` more where they bring a call that goes badly: the total is what was lost."""
    rng = np.random.default_rng(seed)
    order_rows, calls, reviews = [], [], []
    for i in range(orders):
        ordered = START + timedelta(hours=int(i))
        due = ordered + timedelta(days=5)
        is_late = int(rng.random() < 0.2)
        order_rows.append({"order_id": f"o{i}", "person": f"p{i}", "ordered": ordered, "due": due, "late": is_late, "region": f"r{i % 3}"})
        stars = 4.0 + late * is_late + rng.normal() * 0.7
        if rng.random() < (0.8 if is_late else 0.2):
            badly = rng.random() < (0.9 if is_late else 0.3)
            calls.append({"order_id": f"o{i}", "at": due + timedelta(days=1), "how": "bad" if badly else "good"})
            stars += through_call * badly
        if rng.random() < afterwards:  # a call after the review: nobody's cause
            calls.append({"order_id": f"o{i}", "at": due + timedelta(days=30), "how": "bad" if stars < 3.5 else "good"})
        reviews.append({"order_id": f"o{i}", "at": due + timedelta(days=3), "stars": round(stars, 3)})
    return tiny.table("orders", order_rows).table("calls", calls).table("reviews", reviews)


def test_the_effect_of_a_late_parcel_includes_what_it_brings_about_later(tiny):
    found = shop(tiny).find(PROJECT)
    promise = found["delivery.promise"]
    total = -1.5 - 0.5 * (0.8 * 0.9 - 0.2 * 0.3)
    effect = promise.effect("bad-good")
    assert effect.low <= total <= effect.high
    assert promise.verdict == "moment"
    assert not any(name.startswith("support.call") for name in promise.held)


def test_a_later_touchpoint_is_held_for_what_precedes_it(tiny):
    call = shop(tiny).find(PROJECT)["support.call"]
    assert any(name.startswith("delivery.promise") for name in call.held)
    effect = call.effect("bad-good")
    assert effect.low <= -0.5 <= effect.high


def test_what_happens_after_the_opinion_is_not_its_cause(tiny):
    found = shop(tiny, through_call=0.0).find(PROJECT)
    effect = found["support.call"].effect("bad-good")
    assert effect.low <= 0 <= effect.high
    assert found["support.call"].verdict not in ("moment", "likely")
    (order,) = [check for check in found["support.call"].checks if check.name == "time_order"]
    assert "after the outcome" in order.message


def test_a_touchpoint_seen_only_after_the_outcome_is_refused(tiny):
    shop(tiny)
    reviews = (tiny.folder / "reviews.csv").read_text().splitlines()[1:]
    rows = [
        {"order_id": line.split(",")[0], "at": datetime.fromisoformat(line.split(",")[1]) + timedelta(days=2), "how": "bad"}
        for line in reviews
        if float(line.split(",")[2]) < 3
    ]
    block = """
[[interactions]]
activity = "refunded"
touchpoint = "billing.refund"
from = "refunds.csv"
subject = "order_id"
at = "at"
"""
    found = tiny.table("refunds", rows).find(PROJECT.replace("[[opinions]]", block + "[[opinions]]"))
    assert {refusal.column: refusal.rule for refusal in found.refused}["billing.refund"] == "dated_after_outcome"
    assert "billing.refund" not in found or found["billing.refund"].verdict == "not identifiable"


def test_presence_is_never_more_than_we_cannot_tell(tiny):
    plain = PROJECT.replace('quality = { sql = "how" }\n', "")
    found = shop(tiny).find(plain)["support.call"]
    assert found.verdict == "not identifiable"
    assert found.effect("presence").estimate < 0


def test_a_fact_without_a_date_is_an_association(tiny):
    text = PROJECT.split("[[opinions]]", maxsplit=1)[0] + '[outcomes.kept]\nfrom = "reviews.csv"\nvalue = "stars"\nsubject = "order_id"\n'
    found = shop(tiny).find(text)
    assert found.questions[0].evidence == "C"
    assert found["delivery.promise"].verdict == "association"


@pytest.mark.parametrize("as_", ["nps", "top2"])
def test_an_opinion_can_be_asked_as_promoters_or_top_boxes(tiny, as_):
    boxed = 'value = "least(5, greatest(1, round(stars)))"\nscale = [1, 5]'
    scaled = PROJECT.replace('value = "stars"', boxed).replace("smallest_effect = 0.1", f'as = "{as_}"')
    found = shop(tiny).find(scaled)
    (question,) = found.questions
    assert question.unit == {"nps": "NPS points", "top2": "share"}[as_]
    assert found["delivery.promise"].effect("bad-good").estimate < (-30 if as_ == "nps" else -0.3)


AGAIN = """
[outcomes.again]
activity = "ordered"
within = "30 days"
"""
ORDERED = """
[[interactions]]
activity = "ordered"
touchpoint = "checkout.order"
from = "orders.csv"
subject = "order_id"
at = "ordered"
"""


def returning(tiny, share, *, seed=1):
    """A third of the people come back within 20 days of delivery, fewer after a late parcel; errors within a person go together."""
    shop(tiny, afterwards=0.0)
    rng = np.random.default_rng(seed)
    lines = (tiny.folder / "orders.csv").read_text().splitlines()
    rows = [dict(zip(lines[0].split(","), line.split(","), strict=True)) for line in lines[1:]]
    more = []
    for row in rows:
        if rng.random() < share * (0.3 if row["late"] == "1" else 1.0):
            again = datetime.fromisoformat(row["due"]) + timedelta(days=float(rng.uniform(1, 20)))
            more.append({**row, "order_id": row["order_id"] + "b", "ordered": again, "due": again + timedelta(days=5), "late": "0"})
    return tiny.table("orders", [*rows, *more])


def test_nobody_comes_back_and_momot_says_so(tiny):
    text = PROJECT.replace("[[opinions]]", ORDERED + "[[opinions]]") + AGAIN
    (answer,) = returning(tiny, 0.005).find(text, outcome="again").unanswerable
    assert answer.rule == "no_repeat"


def test_repurchase_is_answered_where_people_come_back(tiny):
    text = PROJECT.replace("[[opinions]]", ORDERED + "[[opinions]]") + AGAIN
    found = returning(tiny, 0.4).find(text, outcome="again")
    assert not found.unanswerable
    effect = found["delivery.promise"].effect("bad-good")
    assert effect.low <= -0.28 <= effect.high
    assert found.questions[0].within_days == 30


def test_an_unfinished_follow_up_is_left_out(tiny):
    text = PROJECT.replace("[[opinions]]", ORDERED + "[[opinions]]") + AGAIN
    short = returning(tiny, 0.4).find(text, outcome="again").questions[0].units
    long = tiny.find(text.replace("30 days", "90 days"), outcome="again").questions[0].units
    assert long < short


def test_churn_is_the_activity_that_stays_away(tiny):
    text = PROJECT.replace("[[opinions]]", ORDERED + "[[opinions]]") + AGAIN + 'absent = true\nbetter = "lower"\n'
    found = returning(tiny, 0.4).find(text, outcome="again")
    assert found["delivery.promise"].effect("bad-good").estimate > 0.2
    assert found["delivery.promise"].label == "breaks"


def test_employees_are_left_out(tiny):
    shop(tiny)
    everybody = tiny.find(PROJECT).questions[0].units
    people = '[people]\nfrom = "orders.csv"\nperson = "person"\nemployee = "bool_or(region = \'r0\')"\n'
    (question,) = tiny.find(PROJECT + people).questions
    assert question.units == pytest.approx(everybody * 2 / 3, abs=2)
    (counted,) = [check for check in question.checks if check.name == "employees"]
    assert counted.message == f"{everybody - question.units:,} episodes of {counted.value:,.0f} employees are left out."


def test_an_outcome_of_subjects_without_any_says_how_to_ask_it_of_people(tiny):
    text = 'name = "log"\n' + ORDERED.replace('subject = "order_id"', 'person = "person"') + AGAIN + 'per = "subject"\n'
    (answer,) = shop(tiny).find(text).unanswerable
    assert answer.rule == "needs_panel"
    assert 'per = "person" follows people' in answer.reason


def test_without_subjects_an_outcome_is_one_of_people(tiny):
    text = 'name = "log"\n' + ORDERED.replace('subject = "order_id"', 'person = "person"') + AGAIN
    (answer,) = shop(tiny).find(text).unanswerable
    assert answer.rule == "no_repeat"
    assert "people did 'ordered' more than once" in answer.reason


def test_the_order_of_rows_does_not_matter(tiny):
    first = shop(tiny).find(PROJECT)
    for name in ("orders", "calls", "reviews"):
        path = tiny.folder / f"{name}.csv"
        head, *lines = path.read_text().splitlines()
        path.write_text("\n".join([head, *lines[::-1]]) + "\n")
    second = tiny.find(PROJECT)
    for one, other in zip(first, second, strict=True):
        assert (one.name, one.verdict) == (other.name, other.verdict)
    a, b = first["delivery.promise"].effect("bad-good"), second["delivery.promise"].effect("bad-good")
    assert a.estimate == pytest.approx(b.estimate, abs=0.01)
    assert (a.n, a.n_reference) == (b.n, b.n_reference)


def test_a_touchpoint_that_nobody_met_in_an_episode_is_listed_as_one_that_can_not_be_told(tiny):
    rows = [{"order_id": f"other{i}", "at": START} for i in range(5)]
    block = '[[interactions]]\nactivity = "chatted"\ntouchpoint = "support.chat"\nfrom = "chats.csv"\nperson = "order_id"\nat = "at"\n'
    found = shop(tiny).table("chats", rows).find(PROJECT.replace("[[opinions]]", block + "[[opinions]]"))
    assert found["support.chat"].verdict == "not identifiable"
    assert found["support.chat"].reach.people == 0


def test_changed_sources_are_said_and_the_last_build_answers(tiny):
    import momot

    project = shop(tiny).project(PROJECT)
    before = momot.find_moments(project)
    tiny.table("calls", [{"order_id": "o1", "at": START, "how": "bad"}])
    said: list[Progress] = []
    assert momot.find_moments(project, progress=said.append).to_json() == before.to_json()
    assert any("calls.csv changed since" in line.what and line.note for line in said)


PLACED = """
[[interactions]]
activity = "order_placed"
touchpoint = "checkout.order"
channel = "web"
from = "orders.csv"
subject = "order_id"
at = "ordered"
[[stages]]
touchpoint = "support.call"
when = "repeat"
stage = "umot"
"""


def test_an_episode_has_the_stages_of_the_journeys(tiny):
    findings = shop(tiny, orders=600).find(PROJECT + PLACED)
    stages = {moment.touchpoint: moment.stage for moment in findings}
    assert stages["support.call"] == "umot"  # about an order, so after it: the rule that holds after a purchase
    assert stages["delivery.promise"] == "smot"
