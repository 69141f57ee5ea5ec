"""Reasons mined from real texts, held against the labels and facts that came with them."""

from __future__ import annotations

import csv
from collections import Counter
from datetime import UTC, datetime

import numpy as np
import pytest

from momot.reasons.compared import compared
from momot.reasons.mined import mine
from momot.reasons.said import Said
from momot.reasons.themes import common_themes, places_of
from momot.reasons.trends import spikes
from momot.stats.contingency import fisher_mid_p
from momot.voices.normalise import normalised


def rows_of(folder, *names: str) -> list[dict[str, str]]:
    rows = []
    for name in names:
        with (folder / name).open(encoding="utf-8", errors="replace", newline="") as file:
            rows += list(csv.DictReader(file))
    return rows


def said_of(texts, language, side=None, *, value=None, persons=None, at=None, segments=None) -> Said:
    number = len(texts)
    side = np.zeros(number) if side is None else np.asarray(side)
    return Said(
        texts=[normalised(text) for text in texts], languages=[language] * number,
        persons=np.arange(number) if persons is None else np.unique(persons, return_inverse=True)[1].astype(np.int64),
        at=np.zeros(number, dtype=np.int64) if at is None else np.asarray(at, dtype=np.int64),
        value=np.full(number, np.nan) if value is None else np.asarray(value, dtype=np.float64), side=side.astype(np.int8),
        suggestion=np.zeros(number, dtype=np.float32), segments=segments or {},
    )  # fmt: skip


def matched(said: Said, reasons, labels, among) -> dict[str, list[str]]:
    """For each label the reasons that its texts give clearly more than the other texts `among`: twice as often, p below .001."""
    labels = np.asarray(labels)
    found: dict[str, list[str]] = {}
    for name, places in places_of(said, reasons).items():
        gives = np.zeros(len(said), dtype=bool)
        gives[places] = True
        for label in set(labels[among]):
            inside, outside = among & (labels == label), among & (labels != label)
            counts = int(gives[inside].sum()), int(inside.sum()), int(gives[outside].sum()), int(outside.sum())
            if counts[0] / counts[1] >= 2 * counts[2] / counts[3] and fisher_mid_p(*counts) < 1e-3:
                found.setdefault(label, []).append(name)
    return found


def phrases(reasons) -> str:
    return "; ".join(phrase.phrase for reason in reasons for phrase in reason.phrases)


@pytest.fixture(scope="module")
def airlines(shared_data):
    rows = rows_of(shared_data("us_airline_tweets"), "Tweets.csv")
    side = [{"negative": -1, "neutral": 0, "positive": 1}[row["airline_sentiment"]] for row in rows]
    said = said_of([row["text"] for row in rows], "en", side, value=side, persons=[row["name"] for row in rows])
    return rows, said, mine(said, "pain_point")


def test_the_five_commonest_reasons_of_labelled_tweets_are_named(airlines) -> None:
    """Of the labels that are a reason. Some labels are wrong: only rows that are negative count."""
    rows, said, found = airlines
    labels = [row["negativereason"] for row in rows]
    among = np.array([row["airline_sentiment"] == "negative" and row["negativereason"] not in ("", "Can't Tell") for row in rows])
    five = [label for label, _ in Counter(np.asarray(labels)[among]).most_common(5)]
    named = matched(said, found.reasons, labels, among)
    assert sorted(five) == ["Bad Flight", "Cancelled Flight", "Customer Service Issue", "Late Flight", "Lost Luggage"]
    assert [label for label in five if label not in named] == []
    words = {
        "Customer Service Issue": "customer service",
        "Late Flight": "late flight",
        "Cancelled Flight": "cancelled flight",
        "Lost Luggage": "luggage",
    }
    assert [
        word for label, word in words.items() if word not in "; ".join(reason for reason in [*named[label], phrases(found.reasons)])
    ] == []


def test_few_reasons_of_the_tweets_are_of_no_label(airlines) -> None:
    """Nine in ten of the first twenty reasons stand out in the rows of some label."""
    rows, said, found = airlines
    among = np.array([row["airline_sentiment"] == "negative" and bool(row["negativereason"]) for row in rows])
    named = {
        reason
        for reasons in matched(said, found.reasons[:20], [row["negativereason"] for row in rows], among).values()
        for reason in reasons
    }
    assert len(named) >= 16


@pytest.fixture(scope="module")
def reviews(shared_data):
    rows = rows_of(shared_data("olist_sample"), "olist_order_reviews_dataset.csv")
    rows = [row for row in rows if row["review_comment_title"] or row["review_comment_message"]]
    stars = np.array([int(row["review_score"]) for row in rows])
    texts = [". ".join(filter(None, (row["review_comment_title"], row["review_comment_message"]))) for row in rows]
    return said_of(texts, "pt", np.select([stars <= 2, stars >= 4], [-1, 1], 0), value=stars)


