"""Companies by name: what each is for, and what is planted in it."""

from __future__ import annotations

from dataclasses import dataclass, replace

from momot.worlds.journeys.plan import Driven
from momot.worlds.journeys.planting import Wish

SHOP = ("purchase", "repurchase", "advocacy", "opinion")
BUYING: dict[Driven, float] = {"purchase": 0.5, "opinion": 0.7, "review": 0.8}
STAYING: dict[Driven, float] = {"churn": -0.6, "opinion": 0.7}


@dataclass(frozen=True, slots=True)
class Preset:
    """A wish with the usual number of touchpoints and of true ones, and a sentence for the list of worlds."""

    sentence: str
    wish: Wish

    def wished(self, *, touchpoints: int | None, true: int | None, days: int, pace: float = 1.0, controls: int = 0) -> Wish:
        """The wish with another number of touchpoints; of fewer, at most half are true unless `true` says so."""
        count = self.wish.touchpoints if touchpoints is None else touchpoints
        usual = min(self.wish.true, (count - self.wish.following) // 2)
        return replace(self.wish, touchpoints=count, true=usual if true is None else true, days=days, pace=pace, controls=controls)


_SHOP = Wish("shop", touchpoints=40, true=8, outcomes=SHOP, changes=BUYING)
_SUBSCRIPTION = Wish(
    "subscription",
    touchpoints=40,
    true=8,
    outcomes=("churn", "renewal", "opinion"),
    changes=STAYING,
    subscription=True,
    bursty=False,
    targeted=2,
)

PRESETS: dict[str, Preset] = {
    "shop": Preset("a web shop whose customers come in bursts of intent: purchase, repurchase, advocacy, opinion", _SHOP),
    "subscription": Preset("contracts renewed every month or ended for good; rescue offers go to those at risk", _SUBSCRIPTION),
    "threshold": Preset("a shop where high intent together with high affinity does more than both", replace(_SHOP, threshold=1.2)),
    "saturated": Preset("a shop where a second touch adds nothing while the first still works", replace(_SHOP, saturated=True)),
    "targeted": Preset(
        "a shop that aims touches, with effect and without, at those at risk and those who went silent",
        replace(_SHOP, targeted=4, targeted_true=2),
    ),
    "mediated": Preset("a shop where one touch works only through another one that it brings about", replace(_SHOP, mediated=True)),
    "delivery": Preset("a shop whose parcels, which follow a purchase, make or break the next one", replace(_SHOP, followed=True)),
    "silent": Preset("a shop whose surveys are answered most by the least content", replace(_SHOP, answer_by_opinion=0.3)),
    "partly": Preset(
        "a shop whose surveys three in ten answer, those with much recorded intent and affinity most",
        replace(_SHOP, answer_share=0.3, answer_by_history=0.4),
    ),
    "nps": Preset("a shop that asks for a recommendation from 0 to 10", replace(_SHOP, scale=(0, 10))),
    "segments": Preset(
        "a shop where some touches matter in one region only, and some the other way round elsewhere", replace(_SHOP, by_segment=True)
    ),
    "outage": Preset(
        "a shop with two touches that strike everybody of a district on some days, one with effect", replace(_SHOP, accidents=True)
    ),
    "misread": Preset("a shop that records one quality in ten a step off", replace(_SHOP, quality_error=0.1)),
    "spend": Preset("a shop asked for money instead of opinions", replace(_SHOP, outcomes=("purchase", "spend"))),
    "accounts": Preset("buying groups of several persons: touches reach one of them, the account buys", replace(_SHOP, members=3)),
    "null": Preset("a shop where nothing changes anything", replace(_SHOP, true=0)),
    "few": Preset("a shop with eight touchpoints, half of those that could be are true", replace(_SHOP, touchpoints=8, true=3)),
    "dense": Preset("a shop with sixty touchpoints, half of them true", replace(_SHOP, touchpoints=60, true=30)),
}
PRESETS = {name: replace(preset, wish=replace(preset.wish, world=name)) for name, preset in PRESETS.items()}
