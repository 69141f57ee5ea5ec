"""`momot serve`: the web app of one project."""

from __future__ import annotations

from pathlib import Path

import click

from momot.cli import options
from momot.cli.machine import asked, machine
from momot.cli.output import words
from momot.errors import MissingExtraError
from momot.language import LANGUAGES
from momot.web.settings import LOOPBACK, PORT


@click.command(short_help="Serve the map as a web app.")
@options.folder()
@options.data()
@click.option(
    "--host", default=LOOPBACK, show_default=True, metavar="ADDRESS", help="Where to listen. Anything but loopback needs a proxy."
)
@click.option("--port", type=click.IntRange(0, 65535), default=PORT, show_default=True, help="Which port; 0 takes a free one.")
@click.option("--origin", metavar="URL", help="What the browser shows before the first slash, where a proxy stands between.")
@click.option("--proxy-header", metavar="NAME", help="The header in which the proxy names who asks.")
@click.option("--proxy-from", multiple=True, metavar="ADDRESS", help="Whom that header is believed from, or a network; may be repeated.")
@click.option("--identities", is_flag=True, help="Allow time lines to show ids of people. Without it they are masked.")
@click.option(
    "--language",
    type=click.Choice(tuple(LANGUAGES)),
    default="en",
    show_default=True,
    help="For readers who chose none and whose browser asks for none of these.",
)
@machine()
def serve(
    folder: Path,
    source: Path | None,
    host: str,
    port: int,
    origin: str | None,
    proxy_header: str | None,
    proxy_from: tuple[str, ...],
    identities: bool,
    language: str,
) -> None:
    """Serve the project in FOLDER as a web app: the map, moments, notes, and a JSON API. Prints a link that works once."""
    from momot import api
    from momot.web.settings import settings

    made = settings(
        folder,
        host=host,
        port=port,
        data=source,
        origin=origin,
        proxy_header=proxy_header,
        proxy_from=proxy_from,
        identities=identities,
        language=language,
        machine=asked(),
    )
    api.open(folder, data=source, **asked())  # what is wrong with the file is said here, not on a page
    try:
        from momot.web.serving import serve as run
    except ImportError as error:
        raise MissingExtraError(f"`momot serve` needs the extra web: pip install 'momot[web]' ({error.name} is missing).") from None
    run(made, words)
