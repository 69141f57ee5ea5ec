"""The app: every request goes through the guard, is read in full, answered by the one handler of its route, and leaves with our headers."""

from __future__ import annotations

import hashlib
import logging
import math
import time
from collections.abc import AsyncIterator, Callable, Iterable, Mapping
from concurrent.futures import Executor
from contextlib import asynccontextmanager
from typing import Final

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import MutableHeaders
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import BaseRoute
from starlette.routing import Route as StarletteRoute
from starlette.types import ASGIApp, Receive, Scope, Send
from starlette.types import Message as Sent

from momot.errors import MomotError
from momot.language import Language, Message
from momot.web import answers
from momot.web.call import LONGEST_BODY, LONGEST_QUERY, Call
from momot.web.guard import HEADERS, Refusal, Visitor, admit, cookies_of
from momot.web.reader import reader
from momot.web.rendering import error_page, theme_of
from momot.web.routes import ROUTES, Route
from momot.web.saying import failure, without_paths
from momot.web.settings import Settings
from momot.web.state import State

LOG: Final = logging.getLogger("momot.web")
OPEN: Final = frozenset(route.path for route in ROUTES if route.open)
BRIEFLY: Final = 1.0
"""Seconds for which a page is kept while something of it is still being read."""
NO_PAGE = Message("There is no such page here.")
LONG_ADDRESS = Message("The address is too long.")
LONG_BODY = Message("At most {most} bytes are taken.", most=LONGEST_BODY)
FAULT = Message("Something went wrong in momot itself. The log of the server says what; nothing was changed.")


def application(settings: Settings, *, executor: Callable[[], Executor] | None = None, patience: float | None = None) -> Starlette:
    """The app of one project. `executor` runs what takes seconds (default: a process), `patience` is how long a page waits for it."""
    state = State(settings, executor=executor, patience=patience)

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        yield
        state.close()

    by_path: dict[str, dict[str, Route]] = {}
    for route in ROUTES:
        by_path.setdefault(route.path, {})[route.method] = route
    routes: list[BaseRoute] = [StarletteRoute(path, Endpoint(state, methods)) for path, methods in by_path.items()]
    routes.append(StarletteRoute("/{rest:path}", Endpoint(state, {})))
    app = Starlette(routes=routes, lifespan=lifespan)
    app.state.momot = state
    app.add_middleware(Guarded, state=state)
    return app


class Guarded:
    """The guard before the app, and our headers on whatever comes back."""

    def __init__(self, app: ASGIApp, state: State) -> None:
        self.app, self.state = app, state

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Refuse, or hand on with the visitor in the scope."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return

        async def with_headers(message: Sent) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in HEADERS:
                    headers[name] = value
            await send(message)

        headers, sender = _headers(scope, self.state.settings), (scope.get("client") or (None,))[0]
        language = reader(cookies_of(headers), headers.get("accept-language", ""), self.state.settings.language)
        open_ = scope["path"] in OPEN or scope["path"].startswith("/static/")
        found = admit(scope["method"], headers, sender, settings=self.state.settings, entry=self.state.entry, open_=open_)
        if isinstance(found, Refusal):
            await _refused(found, scope["path"], language)(scope, receive, with_headers)
            return
        scope["momot.visitor"], scope["momot.language"] = found, language
        await self.app(scope, receive, with_headers)


