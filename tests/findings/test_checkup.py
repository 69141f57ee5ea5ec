"""`momot check` says what is lost, what is refused, what has no role and what is not used."""

from __future__ import annotations

import momot

ROWS = "id,plan,calls,tenure,left,reason\n" + "\n".join(
    f"{i},{'full' if i % 3 else 'none'},{i % 7},{i % 50},{int(i % 4 == 0)},{'price' if i % 4 == 0 else ''}" for i in range(1, 801)
)
TEXT = """
name = "base"
[[snapshots]]
from = "base.csv"
person = "id"
outcomes = { left = "left" }
touchpoints = { "support.plan" = "plan" }
before = ["plan", "tenure"]
[controls]
touchpoints = ["support.plan"]
"""


def check(folder, rows=ROWS, text=TEXT):
    (folder / "base.csv").write_text(rows)
    (folder / "momot.toml").write_text(text)
    return momot.check(momot.open(folder))


def test_columns_in_two_roles_and_in_none_are_warnings(tmp_path):
    said = [(item.severity, item.message) for item in check(tmp_path).items]
    assert any(severity == "warning" and "touchpoints.support.plan, before.plan" in message for severity, message in said)
    assert any(severity == "warning" and "calls, reason" in message for severity, message in said)


def test_a_leak_in_no_role_is_a_warning_with_its_reason(tmp_path):
    assert any("'reason' is refused" in item.message for item in check(tmp_path).items)


def test_what_this_version_does_not_use_is_a_note(tmp_path):
    (note,) = [item for item in check(tmp_path).items if "[controls]" in item.message]
    assert note.severity == "note"


def test_no_answer_at_all_is_an_error_and_fails(tmp_path):
    found = check(tmp_path, rows=ROWS.replace(",1,price", ",0,").replace(",1,", ",0,"))
    assert found.failed
    assert found.items[0].severity == "error"


def test_lost_rows_are_said_with_their_codes(tmp_path):
    found = check(tmp_path, rows=ROWS + "\n801,full\n802,none,3\n")
    assert any("ragged_row 2" in item.message for item in found.items)


def test_a_block_that_keeps_no_row_is_a_warning(tmp_path):
    gift = """
[[interactions]]
from = "base.csv"
activity = "gift"
touchpoint = "sales.gift"
channel = "post"
person = "id"
at = "date '2024-01-01'"
"""
    text = TEXT + gift + gift.replace("sales.gift", "sales.thanks") + "where = \"plan = 'gold'\"\n"
    (item,) = [item for item in check(tmp_path, text=text).items if item.about.startswith("[[interactions]]")]
    assert (item.severity, item.about) == ("warning", "[[interactions]] 2")
    assert item.message.startswith("None of 800 rows is kept (800 filtered)")


def test_employees_are_a_note_and_so_are_those_of_them_who_buy(tmp_path):
    (tmp_path / "people.csv").write_text("who,role\n1,employee\n2,employee\n3,buyer\n")
    (tmp_path / "orders.csv").write_text("who,at\n1,2024-01-01\n1,2024-01-05\n3,2024-01-01\n")
    orders = """
[[interactions]]
from = "orders.csv"
activity = "order_placed"
touchpoint = "shop.order"
person = "who"
at = "at"
[people]
from = "people.csv"
person = "who"
role = "role"
"""
    said = [
        item.message for item in check(tmp_path, text=TEXT.replace("[controls]", orders + "[controls]")).items if item.about == "[people]"
    ]
    assert said == ["2 of 800 people are employees, left out of estimates; 1 of them bought."]
