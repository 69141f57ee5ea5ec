"""`make screens`: the pictures of the app in the documentation, taken of simulated companies that anybody can make again.

Two worlds, because no one world has everything: people over time with many touchpoints, and the demo shop with what people say.

`make screens-all` takes every screen and the report as everybody may see them: both widths, light and dark, on paper, and for readers who
see no colour, or no difference between red and green. They go to the folder that `MOMOT_SCREENS` names and stay there until the next time,
when what has changed since is said and the picture before is kept beside the new one. That only warns: a person looks before a release.
"""

from __future__ import annotations

import argparse
import base64
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from momot import api
from momot.report import write
from momot.worlds import make, shop
from tests.browser.app import browsing, serving, visiting

if TYPE_CHECKING:
    from playwright.sync_api import Page

WIDE, PHONE = {"width": 1440, "height": 900}, {"width": 390, "height": 844}


@dataclass(frozen=True, slots=True)
class Picture:
    """One picture: which world, which address, how wide, how lit."""

    name: str
    world: Literal["people", "orders"]
    address: str
    dark: bool = False
    phone: bool = False
    tall: bool = True  # the whole page, not what fits a screen


PICTURES = (
    Picture("map", "people", "/?outcome=opinion"),
    Picture("map-dark", "people", "/?outcome=opinion", dark=True, tall=False),
    Picture("map-phone", "people", "/?outcome=opinion", phone=True, tall=False),
    Picture("moment", "orders", "/moment?name=delivery.parcel@smot"),
    Picture("journeys", "people", "/journeys?moment=delivery.parcel@smot", tall=False),
    Picture("person", "orders", "/journeys/person?moment=support.reply@smot", tall=False),
    Picture("voices", "orders", "/voices?by=region", tall=False),
    Picture("data", "orders", "/data", tall=False),
    Picture("runs", "orders", "/runs", tall=False),
)


EVERY: tuple[tuple[str, Literal["people", "orders"], str], ...] = (
    ("map", "people", "/?outcome=opinion"),
    ("map-orders", "orders", "/"),
    ("moment", "orders", "/moment?name=delivery.parcel@smot"),
    ("journeys", "people", "/journeys?moment=delivery.parcel@smot"),
    ("person", "orders", "/journeys/person?moment=support.reply@smot"),
    ("people", "orders", "/people?of=stage&stage=smot"),
    ("texts", "orders", "/texts?of=texts"),
    ("voices", "orders", "/voices?by=region"),
    ("data", "orders", "/data"),
    ("runs", "orders", "/runs"),
    ("diff", "orders", "/runs/diff"),
    ("error", "orders", "/?outcome=none"),
)
"""Every screen of the app: name, world, address."""


@dataclass(frozen=True, slots=True)
class Look:
    """How a page is seen. `vision` is one of the deficiencies that Chromium can draw."""

    name: str
    size: dict[str, int]
    dark: bool = False
    paper: bool = False
    vision: str = "none"


LOOKS = (
    Look("1440-light", WIDE),
    Look("1440-dark", WIDE, dark=True),
    Look("390-light", PHONE),
    Look("390-dark", PHONE, dark=True),
    Look("print", {"width": 1032, "height": 730}, paper=True),
    Look("grey", WIDE, vision="achromatopsia"),
    Look("deuteranopia", WIDE, vision="deuteranopia"),
)


def worlds(folder: Path) -> dict[str, Path]:
    """Both, built and asked; what is there already is taken as it is."""
    made = {"people": folder / "people", "orders": folder / "orders"}
    if not made["people"].exists():
        make("delivery", made["people"], people=3_000)
    if not made["orders"].exists():
        shop(made["orders"])
    for place in made.values():
        if not api.runs(place):
            api.find_moments(api.open(place), by="region")
    return made


def take(pictures: tuple[Picture, ...], made: dict[str, Path], target: Path) -> None:
    """Take them, each when nothing on the page is still being read."""
    target.mkdir(parents=True, exist_ok=True)
    with browsing() as browser:
        for world, folder in made.items():
            with serving(folder) as (origin, new_link):
                for one in (one for one in pictures if one.world == world):
                    size = PHONE if one.phone else WIDE
                    with visiting(browser, new_link(), viewport=size, color_scheme="dark" if one.dark else "light") as (page, _):
                        whole(page, f"{origin}{one.address}")
                        page.screenshot(path=target / f"{one.name}.png", full_page=one.tall)
                        print(target / f"{one.name}.png")


