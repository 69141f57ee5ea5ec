"""Parts of a panel: cut anywhere, sent anywhere, their rows are the same."""

from __future__ import annotations

import pickle
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import TypeVar

import numpy as np
import pyarrow as pa
import pytest

from momot.build import open_build
from momot.designs import asks, design, panel_part
from momot.designs.panel_parts import Parts
from momot.designs.panel_pilot import joined
from momot.designs.panel_plan import Plan
from momot.designs.pieces import Panel, Piece
from momot.effects.panel_layout import plan
from momot.effects.panel_sums import gather
from momot.engine import DuckEngine
from momot.testing.pieces import rows_of
from tests.designs.test_panel import LOG, people

T = TypeVar("T")


class Sent(DuckEngine):
    """Hands each part out as to another machine: what is done with it, and what comes back, is pickled."""

    def sums(self, sql: str, part: str, add: Callable[[pa.Table], T]) -> Iterator[T]:
        add = pickle.loads(pickle.dumps(add))
        return (pickle.loads(pickle.dumps(found)) for found in super().sums(sql, part, add))


@pytest.fixture
def panel(tiny) -> Iterator[Panel]:  # type: ignore[no-untyped-def]
    project = tiny.table("log", people(150)).project(LOG)
    with open_build(project.folder).engine() as engine:
        (designed,) = design(asks(project.file), project.file, engine)
        assert designed.panel is not None  # type: ignore[union-attr]
        yield designed.panel  # type: ignore[union-attr]


def ordered(pieces: list[Piece]) -> Piece:
    piece = joined(pieces)
    tenure = np.stack(piece.values)
    return piece.some(np.lexsort((*tenure, piece.unit)))


def test_parts_and_pieces_cut_smaller_have_the_same_rows(panel: Panel, monkeypatch: pytest.MonkeyPatch) -> None:
    parts = panel.pieces
    assert isinstance(parts, Parts)
    whole = rows_of(parts)
    assert len(whole) == 1
    many = rows_of(replace(parts, plan=replace(parts.plan, parts=7)))
    assert len(many) == 7
    monkeypatch.setattr(panel_part, "PIECE_ROWS", 900)
    small = rows_of(parts)
    assert len(small) > 3
    for cut in (many, small):
        assert len({unit for piece in cut for unit in np.unique(piece.unit)}) == sum(len(np.unique(piece.unit)) for piece in cut)
        one, other = ordered(whole), ordered(cut)
        np.testing.assert_array_equal(one.unit, other.unit)
        np.testing.assert_array_equal(one.outcomes, other.outcomes)
        np.testing.assert_allclose(np.stack(one.values), np.stack(other.values), atol=1e-10)
        assert (one.windows != other.windows).nnz == 0  # type: ignore[union-attr]


def test_all_that_goes_to_a_part_and_comes_back_can_be_pickled(panel: Panel) -> None:
    parts, layout = panel.pieces, plan(panel)
    assert isinstance(parts, Parts)
    assert isinstance(parts.engine, DuckEngine)
    there = replace(parts, engine=Sent(parts.engine.connection))
    here, sent = gather(parts, layout), gather(there, layout)
    assert here.sums.keys() == sent.sums.keys()
    for pattern, sums in here.sums.items():
        np.testing.assert_array_equal(sums.gram, sent.sums[pattern].gram)
    assert len(pickle.dumps(Plan(**{name: getattr(parts.plan, name) for name in parts.plan.__dataclass_fields__}))) < 100_000
