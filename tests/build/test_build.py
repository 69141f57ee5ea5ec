"""What the tables of a build hold."""

from __future__ import annotations

import random
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from momot.build import Build, build
from momot.errors import DataError, MissingColumn, NotBuilt, ProjectError, WrongGrain
from momot.project import load

ORDERS = """
timezone = "America/Sao_Paulo"
currency = "BRL"
[[subjects]]
from = "orders.csv"
subject = "order"
person = "customer"
start = "ordered"
before = ["items"]
conditions = {dear = "price > 10"}

[[interactions]]
from = "orders.csv"
activity = "delivered"
touchpoint = "delivery.parcel"
channel = "courier"
subject = "order"
where = "arrived IS NOT NULL"
at = "arrived"
level = "late"
levels = ["0", "1-3", "4-"]
value = "price"

[[opinions]]
from = "reviews.csv"
subject = "order"
at = "answered"
asked = "asked"
id = "review"
keep = "first"
instrument = "stars"
value = "stars"
scale = [1, 5]
text = "words"

[outcomes.kept]
from = "orders.csv"
value = "late = 0"
at = "arrived"
"""
ORDER_ROWS = """order,customer,ordered,arrived,late,price,items,status
o1,ana,2017-10-14 23:30:00,2017-10-15 00:30:00,0,10.50,1,delivered
o2,bia,2018-01-01 00:00:00,2018-01-05 12:00:00,2,20.00,2,delivered
o3,ana,2018-02-17 23:30:00,2018-02-25 12:00:00,9,5,1,delivered
o4,,2018-03-01 00:00:00,,,7,1,lost
"""
REVIEW_ROWS = """review,order,answered,asked,stars,words
r1,o1,2017-10-20 10:00:00,2017-10-19,5,great
r2,o2,2018-01-09 10:00:00,2018-01-06,1,late!
r3,o2,2018-01-08 10:00:00,2018-01-06,2,great
r4,o9,2018-01-08 10:00:00,2018-01-06,2,
"""
FILES = {"orders.csv": ORDER_ROWS, "reviews.csv": REVIEW_ROWS}


def instant(*parts: int) -> int:
    return int(datetime(*parts, tzinfo=UTC).timestamp() * 1_000_000)  # type: ignore[arg-type,misc]


def test_subjects_say_whose_since_when_and_what_was_known(make: Any, query: Any) -> None:
    found = query(
        make(ORDERS, FILES),
        """SELECT subject, person, started_at, "before.items", "condition.dear", "other.status"
        FROM subjects LEFT JOIN people USING (person_id) ORDER BY subject""",
    )
    assert found == [
        ("o1", "ana", instant(2017, 10, 15, 2, 30), 1, True, "delivered"),
        ("o2", "bia", instant(2018, 1, 1, 2), 2, True, "delivered"),
        ("o3", "ana", instant(2018, 2, 18, 1, 30), 1, False, "delivered"),  # shown twice that night: the earlier, still summer time
        ("o4", None, instant(2018, 3, 1, 3), 1, False, "lost"),
    ]


def test_interactions_are_in_order_with_codes_levels_and_minor_money(make: Any, query: Any) -> None:
    made = make(ORDERS, FILES)
    found = query(
        made,
        """SELECT person, happened_at, touchpoint, activity, channel, level, label, repeat, value_minor, duplicate FROM interactions
        JOIN people USING (person_id) JOIN touchpoints USING (touchpoint_id) JOIN activities USING (activity_id)
        JOIN channels ON channels.channel_id = interactions.channel_id JOIN levels USING (touchpoint_id, level)""",
    )
    what = ("delivery.parcel", "delivered", "courier")
    assert found == [
        ("ana", instant(2017, 10, 15, 3), *what, 0, "0", 1, 1050, False),  # 00:30 was skipped that night
        ("ana", instant(2018, 2, 25, 15), *what, 2, "4-", 1, 500, False),
        ("bia", instant(2018, 1, 5, 14), *what, 1, "1-3", 1, 2000, False),
    ]
    counts = {block.name: block for block in made.manifest.blocks}
    assert (counts["[[interactions]] 1"].filtered, counts["[[interactions]] 1"].adjusted) == (1, 1)
    assert (counts["[[subjects]] 1"].identified, counts["[[subjects]] 1"].anonymous, counts["[[subjects]] 1"].adjusted) == (3, 1, 1)


