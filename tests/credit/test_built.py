"""Credit, costs and worth from a real build, against the rows it was made of."""

from __future__ import annotations

import random

import pyarrow as pa
import pytest

import momot
from momot.credit import gather, gather_costs, share, source_of
from momot.project.schema import Outcome
from tests.credit.lives import DAY

NAMES = ("ads.banner", "site.home", "support.call", "checkout.order")


def test_a_build_is_credited_and_costed_as_its_rows_say() -> None:
    rng = random.Random(5)
    rows = sorted((f"p{rng.randrange(20)}", rng.randrange(60 * DAY), rng.choice(NAMES)) for _ in range(300))
    bought = [touchpoint == "checkout.order" for _, _, touchpoint in rows]
    events = pa.table(
        {
            "person": [person for person, _, _ in rows],
            "at": pa.array([at + 1_700_000_000_000_000 for _, at, _ in rows], type=pa.timestamp("us", "UTC")),
            "touchpoint": [touchpoint for _, _, touchpoint in rows],
            "activity": ["bought" if yes else "met" for yes in bought],
            "value": [12.5 if yes else None for yes in bought],
            "cost": [0.2 if touchpoint == "ads.banner" else None for _, _, touchpoint in rows],
        }
    )
    outcome = {"activity": "bought", "per": "person", "within": "10 days"}
    project = momot.from_tables(interactions=events, outcomes={"purchase": outcome}, currency="EUR")
    built = momot.build(project)
    with built.engine() as engine:
        source = source_of(Outcome(name="purchase", activity="bought", per="person", within_days=10.0), engine)
        assert not isinstance(source, tuple)
        shared = share(gather(source, engine, built.parts(engine, "journeys")))
        costs = gather_costs(project.file, engine, units=frozenset({"person"}))
    purchases = [(person, at) for (person, at, _), yes in zip(rows, bought, strict=True) if yes]
    last: dict[str, int] = {}
    for person, at in purchases:
        since = max((when for who, when in purchases if who == person and when < at), default=-1)
        before = [(when, name) for who, when, name in rows if who == person and since < when < at and at - when <= 10 * DAY]
        if before:
            last[max(before)[1]] = last.get(max(before)[1], 0) + 1
    assert shared.sums.happenings == len(purchases)
    found: dict[str, float] = {}
    for moment, credit in zip(shared.sums.moments, shared.last.tolist(), strict=True):
        found[moment.split("@")[0]] = found.get(moment.split("@")[0], 0.0) + credit
    assert {name: credit for name, credit in found.items() if credit} == last
    for rule in (shared.first, shared.linear, shared.markov, shared.shapley):
        assert rule.sum() == pytest.approx(sum(last.values()))
    assert costs is not None
    assert costs.worth is not None
    assert costs.worth.purchase is not None
    assert (costs.currency, costs.paid_by, costs.worth.purchases) == ("EUR", {"bought"}, len(purchases))
    assert costs.worth.purchase.estimate == pytest.approx(12.5)
    spent = [one for moment, one in costs.spent["person"].items() if moment.startswith("ads.banner")]
    assert sum(one.cost for one in spent) == pytest.approx(0.2 * sum(name == "ads.banner" for _, _, name in rows))
