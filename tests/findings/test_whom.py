"""For whom: found for some only, opposite ways, and nothing where nothing differs; on frames with known truth."""

from __future__ import annotations

import numpy as np
import pytest

from momot.designs import Ask, Designed
from momot.effects.estimate import estimate
from momot.effects.segments import estimate_segments
from momot.findings import Findings
from momot.findings.answer import Answered, answer
from momot.findings.display import table
from momot.testing.frames import QUALITY, Exposed, frame_of


def found(effects: dict[str, tuple[float, ...]], *, seed: int, n: int = 4_000) -> Findings:
    """Episodes in as many regions as effects are given; each touchpoint moves the stars by its own number where it went badly."""
    rng = np.random.default_rng(seed)
    regions = ("north", "south", "east", "west")[: len(next(iter(effects.values())))]
    region = rng.integers(0, len(regions), n)
    y = rng.normal(size=n)
    exposures = {}
    for name, own in effects.items():
        codes = rng.choice(4, n, p=[0.2, 0.3, 0.25, 0.25])
        y += np.where(codes == 1, np.asarray(own)[region], 0.0)
        exposures[name] = Exposed(codes, QUALITY, "quality")
    frame = frame_of(y, exposures, covariates={"region": region})
    ask = Ask("outcome", "episode", "stars", "higher", 0.05, None)
    labels = [regions[int(value)] for value in frame.covariates[0].values]
    designed = Designed(ask, frame, (), "stars", n, None, None, "")
    segments = (("region", estimate_segments(frame, labels, unit="stars")),)
    return answer([Answered(designed, estimate(frame, unit="stars"), segments)], unanswered=(), project="p", build="b", seed=0)


def test_what_matters_for_one_kind_of_people_is_found_there() -> None:
    """A third of a star for one in four regions is a twelfth for everybody, too little to see; in the north it is seen."""
    findings = found({"call": (-0.35, 0.05, 0.05, 0.05), "mail": (0.0, 0.0, 0.0, 0.0)}, seed=3)
    assert findings["call"].verdict == "no evidence"
    only = [one for one in findings.by_segment if one.only]
    assert [(one.moment, one.value, one.verdict, one.label, one.post_hoc) for one in only] == [
        ("call@smot", "north", "likely", "breaks", True)
    ]
    check = next(check for check in findings["call"].checks if check.name == "segments")
    assert check.status == "review"
    assert "more for some only (call@smot)" in findings.questions[0].headline
    text = table(findings, width=120)
    assert "For whom: outcome by region" in text
    assert "only" in text
    effect = findings["call"].effect("break", segment="region=north")
    assert effect.low < -0.35 < effect.high


def test_opposite_ways_are_not_averaged_away() -> None:
    findings = found({"call": (-0.5, 0.5), "mail": (0.0, 0.0)}, seed=4)
    (difference,) = [one for one in findings.differences if one.opposite and one.contrast == "break"]
    assert difference.verdict == "differs"
    check = next(check for check in findings["call"].checks if check.name == "segments")
    assert check.status == "review"
    assert "goes opposite ways" in check.message
    assert "north" in check.message
    assert "south" in check.message
    assert "opposite for different people: call@smot" in findings.questions[0].headline
    assert "Opposite signs" in table(findings, width=120)


def test_the_largest_is_drawn_towards_the_others() -> None:
    findings = found({"call": (-0.2, -0.4, -0.6, -0.9)}, seed=5)
    difference = next(one for one in findings.differences if one.contrast == "break")
    largest = findings["call"].effect("break", segment=f"region={difference.largest}")
    assert difference.verdict == "differs"
    assert difference.largest_shrunken is not None
    assert abs(difference.largest_shrunken) < abs(largest.estimate)


def test_documents_by_segment_read_back() -> None:
    findings = found({"call": (-0.5, 0.5)}, seed=6)
    assert Findings.from_json(findings.to_json()).document == findings.document
    assert findings.question("outcome").differences == findings.differences


@pytest.mark.slow
def test_false_differences_are_as_rare_as_stated() -> None:
    """120 companies with four touchpoints that move everybody alike: some difference in at most 10 % + the 99.9 % binomial band."""
    alike = dict.fromkeys(("a", "b"), (-0.3,) * 4) | dict.fromkeys(("c", "d"), (0.0,) * 4)
    runs = [found(alike, seed=seed, n=1_600) for seed in range(120)]
    differs = np.mean([any(one.verdict == "differs" for one in run.differences) for run in runs])
    only = np.mean([any(one.only and one.moment[0] in "cd" for one in run.by_segment) for run in runs])
    opposite = np.mean([any(one.opposite for one in run.differences) for run in runs])
    assert differs <= 0.19
    assert only <= 0.19
    assert opposite <= 0.02
