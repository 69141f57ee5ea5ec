"""What the screens say: the numbers of the findings, the filters of the address, the words of people as text."""

from __future__ import annotations

import html
import re
import time
from pathlib import Path

import msgspec
import pytest
from starlette.testclient import TestClient

from momot.findings import Findings
from momot.findings.contract import Change, Document, SegmentFinding
from momot.findings.forest import forest
from momot.web.ranked import cut
from momot.web.screens import moment as moment_screen
from momot.web.why import WhyState
from tests.findings import documents
from tests.web.served import SAME, project, served

ALL = ("episode", "survey", "experiment", "snapshot", "incidents", "untold", "quiet", "breaks", "shop", "several")


def plain(page: str) -> str:
    """The text of a page."""
    return re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]+>", " ", page)))


@pytest.mark.parametrize("name", ALL)
def test_the_map_says_what_the_findings_say(name: str, tmp_path: Path) -> None:
    document: Document = getattr(documents, name)()
    findings = Findings(document)
    with served(project(tmp_path / "p", document)) as client:
        for question in findings.questions:
            page = client.get("/", params={"outcome": question.id})
            text = plain(page.text)
            assert page.status_code == 200
            assert plain(question.headline) in text
            drawn = forest(findings, question)
            for row in drawn.rows:
                assert row.moment.touchpoint in text
                for line in row.lines if row.moment.verdict != "not identifiable" else ():
                    assert drawn.numbers.effect(line.effect.estimate) in text
                    assert drawn.numbers.interval(line.effect.low, line.effect.high) in text


@pytest.mark.parametrize("name", ALL)
def test_every_row_leads_to_its_moment_and_back(name: str, tmp_path: Path) -> None:
    document: Document = getattr(documents, name)()
    with served(project(tmp_path / "p", document)) as client:
        links = set(re.findall(r'href="(/moment\?[^"]+)"', client.get("/").text))
        assert links
        for link in sorted(links)[:12]:
            page = client.get(html.unescape(link))
            assert page.status_code == 200, link
            back = re.search(r'class="back"><a href="([^"]+)"', page.text)
            assert back
            assert client.get(html.unescape(back[1])).status_code == 200


