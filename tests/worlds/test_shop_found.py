"""What momot finds in the shop is what is true of it: raw files to verdicts, nothing of the estimator known to the world."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

import pytest

import momot
from momot import Findings
from momot.worlds import shop

CAUSES = {"delivery.promise", "delivery.parcel", "support.reply"}


@dataclass(frozen=True)
class Answered:
    folder: Path
    findings: Findings
    truth: dict

    def found(self) -> set[str]:
        return {moment.touchpoint for moment in self.findings if moment.verdict in ("moment", "likely")}

    def intervals(self) -> list[tuple[float, float, float]]:
        """Low, high and the true effect of every contrast that has both."""
        true = {(row["touchpoint"], row["contrast"], row["level"]): row["effect"] for row in self.truth["effects"]}
        found = []
        for moment in self.findings:
            for effect in moment.effects:
                key = (moment.touchpoint, effect.contrast, effect.level)
                if key in true:
                    found.append((effect.low, effect.high, true[key]))
        return found


def answered(folder: Path, seed: int) -> Answered:
    shop(folder, seed=seed)
    findings = momot.find_moments(momot.open(folder), outcome="opinion")
    return Answered(folder, findings, json.loads((folder / "truth.json").read_text(encoding="utf-8")))


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Answered:
    return answered(tmp_path_factory.mktemp("demo") / "shop", seed=0)


def test_the_three_causes_are_found_and_nothing_else_is(demo: Answered) -> None:
    assert demo.found() == CAUSES
    assert demo.findings["delivery.promise"].rank == 1


def test_they_are_called_what_they_are(demo: Answered) -> None:
    labels = {touchpoint: demo.findings[touchpoint].label for touchpoint in CAUSES}
    assert labels == {"delivery.promise": "breaks", "delivery.parcel": "breaks", "support.reply": "make or break"}


def test_consequences_are_refused(demo: Answered) -> None:
    refused = {refusal.column: refusal.rule for refusal in demo.findings.refused}
    assert refused["payment.goodwill"] in ("separates_outcome", "filled_after_outcome")
    assert refused["support.callback"] == "dated_after_outcome"


def test_having_met_the_newsletter_cannot_be_told(demo: Answered) -> None:
    assert demo.findings["email.newsletter"].verdict == "not identifiable"


def test_a_condition_is_an_association(demo: Answered) -> None:
    assert demo.findings["basket.parcels"].verdict == "association"
    assert demo.findings["payment.instalments"].verdict in ("no evidence", "too small to matter")


def test_rows_that_cannot_be_dated_are_rejected_and_copies_counted(demo: Answered) -> None:
    build = momot.build(momot.open(demo.folder))  # unchanged since the findings: nearly free
    opinions = next(block for block in build.manifest.blocks if block.name.startswith("[[opinions]]"))
    assert (opinions.duplicate, opinions.rejected) == (4, 3)
    assert opinions.read == opinions.kept + opinions.filtered + opinions.duplicate + opinions.rejected


SHOPS = 24


@pytest.mark.slow
def test_intervals_cover_and_copies_without_effect_are_left_alone(tmp_path: Path) -> None:
    """95 % intervals cover within the 99 % binomial band of nine contrasts a shop; at most one shop in ten shows a false moment."""
    shops = [answered(tmp_path / str(seed), seed=1000 + seed) for seed in range(SHOPS)]
    intervals = [interval for one in shops for interval in one.intervals()]
    covered = sum(low <= true <= high for low, high, true in intervals) / len(intervals)
    assert len(intervals) >= 8 * SHOPS
    assert 0.91 <= covered <= 0.99
    assert sum(bool(one.found() - CAUSES) for one in shops) <= SHOPS // 10
    assert sum(len(one.found() & CAUSES) for one in shops) >= 0.95 * len(CAUSES) * SHOPS