def test_orders_go_badly_by_late_wrong_and_partial_delivery(reviews) -> None:
    found = mine(reviews, "pain_point").reasons[:20]
    told = phrases(found)
    assert "não recebi" in phrases(found[:3])  # has not arrived when the survey asks
    assert any(word in told for word in ("errado", "diferente", "defeito", "quebrado"))
    assert any(word in told for word in ("recebi apenas", "faltando", "não veio", "unidades"))
    assert all(reason.effect is None or reason.effect_high < 0 for reason in found)


def test_orders_go_well_by_early_delivery(reviews) -> None:
    assert any("antes do prazo" in phrases([reason]) for reason in mine(reviews, "praise").reasons[:5])


ASPECTS = {
    "ac": ("ac",), "air_panas": ("air panas", "panas"), "bau": ("bau", "apek", "rokok"), "kebersihan": ("bersih", "kotor"),
    "linen": ("sprei", "seprei", "handuk", "selimut", "bantal", "kasur"), "service": ("pelayanan", "staff", "ramah", "resepsionis"),
    "sunrise_meal": ("sarapan", "breakfast", "makanan"), "tv": ("tv", "channel"), "wifi": ("wifi", "wi-fi", "internet"),
}  # fmt: skip


def test_each_aspect_of_hotels_is_among_the_reasons_of_its_bad_or_good_texts(shared_data) -> None:
    """For each labelled aspect: texts that judge it badly (well) against all others; its words are among the first ten of either."""
    rows = rows_of(shared_data("voices") / "hoasa_id", "train.csv", "valid.csv", "test.csv")
    said = said_of([row["review"] for row in rows], "id")
    missing = []
    for aspect, words in ASPECTS.items():
        told = ""
        for polarity in ("neg", "pos"):
            side = np.array([row[aspect] == polarity for row in rows])
            told += phrases(mine(said, "pain_point", side=side, other=~side).reasons[:10]) + "; "
        if not any(f" {word} " in f" {told.replace(';', ' ')} " for word in words):
            missing.append(aspect)
    assert missing == []


@pytest.fixture(scope="module")
def complaints(shared_data):
    rows = rows_of(shared_data("comcast_complaints"), "Comcast_telecom_complaints_data.csv")
    days = [datetime.strptime(row["Date_month_year"], "%d-%b-%y").replace(tzinfo=UTC) for row in rows]
    return said_of([row["Customer_Complaint"] for row in rows], "en", at=[int(day.timestamp()) * 1_000_000 for day in days])


def test_themes_of_complaints(complaints) -> None:
    told = phrases(common_themes(complaints))
    assert all(word in told for word in ("data cap", "billing", "speed"))


def test_the_spike_of_june_is_found_and_not_many_others(complaints) -> None:
    found = spikes(places_of(complaints, common_themes(complaints)), persons=complaints.persons, at=complaints.at)
    anything = [spike for spike in found.spikes if spike.theme is None]
    assert any(spike.from_ <= "2015-06-23" and spike.to >= "2015-06-24" and spike.times > 5 for spike in anything)
    assert len(anything) <= 4


PRODUCTS = {
    "Debt collection": ("debt", "owe"),
    "Mortgage": ("mortgage", "escrow account"),
    "Checking or savings account": ("checking account", "overdraft"),
    "Credit card or prepaid card": ("credit card",),
    "Credit reporting, credit repair services, or other personal consumer reports": ("equifax", "reporting"),
}


def test_what_narratives_of_each_product_say(shared_data) -> None:
    """Each product against all others; and what is common to all, by product."""
    rows = [row for row in rows_of(shared_data("cfpb_sample"), "complaints_sample.csv") if row["Consumer complaint narrative"].strip()]
    products = np.array([row["Product"] for row in rows])
    said = said_of([row["Consumer complaint narrative"] for row in rows], "en", segments={"product": products.tolist()})
    for product, words in PRODUCTS.items():
        told = phrases(mine(said, "pain_point", side=products == product, other=products != product).reasons[:12])
        assert all(word in told for word in words), (product, told)
    found = compared(places_of(said, common_themes(said)), persons=said.persons, segments=said.segments, by=("product",))
    more = {(cell.theme, cell.values[0]) for cell in found.cells if cell.q_value < 0.05 and cell.difference_low > 0.1}
    assert ("debt", "Debt collection") in more
