"""What is chosen in the app: written whole or not at all, and nothing else of the project file is touched."""

from __future__ import annotations

import glob
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from momot.errors import ProjectError
from momot.project.load import parse
from momot.project.stages import stage_of
from momot.vocabulary import STAGES
from momot.web.errors import Conflict
from momot.web.mapping import BEGIN, END, Belongs, Choices, chosen, fingerprint, read, with_choices, write
from tests.web.served import PROJECT

OWN = '\n# first of all\n[[stages]] # ours\ntouchpoint = "support.*"\nstage = "umot"\n'


def test_what_is_chosen_wins_over_rules_of_the_file_and_comments_stay() -> None:
    made = with_choices(PROJECT + OWN, Choices({"support.call": "fmot", "shop.visit": "zmot"}))
    rules = parse(made).stages
    assert stage_of("support.call", None, None, rules) == "fmot"
    assert stage_of("support.mail", None, None, rules) == "umot"
    assert stage_of("shop.visit", None, None, rules) == "zmot"
    assert "# ours" in made
    assert "# first of all" in made
    assert chosen(made).stages == {"support.call": "fmot", "shop.visit": "zmot"}


def test_choosing_again_replaces_and_choosing_nothing_takes_the_part_away() -> None:
    once = with_choices(PROJECT + OWN, Choices({"support.call": "fmot"}))
    again = with_choices(once, Choices({"support.call": "smot"}))
    assert again.count(BEGIN) == again.count(END) == 1
    assert chosen(again).stages == {"support.call": "smot"}
    nothing = with_choices(again, Choices({}))
    assert chosen(nothing).stages == {}
    assert BEGIN not in nothing
    assert parse(nothing) == parse(PROJECT + OWN)


def test_line_ends_stay_as_they_are() -> None:
    windows = (PROJECT + OWN).replace("\n", "\r\n")
    made = with_choices(windows, Choices({"support.call": "fmot"}))
    assert made.count("\n") == made.count("\r\n")
    assert chosen(made).stages == {"support.call": "fmot"}


names = st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=30).filter(str.strip)


@settings(max_examples=60)
@given(st.dictionaries(names, st.sampled_from(STAGES), min_size=1, max_size=6))
def test_any_name_is_written_and_read_back_and_means_itself_alone(choices: dict[str, str]) -> None:
    made = with_choices(PROJECT + OWN, Choices(choices))
    rules = parse(made).stages
    assert chosen(made).stages == choices
    for name, stage in choices.items():
        assert stage_of(name, None, None, rules) == stage
    assert chosen(with_choices(made, Choices(choices))).stages == choices


def test_nothing_is_written_over_a_change_of_somebody_else(tmp_path: Path) -> None:
    file = tmp_path / "momot.toml"
    file.write_text(PROJECT, encoding="utf-8")
    seen = fingerprint(read(file))
    file.write_text(PROJECT + "# changed\n", encoding="utf-8")
    with pytest.raises(Conflict):
        write(file, ({"support.call": "fmot"}, {}), seen=seen)
    assert read(file) == PROJECT + "# changed\n"


@pytest.mark.parametrize("text", ["name = ", PROJECT + "[nonsense]\n"])
def test_a_file_that_would_not_load_stays_as_it_is(text: str, tmp_path: Path) -> None:
    file = tmp_path / "momot.toml"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(ProjectError):
        write(file, ({"support.call": "fmot"}, {}), seen=fingerprint(text))
    assert read(file) == text
    assert [path.name for path in tmp_path.iterdir()] == ["momot.toml"]


def test_a_stage_that_is_none_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "momot.toml"
    file.write_text(PROJECT, encoding="utf-8")
    with pytest.raises(ProjectError, match="no stage"):
        write(file, ({"support.call": 'smot"\nx = "'}, {}), seen=fingerprint(PROJECT))
    assert read(file) == PROJECT


def test_our_comments_within_a_text_of_many_lines_do_not_fool_it(tmp_path: Path) -> None:
    text = PROJECT.replace('from = "calls.csv"', f'from = """\n{BEGIN}\n{END}\ncalls.csv"""')
    file = tmp_path / "momot.toml"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(ProjectError):
        write(file, ({"support.call": "fmot"}, {}), seen=fingerprint(text))
    assert read(file) == text


def test_a_link_stays_a_link_and_permissions_stay(tmp_path: Path) -> None:
    real, link = tmp_path / "real.toml", tmp_path / "momot.toml"
    real.write_text(PROJECT, encoding="utf-8")
    real.chmod(0o640)
    link.symlink_to(real)
    write(link, ({"support.call": "fmot"}, {}), seen=fingerprint(PROJECT))
    assert link.is_symlink()
    assert real.stat().st_mode & 0o777 == 0o640
    assert chosen(read(real)).stages == {"support.call": "fmot"}


BELONGS = st.builds(
    Belongs,
    touchpoint=st.sampled_from(["", "support.call", "checkout.order"]),
    channel=st.sampled_from(["", "web", "phone"]),
).filter(bool)


@settings(max_examples=60)
@given(st.dictionaries(names, BELONGS, min_size=1, max_size=5), st.dictionaries(names, st.sampled_from(STAGES), max_size=3))
def test_where_any_activity_belongs_is_written_and_read_back(activities: dict[str, Belongs], stages: dict[str, str]) -> None:
    choices = Choices(stages, activities)
    made = with_choices(PROJECT + OWN, choices)
    assert chosen(made) == choices
    rules = {rule.activity: (rule.to_touchpoint or "", rule.to_channel or "") for rule in parse(made).mapping}
    assert rules == {glob.escape(name): (one.touchpoint, one.channel) for name, one in activities.items()}
    assert parse(with_choices(made, Choices())) == parse(PROJECT + OWN)
    assert "# first of all" in made


def test_rules_chosen_here_stand_before_those_of_the_file() -> None:
    own = '\n[[mapping]] # by hand\nactivity = "c*"\nto_touchpoint = "hand.made"\n'
    made = with_choices(PROJECT + own + OWN, Choices({"support.call": "fmot"}, {"called": Belongs("support.call")}))
    assert [rule.to_touchpoint for rule in parse(made).mapping] == ["support.call", "hand.made"]
    assert [rule.stage for rule in parse(made).stages] == ["fmot", "umot"]
    assert "# by hand" in made


def test_a_form_answers_for_the_names_that_it_shows_and_for_no_others(tmp_path: Path) -> None:
    file = tmp_path / "momot.toml"
    file.write_text(with_choices(PROJECT, Choices({"a.b": "zmot", "c.d": "umot"}, {"called": Belongs("x.y", "web")})), encoding="utf-8")
    write(file, ({"c.d": "", "e.f": "smot"}, {"seen": Belongs(channel="phone")}), seen=fingerprint(read(file)))
    assert chosen(read(file)) == Choices(
        {"a.b": "zmot", "e.f": "smot"}, {"called": Belongs("x.y", "web"), "seen": Belongs(channel="phone")}
    )


@pytest.mark.parametrize("belongs", [Belongs("no touchpoint"), Belongs("a.b", "no channel"), Belongs('a.b"\n[x]')])
def test_what_would_not_load_is_not_written(belongs: Belongs, tmp_path: Path) -> None:
    file = tmp_path / "momot.toml"
    file.write_text(PROJECT, encoding="utf-8")
    with pytest.raises(ProjectError):
        write(file, ({}, {"called": belongs}), seen=fingerprint(PROJECT))
    assert read(file) == PROJECT
