"""Nothing is listened on that nobody guards."""

from __future__ import annotations

from pathlib import Path

import pytest

from momot.errors import QuestionError
from momot.web.settings import DATABASE, is_loopback, settings

PROXY = {"origin": "https://momot.example.com", "proxy_header": "X-User", "proxy_from": ("10.0.0.1",)}


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.168.1.4", "momot.example.com", "", "128.0.0.1"])
def test_anything_but_loopback_needs_a_proxy(host: str, tmp_path: Path) -> None:
    with pytest.raises(QuestionError, match="--proxy-header, --proxy-from and --origin"):
        settings(tmp_path, host=host)
    assert settings(tmp_path, host=host, **PROXY).proxy is not None  # type: ignore[arg-type]


@pytest.mark.parametrize("missing", list(PROXY))
def test_half_a_proxy_is_none(missing: str, tmp_path: Path) -> None:
    with pytest.raises(QuestionError):
        settings(tmp_path, host="0.0.0.0", **{**PROXY, missing: () if missing == "proxy_from" else None})  # type: ignore[arg-type]


@pytest.mark.parametrize("host", ["127.0.0.1", "127.0.0.2", "localhost", "::1", "[::1]"])
def test_loopback_is_loopback(host: str, tmp_path: Path) -> None:
    assert is_loopback(host)
    assert settings(tmp_path, host=host).proxy is None


@pytest.mark.parametrize(
    "origin", ["momot.example.com", "ftp://momot.example.com", "https://momot.example.com/app", "https://me@momot.example.com", "https://"]
)
def test_an_origin_is_what_stands_before_the_first_slash(origin: str, tmp_path: Path) -> None:
    with pytest.raises(QuestionError, match="--origin"):
        settings(tmp_path, **{**PROXY, "origin": origin})  # type: ignore[arg-type]


def test_whom_to_believe_is_an_address(tmp_path: Path) -> None:
    with pytest.raises(QuestionError, match="--proxy-from"):
        settings(tmp_path, **{**PROXY, "proxy_from": ("everybody",)})  # type: ignore[arg-type]
    with pytest.raises(QuestionError, match="no name of a header"):
        settings(tmp_path, **{**PROXY, "proxy_header": "X User\n"})  # type: ignore[arg-type]


def test_the_address_of_the_database_comes_from_the_environment_and_is_not_shown(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(DATABASE, "postgresql://momot:secret@db/notes")
    made = settings(tmp_path)
    assert made.database == "postgresql://momot:secret@db/notes"
    assert "secret" not in repr(made)
