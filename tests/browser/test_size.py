"""Two hundred touchpoints with long Thai names: every screen of the app keeps to its budget and its width, and so does the report."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

import pytest

from momot.findings import Findings
from momot.findings.runs import keep_run
from momot.report import write
from tests.browser.app import assert_light, browsing, needs_browser, serving, visiting, weighed
from tests.findings import documents
from tests.findings.documents import THAI
from tests.web.built import built

if TYPE_CHECKING:
    from playwright.sync_api import Browser

pytestmark = [pytest.mark.browser, needs_browser]
SIZES = ({"width": 1440, "height": 900}, {"width": 390, "height": 844})
MANY = 200
RUNS = ((0, False), (80, False), (200, False), (80, True), (200, True))
"""How many of the two hundred are decisive in each kept run, and whether their names are Thai."""
OFFER = quote(f"{THAI}.7")
MAPS = {
    **{f"map, {decisive} decisive{', Thai' if thai else ''}": f"/?run={run}" for run, (decisive, thai) in enumerate(RUNS, start=1)},
    "map, its last rows": "/?run=4&rows=9",
    "map, whose panel is another": f"/?run=5&moment={quote(THAI)}.c3@fmot",
}
SCREENS = {
    **MAPS,
    "moment": f"/moment?run=5&name={quote(THAI)}.c3@fmot",
    "journeys": "/journeys",
    "journeys, through one": f"/journeys?moment={OFFER}",
    "person": f"/journeys/person?moment={OFFER}",
    "people": f"/people?of=met&moment={OFFER}",
    "texts": "/texts?of=texts",
    "data": "/data",
    "data, its last rows": "/data?touchpoints=10",
    "voices": "/voices",
    "runs": "/runs",
    "diff": "/runs/diff?before=1&after=3",
    "diff of other names": "/runs/diff?before=3&after=5",
}
BEYOND = """svg => {
  const view = svg.viewBox.baseVal
  const texts = [...svg.querySelectorAll("text:not([transform])")].map(one => [one.textContent, one.getBBox()])
  return texts.filter(([_, box]) => box.x < view.x - 1 || box.x + box.width > view.x + view.width + 1 ||
    box.y < view.y - 1 || box.y + box.height > view.y + view.height + 1).map(([words, _]) => words)
}"""
"""Words of a picture that its edge cuts off, as this browser's letters are."""
OVERFLOW = "document.documentElement.scrollWidth - document.documentElement.clientWidth"


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with browsing() as one:
        yield one


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Callable[[], str]]]:
    """A project with so many touchpoints, and kept runs of findings about them."""
    folder = built(tmp_path_factory.mktemp("size") / "many", offers=MANY)
    for decisive, thai in RUNS:
        assert keep_run(Findings(documents.shop(MANY, decisive=decisive, thai=thai)), folder)
    with serving(folder) as one:
        yield one


@pytest.mark.parametrize("screen", SCREENS)
def test_every_screen_keeps_to_its_budget_and_its_width(screen: str, app: tuple[str, Callable[[], str]], browser: Browser) -> None:
    origin, new_link = app
    with visiting(browser, new_link(), viewport=SIZES[0]) as (page, seen):
        address = f"{origin}{SCREENS[screen]}"
        answer = page.goto(address)
        assert answer is not None
        assert answer.status == 200
        page.wait_for_selector("meta[http-equiv=refresh], [data-again]", state="detached", timeout=60_000)
        for size in SIZES:
            page.set_viewport_size(size)  # type: ignore[arg-type]
            assert page.evaluate(OVERFLOW) <= 0
        page.set_viewport_size(SIZES[0])  # type: ignore[arg-type]
        assert_light(weighed(page, seen, address))
        assert seen.complaints == []


@pytest.mark.parametrize("screen", MAPS)
def test_no_word_of_a_map_is_cut_off_at_its_edge(screen: str, app: tuple[str, Callable[[], str]], browser: Browser) -> None:
    origin, new_link = app
    for size, picture in zip(SIZES, ("svg.mk-map", "svg.mk-narrow"), strict=True):
        with visiting(browser, new_link(), viewport=size) as (page, _):
            page.goto(f"{origin}{MAPS[screen]}")
            if screen.startswith("map, 0"):
                assert page.locator(picture).count() == 0
            else:
                assert page.locator(picture).evaluate(BEYOND) == []


@pytest.mark.parametrize(("count", "most"), [(25, 300_000), (MANY, 2_000_000)])
@pytest.mark.parametrize("thai", [False, True])
@pytest.mark.parametrize("decisive", ["none", "some", "all"])
def test_the_report_keeps_to_its_size(count: int, most: int, decisive: str, thai: bool, tmp_path: Path) -> None:
    found = {"none": 0, "some": count * 2 // 5, "all": count}[decisive]
    file = write(Findings(documents.shop(count, decisive=found, thai=thai)), tmp_path / "report.html")
    assert file.stat().st_size <= most
