"""Sums of a panel that are kept from run to run: of each part those of its settled days; only the days after them are made again.

Settled are rows that nothing that is still to come can change (`panel_parts.settled_until`). Where what they follow from is not what it was
(late records, corrections, a person erased), the part is made anew, and no other.
"""

from __future__ import annotations

import contextlib
import hashlib
import io
import json
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from momot.designs.panel_parts import Parts, Settled
from momot.designs.panel_steady import write
from momot.designs.pieces import Panel
from momot.effects.columns import Cut, Variable
from momot.effects.lasting import later
from momot.effects.panel_gathered import Gathered
from momot.effects.panel_layout import Layout, plan
from momot.effects.panel_share import Later, Share
from momot.effects.panel_sums import Adding, gather, whole
from momot.effects.panel_tally import Seen, Tally

Floats = npt.NDArray[np.float64]


def summed(panel: Panel) -> tuple[Layout, Gathered]:
    """The layout of a panel and all its sums, with those that are kept where the panel keeps any."""
    layout, parts = plan(panel), panel.pieces
    wanted = later(panel, layout)
    if not isinstance(parts, Parts) or parts.kept is None:
        return layout, gather(parts, layout, later=wanted)
    layout, wanted = _steady(parts.kept, layout, wanted)
    kept = _Kept(parts.kept, layout, None if wanted is None else wanted.expected)
    found = Gathered.nothing(layout, layout.buckets, wanted)
    adding = Adding((layout,), whole, layout.buckets, wanted, seen=True)
    for one in parts.settling(adding, kept.heads()):
        settled = kept.read(one.part) if one.again else None
        fresh = (one.settled or {}).get(0)
        if settled is not None and fresh is not None:
            settled.add(fresh)
        settled = fresh if settled is None else settled
        if one.settled is not None:
            kept.keep(one.part, one.now, settled)
        mine = one.open.get(0)
        if mine is not None and settled is not None:
            mine.add(settled)
        mine = settled if mine is None else mine
        if mine is not None:
            mine.recounted(layout)
            found.add(mine)
    return layout, found


def _steady(folder: Path, layout: Layout, wanted: Later | None) -> tuple[Layout, Later | None]:
    """The columns as the first run laid them out; as this one does where it is the first."""
    path = folder / "columns.json"
    with contextlib.suppress(OSError, ValueError, TypeError, KeyError):
        said = json.loads(path.read_text(encoding="utf-8"))
        layout = replace(layout, variables=tuple(tuple(_variable(one) for one in variables) for variables in said["variables"]))
        expected = None if said["expected"] is None else np.array(said["expected"])
        return layout, None if wanted is None else replace(wanted, expected=expected)
    variables = [[_said(one) for one in variables] for variables in layout.variables]
    expected = None if wanted is None or wanted.expected is None else wanted.expected.tolist()
    with contextlib.suppress(OSError):  # nothing is kept then, and the next run lays out anew
        write(path, json.dumps({"variables": variables, "expected": expected}).encode())
    return layout, wanted


def _said(one: Variable) -> dict[str, Any]:
    cut = None if one.cut is None else [one.cut.group.tolist(), None if one.cut.edges is None else one.cut.edges.tolist()]
    table = None if one.table is None else one.table.tolist()
    return {"name": one.name, "first": one.first, "width": one.width, "table": table, "centre": one.centre, "scale": one.scale, "cut": cut}


def _variable(said: dict[str, Any]) -> Variable:
    table, cut = said["table"], None
    if said["cut"] is not None:
        group, edges = said["cut"]
        cut = Cut(np.array(group, dtype=np.int16), None if edges is None else np.array(edges, dtype=np.float64))
    table = None if table is None else np.array(table, dtype=np.float64)
    return Variable(said["name"], said["first"], said["width"], table=table, centre=said["centre"], scale=said["scale"], cut=cut)


