"""The web app: pages that people open every morning, a JSON API, and the notes that make a finding somebody's work.

`application(settings)` is an ASGI app, `serve(settings)` runs it. Handlers translate and decide nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from momot.web.app import application
    from momot.web.serving import serve
    from momot.web.settings import Proxy, Settings

__all__ = ["Proxy", "Settings", "application", "serve"]
_HOME = {"application": "app", "serve": "serving"}


def __getattr__(name: str) -> Any:
    """The public names, from the module that defines them."""
    from importlib import import_module

    if name not in __all__:
        raise AttributeError(f"module 'momot.web' has no attribute '{name}'")
    return getattr(import_module(f"momot.web.{_HOME.get(name, 'settings')}"), name)
