from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from momot.engine import calls, names, table_tokens, tokens

SQL = """SELECT o."Order ID", count(*) FILTER (WHERE kind = 'from ''x.csv''') AS n -- a comment with words
FROM 'orders.csv' o JOIN items /* or not */ USING (id) WHERE price::DOUBLE > 1.5e3 AND name IN ('a', 'b')"""


def test_names_are_columns_tables_and_keywords_but_no_functions_texts_or_comments() -> None:
    found = names(SQL)
    assert {"order id", "items", "id", "kind", "price", "n"} <= found
    assert not {"count", "x", "comment", "words", "not", "orders", "a"} & found


def test_calls_are_functions_only() -> None:
    assert calls(SQL) == {"count"}
    assert calls("coalesce(max(a), 0) OVER (ORDER BY b) IN (SELECT lower(c))") == {"coalesce", "max", "lower"}


def test_tables_stand_after_from_join_and_commas_between_them() -> None:
    text = """WITH w AS (SELECT a, extra FROM 'x.csv') SELECT b, (SELECT max(d) FROM deep) AS c, other FROM w, "y z" JOIN (
    SELECT * FROM inner_one) q
    USING (k), 'last.csv' l WHERE f IN (1, wrong) GROUP BY b, wrong UNION ALL SELECT * FROM after ORDER BY 1, wrong"""
    assert [token.name for token in table_tokens(text)] == ["x.csv", "deep", "w", "y z", "inner_one", "last.csv", "after"]


def test_a_text_or_quoted_name_is_known_without_its_quotes() -> None:
    written = "'it''s' " + '"a ""b""" c'
    assert [token.name for token in tokens(written) if token.kind != "mark"] == ["it's", 'a "b"', "c"]


@given(st.text(alphabet="ab'\" \n(),.--/*1", max_size=40))
def test_no_character_is_lost_or_invented(text: str) -> None:
    for token in tokens(text):
        assert text[token.start : token.end] == token.text
