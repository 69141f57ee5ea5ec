"""The app in the reader's language: who decides which, that nobody gets another's page, and that nothing of ours is left in English."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from momot.errors import QuestionError
from momot.findings import Findings
from momot.findings.runs import keep_run
from momot.language import LANGUAGES
from momot.web.reader import COOKIE, preferred
from momot.web.settings import settings
from tests.findings import documents
from tests.language.pseudo import Pseudo, Unsaid, speak
from tests.language.test_catalogs import messages
from tests.web.built import built
from tests.web.served import SAME, project, served
from tests.web.test_screens import by_region

FOREIGN = [code for code in LANGUAGES if code != "en"]
MAP = {"en": "Map", "vi": "Bản đồ", "et": "Kaart", "cs": "Mapa", "id": "Peta", "th": "แผนที่"}


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ("cs", "cs"),
        ("cs-CZ,cs;q=0.9,en;q=0.8", "cs"),
        ("de-DE,de;q=0.9,th;q=0.7,en;q=0.8", "en"),
        ("de, vi-VN;q=0.5, id;q=0.6", "id"),
        ("et;q=0, en;q=0.1", "en"),
        ("en;q=0.5,et;q=0.5", "en"),
        ("TH", "th"),
        ("csb", ""),
        ("fr", ""),
        ("*", ""),
        ("", ""),
        ("cs;q=nan,vi;q=2,et;q=-1,id;q=x", ""),
        (";;,,;q=1", ""),
        ("fr," * 5_000 + "cs", ""),
    ],
)
def test_what_a_browser_asks_for(header: str, expected: str) -> None:
    """By weight, and of equal ones the first; by the first part of a tag; what is no weight refuses."""
    assert preferred(header) == expected


def heading(page: str) -> str:
    """The first place of the head."""
    return html.unescape(re.search(r'class="places".*?<a[^>]*>([^<]*)</a>', page, re.DOTALL)[1])  # type: ignore[index]


def test_what_was_chosen_comes_before_what_the_browser_asks_for_before_how_the_app_was_started(shop: Path) -> None:
    with served(shop, language="et") as client:
        assert heading(client.get("/").text) == MAP["et"]
        assert heading(client.get("/", headers={"accept-language": "fr"}).text) == MAP["et"]
        assert heading(client.get("/", headers={"accept-language": "cs-CZ"}).text) == MAP["cs"]
        chosen = client.post("/language", data={"language": "vi", "back": "/?outcome=opinion"}, headers=SAME)
        assert (chosen.status_code, chosen.headers["location"]) == (303, "/?outcome=opinion")
        cookie = chosen.headers["set-cookie"].lower()
        assert cookie.startswith(f"{COOKIE}=vi;")
        assert "httponly" in cookie
        assert "samesite=strict" in cookie
        page = client.get("/", headers={"accept-language": "cs"}).text
        assert heading(page) == MAP["vi"]
        assert '<html lang="vi"' in page
        assert 'value="vi" lang="vi" aria-current="true">Tiếng Việt</button>' in page
        client.post("/language", data={"language": "", "back": "/"}, headers=SAME)
        assert heading(client.get("/", headers={"accept-language": "cs"}).text) == MAP["cs"]


def test_a_language_is_chosen_from_pages_of_ours_only_and_leads_nowhere_else(client: TestClient) -> None:
    assert client.post("/language", data={"language": "cs"}, headers={"origin": "http://example.com"}).status_code == 403
    away = client.post("/language", data={"language": "cs", "back": "//example.com"}, headers=SAME)
    assert away.headers["location"] == "/"
    other = client.post("/language", data={"language": "xx", "back": "/"}, headers=SAME)
    assert "max-age=0" in other.headers["set-cookie"].lower()


def test_every_page_offers_every_language_by_its_own_name(client: TestClient) -> None:
    page = client.get("/runs").text
    offered = re.findall(r'<button name="language" value="(\w+)" lang="\1"[^>]*>([^<]*)</button>', page)
    assert dict(offered) == LANGUAGES


def test_two_readers_get_their_own_page_from_one_shelf(client: TestClient) -> None:
    """Kept pages are kept by language; each is made once, and its tag is its own."""
    readers = ["cs", "th", "cs", "en", "th"]
    answers = [client.get("/", headers={"accept-language": code}) for code in readers]
    assert [heading(answer.text) for answer in answers] == [MAP[code] for code in readers]
    assert all({"accept-language", "cookie"} == set(answer.headers["vary"].lower().split(", ")) for answer in answers)
    tags = [answer.headers["etag"] for answer in answers]
    assert tags[0] == tags[2] != tags[1] == tags[4] != tags[3]
    again = client.get("/", headers={"accept-language": "th", "if-none-match": tags[0]})
    assert (again.status_code, heading(again.text)) == (200, MAP["th"])
    assert client.get("/", headers={"accept-language": "th", "if-none-match": tags[1]}).status_code == 304


def test_errors_refusals_and_the_entry_are_said_too(shop: Path) -> None:
    czech = {"accept-language": "cs"}
    with served(shop, signed=False) as client:
        refused = client.get("/", headers=czech)
        assert (refused.status_code, "Nepřihlášeno" in refused.text, '<html lang="cs"' in refused.text) == (401, True, True)
        assert "Otevřít momot" in client.get("/enter?link=x", headers=czech).text
        assert "Tento odkaz už byl použit" in client.post("/enter", data={"link": "x"}, headers={**SAME, **czech}).text
    with served(shop) as client:
        assert "Taková stránka zde není." in client.get("/nothing", headers=czech).text
        assert "Okamžik „nope“ nebyl ověřován." in html.unescape(client.get("/moment?name=nope", headers=czech).text)
        assert "Běh „99“ neexistuje. Uchovaných běhů: 1." in html.unescape(client.get("/?run=99", headers=czech).text)
        foreign = client.post("/theme", data={"theme": "dark"}, headers={"origin": "http://example.com", **czech})
        assert "Není dovoleno" in foreign.text


def test_the_api_and_the_files_speak_english_whoever_asks(client: TestClient) -> None:
    thai = {"accept-language": "th"}
    error = client.get("/api/v1/moments?name=nope", headers=thai)
    assert error.json()["error"] == {"kind": "NotThere", "message": "No moment 'nope' was tested."}
    assert client.get("/api/v1/nothing", headers=thai).json()["error"]["message"] == "There is no such page here."
    plain, asked = (client.get("/download/effects.csv", headers=headers).text for headers in ({}, thai))
    assert plain == asked
    assert client.get("/download/findings.json", headers=thai).text == client.get("/download/findings.json").text


def test_a_picture_to_keep_is_in_the_language_of_the_page_it_came_from(client: TestClient) -> None:
    assert "Užívání" in client.get("/download/map.svg", headers={"accept-language": "cs"}).text
    assert "Use" in client.get("/download/map.svg").text


def test_an_unknown_language_is_refused_when_the_app_starts(shop: Path) -> None:
    with pytest.raises(QuestionError, match="momot does not speak 'xx'"):
        settings(shop, language="xx")


@pytest.mark.parametrize("code", FOREIGN)
def test_numbers_dates_and_per_cents_are_those_of_the_language(code: str, whole: TestClient) -> None:
    page = html.unescape(whole.get("/?outcome=opinion", headers={"accept-language": code}).text)
    assert ("3\u202f970" in page) is False
    written = {"vi": "3.970", "et": "3\u00a0970", "cs": "3\u00a0970", "id": "3.970", "th": "3,970"}[code]
    assert written in page
    assert "2016-10-09" not in page


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project that was really built, with three kept runs."""
    made = built(tmp_path_factory.mktemp("languages") / "shop")
    for one in (documents.episode(), by_region(), documents.several()):
        assert keep_run(Findings(one), made) is not None
    return made


