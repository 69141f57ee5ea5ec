"""The errors momot raises. Doubts about statistics are checks on a finding; only wrong use and broken input raise.

MomotError
├── ProjectError(ValueError)          momot.toml is wrong: block, key, what was found, nearest fix
├── DataError(ValueError)             a source or the built data is wrong
│   ├── MissingSource                 a file or table that is named is not there
│   ├── MissingColumn                 an expression names a column that the source does not have
│   ├── UnreadableSource              the bytes can't be read as what they claim to be
│   ├── NotATime                      a column used as a time is not one
│   ├── WrongGrain                    several rows where one was promised
│   ├── NothingLeft                   a source or a block without a single usable row
│   └── NotBuilt                      there is no build to read; run `momot build`
├── QuestionError(ValueError)         an outcome, moment or option that does not exist
├── EngineError(RuntimeError)         the engine or the disk failed; the previous build still answers
└── MissingExtraError(ImportError)    an optional dependency is not installed
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable


class MomotError(Exception):
    """Base of every error that momot raises on purpose."""


class ProjectError(MomotError, ValueError):
    """The project file is wrong."""


class DataError(MomotError, ValueError):
    """A source or the built data is wrong."""


class MissingSource(DataError):
    """A file or table that is named is not there."""


class MissingColumn(DataError):
    """An expression names a column that its source does not have."""


class UnreadableSource(DataError):
    """The bytes can't be read as what they claim to be."""


class NotATime(DataError):
    """A column used as a time is not one."""


class WrongGrain(DataError):
    """Several rows where one was promised."""


class NothingLeft(DataError):
    """A source or a block without a single usable row."""


class NotBuilt(DataError):
    """There is no build to read."""


class QuestionError(MomotError, ValueError):
    """An outcome, moment or option that does not exist."""


class EngineError(MomotError, RuntimeError):
    """The engine or the disk failed."""


class MissingExtraError(MomotError, ImportError):
    """An optional dependency is not installed."""


def did_you_mean(found: str, known: Iterable[str]) -> str:
    """The nearest of `known` as a sentence (" Did you mean 'person'?"), or nothing where none is near."""
    near = nearest(found, known)
    return f" Did you mean '{near}'?" if near else ""


def nearest(found: str, known: Iterable[str]) -> str:
    """The nearest of `known`; empty where none is near."""
    near = difflib.get_close_matches(found.lower(), by_lower := {name.lower(): name for name in known}, n=1, cutoff=0.6)
    return by_lower[near[0]] if near else ""
