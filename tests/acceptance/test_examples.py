"""What momot must say, and must not say, about real data that nobody here made; figures from their notes."""

from __future__ import annotations

import csv
import json
import subprocess
import sys

import msgspec
import pytest

import momot
from momot.findings.contract import Document

CLAIMS = ("moment", "likely")


def about(value, expected, within):
    assert abs(value - expected) <= within, f"{value} is not {expected} ± {within}"


def test_olist_the_broken_promise_is_what_the_stars_hang_on(example):
    olist = example("olist_sample")
    opinion = olist.findings.question("opinion")
    promise = opinion["delivery.promise"]
    assert promise.verdict == "moment"  # no hidden cause twice as strong as all that is held would undo it
    assert promise.rank == 1
    effect = promise.effect("bad-good")
    about(effect.estimate, -2.2, 0.05)
    assert -2.45 <= effect.low <= effect.high <= -1.95
    about((effect.high - effect.low) / 2, 0.155, 0.2 * 0.155)
    assert (effect.n, effect.n_reference) == (363, 3591)


def test_olist_adjusts_for_nothing_known_after_the_promise(example):
    held = example("olist_sample").findings.question("opinion")["delivery.promise"].held
    assert "delivery.parcel@smot" not in held
    assert {"promised_days", "items", "month", "basket.price"} <= set(held)


def test_olist_says_how_the_parcel_stood_when_people_answered(example):
    promise = example("olist_sample").findings.question("opinion")["delivery.promise"]
    missing, late = (promise.effect("level", level=level) for level in ("still missing", "late but arrived"))
    about(missing.mean, 1.59, 0.01)
    about(late.mean, 3.77, 0.01)
    about(missing.mean_reference, 4.28, 0.01)
    assert (missing.n, late.n) == (288, 75)


def test_olist_does_not_take_days_late_for_a_dose(example):
    olist = example("olist_sample")
    assert olist.verdict("delivery.parcel", "opinion") == "not identifiable"
    assert olist.refused()["delivery.parcel"] == "dated_after_outcome"


def test_olist_several_sellers_go_along_with_fewer_stars_and_the_rest_of_the_basket_does_not(example):
    olist = example("olist_sample")
    opinion = olist.findings.question("opinion")
    about(opinion["basket.sellers"].effect("presence").estimate, -1.2, 0.15)
    assert opinion["basket.sellers"].verdict in ("likely", "association")
    for name in ("basket.price", "basket.freight", "payment.instalments"):
        assert opinion[name].verdict not in (*CLAIMS, "association")


def test_olist_repurchase_can_not_be_answered(example):
    (answer,) = example("olist_sample").findings.unanswerable
    assert (answer.question, answer.rule) == ("repurchase", "no_repeat")


def test_sfo_drivers_are_associations_in_tied_groups(example):
    sfo = example("sfo_survey").findings
    ranked = [finding for finding in sfo.document.findings if finding.rank is not None]
    assert len(ranked) >= 8
    assert {finding.verdict for finding in ranked} == {"association"}
    groups = [finding.tied for finding in sorted(ranked, key=lambda finding: finding.rank)]
    assert groups == sorted(groups)
    assert len(set(groups)) < len(groups) / 2


def test_sfo_blanks_and_never_used_are_neither_ratings_nor_dropped(example):
    sfo = example("sfo_survey").findings
    (question,) = sfo.questions
    levels = {effect.level for effect in sfo.document.effects if effect.contrast == "level"}
    assert levels <= {"1", "2", "3", "4", "5"}
    assert question.units == 8821  # of 9,311 respondents 490 left the overall rating blank or never used the airport


def test_sfo_is_weighted(example, shared_data):
    import duckdb

    years = {2013: ("Q7O_WHOLE",), 2014: ("Q7ALL",), 2015: ("Q7ALL",)}
    folder = shared_data("sfo_survey_2010_2015")
    union = " UNION ALL ".join(
        f"SELECT {column} AS y, WEIGHT AS w FROM '{folder}/{year}_SFO_Customer_Survey.csv'" for year, (column,) in years.items()
    )
    query = f"SELECT sum(y * w) / sum(w), avg(y) FROM ({union}) WHERE y BETWEEN 1 AND 5"
    weighted, plain = duckdb.connect().execute(query).fetchone()
    mean = example("sfo_survey").findings.questions[0].mean
    assert abs(mean - weighted) < 1e-6
    assert abs(mean - plain) > 1e-6


