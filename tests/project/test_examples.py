from __future__ import annotations

from pathlib import Path

import pytest

from momot.project import load

EXAMPLES = Path(__file__).parents[2] / "examples"
NAMES = sorted(folder.name for folder in EXAMPLES.iterdir() if folder.is_dir())
KNOWS_THE_OUTCOME = {
    "telco_ibm": ["Satisfaction Score", "Churn Score", "CLTV", "Churn Category", "Churn Reason"],
    "hotel_bookings": ["reservation_status", "reservation_status_date", "assigned_room_type"],
    "online_shoppers": ["PageValues"],
}


@pytest.mark.parametrize("name", NAMES)
def test_every_example_loads_and_asks_something(name):
    project = load(EXAMPLES / name)
    assert project.outcomes or all(wide.outcomes for wide in project.wide)


@pytest.mark.parametrize("name", KNOWS_THE_OUTCOME)
def test_columns_that_know_the_outcome_are_not_excluded(name):
    for wide in load(EXAMPLES / name).wide:
        assert not set(wide.exclude) & set(KNOWS_THE_OUTCOME[name])


@pytest.mark.parametrize("name", NAMES)
def test_the_page_of_examples_names_every_folder(name):
    assert f"`{name}`" in (EXAMPLES / "README.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", NAMES)
def test_the_head_of_each_example_says_where_the_data_come_from_and_what_to_expect(name):
    head = (EXAMPLES / name / "momot.toml").read_text(encoding="utf-8").partition("\nname = ")[0]
    assert all(line.startswith("#") for line in head.splitlines())
    assert "# Expect:" in head