@pytest.mark.parametrize("decisive", [0, 80, 200])
def test_a_long_table_is_read_in_pages_of_which_none_is_left_out(decisive: int, tmp_path: Path) -> None:
    document = documents.shop(200, decisive=decisive)
    with served(project(tmp_path / "p", document)) as client:
        first = client.get("/").text
        links = [html.unescape(link) for link in re.findall(r'<a href="([^"#]+)#ranked"', first)]
        assert len(links) == -(-decisive // 25) - (-(200 - decisive) // 25)
        assert f"{decisive} ranked" in plain(first) or not decisive
        found: list[str] = []
        for link in links:
            page = client.get(link).text
            names = re.findall(r'<td class="name"><a href="/moment[^"]*"><bdi>([^<]+)</bdi>', page)
            assert len(names) <= 25
            found += names
        assert found == [moment.touchpoint for moment in Findings(document)]
        for unknown in ("99", "\u00b2", "0"):
            again = client.get("/", params={"rows": unknown}).text
            assert re.findall("<table.*</nav>", again, re.DOTALL) == re.findall("<table.*</nav>", first, re.DOTALL)


def test_levels_stay_with_their_moment_however_many_there_are() -> None:
    effects = [documents.effect("a@smot", "level", -0.1 * i, 0.2, level=str(i), reference="0") for i in range(1, 41)]
    effects += [documents.effect(f"b{i}@smot", "bad-good", -1.0, 0.2, level="bad") for i in range(20)]
    findings = [documents.finding(name, verdict="likely", label="breaks", rank=1) for name in ("a", *(f"b{i}" for i in range(20)))]
    drawn = forest(Findings(documents.document([documents.question()], findings, effects)), documents.question())
    pages = cut(drawn.decisive)
    assert [len(page) for page in pages] == [1, 20]
    assert [row for page in pages for row in page] == list(drawn.decisive)


def test_a_moment_shows_every_estimate_check_and_number(client: TestClient) -> None:
    findings = Findings(documents.several())
    for moment in findings:
        page = client.get("/moment", params={"name": moment.name, "outcome": moment.question.id})
        text = plain(page.text)
        numbers = forest(findings, moment.question).numbers
        for effect in moment.main_effects:
            assert numbers.interval(effect.low, effect.high) in text
        for check in moment.checks:
            assert plain(check.message)[:60] in text


@pytest.mark.parametrize(
    "address",
    [
        "/?outcome=none",
        "/?run=99",
        "/?run=x",
        "/?segment=region=Nowhere",
        "/moment?name=none",
        "/moment",
        "/moment?name=<script>&outcome=none",
    ],
)
def test_what_does_not_exist_is_said_to_be_not_there(address: str, client: TestClient) -> None:
    answer = client.get(address)
    assert answer.status_code == 404
    assert "<script>" not in answer.text


def test_an_outcome_that_could_not_be_answered_says_why(tmp_path: Path) -> None:
    with served(project(tmp_path / "p", documents.closed())) as client:
        page = client.get("/")
        assert page.status_code == 200
        assert "No question could be answered" in page.text
        for closed in documents.closed().unanswerable:
            assert closed.reason in plain(page.text)


def test_a_project_without_findings_offers_the_next_step(tmp_path: Path) -> None:
    with served(project(tmp_path / "p")) as client:
        page = client.get("/")
        assert page.status_code == 200
        assert "Find the moments of truth" in page.text


def by_region() -> Document:
    """An answer that was asked by region too: the first moment was found in the north only."""
    whole = documents.episode()
    names = list(dict.fromkeys(one.moment for one in whole.findings))
    told = tuple(
        SegmentFinding(
            question="opinion", moment=moment, segment="region", value=value, post_hoc=True,
            verdict="likely" if moment == names[0] and value == "North" else "no evidence", label="breaks" if moment == names[0] else None,
            evidence="B", q_value=0.01, people=500, detectable_effect=0.2, only=False, checks=(),
        )
        for moment in names
        for value in ("North", "South & <West>")
    )  # fmt: skip
    own = tuple(
        msgspec.structs.replace(one, segment=f"region={value}", estimate=one.estimate / 2, low=one.low / 2, high=one.high / 2)
        for one in whole.effects
        for value in ("North", "South & <West>")
    )
    return msgspec.structs.replace(whole, by_segment=told, effects=(*whole.effects, *own))


def test_a_segment_has_its_own_verdicts_and_effects(tmp_path: Path) -> None:
    document = by_region()
    findings = Findings(document)
    first = findings.moments[0]
    with served(project(tmp_path / "p", document)) as client:
        north = client.get("/", params={"segment": "region=North"})
        assert north.status_code == 200
        text = plain(north.text)
        assert re.search(r"1 of \d+ touchpoints decides opinion for North", text)
        assert "region: North" in text
        moment = client.get("/moment", params={"name": first.name})
        assert "South & <West>" in plain(moment.text)
        assert "<West>" not in moment.text
        effect = next(one for one in document.effects if one.segment == "region=North" and one.moment == first.name)
        assert forest(findings, findings.questions[0]).numbers.interval(effect.low, effect.high) in plain(moment.text)


def test_an_earlier_run_is_chosen_by_its_number(tmp_path: Path) -> None:
    with served(project(tmp_path / "p", documents.episode(), documents.shop(8))) as client:
        old = client.get("/", params={"run": "1"})
        assert "Run 1: 2016-10-09 to 2018-08-31" in old.text
        assert plain(Findings(documents.episode()).questions[0].headline) in plain(old.text)


def test_two_who_write_at_once_both_see_what_the_other_wrote(client: TestClient) -> None:
    name = Findings(documents.several()).moments[0].name
    address = f"/moment?name={name}"
    first = {"owner": "Ada", "next_action": "Ring", "note": "", "version": "0"}
    assert client.post(address, data=first, headers=SAME).status_code == 303
    second = client.post(address, data={**first, "owner": "Grace"}, headers=SAME)
    assert second.status_code == 409
    assert "Nothing was overwritten" in second.text
    assert 'value="Grace"' in second.text
    assert "<bdi>Ada</bdi>" in second.text
    kept = re.search(r'name="version" value="(\d+)"', second.text)
    assert kept
    again = client.post(address, data={**first, "owner": "Grace and Ada", "version": kept[1]}, headers=SAME)
    assert again.status_code == 303
    assert "Grace and Ada" in client.get(address).text
    assert "Grace and Ada" in client.get("/").text


def test_a_note_that_is_too_long_is_not_lost(client: TestClient) -> None:
    name = Findings(documents.several()).moments[0].name
    answer = client.post(f"/moment?name={name}", data={"owner": "x" * 201, "note": "what I thought", "version": "0"}, headers=SAME)
    assert answer.status_code == 400
    assert "what I thought" in answer.text


def test_nobody_writes_about_what_was_not_tested(client: TestClient) -> None:
    assert client.post("/moment?name=none@smot", data={"owner": "Ada", "version": "0"}, headers=SAME).status_code == 404


def test_hostile_names_stay_text_on_every_screen(tmp_path: Path) -> None:
    document = documents.hostile()
    with served(project(tmp_path / "p", document)) as client:
        pages = ["/"] + [html.unescape(link) for link in re.findall(r'href="(/moment\?[^"]+)"', client.get("/").text)]
        moment = Findings(document).moments[0].name
        words = "<img src=x onerror=alert(1)>\"'=cmd|' /C calc'!A0"
        assert (
            client.post("/moment", params={"name": moment}, data={"owner": words, "note": words, "version": "0"}, headers=SAME).status_code
            == 303
        )
        for page in pages:
            text = client.get(page).text
            assert not re.search(r"<script(?! type=\"module\" src=\"/static/)", text)
            assert not re.search(r"<[^>]+\son\w+\s*=", re.sub(r'"[^"]*"', '""', text))
            assert "<img" not in text
            assert "style=" not in re.sub(r'"[^"]*"', '""', text)
        assert html.escape(words, quote=False)[:20] in client.get("/").text


def test_the_project_may_vanish_and_come_back_while_it_is_served(client: TestClient, shop: Path) -> None:
    assert client.get("/").status_code == 200
    shop.rename(shop.with_name("away"))
    gone = client.get("/")
    assert gone.status_code == 409
    assert "not there any more" in gone.text
    assert client.get("/api/v1/runs").json()["error"]["kind"] == "ProjectError"
    assert client.get("/alive").status_code == 200
    shop.with_name("away").rename(shop)
    assert client.get("/").status_code == 200
    (shop / "momot.toml").write_text("name = ", encoding="utf-8")
    assert client.get("/").status_code == 409


def test_runs_that_vanish_or_are_broken_are_told(client: TestClient, shop: Path) -> None:
    kept = next((shop / ".momot" / "runs").iterdir())
    text = kept.read_text(encoding="utf-8")
    kept.write_text(text[:100], encoding="utf-8")
    assert client.get("/?run=1").status_code in (200, 409)  # it may have been read before
    kept.unlink()
    assert "Nothing has been asked yet" in client.get("/").text


def test_a_moment_tells_what_came_of_it_from_run_to_run(tmp_path: Path) -> None:
    before = documents.episode()
    name = Findings(before).moments[0].name
    later = msgspec.structs.replace(
        before,
        effects=tuple(
            msgspec.structs.replace(one, estimate=one.estimate / 4, low=one.low / 4, high=one.high / 4) if one.moment == name else one
            for one in before.effects
        ),
    )
    with served(project(tmp_path / "p", before, later)) as client:
        text = plain(client.get("/moment", params={"name": name}).text)
        assert "From run to run" in text
        for document in (before, later):
            findings = Findings(document)
            for effect in findings.moments[0].telling_effects:
                assert forest(Findings(later), findings.questions[0]).numbers.effect(effect.estimate) in text


def test_a_dated_change_and_a_repair_are_told_beside_their_moment(tmp_path: Path) -> None:
    document = msgspec.structs.replace(documents.episode(), changes=(change(),))
    touchpoint = document.findings[0].touchpoint
    with served(project(tmp_path / "p", document)) as client:
        text = plain(client.get("/moment", params={"name": document.findings[0].moment}).text)
        assert "A new courier" in text
        assert "Worked" in text
        other = next(one.moment for one in document.findings if one.touchpoint != touchpoint)
        assert "A new courier" not in plain(client.get("/moment", params={"name": other}).text)


def change() -> Change:
    """A dated change of the first touchpoint."""
    return Change(
        question="opinion", touchpoint=documents.episode().findings[0].touchpoint, on="2018-01-01", what="A new courier", design="episode",
        comparison="not met", evidence="B", verdict="worked", sentence="Opinion rose by 0.2 stars.", unit="stars", estimate=0.2, low=0.1,
        high=0.3, p_value=0.001, q_value=0.01, detectable_effect=0.1, from_="2017-01-01", to="2018-08-31", period_days=30, wait_days=None,
        groups=(), periods=(), went=None, checks=(),
    )  # fmt: skip


def test_a_page_that_is_still_being_read_is_made_once_a_moment_and_then_whole(client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    made, whole = [], [False]

    def why(*_: object) -> WhyState:
        made.append(1)
        return WhyState(whole[0])

    monkeypatch.setattr(moment_screen, "why_state", why)
    page = f"/moment?name={client.get('/api/v1/moments').json()['moments'][0]['finding']['moment']}"
    first = client.get(page)
    assert "etag" not in first.headers
    assert first.headers["cache-control"] == "no-store"
    for _ in range(5):
        assert client.get(page).content == first.content
    assert len(made) == 1
    whole[0] = True
    time.sleep(1.1)
    assert "etag" in client.get(page).headers
    made.clear()
    for _ in range(5):
        assert "etag" in client.get(page).headers
    assert made == []
