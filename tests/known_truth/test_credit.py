"""Credit beside effect in a company with known truth: most credit goes to what changes nothing, and the readings say so."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import momot
from momot import worlds

PEOPLE = 1_500


@pytest.mark.slow
@pytest.mark.parametrize("seed", [11, 12])
def test_readings_are_true_where_credit_is_not(seed: int, tmp_path: Path) -> None:
    """Of some forty moments at most one without an effect may be read as having one; no sign is turned around."""
    home = worlds.make("shop", tmp_path / "shop", people=PEOPLE, seed=seed)
    truth = {
        one["moment"]: 0.0 if one["null"] else one["effect"]
        for one in json.loads((home / "truth.json").read_text(encoding="utf-8"))["effects"]
        if one["outcome"] == "purchase" and one["contrast"] == "presence"
    }
    (credit,) = momot.find_moments(momot.open(home), outcome="purchase", credit=True).credit
    judged = [one for one in credit.moments if one.moment in truth]
    null = [one for one in judged if truth[one.moment] == 0]
    assert sum(one.markov for one in null) > 0.5 * credit.credited
    assert sum(one.reading in ("agree", "opposite") for one in null) <= 1
    for one in judged:
        if one.reading == "agree":
            assert truth[one.moment] >= 0
        if one.reading == "opposite":
            assert truth[one.moment] <= 0
    assert any(one.reading == "agree" for one in judged)
