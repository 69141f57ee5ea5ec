"""`make screens`: the pictures of the app in the documentation, taken of simulated companies that anybody can make again.

Two worlds, because no one world has everything: people over time with many touchpoints, and the demo shop with what people say.
"""

from __future__ import annotations

import argparse
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from momot import api
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


def whole(page: Page, address: str) -> None:
    """Go there until everything on it was read: only then the answer has an entity tag. Pages that are never kept have none."""
    for _ in range(240):
        answer = page.goto(address, wait_until="networkidle")
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
    options = parser.parse_args()
    take(PICTURES, worlds(options.worlds), options.target)


if __name__ == "__main__":
    main()
