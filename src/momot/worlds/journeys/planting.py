"""Draws a plan: which touchpoints a company has, which of them change something, how, and how they travel together."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from momot.worlds.journeys.plan import BAD, DISTRICTS, FEATURES, GOOD, NEUTRAL, Accident, Companion, Driven, Floats, Moment, Plan, Trigger

FAMILIES = {  # family: stage, channel, whether a touch has a quality, items
    "ads": ("stimulus", "ads", False, ("banner", "video", "sponsored", "retargeting", "audio", "billboard", "influencer", "paper")),
    "email": ("stimulus", "email", False, ("newsletter", "offer", "invitation", "digest", "birthday", "reminder", "story", "event")),
    "site": ("zmot", "web", True, ("search", "product", "compare", "advice", "gallery", "stock", "sizes", "video")),
    "app": ("zmot", "app", True, ("home", "search", "list", "scanner", "wishlist", "push", "tour", "filter")),
    "reviews": ("zmot", "review_site", True, ("portal", "forum", "test", "shop", "press", "friends", "photos", "answers")),
    "checkout": ("fmot", "web", True, ("basket", "payment", "address", "voucher", "login", "delivery_choice", "gift", "confirm")),
    "store": ("fmot", "store", True, ("shelf", "counter", "fitting", "till", "window", "pickup", "lounge", "parking")),
    "service": ("smot", "phone", True, ("call", "callback", "complaint", "repair", "return", "refund", "hotline", "visit")),
    "help": ("smot", "chat", True, ("chat", "bot", "guide", "status", "form", "community", "manual", "faq_used")),
    "billing": ("smot", "post", True, ("invoice", "reminder", "statement", "credit", "change", "discount", "deposit", "receipt")),
    "social": ("umot", "social", False, ("post", "share", "group", "story", "mention", "contest", "poll", "tag")),
}
FOLLOWING = {  # what follows a purchase, and what follows a renewal: stage smot, channel, days later
    False: (("delivery.parcel", "courier", 3), ("delivery.message", "sms", 1), ("onboarding.welcome", "email", 2)),
    True: (("account.confirmation", "email", 1), ("account.welcome", "email", 2), ("account.survey_call", "phone", 4)),
}
SHAPES = {  # what a bad, a neutral and a good touch leave
    "make or break": (-1.0, 0.0, 0.8),
    "breaks": (-1.2, 0.0, 0.0),
    "makes": (0.0, 0.0, 1.0),
    "presence": (0.8, 0.8, 0.8),
    "weak": (-0.35, 0.0, 0.3),
}
ORDER = ("make or break", "breaks", "makes", "presence", "breaks", "makes", "make or break", "weak")
DIFFERENT = ((0.0, 1.8, 0.0, 0.0), (1.0, -1.5, 1.0, -1.5), (1.0, 1.0, 1.0, 1.0), (0.0, 0.0, 2.0, 2.0), (1.2, -1.6, 1.2, -1.6))
"""By region, of the first true moments of a world that has segments: in one only, the other way round elsewhere, everywhere alike, …"""
STRIKING = (("site.outage", "fmot", "web", -0.8), ("store.power_cut", "fmot", "store", 0.0))
"""What strikes everybody of a district: stage, channel, and its mark as a share of a usual one."""
STRIKES = 5  # of each, in each district
HALF_LIVES = (14.0, 28.0, 42.0, 7.0, 70.0, 21.0)  # days
USUAL = {"always": 1.0, "intent": 0.3, "affinity": 0.45, "age": 0.37, "south": 0.3, "islands": 0.2, "abroad": 0.1, "season": 0.6}


@dataclass(frozen=True, slots=True)
class Wish:
    """What a preset asks for."""

    world: str
    touchpoints: int
    true: int
    outcomes: tuple[str, ...]
    changes: dict[Driven, float]  # what a mark of 1 changes
    bursty: bool = True
    days: int = 182
    within_days: int = 30
    travelling: int = 3
    following: int = 2
    targeted: int = 0  # touches without effect that are aimed at those at risk and at those of whom nothing is heard
    targeted_true: int = 0
    mediated: bool = False
    saturated: bool = False
    threshold: float = 0.0
    subscription: bool = False
    intent_on_outcome: float = 2.2
    answer_share: float = 0.5
    answer_by_opinion: float = 0.0
    answer_by_history: float = 0.0
    scale: tuple[int, int] = (1, 5)
    members: int = 1
    quality_error: float = 0.0
    pace: float = 1.0  # times as many touches as usual
    controls: int = 0  # touchpoints without effect that the company declares to be so
    accidents: bool = False  # two touchpoints strike everybody of a district on some days, one of them without effect
    by_segment: bool = False  # some moments matter in one region only, or the other way round elsewhere
    followed: bool = False  # the first touch that follows a purchase makes or breaks


def plant(wish: Wish, *, hidden: float, random: np.random.Generator) -> Plan:
    """Draw a plan for a wish: true moments spread over the families, nulls that travel with some, touches that follow a purchase.

    Raises `ValueError` where more moments are to be true, or declared to be controls, than there are.
    """
    names = _names(wish.touchpoints - wish.following - (len(STRIKING) if wish.accidents else 0), random)
    if not 0 <= wish.true <= len(names):
        raise ValueError(f"{wish.true} of {wish.touchpoints} touchpoints can't be true, of which {wish.following} follow a purchase")
    true = set(random.choice(len(names), wish.true, replace=False).tolist())
    shapes = iter([ORDER[i % len(ORDER)] for i in range(wish.true)])
    moments = [_moment(name, family, random, wish) for name, family in names]
    for place, position in enumerate(sorted(true)):
        moments[position] = _true(moments[position], next(shapes), HALF_LIVES[place % len(HALF_LIVES)], wish, random)
    nulls = [position for position in range(len(names)) if position not in true]
    random.shuffle(nulls)
    if not 0 <= wish.controls <= len(nulls):
        raise ValueError(f"{wish.controls} touchpoints can't be controls: {len(nulls)} change nothing and follow no purchase")
    for position in [*nulls[: wish.targeted], *sorted(true)[: wish.targeted_true]]:
        moments[position] = _aimed(moments[position])
    travelling = nulls[wish.targeted : wish.targeted + min(wish.travelling, wish.true)]
    leaders = [int(position) for position in random.permutation(sorted(true))[: len(travelling)]]
    companions = tuple(Companion(leader, null, share=0.6, copies=0.8) for leader, null in zip(leaders, travelling, strict=True))
    for companion in companions:  # has a quality where its leader has
        moments[companion.moment] = replace(moments[companion.moment], rated=moments[companion.leader].rated)
    triggers = []
    for name, channel, lag in FOLLOWING[wish.subscription][: wish.following]:
        moments.append(Moment(name, "smot", channel, True, np.zeros((3, len(FEATURES)))))
        triggers.append(Trigger(None, len(moments) - 1, lag, 0.95))
    if wish.by_segment:
        for position, by_region in zip(sorted(true), DIFFERENT, strict=False):
            moments[position] = replace(moments[position], by_region=by_region)
    if wish.followed:
        moments[len(names)] = _true(moments[len(names)], "make or break", 28.0, wish, random)
    if wish.mediated and true:
        leader, follower = sorted(true)[:2]
        moments[leader] = replace(moments[leader], changes={}, shape="through another")
        triggers.append(Trigger(leader, follower, 1, 0.5, quality=BAD if moments[leader].rated else None, odds=(0.7, 0.2, 0.1)))
    accidents = []
    for name, stage, channel, share in STRIKING if wish.accidents else ():
        changes: dict[Driven, float] = {outcome: share * change for outcome, change in wish.changes.items() if share}
        moment = Moment(name, stage, channel, False, np.zeros((3, len(FEATURES))), half_life_days=14.0, changes=changes)
        moments.append(replace(moment, shape="presence", strength=(1.0, 1.0, 1.0)) if share else moment)
        struck = {(int(day), district) for district in range(DISTRICTS) for day in random.choice(wish.days, STRIKES, replace=False)}
        accidents.append(Accident(len(moments) - 1, tuple(sorted(struck))))
    return Plan(
        world=wish.world,
        moments=tuple(moments),
        companions=companions,
        triggers=tuple(triggers),
        outcomes=wish.outcomes,
        days=wish.days,
        within_days=wish.within_days,
        hidden=hidden,
        bursty=wish.bursty,
        saturated=wish.saturated,
        threshold=wish.threshold,
        subscription=wish.subscription,
        intent_on_outcome=wish.intent_on_outcome,
        answer_share=wish.answer_share,
        answer_by_opinion=wish.answer_by_opinion,
        answer_by_history=wish.answer_by_history,
        scale=wish.scale,
        members=wish.members,
        quality_error=wish.quality_error,
        by_segment=wish.by_segment,
        accidents=tuple(accidents),
        controls=tuple(sorted(moments[position].touchpoint for position in nulls[::-1][: wish.controls])),
    )


def _names(count: int, random: np.random.Generator) -> list[tuple[str, str]]:
    """Touchpoints and their families, spread evenly over the families; beyond the items of a family with a number."""
    families = list(FAMILIES)
    random.shuffle(families)
    found = []
    for position in range(count):
        family = families[position % len(families)]
        items, place = FAMILIES[family][3], position // len(families)
        round_, item = divmod(place, len(items))
        found.append((f"{family}.{items[item]}" + (f"_{round_ + 1}" if round_ else ""), family))
    return found


def _moment(name: str, family: str, random: np.random.Generator, wish: Wish) -> Moment:
    stage, channel, rated, _ = FAMILIES[family]
    daily = float(np.exp(random.uniform(np.log(0.005), np.log(0.02)))) * wish.pace
    shares = {BAD: random.uniform(0.12, 0.25), GOOD: random.uniform(0.2, 0.35)}
    shares[NEUTRAL] = 1 - shares[BAD] - shares[GOOD]
    rates = np.zeros((3, len(FEATURES)))
    for quality, share in shares.items():
        weights = {
            "always": random.uniform(0.3, 0.8),
            "intent": random.uniform(0.5, 3.0) * (0.7 if quality == BAD else 1.0),
            "affinity": random.uniform(0.1, 1.0) * (0.4 if quality == BAD else 1.0),
            "age": random.uniform(0.0, 0.4),
            "season": random.uniform(0.0, 0.3),
            ("south", "islands", "abroad")[random.integers(3)]: random.uniform(0.1, 0.8),
        }
        if wish.threshold:
            weights["both"] = random.uniform(1.0, 4.0)
        rates[quality] = daily * share * _normalised(weights)
    return Moment(name, stage, channel, rated, rates)


def _normalised(weights: dict[str, float]) -> Floats:
    """Weights on FEATURES, scaled so that the usual person's rate is 1."""
    usual = sum(weight * USUAL.get(name, 0.1) for name, weight in weights.items())
    found = np.zeros(len(FEATURES))
    for name, weight in weights.items():
        found[FEATURES.index(name)] = weight / usual
    return found


def _true(moment: Moment, shape: str, half_life: float, wish: Wish, random: np.random.Generator) -> Moment:
    if not moment.rated and shape != "presence":  # a touch without quality can only be there or not
        shape = "presence"
    sign = -1.0 if shape == "presence" and random.random() < 0.3 else 1.0
    size = random.uniform(0.85, 1.15)
    changes: dict[Driven, float] = {outcome: change * size * sign for outcome, change in wish.changes.items()}
    by_region = (1.0, 1.0, 1.5, 0.5) if random.random() < 0.3 else (1.0, 1.0, 1.0, 1.0)
    return replace(moment, shape=shape, strength=SHAPES[shape], half_life_days=half_life, changes=changes, by_region=by_region)


def _aimed(moment: Moment) -> Moment:
    """The same touch, but aimed: at those who are at risk, and at those of whom nothing was heard for a week."""
    rates = np.zeros_like(moment.rates)
    for feature, weight in (("always", 0.4), ("at_risk", 4.0), ("inactive", 3.0)):
        rates[:, FEATURES.index(feature)] = weight * moment.rates[:, FEATURES.index("always")]
    return replace(moment, rates=rates)
