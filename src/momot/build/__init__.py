"""From raw files to the canonical tables: `build` makes them, `open_build` reads them (DESIGN.md 3)."""

from momot.build.manifest import Block, Manifest, Source, Table
from momot.build.opened import Build, open_build
from momot.build.pipeline import build, spec_of

__all__ = ["Block", "Build", "Manifest", "Source", "Table", "build", "open_build", "spec_of"]