@pytest.mark.parametrize(
    ("arm", "outcome", "expected", "low", "high", "scale"),
    [
        ("email.mens", "visit", 7.66, 7.00, 8.32, 100),
        ("email.womens", "visit", 4.52, 3.89, 5.16, 100),
        ("email.mens", "spend", 0.770, 0.485, 1.055, 1),
        ("email.womens", "spend", 0.424, 0.169, 0.680, 1),
    ],
)
def test_hillstrom_mails_move_visits_and_spend(example, arm, outcome, expected, low, high, scale):
    moment = example("hillstrom").findings.question(outcome)[arm]
    assert (moment.verdict, moment.evidence) == ("moment", "A")
    effect = moment.effect("arm")
    half = (high - low) / 2
    about((effect.mean - effect.mean_reference) * scale, expected, 0.01 * half)
    about(effect.estimate * scale, expected, 0.15 * half)  # adjusted for what was known before
    about((effect.high - effect.low) / 2 * scale, half, 0.1 * half)


def test_cookie_cats_the_gate_costs_a_week_and_the_arms_are_uneven(example):
    cats = example("cookie_cats").findings
    week = cats.question("retention_7")["game.gate"]
    effect = week.effect("arm")
    about(100 * effect.estimate, -0.82, 0.01)
    about(100 * effect.low, -1.33, 0.01)
    about(100 * effect.high, -0.31, 0.01)
    (ratio,) = [check for check in cats.question("retention_7").questions[0].checks if check.name == "sample_ratio"]
    assert ratio.status == "fail"
    about(ratio.value, 0.0087, 0.0002)
    assert week.evidence != "A"
    assert cats.question("retention_1")["game.gate"].verdict in ("no evidence", "too small to matter")


def test_telco_refuses_what_is_known_only_of_those_who_left(example):
    telco = example("telco_ibm")
    refused = telco.refused()
    assert {"Satisfaction Score", "Churn Score", "Churn Category", "Churn Reason"} <= set(refused)
    assert not {"Contract", "tenure", "TechSupport", "support.tech", "MonthlyCharges", "InternetService"} & set(refused)
    assert all(moment.verdict not in CLAIMS for moment in telco.findings)
    assert "association" in {moment.verdict for moment in telco.findings}


def test_incidents_are_handed_on_and_late_but_nobody_knows_when_the_promise_broke(example):
    incidents = example("incident_log").findings
    moment = incidents["support.reassignment"]
    assert moment.evidence == "C"
    assert moment.verdict == "association"
    means = [moment.effect("level", level=level).mean for level in ("1", "2", "3", "4-")]
    means.insert(0, moment.effect("level", level="1").mean_reference)
    for found, expected in zip(means, (78.4, 57.1, 39.9, 32.9, 19.0), strict=True):
        about(100 * found, expected, 0.1)


def test_incidents_do_not_take_the_aftermath_for_a_cause(example):
    incidents = example("incident_log")
    for name in ("ticket.reopened", "ticket.hours_to_resolve", "ticket.closed_at"):
        assert name in incidents.refused() or incidents.verdict(name) not in CLAIMS
    assert incidents.refused()["ticket.hours_to_resolve"] == "measured_at_end"
    assert incidents.refused()["ticket.closed_at"] == "dated_after_outcome"


@pytest.mark.parametrize("name", ["online_shoppers", "hotel_bookings"])
def test_snapshots_claim_nothing(example, name):
    found = example(name).findings
    assert found.document.findings
    assert all(moment.verdict not in CLAIMS for moment in found)


def test_online_shoppers_page_value_is_no_claim_and_is_pointed_at(example):
    shoppers = example("online_shoppers")
    assert shoppers.verdict("site.page_value") not in CLAIMS
    (check,) = [check for check in shoppers.findings.questions[0].checks if check.name == "dominance"]
    assert "site.page_value" in check.message


def test_hotel_bookings_refuse_the_outcome_in_disguise_and_warn_of_duplicates(example):
    hotels = example("hotel_bookings")
    assert {"reservation_status", "reservation_status_date"} <= set(hotels.refused())
    (duplicates,) = [check for check in hotels.findings.questions[0].checks if check.name == "duplicates"]
    assert duplicates.status == "review"
    about(duplicates.value, 0.268, 0.002)


NAMES = [
    "olist_sample",
    "sfo_survey",
    "hillstrom",
    "cookie_cats",
    "telco_ibm",
    "incident_log",
    "online_shoppers",
    "hotel_bookings",
    "uci_online_retail",
]


@pytest.mark.parametrize("name", NAMES)
def test_every_example_goes_the_whole_way(example, name, tmp_path):
    found = example(name).findings
    document = msgspec.json.decode(found.to_json(), type=Document)
    assert document == found.document
    page = momot.report(found, tmp_path / "moments.html").read_text(encoding="utf-8")
    for question in document.questions:
        assert question.headline.split(";")[0][:40] in page