@pytest.fixture(scope="module")
def whole(folder: Path) -> Iterator[TestClient]:
    """Its app; what it reads is read when the first page that needs it is asked for."""
    with served(folder, identities=True) as one:
        yield one


@pytest.fixture(scope="module")
def elsewhere(folder: Path) -> Iterator[TestClient]:
    """Another app of it, whose shelf holds no page in a language that somebody speaks."""
    with served(folder, identities=True) as one:
        yield one


SCREENS = (
    "/?outcome=opinion",
    "/?outcome=repurchase",
    "/?run=2&segment=region%3DNorth",
    "/?outcome=opinion&period=2017-01-01..",
    "/moment?name=delivery.promise@smot&outcome=opinion",
    "/moment?name=delivery.promise@smot&outcome=opinion&run=2",
    "/moment?name=mail.welcome@smot&outcome=opinion",
    "/journeys",
    "/journeys?moment=support.call@smot",
    "/journeys/person?moment=support.call@smot&number=2",
    "/voices",
    "/voices?by=region",
    "/data",
    "/runs",
    "/runs/diff",
    "/runs/diff?before=1&after=3",
)
ERRORS = {
    "/nothing": 404,
    "/moment?name=nope": 404,
    "/?run=99": 404,
    "/?segment=nope": 404,
    "/?outcome=nope": 404,
    "/?period=nope": 400,
    "/journeys/person?moment=nope&number=1": 404,
    "/journeys/person?moment=support.call@smot&number=x": 404,
    "/enter?link=x": 200,
}
NAMES = re.compile(r"person-\d{5}|\S*[@._/<>=\[\]]\S*|[A-Z]{2,5}|<?[ZFSU]MOT")
"""Names of touchpoints, columns, files, blocks; units, stages and currencies: words of the data."""
WORDS = frozenset(
    {"momot", "corner", "shop", "stars", "region", "north", "south", "west", "sp", "other", "items", "opinions", "interactions", "people"}
    | {"subjects", "csv", "at", "zzz", "en", "a", "b", "c", "q", "jaan", "veebr", "aug", "sept", "okt", "nov", "dets"}
)
"""Of these fixtures: the project, a unit, segments and their values, tables and columns; grades, a q value, months of the CLDR."""
ACTIVITIES = frozenset({"page", "viewed", "order", "placed", "call", "answered"})
"""Activities of the project, written without their underscores."""


