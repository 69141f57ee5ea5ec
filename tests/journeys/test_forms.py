"""Journeys run down the sorted file, and by windows over each person: the same rows, in the same order."""

from __future__ import annotations

from pathlib import Path

import pytest

import momot
from momot.engine import connect, literal, opened, rows, step
from momot.journeys.lived import by_person
from momot.journeys.tables import streamed
from tests.journeys import companies

KINDS = """SELECT DISTINCT touchpoint_id, activity_id, coalesce(channel_id, -1) AS channel_id, piece, 0::TINYINT AS stage,
piece::SMALLINT AS moment_id FROM {interactions} i, (VALUES (0), (1), (2), (3)) p(piece)"""


@pytest.mark.parametrize("edges", [(), (2, 20)])
@pytest.mark.parametrize("acts", ["true", "coalesce(i.channel_id, -1) NOT IN (0, 3)"])
def test_both_forms_give_the_same_rows_in_the_same_order(edges: tuple[int, ...], acts: str, tmp_path: Path) -> None:
    companies.write(tmp_path, seed=7, people=120)
    built = momot.build(momot.open(tmp_path))
    source = f"read_parquet({literal(built.folder / 'interactions/part=00/interactions.parquet')})"
    with opened(connect()) as connection:
        (orders,) = rows(connection, f"SELECT activity_id FROM '{built.folder}/activities.parquet' WHERE activity = 'order_placed'")
        purchases = f"({step('momot.journeys', 'purchases', interactions=source, activities=orders[0])})"
        occurrences = f"({step('momot.journeys', 'occurrences', interactions=source)})"
        connection.execute(f"CREATE TEMP TABLE journey_kinds AS {KINDS.format(interactions=source)}")
        connection.execute("SET disabled_optimizers = 'join_order,build_side_probe_side'")
        fill = {"interactions": source, "purchases": purchases, "acts": acts, "day": "0"}
        found = rows(connection, streamed(fill, occurrences=occurrences, edges=edges, gap=1_800_000_000))
        assert found == rows(connection, by_person(fill, edges=edges, gap=1_800_000_000))
        assert len({row[7] for row in found}) == len(edges) + 2  # every piece of a journey occurs
