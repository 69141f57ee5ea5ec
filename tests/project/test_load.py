# ruff: noqa: E501 (one fault a line reads better)
from __future__ import annotations

import subprocess
import sys

import pytest

from momot.errors import MomotError, ProjectError
from momot.project import load, parse
from momot.project.grammar import BLOCKS, TABLE_FILE, TOP
from momot.project.schema import Computed, Level
from momot.project.shapes import READERS

SHOP = """
name = "Shop"
[[interactions]]
from = "orders.csv"
activity = "order_placed"
touchpoint = "checkout.order"
person = "customer"
at = "ordered"
"""

SURVEY = """
name = "Survey"
[[surveys]]
from = "answers.csv"
overall = "q1"
ratings = {"terminal.food" = "q2"}
"""

TRIAL = """
name = "Trial"
[[experiments]]
from = "trial.csv"
assignment = "arm"
control = 0
arms = {1 = "email.mens", 2 = "email.womens"}
outcomes = ["visit", "conversion = 1 AS purchase"]
"""


def problems(text: str) -> list[str]:
    with pytest.raises(ProjectError) as error:
        parse(text)
    return str(error.value).splitlines()


def only_problem(text: str) -> str:
    found = problems(text)
    assert len(found) == 1, found
    return found[0]


def test_a_small_project_reads():
    project = parse(SHOP)
    assert (project.name, project.timezone, project.currency) == ("Shop", "UTC", None)
    (orders,) = project.interactions
    assert (orders.from_, orders.touchpoint, orders.person, orders.at) == ("orders.csv", "checkout.order", "customer", "ordered")


def test_sugar_of_surveys_is_gone_after_loading():
    (survey,) = parse(SURVEY).wide
    assert survey.kind == "survey"
    assert survey.touchpoints == {"terminal.food": "q2"}
    assert [(outcome.name, outcome.value) for outcome in survey.outcomes] == [("overall", "q1")]


def test_outcomes_of_wide_blocks_as_list_or_table():
    (trial,) = parse(TRIAL).wide
    assert [(outcome.name, outcome.value) for outcome in trial.outcomes] == [("visit", "visit"), ("purchase", "conversion = 1")]
    as_table = TRIAL.replace(
        '["visit", "conversion = 1 AS purchase"]', '{spend = {value = "spend", unit = "USD", better = "lower", smallest_effect = 2}}'
    )
    (outcome,) = parse(as_table).wide[0].outcomes
    assert (outcome.name, outcome.unit, outcome.better, outcome.smallest_effect) == ("spend", "USD", "lower", 2.0)


@pytest.mark.parametrize(
    ("written", "text"), [("0", "0"), ("false", "false"), ('"No E-Mail"', "No E-Mail"), ("1.5", "1.5"), ("0.0", "0"), ('"0.0"', "0")]
)
def test_control_is_the_text_of_the_value(written, text):
    assert parse(TRIAL.replace("control = 0", f"control = {written}")).wide[0].control == text


def test_a_dose_names_its_touchpoint():
    by_table = parse(TRIAL.split("assignment", maxsplit=1)[0] + 'dose = {"price.discount" = "percent"}\noutcomes = ["visit"]').wide[0]
    assert (by_table.dose_touchpoint, by_table.dose) == ("price.discount", "percent")
    by_column = parse(TRIAL.split("assignment", maxsplit=1)[0] + 'dose = "Percent"\noutcomes = ["visit"]').wide[0]
    assert (by_column.dose_touchpoint, by_column.dose) == ("percent", "Percent")


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ('["country"]', {"country": "country"}),
        ('["o.country"]', {"country": "o.country"}),
        ("['\"Monthly Charges\"']", {"Monthly Charges": '"Monthly Charges"'}),
        ('["year(at) AS year", "cast(x AS INT) as x"]', {"year": "year(at)", "x": "cast(x AS INT)"}),
        ('[\'a || "b" AS "a and b"\']', {"a and b": 'a || "b"'}),
        ('{year = "year(at)"}', {"year": "year(at)"}),
        ("[]", {}),
    ],
)
def test_before_as_list_or_table(written, read):
    assert parse(SURVEY + f"before = {written}").wide[0].before == read


