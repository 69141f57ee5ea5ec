"""The report as one HTML document: template, one style, one script, and a policy that allows nothing else."""

from __future__ import annotations

import base64
import hashlib
from functools import cache
from importlib.resources import files

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from momot.findings.findings import Findings
from momot.language import ENGLISH, Language
from momot.report.compose import compose
from momot.report.dossier import Dossier
from momot.report.marks.palette import mark_rules, theme_rules


def render(told: Findings | Dossier, language: Language = ENGLISH) -> str:
    """The whole document. Every name in it is escaped by the template; only our own marks, style and script are taken as they are."""
    page = compose(told, language)
    style, script = stylesheet() + _static("page.css"), _static("report.js")
    ours = {"style": Markup(style), "script": Markup(script)}  # noqa: S704  files of this package, nothing from the data
    return _environment().get_template("report.html").render(page=page, say=language.say, policy=policy(style, script), **ours)


def policy(style: str, script: str) -> str:
    """The content security policy: this style, this script, the empty icon, and no request to anywhere."""
    allowed = f"style-src '{_digest(style)}'; script-src '{_digest(script)}'; img-src data:"
    return f"default-src 'none'; {allowed}; base-uri 'none'; form-action 'none'"


def stylesheet() -> str:
    """Palettes, marks and layout, for the report and the app; `page.css` is of the report's one page alone."""
    return theme_rules() + mark_rules() + _static("report.css")


@cache
def _environment() -> Environment:
    return Environment(
        loader=PackageLoader("momot.report"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )


@cache
def _static(name: str) -> str:
    return files("momot.report").joinpath("static", name).read_text(encoding="utf-8")


def _digest(text: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