def test_opinions_take_the_person_of_their_subject_and_keep_the_first(make: Any, query: Any) -> None:
    made = make(ORDERS, FILES)
    found = query(
        made,
        """SELECT person, given_at, asked_at, value, text
        FROM opinions JOIN people USING (person_id) LEFT JOIN texts USING (text_id) ORDER BY 1""",
    )
    assert found == [
        ("ana", instant(2017, 10, 20, 12), instant(2017, 10, 19, 2), 5.0, "great"),
        ("bia", instant(2018, 1, 8, 12), instant(2018, 1, 6, 2), 2.0, "great"),
    ]
    block = next(block for block in made.manifest.blocks if block.name == "[[opinions]] 1")
    assert (block.read, block.kept, block.filtered, block.rejections) == (4, 2, 1, {"unknown_subject": 1})


def test_facts_are_numbers_with_the_time_they_were_settled(make: Any, query: Any) -> None:
    found = query(make(ORDERS, FILES), "SELECT subject, value, settled_at FROM facts JOIN subjects USING (subject_id) ORDER BY 1")
    assert found == [("o1", 1.0, instant(2017, 10, 15, 3)), ("o2", 0.0, instant(2018, 1, 5, 14)), ("o3", 0.0, instant(2018, 2, 25, 15))]


WIDE = """
[[surveys]]
from = "answers.csv"
person = "who"
period = "year"
weight = "w"
overall = "overall"
scale = [1, 5]
missing = [0]
never_used = [6]
ratings = {"desk.help" = "help"}
before = ["age"]
exclude = {secret = "not for analysis"}

[[experiments]]
from = "trial.csv"
assignment = "arm"
control = "none"
arms = {mail = "email.offer"}
outcomes = {bought = "bought = 'yes'"}
"""
WIDE_FILES = {
    "answers.csv": "who,year,w,overall,help,age,secret,spare\n"
    "a,2013,1.5,5,4,30,x,1\nb,2013,1,0,6,,x,2\nc,2014,2,3,0,41,x,3\nd,2014,-1,3,1,41,x,3\n",
    "trial.csv": "arm,bought\nmail,yes\nnone,no\nmail,no\nfax,no\n,no\nmail,yes\n",
}


def test_wide_ratings_know_blank_from_never_used(make: Any, query: Any) -> None:
    made = make(WIDE, WIDE_FILES)
    found = query(
        made,
        """SELECT line, person, period, weight, "outcome.overall", "touchpoint.desk.help", "never.desk.help", "before.age", "other.spare"
        FROM "wide/survey-1" JOIN people USING (person_id) ORDER BY row""",
    )
    assert found == [
        ("answers.csv:2", "a", "2013", 1.5, 5.0, 4, False, 30, 1),
        ("answers.csv:3", "b", "2013", 1.0, None, None, True, None, 2),
        ("answers.csv:4", "c", "2014", 2.0, 3.0, None, False, 41, 3),
    ]
    with made.connect() as connection:
        columns = {name for name, *_ in connection.execute('DESCRIBE "wide/survey-1"').fetchall()}
    assert "other.secret" not in columns
    assert query(made, "SELECT source, line, code FROM rejected ORDER BY ALL") == [
        ("answers.csv", 5, "bad_weight"),
        ("trial.csv", 5, "unknown_arm"),
        ("trial.csv", 6, "no_assignment"),
    ]


def test_a_row_without_a_person_is_its_own_and_equal_rows_share_a_hash(make: Any, query: Any) -> None:
    made = make(WIDE, WIDE_FILES)
    found = query(
        made, 'SELECT person, assignment, "outcome.bought", row_hash FROM "wide/experiment-1" JOIN people USING (person_id) ORDER BY row'
    )
    assert [row[:3] for row in found] == [
        ("trial.csv:2", "mail", 1.0),
        ("trial.csv:3", "none", 0.0),
        ("trial.csv:4", "mail", 0.0),
        ("trial.csv:7", "mail", 1.0),
    ]
    assert len({row[3] for row in found}) == 3
    assert next(block for block in made.manifest.blocks if block.name == "[[experiments]] 1").flagged == 1


EVENTS = '[[interactions]]\nfrom = "e.csv"\nactivity = "a"\ntouchpoint = {sql = "t"}\nperson = "p"\nat = "at"\nquality = {sql = "q"}\n'


@pytest.mark.parametrize(("words", "codes"), [(("bad", "neutral", "Good", ""), (-1, 0, 1, None)), (("-1", "0", "1", ""), (-1, 0, 1, None))])
def test_quality_is_a_word_or_a_code(words: tuple[str, ...], codes: tuple[int | None, ...], make: Any, query: Any) -> None:
    rows = "".join(f"p,2024-01-0{n},t,{word}\n" for n, word in enumerate(words, 1))
    assert query(make(EVENTS, {"e.csv": "p,at,t,q\n" + rows}), "SELECT quality FROM interactions") == [(code,) for code in codes]


