"""Each metric of the truth benchmark on findings and truths that one can hold against each other by hand."""

from __future__ import annotations

import dataclasses
import json
import math
from pathlib import Path

import pytest

from benchmarks.truth.answers import Answer, Lasting, Said, momot_answers
from benchmarks.truth.asked import Cost
from benchmarks.truth.figures import ALL, figures, shown
from benchmarks.truth.scores import Score, Segments, score
from benchmarks.truth.shares import share
from benchmarks.truth.truths import TrueEffect, Truth, read_truth, renamed
from benchmarks.truth.uncalibrated import uncalibrated
from benchmarks.truth.variants import variants
from momot.worlds import WORLDS

OUT = "purchase"


def moment(name: str) -> tuple[str, str]:
    return (OUT, f"{name}@smot")


def contrast(name: str, kind: str = "presence", level: str = "met", reference: str = "not met") -> tuple[str, str, str, str, str]:
    return (*moment(name), kind, level, reference)


TRUTH = Truth(
    world="hand",
    seed=3,
    outcomes=(OUT,),
    effects={
        contrast("call"): TrueEffect(0.05, 0.001),
        contrast("call", "break", "bad", "neutral"): TrueEffect(-0.08, 0.001),
        contrast("parcel"): TrueEffect(-0.03, 0.001),
        contrast("banner"): TrueEffect(0.002, 0.0005),
        contrast("poster"): TrueEffect(0.0, 0.0),
        contrast("radio"): TrueEffect(0.0, 0.0),
    },
    null=frozenset({moment("poster"), moment("radio")}),
    labels={moment("call"): "breaks", moment("parcel"): "presence", moment("banner"): "presence"},
    consequences=frozenset(),
)


def answer(**changes: object) -> Answer:
    said = Answer(
        method="momot",
        asked=frozenset({OUT}),
        tested=frozenset(map(moment, ("call", "parcel", "banner", "poster"))),
        found=frozenset(map(moment, ("call", "banner", "poster", "score"))),
        effects={
            contrast("call"): Said(0.06, 0.04, 0.08),
            contrast("call", "break", "bad", "neutral"): Said(-0.05, -0.07, -0.03),
            contrast("parcel"): Said(0.02, 0.01, 0.03),
            contrast("poster"): Said(0.01, -0.01, 0.03),
            contrast("radio"): Said(0.02, 0.01, 0.03),
            contrast("call", "make", "good", "neutral"): Said(0.01, 0.0, 0.02),
        },
        labels={moment("call"): "breaks", moment("banner"): "makes"},
        detectable={moment("call"): 0.02, moment("parcel"): 0.05},
    )
    return dataclasses.replace(said, **changes)


def scored(**changes: object) -> Score:
    return score(answer(**changes), TRUTH, OUT, smallest_effect=0.01)


def test_found_moments_are_right_false_or_small_and_what_nobody_can_switch_counts_nowhere() -> None:
    one = scored()
    assert (one.right, one.false, one.small) == (1, 1, 1)  # call; poster; banner changes less than one would want to know
    assert (one.matter, one.nulls) == (2, 2)
    assert one.false_moments == ("poster@smot",)
    assert one.missed_moments == ("parcel@smot",)


def test_a_weak_effect_matters_where_the_smallest_effect_says_so() -> None:
    one = score(answer(), TRUTH, OUT, smallest_effect=0.001)
    assert (one.right, one.small, one.matter) == (2, 0, 3)


def test_only_effects_above_the_printed_detectable_one_are_asked_of_the_second_recall() -> None:
    assert (scored().detectable, scored().detected) == (1, 1)  # .08 > .02 and found; parcel .03 < .05
    assert (scored(found=frozenset()).detectable, scored(found=frozenset()).detected) == (1, 0)
    assert (scored(detectable={}).detectable, scored(detectable={}).detected) == (None, None)


def test_labels_are_judged_among_what_was_rightly_found() -> None:
    assert (scored().named, scored().named_right) == (1, 1)
    wrong = scored(labels={moment("call"): "makes", moment("poster"): "breaks"})
    assert (wrong.named, wrong.named_right) == (1, 0)


