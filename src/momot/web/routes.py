"""Every route of the app, once: what is served, what needs no session, and what the OpenAPI document and the docs say of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

from starlette.responses import Response

from momot.findings.contract import Document
from momot.findings.diff_contract import Diff
from momot.language import Message
from momot.vocabulary.whom import PEOPLE_KINDS, TEXTS_KINDS, People, Texts, fields_of
from momot.web import api, downloads, signing
from momot.web.answers import as_json
from momot.web.call import Call
from momot.web.contract import JobAnswer, JobAsked, JobsAnswer, MomentsAnswer, NoteChange, NotesAnswer, RunsAnswer
from momot.web.errors import NotThere
from momot.web.rendering import static_file
from momot.web.screens import data, diff, journeys, moment, people, person, runs, texts, voices
from momot.web.screens import map as map_screen
from momot.web.store.notes import Note

Handler = Callable[[Call], Response]
Kind = Literal["page", "action", "file", "api"]
Query = tuple[tuple[str, str], ...]

FILTERS: Query = (
    ("outcome", "An outcome of the run; default the first with a decisive moment"),
    ("segment", "`name=value`, where the run asked by it; default everybody"),
    (
        "period",
        "`2026-01-01..2026-03-31`, local days, either end open: the last run that was asked for it; default the last of all records",
    ),
    ("run", "The number of a kept run, in place of a period"),
)
ONE_MOMENT: Query = (("name", "`touchpoint@stage`"), *FILTERS)


@dataclass(frozen=True, slots=True)
class Route:
    """One method of one path."""

    method: Literal["GET", "POST", "PUT"]
    path: str
    kind: Kind
    handler: Handler
    summary: str
    query: Query = ()
    form: Query = ()
    takes: type[Any] | None = None  # the struct of a JSON body
    gives: type[Any] | None = None  # the struct of the answer; None: an object described elsewhere
    status: int = 200
    kept: bool = False  # depends on nothing but what is on disk and the address
    open: bool = False  # needs no session


def _static(call: Call) -> Response:
    found = static_file(call.params["digest"], call.params["name"])
    if found is None:
        raise NotThere(Message("There is no such file."))
    return found


def _alive(_: Call) -> Response:
    return as_json(b'{"alive": true}')


ROWS = ("rows", "Which page of a long table, from 1")
MAP: Query = (*FILTERS, ("moment", "Whose panel is shown"), ROWS)
NOTE: Query = (
    ("owner", "Who looks after it"),
    ("next_action", "What is done next"),
    ("note", "Anything else"),
    ("version", "The version that was read"),
)
LINK: Query = (("link", "What the link holds"),)
THEME: Query = (("theme", "`light`, `dark`, or nothing for the system's"), ("back", "The page to come back to"))
LANGUAGE: Query = (("language", "A code as `cs`, or nothing for what the browser asks for"), ("back", "The page to come back to"))
TWO_RUNS: Query = (("before", "Number of a kept run"), ("after", "Number of a kept run"))
AROUND: Query = (("moment", "What stands around it"),)
LIST: Query = (
    ("of", "Which list: " + ", ".join(f"`{kind}`" for kind in PEOPLE_KINDS)),
    *((field, "Of a list") for field in fields_of(People)),
    ("segment", "`name=value`, whom to keep of it"),
    *((name, "Which finding the number was of") for name in ("outcome", "run", "period")),
)
PAGES: Query = (("page", "Which page, from 1"),)
SOMEBODY: Query = (*LIST, ("number", "The place in the list, from 1"))
LIST_OF_TEXTS: Query = (
    ("of", "Which list: " + ", ".join(f"`{kind}`" for kind in TEXTS_KINDS)),
    *((field, "Of a list") for field in fields_of(Texts)),
    ("period", "Local days, either end open"),
)
PERSON: Query = (("person", "An id as a source writes it"),)
PERIOD: Query = (("period", "As for findings, of what was said"),)
BY: Query = (("by", "`language`, or a segment by which every reason is shown"), *PERIOD)
TABLES: Query = (("touchpoints", "Which page of them, from 1"), ("activities", "Which page of them, from 1"))
STAGED: Query = (
    ("stage of TOUCHPOINT", "A stage, or nothing for what the rules say"),
    ("touchpoint of ACTIVITY", "The touchpoint that it belongs to, or nothing for what its block says"),
    ("channel of ACTIVITY", "The channel that it came by, or nothing for what its block says"),
    ("seen", "Which momot.toml the form was made from"),
)
JOB: Query = (
    ("kind", "`build` or `find`"),
    ("outcome", "An outcome; may be repeated; default all"),
    ("by", "A segment; may be repeated"),
    ("pairs", "Anything: also look for pairs"),
    ("since", "First day of a period, of a find"),
    ("until", "Last day of the period"),
)

ROUTES: tuple[Route, ...] = (
    Route("GET", "/", "page", map_screen.map_page, "The map: headline, picture, panel, ranked table", MAP, kept=True),
    Route("GET", "/moment", "page", moment.moment_page, "One moment: effects, for whom, why, checks, note", ONE_MOMENT, kept=True),
    Route("POST", "/moment", "action", moment.change_note, "Change a note that is at the version that was read", ONE_MOMENT, NOTE),
    Route("GET", "/journeys", "page", journeys.journeys_page, "Journeys: stages, paths, first seconds, facts, cohorts", AROUND, kept=True),
    Route("GET", "/people", "page", people.people_page, "The people behind a number, masked", (*LIST, *PAGES), kept=True),
    Route("GET", "/texts", "page", texts.texts_page, "The texts behind a number, masked", (*LIST_OF_TEXTS, *PAGES), kept=True),
    Route("GET", "/journeys/person", "page", person.somebody_page, "Somebody of a list, masked", SOMEBODY, kept=True),
    Route("POST", "/journeys/person", "action", person.person_page, "One person by id, where ids may be shown", (), PERSON),
    Route("GET", "/voices", "page", voices.voices_page, "Voices: reasons with quotes, tone, themes", BY, kept=True),
    Route("GET", "/data", "page", data.data_page, "Data: sources, rows kept and lost, mapping, what is doubtful", TABLES),
    Route("POST", "/data", "action", data.choose, "Write the mapping into momot.toml, whole or not at all", TABLES, STAGED),
    Route("GET", "/runs", "page", runs.runs_page, "Runs: what is under way, what was found, what was started"),
    Route("POST", "/runs", "action", runs.start_job, "Start a build or a find", (), JOB),
    Route("POST", "/runs/stop", "action", runs.stop_job, "Stop what is under way", (), (("job", "The job to stop"),)),
    Route("GET", "/runs/diff", "page", diff.diff_page, "What changed between two runs", (*TWO_RUNS, ROWS), kept=True),
    Route("GET", "/download/map.svg", "file", downloads.map_svg, "The map as SVG with its colours in it", FILTERS),
    Route("GET", "/download/map.png", "file", downloads.map_png, "The same as PNG, at twice its size", FILTERS),
    Route("GET", "/download/effects.csv", "file", downloads.effects_csv, "Every estimate of the outcome and segment", FILTERS),
    Route("GET", "/download/findings.json", "file", downloads.findings_json, "The whole run, `momot.findings/1`", FILTERS[2:]),
    Route("GET", "/download/diff.csv", "file", downloads.diff_csv, "What changed between two runs", TWO_RUNS),
    Route("GET", "/download/voices.csv", "file", downloads.voices_csv, "Every reason with one quote", PERIOD),
    Route("GET", "/enter", "page", signing.enter_page, "The page that the printed link opens", LINK, open=True),
    Route("POST", "/enter", "action", signing.enter, "Use the link: open a session", (), LINK, open=True),
    Route("POST", "/leave", "action", signing.leave, "End the session"),
    Route("POST", "/theme", "action", signing.choose_theme, "Keep the theme", (), THEME),
    Route("POST", "/language", "action", signing.choose_language, "Keep the language", (), LANGUAGE),
    Route("GET", "/static/{digest}/{name}", "file", _static, "A file of the app itself, under the hash of its content", open=True),
    Route("GET", "/alive", "file", _alive, "Whether the app answers, for whoever watches it", open=True),
    Route("GET", "/api/v1/findings", "api", api.findings, "The findings of a run, `momot.findings/1`", FILTERS, gives=Document),
    Route("GET", "/api/v1/moments", "api", api.moments, "Moments with main effects and notes", ONE_MOMENT, gives=MomentsAnswer),
    Route("GET", "/api/v1/notes", "api", api.notes, "Every note", gives=NotesAnswer),
    Route("PUT", "/api/v1/notes", "api", api.change_note, "Change a note; 409 at another version", takes=NoteChange, gives=Note),
    Route("GET", "/api/v1/runs", "api", api.runs, "The kept runs", gives=RunsAnswer),
    Route("GET", "/api/v1/runs/diff", "api", api.diff, "What changed between two runs, `momot.diff/1`", TWO_RUNS, gives=Diff),
    Route("GET", "/api/v1/jobs", "api", api.jobs, "Builds and finds of this app", gives=JobsAnswer),
    Route("POST", "/api/v1/jobs", "api", api.start_job, "Start a build or a find", takes=JobAsked, gives=JobAnswer, status=202),
    Route("POST", "/api/v1/jobs/{job}/stop", "api", api.stop_job, "Stop a job", gives=JobAnswer),
    Route("GET", "/api/v1/openapi.json", "api", api.document, "The API as an OpenAPI document"),
)