def test_levels_that_are_not_declared_are_measured(make: Any, query: Any) -> None:
    rows = "".join(f"p{n},2024-01-01,{'few' if n % 2 else 'many'},good,{n % 6 if n % 2 else n}\n" for n in range(200))
    text = (
        EVENTS.replace('{sql = "t"}', '"shop.few"')
        + 'where = "t = \'few\'"\nlevel = "l"\n'
        + EVENTS.replace('{sql = "t"}', '"shop.many"')
        + 'where = "t = \'many\'"\nlevel = "l"\n'
    )
    made = make(text, {"e.csv": "p,at,t,q,l\n" + rows})
    found = query(made, "SELECT touchpoint, label FROM levels JOIN touchpoints USING (touchpoint_id) ORDER BY touchpoint, level")
    assert [label for touchpoint, label in found if touchpoint == "shop.few"] == ["1", "3", "5"]
    assert [label for touchpoint, label in found if touchpoint == "shop.many"] == [
        "0 to 38",
        "40 to 78",
        "80 to 118",
        "120 to 158",
        "160 to 198",
    ]
    sizes = query(
        made, "SELECT count(*) FROM interactions JOIN touchpoints USING (touchpoint_id) WHERE touchpoint = 'shop.many' GROUP BY level"
    )
    assert sizes == [(20,)] * 5


def test_a_person_may_have_one_id_of_several_namespaces(make: Any, query: Any) -> None:
    text = EVENTS.replace('person = "p"', 'person = {crm = "p", cookie = "c"}')
    made = make(text, {"e.csv": "p,c,at,t,q\n17,,2024-01-01,x,good\n,ab,2024-01-02,x,bad\n"})
    assert query(made, "SELECT person FROM people ORDER BY 1") == [("cookie:ab",), ("crm:17",)]


def test_people_are_aggregated_or_have_one_value(make: Any, query: Any) -> None:
    people = '[people]\nfrom = "e.csv"\nperson = "p"\nsegments = {first = "arg_min(q, at)", town = "town"}\n'
    people += 'employee = "bool_or(staff = 1)"\nacquisition_cost = "max(cost)"\n'
    rows = "p,at,t,q,town,staff,cost\nann,2024-01-02,x,good,Brno,0,1.5\nann,2024-01-01,x,bad,Brno,1,2\nbob,2024-01-02,x,good,Wien,0,\n"
    found = query(
        make(EVENTS + people, {"e.csv": rows}),
        'SELECT person, "segment.first", "segment.town", is_employee, acquisition_cost_minor FROM people ORDER BY 1',
    )
    assert found == [("ann", "bad", "Brno", True, 200), ("bob", "good", "Wien", False, None)]
    with pytest.raises(WrongGrain, match="2 values for person 'ann'"):
        make(EVENTS + people, {"e.csv": rows.replace("bad,Brno", "bad,Praha")})


def test_queries_over_files_and_other_tables_share_what_was_rejected(make: Any, query: Any) -> None:
    text = """
    [tables]
    clean = "SELECT p, \\"at\\", upper(t) AS t FROM 'e.csv' WHERE t <> 'skip'"
    both = "SELECT *, 'good' AS q FROM clean JOIN 'names.csv' USING (p)"
    """
    rows = "".join(f"p{n % 3},2024-01-{n % 28 + 1:02d},{'skip' if n == 5 else 'x'}\n" for n in range(40))
    files = {"e.csv": "p,at,t\n" + rows + "p1,never,x\n", "names.csv": "p,name\np1,Ann\np2,Bob\n"}
    made = make(text + EVENTS.replace("e.csv", "both"), files)
    assert query(made, "SELECT count(*) FROM interactions") == [(25,)]
    assert query(made, "SELECT source, line, block, code, found FROM rejected") == [("e.csv", 42, "[tables] clean", "not_a_time", "never")]


def test_a_column_named_like_another_table_is_no_circle(make: Any, query: Any) -> None:
    text = """
    [tables]
    calls = "SELECT p, t, n AS names FROM 'e.csv'"
    names = "SELECT p, t, 'good' AS q, DATE '2024-01-01' AS day, names AS calls FROM calls"
    """
    made = make(text + EVENTS.replace("e.csv", "names").replace('at = "at"', 'at = "day"'), {"e.csv": "p,t,n\n1,x,y\n"})
    assert query(made, "SELECT count(*) FROM interactions") == [(1,)]