@pytest.mark.parametrize(
    ("written", "days"),
    [
        ("90 days", 90),
        ("1 day", 1),
        ("2 weeks", 14),
        ("1 month", 30),
        ("1 year", 365),
        ("36 hours", 1.5),
        ("1.5 Weeks", 10.5),
        ("7days", 7),
    ],
)
def test_durations_become_days(written, days):
    outcome = parse(SHOP + f'[outcomes.again]\nactivity = "order_placed"\nwithin = "{written}"').outcomes[0]
    assert outcome.within_days == days


def test_names_and_expressions_are_told_apart():
    text = SHOP.replace('"checkout.order"', '{sql = "kind"}') + 'quality = {sql = "how"}\nchannel = "web"'
    (orders,) = parse(text).interactions
    assert (orders.touchpoint, orders.quality, orders.channel) == (Computed(sql="kind"), Computed(sql="how"), "web")


def test_everything_else_of_the_grammar_reads():
    project = parse(
        """
        name = "All"
        timezone = "Europe/Prague"
        currency = "CZK"
        channels = ["kiosk"]
        [tables]
        orders = "SELECT 1"
        log = {file = "log.csv", missing = ["?", -9], time_format = "%d/%m/%Y", encoding = "cp1250"}
        [[subjects]]
        from = "orders"
        subject = "id"
        person = {crm = "customer", cookie = "anon"}
        start = "ordered"
        missing = ["?", 0]
        [[interactions]]
        from = "log"
        activity = "call"
        touchpoint = "support.call"
        channel = "kiosk"
        subject = "id"
        at = "t"
        levels = ["0", "1-3", "4-"]
        [[opinions]]
        from = "answers"
        subject = "id"
        at = "t"
        instrument = "nps"
        value = "score"
        scale = [0, 10]
        keep = "last"
        [people]
        from = "people"
        person = "id"
        employee = "is_staff"
        [identity]
        max_people_per_id = 3
        [observation]
        from = 2024-01-01
        to = "2024-12-31"
        start = "first_seen"
        [[stages]]
        stage = "zmot"
        touchpoint = "support.*"
        when = "after_purchase_days(30)"
        [[changes]]
        on = 2024-03-31
        touchpoint = "support.call"
        what = "new script"
        [controls]
        touchpoints = ["support.call"]
        [accidents]
        touchpoints = {"support.call" = "region"}
        [outcomes.nps]
        opinion = "nps"
        as = "nps"
        horizons = ["90 days", "30 days"]
        [outcomes.churn]
        activity = "call"
        absent = true
        within = "30 days"
        per = "person"
        better = "lower"
        [outcomes.fact]
        from = "orders"
        value = "kept"
        at = "settled"
        """
    )
    assert project.tables[1].missing == ("?", "-9")
    assert project.tables[1].time_format == ("%d/%m/%Y",)
    assert project.subjects[0].person == {"crm": "customer", "cookie": "anon"}
    assert project.subjects[0].missing == ("?", "0")
    assert project.interactions[0].levels[1] == Level(label="1-3", low=1, high=3)
    assert project.opinions[0].scale == (0.0, 10.0)
    assert (project.observation.from_, project.observation.to, project.changes[0].on) == ("2024-01-01", "2024-12-31", "2024-03-31")
    assert project.stages[0].when == "after_purchase_days(30)"  # kept, though stage_of passes it over
    assert (project.controls, project.accidents) == (("support.call",), {"support.call": "region"})
    assert (project.outcomes[0].as_, project.outcomes[0].horizons_days) == ("nps", (30.0, 90.0))
    assert project.identity.max_people_per_id == 3


