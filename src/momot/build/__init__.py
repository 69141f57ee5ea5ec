"""From raw files to the canonical tables: `build` makes them, `open_build` reads them (DESIGN.md 3).

Names are imported when first used: whoever only reads the manifest does not wait for the engine.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

__all__ = ["Block", "Build", "Manifest", "Source", "Table", "build", "open_build", "spec_of"]

if TYPE_CHECKING:
    from momot.build.manifest import Block, Manifest, Source, Table, spec_of
    from momot.build.opened import Build, open_build
    from momot.build.pipeline import build

_HOME = {"build": "pipeline", "Build": "opened", "open_build": "opened"}


def __getattr__(name: str) -> Any:
    """The public names, from the module that defines them."""
    from importlib import import_module

    if name not in __all__:
        raise AttributeError(f"module 'momot.build' has no attribute '{name}'")
    return getattr(import_module(f"momot.build.{_HOME.get(name, 'manifest')}"), name)
