"""A company as a folder: planted, lived, recorded, and its truth told."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np

from momot.worlds.journeys.chance import draw_chance
from momot.worlds.journeys.days import Company
from momot.worlds.journeys.lives import live
from momot.worlds.journeys.plan import Plan
from momot.worlds.journeys.planting import Wish, plant
from momot.worlds.journeys.project import project_file
from momot.worlds.journeys.records import write_records
from momot.worlds.journeys.truth import ESTIMAND, Effort, TrueEffect, as_rows, labels, true_effects

UNITS = {"spend": "EUR"}


def write_journeys(folder: Path, wish: Wish, *, people: int, hidden: float, seed: int, effort: Effort) -> Path:
    """Write the company that `wish` asks for into `folder`; files of the same names are replaced."""
    random = np.random.default_rng(seed)
    plan = plant(wish, hidden=hidden, random=random)
    chance = draw_chance(plan, people // wish.members, random)
    company = Company(plan, chance)
    lives, _ = live(company)
    folder.mkdir(parents=True, exist_ok=True)
    write_records(folder, plan, chance, lives, random)
    (folder / "momot.toml").write_text(project_file(plan), encoding="utf-8")
    effects = true_effects(company, lives, effort, random)
    knobs = {
        "people": int(chance.members.sum()),
        "touchpoints": len(plan.moments),
        "true": len(plan.causes),
        "hidden": hidden,
        "days": plan.days,
        "quality_error": plan.quality_error,
        "answer_share": plan.answer_share,
        "answer_by_opinion": plan.answer_by_opinion,
        "answer_by_history": plan.answer_by_history,
        "pace": wish.pace,
        "controls": len(plan.controls),
    }
    told = _truth(plan, effects) | {"seed": seed, "knobs": knobs}
    (folder / "truth.json").write_text(json.dumps(told, indent=1, sort_keys=True) + "\n", encoding="utf-8")
    return folder


def _truth(plan: Plan, effects: list[TrueEffect]) -> dict[str, object]:
    units = UNITS | {"opinion": "stars" if plan.instrument == "stars" else "points"}
    outcome = {"design": "panel", "within_days": plan.within_days, "per": plan.unit}
    return {
        "schema": "momot.truth/2",
        "world": plan.world,
        "outcomes": {
            name: outcome | {"unit": units.get(name, "share"), "better": "lower" if name == "churn" else "higher"} for name in plan.outcomes
        },
        "effects": as_rows(effects),
        "labels": labels(effects, plan),
        "half_lives": {plan.moments[position].name: plan.moments[position].half_life_days for position in plan.true},
        "follow_the_outcome": sorted({plan.moments[t.moment].touchpoint for t in plan.triggers if t.leader is None}),
        "aimed": sorted(moment.touchpoint for moment in plan.moments if moment.aimed),
        "accidents": [plan.moments[accident.moment].name for accident in plan.accidents],
        "controls": [moment.name for moment in plan.moments if moment.touchpoint in plan.controls],
        "consequences": [],
        "unjudged": _unjudged(plan),
        "estimand": ESTIMAND,
    }


def _unjudged(plan: Plan) -> list[str]:
    """Touchpoints of the records that nobody can switch: what the company writes down of somebody, and what they do themselves."""
    own = "contract.renewal" if plan.subscription else "checkout.order"
    return ["crm.score", own, *(["reviews.written"] if "advocacy" in plan.outcomes else [])]
