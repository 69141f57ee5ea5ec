"""Files to keep of what is shown. Cells of a table that a spreadsheet would take for a formula are written as text."""

from __future__ import annotations

import csv
import io

from starlette.responses import Response

from momot.language import Message
from momot.reasons.overview import Voices
from momot.report.around import NOTHING
from momot.report.marks.forest import figure
from momot.report.marks.map import map_figure, worth_drawing
from momot.web import periods, tasks
from momot.web.answers import file
from momot.web.call import Call
from momot.web.errors import NotThere
from momot.web.png import png
from momot.web.selection import View, kept_run, view_of

FORMULA = ("=", "+", "-", "@", "\t", "\r")


def map_svg(call: Call) -> Response:
    """The picture with its colours in it, for slides and mail; the forest where a map would say nothing."""
    one = _view(call)
    return file(_picture(call, one), "image/svg+xml", f"momot-{one.question.id}.svg")


def map_png(call: Call) -> Response:
    """The same as PNG, at twice its size."""
    one = _view(call)
    return file(png(_picture(call, one)), "image/png", f"momot-{one.question.id}.png")


def _picture(call: Call, one: View) -> str:
    if not worth_drawing(one.drawn):
        return str(figure(one.drawn, standalone=True))
    known = NOTHING if one.stale else call.state.around()
    return str(map_figure(one.drawn, around=known, standalone=True))


def effects_csv(call: Call) -> Response:
    """Every estimate of the outcome and segment that is shown."""
    one = _view(call)
    return file(without_formulas(one.shown.to_csv()), "text/csv; charset=utf-8", f"momot-{one.question.id}-effects.csv")


def findings_json(call: Call) -> Response:
    """The whole run, as `momot find --format json` prints it."""
    one = _view(call)
    return file(one.findings.to_json(indent=1), "application/json", f"momot-run-{one.run.number}.json")


def diff_csv(call: Call) -> Response:
    """What changed between two kept runs, a row a contrast that both estimated."""
    from momot import api

    before, after = (kept_run(call.state, call.query.get(name, "")) for name in ("before", "after"))
    text = api.diff(before, after).to_csv()
    return file(without_formulas(text), "text/csv; charset=utf-8", f"momot-diff-{before.number}-{after.number}.csv")


def voices_csv(call: Call) -> Response:
    """The reasons that people give. Raises NotThere while they are still being read."""
    state, when = call.state, periods.asked(call.query)
    found: Voices | None = state.readings.of((state.current(), "voices", when), tasks.voices, tasks.where(state), when.since, when.until)
    if found is None:
        raise NotThere(Message("What people say is still being read. Try again in a moment."))
    return file(without_formulas(found.to_csv()), "text/csv; charset=utf-8", "momot-voices.csv")


def without_formulas(text: str) -> str:
    """The table with an apostrophe before every text that begins as a formula does. Numbers stay numbers."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\n")
    writer.writerows([_plain(cell) for cell in row] for row in csv.reader(io.StringIO(text, newline="")))
    return out.getvalue()


def _plain(cell: str) -> str:
    text = f"'{cell}" if cell.startswith(FORMULA) and not _is_number(cell) else cell
    return text.replace("\r", " ")  # would end a line in some readers


def _is_number(cell: str) -> bool:
    try:
        float(cell)
    except ValueError:
        return False
    return True


def _view(call: Call) -> View:
    found = view_of(call)
    if found is None:
        raise NotThere(Message("Nothing was found yet."))
    return found
