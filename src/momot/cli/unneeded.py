"""Packages that libraries of ours load where they find them, though a command has no use for them."""

from __future__ import annotations

import sys

UNNEEDED = ("pandas",)
"""pyarrow looks for it whenever it makes an array: half a second, and no table of it can come into a process of the command line.

pyspark can't hand rows to Python without it: where pyspark is loaded, it may be.
"""


class Unneeded:
    """An importer that finds nothing of them anywhere."""

    @staticmethod
    def find_spec(name: str, *_: object) -> None:
        """Raise ModuleNotFoundError for a package without use, leave others to those who find them."""
        if name in UNNEEDED and "pyspark" not in sys.modules:
            raise ModuleNotFoundError(f"No module named '{name}'", name=name)


def leave_out() -> None:
    """Load none of them in this process from now on."""
    sys.meta_path.insert(0, Unneeded)