def test_find_prints_the_same_document_as_the_library(example):
    hillstrom = example("hillstrom")
    command = [
        sys.executable,
        "-m",
        "momot",
        "find",
        str(hillstrom.project.folder),
        "--data",
        str(hillstrom.project.data),
        "--format",
        "json",
        "--quiet",
    ]
    printed = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    assert json.loads(printed) == json.loads(hillstrom.findings.to_json())


def test_evidence_c_never_speaks_of_causes(example):
    for name in ("sfo_survey", "telco_ibm", "online_shoppers", "hotel_bookings"):
        for question in example(name).findings.questions:
            assert not any(word in question.headline.lower() for word in ("because", "cause", "decide", "changes", "makes", "breaks"))


def test_the_seed_only_deals_people_to_folds(example):
    olist = example("olist_sample")
    other = momot.find_moments(olist.project, outcome="opinion", seed=7)["delivery.promise"]
    mine = olist.findings.question("opinion")["delivery.promise"]
    assert other.verdict == mine.verdict
    about(other.effect("bad-good").estimate, mine.effect("bad-good").estimate, 0.02)


def test_telco_refuses_the_same_columns_under_other_names_and_in_another_order(example, shared_data, tmp_path):
    import duckdb

    folder = shared_data("telco_ibm")
    tables = example("telco_ibm").project.file.tables
    (snapshot,) = [table.query for table in tables if table.name == "snapshot"]
    from python_calamine import CalamineWorkbook

    with (tmp_path / "status.csv").open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows(
            CalamineWorkbook.from_path(folder / "Telco_customer_churn_status.xlsx").get_sheet_by_index(0).to_python()
        )
    connection = duckdb.connect()
    connection.execute(f"CREATE TABLE status AS SELECT * FROM '{tmp_path}/status.csv'")
    query = snapshot.replace("'Telco-Customer-Churn.csv'", f"'{folder}/Telco-Customer-Churn.csv'")
    columns = [row[0] for row in connection.execute(f"DESCRIBE {query}").fetchall()]
    renamed = {name: f"c{position}" for position, name in enumerate(columns)}
    listed = ", ".join(f'"{name}" AS {renamed[name]}' for name in sorted(columns, reverse=True))
    connection.execute(f"COPY (SELECT {listed} FROM ({query}) ORDER BY md5(\"customerID\")) TO '{tmp_path}/base.csv' (HEADER)")
    (tmp_path / "momot.toml").write_text(
        f"""
name = "renamed"
[[snapshots]]
from = "base.csv"
person = "{renamed["customerID"]}"
outcomes = {{ y = "{renamed["Churn"]} = 'Yes'" }}
touchpoints = {{ "a.tech" = "{renamed["TechSupport"]}", "a.score" = "{renamed["Satisfaction Score"]}" }}
before = ["{renamed["tenure"]}", "{renamed["Churn Score"]}"]
""",
        encoding="utf-8",
    )
    found = momot.find_moments(momot.open(tmp_path))
    names = {
        "a.score" if name == "Satisfaction Score" else renamed[name]
        for name in ("Satisfaction Score", "Churn Score", "Churn Category", "Churn Reason")
    }
    assert names <= {refusal.column for refusal in found.refused}
    assert not {renamed[name] for name in ("tenure", "Contract", "MonthlyCharges", "CLTV")} & {refusal.column for refusal in found.refused}
    assert found["a.tech"].verdict == "association"


def test_olist_repurchase_can_be_answered_when_people_come_back(example, shared_data, tmp_path):
    """Three in ten people get a second order a few weeks later: the same project file then has an answer."""
    import shutil

    import duckdb

    for path in shared_data("olist_sample").glob("*.csv"):
        shutil.copyfile(path, tmp_path / path.name)
    shutil.copy(example("olist_sample").project.folder / "momot.toml", tmp_path)
    orders = tmp_path / "olist_orders_dataset.csv"
    copy = tmp_path / "all.csv"
    columns = ("purchase_timestamp", "approved_at", "delivered_carrier_date", "delivered_customer_date", "estimated_delivery_date")
    later = ", ".join(f"order_{name} + INTERVAL 45 DAY AS order_{name}" for name in columns)
    duckdb.connect().execute(
        f"""COPY (SELECT * FROM '{orders}' UNION ALL BY NAME
            SELECT * REPLACE (md5(order_id) AS order_id, {later}) FROM '{orders}' WHERE hash(customer_id) % 10 < 3) TO '{copy}' (HEADER)"""
    )
    copy.replace(orders)
    found = momot.find_moments(momot.open(tmp_path), outcome="repurchase")
    assert not found.unanswerable
    (question,) = found.questions
    assert question.design == "panel"
    assert 0.03 < question.mean < 0.3  # of the days after which 90 more are known, those followed by an order
    assert found["delivery.promise"].verdict in (
        "no evidence",
        "too small to matter",
        "likely",
        "not identifiable",
    )  # who comes back was drawn
