"""Facts of journeys from sums: numbers only. Each has its denominator and an interval, or the reason why it can't be told."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from momot.journeys.contract import Absent, Fact, Of, Unit
from momot.journeys.measure import MICROS_A_DAY, Sums, Waits
from momot.stats.intervals import t_quantile
from momot.stats.shares import wilson
from momot.stats.survival import kaplan_meier
from momot.vocabulary import AbsentRule, FactName, JourneyPart

HORIZONS = (30, 90, 180, 365)  # days
GLANCES = ((3_000_000, "within 3 s"), (7_000_000, "3 to 7 s"), (None, "later"))
NOTHING = "nothing more"
NEXT_SHOWN = 5  # what people did next: so many moments, the rest as one
ADVOCATE, DETRACTOR = 0.9, 0.6  # of the scale: 9 and 6 of 0-10, 5 and 3 of 1-5
_MICROS_AN_HOUR = MICROS_A_DAY / 24
_WEEK = 7 * MICROS_A_DAY
_BILLION = 1e9

# id -> part, unit, of, title
_ABOUT: dict[FactName, tuple[JourneyPart, Unit, Of, str]] = {
    "research_share": ("zmot", "share", "buyers", "look for an answer before the first purchase"),
    "sources_consulted": ("zmot", "sources", "buyers", "different sources consulted before the first purchase, on average"),
    "before_contact_share": (
        "zmot",
        "share",
        "buyers",
        "of the way to the first purchase is over before the brand knows who it is, on average",
    ),
    "first_impression": ("fmot", "share", "people", "stay so long when they first stand in front of the offer"),
    "first_impression_next": ("fmot", "share", "people", "of them go on to this"),
    "answer_hours": ("smot", "hours", "questions", "until half of the questions have a first answer"),
    "promise_kept_share": ("smot", "share", "promises", "are kept"),
    "episode_days": ("smot", "days", "episodes", "until half of what began has ended"),
    "speaks_share": ("umot", "share", "buyers", "tell others after buying"),
    "advocates_share": ("umot", "share", "people", "are advocates: their last opinion is in the top tenth of its scale"),
    "detractors_share": ("umot", "share", "people", "are detractors: their last opinion is in the lower 60 % of its scale"),
    "review_share": ("umot", "share", "interactions", "at zmot are reading what other customers say"),
    "repurchase_share": ("loop", "share", "buyers", "have bought again"),
    "repurchase_within": ("loop", "share", "buyers", "buy again within this time, whoever is followed that long"),
    "repurchase_days": ("loop", "days", "buyers", "until half have bought again"),
    "repurchase_hazard": ("loop", "share", "buyers", "buy again in this week, of those who had not yet"),
    "cycle_days": ("loop", "days", "cycles", "until half have made the next purchase"),
    "payback_share": ("loop", "share", "buyers", "have brought what it cost to win them"),
    "payback_days": ("loop", "days", "buyers", "until half have brought what it cost to win them"),
}
_NO_PURCHASES = 'No activity in the records is a purchase by its name. Name it in momot.toml: [journeys] purchase = ["…"].'


def tell(sums: Sums) -> tuple[Fact, ...]:
    """All facts, in the order of the closed list."""
    return (*_zmot(sums), *_fmot(sums), *_smot(sums), *_umot(sums), *_loop(sums))


def _fact(name: FactName, *, n: float, **rest: Any) -> Fact:
    part, unit, of, title = _ABOUT[name]
    return Fact(id=name, part=part, unit=unit, title=title, n=int(n), **({"of": of} | rest))


def _absent(name: FactName, rule: AbsentRule, reason: str, *, n: float = 0, **rest: Any) -> Fact:
    return _fact(name, n=n, absent=Absent(rule=rule, reason=reason), **rest)


def _share(name: FactName, count: float, n: float, **rest: Any) -> Fact:
    """A share of `n` independent units, n > 0."""
    low, high = wilson(count, n)
    return _fact(name, n=n, count=int(count), value=count / n, low=low, high=high, method="wilson", **rest)


def _shared(name: FactName, k: float, n: float, *, k2: float, n2: float, kn: float, people: float, **rest: Any) -> Fact:
    """A share k of n things of which people have several: Wilson with as many things as are worth the same independent of each other.

    The variance of the ratio is that between people (Cochran 1977, 6.4); the design effect is never taken below 1 (Korn and Graubard 1998).
    """
    share = k / n
    between = (k2 - 2 * share * kn + share * share * n2) * people / max(people - 1, 1)
    effect = max(1.0, between / (share * (1 - share) * n)) if 0 < share < 1 else n2 / n
    low, high = wilson(k / effect, n / effect)
    return _fact(name, n=n, count=int(k), value=share, low=low, high=high, method="wilson by person", **rest)


def _mean(name: FactName, total: float, squares: float, n: float) -> Fact:
    """A mean over n people with Student's interval, of shares kept within 0-1.

    Where everybody has the same the values tell no width: shares that are all 0 or all 1 get that of a count, others none.
    """
    mean, share = total / n, _ABOUT[name][1] == "share"
    spread = max(squares - n * mean * mean, 0.0)
    if n < 2 or spread <= 1e-9 * squares or not squares:
        if share and (mean <= 0 or mean >= 1 - 1e-9):
            low, high = wilson(round(mean) * n, n)
            return _fact(name, n=n, value=mean, low=low, high=high, method="wilson")
        return _fact(name, n=n, value=mean)
    reach = t_quantile(0.975, n - 1) * float(np.sqrt(spread / (n - 1) / n))
    low, high = (max(0.0, mean - reach), min(1.0, mean + reach)) if share else (mean - reach, mean + reach)
    return _fact(name, n=n, value=mean, low=low, high=high, method="t")


def _until_half(name: FactName, waits: Waits, micros: float, *, group: str | None = None) -> Fact:
    """The median by Kaplan and Meier."""
    found = kaplan_meier(waits.time, waits.happened, waits.lost).median()
    if found is None:
        share = waits.happened.sum() / waits.n
        return _absent(name, "not_reached", f"It has happened to {share:.0%} so far, and did not come to half.", n=waits.n, group=group)
    value, low, high = (None if one is None else one / micros for one in found)
    return _fact(name, n=waits.n, value=value, low=low, high=high, method="kaplan-meier", group=group)


def _zmot(sums: Sums) -> Iterator[Fact]:
    lives = sums.lives
    buyers = lives["buyers"]
    names: tuple[FactName, ...] = ("research_share", "sources_consulted", "before_contact_share")
    if not buyers:
        yield from (_absent(name, "no_purchases", _NO_PURCHASES) for name in names)
        return
    if "zmot" in sums.stages:
        yield _share("research_share", lives["researchers"], buyers)
        yield _mean("sources_consulted", lives["sources"], lives["sources_2"], buyers)
    else:
        reason = "Nothing in the records is research: no touchpoint is at the stage zmot."
        yield from (_absent(name, "no_research", reason, n=buyers) for name in names[:2])
    if lives["travellers"]:
        yield _mean("before_contact_share", lives["unknown"] / _BILLION, lives["unknown_2"] / _BILLION, lives["travellers"])
    else:
        yield _absent("before_contact_share", "no_steps", "Nothing is recorded of anybody before the first purchase.")


def _fmot(sums: Sums) -> Iterator[Fact]:
    people = sum(count for _, _, count in sums.impressions)
    if not people or sums.coarse:
        rule: AbsentRule = "coarse_times" if people else "no_offer"
        reason = (
            "All times are whole minutes: nobody can tell three seconds from seven." if people
            else "Nobody is seen in front of the offer: no interaction at the stage fmot within a session."
        )  # fmt: skip
        yield from (_absent(name, rule, reason, n=people) for name in ("first_impression", "first_impression_next"))
        return
    groups: dict[str, dict[str, int]] = {label: {} for label in (*(label for _, label in GLANCES), NOTHING)}
    for waited, moment, count in sums.impressions:
        label = NOTHING if waited < 0 else next(label for most, label in GLANCES if most is None or waited <= most)
        groups[label][moment or NOTHING] = groups[label].get(moment or NOTHING, 0) + count
    for label, nexts in groups.items():
        yield _share("first_impression", sum(nexts.values()), people, group=label)
    for _, label in GLANCES:
        ranked = sorted(groups[label].items(), key=lambda one: (-one[1], one[0]))
        total = sum(groups[label].values())
        for moment, count in ranked[:NEXT_SHOWN]:
            yield _share("first_impression_next", count, total, group=label, next=moment)
        rest = sum(count for _, count in ranked[NEXT_SHOWN:])
        if rest:
            yield _share("first_impression_next", rest, total, group=label, next=f"{len(ranked) - NEXT_SHOWN} others")


def _smot(sums: Sums) -> Iterator[Fact]:
    lives = sums.lives
    if sums.answers.n:
        yield _until_half("answer_hours", sums.answers, _MICROS_AN_HOUR)
    else:
        yield _absent(
            "answer_hours", "no_questions", "No interaction at smot is a question by its name (ticket_opened, question_asked, …)."
        )
    if lives["promises"]:
        yield _shared(
            "promise_kept_share", lives["kept"], lives["promises"],
            k2=lives["kept_2"], n2=lives["promises_2"], kn=lives["promises_kept"], people=lives["promised"],
        )  # fmt: skip
    else:
        yield _absent("promise_kept_share", "no_promises", "No interaction is a promise by its name (promise_due, …) and has a quality.")
    if not sums.episodes.n:
        yield _absent("episode_days", "no_subjects", "Nothing has a start: there are no [[subjects]] of known people.")
    elif not sums.ended:
        yield _absent("episode_days", "no_end", "The [[subjects]] have no end.", n=sums.episodes.n)
    else:
        yield _until_half("episode_days", sums.episodes, MICROS_A_DAY)


def _umot(sums: Sums) -> Iterator[Fact]:
    lives = sums.lives
    if not lives["buyers"]:
        yield _absent("speaks_share", "no_purchases", _NO_PURCHASES)
    elif "umot" not in sums.stages:
        yield _absent(
            "speaks_share",
            "no_speaking",
            "Nothing in the records is telling others: no touchpoint is at the stage umot.",
            n=lives["buyers"],
        )
    else:
        yield _share("speaks_share", lives["speakers"], lives["buyers"])
    heard = sum(count for _, count in sums.scores)
    of = "buyers" if lives["buyers"] else "people"
    if heard:
        for name, inside in zip(_VOICES, (_is_advocate, _is_detractor), strict=True):
            yield _share(name, sum(count for score, count in sums.scores if inside(score)), heard, of=of)
    else:
        reason = "No buyer has given an opinion on a known scale." if lives["buyers"] else "Nobody has given an opinion on a known scale."
        yield from (_absent(name, "no_opinions", reason, of=of) for name in _VOICES)
    if lives["research"]:
        yield _shared(
            "review_share", lives["reviews"], lives["research"],
            k2=lives["reviews_2"], n2=lives["research_2"], kn=lives["research_reviews"], people=lives["readers"],
        )  # fmt: skip
    else:
        yield _absent("review_share", "no_research", "Nothing in the records is research: no touchpoint is at the stage zmot.")


_VOICES: tuple[FactName, FactName] = ("advocates_share", "detractors_share")


def _is_advocate(score: float) -> bool:
    return score >= ADVOCATE - 1e-9


def _is_detractor(score: float) -> bool:
    return score <= DETRACTOR + 1e-9


def _loop(sums: Sums) -> Iterator[Fact]:
    buyers = sums.lives["buyers"]
    if not buyers:
        names: tuple[FactName, ...] = (
            "repurchase_share", "repurchase_within", "repurchase_days", "repurchase_hazard", "cycle_days", "payback_share", "payback_days",
        )  # fmt: skip
        yield from (_absent(name, "no_purchases", _NO_PURCHASES) for name in names)
        return
    yield _share("repurchase_share", sums.lives["repeaters"], buyers)
    second = sums.repurchase[0]
    curve = kaplan_meier(second.time, second.happened, second.lost)
    for days in HORIZONS:
        found = curve.happened(days * MICROS_A_DAY)
        if found is None:
            reason = f"Nobody was followed for {days} days after the first purchase."
            yield _absent("repurchase_within", "not_followed", reason, n=second.n, group=f"{days} days")
        else:
            value, low, high = found
            yield _fact("repurchase_within", n=second.n, value=value, low=low, high=high, method="kaplan-meier", group=f"{days} days")
    yield _until_half("repurchase_days", second, MICROS_A_DAY)
    yield from _hazard(second)
    for number, waits in enumerate(sums.repurchase, 1):
        if waits.n:
            yield _until_half("cycle_days", waits, MICROS_A_DAY, group=f"{number} to {number + 1}")
    yield from _paybacks(sums)


def _hazard(waits: Waits) -> Iterator[Fact]:
    """Of those who had not bought again and were followed through the week (or bought in it), how many bought in it.

    A week runs from so many times seven days after the first purchase to just before seven days later.
    """
    bought = np.bincount((waits.time // _WEEK).astype(np.int64), weights=waits.happened)
    lost = np.bincount((waits.time // _WEEK).astype(np.int64), weights=waits.lost, minlength=len(bought))
    waiting = float(waits.n)
    for week, (count, gone) in enumerate(zip(bought.tolist(), lost.tolist(), strict=True), 1):
        at_risk = waiting - gone
        if at_risk > 0:
            yield _share("repurchase_hazard", count, at_risk, group=f"week {week}")
        waiting -= count + gone
    if not waits.n or waits.n == lost[0]:
        yield _absent("repurchase_hazard", "not_followed", "Nobody was followed for a week after the first purchase.", n=waits.n)


def _paybacks(sums: Sums) -> Iterator[Fact]:
    if not sums.valued or not sums.costed:
        rule: AbsentRule = "no_value" if not sums.valued else "no_cost"
        reason = (
            "No interaction has a value." if not sums.valued
            else "Nobody's acquisition cost is known: [people] acquisition_cost."
        )  # fmt: skip
        yield from (_absent(name, rule, reason) for name in ("payback_share", "payback_days"))
        return
    for month, waits in sums.paybacks:
        group = f"{month // 12:04d}-{month % 12 + 1:02d}"
        yield _share("payback_share", float(waits.happened.sum()), waits.n, group=group)
    for month, waits in sums.paybacks:
        yield _until_half("payback_days", waits, MICROS_A_DAY, group=f"{month // 12:04d}-{month % 12 + 1:02d}")
    if not sums.paybacks:
        yield from (_absent(name, "no_cost", "No buyer's acquisition cost is known.") for name in ("payback_share", "payback_days"))