def test_intervals_are_held_against_their_own_contrast_true_and_null_presence_and_quality_apart() -> None:
    found = {(one.kind, one.null, one.covered) for one in scored().intervals}
    assert found == {
        ("presence", False, True),
        ("quality", False, False),
        ("presence", False, False),
        ("presence", True, True),
        ("presence", True, False),
    }
    assert scored().unmatched == 1  # the make of call is not in the truth


def test_a_wrong_sign_is_a_significant_interval_on_the_other_side_of_an_effect_that_matters() -> None:
    wrong = [one for one in scored().intervals if one.wrong_sign]
    assert len(wrong) == 1  # parcel: -.03 said to be .01 to .03; radio's effect is none
    assert not any(one.wrong_sign for one in scored(effects={contrast("parcel"): Said(0.02, -0.01, 0.05)}).intervals)


def test_a_moment_without_a_q_value_cannot_be_told() -> None:
    assert scored().untested == 1  # radio


def test_a_share_counts_what_hangs_together_in_a_seed_as_one() -> None:
    apart, together = share([(5, 10)] * 8), share([(10, 10), (0, 10)] * 4)
    assert apart.value == together.value == 0.5
    assert together.error == pytest.approx(math.sqrt(0.25 / 7), rel=0.01)  # as good as eight coins, jackknifed
    assert apart.error == pytest.approx(math.sqrt(0.25 / 84))


def test_ten_of_ten_is_not_certain_and_nothing_is_no_share() -> None:
    assert share([(1, 1)] * 10).value == 1.0
    assert 0.05 < (share([(1, 1)] * 10).error or 0) < 0.12
    assert share([(0, 0)]).value is None
    assert str(share([])) == "-"


def test_figures_add_seeds_up_and_close_with_all_outcomes_of_a_run() -> None:
    one, other = scored(), dataclasses.replace(scored(found=frozenset({moment("call"), moment("parcel")})), seed=4)
    opinion = dataclasses.replace(one, outcome="opinion", seed=4)
    rows = {(row.outcome, row.method): row for row in figures([one, other, opinion])}
    row = rows[OUT, "momot"]
    assert (row.precision.hits, row.precision.of, row.worst) == (3, 4, 0.5)
    assert (row.recall.hits, row.recall.of) == (3, 4)
    assert (row.any_false.hits, row.any_false.of) == (1, 2)
    assert (row.true_presence.coverage.hits, row.true_presence.coverage.of) == (2, 4)
    assert row.true_presence.width == pytest.approx(0.03)
    assert row.null_presence.coverage.of == 4
    assert (row.wrong_sign, row.signed) == (2, 6)
    assert [(row.outcome, row.method) for row in shown(list(rows.values()))] == [(OUT, "momot"), ("opinion", "momot"), (ALL, "momot")]
    assert (rows[ALL, "momot"].any_false.hits, rows[ALL, "momot"].any_false.of) == (2, 2)


def document(**changes: object) -> dict:
    finding = {"question": "q", "moment": "call@smot", "verdict": "likely", "label": "breaks", "q_value": 0.04, "detectable_effect": 0.02}
    effect = {
        "question": "q", "moment": "call@smot", "contrast": "break", "level": "bad", "reference": "neutral", "segment": None,
        "days": [0, 30], "estimate": -0.05, "low": -0.07, "high": -0.03,
    }  # fmt: skip
    return {
        "questions": [{"id": "q", "outcome": OUT, "within_days": 30}],
        "findings": [
            finding,
            finding | {"moment": "poster@smot", "verdict": "not identifiable", "label": None, "q_value": None, "detectable_effect": None},
        ],
        "effects": [effect, effect | {"days": [0, 7], "estimate": 9.0}, effect | {"segment": "region=north", "estimate": 9.0}],
    } | changes


