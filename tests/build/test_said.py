"""What was said: one table of the texts of opinions, interactions and [[texts]]."""

from __future__ import annotations

from typing import Any

import pytest

from momot.errors import DataError, ProjectError

PROJECT = """
[[subjects]]
from = "orders.csv"
subject = "order"
person = "who"
start = "at"

[[interactions]]
from = "calls.csv"
activity = "call"
touchpoint = "support.call"
person = "who"
at = "at"
text = "words"

[[opinions]]
from = "orders.csv"
subject = "order"
at = "at"
instrument = "stars"
value = "stars"
scale = [1, 5]
text = "review"

[[texts]]
from = "tickets.csv"
subject = "about"
at = "at"
text = "body"
touchpoint = "delivery.parcel"
value = "rating"
scale = [1, 5]
segments = { region = "region" }
id = "ticket"

[[texts]]
from = "complaints.csv"
at = "at"
text = "body"
"""
FILES = {
    "orders.csv": "order,who,at,stars,review\no1,ana,2024-01-01,5,lovely\no2,bia,2024-01-02,1,\no3,,2024-01-03,2,lovely\n",
    "calls.csv": "who,at,words\nana,2024-02-01 10:00,nobody answered\nana,2024-02-02 10:00,\n",
    "tickets.csv": "ticket,about,at,body,rating,region\n1,o2,2024-02-03,where is it,2,north\n1,o2,2024-02-03,where is it,2,north\n"
    "2,o9,2024-02-03,who knows,3,south\n3,o2,,no time,3,south\n4,o2,2024-02-04,high,9,south\n",
    "complaints.csv": "at,body\n2024-03-01,too slow\n2024-03-02,too slow\n2024-03-03,  \n",
}
ROWS = """SELECT coalesce(person, '-'), source, touchpoint, value, text, "segment.region" FROM said LEFT JOIN people USING (person_id)
JOIN texts USING (text_id) ORDER BY said_at, 1"""


def test_texts_of_opinions_interactions_and_blocks_stand_in_one_table(make: Any, query: Any) -> None:
    made = make(PROJECT, FILES)
    assert query(made, ROWS) == [
        ("ana", "opinions.stars", None, 5.0, "lovely", None),
        ("-", "opinions.stars", None, 2.0, "lovely", None),
        ("ana", "[[interactions]] 1", "support.call", None, "nobody answered", None),
        ("bia", "[[texts]] 1", "delivery.parcel", 2.0, "where is it", "north"),
        ("-", "[[texts]] 2", None, None, "too slow", None),
        ("-", "[[texts]] 2", None, None, "too slow", None),
    ]
    counts = {block.name: block for block in made.manifest.blocks}
    tickets, complaints = counts["[[texts]] 1"], counts["[[texts]] 2"]
    assert (tickets.read, tickets.kept, tickets.duplicate) == (5, 1, 1)
    assert tickets.rejections == {"no_time": 1, "outside_scale": 1, "unknown_subject": 1}
    assert (complaints.kept, complaints.filtered, complaints.identified) == (2, 1, 0)
    assert sum(block.rejected for block in made.manifest.blocks if block.name == "[[interactions]] 1") == 0


def test_one_changed_source_leaves_the_texts_of_others(make: Any, query: Any) -> None:
    before = make(PROJECT, FILES)
    same = query(before, ROWS)
    after = make(PROJECT, FILES | {"calls.csv": FILES["calls.csv"] + "bia,2024-02-05 09:00,thank you\n"})
    assert {row[4] for row in query(after, ROWS)} == {row[4] for row in same} | {"thank you"}
    assert make(PROJECT, FILES | {"calls.csv": FILES["calls.csv"]}).manifest.table("said").rows == len(same)  # type: ignore[union-attr]


def test_a_project_of_texts_alone_is_built(make: Any, query: Any) -> None:
    made = make('[[texts]]\nfrom = "complaints.csv"\nat = "at"\ntext = "body"\n', {"complaints.csv": FILES["complaints.csv"]})
    assert query(made, "SELECT count(*), count(DISTINCT text_id) FROM said") == [(2, 1)]


def test_quality_from_the_words_of_an_opinion_is_refused(make: Any) -> None:
    block = """
[[interactions]]
from = "orders.csv"
activity = "order"
touchpoint = "checkout.order"
person = "who"
at = "at"
quality = "text"
"""
    with pytest.raises(ProjectError, match="needs 'text'"):
        make(PROJECT + block, FILES)
    with pytest.raises(ProjectError, match=r"reads the words of \[\[opinions\]\] 1"):
        make(PROJECT + block + 'text = "review"\n', FILES)


CALLS = """
[[interactions]]
from = "calls.csv"
activity = "call"
touchpoint = "support.call"
person = "who"
at = "at"
text = "words"
quality = "text"
"""


def test_quality_is_read_from_the_words_of_the_interaction(make: Any, query: Any) -> None:
    words = {"ana": "Terrible service, I am very angry and disappointed", "bia": "Wonderful, thank you, I love it", "cy": "", "dan": "..."}
    rows = "".join(f'{who},2024-02-01 10:00,"{text}"\n' for who, text in words.items())
    made = make(CALLS, {"calls.csv": f"who,at,words\n{rows}"})
    found = dict(query(made, "SELECT person, quality FROM interactions JOIN people USING (person_id)"))
    assert found == {"ana": -1, "bia": 1, "cy": None, "dan": None}
    assert query(made, "SELECT count(*) FROM said WHERE touchpoint = 'support.call'") == [(3,)]


def test_quality_from_words_is_made_again_for_new_words_alone(make: Any, query: Any) -> None:
    first = make(CALLS, {"calls.csv": "who,at,words\nana,2024-02-01 10:00,I hate it so much\n"})
    again = make(CALLS, {"calls.csv": "who,at,words\nana,2024-02-01 10:00,I hate it so much\n"})
    assert not again.fresh
    assert first.manifest.build == again.manifest.build


OPINIONS = """
[tables]
copied = "SELECT *, review AS words FROM 'answers.csv'"

[[opinions]]
from = "answers.csv"
person = "who"
at = "at"
instrument = "stars"
value = "stars"
text = "review"

[[interactions]]
from = "copied"
activity = "call"
touchpoint = "support.call"
person = "who"
at = "at - INTERVAL 1 DAY"
text = "words"
quality = "text"
"""


def test_words_of_opinions_under_another_name_are_refused_by_measurement(make: Any) -> None:
    rows = "".join(f"p{row},2024-02-{row + 1:02d} 10:00,{row % 5 + 1},it took {row} days\n" for row in range(20))
    files = {"answers.csv": f"who,at,stars,review\n{rows}"}
    with pytest.raises(DataError, match="20 of 20 are, word for word, an opinion"):
        make(OPINIONS, files)
    own = make(OPINIONS.replace("review AS words", "who || ' called' AS words"), files)
    assert own.manifest.table("said").rows == 40  # type: ignore[union-attr]
