"""Pages in other languages in a real browser: nothing that axe-core finds, nothing over the side, room for the marks of Thai."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from momot.findings import Findings
from momot.findings.runs import keep_run
from momot.report import write
from tests.browser.app import browsing, needs_axe, needs_browser, serving, violations, visiting
from tests.browser.test_web import OVERFLOW, SCREENS, SIZES, whole
from tests.findings import documents
from tests.language.pseudo import OPEN, speak
from tests.web.built import built
from tests.web.test_screens import by_region

if TYPE_CHECKING:
    from playwright.sync_api import Browser

pytestmark = [pytest.mark.browser, needs_browser]
LISTS = {
    "people": "/people?of=met&moment=support.call@smot",
    "texts": "/texts?of=texts",
}
PAGES = {**SCREENS, **LISTS, "error": "/nothing", "refused": "/?run=99"}
LOOKS: dict[str, dict[str, Any]] = {
    f"{width} {theme}": {"viewport": size, "color_scheme": theme} for width, size in SIZES.items() for theme in ("light", "dark")
}


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with browsing() as one:
        yield one


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = built(tmp_path_factory.mktemp("languages") / "shop")
    for one in (documents.episode(), by_region(), documents.several()):
        assert keep_run(Findings(one), made) is not None
    return made


@pytest.fixture(scope="module")
def app(folder: Path) -> Iterator[tuple[str, Callable[[], str]]]:
    """One app for all tests: what it read stays read."""
    with serving(folder) as one:
        yield one


def visited(browser: Browser, link: str, language: str, **look: Any) -> Any:
    """A signed-in page of a reader whose browser asks for this language."""
    return visiting(browser, link, locale=language, bypass_csp=True, **look)


@needs_axe
@pytest.mark.parametrize("look", LOOKS)
@pytest.mark.parametrize("language", ["en", "th", "vi"])
def test_axe_finds_nothing_on_any_page(language: str, look: str, app: tuple[str, Callable[[], str]], browser: Browser) -> None:
    """Every screen, every list behind a number, and what is shown when something goes wrong."""
    origin, new_link = app
    with visited(browser, new_link(), language, **LOOKS[look]) as (page, _):
        found = {}
        for name, address in PAGES.items():
            whole(page, f"{origin}{address}")
            assert page.evaluate("document.documentElement.lang") == language
            assert (page.locator("header.top").count() == 1) is (name not in ("error", "refused"))
            found[name] = [*violations(page), *(["runs over the side"] if page.evaluate(OVERFLOW) > 0 else [])]
        page.context.clear_cookies()
        for name, address in {"entry": "/enter?link=x", "not signed in": "/"}.items():
            page.context.add_init_script("HTMLFormElement.prototype.requestSubmit = () => {}")
            page.goto(f"{origin}{address}")
            found[name] = violations(page)
    assert {name: said for name, said in found.items() if said} == {}


@pytest.mark.parametrize("width", SIZES)
def test_long_messages_run_over_no_side(width: int, folder: Path, browser: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    """In a language longer than any of ours, on every page of the app."""
    speak(monkeypatch)
    with serving(folder) as (origin, new_link), visited(browser, new_link(), "et", viewport=SIZES[width]) as (page, _):
        wide = {}
        for name, address in PAGES.items():
            whole(page, f"{origin}{address}")
            assert OPEN in page.inner_text("main")
            wide[name] = page.evaluate(OVERFLOW)
    assert {name: over for name, over in wide.items() if over > 0} == {}


@pytest.mark.parametrize("width", SIZES)
@pytest.mark.parametrize("name", ["several", "survey", "experiment", "hostile"])
def test_a_report_of_long_messages_runs_over_no_side(
    name: str, width: int, tmp_path: Path, browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    speak(monkeypatch)
    report = write(Findings(documents.ALL[name]()), tmp_path / "report.html", language="et")
    context = browser.new_context(viewport=SIZES[width])  # type: ignore[arg-type]
    page = context.new_page()
    page.goto(report.as_uri())
    assert OPEN in page.inner_text("h1")
    assert page.evaluate(OVERFLOW) <= 0
    context.close()


@pytest.mark.parametrize("language", ["et", "cs", "id"])
def test_no_page_runs_over_the_side_of_a_phone(language: str, app: tuple[str, Callable[[], str]], browser: Browser) -> None:
    """In the languages that are not looked at above."""
    origin, new_link = app
    with visited(browser, new_link(), language, viewport=SIZES[390]) as (page, _):
        wide = {}
        for name, address in PAGES.items():
            whole(page, f"{origin}{address}")
            wide[name] = page.evaluate(OVERFLOW)
    assert {name: over for name, over in wide.items() if over > 0} == {}


def test_thai_has_room_for_its_marks_and_no_letters_are_set_apart(app: tuple[str, Callable[[], str]], browser: Browser) -> None:
    origin, new_link = app
    spaced = """() => [...document.querySelectorAll('body *')].filter(one => one.lang !== 'en' && !one.closest('svg') &&
      [...one.childNodes].some(node => node.nodeType === 3 && /[\\u0e00-\\u0e7f]/.test(node.data))).map(one => {
        const style = getComputedStyle(one);
        return [style.letterSpacing, parseFloat(style.lineHeight) / parseFloat(style.fontSize), one.tagName];
      })"""
    with visited(browser, new_link(), "th") as (page, _):
        whole(page, f"{origin}/?outcome=opinion")
        found = page.evaluate(spaced)
    assert len(found) > 40
    assert {spacing for spacing, _, _ in found} <= {"normal", "0px"}
    assert [tag for _, height, tag in found if height < 1.55] == []


def test_the_language_is_chosen_in_the_foot_and_kept(app: tuple[str, Callable[[], str]], browser: Browser) -> None:
    origin, new_link = app
    with visiting(browser, new_link(), locale="en") as (page, seen):
        page.goto(f"{origin}/runs")
        sizes = [one.bounding_box() for one in page.locator("footer button").all()]
        assert all(size["height"] >= 24 and size["width"] >= 24 for size in sizes if size)
        page.get_by_role("button", name="Čeština").click()
        page.wait_for_url(f"{origin}/runs")
        assert page.evaluate("document.documentElement.lang") == "cs"
        page.get_by_role("link", name="Mapa", exact=True).click()
        page.wait_for_load_state()
        assert page.get_by_role("button", name="Tmavý").count() == 1
        page.get_by_role("button", name="Tmavý").click()
        page.wait_for_function("document.documentElement.dataset.theme === 'dark'")
        assert page.get_by_role("button", name="Světlý").count() == 1
        assert seen.complaints == []
