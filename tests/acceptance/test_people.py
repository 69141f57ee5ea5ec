"""What momot must say, and must not say, of people followed over time in real records; the traps are those of their notes."""

from __future__ import annotations

import bisect
import datetime as dt

import pytest

from tests.acceptance.brute_force import cdnow_days

CLAIMS = ("moment", "likely")


def check(finding, name):
    (found,) = [one for one in finding.checks if one.name == name]
    return found


def test_cancelling_does_not_make_people_come_back(example):
    """Who cancels early repeats more (81.8 against 71.9 %): who orders much has more to cancel."""
    retail = example("uci_online_retail").findings
    (question,) = retail.questions
    assert (question.design, question.people) == ("panel", 3_379)
    cancellation = retail["orders.cancellation"]
    assert cancellation.verdict not in (*CLAIMS, "association")
    opportunity = check(cancellation, "opportunity")
    assert opportunity.status == "fail"
    assert "more chances" in opportunity.message


def test_ordering_is_no_moment_for_ordering_again(example):
    retail = example("uci_online_retail").findings
    assert retail["checkout.order"].verdict == "not identifiable"
    assert "what the outcome counts" in check(retail["checkout.order"], "opportunity").message


def test_campaigns_aimed_at_who_buys_anyway_fail_the_time_before_them(example):
    panel = example("complete_journey").findings
    campaign = panel["campaign.mailing"]
    assert campaign.verdict not in (*CLAIMS, "association")
    before = check(campaign, "pre_period")
    assert before.status == "fail"
    assert before.value > 0.01
    assert panel["coupon.redemption"].verdict not in (*CLAIMS, "association")


def slow(*names):
    return [pytest.param(name, marks=pytest.mark.slow) for name in names]


@pytest.mark.parametrize("name", ["retentioneering_shop", *slow("cdnow", "retentioneering_ecom")])
def test_records_that_show_no_cause_claim_none(example, name):
    found = example(name).findings
    assert found.questions
    assert not found.unanswerable
    assert all(moment.verdict not in CLAIMS for moment in found)


@pytest.mark.slow
def test_who_never_came_back_is_followed_all_the_same(example, shared_data):
    """The share over all days on which somebody had bought and 90 more days are known, counted one by one."""
    (question,) = example("cdnow").findings.questions
    purchases = cdnow_days(shared_data("cdnow") / "CDNOW_master.txt")
    end, again, days = dt.date(1998, 6, 30), 0, 0
    for bought in (sorted(days) for days in purchases.values()):
        for ago in range(1, (end - bought[0]).days - 90 + 1):
            day = bought[0] + dt.timedelta(days=ago)
            later = bisect.bisect_right(bought, day)
            again += later < len(bought) and (bought[later] - day).days <= 90
            days += 1
    assert question.people == len(purchases) == 23_570
    assert question.mean == pytest.approx(again / days, abs=0.003)  # the panel takes a share of the quiet days


@pytest.mark.parametrize("name", ["process_helpdesk", *slow("process_bpi12w", "process_bpi13", "process_bpi20")])
def test_steps_of_a_process_are_associations_at_most(example, name):
    found = example(name).findings
    assert found.questions
    assert all(moment.verdict not in CLAIMS for moment in found)
