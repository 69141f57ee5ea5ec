"""The people behind a number are as many as it says, or as many times: every kind of list, with bounds of observation and without."""

from __future__ import annotations

from collections import Counter
from typing import Any, get_args

import pytest

from momot.build import Build
from momot.errors import QuestionError
from momot.journeys.cohorts import cohorts_of
from momot.journeys.contract import FILE, Journey
from momot.journeys.counted import COUNTING
from momot.journeys.funnel import funnel_of
from momot.journeys.paths import paths_of
from momot.journeys.people import MOST, list_people
from momot.vocabulary import STAGES
from momot.vocabulary.whom import OTHERS, Again, AtStage, Beside, Cohort, Counted, Glanced, ListedFact, Met, Through, Used
from tests.journeys.followed import dicts as fetched
from tests.journeys.test_flows import Lives, company

__all__ = ["company"]
Company = tuple[Build, Lives, dict[int, int]]


def test_a_stage_and_the_way_to_it_have_the_people_of_the_funnel(company: Company) -> None:
    built, lives, _ = company
    journey = Journey.from_json((built.folder / FILE).read_bytes())
    funnel = funnel_of(built)
    assert [(one.stage, one.people) for one in journey.stages] == [(step.name, step.met) for step in funnel.steps]
    assert journey.people == funnel.people == len(lives)
    for number, step in enumerate(funnel.steps):
        assert list_people(built, AtStage(stage=STAGES[number])).people == step.met
        assert list_people(built, Through(stage=STAGES[number])).people == step.people


def test_who_met_a_moment_is_listed_with_how_it_went(company: Company) -> None:
    built, lives, _ = company
    met: dict[int, Counter[Any]] = {}
    for person, own in lives.items():
        found = Counter(row["quality"] for row in own if row["moment"] == "support.call@smot")
        if found:
            met[person] = found
    listed = list_people(built, Met(moment="support.call@smot"), most=1_000)
    assert listed.people == len(met)
    assert listed.times == sum(sum(found.values()) for found in met.values())
    names = {row["person_id"]: row["person"] for row in fetched(built, "SELECT person_id, person FROM people")}
    assert [one.name for one in listed.persons] == [names[person] for person in sorted(met)]
    assert [one.number for one in listed.persons] == list(range(1, len(met) + 1))
    for went, code in (("badly", -1), ("well", 1)):
        some = list_people(built, Met(moment="support.call@smot", went=went))
        assert some.people == sum(code in found for found in met.values())
        assert some.times == sum(found[code] for found in met.values())
    every = fetched(built, "SELECT count(*) AS times FROM journeys j JOIN moments m USING (moment_id) WHERE m.touchpoint = 'support.call'")
    used = list_people(built, Used(touchpoint="support.call"))
    assert used.times + used.others == every[0]["times"]
    assert used.others > 0  # employees call too


def test_a_page_is_a_part_of_the_list_and_knows_of_each_what_was_lived(company: Company) -> None:
    built, _, _ = company
    whom = AtStage(stage="fmot")
    whole = list_people(built, whom, most=1_000)
    assert len(list_people(built, whom).persons) == MOST
    second = list_people(built, whom, start=MOST, most=7)
    assert second.persons == whole.persons[MOST : MOST + 7]
    assert list_people(built, whom, start=10_000).persons == ()
    rows = fetched(built, "SELECT p.person, j.stage, j.purchase FROM journeys j JOIN people p USING (person_id)")
    for one in whole.persons[:20]:
        own = [row for row in rows if row["person"] == one.name]
        assert one.interactions == len(own)
        assert one.purchases == sum(row["purchase"] for row in own)
        assert one.stages == tuple(stage for number, stage in enumerate(STAGES) if number in {row["stage"] for row in own})
        assert one.first_on <= one.last_on


def test_the_nodes_around_a_moment_have_as_many_times(company: Company) -> None:
    built, _, _ = company
    paths = paths_of(built, "product.page@zmot")
    assert any(flow.moment.endswith(" others)") for flow in paths.flows)
    for flow in paths.flows:
        other = OTHERS if flow.moment.endswith(" others)") else flow.moment
        listed = list_people(built, Beside(moment="product.page@zmot", steps=flow.step, other=other))
        assert listed.times == flow.times, flow
        assert 0 < listed.people <= listed.times
    assert list_people(built, Met(moment="product.page@zmot")).times == paths.times


def test_cohorts_and_who_of_them_buys_again_are_as_many(company: Company) -> None:
    built, _, _ = company
    for cohort in cohorts_of(built).cohorts:
        assert list_people(built, Cohort(month=cohort.month)).people == cohort.size
        for cell in cohort.cells:
            assert list_people(built, Again(month=cohort.month, since=cell.since)).people == cell.count


def test_every_fact_has_as_many_people_or_things_as_it_says(company: Company) -> None:
    built, _, _ = company
    journey = Journey.from_json((built.folder / FILE).read_bytes())
    seen = set()
    for fact in journey.facts:
        if fact.id not in get_args(ListedFact) or fact.value is None:
            continue
        seen.add(fact.id)
        thing = fact.of in ("questions", "promises", "episodes", "interactions")
        listed = list_people(built, Counted(fact=fact.id, group=fact.group or "", who="all"))  # type: ignore[arg-type]
        assert (listed.times if thing else listed.people) == fact.n, fact
        assert listed.others == 0
        if fact.id in COUNTING:
            listed = list_people(built, Counted(fact=fact.id, group=fact.group or ""))  # type: ignore[arg-type]
            assert (listed.times if thing else listed.people) == fact.count, fact
        else:
            with pytest.raises(QuestionError):
                list_people(built, Counted(fact=fact.id, group=fact.group or ""))  # type: ignore[arg-type]
    assert {"research_share", "repurchase_share", "advocates_share", "review_share", "speaks_share", "answer_hours"} <= seen


def test_the_first_seconds_and_what_follows_them_are_as_many(company: Company) -> None:
    built, _, _ = company
    journey = Journey.from_json((built.folder / FILE).read_bytes())
    facts = [fact for fact in journey.facts if fact.id.startswith("first_impression") and fact.value is not None]
    assert any(fact.next and fact.next.endswith(" others") for fact in facts)
    for fact in facts:
        then = "" if fact.next is None else OTHERS if fact.next.endswith(" others") else fact.next
        assert list_people(built, Glanced(group=fact.group, then=then)).people == fact.count  # type: ignore[arg-type]


def test_what_does_not_exist_is_named_with_the_nearest(company: Company) -> None:
    built, _, _ = company
    for whom in (
        Met(moment="support.cal@smot"),
        Met(moment="support.call@smot", level="x"),
        Used(touchpoint="x' OR '1'='1"),
        Beside(moment="product.page@zmot", steps=1, other="nothing"),
        Counted(fact="payback_share", group="x"),
    ):
        with pytest.raises(QuestionError):
            list_people(built, whom)
    with pytest.raises(QuestionError, match="segment"):
        list_people(built, AtStage(stage="fmot"), segment="region=North")
