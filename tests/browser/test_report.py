"""The report in a real browser: no request, no violation, no overflow, a working theme and fold, a printable page."""

from __future__ import annotations

import importlib.util
import shutil
import subprocess
from pathlib import Path

import pytest

from momot.findings import Findings
from momot.report import write
from tests.browser.chromium import CHROMIUM, REASON, measure, pdf, visit
from tests.findings import documents
from tests.findings.documents import ALL

pytestmark = [pytest.mark.browser, pytest.mark.skipif(CHROMIUM is None, reason=REASON)]
AXE = importlib.util.find_spec("axe_playwright_python")
OVERFLOW = "return {page: document.documentElement.scrollWidth - document.documentElement.clientWidth}"


@pytest.fixture
def page(tmp_path: Path, request: pytest.FixtureRequest) -> Path:
    """The report of the document that the test names."""
    return write(Findings(ALL[request.param]()), tmp_path / f"{request.param}.html")


@pytest.mark.parametrize("page", ["hostile", "several"], indirect=True)
def test_nothing_is_requested_and_nothing_violates_the_policy(page: Path) -> None:
    seen = visit(page)
    assert "<h1" in seen.dom
    assert [one for one in seen.requests if not one.startswith(("file:", "data:"))] == []
    assert seen.console == ()


def test_the_browser_would_have_told(tmp_path: Path) -> None:
    """The check above can fail: a script that the policy does not know is refused and the console says so; a request is seen."""
    markup = write(Findings(documents.closed()), tmp_path / "report.html").read_text(encoding="utf-8")
    (tmp_path / "bad.html").write_text(markup.replace("</body>", "<script>document.title = 'ran'</script></body>"), encoding="utf-8")
    seen = visit(tmp_path / "bad.html")
    assert any("Content Security Policy" in line for line in seen.console)
    assert "<title>ran" not in seen.dom
    (tmp_path / "asks.html").write_text("<img src='http://example.invalid/pixel.png'>", encoding="utf-8")
    assert "http://example.invalid/pixel.png" in visit(tmp_path / "asks.html").requests


@pytest.mark.parametrize("width", [390, 1440])
@pytest.mark.parametrize("page", ["hostile", "several", "survey"], indirect=True)
def test_nothing_runs_over_the_side(page: Path, width: int) -> None:
    assert measure(page, OVERFLOW, width=width)["page"] <= 0


@pytest.mark.parametrize("page", ["shop"], indirect=True)
def test_folded_rows_open_without_script_of_ours_and_line_up(page: Path) -> None:
    found = measure(
        page,
        """
        const quiet = document.querySelector("tbody.quiet"), left = one => one.getBoundingClientRect().left;
        const before = getComputedStyle(quiet).display;
        document.querySelector(".fold").click();
        const marks = [...document.querySelectorAll(".forest svg.fr")].map(left);
        return {before, after: getComputedStyle(quiet).display, places: [...new Set(marks.map(Math.round))].length};
        """,
    )
    assert found == {"before": "none", "after": "table-row-group", "places": 1}


@pytest.mark.parametrize("page", ["episode"], indirect=True)
def test_the_theme_changes_and_is_kept(page: Path) -> None:
    found = measure(
        page,
        """
        const colour = () => getComputedStyle(document.body).backgroundColor, button = document.querySelector("button.theme");
        const shown = !button.hidden, first = colour(), word = button.textContent;
        button.click();
        const second = colour();
        return {shown, first, second, words: [word, button.textContent], kept: localStorage.getItem("momot-theme")};
        """,
    )
    assert found["shown"]
    assert {found["first"], found["second"]} == {"rgb(246, 246, 243)", "rgb(16, 19, 22)"}
    assert sorted(found["words"]) == ["Dark", "Light"]
    assert found["kept"] in ("dark", "light")


@pytest.mark.skipif(shutil.which("pdftotext") is None, reason="pdftotext is not installed (on Debian: apt-get install poppler-utils)")
@pytest.mark.parametrize("page", ["shop"], indirect=True)
def test_map_and_table_print_on_two_pages_with_every_name(page: Path, tmp_path: Path) -> None:
    printed = pdf(page, tmp_path / "report.pdf")
    text = subprocess.run(["pdftotext", "-layout", str(printed), "-"], capture_output=True, check=True).stdout.decode()
    pages = text.split("\f")
    first_two = "\n".join(pages[:2])
    for finding in documents.shop().findings:
        assert finding.touchpoint in first_two
    assert "Checks" in pages[2]
    assert "How it was asked" in text


@pytest.mark.skipif(AXE is None, reason="axe-playwright-python, whose axe.min.js this uses, is not installed")
@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 1440])
@pytest.mark.parametrize("page", ["several", "survey"], indirect=True)
def test_axe_finds_no_violation(page: Path, width: int, theme: str) -> None:
    assert AXE is not None
    assert AXE.submodule_search_locations
    axe = (Path(AXE.submodule_search_locations[0]) / "axe.min.js").read_text(encoding="utf-8")
    tags = "['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']"
    script = f"""
        document.documentElement.dataset.theme = "{theme}";
        {axe}
        const found = await axe.run(document, {{runOnly: {tags}}});
        return found.violations.map(one => one.id + ": " + one.nodes.map(node => node.html.slice(0, 200)).join(" | "));
    """
    assert measure(page, script, width=width) == []
