"""The panel design held to plain loops over a handful of people: who is a row, what they met, what they did before and after."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta

import numpy as np
import pytest

import momot
from momot.build import open_build
from momot.designs import Designed, asks, design, intent
from momot.designs.panel_pilot import joined
from momot.designs.pieces import Panel, Piece
from momot.findings import Findings
from momot.testing.pieces import rows_of as all_rows

START = datetime(2024, 3, 1)  # noqa: DTZ001  local times, as a CSV has them
DAYS = 120
EPOCH = date(1970, 1, 1).toordinal()
LOG = """
name = "log"
[[interactions]]
from = "log.csv"
activity = {sql = "what"}
touchpoint = {sql = "'t.' || what"}
person = "who"
at = "at"
quality = {sql = "how"}
[outcomes.buys]
activity = "order_placed"
within = "14 days"
horizons = ["30 days"]
"""


def people(count: int = 90, *, seed: int = 3) -> list[dict[str, object]]:
    """A log in which people buy, see ads and call; a call goes well or badly."""
    rng = np.random.default_rng(seed)
    rows = []
    for who in range(count):
        day = int(rng.integers(0, 40))
        while day < DAYS:
            what = str(rng.choice(["order_placed", "ad", "call"], p=[0.4, 0.4, 0.2]))
            how = str(rng.choice(["bad", "good"])) if what == "call" else ""
            rows.append({"who": f"p{who}", "at": START + timedelta(days=day, hours=float(rng.uniform(0, 23))), "what": what, "how": how})
            day += int(rng.integers(0, 12))
    return rows


def rows_of(designed: Designed) -> tuple[Panel, Piece]:
    assert designed.panel is not None
    return designed.panel, joined(all_rows(designed.panel.pieces))


@pytest.fixture
def built(tiny):
    """The panel of the log, all its rows, and the log."""
    log = people()
    project = tiny.table("log", log).project(LOG)
    with open_build(project.folder).engine() as engine:
        (designed,) = design(asks(project.file), project.file, engine)
        panel, piece = rows_of(designed)
        names = dict(engine.rows("SELECT person_id, person FROM people"))
    return panel, piece, log, names


def test_every_day_at_risk_with_a_complete_follow_up_is_a_row(built):
    _, piece, log, names = built
    last = max(row["at"].date() for row in log)
    expected = 0
    for name in names.values():
        first = min(row["at"].date() for row in log if row["who"] == name)
        expected += max((last - first).days + 1 - 14, 0)
    assert len(piece) == expected
    assert set(piece.weight.tolist()) == {1.0}


def test_exposures_and_outcomes_are_those_of_a_loop(built):
    panel, piece, log, names = built
    days: dict[str, list[tuple[int, str, str]]] = {}
    for row in log:
        days.setdefault(row["who"], []).append(((row["at"].date() - START.date()).days, row["what"], row["how"]))
    place = {exposure.touchpoint: number for number, exposure in enumerate(panel.exposures)}
    tenure = next(number for number, covariate in enumerate(panel.covariates) if covariate.name == "tenure")
    rng = np.random.default_rng(0)
    for row in rng.choice(len(piece), 400, replace=False):
        own = days[names[piece.unit[row]]]
        day = min(one for one, _, _ in own) + round(float(np.expm1(piece.values[tenure][row])))
        today = {(what, how) for one, what, how in own if one == day}
        for what in ("ad", "order_placed"):
            met = panel.exposures[place[f"t.{what}"]].states[piece.codes[place[f"t.{what}"]][row]].role
            assert (met == "met") == ((what, "") in today)
        call = panel.exposures[place["t.call"]].states[piece.codes[place["t.call"]][row]].role
        assert call == ("bad" if ("call", "bad") in today else "good" if ("call", "good") in today else "absent")
        for column, ahead in ((0, 14), (1, 30)):
            follows = any(what == "order_placed" and day < one <= day + ahead for one, what, _ in own)
            complete = day + ahead <= max(one for ones in days.values() for one, _, _ in ones)
            assert bool(piece.measured[row] >> np.uint64(column) & np.uint64(1)) == complete
            assert piece.outcomes[row, column] == (follows and complete)


def test_history_ends_where_the_day_begins(built):
    panel, piece, log, names = built
    column = {covariate.name: number for number, covariate in enumerate(panel.covariates)}
    days: dict[str, list[tuple[int, str]]] = {}
    for row in log:
        days.setdefault(row["who"], []).append(((row["at"].date() - START.date()).days, row["what"]))
    for row in np.random.default_rng(1).choice(len(piece), 200, replace=False):
        own = days[names[piece.unit[row]]]
        day = min(one for one, _ in own) + round(float(np.expm1(piece.values[column["tenure"]][row])))
        ever = sum(what == "order_placed" and one < day for one, what in own)
        assert np.expm1(piece.values[column["order_placed, number so far"]][row]) == pytest.approx(ever)
        recent = sum(2.0 ** (-(day - one) / 10) for one, _ in own if one < day)
        assert np.expm1(piece.values[column["activity, half-life 10 days"]][row]) == pytest.approx(recent, abs=1e-4)
        ads = sum(2.0 ** (-(day - one) / 14) for one in {one for one, what in own if what == "ad" and one < day})
        assert np.expm1(piece.values[column["t.ad@stimulus, half-life 14 days"]][row]) == pytest.approx(ads, abs=1e-4)


def test_each_column_of_what_was_known_says_what_it_speaks_of(built):
    panel, _, _, _ = built
    about: dict[str, set[str]] = {}
    for covariate in panel.covariates:
        about.setdefault(covariate.about, set()).add(covariate.name)
    assert about["today"] == {"other interactions today"}
    assert about["unit"] == {"week", "weekday", "tenure", "first day"}
    assert all("activity" in name or name == "days since the last interaction" for name in about["activity"])
    assert len(about["activity"]) == 12
    assert all("order_placed" in name or "purchases" in name for name in about["outcomes"])
    assert all("half-life" in name for name in about["touches"])
    assert (len(about["intent"]), len(about["instrument"])) == (2, 9)


def test_measures_of_intent_count_windows_that_share_no_day(built):
    panel, piece, log, names = built
    column = {covariate.name: number for number, covariate in enumerate(panel.covariates)}
    days: dict[str, list[int]] = {}
    for row in log:
        days.setdefault(row["who"], []).append((row["at"].date() - START.date()).days)
    windows = {"activity in the week before": (7, 1)}
    windows |= {f"activity, older window {number}": window for number, window in enumerate([(17, 11), (31, 18), (59, 32)], 1)}
    for row in np.random.default_rng(2).choice(len(piece), 200, replace=False):
        own = days[names[piece.unit[row]]]
        day = min(own) + round(float(np.expm1(piece.values[column["tenure"]][row])))
        found = {}
        for name, (first, last) in windows.items():
            found[name] = np.log((sum(day - first <= one <= day - last for one in own) + 0.5) / 1.5)
            assert piece.values[column[name]][row] == pytest.approx(found[name])
        recent, one, two, _ = found.values()
        assert piece.values[column["the same, squared"]][row] == pytest.approx(recent**2)
        assert piece.values[column["older windows 1 and 2"]][row] == pytest.approx(one * two)


@pytest.mark.parametrize(
    ("step", "expected"), [(1, [(-7, -1), (-17, -11), (-31, -18), (-59, -32)]), (7, [(-1, -1), (-3, -3), (-5, -4), (-9, -6)])]
)
def test_windows_are_whole_periods(step: int, expected: list[tuple[int, int]]) -> None:
    assert [(-(-low // step), high // step) for low, high in intent.windows(step)] == expected


def shop(*, people: int = 1_500, effect: float = 0.25, seed: int = 5, bad: float = 0.0) -> list[dict[str, object]]:
    """People see an ad at random and buy within the week after it more often by `effect`, less after a bad one by `bad`."""
    rng = np.random.default_rng(seed)
    rows: list[dict[str, object]] = []
    for who in range(people):
        rows.append({"who": who, "at": START, "what": "signed_up", "how": ""})
        for day in range(1, DAYS):
            if rng.random() < 0.01:
                at = START + timedelta(days=day, hours=9)
                how = str(rng.choice(["bad", "neutral", "good"]))
                rows.append({"who": who, "at": at, "what": "ad", "how": how})
                if rng.random() < effect - (bad if how == "bad" else 0.0):
                    rows.append({"who": who, "at": at + timedelta(days=int(rng.integers(1, 8))), "what": "order_placed", "how": ""})
            if rng.random() < 0.01:
                rows.append({"who": who, "at": START + timedelta(days=day, hours=12), "what": "banner", "how": ""})
            if rng.random() < 0.004:
                rows.append({"who": who, "at": START + timedelta(days=day, hours=15), "what": "order_placed", "how": ""})
    return rows


WEEK = LOG.split("[outcomes.buys]", maxsplit=1)[0] + '[outcomes.buys]\nactivity = "order_placed"\nwithin = "7 days"\n'


def found(tiny, rows: Iterable[Mapping[str, object]], text: str, outcome: str | None = None) -> Findings:
    return tiny.table("log", rows).find(text, outcome=outcome)


def test_a_known_effect_lies_in_its_interval_and_a_null_beside_it_is_none(tiny):
    findings = found(tiny, shop(bad=0.2), WEEK)
    presence = findings["t.ad"].effect("presence")
    assert presence.low <= 0.25 - 0.2 / 3 <= presence.high  # buying anyway takes a little of it
    broken = findings["t.ad"].effect("break")
    assert broken.low <= -0.2 <= broken.high
    assert findings["t.ad"].verdict == "moment"
    assert findings["t.ad"].label == "breaks"
    assert findings["t.banner"].verdict == "not identifiable"  # only met or not, and two touchpoints measure no systematic error
    (question,) = findings.questions
    assert (question.design, question.people, question.within_days) == ("panel", 1_500, 7)


def test_having_met_it_cannot_be_told_where_touchpoints_are_too_few_to_measure_systematic_error(tiny):
    findings = found(tiny, [{**row, "how": ""} for row in shop()], WEEK)
    assert (findings["t.ad"].verdict, findings["t.ad"].evidence) == ("not identifiable", "B")
    assert next(check for check in findings["t.ad"].checks if check.name == "calibration").status == "fail"


def test_what_the_outcome_counts_is_no_cause_of_it(tiny):
    findings = found(tiny, shop(), WEEK)
    own = findings["t.order_placed"]
    assert own.verdict == "not identifiable"
    assert next(check for check in own.checks if check.name == "opportunity").status == "fail"


def test_every_horizon_has_its_effect(tiny):
    text = WEEK + 'horizons = ["1 day", "30 days"]\n'
    effects = [one for one in found(tiny, shop(), text)["t.ad"].effects if one.contrast == "presence"]
    by_days = {one.days[1]: one for one in effects if one.days and one.days[0] == 0}
    assert {1.0, 7.0, 30.0} <= set(by_days)  # beside the windows
    assert by_days[1.0].estimate < by_days[7.0].estimate
    assert by_days[30.0].n < by_days[7.0].n  # the last month is not followed for long enough


def test_money_is_counted_in_the_currency(tiny):
    rows = [{**row, "spent": "12.50" if row["what"] == "order_placed" else ""} for row in shop(people=700)]
    text = (
        WEEK.replace('quality = {sql = "how"}', 'quality = {sql = "how"}\nvalue = "spent"')
        .replace("[outcomes", "X[outcomes")
        .replace("X", "")
    )
    findings = found(tiny, rows, 'currency = "EUR"\n' + text.strip() + "\nvalue = true\n")
    share = found(tiny, rows, WEEK)["t.ad"].effect("presence")
    money = findings["t.ad"].effect("presence")
    assert findings.questions[0].unit == "EUR"
    assert money.estimate == pytest.approx(12.5 * share.estimate, rel=0.25)


def test_only_who_did_it_before_is_eligible(tiny):
    text = WEEK.replace("within", 'eligible = "order_placed"\nwithin')
    rows = shop(people=700)
    everybody, some = found(tiny, rows, WEEK).questions[0], found(tiny, rows, text).questions[0]
    assert some.people < everybody.people
    assert some.people <= len({row["who"] for row in rows if row["what"] == "order_placed"})


def test_churn_is_staying_away_of_those_who_were_there(tiny):
    text = WEEK + 'absent = true\nbetter = "lower"\n'
    rows = shop(people=900)
    findings = found(tiny, rows, text)
    assert findings["t.ad"].effect("presence").estimate < -0.1
    assert findings.questions[0].mean > 0.8
    bought = {row["who"] for row in rows if row["what"] == "order_placed"}
    assert findings.questions[0].people <= len(bought)


def test_an_activity_after_which_people_are_gone_ends_their_time_at_risk(tiny):
    rng = np.random.default_rng(2)
    rows = shop(people=600)
    left = {who: int(rng.integers(20, 60)) for who in range(0, 600, 4)}
    kept = [row for row in rows if row["who"] not in left or row["at"] < START + timedelta(days=left[row["who"]])]
    kept += [{"who": who, "at": START + timedelta(days=day, hours=23), "what": "cancelled", "how": ""} for who, day in left.items()]
    whole = found(tiny, rows, WEEK).questions[0].units
    less = found(tiny, kept, WEEK).questions[0].units
    gone = sum(DAYS - 7 - day for day in left.values())
    assert less == pytest.approx(whole - gone, rel=0.01)


def test_employees_are_no_units(tiny):
    people = '[people]\nfrom = "log.csv"\nperson = "who"\nemployee = "bool_or(who < 150)"\n'
    rows = shop(people=600)
    assert found(tiny, rows, WEEK + people).questions[0].people == 450


def test_accounts_are_followed_as_one(tiny):
    rows = [{**row, "firm": int(row["who"]) // 3} for row in shop(people=900)]
    text = WEEK.replace('person = "who"', 'person = "who"\naccount = "firm"') + 'per = "account"\n'
    (question,) = found(tiny, rows, text).questions
    assert question.people == 300


def test_an_opinion_of_a_person_is_the_first_answer_within_the_horizon(tiny):
    rng = np.random.default_rng(4)
    rows, answers = [], []
    for who in range(900):
        rows.append({"who": who, "at": START, "what": "signed_up", "how": ""})
        for day in range(5, 100, 30):
            how = str(rng.choice(["bad", "good"]))
            rows.append({"who": who, "at": START + timedelta(days=day), "what": "call", "how": how})
            score = int(np.clip(round(rng.normal(7 - 3 * (how == "bad"), 1.5)), 0, 10))
            answers.append({"who": who, "at": START + timedelta(days=day + 5), "score": score})
    block = '[[opinions]]\nfrom = "answers.csv"\nperson = "who"\nat = "at"\ninstrument = "nps"\nvalue = "score"\nscale = [0, 10]\n'
    text = LOG.split("[outcomes.buys]", maxsplit=1)[0] + block + '[outcomes.opinion]\nopinion = "nps"\nwithin = "10 days"\n'
    findings = found(tiny.table("answers", answers), rows, text)
    effect = findings["t.call"].effect("bad-good")
    assert effect.low <= -3 <= effect.high
    assert findings["t.call"].verdict == "moment"
    nps = tiny.find(text + 'as = "nps"\n')
    assert nps.questions[0].unit == "NPS points"
    assert nps["t.call"].effect("bad-good").estimate < -25


def test_the_order_of_rows_and_the_seed_of_the_draw_change_nothing_that_matters(tiny):
    rows = shop(people=400)
    first = found(tiny, rows, WEEK)
    second = found(tiny, rows[::-1], WEEK)
    for one, other in zip(first, second, strict=True):
        assert [effect.estimate for effect in one.effects] == pytest.approx([effect.estimate for effect in other.effects], abs=1e-9)
    reseeded = momot.find_moments(momot.open(tiny.folder), seed=7)
    assert reseeded["t.ad"].effect("presence").estimate == pytest.approx(first["t.ad"].effect("presence").estimate, abs=0.01)


def test_more_than_sixty_three_ways_need_several_words(tiny):
    rng = np.random.default_rng(8)
    rows = []
    for who in range(300):
        for day in range(90):
            if rng.random() < 0.4:
                what = f"touch{rng.integers(0, 70)}" if rng.random() < 0.9 else "order_placed"
                rows.append({"who": who, "at": START + timedelta(days=day, hours=1), "what": what, "how": ""})
    findings = found(tiny, rows, WEEK)
    met = {moment.touchpoint: moment.effect("presence").n for moment in findings if any(e.contrast == "presence" for e in moment.effects)}
    last = max(row["at"] for row in rows).date()
    for what in ("touch0", "touch35", "touch69"):
        days = {(row["who"], row["at"].date()) for row in rows if row["what"] == what and (last - row["at"].date()).days >= 7}
        assert met[f"t.{what}"] == len(days)


def test_nobody_who_does_it_again_is_said(tiny):
    rows = [row for row in shop(people=300) if row["what"] != "order_placed"]
    rows += [{"who": who, "at": START, "what": "order_placed", "how": ""} for who in range(300)]
    (answer,) = found(tiny, rows, WEEK).unanswerable
    assert answer.rule == "no_repeat"


def test_an_activity_that_never_happened_is_said(tiny):
    rows = [row for row in shop(people=60) if row["what"] != "order_placed"]
    (answer,) = found(tiny, rows, WEEK).unanswerable
    assert answer.rule == "no_follow_up"


def test_records_dated_by_week_are_followed_by_week(tiny):
    monday = datetime(2024, 1, 1)  # noqa: DTZ001
    rows = [
        {**row, "at": monday + timedelta(days=7 * ((row["at"] - START).days // 7))} for row in shop(people=500)
    ]  # everything of a week on its Monday
    (question,) = found(tiny, rows, WEEK).questions
    assert question.units < 500 * DAYS / 7 + 1


def test_a_horizon_beyond_the_records_is_said_and_the_others_are_answered(tiny):
    rows = shop(people=300)
    (answer,) = found(tiny, rows, WEEK.replace("7 days", "400 days")).unanswerable
    assert answer.rule == "no_follow_up"
    assert "Nobody is followed for 400 days" in answer.reason
    (question,) = found(tiny, rows, WEEK + 'horizons = ["400 days"]\n').questions
    assert any(check.name == "support" and "400 days" in check.message for check in question.checks)


def test_a_horizon_of_less_than_a_day_is_not_rounded_in_silence(tiny):
    (answer,) = found(tiny, shop(people=100), WEEK.replace("7 days", "12 hours")).unanswerable
    assert answer.rule == "no_follow_up"
    assert "followed by the day" in answer.reason


def test_an_outcome_that_everybody_has_leaves_nothing_to_explain(tiny):
    rows = [row for row in shop(people=200) if row["what"] != "order_placed"]
    rows += [
        {"who": who, "at": START + timedelta(days=day), "what": "order_placed", "how": ""} for who in range(200) for day in range(DAYS)
    ]
    (answer,) = found(tiny, rows, WEEK).unanswerable
    assert answer.rule == "constant_outcome"


def test_a_fact_of_a_person_needs_a_date(tiny):
    facts = [{"who": who, "spent": who % 7, "on": START + timedelta(days=60)} for who in range(200)]
    tiny.table("facts", facts)
    text = (
        LOG.split("[outcomes.buys]", maxsplit=1)[0]
        + '[outcomes.spent]\nfrom = "facts.csv"\nvalue = "spent"\nperson = "who"\nper = "person"\n'
    )
    (answer,) = found(tiny, shop(people=200), text).unanswerable
    assert answer.rule == "no_follow_up"
    assert "says no `at`" in answer.reason
    (question,) = tiny.find(text + 'at = "on"\nwithin = "30 days"\n').questions
    assert question.people == 200


def test_days_and_people_of_a_horizon_are_those_of_a_loop(tiny):
    """Of a share, three calls of one person within a fortnight are one person who buys or does not."""
    log = people()
    project = tiny.table("log", log).project(LOG)
    with open_build(project.folder).engine() as engine:
        (designed,) = design(asks(project.file), project.file, engine)
    calls = next(one for one in designed.frame.exposures if one.touchpoint == "t.call")
    bad = [row for row in log if row["what"] == "call" and row["how"] == "bad"]
    days = {(row["who"], row["at"].date().toordinal() - EPOCH) for row in bad}
    stretches = {(who, day // 14) for who, day in days}
    assert dict(zip((state.role for state in calls.states), calls.repeats, strict=True))["bad"] == pytest.approx(len(days) / len(stretches))
    assert all(one.repeats is None for one in designed.panel.exposures)


ASKED = """
name = "log"
[[interactions]]
from = "log.csv"
activity = {sql = "what"}
touchpoint = {sql = "'t.' || what"}
person = "who"
at = "at"
quality = {sql = "how"}
[[opinions]]
from = "stars.csv"
person = "who"
at = "at"
instrument = "stars"
value = "stars"
scale = [1, 5]
[outcomes.shift]
opinion = "stars"
as = "shift"
within = "14 days"
"""


def test_a_shift_is_the_next_answer_less_the_last_one_before(tiny):
    log = people(60)
    rng = np.random.default_rng(8)
    stars = [
        {"who": f"p{who}", "at": START + timedelta(days=int(day), hours=12), "stars": int(rng.integers(1, 6))}
        for who in range(60)
        for day in np.sort(rng.choice(DAYS, size=int(rng.integers(0, 9)), replace=False))
    ]
    project = tiny.table("log", log).table("stars", stars).project(ASKED)
    with open_build(project.folder).engine() as engine:
        (designed,) = design(asks(project.file), project.file, engine)
        panel, piece = rows_of(designed)
        names = dict(engine.rows("SELECT person_id, person FROM people"))
    last = (max(row["at"] for row in log).date() - START.date()).days
    expected: list[tuple[str, int]] = []
    could = unheard = 0
    for name in sorted({row["who"] for row in log}):
        first = min((row["at"].date() - START.date()).days for row in log if row["who"] == name)
        given = sorted(((row["at"].date() - START.date()).days, row["stars"]) for row in stars if row["who"] == name)
        for day in range(first, last - 14 + 1):
            before = [value for at, value in given if at < day]
            after = [value for at, value in given if day < at <= day + 14]
            could += bool(before)
            unheard += not before
            if before and after:
                expected.append((name, after[0] - before[-1]))
    main = (piece.measured & np.uint64(1)) > 0
    found = [(names[unit], int(value)) for unit, value in zip(piece.unit[main], piece.outcomes[main, 0], strict=True)]
    assert sorted(found) == sorted(expected)
    assert piece.could[0].sum() == could
    assert piece.unheard == unheard
    (said,) = [check for check in panel.questions[0].checks if check.name == "selection"]
    assert said.message.startswith("Among those who answered: ")
    assert "nobody knew an earlier answer" in said.message
