"""The grammar of lists: what is written is read back, and nothing else is read."""

from __future__ import annotations

import re
from typing import get_args
from urllib.parse import parse_qsl, urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from momot.vocabulary import STAGES
from momot.vocabulary.whom import (
    Again,
    AllTexts,
    AtStage,
    Beside,
    Cohort,
    Counted,
    Gives,
    Glance,
    Glanced,
    ListedFact,
    Met,
    People,
    ReasonOf,
    Side,
    Speaks,
    Texts,
    Through,
    Used,
    Went,
    Whom,
    fields_of,
    people,
    texts,
    written,
)

FIELDS = ("of", *fields_of(People), *fields_of(Texts))
NAMES = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=60)
WORDS = st.text(st.characters(exclude_categories=["Cs"]), max_size=60)
MONTHS = st.dates().map(lambda day: f"{day:%Y-%m}".rjust(7, "0"))
STAGED = st.sampled_from(STAGES)
KINDS = st.sampled_from(get_args(ReasonOf))
WHOM = st.one_of(
    st.builds(Met, moment=NAMES, went=st.sampled_from(get_args(Went)), level=WORDS),
    st.builds(Used, touchpoint=NAMES),
    st.builds(AtStage, stage=STAGED),
    st.builds(Through, stage=STAGED),
    st.builds(Beside, moment=NAMES, steps=st.sampled_from([-3, -2, -1, 1, 2, 3]), other=NAMES),
    st.builds(Glanced, group=st.sampled_from(get_args(Glance)), then=WORDS),
    st.builds(Cohort, month=MONTHS),
    st.builds(Again, month=MONTHS, since=st.integers(0, 1200)),
    st.builds(Counted, fact=st.sampled_from(get_args(ListedFact)), group=WORDS, who=st.sampled_from(["those", "all"])),
    st.just(AllTexts()),
    st.builds(Side, kind=KINDS, moment=WORDS),
    st.builds(Gives, kind=KINDS, phrase=NAMES, moment=WORDS),
    st.builds(Speaks, phrase=NAMES),
)


@given(WHOM)
def test_what_is_written_into_an_address_is_read_back(whom: Whom) -> None:
    fields = dict(parse_qsl(urlencode(written(whom)), keep_blank_values=True))
    assert set(fields) <= set(FIELDS)
    assert (texts if isinstance(whom, Texts) else people)(fields) == whom


@given(
    st.dictionaries(
        st.sampled_from([*FIELDS, "x"]), st.one_of(st.sampled_from(["met", "stage", "beside", "again", "zmot", "1", "0", "null"]), WORDS)
    )
)
def test_anything_else_is_refused_or_means_what_it_is_written_as(fields: dict[str, str]) -> None:
    for read in (people, texts):
        try:
            found = read(fields)
        except ValueError:
            continue
        assert read(written(found)) == found


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"of": "everybody"},
        {"of": "met"},
        {"of": "met", "moment": "a", "went": "sideways"},
        {"of": "met", "moment": "a", "page": "1"},
        {"of": "met", "moment": ""},
        {"of": "stage", "stage": "zmot'; DROP TABLE people; --"},
        {"of": "beside", "moment": "a", "other": "b", "steps": "0"},
        {"of": "beside", "moment": "a", "other": "b", "steps": "1.5"},
        {"of": "beside", "moment": "a", "other": "b", "steps": "²"},
        {"of": "again", "month": "2024-13", "since": "1"},
        {"of": "again", "month": "2024-01", "since": "-1"},
        {"of": "again", "month": "2024-01\n", "since": "1"},
        {"of": "fact", "fact": "repurchase_hazard"},
        {"of": "texts"},
    ],
)
def test_what_no_page_writes_is_refused(fields: dict[str, str]) -> None:
    with pytest.raises(ValueError, match=re.compile(".+")):
        people(fields)