def left(page: str) -> set[str]:
    """The words of a page that nobody said and that are no data."""
    found = (word.strip(".,:;()\u2026").lower() for word in Unsaid(page).found if not NAMES.fullmatch(word.strip(",.:;()")))
    return set(found) - WORDS - ACTIVITIES


def missed(catalog: Pseudo) -> set[object]:
    """What was said and is in no catalog, because nobody can find it in the code: such a message comes out in English."""
    return {*catalog.singles - messages().singles, *catalog.plurals - messages().plurals}


@pytest.mark.parametrize("address", [*SCREENS, *ERRORS])
def test_no_sentence_of_ours_is_left_in_english(address: str, elsewhere: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    """In a language in which every message is marked, what stands outside of the marks is data."""
    catalog = speak(monkeypatch)
    answer = elsewhere.get(address, headers={"accept-language": "et"})
    assert answer.status_code == ERRORS.get(address, 200)
    assert left(answer.text) == set()
    assert missed(catalog) == set()


def test_a_sentence_in_english_would_have_been_found(elsewhere: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    speak(monkeypatch)
    page = elsewhere.get("/runs", headers={"accept-language": "et"}).text
    assert left(page.replace("<main", "<p>Nothing was <b>found</b> yet</p><main")) == {"nothing", "was", "found", "yet"}
    assert left(page.replace("<main", '<a aria-label="Close it" href="/">x1</a><main')) == {"close", "it", "x1"}


@pytest.mark.parametrize("name", ["hostile", "quiet", "untold", "closed", "survey", "experiment", "snapshot", "shop"])
def test_nor_is_it_where_little_or_much_was_found(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    speak(monkeypatch)
    with served(project(tmp_path / "p", getattr(documents, name)())) as client:
        page = client.get("/", headers={"accept-language": "et"}).text
    assert '<html lang="et"' in page
    said = [word for word in Unsaid(page).found if not NAMES.fullmatch(word.strip(",.:;()"))]
    assert not {"the", "of", "and", "is", "was", "against", "with", "no", "not", "people", "met"} & {word.lower() for word in said}


def test_nor_in_any_list_behind_a_number(elsewhere: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every list of people and texts that a number of a screen leads to, and the first time line of each list of people."""
    catalog = speak(monkeypatch)
    estonian = {"accept-language": "et"}
    lists = {html.unescape(link) for one in SCREENS for link in re.findall(r'href="(/(?:people|texts)\?[^"]*)"', elsewhere.get(one).text)}
    assert len(lists) > 20
    pages = {link: elsewhere.get(link, headers=estonian).text for link in sorted(lists)}
    lines = {
        html.unescape(link): elsewhere.get(html.unescape(link), headers=estonian).text
        for page in pages.values()
        for link in re.findall(r'href="(/journeys/person\?[^"]*)"', page)[:1]
    }
    assert lines
    assert {link: words for link, page in {**pages, **lines}.items() if (words := left(page))} == {}
    assert missed(catalog) == set()