FAULTS = {
    "unknown key with the nearest": (SHOP + 'persn = "x"', "momot.toml, [[interactions]] 1: unknown key 'persn'. Did you mean 'person'?"),
    "unknown key with nothing near": (SHOP + 'zzz = "x"', "momot.toml, [[interactions]] 1: unknown key 'zzz'. It has: from, where,"),
    "unknown block": (SHOP + "[[opinion]]\na = 1", "momot.toml: unknown block 'opinion'. Did you mean 'opinions'?"),
    "unknown key at the top": ('nam = "y"\n' + SHOP, "momot.toml: unknown key 'nam'. Did you mean 'name'?"),
    "key of the top in a block": (SHOP + 'currency = "EUR"', "'currency' belongs to the top of the file, before the first block."),
    "one bracket for two": (SHOP.replace("[[interactions]]", "[interactions]"), "momot.toml: [interactions] is written with two brackets"),
    "two brackets for one": (SHOP + '[[people]]\nfrom = "x"\nperson = "y"', "momot.toml: [[people]] occurs once"),
    "required key": (SHOP.replace('at = "ordered"', ""), "momot.toml, [[interactions]] 1: needs 'at': when it happened."),
    "nobody": (SHOP.replace('person = "customer"', ""), "[[interactions]] 1: needs 'person', 'subject' or 'account'."),
    "text for a number": (SURVEY + 'scale = "1-5"', "[[surveys]] 1: 'scale' must be the lowest and the highest answer, such as [1, 5]"),
    "number for a text": (SHOP.replace('"ordered"', "3"), "'at' must be a SQL expression in quotes, found the number 3."),
    "empty text": (SHOP.replace('"ordered"', '" "'), "'at' must be a SQL expression in quotes"),
    "scale upside down": (SURVEY + "scale = [5, 1]", "found [5, 1]"),
    "unknown channel": (SHOP + 'channel = "emial"', "'channel': unknown channel 'emial'. Did you mean 'email'? Known: web, app,"),
    "unknown quality": (SHOP + 'quality = "god"', "'quality': unknown 'god'. Did you mean 'good'? It is one of: bad, neutral, good, text."),
    "table that is no sql": (SHOP + 'quality = {sq = "x"}', "'quality' as a table is {sql = \"...\"} and nothing else, found {sq}."),
    "touchpoint with capitals": (SHOP.replace("checkout.order", "Checkout Order"), "Did you mean 'checkout_order'?"),
    "touchpoint with a stage": (SHOP.replace("checkout.order", "checkout@fmot"), "is no touchpoint"),
    "overlapping levels": (SHOP + 'levels = ["0-1", "1-3"]', "levels '0-1' and '1-3' overlap"),
    "levels by name without level": (SHOP + 'levels = ["low", "high"]', "'levels' by name need 'level'"),
    "unknown timezone, city known": (SHOP.replace("[[", 'timezone = "Sao Paulo"\n[[', 1), "unknown timezone 'Sao Paulo'. Did you mean 'America/Sao_Paulo'?"),
    "unknown timezone, misspelt": (SHOP.replace("[[", 'timezone = "Europe/Praque"\n[[', 1), "Did you mean 'Europe/Prague'?"),
    "unknown timezone, other area": (SHOP.replace("[[", 'timezone = "America/Prague"\n[[', 1), "Did you mean 'Europe/Prague'?"),
    "currency": (SHOP.replace("[[", 'currency = "euro"\n[[', 1), "'currency' must be three capital letters such as 'EUR', found the text 'euro'."),
    "duration without a unit": (TRIAL + "within = 14", "'within' needs a unit, found 14. Did you mean '14 days'?"),
    "bad duration": (TRIAL + 'within = "14 dys"', "'within' must be a duration such as '90 days'"),
    "no duration": (TRIAL + 'within = "0 days"', "'within' must be a duration"),
    "expression without a name": (SURVEY + 'before = ["year(at)"]', "'before': 'year(at)' needs a name: write 'expression AS name'."),
    "a name twice": (SURVEY + 'before = ["a.x", "b.x"]', "'before' names 'x' twice."),
    "reason missing": (SURVEY + 'exclude = ["x"]', "'exclude' must be a table {column = \"why it takes no part\"}, found the list."),
    "ratings twice": (SURVEY + 'touchpoints = {"a.b" = "x"}', "'touchpoints' and 'ratings' are the same: keep one."),
    "overall twice": (SURVEY + 'outcomes = {overall = "x"}', "'overall' is there twice"),
    "nothing rated": (SURVEY.replace("ratings", "#"), "needs 'touchpoints', 'ratings' or 'conditions'."),
    "no outcome": (SURVEY.replace("overall", "#"), "needs 'outcomes' or 'overall'."),
    "missing and never used": (SURVEY + 'missing = [0]\nnever_used = ["0"]', "0 can't be both 'missing' and 'never_used'."),
    "control among arms": (TRIAL.replace("control = 0", "control = 1"), "'control' '1' is among 'arms'"),
    "shares": (TRIAL + "shares = [1, 1]", "'shares' has 2 entries for 3 groups: control, 1, 2."),
    "assignment without control": (TRIAL.replace("control = 0", ""), "'assignment' needs 'control'."),
    "assignment and dose": (TRIAL + 'dose = "d"', "needs exactly one of 'assignment' and 'dose', found 'assignment' and 'dose'."),
    "two arms, one touchpoint": (TRIAL.replace("womens", "mens"), "touchpoint of 'arms' 'email.mens' is there 2 times."),
    "unknown key of an outcome": (TRIAL.replace('["visit"', '{v = {value = "v", beter = "lower"}}\n#'), "outcome 'v': unknown key 'beter'. Did you mean 'better'?"),
    "outcome from nowhere": (SHOP + "[outcomes.x]", "[outcomes.x]: needs exactly one of 'opinion', 'activity' and 'from', found none."),
    "outcome from two places": (SHOP + '[outcomes.x]\nactivity = "order_placed"\nfrom = "x"\nvalue = "y"\nsubject = "z"', "found 'activity' and 'from'."),
    "outcome of no instrument": (SHOP + '[outcomes.x]\nopinion = "nps"', "[outcomes.x]: 'opinion': no block has the instrument 'nps'. There is none."),
    "outcome of no activity": (SHOP + '[outcomes.x]\nactivity = "order_place"', "no block has the activity 'order_place'. Did you mean 'order_placed'?"),
    "churn without a time": (SHOP + '[outcomes.x]\nactivity = "order_placed"\nabsent = true', "'absent' needs 'within' or 'horizons'."),
    "subject without subjects": (SHOP.replace("person", "subject"), "has no 'person', and there is no [[subjects]] block"),
    "unknown stage": (SHOP + '[[stages]]\nstage = "zmott"\nchannel = "web"', "[[stages]] 1: 'stage': unknown 'zmott'. Did you mean 'zmot'?"),
    "stage rule for nothing": (SHOP + '[[stages]]\nstage = "zmot"', "needs 'touchpoint', 'activity' or 'channel'."),
    "bad when": (SHOP + '[[stages]]\nstage = "zmot"\nchannel = "web"\nwhen = "frist"', "found 'frist'. Did you mean 'first'?"),
    "change of nothing": (SHOP + '[[changes]]\non = 2024-01-01\ntouchpoint = "checkout.orders"\nwhat = "x"', "Did you mean 'checkout.order'?"),
    "not a day": (SHOP + '[[changes]]\non = "May"\ntouchpoint = "checkout.order"\nwhat = "x"', "'on' must be a day such as 2024-03-31, found 'May'."),
    "condition named like a touchpoint": (
        SHOP + '[[subjects]]\nfrom = "o"\nsubject = "i"\nstart = "s"\nconditions = {"checkout.order" = "x"}',
        "'checkout.order' is a touchpoint and a condition",
    ),
    "tables that differ in capitals": (SHOP + '[tables]\na = "SELECT 1"\nA = "SELECT 2"', "'a' is there 2 times"),
    "unknown key of a table": (SHOP + '[tables]\na = {fil = "x"}', "[tables] a: unknown key 'fil'. Did you mean 'file'?"),
    "nothing to build": ('name = "x"', "nothing to build: it needs at least one of [[subjects]],"),
    "a namespace that is not listed": (
        SHOP + '[identity]\nnamespaces = ["crm", "cookie"]\n[people]\nfrom = "x"\nperson = {cookies = "y"}',
        "momot.toml, [people]: 'person': [identity] has no namespace 'cookies'. Did you mean 'cookie'?",
    ),
    "observation without people": (SHOP + '[observation]\nstart = "x"', "there is no [people] block"),
}  # fmt: skip


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_is_named_with_its_place_and_fix(fault):
    text, message = FAULTS[fault]
    assert any(message in line for line in problems(text)), problems(text)


