"""Every number leads to its people or texts: each link of each screen is followed, and what it leads to counts what it said.

The lists of one small company can be counted by hand; the demo shop has everything else: findings, reasons, loops, what goes round.
"""

from __future__ import annotations

import html
import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from starlette.testclient import TestClient

from momot import api
from momot.worlds import shop
from tests.web.built import CALLERS, PEOPLE, SECRET, WRITERS, built
from tests.web.served import served
from tests.web.test_screens import plain

LINK = re.compile(r'<a(?: [^>]*)? href="(/(?:people|texts)\?[^"]*)"[^>]*>(.*?)</a>', re.DOTALL)
NUMBER = re.compile(r"\d{1,3}(?:[\u202f\u00a0 ]\d{3})+|\d+")


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The demo shop, asked by region."""
    folder = shop(tmp_path_factory.mktemp("demo") / "shop")
    api.find_moments(api.open(folder), by="region")
    return folder


@pytest.fixture(scope="module")
def looked(demo: Path) -> Iterator[TestClient]:
    with served(demo) as client:
        yield client


@pytest.fixture(scope="module")
def corner(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    with served(built(tmp_path_factory.mktemp("corner") / "shop")) as client:
        yield client


def links(page: str) -> list[tuple[str, str]]:
    """Address and words of every link to people or texts."""
    return [(html.unescape(address), plain(words)) for address, words in LINK.findall(page)]


def numbers(words: str) -> list[int]:
    return [int(re.sub(r"\D", "", found)) for found in NUMBER.findall(words)]


def told(client: TestClient, address: str) -> tuple[str, str]:
    """Heading of a list, and the sentences under it."""
    answer = client.get(address)
    assert answer.status_code == 200, (address, plain(answer.text))
    found = re.search(r'<div class="lead.*?<h1>(.*?)</h1>(.*?)</div>', answer.text, re.DOTALL)
    assert found, address
    return plain(found[1]), plain(found[2])


def screens(client: TestClient) -> dict[str, str]:
    """Every screen with numbers of people, of every outcome, segment and moment, by address."""
    moments = client.get("/api/v1/moments").json()
    names = [one["finding"]["moment"] for one in moments["moments"]]
    findings = client.get("/api/v1/findings").json()
    outcomes = [one["id"] for one in findings["questions"]]
    paths = re.findall(r'<option value="([^"]+@[^"]+)"', client.get("/journeys").text)
    asked = ["/", "/?segment=region%3DNorth", "/journeys", "/voices", "/data"]
    asked += [f"/?outcome={one}" for one in outcomes]
    asked += [f"/moment?name={name}" for name in names[:4]]
    asked += [f"/journeys?moment={html.unescape(name)}" for name in paths[:4]]
    return {one: client.get(one).text for one in asked}


def test_every_number_leads_to_as_many_people_or_texts(looked: TestClient) -> None:
    seen: dict[str, set[str]] = {}
    for screen, page in screens(looked).items():
        for address, words in links(page):
            kind = parse_qs(urlsplit(address).query)["of"][0]
            if not numbers(words):  # a way to all of them, beside a number
                assert words == "Who met it"
                continue
            heading, below = told(looked, address)
            first = numbers(words)[0]
            # the heading counts as many, or a sentence under it names the number and says why the list has another
            assert first in numbers(heading) or first in numbers(below) or loop(looked, address, words), (screen, words, heading, below)
            seen.setdefault(kind, set()).add(screen)
    assert {"met", "stage", "through", "beside", "cohort", "again", "fact", "touchpoint", "texts", "side", "reason"} <= set(seen)


def loop(client: TestClient, address: str, words: str) -> bool:
    """A loop says a share and of how many: the list behind it has that share of them."""
    share = re.search(r"([\d.]+)\s?% of ([\d\u202f\u00a0, ]+)", words)
    if share is None:
        return False
    heading, _ = told(client, address)
    return abs(numbers(heading)[0] / int(re.sub(r"\D", "", share[2])) - float(share[1]) / 100) < 0.006


def test_where_a_list_has_another_number_it_says_which_and_why(looked: TestClient) -> None:
    page = looked.get("/").text
    named = [one for one in links(page) if "of=met" in one[0]]
    assert len(named) >= 10
    for address, words in named:
        heading, below = told(looked, address)
        if numbers(words)[0] not in numbers(heading):
            assert "The finding" in below
            assert "question follows" in below


def test_a_list_has_pages_and_everybody_on_them_leads_to_a_masked_time_line(looked: TestClient) -> None:
    first = looked.get("/people?of=stage&stage=smot").text
    people = numbers(told(looked, "/people?of=stage&stage=smot")[0])[0]
    after = re.search(r'<a class="button" href="([^"]*)">The next page</a>', first)
    assert after
    second = looked.get(html.unescape(after[1])).text
    rows = [re.findall(r'<a href="(/journeys/person[^"]*)"><bdi>Person ([\d,]+)</bdi>', page) for page in (first, second)]
    assert [one for _, one in rows[0]] == [str(number) for number in range(1, 51)]
    assert rows[1][0][1] == "51"
    for address, number in (rows[0][0], rows[1][-1]):
        line = plain(looked.get(html.unescape(address)).text)
        said = re.search(r"Person ([\d\s]+) of ([\d\s]+)\.", line)
        assert said
        assert (numbers(said[1]), numbers(said[2])) == ([int(number)], [people])
    assert looked.get(f"/people?of=stage&stage=smot&page={people // 50 + 2}").status_code == 404


def test_a_segment_narrows_the_list(looked: TestClient) -> None:
    whole = numbers(told(looked, "/people?of=stage&stage=smot")[0])[0]
    regions = re.findall(r'<option value="region=([^"]+)"', looked.get("/").text)
    assert len(regions) > 1
    parts = [numbers(told(looked, f"/people?of=stage&stage=smot&segment=region%3D{one}")[0])[0] for one in regions]
    assert sum(parts) == whole
    assert looked.get("/people?of=stage&stage=smot&segment=region%3DNowhere").status_code == 404


def test_texts_are_all_there_masked_and_on_pages(corner: TestClient) -> None:
    found, page = [], "/texts?of=texts"
    while page:
        text = corner.get(page).text
        found += re.findall(r"<q[^>]*><bdi>(.*?)</bdi></q>", text)
        after = re.search(r'<a class="button" href="([^"]*)">The next page</a>', text)
        page = html.unescape(after[1]) if after else ""
        assert "jane@example.com" not in text
        assert SECRET not in text
    assert len(found) == WRITERS
    assert sum("nobody called me back" in one for one in found) == WRITERS // 2
    heading, below = told(corner, "/texts?of=texts")
    assert numbers(heading) == [WRITERS]
    assert numbers(below) == [WRITERS]


def test_a_small_shop_counts_as_it_does_by_hand(corner: TestClient) -> None:
    """Everybody sees the offer and buys once; an employee is in no list; every second call went badly."""
    buyers = PEOPLE - 1
    for address, people in {
        "/people?of=stage&stage=fmot": buyers,
        "/people?of=met&moment=support.call@smot": CALLERS,
        "/people?of=met&moment=support.call@smot&went=badly": CALLERS // 2,
        "/people?of=met&moment=support.call@smot&went=well": CALLERS // 2,
        "/people?of=met&moment=support.call@smot&segment=region%3Dnorth": CALLERS // 2,
        "/people?of=met&moment=support.call@smot&went=badly&segment=region%3Dnorth": CALLERS // 2,
        "/people?of=cohort&month=2026-01": buyers,
        "/people?of=cohort&month=2026-02": 0,
        "/people?of=fact&fact=repurchase_share&who=all": buyers,
        "/people?of=fact&fact=repurchase_share": 0,
        "/people?of=touchpoint&touchpoint=qqq.ping": 1,
    }.items():
        assert numbers(told(corner, address)[0])[0] == people, address
    heading, below = told(corner, "/people?of=touchpoint&touchpoint=checkout.order")
    assert numbers(heading)[0] == buyers
    assert f"1 of {PEOPLE} times is no part of this list" in below
    page = corner.get("/people?of=met&moment=support.call@smot").text
    assert SECRET not in page
    assert "badly" in plain(page)


def test_ids_are_shown_where_that_is_allowed(tmp_path: Path) -> None:
    folder = built(tmp_path / "shop")
    with served(folder) as client:
        assert SECRET not in client.get("/people?of=met&moment=support.call@smot").text
    with served(folder, identities=True) as client:
        assert SECRET in client.get("/people?of=met&moment=support.call@smot").text
        assert SECRET not in client.get("/journeys/person?of=met&moment=support.call@smot").text  # by place nobody has a name
    shutil.rmtree(folder)


@pytest.mark.parametrize(
    "address",
    [
        "/people",
        "/people?of=everybody",
        "/people?of=met",
        "/people?of=met&moment=none",
        "/people?of=met&moment=support.call@smot&went=sideways",
        "/people?of=met&moment=support.call@smot&level=%27%20OR%201=1",
        "/people?of=met&moment=%27%3B%20DROP%20TABLE%20people%3B%20--",
        "/people?of=met&moment=support.call@smot&segment=region%3D%27%20OR%20%271%27%3D%271",
        "/people?of=met&moment=support.call@smot&segment=is_employee%3Dtrue",
        "/people?of=stage&stage=7",
        "/people?of=stage&stage=smot&page=0",
        "/people?of=stage&stage=smot&page=-1",
        "/people?of=stage&stage=smot&page=1e3",
        "/people?of=stage&stage=smot&page=%C2%B2",
        "/people?of=stage&stage=smot&page=999999999",
        "/people?of=stage&stage=smot&page=9999999999999999999999",
        "/people?of=beside&moment=support.call@smot&steps=4&other=(start)",
        "/people?of=fact&fact=repurchase_hazard&group=week+1",
        "/people?of=texts",
        "/texts",
        "/texts?of=met&moment=support.call@smot",
        "/texts?of=reason&kind=pain_point&phrase=no+such+reason",
        "/texts?of=reason&kind=pain_point&phrase=x&moment=none",
        "/texts?of=texts&page=99",
        "/journeys/person?of=stage&stage=smot&number=0",
        "/journeys/person?of=stage&stage=smot&number=100000",
        "/journeys/person?of=stage&number=1",
    ],
)
def test_what_no_page_asks_for_is_not_there_and_a_sentence_says_so(address: str, corner: TestClient) -> None:
    answer = corner.get(address)
    assert answer.status_code == 404, plain(answer.text)
    assert "<h1>Not there</h1>" in answer.text
    assert len(plain(re.search(r'<p class="sub">.*?</p>', answer.text)[0])) > 20  # type: ignore[index]
