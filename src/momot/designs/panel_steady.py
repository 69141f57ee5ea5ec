"""What a panel keeps from run to run, so that days that are added change none of its columns, and sums of earlier days stay true."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path

from momot.designs.panel_plan import Plan

FOLDER = "sums"
KEPT_FROM = 200_000
"""Interactions from which on sums are kept: of fewer they are made anew in a second."""
GROWN = 0.1
"""Share by which interactions may become more or fewer until the plan is made anew, and all sums with it."""
MOST = 8
"""Sets of questions whose sums are kept, the latest ones."""


@dataclass(frozen=True, slots=True)
class Steady:
    """The numbers of a `Plan` that follow from how much there is, as the first run found them, and of how many interactions."""

    interactions: int
    first: int
    every: int
    edges: tuple[int, ...]
    parts: int
    fine: bool
    patient: bool
    monthly: bool


def folder_of(kept: Path, plan: Plan) -> Path:
    """Where the sums of a plan are, by all that decides what its rows and columns are but for what is steady."""
    moments = [
        (moment.id, moment.exposure.states, moment.exposure.coding, moment.bands, moment.start, *_painted(moment.painted, moment.ways))
        for moment in plan.moments
    ]
    sources = [(one.ask.id, one.outcome, one.horizons, one.stream, one.eligible) for one in plan.sources]
    said = repr((_code(), plan.unit, plan.step, moments, plan.streams, sources, plan.heard, plan.attributes, plan.money, plan.moment))
    return kept / hashlib.blake2b(said.encode(), digest_size=12).hexdigest()


@cache
def _code() -> str:
    """Of the code that makes sums: another version makes them anew, and so does a change under the hands of a developer."""
    found, home = hashlib.blake2b(digest_size=12), Path(__file__).parent.parent
    for path in sorted(path for package in ("designs", "effects", "stats") for path in (home / package).glob("*.*")):
        found.update(path.read_bytes())
    return found.hexdigest()


def _painted(painted: object, ways: object) -> tuple[object, ...]:
    """How ways become states, whatever the number of times that each happened."""
    pairs = [(way.quality, way.level) for way in ways]  # type: ignore[attr-defined]
    strokes = [] if painted is None else [(s, [(way.quality, way.level) for way in of]) for s, of in painted.strokes]  # type: ignore[attr-defined]
    return pairs, strokes


def steady(folder: Path, now: Steady) -> Steady:
    """What the first run found, or what this one does where there was none or the data have grown by more than `GROWN`."""
    path = folder / "plan.json"
    try:
        said = json.loads(path.read_text(encoding="utf-8"))
        then = Steady(**{**said, "edges": tuple(said["edges"])})
    except (OSError, ValueError, TypeError, KeyError):
        then = None
    if then is not None and abs(now.interactions - then.interactions) <= GROWN * then.interactions:
        os.utime(folder)
        return then
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    write(path, json.dumps(asdict(now)).encode())
    for old in sorted(folder.parent.iterdir(), key=lambda one: one.stat().st_mtime)[:-MOST]:
        shutil.rmtree(old, ignore_errors=True)
    return now


def write(path: Path, content: bytes) -> None:
    """Write a file at once or not at all."""
    half = path.with_suffix(f".{os.getpid()}")
    half.write_bytes(content)
    half.replace(path)
