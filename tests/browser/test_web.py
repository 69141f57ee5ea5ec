"""The app in a real browser: nothing from elsewhere, the policy obeyed, whole without a mouse and without scripts, within its budget."""

from __future__ import annotations

import base64
import gzip
import re
import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest

from momot.build.manifest import require_manifest
from momot.findings import Findings
from momot.findings.runs import keep_run
from momot.web.rendering import _static
from tests.browser.app import assert_light, browsing, needs_axe, needs_browser, serving, violations, visiting, weighed
from tests.browser.screens import LOOKS, Look, seen_as
from tests.findings import documents
from tests.web.built import BAD, built
from tests.web.served import project
from tests.web.test_screens import by_region

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = [pytest.mark.browser, needs_browser]
SIZES = {1440: {"width": 1440, "height": 900}, 390: {"width": 390, "height": 844}}
SCREENS = {
    "map": "/",
    "moment": "/moment?name=delivery.promise@smot&outcome=opinion",
    "journeys": "/journeys?moment=support.call@smot",
    "person": "/journeys/person?moment=support.call@smot&number=2",
    "people": "/people?of=met&moment=support.call@smot&went=badly&outcome=opinion",
    "texts": "/texts?of=side&kind=pain_point",
    "voices": "/voices?by=region",
    "data": "/data",
    "runs": "/runs",
    "diff": "/runs/diff",
}
OVERFLOW = "document.documentElement.scrollWidth - document.documentElement.clientWidth"


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with browsing() as one:
        yield one


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = built(tmp_path_factory.mktemp("web") / "shop")
    for one in (documents.episode(), by_region(), documents.several()):
        assert keep_run(Findings(one), made) is not None
    return made


def whole(page: Page, address: str) -> None:
    """Go there, and wait until nothing on it is still being read: until then it looks again by itself."""
    page.goto(address)
    page.wait_for_selector("meta[http-equiv=refresh], [data-again]", state="detached", timeout=60_000)
    page.wait_for_load_state()


@pytest.fixture(scope="module")
def app(folder: Path) -> Iterator[tuple[str, Callable[[], str]]]:
    """One app for all tests: what it read stays read."""
    with serving(folder) as one:
        yield one


@pytest.fixture
def served(app: tuple[str, Callable[[], str]]) -> tuple[str, str]:
    """Its origin, and a new link."""
    return app[0], app[1]()


@pytest.mark.parametrize("width", SIZES)
@pytest.mark.parametrize("screen", SCREENS)
def test_every_screen_asks_only_us_obeys_the_policy_and_fits(screen: str, width: int, served: tuple[str, str], browser: Browser) -> None:
    origin, link = served
    with visiting(browser, link, viewport=SIZES[width]) as (page, seen):
        whole(page, f"{origin}{SCREENS[screen]}")
        page.wait_for_load_state("networkidle")
        assert seen.hosts == {urlsplit(origin).netloc}
        assert seen.complaints == []
        assert page.evaluate(OVERFLOW) <= 0


def test_the_browser_would_have_told(served: tuple[str, str], browser: Browser) -> None:
    """The check above can fail: an inline style is refused, and that is heard."""
    origin, link = served
    with visiting(browser, link) as (page, seen):
        page.goto(f"{origin}/")
        page.evaluate("() => document.body.insertAdjacentHTML('beforeend', '<p style=\"color:red\">x</p>')")
        page.wait_for_timeout(200)
        assert any("style" in one for one in seen.complaints)


@pytest.mark.parametrize("name", ["hostile", "quiet", "untold", "closed"])
def test_hostile_and_empty_projects_hold(name: str, tmp_path: Path, browser: Browser) -> None:
    with serving(project(tmp_path / "p", getattr(documents, name)())) as (origin, new_link), visiting(browser, new_link()) as (page, seen):
        for size in SIZES.values():
            page.set_viewport_size(size)  # type: ignore[arg-type]
            page.goto(f"{origin}/")
            assert page.evaluate(OVERFLOW) <= 0
            assert page.evaluate("window.ran") is None
            first = page.locator(".forest .name a").first
            if first.count():
                first.click()
                page.wait_for_load_state("networkidle")
                assert page.evaluate(OVERFLOW) <= 0
        assert seen.complaints == []
        assert seen.hosts == {urlsplit(origin).netloc}


