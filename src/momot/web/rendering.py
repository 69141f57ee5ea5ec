"""Pages: one frozen dataclass each, one template each, everything in them escaped; and the files of ours that they ask for."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from functools import cache, partial
from importlib.resources import files
from typing import Any

from jinja2 import ChoiceLoader, Environment, PackageLoader, StrictUndefined
from starlette.responses import Response

from momot.findings.labels import printable
from momot.language import LANGUAGES, Language
from momot.report.document import stylesheet
from momot.web import answers
from momot.web.call import Call
from momot.web.saying import when

THEME = "momot-theme"
KINDS = {"css": "text/css; charset=utf-8", "js": "text/javascript; charset=utf-8", "svg": "image/svg+xml"}
SECTIONS = {"/": "Map", "/journeys": "Journeys", "/voices": "Voices", "/data": "Data", "/runs": "Runs"}
"""The screens of the head by their address, in the order in which they are shown."""
HEADS = {401: "Not signed in", 403: "Not allowed", 404: "Not there", 405: "Not like this", 409: "Not as things are"}
"""What went wrong, by status."""


@dataclass(frozen=True, slots=True)
class Place:
    """One link of the head."""

    words: str
    address: str
    here: bool


@dataclass(frozen=True, slots=True)
class Site:
    """What every page may use beside its own: the head, the theme, the addresses of our files."""

    project: str
    places: tuple[Place, ...]
    language: str  # code, for `<html lang>`
    languages: tuple[tuple[str, str], ...]  # code and own name of each that may be chosen
    theme: str  # "light", "dark"; empty: as the reader's system has it
    back: str  # this page, for forms that come back to it
    style: str
    paper: str
    script: str
    icon: str
    signed: bool  # whether there is a session to leave


@dataclass(frozen=True, slots=True)
class NonePage:
    """Everything `none.html` may use: a screen that this project has nothing for."""

    heading: str
    why: str


def render(call: Call, template: str, page: Any, *, status: int = 200, fresh: bool = True) -> Response:
    """The page. Without `fresh` something of it is still coming, so that it is not kept."""
    text = _environment(call.language).get_template(template).render(page=page, site=site_of(call))
    return answers.page(text, status, None if fresh else {"cache-control": "no-store"})


def site_of(call: Call) -> Site:
    """What stands around the page of this request."""
    say = call.language.say
    return Site(
        project=printable(call.state.project().file.name, 60),
        places=tuple(
            Place(say(SECTIONS[path]), path, call.path == path or (path != "/" and call.path.startswith(path))) for path in SECTIONS
        ),
        language=call.language.code,
        languages=tuple(LANGUAGES.items()),
        theme=theme_of(call),
        back=call.here if call.method in ("GET", "HEAD") else call.path,
        style=static_address("momot.css"),
        paper=static_address("print.css"),
        script=static_address("app.js"),
        icon=static_address("icon.svg"),
        signed=call.state.settings.proxy is None,
    )


def theme_of(call: Call) -> str:
    """Light or dark, where the reader chose; empty for what the system says, and for any other word."""
    theme = call.cookies.get(THEME, "")
    return theme if theme in ("light", "dark") else ""


def error_page(status: int, message: str, language: Language) -> str:
    """A page that needs nothing but itself: whatever went wrong, it can be shown."""
    words = {"head": language.say(HEADS.get(status, "It did not work")), "message": message, "status": status}
    return _environment(language).get_template("error.html").render(**words, language=language.code, style=static_address("momot.css"))


def entry_page(link: str, language: Language) -> str:
    """The page that the printed link opens: one button, pressed by itself where scripts run."""
    words = {"link": link, "style": static_address("momot.css"), "script": static_address("app.js")}
    return _environment(language).get_template("enter.html").render(**words, language=language.code)


def static_file(digest: str, name: str) -> Response | None:
    """A file of ours under the address that holds its content's hash, kept by the browser for good; None for any other."""
    if name not in STATIC or static_address(name) != f"/static/{digest}/{name}":
        return None
    body = _static(name)
    headers = {"cache-control": "public, max-age=31536000, immutable", "content-type": KINDS[name.rpartition(".")[2]]}
    return Response(body, 200, headers)


def static_address(name: str) -> str:
    """Where a file is: another content has another address."""
    return f"/static/{_digest(name)}/{name}"


STATIC = ("momot.css", "print.css", "app.js", "icon.svg")
_PAPER = re.compile(r"^@page\{.*?\}\}$|^@media print\{$.*?^\}$|^@media print\{[^\n]*\}\}$", re.MULTILINE | re.DOTALL)
"""The rules for paper: a file of their own, which no screen waits for."""


@cache
def _static(name: str) -> bytes:
    if name in ("momot.css", "print.css"):
        text = stylesheet() + _own("web.css").decode()
        paper = "\n".join(_PAPER.findall(text))
        return (paper if name == "print.css" else _PAPER.sub("", text)).encode()
    return _own(name)


def _own(name: str) -> bytes:
    return files("momot.web").joinpath("static", name).read_bytes()


@cache
def _digest(name: str) -> str:
    return hashlib.sha256(_static(name)).hexdigest()[:16]


@cache
def _environment(language: Language) -> Environment:
    """The templates of one language: what they say, and how they write times, is bound to it, and no reader sees another's."""
    environment = Environment(
        loader=ChoiceLoader([PackageLoader("momot.web"), PackageLoader("momot.report")]),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    environment.globals.update(say=language.say, says=language.says, when=partial(when, language=language))
    return environment