def test_queries_that_read_each_other_are_refused(make: Any) -> None:
    with pytest.raises(ProjectError, match="circle"):
        make('[tables]\na = "SELECT * FROM b"\nb = "SELECT * FROM a"\n' + EVENTS.replace("e.csv", "a"), {})


def test_a_keyword_in_a_query_is_named(make: Any) -> None:
    with pytest.raises(ProjectError, match=r'"at" is a word of SQL'):
        make(
            "[tables]\na = \"SELECT p, at, t FROM 'e.csv'\"\n" + EVENTS.replace("e.csv", "a"), {"e.csv": "p,at,t,q\n1,2024-01-01,x,good\n"}
        )


def test_a_wrong_column_in_a_query_is_named(make: Any) -> None:
    with pytest.raises(MissingColumn, match=r"\[tables\] a.*no column 'pp'"):
        make("[tables]\na = \"SELECT pp FROM 'e.csv'\"\n" + EVENTS.replace("e.csv", "a"), {"e.csv": "p,at,t,q\n1,2024-01-01,x,good\n"})


def test_a_column_may_be_called_like_a_keyword_or_hold_spaces(make: Any, query: Any) -> None:
    text = EVENTS.replace('"p"', '"Customer ID"').replace('at = "at"', 'at = "least(at, \\"end\\")"') + 'where = "order > 1"\n'
    made = make(text, {"e.csv": "Customer ID,at,end,order,t,q\n00017,2024-01-02,2024-01-01,5,x,good\n2,2024-01-02,2024-01-01,0,x,good\n"})
    assert query(made, "SELECT person, happened_at FROM interactions JOIN people USING (person_id)") == [("00017", instant(2024, 1, 1))]


def test_there_is_nothing_to_open_before_a_build(tmp_path: Any) -> None:
    from momot.build import open_build

    with pytest.raises(NotBuilt, match="momot build"):
        open_build(tmp_path)


def test_two_lists_of_levels_for_one_touchpoint_are_refused(make: Any) -> None:
    block = EVENTS.replace('{sql = "t"}', '"x"')
    rows = "p,at,t,q,l\n1,2024-01-01,x,good,1\n"
    with pytest.raises(ProjectError, match="other levels"):
        make(block + 'level = "l"\nlevels = ["0", "1"]\n' + block + 'level = "l"\nlevels = ["0", "1-"]\n', {"e.csv": rows})


def test_a_level_of_many_texts_is_refused(make: Any) -> None:
    rows = "".join(f"p,2024-01-01,x,good,name {n}\n" for n in range(20))
    with pytest.raises(DataError, match="20 different texts"):
        make(EVENTS.replace('{sql = "t"}', '"x"') + 'level = "l"\n', {"e.csv": "p,at,t,q,l\n" + rows})


ROW = st.tuples(
    st.sampled_from("abc"),
    st.integers(1, 28),
    st.sampled_from(["x", "y"]),
    st.sampled_from(["good", "bad", "odd", ""]),
    st.sampled_from(["", "2", "z"]),
)


@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=st.lists(ROW, min_size=1, max_size=25), seed=st.integers(0, 99))
def test_the_order_of_rows_changes_nothing_and_counts_add_up(
    rows: list[tuple[Any, ...]], seed: int, tmp_path_factory: pytest.TempPathFactory
) -> None:
    good = ("z", 1, "x", "good", "1")

    def made(order: list[tuple[Any, ...]]) -> Build:
        folder = tmp_path_factory.mktemp("order")
        (folder / "momot.toml").write_text('name = "S"\n' + EVENTS + 'repeat = "r"\n')
        lines = [f"{p},2024-01-{day:02d},{t},{q},{r}" for p, day, t, q, r in order]
        (folder / "e.csv").write_text("p,at,t,q,r\n" + "\n".join(lines) + "\n")
        return build(load(folder), folder=folder)

    shuffled = [good, *rows]
    random.Random(seed).shuffle(shuffled)
    try:
        first = made([good, *rows])
    except DataError as error:
        with pytest.raises(type(error)):
            made(shuffled)
        return
    second = made(shuffled)
    for name in ("interactions/part=00/interactions.parquet", "people.parquet", "touchpoints.parquet", "levels.parquet"):
        assert (first.folder / name).read_bytes() == (second.folder / name).read_bytes()
    for block in first.manifest.blocks:
        assert block.read == len(rows) + 1 == block.kept + block.filtered + block.duplicate + block.rejected
        assert block.kept == block.identified + block.anonymous
