"""What people said in real data sets, through the whole path: figures from their notes."""

from __future__ import annotations

import momot


def test_airline_tweets_say_who_lets_whom_wait(built) -> None:
    found = momot.voices(built("us_airline_tweets"), by="airline", tier="fast")
    assert found.unit == "rating"
    reasons = " ".join(phrase.phrase for reason in found.pain_points.reasons[:15] for phrase in reason.phrases)
    assert all(word in reasons for word in ("delayed", "cancelled", "hold", "bag", "late flight"))
    worst = found.by["airline"]
    negative = {tone.name: tone.negative.share for tone in worst}
    assert negative["US Airways"] > negative["Delta"] > 0
    assert found.compared is not None
    told = {(cell.theme, cell.values[0]) for cell in found.compared.cells if cell.q_value < 0.05 and cell.difference > 0}
    assert any(theme.startswith("hold") and airline == "US Airways" for theme, airline in told)


def test_comcast_complaints_have_their_themes_and_their_spike(built) -> None:
    found = momot.voices(built("comcast_complaints"), tier="fast")
    assert (found.texts, found.people, found.anonymous) == (2224, 0, 2224)
    themes = " ".join(theme.phrase for theme in found.themes)
    assert all(word in themes for word in ("billing", "internet", "data", "speed"))
    spike = next(spike for spike in found.spikes.spikes if spike.theme is None)
    assert (spike.from_, spike.to, spike.people) == ("2015-06-23", "2015-06-24", 408)


def test_cfpb_narratives_tell_products_apart(built) -> None:
    found = momot.voices(built("cfpb_sample"), by="product", tier="fast")
    assert found.texts == 1532  # 23 % of 6,623
    assert found.compared is not None
    told = {(cell.theme, cell.values[0]) for cell in found.compared.cells if cell.q_value < 0.05 and cell.difference > 0.1}
    assert any("debt" in theme and product == "Debt collection" for theme, product in told)
    assert any("credit" in theme and product.startswith("Credit reporting") for theme, product in told)
    assert not any("disputed" in str(segment) for segment in found.by)


def test_olist_a_broken_promise_is_explained_by_parcels_that_never_came(built) -> None:
    found = momot.explain(built("olist_sample"), "delivery.promise", tier="fast")
    assert found.basis == "how it went"
    assert any("não recebi" in phrase.phrase for reason in found.badly.reasons[:3] for phrase in reason.phrases)
    assert any("antes" in phrase.phrase for reason in found.well.reasons[:5] for phrase in reason.phrases) or not found.well.reasons
