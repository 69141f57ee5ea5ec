"""The OpenAPI document of the API, made of the list of routes and the structs that they take and give."""

from __future__ import annotations

import re
from functools import cache
from typing import Any

import msgspec

from momot import __version__
from momot.web.answers import ErrorAnswer
from momot.web.routes import ROUTES, Route

ERRORS = {
    "400": "What was asked for makes no sense; the message says why",
    "401": "Nobody vouches for whoever asks",
    "403": "Asked for by another site, or not through the proxy",
    "404": "It does not exist",
    "409": "Not as things are: another version, no build, another job under way",
    "500": "A fault of momot itself",
}


@cache
def openapi_json() -> bytes:
    """The document as readable JSON."""
    return msgspec.json.format(msgspec.json.encode(openapi()), indent=1)


def openapi() -> dict[str, Any]:
    """The document."""
    api = [route for route in ROUTES if route.kind == "api"]
    structs: list[type[Any]] = list(dict.fromkeys(one for route in api for one in (route.takes, route.gives) if one is not None))
    references, components = msgspec.json.schema_components([*structs, ErrorAnswer], ref_template="#/components/schemas/{name}")
    named: dict[type[Any], dict[str, Any]] = dict(zip([*structs, ErrorAnswer], references, strict=True))
    paths: dict[str, Any] = {}
    for route in api:
        paths.setdefault(route.path, {})[route.method.lower()] = _operation(route, named)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "momot",
            "version": __version__,
            "description": "Findings, notes and runs of one served project. Changing requests say where they come from (Origin).",
        },
        "paths": paths,
        "components": {"schemas": components},
    }


def _operation(route: Route, named: dict[type[Any], dict[str, Any]]) -> dict[str, Any]:
    schema = named[route.gives] if route.gives is not None else {"type": "object"}
    made: dict[str, Any] = {
        "operationId": re.sub(r"\W+", "_", f"{route.method.lower()}{route.path.removeprefix('/api/v1')}").strip("_"),
        "summary": route.summary,
        "parameters": [
            *({"name": name, "in": "path", "required": True, "schema": {"type": "string"}} for name in re.findall(r"{(\w+)}", route.path)),
            *({"name": name, "in": "query", "description": words, "schema": {"type": "string"}} for name, words in route.query),
        ],
        "responses": {
            str(route.status): {"description": "The answer", "content": {"application/json": {"schema": schema}}},
            **{
                status: {"description": words, "content": {"application/json": {"schema": named[ErrorAnswer]}}}
                for status, words in ERRORS.items()
            },
        },
    }
    if route.takes is not None:
        made["requestBody"] = {"required": True, "content": {"application/json": {"schema": named[route.takes]}}}
    return made