def take_every(made: dict[str, Path], target: Path) -> list[str]:
    """Take every screen and the report in every look; the warnings of what is no longer as it was."""
    target.mkdir(parents=True, exist_ok=True)
    if len(api.runs(made["orders"])) < 2:  # two runs, so that there is something to compare
        api.find_moments(api.open(made["orders"]))
    report = write(api.dossier(api.open(made["orders"])), target / "report.html")
    warnings = []
    with browsing() as browser:
        for world, folder in made.items():
            with serving(folder) as (origin, new_link):
                for look in LOOKS:
                    with visiting(browser, new_link(), viewport=look.size, color_scheme="dark" if look.dark else "light") as (page, _):
                        for name, _, address in (one for one in EVERY if one[1] == world):
                            if name == "error":
                                page.goto(f"{origin}{address}")
                            else:
                                whole(page, f"{origin}{address}")
                            warnings += kept(page, look, target / f"{name}-{look.name}.png")
                        if world == "orders":
                            page.goto(report.as_uri())
                            warnings += kept(page, look, target / f"report-{look.name}.png")
    return warnings


def kept(page: Page, look: Look, file: Path) -> list[str]:
    """Take the whole page as `look` sees it. Where another was there, say what share of it changed and keep it beside the new one."""
    before = file.read_bytes() if file.exists() else None
    seen_as(page, look)
    after = page.screenshot(path=file, full_page=True)
    page.emulate_media(media="screen")
    share = 0.0 if before is None or before == after else changed(page, before, after)
    if share <= MOST_CHANGED or before is None:
        return []
    file.with_suffix(".before.png").write_bytes(before)
    return [f"{file.name}: {share:.1%} of it is no longer as it was"]


def seen_as(page: Page, look: Look) -> None:
    """Let the browser draw the page as paper, or as somebody sees it who lacks colours."""
    page.emulate_media(media="print" if look.paper else "screen")
    page.context.new_cdp_session(page).send("Emulation.setEmulatedVisionDeficiency", {"type": look.vision})


MOST_CHANGED = 0.001
"""Share of the pixels that may differ: a caret, a clock."""
COMPARE = """async ([before, after]) => {
  const read = async text => {
    const image = new Image();
    image.src = "data:image/png;base64," + text;
    await image.decode();
    const canvas = new OffscreenCanvas(image.width, image.height), pen = canvas.getContext("2d");
    pen.drawImage(image, 0, 0);
    return pen.getImageData(0, 0, image.width, image.height);
  };
  const [one, other] = [await read(before), await read(after)];
  if (one.width !== other.width || one.height !== other.height) return 1;
  let count = 0;
  for (let i = 0; i < one.data.length; i += 4) {
    if ([0, 1, 2].some(k => Math.abs(one.data[i + k] - other.data[i + k]) > 24)) count++;
  }
  return count / (one.data.length / 4);
}"""


def changed(page: Page, before: bytes, after: bytes) -> float:
    """The share of pixels that differ between two pictures; 1 where they are not of one size. Read by the browser, on a page of its own."""
    assert page.context.browser
    blank = page.context.browser.new_page()
    try:
        return float(blank.evaluate(COMPARE, [base64.b64encode(one).decode() for one in (before, after)]))
    finally:
        blank.close()


def whole(page: Page, address: str) -> None:
    """Go there until everything on it was read: only then the answer has an entity tag. Pages that are never kept have none."""
    from playwright.sync_api import Error

    for _ in range(240):
        try:
            answer = page.goto(address, wait_until="networkidle")
        except Error as error:
            if "ERR_ABORTED" not in str(error):
                raise
            continue  # the page looked again by itself at the same moment
        reading = page.locator("meta[http-equiv=refresh], [data-again]").count() > 0
        if answer is not None and ("etag" in answer.headers or (not reading and answer.url.endswith(("/data", "/runs")))):
            return
        page.wait_for_timeout(500)
    raise SystemExit(f"{address} was not ready in two minutes")


def main() -> None:
    """Make what is missing and take every picture."""
    parser = argparse.ArgumentParser(prog="python -m tests.browser.screens", description=__doc__)
    parser.add_argument("target", type=Path, nargs="?", default=Path("docs/screens"), help="where the pictures go")
    parser.add_argument("--worlds", type=Path, default=Path("build/screens"), help="where the companies are, or are made")
    parser.add_argument("--every", action="store_true", help="every screen in every look, instead of the pictures of the documentation")
    options = parser.parse_args()
    if not options.every:
        take(PICTURES, worlds(options.worlds), options.target)
        return
    for warning in take_every(worlds(options.worlds), options.target):
        print(f"warning: {warning}")
    print(f"{len(list(options.target.glob('*.png')))} pictures in {options.target}")


if __name__ == "__main__":
    main()
