"""Running the app: the port is taken first, so that the printed link is one that answers."""

from __future__ import annotations

import socket
from collections.abc import Callable

import uvicorn

from momot.errors import EngineError
from momot.web.app import application
from momot.web.settings import Settings, bracketed
from momot.web.state import State

GRACE = 5
"""Seconds that running answers get when the app is stopped."""
KEEP_ALIVE = 75
"""Seconds that a connection may wait for the next request: longer than proxies keep theirs, so that none sends into a closed one."""
BACKLOG = 256


def serve(settings: Settings, say: Callable[[str], None]) -> None:
    """Serve until stopped. `say` hears the address, once. Raises EngineError where the port can't be had."""
    listening = _listen(settings.host, settings.port)
    settings = _with_port(settings, listening.getsockname()[1])
    app = application(settings)
    say(_greeting(settings, app.state.momot))
    config = uvicorn.Config(
        app,
        access_log=False,  # addresses hold the link and names of people
        log_level="warning",
        server_header=False,
        proxy_headers=False,  # whom we believe is decided by the guard
        timeout_keep_alive=KEEP_ALIVE,
        timeout_graceful_shutdown=GRACE,
    )
    try:
        uvicorn.Server(config).run(sockets=[listening])
    finally:
        listening.close()


def _listen(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listening = socket.socket(family, socket.SOCK_STREAM)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((host.strip("[]"), port))
        listening.listen(BACKLOG)
    except OSError as error:
        listening.close()
        raise EngineError(f"{bracketed(host)}:{port} can't be listened on: {error.strerror or error}. --port takes another.") from None
    return listening


def _with_port(settings: Settings, port: int) -> Settings:
    from dataclasses import replace

    return replace(settings, port=port)


def _greeting(settings: Settings, state: State) -> str:
    if settings.proxy is not None:
        return f"momot answers the proxy on {bracketed(settings.host)}:{settings.port}, for {settings.origin}."
    return f"Open this link once, here on this machine:\n  {settings.origins[0]}/enter?link={state.entry.new_link()}\nCtrl-C stops."
