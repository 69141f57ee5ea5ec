"""Every route, walked: from other sites, without the link, by wrong methods, under wrong names; what each answer carries."""

from __future__ import annotations

import hashlib
import re
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from momot.report.document import stylesheet
from momot.web.guard import HEADERS, POLICY
from momot.web.rendering import STATIC, _own, _static, static_address
from momot.web.routes import ROUTES, Route
from tests.contracts.docs_pages import DOCS
from tests.web.served import HERE, SAME, served

CHANGING = [route for route in ROUTES if route.method != "GET"]
READING = [route for route in ROUTES if route.method == "GET"]
GUARDED = [route for route in ROUTES if not route.open]


def address(route: Route) -> str:
    """One address of a route."""
    if route.path.startswith("/static/"):
        return static_address("app.js")
    return route.path.replace("{job}", "20260101T000000-00000000")


def name(route: Route) -> str:
    return f"{route.method} {route.path}"


@pytest.mark.parametrize("route", GUARDED, ids=name)
def test_without_the_link_nothing_is_shown_or_done(route: Route, shop: Path) -> None:
    with served(shop, signed=False) as client:
        answer = client.request(route.method, address(route), headers=SAME)
    assert answer.status_code == 401
    assert "Corner shop" not in answer.text
    if route.kind == "api":
        assert answer.json()["error"]["kind"] == "NotSignedIn"


@pytest.mark.parametrize("headers", [{}, {"origin": "http://evil.example"}, {"sec-fetch-site": "cross-site"}, {"origin": "null"}])
@pytest.mark.parametrize("route", CHANGING, ids=name)
def test_nothing_is_changed_for_another_site(route: Route, headers: dict[str, str], client: TestClient) -> None:
    answer = client.request(route.method, address(route), headers=headers)
    assert answer.status_code == 403
    if route.kind == "api":
        assert answer.json()["error"]["kind"] == "ForeignOrigin"


@pytest.mark.parametrize("path", dict.fromkeys(route.path for route in ROUTES))
def test_other_methods_are_refused(path: str, client: TestClient) -> None:
    known = {route.method for route in ROUTES if route.path == path}
    one = next(route for route in ROUTES if route.path == path)
    for method in {"GET", "POST", "PUT", "PATCH", "DELETE", "TRACE"} - known:
        answer = client.request(method, address(one), headers=SAME)
        assert answer.status_code == 405, method
        assert set(answer.headers["allow"].split(", ")) == known


@pytest.mark.parametrize("route", ROUTES, ids=name)
def test_under_another_name_nothing_is_served(route: Route, client: TestClient) -> None:
    answer = client.request(route.method, address(route), headers={**SAME, "host": "evil.example"})
    assert answer.status_code == 421


@pytest.mark.parametrize("route", ROUTES, ids=name)
def test_every_answer_carries_our_headers(route: Route, client: TestClient) -> None:
    answer = client.request(route.method, address(route), headers=SAME)
    assert answer.status_code < 500 or answer.status_code == 503
    for header, value in HEADERS:
        assert answer.headers[header] == value
    assert "server" not in answer.headers
    kind = answer.headers.get("content-type", "")
    if kind.startswith("text/html"):
        assert answer.headers["cache-control"] in ("no-cache, private", "no-store")


def test_the_policy_allows_files_of_ours_and_nothing_else() -> None:
    assert POLICY.startswith("default-src 'none'")
    assert "unsafe" not in POLICY
    assert "http" not in POLICY
    assert "*" not in POLICY