@dataclass(frozen=True, slots=True)
class _Kept:
    """The files of a panel's settled sums, one a part. A file that cannot be read counts for nothing: its part is made anew."""

    folder: Path
    layout: Layout
    expected: Floats | None

    @property
    def columns(self) -> str:
        """Of all that the columns are."""
        expected = None if self.expected is None else self.expected.tolist()
        said = json.dumps([[[_said(one) for one in variables] for variables in self.layout.variables], expected])
        return hashlib.blake2b(said.encode(), digest_size=16).hexdigest()

    def heads(self) -> dict[int, Settled]:
        """What is kept of each part."""
        columns, found = self.columns, {}
        for path in sorted(self.folder.glob("part-*.npz")):
            with contextlib.suppress(OSError, ValueError, KeyError, zipfile.BadZipFile), path.open("rb") as file, np.load(file) as kept:
                head = json.loads(str(kept["head"]))
                if head["columns"] == columns:
                    found[int(path.stem.removeprefix("part-"))] = Settled(head["until"], head["digest"])
        return found

    def keep(self, part: int, settled: Settled, share: Share | None) -> None:
        """Keep the settled sums of a part: of each Gram matrix one half, the other is the same."""
        head = json.dumps({"columns": self.columns, "until": settled.until, "digest": settled.digest})
        file = io.BytesIO()
        np.savez(file, allow_pickle=False, head=np.array(head), **({} if share is None else dict(self._arrays(share))))
        with contextlib.suppress(OSError):  # what was kept before stays true
            write(self._path(part), file.getvalue())

    def read(self, part: int) -> Share | None:
        """The settled sums of a part, None where it has no settled row."""
        with np.load(self._path(part), allow_pickle=False) as kept:
            if "groups" not in kept:
                return None
            count, (upper, lower) = self.layout.count, np.triu_indices(self.layout.count)
            grams = {}
            for (pattern, bucket, rows), half in zip(kept["groups"].tolist(), kept["grams"], strict=True):
                gram = np.empty((count, count))
                gram[upper, lower] = half
                gram[lower, upper] = half
                grams[int(pattern), int(bucket)] = (gram, int(rows))
            cross = {(int(p), int(b)): one for (p, b), one in zip(kept["crossed"].tolist(), kept["cross"], strict=True)}
            nothing = Tally.nothing(self.layout)
            tallies = [
                replace(nothing, by_state=by_state, everywhere=everywhere)
                for by_state, everywhere in zip(kept["by_state"], kept["everywhere"], strict=True)
            ]
            could = tuple(kept[f"could_{number}"] for number in range(len(self.layout.quiet)) if f"could_{number}" in kept)
            first = self.layout.outcomes
            return Share(grams, tuple(tallies[:first]), cross, tuple(tallies[first:]), could, Seen(kept["unit"], kept["bits"]))

    def _arrays(self, share: Share) -> Iterator[tuple[str, npt.NDArray[np.generic]]]:
        if share.seen is None:
            raise ValueError("sums that are kept need to say which units they saw")
        flat = np.ravel_multi_index(np.triu_indices(self.layout.count), (self.layout.count, self.layout.count))
        tallies = (*share.tallies, *share.followed)
        yield "groups", np.array([(*group, rows) for group, (_, rows) in share.grams.items()], dtype=np.uint64).reshape(-1, 3)
        yield "grams", np.array([gram.ravel()[flat] for gram, _ in share.grams.values()]).reshape(-1, len(flat))
        yield "crossed", np.array(list(share.cross), dtype=np.uint64).reshape(-1, 2)
        yield "cross", np.array(list(share.cross.values()))
        yield "by_state", np.stack([one.by_state for one in tallies])
        yield "everywhere", np.stack([one.everywhere for one in tallies])
        yield "unit", share.seen.unit
        yield "bits", share.seen.bits
        for number, weight in enumerate(share.could):
            yield f"could_{number}", weight

    def _path(self, part: int) -> Path:
        return self.folder / f"part-{part:03}.npz"
