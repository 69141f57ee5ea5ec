"""What is said of stitching: shared ids that were left out, people tied in long chains, ids that never meet those of other blocks."""

from __future__ import annotations

from momot.build.engines import SHARED
from momot.build.workshop import Workshop
from momot.engine import literal
from momot.project.namespaces import UNNAMED, Owned

_SHOWN = 3
_MANY = 100  # ids of one person, of which there can hardly be more
_SAME = 0.5  # share of ids of one namespace that are also ids of another, from which on they look like the same


def report(shop: Workshop, blocks: list[Owned]) -> None:
    """Add what there is to say to the warnings of the build."""
    for warning in (*_shared(shop), *_chains(shop), *_large(shop), *_apart(shop, blocks)):
        shop.relations.warnings[warning] = None
    merged = int(shop.engine.row("SELECT count(*) FROM known_persons k JOIN person_ids p USING (id) WHERE p.person_id < k.id")[0])
    if merged:
        shop.progress.note(f"{merged:,} persons known before are now one with another")


def _shared(shop: Workshop) -> list[str]:
    most = shop.project.identity.max_people_per_id
    for_each = shop.engine.rows(
        f"""SELECT s.key, n.people, i.rows FROM {SHARED} s JOIN identity_people n USING (id) JOIN identity_ids i USING (id)
        ORDER BY n.people DESC, i.rows DESC, s.key""",
    )
    if not for_each:
        return []
    shown = ", ".join(f"'{key}' ties {people:,} in {count:,} rows" for key, people, count in for_each[:_SHOWN])
    more = f", and {len(for_each) - _SHOWN:,} more" if len(for_each) > _SHOWN else ""
    return [
        f"[identity]: {len(for_each):,} {'id ties' if len(for_each) == 1 else 'ids tie'} more than {most} people and "
        f"{'is' if len(for_each) == 1 else 'are'} left out: {shown}{more}. Rows that nothing else identifies are anonymous. "
        "All are in identity.parquet."
    ]


def _chains(shop: Workshop) -> list[str]:
    """People with more ids of the best namespace than one id may tie: no single id is at fault, only the chain."""
    most = shop.project.identity.max_people_per_id
    space = shop.spaces.ranked[0]
    count, largest = shop.engine.row(
        f"""SELECT count(*), max(ids) FROM (SELECT p.person_id, count(*) AS ids FROM identity_ids i JOIN person_ids p USING (id)
        WHERE i.rank = 0 AND p.person_id IS NOT NULL GROUP BY p.person_id HAVING ids > {most})""",
    )
    if not count:
        return []
    return [
        f"[identity]: {count:,} {'person has' if count == 1 else 'people have'} more than {most} {_called(space)} each, the largest "
        f"{largest:,}: ids below the limit tie them in a chain. Look at them in identity.parquet, or lower max_people_per_id."
    ]


def _large(shop: Workshop) -> list[str]:
    """People with more ids than anybody has: often one id that stands for nobody, such as customer 0, and no row to tell."""
    found = shop.engine.rows(
        f"""SELECT p.person_id, count(*) AS ids FROM identity_ids i JOIN person_ids p USING (id) WHERE p.person_id IS NOT NULL
        GROUP BY p.person_id HAVING ids > {_MANY} ORDER BY ids DESC, p.person_id""",
    )
    if not found:
        return []
    person, ids = found[0]
    widest = f"""SELECT p.key, count(*) AS ties FROM (SELECT stronger AS id FROM identity_ties UNION ALL SELECT weaker FROM identity_ties)
        JOIN person_ids p USING (id) WHERE p.person_id = {person} GROUP BY p.key ORDER BY ties DESC, p.key LIMIT 1"""
    key, ties = shop.engine.row(widest)
    bare = key.partition(":")[2] or key
    return [
        f"[identity]: {len(found):,} {'person has' if len(found) == 1 else 'people have'} more than {_MANY} ids, the largest {ids:,}: "
        f"'{key}' stands in a row with {ties:,} of them. If it stands for nobody, make it NULL: \"nullif(…, '{bare}')\"."
    ]


def _apart(shop: Workshop, blocks: list[Owned]) -> list[str]:
    """Namespaces that no row ties to the others: whoever has ids in both counts as two people."""
    groups = [{rank} for rank in range(len(shop.spaces.ranked))]
    for stronger, weaker in shop.engine.rows("SELECT DISTINCT stronger_rank, weaker_rank FROM identity_ties ORDER BY ALL"):
        met = [group for group in groups if stronger in group or weaker in group]
        groups = [group for group in groups if group not in met] + [set().union(*met)]
    present = {rank for (rank,) in shop.engine.rows("SELECT DISTINCT rank FROM identity_ids")}
    found = sorted((sorted(group & present) for group in groups if group & present), key=lambda group: (-len(group), group))
    warnings = []
    for group in found[1:]:
        spaces = [shop.spaces.ranked[rank] for rank in group]
        others = [shop.spaces.ranked[rank] for other in found for rank in other if other is not group]
        places = ", ".join(owned.place for owned in blocks if set(shop.spaces.of(owned.who)) & set(spaces))
        warnings.append(
            f"[identity]: {' and '.join(map(_called, spaces))} ({places}) never stand in a row with {' or '.join(map(_called, others))}: "
            f"whoever has both counts as two people. {_advice(shop, group, others)}"
        )
    return warnings


def _advice(shop: Workshop, group: list[int], others: list[str]) -> str:
    """The nearest fix: another namespace that holds the same ids, else a row with both."""
    for rank in group:
        own = shop.spaces.ranked[rank]
        for other in others:
            count, same = shop.engine.row(
                f"""SELECT count(*), count(o.key) FROM person_ids p JOIN identity_ids i USING (id)
                LEFT JOIN person_ids o ON o.key = {_renamed(own, other)} AND o.id <> p.id WHERE i.rank = {rank}""",
            )
            if same > _SAME * count:
                better = own if other == UNNAMED else other
                return (
                    f"{same:,} of {count:,} {_called(own)} are also {_called(other)}: if they mean the same, write "
                    f'person = {{{better} = "…"}} in both.'
                )
    return 'Map a source whose rows hold both, person = {a = "…", b = "…"}.'


def _renamed(own: str, other: str) -> str:
    bare = f"substr(p.key, {len(own) + 2})" if own != UNNAMED else "p.key"
    return f"{literal(f'{other}:')} || {bare}" if other != UNNAMED else bare


def _called(space: str) -> str:
    return f"{space} ids" if space != UNNAMED else "ids without a namespace"