def test_all_problems_are_reported_together_and_none_twice():
    found = problems(SHOP + 'persn = "x"\nchannel = "emial"\n[outcomes.x]\nopinion = "nps"\n[outcomes.y]\nwithin = 3')
    assert [line.partition(":")[0] for line in found] == [
        *["momot.toml, [[interactions]] 1"] * 2,
        *["momot.toml, [outcomes.y]"] * 2,
        "momot.toml, [outcomes.x]",
    ]
    assert len(set(found)) == len(found)


def test_a_broken_name_raises_no_second_problem_about_who_refers_to_it():
    text = SHOP.replace('"order_placed"', "3") + '[outcomes.again]\nactivity = "order_placed"'
    assert "'activity' must be a name" in only_problem(text)


def test_names_that_are_computed_are_not_missed():
    text = SHOP.replace('"order_placed"', '{sql = "kind"}') + '[outcomes.again]\nactivity = "anything"'
    assert parse(text).outcomes[0].activity == "anything"


def test_a_file_of_comments_says_what_to_do_with_it():
    assert only_problem("# [[interactions]]\n") == (
        "momot.toml holds nothing but comments. Answer its questions (# ?) and take away the # of the lines that hold."
    )


def test_a_syntax_error_says_line_and_text():
    assert only_problem('name = "x"\ncontrol = No E-Mail') == "momot.toml, line 2: Invalid value. Found: control = No E-Mail"


