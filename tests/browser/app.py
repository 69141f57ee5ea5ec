"""The app in a real browser: served by uvicorn in a thread, visited by playwright with the system's chromium."""

from __future__ import annotations

import gzip
import importlib.util
import shutil
import socket
import statistics
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

CHROMIUM = shutil.which("chromium")
PLAYWRIGHT = importlib.util.find_spec("playwright")
AXE = importlib.util.find_spec("axe_playwright_python")
REASON = "chromium or playwright is not installed"
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1"]
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
LISTEN = """
addEventListener("securitypolicyviolation", event => console.error("violation: " + event.violatedDirective + " " + event.blockedURI));
"""


@dataclass
class Seen:
    """What a page asked for and complained of."""

    hosts: set[str] = field(default_factory=set)
    requests: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)


@contextmanager
def serving(folder: Path, *, patience: float | None = None, **options: Any) -> Iterator[tuple[str, Callable[[], str]]]:
    """A served project: its origin, and what makes a link that works once."""
    import uvicorn

    from momot.web import application
    from momot.web.settings import settings

    listening = socket.socket()
    listening.bind(("127.0.0.1", 0))
    made = settings(folder, port=listening.getsockname()[1], **options)
    app = application(made, patience=patience)
    server = uvicorn.Server(uvicorn.Config(app, log_level="error", access_log=False))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]}, daemon=True)
    thread.start()
    end = time.monotonic() + 20
    while not server.started and time.monotonic() < end:
        time.sleep(0.02)
    try:
        yield made.origins[0], lambda: f"{made.origins[0]}/enter?link={app.state.momot.entry.new_link()}"
    finally:
        server.should_exit = True
        thread.join(20)
        listening.close()


@contextmanager
def browsing() -> Iterator[Browser]:
    """The system's chromium."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        try:
            yield browser
        finally:
            browser.close()


@contextmanager
def visiting(browser: Browser, link: str, *, scripts: bool = True, **options: Any) -> Iterator[tuple[Page, Seen]]:
    """A page that is signed in, and what it asks for and complains of from then on."""
    from urllib.parse import urlsplit

    context = browser.new_context(java_script_enabled=scripts, **options)
    context.add_init_script(LISTEN)
    page = context.new_page()
    seen = Seen()
    page.goto(link)
    if scripts:
        page.wait_for_url(lambda url: "/enter" not in url)
    else:
        page.get_by_role("button", name="Open").click()
    page.on("request", lambda request: (seen.hosts.add(urlsplit(request.url).netloc), seen.requests.append(request.url)))  # type: ignore[func-returns-value]
    page.on("console", lambda message: seen.complaints.append(message.text) if message.type in ("error", "warning") else None)
    page.on("pageerror", lambda error: seen.complaints.append(str(error)))
    try:
        yield page, seen
    finally:
        context.close()


@dataclass(frozen=True)
class Budget:
    """What a screen costs: the middle of five visits, and how large it is."""

    paint: float  # ms until the largest thing is painted
    shift: float
    elements: int
    markup: int  # bytes, compressed
    requests: int


WEIGH = """async () => {
  const found = type => new Promise(done => {
    new PerformanceObserver(list => done(list.getEntries())).observe({type, buffered: true});
    setTimeout(() => done([]), 300);
  });
  const paint = await found("largest-contentful-paint"), shift = await found("layout-shift");
  return [Math.max(0, ...paint.map(one => one.startTime)), shift.reduce((sum, one) => sum + one.value, 0)];
}"""


def weighed(page: Page, seen: Seen, address: str) -> Budget:
    """Five visits of a screen."""
    visits, asked = [], []
    for _ in range(5):
        seen.requests.clear()
        page.goto(address, wait_until="networkidle")
        asked.append(len(seen.requests))
        visits.append(page.evaluate(WEIGH))
    return Budget(
        paint=statistics.median(paint for paint, _ in visits),
        shift=statistics.median(shift for _, shift in visits),
        elements=page.evaluate("document.querySelectorAll('*').length"),
        markup=len(gzip.compress(page.content().encode())),
        requests=max(asked),
    )


def assert_light(found: Budget) -> None:
    """The budget of a screen."""
    assert found.requests <= 8
    assert found.paint <= 1_000
    assert found.shift == 0
    assert found.elements <= 2_500
    assert found.markup <= 40_000


def violations(page: Page) -> list[str]:
    """What axe-core finds, the page's own policy aside: the script is given to the browser, not to the page."""
    assert AXE is not None
    assert AXE.submodule_search_locations
    axe = (Path(AXE.submodule_search_locations[0]) / "axe.min.js").read_text(encoding="utf-8")
    page.evaluate(f"() => {{ {axe}; window.axe = window.axe || axe; }}")
    found = page.evaluate("tags => axe.run(document, {runOnly: tags})", TAGS)
    return [f"{one['id']}: {' | '.join(node['html'][:160] for node in one['nodes'][:3])}" for one in found["violations"]]


needs_browser = pytest.mark.skipif(CHROMIUM is None or PLAYWRIGHT is None, reason=REASON)
needs_axe = pytest.mark.skipif(AXE is None, reason="axe-playwright-python, whose axe.min.js this uses, is not installed")