def test_momot_is_read_by_its_q_value_and_by_its_verdict() -> None:
    by_q, moments, likely, claims = momot_answers(document())
    assert by_q.found == likely.found == claims.found == {moment("call")}
    assert moments.found == frozenset()
    assert by_q.tested == {moment("call")}
    assert by_q.effects == {contrast("call", "break", "bad", "neutral"): Said(-0.05, -0.07, -0.03)}  # neither windows nor segments
    assert by_q.labels[moment("call")] == "breaks"


def test_truth_is_read_over_the_whole_time_and_nulls_are_what_nothing_of_changes(tmp_path: Path) -> None:
    row = {
        "outcome": OUT, "moment": "call@smot", "touchpoint": "call", "contrast": "presence", "level": "met", "reference": "not met",
        "days": [0, 30], "effect": 0.05, "error": 0.001, "n": 100, "null": False,
    }  # fmt: skip
    rows = [row, row | {"days": [0, 7], "effect": 0.02}, row | {"moment": "poster@smot", "effect": 0.0, "error": 0.0, "null": True}]
    written = {
        "schema": "momot.truth/2",
        "world": "hand",
        "seed": 3,
        "effects": rows,
        "labels": [{"outcome": OUT, "moment": "call@smot", "label": "presence"}],
    }
    (tmp_path / "truth.json").write_text(json.dumps(written), encoding="utf-8")
    truth = read_truth(tmp_path)
    assert truth.effects[contrast("call")].effect == 0.05
    assert truth.null == {moment("poster")}
    assert truth.labels == {moment("call"): "presence"}
    assert truth.strength(moment("call")) == 0.05


def test_a_truth_that_names_touchpoints_is_read_with_the_moments_that_findings_name() -> None:
    effects = {(OUT, "call", *key[2:]): true for key, true in TRUTH.effects.items() if key[1] == "call@smot"}
    bare = dataclasses.replace(TRUTH, effects=effects, null=frozenset({(OUT, "size")}), labels={(OUT, "call"): "breaks"})
    named = renamed(bare, [{"touchpoint": "call", "moment": "call@smot"}, {"touchpoint": "size", "moment": "size"}])
    assert named.effects.keys() == {key for key in TRUTH.effects if key[1] == "call@smot"}
    assert (named.labels, named.null) == ({moment("call"): "breaks"}, {(OUT, "size")})


def test_another_schema_is_refused(tmp_path: Path) -> None:
    (tmp_path / "truth.json").write_text('{"schema": "other/1"}', encoding="utf-8")
    with pytest.raises(ValueError, match="other/1"):
        read_truth(tmp_path)


def test_calibrated_rows_come_before_raw_ones_and_the_uncalibrated_regression_reads_the_raw_ones() -> None:
    (raw,) = (row for row in document()["effects"] if row["segment"] is None and row["days"] == [0, 30])
    raw |= {"calibrated": False, "p_value": 0.001}
    told = document(effects=[raw, raw | {"calibrated": True, "low": -0.09, "high": 0.01}])
    key = contrast("call", "break", "bad", "neutral")
    assert momot_answers(told)[0].effects == {key: Said(-0.05, -0.09, 0.01)}
    plain = uncalibrated(told)
    assert plain.effects == {key: Said(-0.05, -0.07, -0.03)}
    assert plain.found == {moment("call")}
    assert uncalibrated(document(effects=[raw | {"p_value": 0.2}])).found == frozenset()


def test_bad_against_good_is_no_further_test_where_both_have_a_neutral_beside_them() -> None:
    row = {
        "question": "q", "moment": "call@smot", "contrast": "break", "level": "bad", "reference": "neutral", "segment": None,
        "days": [0, 30], "estimate": 0.1, "low": 0.0, "high": 0.2, "p_value": 0.15, "calibrated": False,
    }  # fmt: skip
    best = row | {"contrast": "bad-good", "reference": "good", "p_value": 0.001}
    assert uncalibrated(document(effects=[best])).found == {moment("call")}
    assert uncalibrated(document(effects=[row, best])).found == frozenset()