def test_load_takes_folder_or_file(tmp_path):
    (tmp_path / "momot.toml").write_text("\ufeff" + SHOP, encoding="utf-8")
    assert load(tmp_path).path == load(tmp_path / "momot.toml").path == str(tmp_path / "momot.toml")


def test_a_missing_file_names_the_command_that_drafts_it(tmp_path):
    with pytest.raises(ProjectError, match=r"there is no momot.toml in .*`momot init"):
        load(tmp_path)


def test_a_missing_folder_is_no_missing_file(tmp_path):
    (tmp_path / "shops").mkdir()
    with pytest.raises(ProjectError, match=r"there is no folder .*shop\. Did you mean 'shops'\?$"):
        load(tmp_path / "shop")


def test_a_file_in_another_encoding_is_refused(tmp_path):
    (tmp_path / "momot.toml").write_bytes(SHOP.replace("Shop", "Obchod č").encode("cp1250"))
    with pytest.raises(MomotError, match="TOML is UTF-8, found the byte 0xe8"):
        load(tmp_path)


def test_every_shape_of_the_grammar_has_a_reader():
    shapes = {key.shape for block in (*BLOCKS, TABLE_FILE) for key in block.keys} | {key.shape for key in TOP}
    assert shapes - {"wide_outcome", "wide_outcomes"} == set(READERS)


def test_loading_imports_neither_duckdb_nor_numpy():
    code = "import sys, momot.project; assert not {'duckdb', 'numpy', 'scipy', 'pyarrow'} & set(sys.modules), sys.modules.keys()"
    subprocess.run([sys.executable, "-c", code], check=True)
