"""Reasons mined from simulated texts in six languages: what was planted is found, and little else."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest
from msgspec import json
from msgspec.structs import replace

from momot.reasons.mined import mine
from momot.reasons.phrases import said_phrases
from momot.reasons.said import Said
from tests.reasons.worlds import scored, world


@pytest.mark.parametrize(
    ("lift", "share", "texts"), [(4.0, 0.03, 1_500), (3.0, 0.03, 2_000), pytest.param(2.0, 0.06, 5_000, marks=pytest.mark.slow)]
)
def test_planted_pain_points_are_found_and_little_else(lift, share, texts) -> None:
    """Six pain points in each of six languages, `lift` times as frequent: at least .95 found, at most .10 of the reasons false."""
    told = [
        scored(mine(made.said, "pain_point", most=120), made.planted)
        for made in (world(seed, texts=texts, lift=lift, share=share) for seed in (10, 11))
    ]
    assert np.mean([recall for recall, _ in told]) >= 0.95
    assert np.mean([false for _, false in told]) <= 0.10


def test_where_nothing_is_planted_almost_nothing_is_found() -> None:
    """Bad texts are longer, which is all: in 4 worlds of 6 languages at most 2 reasons together."""
    assert sum(len(mine(world(seed, texts=800, lift=1.0).said, "pain_point").reasons) for seed in range(20, 24)) <= 2


def test_a_reason_says_what_a_reader_needs() -> None:
    made = world(5, texts=2_000, lift=4.0, languages=("en",))
    found = mine(made.said, "pain_point")
    first = found.reasons[0]
    assert first.rank == 1
    assert first.share_low <= first.share <= first.share_high
    assert first.effect_low < first.effect < first.effect_high < 0
    assert len(first.quotes) >= 2
    assert all(set(first.phrase.split()) <= set(quote.text.lower().replace(".", "").split()) for quote in first.quotes)
    assert {share.name for share in first.by["region"]} == {"north", "south"}
    assert sum(share.of for share in first.trend) == found.texts
    assert json.decode(json.encode(found))["reasons"][0]["phrase"] == first.phrase


def test_intervals_hold_for_what_was_picked_because_it_stood_out() -> None:
    """Reasons of 24 small worlds against what each is worth in 24,000 texts of the same kind: 95 % of all told hold.

    One-sided 99 % binomial bound of the share covered, the texts of one world being one draw: 24 worlds tell some 190 reasons.
    """
    every = world(999, texts=12_000, lift=3.0, languages=("en", "id")).said
    phrases = [set(said_phrases(text, language, frozenset())) for text, language in zip(every.texts, every.languages, strict=True)]
    spoken = np.array(every.languages)

    @cache
    def worth(wordings: tuple[tuple[str, str], ...]) -> float:
        says = np.array([any(phrase in said for _, phrase in wordings) for said in phrases])
        says &= np.isin(spoken, [language for language, _ in wordings])
        return float(every.value[says].mean() - every.value[~says].mean())

    covered = []
    for seed in range(24):
        for reason in mine(world(seed, texts=600, lift=3.0, languages=("en", "id")).said, "pain_point").reasons:
            true = worth(tuple((one.language, one.phrase) for one in reason.phrases))
            assert reason.log_odds_low < reason.log_odds < reason.log_odds_high
            covered.append(reason.effect_low <= true <= reason.effect_high)
    assert len(covered) > 100
    assert np.mean(covered) >= 0.95 - 2.33 * np.sqrt(0.95 * 0.05 / len(covered))


def test_order_of_rows_changes_no_reason() -> None:
    """Only which of two copies stays does: it is the first."""
    made = world(6, texts=1_200, lift=4.0, languages=("en", "th")).said
    order = np.random.default_rng(0).permutation(len(made))
    turned = Said(
        texts=[made.texts[place] for place in order], languages=[made.languages[place] for place in order], persons=made.persons[order],
        at=made.at[order], value=made.value[order], side=made.side[order], suggestion=made.suggestion[order],
        segments={"region": [made.segments["region"][place] for place in order]},
    )  # fmt: skip
    one, other = ({reason.phrase: reason.people for reason in mine(said, "pain_point").reasons} for said in (made, turned))
    assert len(one) > 5
    assert len(one.keys() & other.keys()) >= 0.9 * len(one)
    assert all(abs(people - other.get(phrase, people)) <= 3 for phrase, people in one.items())


def test_few_texts_are_quoted_and_not_mined() -> None:
    made = world(7, texts=60, languages=("en",)).said
    found = mine(made, "pain_point")
    assert found.reasons == ()
    assert "under 50" in found.note
    assert len(found.quotes) == 3


def test_nothing_said_is_no_crash() -> None:
    nothing = Said(texts=[""] * 200, languages=["und"] * 200, persons=np.arange(200), at=np.zeros(200, dtype=np.int64), value=np.zeros(200),
                   side=np.repeat([-1, 1], 100).astype(np.int8), suggestion=np.zeros(200, dtype=np.float32))  # fmt: skip
    assert mine(nothing, "praise").reasons == ()
    assert replace(mine(nothing, "suggestion"), note=None).reasons == ()