def test_half_lives_are_held_against_the_planted_ones_of_what_was_rightly_found() -> None:
    truth = dataclasses.replace(TRUTH, half_lives={"call@smot": 14.0, "parcel@smot": 28.0, "poster@smot": 7.0})
    lasting = {
        moment("call"): Lasting(21.0, 15.0, 30.0),
        moment("parcel"): Lasting(None, 20.0, None),
        moment("poster"): Lasting(7.0, 6.0, 8.0),
    }
    said = answer(found=frozenset(map(moment, ("call", "parcel", "poster"))), lasting=lasting)
    told = {one.planted: (one.error, one.covered) for one in score(said, truth, OUT, smallest_effect=0.01).half_lives}
    assert told == {14.0: (0.5, False), 28.0: (None, True)}
    (row,) = figures([score(said, truth, OUT, smallest_effect=0.01)])
    assert (row.half_life_error, row.half_lives.hits, row.half_lives.of) == (0.5, 1, 2)


def test_widths_are_told_beside_those_of_the_regression_that_sees_everything() -> None:
    beside = answer(method="sees everything", effects={contrast("call"): Said(0.05, 0.04, 0.06)})
    told = score(answer(), TRUTH, OUT, smallest_effect=0.01, beside=beside)
    assert [one.relative for one in told.intervals if one.relative is not None] == [pytest.approx(2.0)]


def test_intervals_of_a_segment_are_held_against_the_truth_of_that_segment() -> None:
    south = (contrast("call"), "region=south")
    truth = dataclasses.replace(TRUTH, segments={south: TrueEffect(0.2, 0.01)})
    said = answer(segments={south: Said(0.1, 0.05, 0.15), (contrast("call"), "region=north"): Said(0.1, 0.0, 0.2)})
    assert [one.covered for one in score(said, truth, OUT, smallest_effect=0.01).by_segment] == [False]


def test_differences_between_segments_are_found_where_they_are_planted() -> None:
    effects = {"call": (-0.2, 0.1), "parcel": (0.0, 0.03), "poster": (0.0, 0.0)}
    planted = {
        (contrast(name), f"region={region}"): TrueEffect(effect, 0.01)
        for name, pair in effects.items()
        for region, effect in zip(("north", "south"), pair, strict=True)
    }
    truth = dataclasses.replace(TRUTH, segments=planted)
    every = frozenset(map(moment, effects))
    said = answer(compared=every, differ=frozenset({moment("call"), moment("poster")}), opposite=frozenset({moment("call")}))
    one = score(said, truth, OUT, smallest_effect=0.01)
    assert one.segments == Segments(apart=2, apart_found=1, alike=1, alike_found=1, turned=1, turned_found=1)
    (row,) = figures([one])
    assert (row.apart.value, row.alike.value, row.turned.value) == (0.5, 1.0, 1.0)
    assert score(answer(), truth, OUT, smallest_effect=0.01).segments is None


def test_declared_controls_are_neither_found_nor_missed() -> None:
    told = score(answer(), dataclasses.replace(TRUTH, controls=frozenset({"poster@smot"})), OUT, smallest_effect=0.01)
    assert (told.false, told.nulls, len(told.intervals)) == (0, 1, 4)


def test_what_a_method_took_is_told_of_all_outcomes_together() -> None:
    one = scored()
    rows = figures([one, dataclasses.replace(one, outcome="opinion")], [("hand", Cost("momot", 5.0, 4.0, 100.0))])
    assert {row.outcome: row.cpu_seconds for row in rows} == {OUT: None, "opinion": None, ALL: 4.0}


def test_variants_are_worlds_with_knobs() -> None:
    (few,) = variants("shop+touchpoints=6+hidden=0.5")
    assert (few.name, few.folder) == ("shop, 6 touchpoints, 50 % hidden", "shop-touchpoints6-hidden0.5")
    assert few.knobbed(people=300, hidden=0.1, true=None) == {"people": 300, "hidden": 0.5, "touchpoints": 6}
    assert {one.world for one in variants("all")} <= set(WORLDS)
    with pytest.raises(ValueError, match="no world 'shoq'"):
        variants("shoq")
    with pytest.raises(ValueError, match="no knob 'hiden'"):
        variants("shop+hiden=1")
