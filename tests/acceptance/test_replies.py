"""A reply to bad feedback, in simulated people whose return is known: found where it helps, not where it does nothing."""

from __future__ import annotations

import csv
from datetime import datetime, timedelta
from pathlib import Path

import numpy as np
import pytest

import momot

START = datetime(2024, 1, 1)  # noqa: DTZ001  local times, as a CSV has them
DAYS, WITHIN, HORIZON = 110, 14, 7
BASE = {"gold": 0.10, "plain": 0.05}
REPLIED = {"gold": 0.15, "plain": 0.05}  # a day: who buys more is answered more
HURT = 1 / 3  # of the usual rate, for as long as anybody is followed
BAD = (
    "The parcel arrived broken and nobody helped me.",
    "Terrible service, I am very disappointed.",
    "Poor quality, it broke on the first day, a waste of money.",
)
GOOD = ("Great service, I am very happy.", "Excellent quality, I love it.", "Very friendly staff, thank you, it was perfect.")
TOML = """
name = "shop"
[people]
from = "people.csv"
person = "who"
segments = ["tier"]
[[interactions]]
from = "orders.csv"
activity = "order_placed"
touchpoint = "checkout.order"
person = "who"
at = "at"
[[interactions]]
from = "reviews.csv"
activity = "review"
touchpoint = "feedback.review"
person = "who"
at = "at"
text = "words"
quality = "text"
[[interactions]]
from = "replies.csv"
activity = "reply"
touchpoint = "feedback.reply"
person = "who"
at = "at"
[outcomes.returns]
activity = "order_placed"
within = "7 days"
[[pairs]]
first = "feedback.review"
went = "bad"
then = "feedback.reply"
within = "14 days"
"""


def shop(home: Path, *, effect: float, people: int = 1_500, seed: int) -> Path:
    """Everybody writes one review, half of them bad, and buys a third as often from then on; a reply mends `effect` of that."""
    random = np.random.default_rng(seed)
    rows: dict[str, list[tuple[str, ...]]] = {"people": [], "orders": [], "reviews": [], "replies": []}
    for number in range(people):
        who, tier = f"p{number}", "gold" if random.random() < 0.4 else "plain"
        rows["people"].append((who, tier))
        spoken, bad = int(random.integers(20, DAYS - WITHIN - HORIZON)), random.random() < 0.5
        rate, answered = BASE[tier], False
        for day in range(DAYS):
            at = (START + timedelta(days=day, hours=float(random.uniform(0, 23)))).isoformat(sep=" ", timespec="seconds")
            if random.random() < rate:
                rows["orders"].append((who, at))
            if day == spoken:
                rows["reviews"].append((who, at, str(random.choice(BAD if bad else GOOD))))
                rate = BASE[tier] * (HURT if bad else 1)
            elif bad and day > spoken and not answered and random.random() < REPLIED[tier]:
                rows["replies"].append((who, at))
                rate, answered = BASE[tier] * (HURT + effect * (1 - HURT)), True
    heads = {"people": ("who", "tier"), "orders": ("who", "at"), "reviews": ("who", "at", "words"), "replies": ("who", "at")}
    home.mkdir()
    for name, head in heads.items():
        with (home / f"{name}.csv").open("w", newline="", encoding="utf-8") as file:
            csv.writer(file).writerows([head, *rows[name]])
    (home / "momot.toml").write_text(TOML, encoding="utf-8")
    return home


def truth(effect: float) -> float:
    """What a reply on a day changes in the probability of buying within a week, against none that day; then perhaps on a later one.

    Weighted as a regression within tiers does (Angrist 1998): by people at risk times the variance of being answered that day.
    """
    gains, weights = [], []
    for tier, share in (("gold", 0.4), ("plain", 0.6)):
        low, reply = BASE[tier] * HURT, REPLIED[tier]
        high = BASE[tier] * (HURT + effect * (1 - HURT))
        waits, mended = 1.0, 0.0  # probability of no order so far: without a reply, and after one
        for _ in range(HORIZON):
            waits, mended = waits * (1 - low) * (1 - reply), mended * (1 - high) + waits * (1 - low) * reply
        at_risk = share * sum((1 - reply) ** day for day in range(WITHIN))
        gains.append((waits + mended) - (1 - high) ** HORIZON)
        weights.append(at_risk * reply * (1 - reply))
    return float(np.average(gains, weights=weights))


@pytest.mark.parametrize("effect", [0.0, 1.0])
def test_what_a_reply_to_bad_feedback_changes_is_told(effect: float, tmp_path: Path) -> None:
    """The mean of five worlds is within 3.3 of its standard errors of the truth; a reply that does nothing is called nothing."""
    found = []
    for seed in range(5):
        (pair,) = momot.find_moments(momot.open(shop(tmp_path / str(seed), effect=effect, seed=seed))).pairs
        assert (pair.first, pair.then, pair.evidence) == ("feedback.review", "feedback.reply", "C")
        met = next(one for one in pair.effects if one.contrast == "met")
        found.append((met.estimate, (met.high - met.low) / 2 / 1.96, met.low <= truth(effect) <= met.high, pair.verdict))
    estimates, errors, covered, verdicts = (np.array(column) for column in zip(*found, strict=True))
    assert abs(estimates.mean() - truth(effect)) < 3.3 * np.sqrt((errors**2).sum()) / len(errors)
    assert covered.sum() >= 4
    if effect:
        assert set(verdicts) == {"repairs"}
    else:
        assert (verdicts == "no evidence").sum() >= 4


def test_a_reply_is_never_said_to_cause_what_nobody_randomised(tmp_path: Path) -> None:
    (pair,) = momot.find_moments(momot.open(shop(tmp_path / "shop", effect=1.0, seed=9))).pairs
    assert "feedback.reply within 14 days, against not meeting it that day" in pair.sentence
    assert "goes together with a repair" in pair.sentence
    assert "it repairs" not in pair.sentence
    assert pair.recovery == "no difference seen"
    (check,) = (one for one in pair.checks if one.name == "calibration")
    assert check.message.startswith("Nothing records how it goes")
    assert check.fix == "Randomise who is offered the repair."