def state(folder: Path) -> dict[str, str]:
    """Every file of a project, but those that a database writes beside itself when it is only read."""
    files = (path for path in folder.rglob("*") if path.is_file() and not path.name.endswith(("-wal", "-shm")))
    return {str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


def test_looking_changes_nothing(client: TestClient, shop: Path) -> None:
    before = state(shop)
    for route in READING:
        client.get(address(route))
        client.head(address(route))
    assert state(shop) == before


def test_an_unknown_page_is_not_there_and_says_so_in_the_form_that_was_asked_for(client: TestClient) -> None:
    page, data = client.get("/nowhere"), client.get("/api/v1/nowhere")
    assert page.status_code == data.status_code == 404
    assert "<h1>Not there</h1>" in page.text
    assert data.json() == {"error": {"kind": "NotThere", "message": "There is no such page here."}}


def test_files_of_ours_are_kept_for_good_under_the_hash_of_their_content(client: TestClient) -> None:
    for file in STATIC:
        answer = client.get(static_address(file))
        assert answer.status_code == 200
        assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"
        assert hashlib.sha256(answer.content).hexdigest().startswith(static_address(file).split("/")[2])
        assert client.get(f"/static/{'0' * 16}/{file}").status_code == 404
    assert client.get("/static/../secret").status_code == 404
    assert client.get(f"/static/{static_address('app.js').split('/')[2]}/..%2Fapp.py").status_code == 404


def test_what_is_sent_has_a_limit(client: TestClient) -> None:
    assert client.post("/theme", content=b"x" * 2_000_001, headers=SAME).status_code == 413
    assert client.get(f"/?moment={'x' * 9_000}").status_code == 414
    many = "&".join(f"f{i}=1" for i in range(3_000))
    answer = client.post("/theme", content=many, headers={**SAME, "content-type": "application/x-www-form-urlencoded"})
    assert answer.status_code == 400


def test_the_page_of_the_documentation_lists_every_route() -> None:
    text = (DOCS / "reference" / "web.md").read_text(encoding="utf-8")
    listed = set(re.findall(r"^\| `(GET|POST|PUT) (/[^`?]*)` \|", text, re.MULTILINE))
    assert listed == {(route.method, route.path) for route in ROUTES}
    for route in ROUTES:
        row = next(line for line in text.splitlines() if line.startswith(f"| `{route.method} {route.path}` |"))
        assert all(f"`{parameter}`" in row for parameter, _ in (*route.query, *route.form)), row


def test_the_link_is_used_up_by_pressing_the_button_and_not_by_looking(shop: Path) -> None:
    with served(shop, signed=False) as client:
        link = client.app.state.momot.entry.new_link()  # type: ignore[attr-defined]
        for _ in range(3):
            assert client.get(f"/enter?link={link}").status_code == 200
        first = client.post("/enter", data={"link": link}, headers=SAME)
        assert first.status_code == 303
        cookie = first.headers["set-cookie"].lower()
        assert "httponly" in cookie
        assert "samesite=strict" in cookie
        assert "path=/" in cookie
        assert client.get("/").status_code == 200
        assert client.post("/enter", data={"link": link}, headers=SAME).status_code == 401
        assert client.post("/leave", headers=SAME).status_code == 200
        client.cookies.clear()
        assert client.get("/").status_code == 401


def test_behind_a_proxy_people_are_known_by_the_name_it_gives(shop: Path) -> None:
    proxy = {"host": "0.0.0.0", "origin": "https://momot.example.com", "proxy_header": "X-User", "proxy_from": ("10.0.0.1",)}
    with served(shop, sender="10.0.0.1", **proxy) as client:
        ours = {"x-user": "ada", "origin": "https://momot.example.com"}
        assert client.get("/", headers=ours).status_code == 200
        assert client.get("/").status_code == 401
        assert client.get("/", headers=[("x-user", "ada"), ("x-user", "root")]).status_code == 401
        moment = client.get("/api/v1/moments", headers=ours).json()["moments"][0]["finding"]["moment"]
        change = {"moment": moment, "version": 0, "owner": "Grace"}
        assert client.put("/api/v1/notes", json=change, headers=ours).json()["changed_by"] == "ada"
    with served(shop, sender="10.0.0.2", **proxy) as client:
        assert client.get("/", headers=ours).status_code == 403


@pytest.mark.parametrize("theme", ["light", "dark", ""])
def test_the_theme_is_kept_without_scripts(theme: str, client: TestClient) -> None:
    answer = client.post("/theme", data={"theme": theme, "back": "/?moment=a"}, headers=SAME)
    assert (answer.status_code, answer.headers["location"]) == (303, "/?moment=a")
    shown = client.get("/").text
    assert (f'data-theme="{theme}"' in shown) is bool(theme)


@pytest.mark.parametrize("back", ["https://evil.example", "//evil.example", "/\\evil.example", "javascript:alert(1)", "/a\r\nx: y", ""])
def test_nobody_is_sent_elsewhere(back: str, client: TestClient) -> None:
    assert client.post("/theme", data={"theme": "dark", "back": back}, headers=SAME).headers["location"] == "/"


def test_a_page_that_did_not_change_is_not_sent_again(client: TestClient) -> None:
    first = client.get("/")
    again = client.get("/", headers={"if-none-match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    moment = client.get("/api/v1/moments").json()["moments"][0]["finding"]["moment"]
    client.put("/api/v1/notes", json={"moment": moment, "version": 0, "owner": "Ada"}, headers=SAME)
    assert client.get("/", headers={"if-none-match": first.headers["etag"]}).status_code == 200


def test_here_is_the_origin_of_the_app(client: TestClient) -> None:
    assert client.app.state.momot.settings.origins[0] == HERE  # type: ignore[attr-defined]


def test_rules_for_paper_are_in_a_file_of_their_own_and_none_is_lost() -> None:
    screen, paper = (_static(name).decode() for name in ("momot.css", "print.css"))
    assert "@media print{:root" in paper  # the light palette
    assert "@page" in paper
    assert "#next form{display:none!important}" in paper
    assert "print" not in screen
    assert "@page" not in screen
    for text in (screen, paper):
        assert text.count("{") == text.count("}")
    whole = stylesheet() + _own("web.css").decode()
    assert sorted(whole.replace("\n", "")) == sorted((screen + paper).replace("\n", ""))
