"""The true effects are those of brute force, one order at a time, and those of an experiment on the same people."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from momot.worlds.orders.people import People, draw_people
from momot.worlds.orders.touches import BAD, GOOD, Chance, Lives, Switch, draw_chance, live
from momot.worlds.orders.truth import CONTRASTS, met, true_effects


def world(orders: int, seed: int = 3) -> tuple[Chance, People, Lives]:
    random = np.random.default_rng(seed)
    people = draw_people(orders, random)
    chance = draw_chance(orders, people, random)
    return chance, people, live(chance, people)


def one_order(chance: Chance, row: int) -> Chance:
    return replace(chance, **{name: getattr(chance, name)[row : row + 1] for name in chance.__dataclass_fields__})


@pytest.mark.parametrize("contrast", CONTRASTS, ids=lambda contrast: f"{contrast.touchpoint} {contrast.contrast}")
def test_effects_equal_brute_force_on_each_order_alone(contrast: object) -> None:
    chance, people, lives = world(150)
    differences = []
    for row in np.flatnonzero(met(lives, contrast.touchpoint) & lives.answers):
        level, reference = (live(one_order(chance, row), people, switch).stars[0] for switch in contrast.switched)
        differences.append(int(level) - int(reference))
    found = {(effect.touchpoint, effect.contrast): effect for effect in true_effects(chance, people, lives)}
    effect = found[contrast.touchpoint, contrast.contrast]
    assert effect.n == len(differences)
    assert effect.effect == pytest.approx(np.mean(differences), abs=1e-6)


def test_a_coin_that_decides_who_is_late_finds_the_true_effect() -> None:
    """An experiment on fresh people: difference in means within 4 standard errors of the truth."""
    chance, people, lives = world(20_000)
    truth = next(effect for effect in true_effects(chance, people, lives) if effect.touchpoint == "delivery.promise")
    coin = np.random.default_rng(11).random(20_000) < 0.5
    stars = np.where(coin, live(chance, people, Switch(promise=BAD)).stars, live(chance, people, Switch(promise=GOOD)).stars)
    late, in_time = stars[coin & lives.answers], stars[~coin & lives.answers]
    error = np.hypot(late.std() / np.sqrt(len(late)), in_time.std() / np.sqrt(len(in_time)))
    assert abs(late.mean() - in_time.mean() - truth.effect) < 4 * error


def test_a_switch_leaves_what_was_before_it_unchanged() -> None:
    chance, people, lives = world(500)
    late = live(chance, people, Switch(promise=BAD))
    assert np.array_equal(late.promised_days, lives.promised_days)
    assert np.array_equal(late.newsletter, lives.newsletter)
    assert np.array_equal(late.answers, lives.answers)
    assert (late.reply != lives.reply).any(), "who waits asks for help: what comes after the touch is lived again"


def test_every_touch_but_the_call_back_comes_before_the_review() -> None:
    _, _, lives = world(5_000)
    assert (lives.delivered < lives.asked).all()
    assert (lives.ticket_opened + lives.reply_minutes < lives.asked).all()
    assert (lives.asked < lives.answered).all()


def test_the_raw_difference_exaggerates() -> None:
    """The trap: promises are broken where people are less content anyway, so that late minus in time is not the effect."""
    chance, people, lives = world(60_000)
    truth = next(effect for effect in true_effects(chance, people, lives) if effect.touchpoint == "delivery.promise")
    late = (lives.promise == BAD) & lives.answers
    raw = lives.stars[late].mean() - lives.stars[(lives.promise == GOOD) & lives.answers].mean()
    assert raw < truth.effect - 0.1
