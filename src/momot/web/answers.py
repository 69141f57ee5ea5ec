"""Answers: a page, JSON, a file to keep, a step onwards, and the one shape of every error."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

import msgspec
from starlette.responses import Response

from momot.errors import DataError, EngineError, MissingExtraError, MomotError, NotBuilt, ProjectError, QuestionError
from momot.web.errors import Conflict, NotThere

HTML_CACHE = "no-cache, private"
VARY = "Accept-Language, Cookie"
STATUS: tuple[tuple[type[MomotError], int], ...] = (
    (NotThere, 404),
    (Conflict, 409),
    (NotBuilt, 409),
    (QuestionError, 400),
    (ProjectError, 409),
    (DataError, 409),
    (MissingExtraError, 501),
    (EngineError, 503),
)
"""Which status each kind of error has; the first that fits."""


class ErrorBody(msgspec.Struct, frozen=True, kw_only=True):
    """What went wrong."""

    kind: str  # name of a class of `momot.errors`, or of the guard's refusals
    message: str


class ErrorAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """The one shape of every error of the API, the same as of the command line."""

    error: ErrorBody


def page(text: str, status: int = 200, headers: Mapping[str, str] | None = None) -> Response:
    """One HTML page, asked for anew each time it is looked at."""
    return Response(text, status, {"cache-control": HTML_CACHE, "vary": VARY, **(headers or {})}, media_type="text/html")


def as_json(value: Any, status: int = 200, headers: Mapping[str, str] | None = None) -> Response:
    """A struct as JSON."""
    body = value if isinstance(value, bytes) else msgspec.json.encode(value)
    return Response(body, status, {"cache-control": HTML_CACHE, **(headers or {})}, media_type="application/json")


def file(body: str | bytes, kind: str, name: str) -> Response:
    """A file to keep; its name may hold anything."""
    plain = "".join(letter if letter.isascii() and (letter.isalnum() or letter in "-_.") else "-" for letter in name)
    disposition = f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"
    return Response(body, 200, {"cache-control": HTML_CACHE, "content-disposition": disposition}, media_type=kind)


def onwards(address: str) -> Response:
    """After something was done: to a page that shows it. Only addresses of ours are followed."""
    return Response(b"", 303, {"location": ours(address), "cache-control": "no-store"})


def ours(address: str) -> str:
    """The address where it is a path of this app, else the start: a form must not send anybody elsewhere."""
    safe = (
        address.startswith("/")
        and not address.startswith(("//", "/\\"))
        and all(" " < letter <= "~" and letter != "\\" for letter in address)
    )
    return address if safe else "/"


def status_of(error: MomotError) -> int:
    """The status of an error."""
    return next((status for kind, status in STATUS if isinstance(error, kind)), 500)


def error_json(kind: str, message: str, status: int) -> Response:
    """An error of the API."""
    return as_json(ErrorAnswer(error=ErrorBody(kind=kind, message=str(message))), status, {"cache-control": "no-store"})
