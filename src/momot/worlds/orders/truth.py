"""The true effects: the same orders lived twice, with one touch switched (potential outcomes, Rubin 1974)."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Literal

import numpy as np

from momot.worlds.orders.people import Flags, People
from momot.worlds.orders.touches import BAD, GOOD, INSTALMENTS, NEUTRAL, NONE, Chance, Lives, Switch, live

ESTIMAND = (
    "Mean over the orders that met the touchpoint and whose buyer answered: stars with this one touch at `level` minus stars with it at "
    "`reference`, everything before it unchanged and everything after it lived again"
)


@dataclass(frozen=True, slots=True)
class TrueEffect:
    """One contrast of one touchpoint or condition, in stars. `n`: orders over which the mean is taken, `error`: its standard error."""

    outcome: str
    moment: str
    touchpoint: str
    stage: str | None
    kind: Literal["interaction", "condition"]
    contrast: str
    level: str
    reference: str
    days: None  # whenever the opinion was given
    effect: float
    error: float
    n: int
    null: bool


@dataclass(frozen=True, slots=True)
class _Contrast:
    touchpoint: str
    contrast: str
    level: str
    reference: str
    switched: tuple[Switch, Switch]  # to the level, to the reference
    kind: Literal["interaction", "condition"] = "interaction"
    stage: str | None = "smot"

    @property
    def moment(self) -> str:
        """Touchpoint at stage, as findings call it."""
        return self.touchpoint if self.stage is None else f"{self.touchpoint}@{self.stage}"


CONTRASTS = (
    _Contrast("delivery.promise", "bad-good", "bad", "good", (Switch(promise=BAD), Switch(promise=GOOD))),
    _Contrast("delivery.parcel", "break", "bad", "neutral", (Switch(parcel=BAD), Switch(parcel=NEUTRAL))),
    _Contrast("delivery.parcel", "make", "good", "neutral", (Switch(parcel=GOOD), Switch(parcel=NEUTRAL))),
    _Contrast("support.reply", "presence", "neutral", "not met", (Switch(reply=NEUTRAL), Switch(reply=NONE))),
    _Contrast("support.reply", "break", "bad", "neutral", (Switch(reply=BAD), Switch(reply=NEUTRAL))),
    _Contrast("support.reply", "make", "good", "neutral", (Switch(reply=GOOD), Switch(reply=NEUTRAL))),
    _Contrast("courier.message", "bad-good", "bad", "good", (Switch(message=BAD), Switch(message=GOOD))),
    _Contrast("site.order_status", "level", "3-", "0", (Switch(status_looks=3), Switch(status_looks=0))),
    _Contrast("email.newsletter", "presence", "met", "not met", (Switch(newsletter=True), Switch(newsletter=False)), stage="stimulus"),
    _Contrast("basket.parcels", "presence", "yes", "no", (Switch(several_parcels=True), Switch(several_parcels=False)), "condition", None),
    _Contrast("payment.instalments", "level", "12", "1", (Switch(instalments=INSTALMENTS[-1]), Switch(instalments=1)), "condition", None),
)
LABELS = {
    "delivery.promise@smot": "breaks",
    "delivery.parcel@smot": "breaks",
    "support.reply@smot": "make or break",
    "basket.parcels": "presence",
}


def met(lives: Lives, touchpoint: str) -> Flags:
    """Which orders met a touchpoint or are in a condition, shape (orders,); the others are everybody's."""
    some: dict[str, Flags] = {
        "support.reply": lives.reply != NONE,
        "site.order_status": lives.status_looks > 0,
        "email.newsletter": lives.newsletter,
        "basket.parcels": lives.several_parcels,
        "payment.instalments": lives.instalments > 1,
    }
    return some.get(touchpoint, np.ones_like(lives.answers))


def true_effects(chance: Chance, people: People, lives: Lives) -> list[TrueEffect]:
    """Every contrast that the shop's files let one ask for, with effect or without. Raises `ValueError` where nobody met a touchpoint."""
    effects = []
    for contrast in CONTRASTS:
        over = met(lives, contrast.touchpoint) & lives.answers
        if not over.any():
            raise ValueError(f"nobody who answered met {contrast.touchpoint}: give more orders")
        level, reference = (live(chance, people, switch).stars[over] for switch in contrast.switched)
        difference = level - reference
        effects.append(
            TrueEffect(
                outcome="opinion",
                moment=contrast.moment,
                touchpoint=contrast.touchpoint,
                stage=contrast.stage,
                kind=contrast.kind,
                contrast=contrast.contrast,
                level=contrast.level,
                reference=contrast.reference,
                days=None,
                effect=round(float(difference.mean()), 6),
                error=round(float(difference.std() / np.sqrt(len(difference))), 6),
                n=len(difference),
                null=not difference.any(),
            )
        )
    return effects


def truth(chance: Chance, people: People, lives: Lives, *, seed: int) -> dict[str, object]:
    """What `truth.json` holds."""
    effects = true_effects(chance, people, lives)
    nulls = {effect.moment for effect in effects} - {effect.moment for effect in effects if effect.effect}
    return {
        "schema": "momot.truth/2",
        "world": "orders",
        "seed": seed,
        "knobs": {"people": len(people.patience), "orders": len(chance.person)},
        "outcomes": {"opinion": {"unit": "stars", "design": "episode", "within_days": None, "per": "subject", "better": "higher"}},
        "effects": [asdict(effect) for effect in effects],
        "labels": [
            {"outcome": "opinion", "moment": moment, "label": "null" if moment in nulls else LABELS[moment]}
            for moment in dict.fromkeys(effect.moment for effect in effects)
        ],
        "half_lives": {},
        "follow_the_outcome": ["support.callback"],  # dated after the opinion: can't have changed it
        "aimed": [],
        "consequences": ["payment.goodwill"],  # given because of the stars: must be refused
        "unjudged": ["basket.price", "checkout.order"],
        "estimand": ESTIMAND,
    }
