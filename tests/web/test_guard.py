"""Who is let in, and from where: each refusal by itself."""

from __future__ import annotations

from pathlib import Path

import pytest

from momot.web.entry import Entry
from momot.web.guard import FOREIGN, MISDIRECTED, NO_NAME, NOT_THE_PROXY, UNKNOWN, Visitor, admit, cookie_name, from_here
from momot.web.settings import Settings, settings

HOST = {"host": "127.0.0.1:8765"}


@pytest.fixture
def local(tmp_path: Path) -> Settings:
    return settings(tmp_path)


@pytest.fixture
def proxied(tmp_path: Path) -> Settings:
    return settings(
        tmp_path, host="0.0.0.0", origin="https://momot.example.com", proxy_header="X-Forwarded-User", proxy_from=("10.0.0.0/24",)
    )


def signed(entry: Entry, local: Settings) -> dict[str, str]:
    session = entry.open(entry.new_link())
    assert session
    return {**HOST, "cookie": f"{cookie_name(local)}={session}"}


def asked(
    method: str, headers: dict[str, str], local: Settings, entry: Entry | None = None, sender: str = "127.0.0.1", open_: bool = False
):
    return admit(method, headers, sender, settings=local, entry=entry or Entry(), open_=open_)


def test_a_session_comes_in_and_nobody_else(local: Settings) -> None:
    entry = Entry()
    headers = signed(entry, local)
    assert asked("GET", headers, local, entry) == Visitor("")
    assert asked("GET", HOST, local, entry) is UNKNOWN
    assert asked("GET", {**HOST, "cookie": f"{cookie_name(local)}=guess"}, local, entry) is UNKNOWN
    assert asked("GET", HOST, local, entry, open_=True) == Visitor("")


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1", "127.0.0.1:80", "", "127.0.0.1:8765.evil.example"])
def test_a_name_that_was_pointed_here_gets_nothing(host: str, local: Settings) -> None:
    entry = Entry()
    assert asked("GET", {**signed(entry, local), "host": host}, local, entry, open_=True) is MISDIRECTED


@pytest.mark.parametrize("host", ["127.0.0.1:8765", "localhost:8765", "LOCALHOST:8765", "[::1]:8765"])
def test_loopback_has_several_names(host: str, local: Settings) -> None:
    assert asked("GET", {"host": host}, local, open_=True) == Visitor("")


@pytest.mark.parametrize(
    ("headers", "allowed"),
    [
        ({}, False),
        ({"origin": "http://127.0.0.1:8765"}, True),
        ({"origin": "http://127.0.0.1:9999"}, False),
        ({"origin": "https://127.0.0.1:8765"}, False),
        ({"origin": "null"}, False),
        ({"origin": ""}, False),
        ({"origin": "http://evil.example"}, False),
        ({"sec-fetch-site": "same-origin"}, True),
        ({"sec-fetch-site": "same-site"}, False),
        ({"sec-fetch-site": "cross-site"}, False),
        ({"sec-fetch-site": "none"}, False),
        ({"sec-fetch-site": "cross-site", "origin": "http://127.0.0.1:8765"}, False),
        ({"sec-fetch-site": "same-origin", "origin": "http://evil.example"}, False),
        ({"sec-fetch-site": "same-origin", "origin": "http://127.0.0.1:8765"}, True),
    ],
)
@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE", "PROPFIND"])
def test_only_a_page_of_ours_changes_anything(headers: dict[str, str], allowed: bool, method: str, local: Settings) -> None:
    entry = Entry()
    own = signed(entry, local)
    assert from_here(headers, local) is allowed
    assert (asked(method, {**own, **headers}, local, entry) == Visitor("")) is allowed
    if not allowed:
        assert asked(method, {**own, **headers}, local, entry) is FOREIGN
        assert asked(method, {**own, **headers}, local, entry, open_=True) is FOREIGN


def test_the_proxy_names_who_asks_and_is_believed_only_from_where_it_is(proxied: Settings) -> None:
    headers = {"host": "momot.example.com", "x-forwarded-user": "ada"}
    assert asked("GET", headers, proxied, sender="10.0.0.7") == Visitor("ada")
    assert asked("GET", headers, proxied, sender="::ffff:10.0.0.7") == Visitor("ada")
    assert asked("GET", headers, proxied, sender="10.0.1.7") is NOT_THE_PROXY
    assert asked("GET", headers, proxied, sender="127.0.0.1") is NOT_THE_PROXY
    assert admit("GET", headers, None, settings=proxied, entry=Entry(), open_=True) is NOT_THE_PROXY
    assert asked("GET", {"host": "momot.example.com"}, proxied, sender="10.0.0.7") is NO_NAME
    assert asked("GET", {**headers, "x-forwarded-user": "  "}, proxied, sender="10.0.0.7") is NO_NAME
    assert asked("GET", {**headers, "host": "10.0.0.2:8765"}, proxied, sender="10.0.0.7") is MISDIRECTED


def test_behind_a_proxy_a_session_of_a_link_is_worth_nothing(proxied: Settings) -> None:
    entry = Entry()
    session = entry.open(entry.new_link())
    headers = {"host": "momot.example.com", "cookie": f"{cookie_name(proxied)}={session}"}
    assert asked("GET", headers, proxied, entry, sender="10.0.0.7") is NO_NAME


def test_cookies_of_two_ports_and_of_https_have_different_names(tmp_path: Path, proxied: Settings) -> None:
    names = {cookie_name(settings(tmp_path, port=port)) for port in (8765, 8766)} | {cookie_name(proxied)}
    assert len(names) == 3
    assert cookie_name(proxied).startswith("__Host-")
