"""The whole report of a project in a real browser: its languages, both widths, both themes, the keyboard, without scripts, on paper."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

import momot
from momot.findings import Findings
from momot.language import LANGUAGES
from momot.report import write
from momot.report.dossier import Dossier
from tests.browser.app import LISTEN, browsing, needs_axe, needs_browser, violations
from tests.browser.chromium import pdf
from tests.findings import documents
from tests.report.test_rows import with_more

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = [pytest.mark.browser, needs_browser]
OVERFLOW = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
SMALL = """
[...document.querySelectorAll("svg text, svg tspan, p, td, dd, li, span, div")].filter(one =>
  one.checkVisibility() && [...one.childNodes].some(node => node.nodeType === 3 && node.textContent.trim())
).map(one => [parseFloat(getComputedStyle(one).fontSize) * (one.ownerSVGElement
  ? one.ownerSVGElement.getBoundingClientRect().width / one.ownerSVGElement.viewBox.baseVal.width : 1),
  one.textContent.trim().slice(0, 30)])
.filter(([size]) => size < 10.4).map(([size, text]) => size.toFixed(1) + " " + text)
"""
"""Text under 10.4 px on the screen: marks are drawn with 11, which a page a little narrower than planned may shrink."""


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with browsing() as one:
        yield one


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Dossier:
    """The demo shop with all that is known of it."""
    return momot.dossier(momot.open(momot.worlds.shop(tmp_path_factory.mktemp("report") / "shop")))


@pytest.fixture(scope="module")
def pages(told: Dossier, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Its report in every language."""
    home = tmp_path_factory.mktemp("pages")
    return {code: write(told, home / f"{code}.html", language=code) for code in LANGUAGES}


@contextmanager
def opened(
    browser: Browser, file: Path, *, width: int = 1440, theme: str = "light", scripts: bool = True
) -> Iterator[tuple[Page, list[str]]]:
    """The file in a window, and what it asked for or complained of."""
    viewport = {"width": width, "height": 844 if width < 760 else 900}
    context = browser.new_context(viewport=viewport, color_scheme=theme, java_script_enabled=scripts)  # type: ignore[arg-type]
    context.add_init_script(LISTEN)
    page = context.new_page()
    seen: list[str] = []
    page.on("request", lambda one: None if one.url.startswith(("file:", "data:")) else seen.append(one.url))
    page.on("console", lambda one: seen.append(one.text) if one.type in ("error", "warning") else None)
    page.on("pageerror", lambda one: seen.append(str(one)))
    page.goto(file.as_uri())
    try:
        yield page, seen
    finally:
        context.close()


@needs_axe
@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 1440])
@pytest.mark.parametrize("code", ["en", "th", "vi"])
def test_axe_finds_no_violation(code: str, width: int, theme: str, pages: dict[str, Path], browser: Browser) -> None:
    with opened(browser, pages[code], width=width, theme=theme) as (page, seen):
        page.locator(".fold").first.check(force=True)
        assert violations(page) == []
        assert seen == []


@pytest.mark.parametrize("width", [390, 820, 1280, 1440])
@pytest.mark.parametrize("code", list(LANGUAGES))
def test_it_fits_in_every_language_and_no_text_is_tiny(code: str, width: int, pages: dict[str, Path], browser: Browser) -> None:
    with opened(browser, pages[code], width=width) as (page, seen):
        assert page.evaluate(OVERFLOW) <= 0
        assert page.evaluate(SMALL) == []
        shown = [page.locator(name).is_visible() for name in (".mk-map", ".mk-narrow")]
        assert shown == ([False, True] if width < 760 else [True, False])
        assert seen == []


def test_a_mark_on_the_map_leads_by_keyboard_to_its_section(pages: dict[str, Path], browser: Browser) -> None:
    with opened(browser, pages["en"]) as (page, _):
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.className") == "skip"
        page.locator(".mk-map a").first.focus()
        outlined = page.evaluate("getComputedStyle(document.activeElement.querySelector('.mk-hit')).strokeWidth")
        assert outlined == "1.75px"
        page.keyboard.press("Enter")
        target = page.evaluate("location.hash.slice(1)")
        assert page.locator(f"article#{target}").is_visible()


def test_it_reads_whole_without_scripts(pages: dict[str, Path], browser: Browser) -> None:
    with opened(browser, pages["en"], scripts=False) as (page, seen):
        assert page.locator("h1").is_visible()
        assert page.locator(".mk-map").is_visible()
        assert not page.locator("button.theme").is_visible()
        assert page.locator("#journey").is_visible()
        page.locator(".foldrow label").first.click()
        assert page.locator("tbody.quiet").first.is_visible()
        assert seen == []


@pytest.mark.skipif(shutil.which("pdftotext") is None, reason="pdftotext is not installed (on Debian: apt-get install poppler-utils)")
@pytest.mark.parametrize("code", list(LANGUAGES))
def test_map_and_table_print_on_two_pages_in_any_language(code: str, told: Dossier, pages: dict[str, Path], tmp_path: Path) -> None:
    printed = pdf(pages[code], tmp_path / f"{code}.pdf")
    text = subprocess.run(["pdftotext", "-layout", str(printed), "-"], capture_output=True, check=True).stdout.decode()
    first_two = "\n".join(text.split("\f")[:2])
    for finding in told.findings:
        assert finding.touchpoint in first_two


def test_two_hundred_touchpoints_fit_too(browser: Browser, tmp_path: Path) -> None:
    file = write(Findings(documents.shop(200)), tmp_path / "many.html")
    for width in (390, 1440):
        with opened(browser, file, width=width) as (page, seen):
            assert page.evaluate(OVERFLOW) <= 0
            assert seen == []


PAPER = 1032
"""Width of A4 landscape within its margins, in px."""
CUT = """
[...document.querySelectorAll(".forest")].flatMap(card => {
  const edge = Math.min(card.getBoundingClientRect().right, document.documentElement.clientWidth) + 0.5;
  const cells = [...card.querySelectorAll("th, td")].filter(one => one.checkVisibility());
  const ends = one => [...one.querySelectorAll("*"), one].map(inner => inner.getBoundingClientRect()).filter(box => box.width > 1);
  const over = cells.filter(one => ends(one).some(box => box.right > edge) || one.scrollWidth > one.clientWidth + 2);
  return over.filter(one => getComputedStyle(one).textOverflow !== "ellipsis").map(one => one.className + ": " + one.textContent.trim());
})
"""
"""Cells of the ranked table that reach over the page, or whose text is wider than their column."""


@pytest.mark.parametrize("code", list(LANGUAGES))
def test_no_column_of_the_ranked_table_is_cut_on_paper(code: str, pages: dict[str, Path], browser: Browser, tmp_path: Path) -> None:
    more = write(with_more(), tmp_path / f"{code}.html", language=code)
    for file in (pages[code], more):
        with opened(browser, file, width=PAPER) as (page, _):
            page.emulate_media(media="print", color_scheme="light")
            assert page.evaluate(OVERFLOW) <= 0
            assert page.evaluate(CUT) == []