MARKUP = "<script>window.ran = 1</script> \"'><img src=x onerror='window.ran = 1'>"
WRITTEN = f"{BAD} {MARKUP} \u202etxt.exe\u202c \u0645\u0631\u062d\u0628\u0627 \U0001f4e6 " + "y" * 9_000


def test_what_people_wrote_is_text_and_nothing_else(tmp_path: Path, browser: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    """Quotes and lists of texts with markup, marks of direction, emoji and words of nine thousand letters."""
    monkeypatch.setattr("tests.web.built.BAD", WRITTEN)
    with serving(built(tmp_path / "p")) as (origin, new_link), visiting(browser, new_link()) as (page, seen):
        for address in ("/voices", "/texts?of=texts"):
            whole(page, f"{origin}{address}")
            for size in SIZES.values():
                page.set_viewport_size(size)  # type: ignore[arg-type]
                assert page.evaluate(OVERFLOW) <= 0
            assert "The line was dead" in page.inner_text("main")
            assert page.evaluate("window.ran") is None
            assert "\u202e" not in page.content()
        assert page.locator("img").count() == 0
        assert seen.complaints == []


@needs_axe
def test_axe_would_have_told(served: tuple[str, str], browser: Browser) -> None:
    with visiting(browser, served[1], bypass_csp=True) as (page, _):
        page.evaluate("() => document.querySelector('h1').remove()")
        assert violations(page) != []


def test_the_map_is_walked_by_keys_and_a_mark_brings_its_moment_into_the_panel(served: tuple[str, str], browser: Browser) -> None:
    origin, link = served
    with visiting(browser, link, viewport=SIZES[1440]) as (page, seen):
        page.goto(f"{origin}/?outcome=repurchase")
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.className") == "skip"
        page.keyboard.press("Enter")
        assert page.evaluate("document.activeElement.id") == "main"
        links = page.locator("svg.mk-map a[href]")
        links.first.focus()
        names = []
        for _ in range(3):
            page.keyboard.press("ArrowRight")
            names.append(page.evaluate("document.activeElement.getAttribute('href')"))
        assert len(set(names)) == 3
        before = page.locator("#panel h2").inner_text()
        page.keyboard.press("Enter")
        page.wait_for_function("before => document.querySelector('#panel h2').innerText !== before", arg=before)
        assert "moment=" in page.url
        assert page.evaluate("document.activeElement.getAttribute('href')") == names[-1]
        assert page.evaluate("document.activeElement.matches(':focus-visible')")
        page.go_back()
        page.wait_for_function("before => document.querySelector('#panel h2').innerText === before", arg=before)
        assert seen.complaints == []


def pressed_until(page: Page, wanted: str) -> None:
    """Go on with the key alone until what is wanted has the focus, and it shows."""
    for _ in range(200):
        page.keyboard.press("Tab")
        if page.evaluate("wanted => document.activeElement.matches(wanted)", wanted):
            assert page.evaluate("document.activeElement.matches(':focus-visible')")
            return
    raise AssertionError(f"{wanted} is out of reach of the keyboard")


def test_a_note_is_written_without_a_mouse(served: tuple[str, str], browser: Browser) -> None:
    """From the map into the panel, on to the moment, into the form and kept, by keys alone."""
    origin, link = served
    with visiting(browser, link, viewport=SIZES[1440]) as (page, seen):
        page.goto(f"{origin}/?outcome=repurchase")
        pressed_until(page, "#panel a.button")
        page.keyboard.press("Enter")
        page.wait_for_url("**/moment**")
        pressed_until(page, "input[name=owner]")
        page.keyboard.press("Control+A")
        page.keyboard.type("Grace")
        page.keyboard.press("Enter")
        page.wait_for_load_state("networkidle")
        assert page.get_by_label("Owner").input_value() == "Grace"
        pressed_until(page, ".places a")
        assert seen.complaints == []


def test_everything_works_without_scripts(served: tuple[str, str], browser: Browser) -> None:
    origin, link = served
    with visiting(browser, link, scripts=False, viewport=SIZES[1440]) as (page, _):
        page.goto(f"{origin}/")
        headline = page.locator("h1").inner_text()
        page.locator(".seg a").nth(1).click()
        assert page.locator("h1").inner_text() != headline
        page.locator("svg.mk-map a[href]").first.click()
        assert "moment=" in page.url
        page.locator("#panel a.button").click()
        page.get_by_label("Owner").fill("Ada")
        page.get_by_role("button", name="Keep").click()
        assert page.get_by_label("Owner").input_value() == "Ada"
        page.get_by_role("button", name="Dark").click()
        assert page.locator("html[data-theme=dark]").count() == 1
        page.get_by_role("button", name="Light").click()
        assert page.locator("html[data-theme=light]").count() == 1
        page.goto(f"{origin}/?outcome=opinion")
        page.get_by_label("Period").select_option(index=1)
        page.get_by_role("button", name="Show").first.click()
        assert "period=" in page.url
        page.goto(f"{origin}/?outcome=opinion")
        page.get_by_text("Another period").click()
        page.get_by_label("From").fill("2024-01-01")
        page.get_by_label("To", exact=True).fill("2024-02-29")
        page.get_by_role("button", name="Show").last.click()
        assert "since=2024-01-01" in page.url
        assert "Nothing has been asked of this period yet" in page.locator("h1").inner_text()
        page.goto(f"{origin}/")
        page.get_by_role("button", name="Leave").click()
        page.goto(f"{origin}/")
        assert "Not signed in" in page.content()


def test_the_theme_is_kept_from_page_to_page(served: tuple[str, str], browser: Browser) -> None:
    origin, link = served
    with visiting(browser, link, color_scheme="light") as (page, seen):
        page.goto(f"{origin}/")
        background = "getComputedStyle(document.body).backgroundColor"
        light = page.evaluate(background)
        page.get_by_role("button", name="Dark").click()
        page.wait_for_function(f"light => {background} !== light", arg=light)
        dark = page.evaluate(background)
        page.goto(f"{origin}/runs")
        assert page.evaluate(background) == dark
        page.get_by_role("button", name="Light").click()
        page.wait_for_function(f"dark => {background} !== dark", arg=dark)
        assert page.evaluate(background) == light
        assert seen.complaints == []


@pytest.mark.parametrize("screen", SCREENS)
def test_every_screen_keeps_to_its_budget(screen: str, served: tuple[str, str], browser: Browser) -> None:
    origin, link = served
    with visiting(browser, link, viewport=SIZES[1440]) as (page, seen):
        whole(page, f"{origin}{SCREENS[screen]}")
        assert_light(weighed(page, seen, f"{origin}{SCREENS[screen]}"))


def test_style_and_script_keep_to_their_budget() -> None:
    assert len(gzip.compress(_static("momot.css"))) <= 6_000
    script = _static("app.js")
    assert len(script) <= 8_000
    assert script.count(b"\n") < 200
    assert not re.search(rb"eval|innerHTML|https?://|new Function", script)


def test_templates_hold_nothing_inline(root: Path) -> None:
    for path in (root / "src" / "momot" / "web" / "templates").iterdir():
        text = path.read_text(encoding="utf-8")
        assert not re.search(r"\sstyle=|\son\w+=|javascript:|https?://|\|\s*safe", text), path.name


@pytest.mark.skipif(shutil.which("pdftotext") is None, reason="pdftotext is not installed (on Debian: apt-get install poppler-utils)")
def test_the_map_prints_with_every_name_and_without_controls(served: tuple[str, str], browser: Browser, tmp_path: Path) -> None:
    origin, link = served
    with visiting(browser, link, color_scheme="dark") as (page, _):
        whole(page, f"{origin}/?outcome=opinion")
        page.pdf(path=tmp_path / "map.pdf", format="A4", landscape=True, prefer_css_page_size=True)
        page.emulate_media(media="print")
        assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    text = subprocess.run(["pdftotext", "-layout", str(tmp_path / "map.pdf"), "-"], capture_output=True, check=True).stdout.decode()
    for moment in Findings(documents.several()):
        if moment.decisive and moment.question.id == "opinion":
            assert moment.touchpoint in text
    for control in ("Leave", "Dark", "Light", "Everybody"):
        assert control not in text


def test_make_and_break_are_told_apart_without_their_colours(served: tuple[str, str], browser: Browser) -> None:
    """Signs and words say it beside the colour."""
    origin, link = served
    with visiting(browser, link, viewport=SIZES[1440]) as (page, _):
        whole(page, f"{origin}/?outcome=opinion")
        numbers = page.locator(".forest tbody:not(.quiet) .e.solid").all_inner_texts()
        assert numbers
        assert all(number.startswith(("+", "\u2212")) for number in numbers)
        pills = page.locator(".pill.makes, .pill.breaks, .pill.both").all_inner_texts()
        assert pills
        assert all(re.search("make|break", words, re.IGNORECASE) for words in pills)


SHAPES = """
() => {
  const tip = path => { const [, base, , , top] = path.getAttribute("d").match(/-?[\\d.]+/g).map(Number); return Math.sign(top - base); };
  const rows = document.querySelectorAll(".forest svg.fr");
  const of = side => [...rows].flatMap(svg => [...svg.querySelectorAll(`path.mk-${side}-fill, path.mk-${side}-hollow`)]).map(tip);
  const map = document.querySelector("svg.mk-map"), zero = +map.querySelector(".mk-zero").getAttribute("y1");
  const heights = side => [...map.querySelectorAll(`.mk-${side}-fill, .mk-${side}-open`)]
    .flatMap(path => path.getAttribute("d").split("M").slice(1)).map(part => Math.sign(+part.split(" ")[1].match(/^-?[\\d.]+/)[0] - zero));
  return {triangles: {make: of("make"), break: of("break")}, discs: {make: heights("make"), break: heights("break")}};
}
"""
"""Which way each triangle of the table points and on which side of the reference each disc of the map stands: -1 is up, 1 is down."""
COLOURFUL = """
async ([text]) => {
  const image = new Image();
  image.src = "data:image/png;base64," + text;
  await image.decode();
  const canvas = new OffscreenCanvas(image.width, image.height), pen = canvas.getContext("2d");
  pen.drawImage(image, 0, 0);
  const {data} = pen.getImageData(0, 0, image.width, image.height);
  let count = 0;
  for (let i = 0; i < data.length; i += 4) {
    const colours = [data[i], data[i + 1], data[i + 2]];
    if (Math.max(...colours) - Math.min(...colours) > 40) count++;
  }
  return count;
}
"""


@pytest.mark.parametrize("look", [look for look in LOOKS if look.vision != "none"], ids=lambda look: look.name)
def test_shapes_say_what_colours_say_to_whoever_does_not_see_them(look: Look, served: tuple[str, str], browser: Browser) -> None:
    """Triangles point and discs stand up for what makes and down for what breaks; the browser really draws the page as they see it."""
    origin, link = served
    with visiting(browser, link, viewport=SIZES[1440], bypass_csp=True) as (page, _):
        whole(page, f"{origin}/?outcome=repurchase")
        colours = page.evaluate(COLOURFUL, [base64.b64encode(page.locator(".map").screenshot()).decode()])
        seen_as(page, look)
        found = page.evaluate(SHAPES)
        for shapes in found.values():
            assert set(shapes["make"]) == {-1}
            assert set(shapes["break"]) == {1}
        left = page.evaluate(COLOURFUL, [base64.b64encode(page.locator(".map").screenshot()).decode()])
        assert colours > 1_000
        assert left == 0 if look.vision == "achromatopsia" else left > 1_000


def test_nobody_loses_what_they_write_while_something_is_read(tmp_path: Path, browser: Browser) -> None:
    made = built(tmp_path / "shop")
    found = documents.document(
        [documents.question()],
        [documents.finding("support.call")],
        [documents.effect("support.call@smot", "bad-good", -1.0, 0.2)],
        build=require_manifest(made / ".momot").build,
    )
    assert keep_run(Findings(found), made)
    with serving(made, patience=0.05) as (origin, new_link), visiting(browser, new_link()) as (page, seen):
        page.goto(f"{origin}/moment?name=support.call@smot")
        assert page.locator("[data-again]").count() == 1
        page.get_by_label("Owner").fill("Ada, who is still writing")
        page.wait_for_selector("[data-again]", state="detached", timeout=60_000)
        assert page.get_by_label("Owner").input_value() == "Ada, who is still writing"
        assert "Why it goes badly" in page.locator("#why").inner_text()
        assert seen.complaints == []
