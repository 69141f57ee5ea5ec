"""What verdicts are made of, kept: the raw estimates of a run, to be decided on again with pieces of the calibration switched off.

Estimating takes a minute, deciding a second. What is kept is of one state of the code: another one asks anew.
"""

from __future__ import annotations

import hashlib
import pickle
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any
from unittest import mock

import momot
from momot.findings import answer as deciding
from momot.findings.answer import Answered

ESTIMATING = ("build", "designs", "effects", "engine", "journeys", "project", "stats", "vocabulary")
"""Rooms on which a raw estimate rests."""
DECIDING = frozenset({"calibration.py"})
"""Modules of these rooms that come after it."""


@dataclass(frozen=True, slots=True)
class Raw:
    """The arguments of `momot.findings.answer.answer`, without the rows. `code`: of which state of the code they are."""

    code: str
    answered: tuple[Answered, ...]
    others: dict[str, Any]

    def decided(self, **options: Any) -> Any:
        """The findings; `options` are further arguments of `answer`."""
        return deciding.answer(self.answered, **(self.others | options))


@contextmanager
def kept() -> Iterator[list[Raw]]:
    """Keep what is handed to the decision while this is open, one entry a run."""
    found: list[Raw] = []
    decide = deciding.answer

    def answer(answered: list[Answered], **others: Any) -> Any:
        found.append(Raw(code(), tuple(map(_slim, answered)), others))
        return decide(answered, **others)

    with mock.patch.object(deciding, "answer", answer):
        yield found


def read(path: Path) -> Raw | None:
    """What was kept, if the code that it is of is that of now."""
    if not path.is_file():
        return None
    with path.open("rb") as file:
        try:
            raw = pickle.load(file)  # written by this benchmark
            return raw if raw.code == code() else None
        except (AttributeError, ImportError, TypeError, ValueError):  # of another state of the code
            return None


@cache
def code() -> str:
    """A hash of everything that a raw estimate rests on."""
    home = Path(momot.__file__).parent
    paths = sorted(p for room in ESTIMATING for p in (home / room).rglob("*") if p.suffix in (".py", ".sql") and p.name not in DECIDING)
    found = hashlib.sha256()
    for path in paths:
        found.update(str(path.relative_to(home)).encode())
        found.update(path.read_bytes())
    return found.hexdigest()


def _slim(one: Answered) -> Answered:
    """The same without rows; a panel's pilot goes too, as its frame knows how many rows there are."""
    frame = one.designed.frame
    panel = one.designed.panel is not None
    slim = replace(
        frame,
        covariates=tuple(replace(covariate, values=covariate.values[:0]) for covariate in frame.covariates),
        exposures=tuple(replace(exposure, codes=exposure.codes[:0], finer=None) for exposure in frame.exposures),
        **({name: getattr(frame, name)[:0] for name in ("outcome", "cluster", "bucket")} if panel else {}),
        weight=frame.weight[:0] if panel and frame.weight is not None else frame.weight,
    )
    return replace(one, designed=replace(one.designed, frame=slim, panel=None))
