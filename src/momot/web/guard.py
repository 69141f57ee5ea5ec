"""What stands before every route: who asks, from which page, by which name; and the headers that every answer carries.

A request is refused before any handler sees it where its Host is not ours (a foreign name pointed at this address), where it would change
something and does not come from a page of ours, and where nobody vouches for whoever asks.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from http.cookies import CookieError, SimpleCookie
from typing import Final

from momot.language import Message
from momot.web.entry import Entry
from momot.web.settings import Settings

POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'"
)
"""The content security policy of every answer: files of ours and nothing else, no inline style or script."""

HEADERS: Final[tuple[tuple[str, str], ...]] = (
    ("content-security-policy", POLICY),
    ("x-content-type-options", "nosniff"),
    ("referrer-policy", "same-origin"),
    ("x-frame-options", "DENY"),
    ("cross-origin-opener-policy", "same-origin"),
    ("cross-origin-resource-policy", "same-origin"),
    ("permissions-policy", "camera=(), geolocation=(), microphone=(), payment=(), usb=()"),
)
SAFE: Final = ("GET", "HEAD")
LONGEST_NAME = 120


@dataclass(frozen=True, slots=True)
class Visitor:
    """Whoever asks: the name that the proxy gave, or empty for the person at this machine."""

    name: str


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a request goes no further."""

    status: int
    kind: str
    message: Message


FOREIGN = Refusal(
    403, "ForeignOrigin", Message("This was asked for by another site, or by something that does not say where it comes from.")
)
MISDIRECTED = Refusal(421, "WrongHost", Message("Nothing is served under this name here."))
NOT_THE_PROXY = Refusal(403, "NotTheProxy", Message("Requests have to come through the proxy."))
UNKNOWN = Refusal(401, "NotSignedIn", Message("Open the link that `momot serve` printed. It works once; starting again prints a new one."))
NO_NAME = Refusal(401, "NotSignedIn", Message("The proxy did not say who is asking."))


def cookie_name(settings: Settings) -> str:
    """Cookies don't know ports: two projects served on one machine must not sign each other out."""
    return f"momot-{settings.port}" if not settings.secure else "__Host-momot"


def admit(
    method: str, headers: Mapping[str, str], sender: str | None, *, settings: Settings, entry: Entry, open_: bool
) -> Visitor | Refusal:
    """Who asks, or why not. `open_` routes need nobody to vouch for whoever asks: the page of the link, and files of ours."""
    if headers.get("host", "").lower() not in settings.hosts:
        return MISDIRECTED
    if method not in SAFE and not from_here(headers, settings):
        return FOREIGN
    if settings.proxy is not None:
        if not settings.proxy.trusts(sender):
            return NOT_THE_PROXY
        name = headers.get(settings.proxy.header, "").strip()
        return Visitor(name[:LONGEST_NAME]) if name or open_ else NO_NAME
    if open_ or entry.knows(session_of(headers, settings)):
        return Visitor("")
    return UNKNOWN


def from_here(headers: Mapping[str, str], settings: Settings) -> bool:
    """Whether a page of ours asks. A browser says so in Sec-Fetch-Site, in Origin, or in both; whoever says neither is refused."""
    site, origin = headers.get("sec-fetch-site"), headers.get("origin")
    if site is None and origin is None:
        return False
    return site in (None, "same-origin") and (origin is None or origin.lower() in settings.origins)


def session_of(headers: Mapping[str, str], settings: Settings) -> str:
    """The session that the cookie holds; empty without."""
    return cookies_of(headers).get(cookie_name(settings), "")


def cookies_of(headers: Mapping[str, str]) -> dict[str, str]:
    """All cookies of a request."""
    try:
        return {name: morsel.value for name, morsel in SimpleCookie(headers.get("cookie", "")).items()}
    except CookieError:
        return {}
