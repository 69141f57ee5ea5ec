"""A folder for what does not fit into memory, gone with the process that made it."""

from __future__ import annotations

import os
import shutil
import uuid
from pathlib import Path

from momot.errors import EngineError

_NAME = "momot-spill-"


class Spill:
    """A folder of this process in `parent`. Those that a killed process left there are removed first. Raises EngineError."""

    def __init__(self, parent: Path) -> None:
        self.folder = parent / f"{_NAME}{os.getpid()}-{uuid.uuid4().hex[:8]}"
        try:
            for left in parent.glob(f"{_NAME}*"):
                if not _alive(left.name.removeprefix(_NAME).split("-")[0]):
                    shutil.rmtree(left, ignore_errors=True)
            self.folder.mkdir(parents=True)
        except OSError as error:
            reason = (error.strerror or str(error)).lower()
            raise EngineError(
                f"The folder {parent} can't take what does not fit into memory ({reason}). Name another by `spill`."
            ) from error

    def remove(self) -> None:
        """Remove it with what is in it."""
        shutil.rmtree(self.folder, ignore_errors=True)


def _alive(number: str) -> bool:
    """Whether a process of that number runs; what is no number is not ours to remove."""
    if not number.isdigit():
        return True
    try:
        os.kill(int(number), 0)
    except ProcessLookupError:
        return False
    except OSError:  # somebody else's
        return True
    return True
