"""Stages chosen in the app: written whole or not at all, and nothing else of the project file is touched."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from momot.errors import ProjectError
from momot.project.load import parse
from momot.project.stages import stage_of
from momot.vocabulary import STAGES
from momot.web.errors import Conflict
from momot.web.mapping import BEGIN, END, chosen, fingerprint, read, with_choices, write
from tests.web.served import PROJECT

OWN = '\n# first of all\n[[stages]] # ours\ntouchpoint = "support.*"\nstage = "umot"\n'


def test_what_is_chosen_wins_over_rules_of_the_file_and_comments_stay() -> None:
    made = with_choices(PROJECT + OWN, {"support.call": "fmot", "shop.visit": "zmot"})
    rules = parse(made).stages
    assert stage_of("support.call", None, None, rules) == "fmot"
    assert stage_of("support.mail", None, None, rules) == "umot"
    assert stage_of("shop.visit", None, None, rules) == "zmot"
    assert "# ours" in made
    assert "# first of all" in made
    assert chosen(made) == {"support.call": "fmot", "shop.visit": "zmot"}


def test_choosing_again_replaces_and_choosing_nothing_takes_the_part_away() -> None:
    once = with_choices(PROJECT + OWN, {"support.call": "fmot"})
    again = with_choices(once, {"support.call": "smot"})
    assert again.count(BEGIN) == again.count(END) == 1
    assert chosen(again) == {"support.call": "smot"}
    nothing = with_choices(again, {})
    assert chosen(nothing) == {}
    assert BEGIN not in nothing
    assert parse(nothing) == parse(PROJECT + OWN)


def test_line_ends_stay_as_they_are() -> None:
    windows = (PROJECT + OWN).replace("\n", "\r\n")
    made = with_choices(windows, {"support.call": "fmot"})
    assert made.count("\n") == made.count("\r\n")
    assert chosen(made) == {"support.call": "fmot"}


names = st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=30).filter(str.strip)


@settings(max_examples=60)
@given(st.dictionaries(names, st.sampled_from(STAGES), min_size=1, max_size=6))
def test_any_name_is_written_and_read_back_and_means_itself_alone(choices: dict[str, str]) -> None:
    made = with_choices(PROJECT + OWN, choices)
    rules = parse(made).stages
    assert chosen(made) == choices
    for name, stage in choices.items():
        assert stage_of(name, None, None, rules) == stage
    assert chosen(with_choices(made, choices)) == choices


def test_nothing_is_written_over_a_change_of_somebody_else(tmp_path: Path) -> None:
    file = tmp_path / "momot.toml"
    file.write_text(PROJECT, encoding="utf-8")
    seen = fingerprint(read(file))
    file.write_text(PROJECT + "# changed\n", encoding="utf-8")
    with pytest.raises(Conflict):
        write(file, {"support.call": "fmot"}, seen=seen)
    assert read(file) == PROJECT + "# changed\n"


@pytest.mark.parametrize("text", ["name = ", PROJECT + "[nonsense]\n"])
def test_a_file_that_would_not_load_stays_as_it_is(text: str, tmp_path: Path) -> None:
    file = tmp_path / "momot.toml"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(ProjectError):
        write(file, {"support.call": "fmot"}, seen=fingerprint(text))
    assert read(file) == text
    assert [path.name for path in tmp_path.iterdir()] == ["momot.toml"]


def test_a_stage_that_is_none_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "momot.toml"
    file.write_text(PROJECT, encoding="utf-8")
    with pytest.raises(ProjectError, match="no stage"):
        write(file, {"support.call": 'smot"\nx = "'}, seen=fingerprint(PROJECT))
    assert read(file) == PROJECT


def test_our_comments_within_a_text_of_many_lines_do_not_fool_it(tmp_path: Path) -> None:
    text = PROJECT.replace('from = "calls.csv"', f'from = """\n{BEGIN}\n{END}\ncalls.csv"""')
    file = tmp_path / "momot.toml"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(ProjectError):
        write(file, {"support.call": "fmot"}, seen=fingerprint(text))
    assert read(file) == text


def test_a_link_stays_a_link_and_permissions_stay(tmp_path: Path) -> None:
    real, link = tmp_path / "real.toml", tmp_path / "momot.toml"
    real.write_text(PROJECT, encoding="utf-8")
    real.chmod(0o640)
    link.symlink_to(real)
    write(link, {"support.call": "fmot"}, seen=fingerprint(PROJECT))
    assert link.is_symlink()
    assert real.stat().st_mode & 0o777 == 0o640
    assert chosen(read(real)) == {"support.call": "fmot"}
