"""Coming in and leaving: the page of the link, the session, and the theme and language that a reader chose."""

from __future__ import annotations

from starlette.responses import Response

from momot.language import LANGUAGES
from momot.web.answers import onwards, ours, page
from momot.web.call import Call
from momot.web.guard import cookie_name, session_of
from momot.web.reader import COOKIE
from momot.web.rendering import THEME, entry_page, error_page

YEAR = 31_536_000
REFUSED = "This link was used before, or another one was printed since. Stop `momot serve` and start it again: it prints a new one."
LEFT = "You have left. Start `momot serve` again to come back."


def enter_page(call: Call) -> Response:
    """The page that the link opens. Looking at it changes nothing, so that whoever only looks ahead does not use it up."""
    return page(entry_page(call.query.get("link", ""), call.language), 200, {"cache-control": "no-store", "referrer-policy": "same-origin"})


def enter(call: Call) -> Response:
    """Use the link: a session for it, in a cookie that no script can read and no other site sends."""
    session = call.state.entry.open(call.form.get("link", ""))
    if session is None:
        return page(error_page(401, call.language.say(REFUSED), call.language), 401, {"cache-control": "no-store"})
    response = onwards("/")
    settings = call.state.settings
    response.set_cookie(cookie_name(settings), session, path="/", httponly=True, samesite="strict", secure=settings.secure)
    return response


def leave(call: Call) -> Response:
    """End the session."""
    call.state.entry.leave(session_of({"cookie": _cookies(call)}, call.state.settings))
    response = page(error_page(401, call.language.say(LEFT), call.language), 200, {"cache-control": "no-store"})
    response.delete_cookie(cookie_name(call.state.settings), path="/", httponly=True, samesite="strict", secure=call.state.settings.secure)
    return response


def choose_theme(call: Call) -> Response:
    """Keep light or dark, and come back; anything else follows the reader's system."""
    chosen = call.form.get("theme", "")
    response = onwards(ours(call.form.get("back", "/")))
    if chosen in ("light", "dark"):
        response.set_cookie(THEME, chosen, path="/", max_age=YEAR, httponly=False, samesite="strict", secure=call.state.settings.secure)
    else:
        response.delete_cookie(THEME, path="/", samesite="strict", secure=call.state.settings.secure)
    return response


def choose_language(call: Call) -> Response:
    """Keep the language, and come back; anything that is none of ours follows the reader's browser."""
    chosen = call.form.get("language", "")
    response = onwards(ours(call.form.get("back", "/")))
    if chosen in LANGUAGES:
        response.set_cookie(COOKIE, chosen, path="/", max_age=YEAR, httponly=True, samesite="strict", secure=call.state.settings.secure)
    else:
        response.delete_cookie(COOKIE, path="/", samesite="strict", httponly=True, secure=call.state.settings.secure)
    return response


def _cookies(call: Call) -> str:
    return "; ".join(f"{name}={value}" for name, value in call.cookies.items())