class Endpoint:
    """All methods of one path."""

    def __init__(self, state: State, methods: Mapping[str, Route]) -> None:
        self.state, self.methods = state, methods

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Find the route, read the request, answer it in a thread."""
        request = Request(scope, receive)
        method = "GET" if request.method == "HEAD" else request.method
        route = self.methods.get(method)
        path, language = request.url.path, scope["momot.language"]
        if not self.methods:
            response = _error(404, "NotThere", NO_PAGE, path, language)
        elif route is None:
            response = _error(405, "WrongMethod", _only(self.methods), path, language)
            response.headers["allow"] = ", ".join(self.methods)
        else:
            response = await self._answered(route, request)
        await response(scope, receive, send)

    async def _answered(self, route: Route, request: Request) -> Response:
        path, language = request.url.path, request.scope["momot.language"]
        if len(request.url.query) > LONGEST_QUERY:
            return _error(414, "TooLong", LONG_ADDRESS, path, language)
        try:
            body = await _body(request) if request.method not in ("GET", "HEAD") else b""
        except ClientDisconnect:
            return Response(b"", 400)
        if body is None:
            return _error(413, "TooLong", LONG_BODY, path, language)
        headers = dict(request.headers)
        visitor: Visitor = request.scope["momot.visitor"]
        call = Call(
            state=self.state, visitor=visitor, method=request.method, path=path, query=dict(request.query_params),
            cookies=cookies_of(headers), body=body, content_type=headers.get("content-type", ""), wants_json=_is_api(path),
            params={name: str(value) for name, value in request.path_params.items()}, language=language,
        )  # fmt: skip
        response = await run_in_threadpool(answer, route, call)
        if request.method in ("GET", "HEAD") and "etag" in response.headers and headers.get("if-none-match") == response.headers["etag"]:
            kept = {name: response.headers[name] for name in ("etag", "cache-control") if name in response.headers}
            return Response(b"", 304, kept)
        return response


def answer(route: Route, call: Call) -> Response:
    """The answer of a route; pages that depend on nothing but what is on disk are made once for as long as that does not change."""
    try:
        return _kept(route, call) if route.kept else route.handler(call)
    except MomotError as error:
        return _told(error, call)
    except Exception:
        LOG.exception("%s %s", route.method, route.path)
        return _error(500, "Fault", FAULT, call.path, call.language)


def _kept(route: Route, call: Call) -> Response:
    """The page from the shelf, or made now. What is still coming is kept for a moment only, so that many who wait do not make it each."""
    key = (route.method, call.path, tuple(sorted(call.query.items())), theme_of(call), call.language.code, call.state.stamp())
    found: tuple[bytes, dict[str, str], float] | None = call.state.pages.get(key)
    if found is None or time.monotonic() > found[2]:
        response = route.handler(call)
        if response.status_code != 200:
            return response
        body, headers, until = bytes(response.body), dict(response.headers), time.monotonic() + BRIEFLY
        if headers.get("cache-control") == answers.HTML_CACHE:
            headers, until = {**headers, "etag": f'"{hashlib.sha256(body).hexdigest()[:20]}"'}, math.inf
        found = (body, headers, until)
        call.state.pages.put(key, found)
    return Response(found[0], 200, found[1])


def _told(error: MomotError, call: Call) -> Response:
    """An error of lower layers. The API says it as it was raised; a page in the reader's language, as far as its words are known."""
    status = answers.status_of(error)
    if call.wants_json:
        return answers.error_json(type(error).__name__, without_paths(str(error), call.state.home), status)
    message = failure(error, call.language, call.state.home)
    return answers.page(error_page(status, message, call.language), status, {"cache-control": "no-store"})


def _only(methods: Iterable[str]) -> Message:
    return Message("This answers {methods} and nothing else.", methods=", ".join(methods))


def _error(status: int, kind: str, message: Message, path: str, language: Language) -> Response:
    """An error of the app itself; the API is in English, whoever asks."""
    if _is_api(path):
        return answers.error_json(kind, message, status)
    return answers.page(error_page(status, message.said(language), language), status, {"cache-control": "no-store"})


def _refused(refusal: Refusal, path: str, language: Language) -> Response:
    return _error(refusal.status, refusal.kind, refusal.message, path, language)


def _is_api(path: str) -> bool:
    return path.startswith("/api/")


async def _body(request: Request) -> bytes | None:
    """The body; None where it is longer than anything that is taken."""
    parts, length = [], 0
    async for chunk in request.stream():
        length += len(chunk)
        if length > LONGEST_BODY:
            return None
        parts.append(chunk)
    return b"".join(parts)


def _headers(scope: Scope, settings: Settings) -> dict[str, str]:
    """Headers by name, in small letters. One that decides and comes twice says nothing: somebody tried to put words into it."""
    deciding = {"host", "origin", "sec-fetch-site", *([settings.proxy.header] if settings.proxy else [])}
    found: dict[str, str] = {}
    for raw, value in scope["headers"]:
        name, text = raw.decode("latin-1").lower(), value.decode("latin-1")
        if name in found and name in deciding:
            text = ""
        found[name] = f"{found[name]}; {text}" if name == "cookie" and name in found else text
    return found
