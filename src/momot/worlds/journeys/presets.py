"""Companies by name."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np

from momot.worlds.journeys.chance import draw_chance
from momot.worlds.journeys.days import Company
from momot.worlds.journeys.lives import live
from momot.worlds.journeys.plan import Driven, Plan
from momot.worlds.journeys.planting import Wish, plant
from momot.worlds.journeys.project import project_file
from momot.worlds.journeys.records import write_records
from momot.worlds.journeys.truth import ESTIMAND, as_rows, labels, true_effects

SHOP = ("purchase", "repurchase", "advocacy", "opinion")
BUYING: dict[Driven, float] = {"purchase": 0.5, "opinion": 0.7, "review": 0.8}


def _shop(touchpoints: int, true: int, days: int) -> Wish:
    return Wish("shop", touchpoints, true, SHOP, dict(BUYING), days=days)


WISHES: dict[str, tuple[Callable[[int, int, int], Wish], int, int]] = {"shop": (_shop, 40, 8)}
"""By name: the wish, the usual number of touchpoints and of true ones."""

SENTENCES = {"shop": "a web shop whose customers come in bursts of intent: purchase, repurchase, advocacy, opinion"}

UNITS = {"purchase": "share", "repurchase": "share", "churn": "share", "advocacy": "share", "opinion": "stars"}
LIVED_AGAIN = 6_000


def make_journeys(
    name: str,
    folder: Path,
    *,
    people: int,
    touchpoints: int | None,
    true: int | None,
    hidden: float,
    seed: int,
    weeks: int,
    size: int = LIVED_AGAIN,
) -> Path:
    """Write one company into `folder`."""
    wished, usual, usually_true = WISHES[name]
    count = usual if touchpoints is None else touchpoints
    wish = wished(count, min(usually_true, count // 2) if true is None else true, 7 * weeks)
    random = np.random.default_rng(seed)
    plan = plant(wish, hidden=hidden, random=random)
    chance = draw_chance(plan, people, random)
    company = Company(plan, chance)
    lives, _ = live(company)
    folder.mkdir(parents=True, exist_ok=True)
    write_records(folder, plan, chance, lives, random)
    (folder / "momot.toml").write_text(project_file(plan), encoding="utf-8")
    effects = true_effects(company, lives, size=size, random=random, horizons=(7, 14, plan.within_days))
    truth = {
        "schema": "momot.truth/2",
        "world": name,
        "seed": seed,
        "knobs": {"people": people, "touchpoints": count, "true": len(plan.true), "hidden": hidden, "days": plan.days},
        "outcomes": {
            outcome: {
                "unit": UNITS[outcome],
                "design": "panel",
                "within_days": plan.within_days,
                "better": "lower" if outcome == "churn" else "higher",
            }
            for outcome in plan.outcomes
        },
        "effects": as_rows(effects),
        "labels": labels(effects, plan),
        "half_lives": {plan.moments[position].name: plan.moments[position].half_life_days for position in plan.true},
        "consequences": [],
        "unjudged": _unjudged(plan),
        "estimand": ESTIMAND,
    }
    (folder / "truth.json").write_text(json.dumps(truth, indent=1) + "\n", encoding="utf-8")
    return folder


def _unjudged(plan: Plan) -> list[str]:
    """Touchpoints of the records that nobody can switch: what the company writes down of somebody, and what they do themselves."""
    return [
        "crm.score",
        "contract.renewal" if plan.subscription else "checkout.order",
        *(["reviews.written"] if "advocacy" in plan.outcomes else []),
    ]
