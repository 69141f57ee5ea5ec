"""Wide designs without an assignment: surveys (ratings) and snapshots (states). Units are respondents or persons; always evidence C.

Nothing dates a rating or a state before the outcome it stands beside, so a wide design can show associations only (EFFECTS.md 3 i).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from momot.designs import states
from momot.designs.columns import MICROS_A_DAY, Column, read_column
from momot.designs.doubts import doubts, of_all
from momot.designs.drawn import Drawn, draw
from momot.designs.employees import EMPLOYEES, employees_left_out
from momot.designs.frame import Covariate, Exposure, Floats, Frame, Integers
from momot.designs.leaks import Suspect, Times, refuse, separations
from momot.designs.period import ALWAYS, Period
from momot.designs.question import Ask, Designed, WideSource, too_little, unanswerable, unit_of
from momot.designs.span import first_and_last, months_spanned
from momot.designs.states import Coded
from momot.designs.whom import codes_of, segments_of_people
from momot.engine import Engine, identifier
from momot.engine.arrays import integers
from momot.project.schema import ProjectFile, Wide
from momot.project.stages import stage_of
from momot.vocabulary import CHANNELS
from momot.vocabulary.records import Check, Refused, Unanswerable

DUPLICATE_SHARE = 0.005
COPIES_OVER_CHANCE = 10.0
DOMINANT_AMONG = 3  # columns
DOMINANT_SEPARATION = 0.75
DOMINANT_LEAD = 0.1


@dataclass(frozen=True, slots=True)
class WideTable:
    """A built wide block restricted to rows with the outcome, in the order of the frame (bucket, cluster, row)."""

    outcome: Floats
    weight: Floats | None
    cluster: Integers
    bucket: Integers
    at: Floats  # days since 1970, NaN where unknown
    columns: dict[str, Column]  # by the name in the table: "touchpoint.x", "before.y", ...
    duplicates: int  # rows that repeat another one exactly, more than chance makes
    owned: bool  # rows belong to declared persons
    drawn: Drawn
    asides: tuple[Check, ...]  # how many rows of employees are not among these, and whether rows were drawn


def read_wide(source: WideSource, engine: Engine, period: Period = ALWAYS, zone: str = "UTC") -> WideTable:
    """The rows of the block that have the outcome of this question, of a period those dated in it; without those of employees."""
    block, outcome = source.block, source.outcome
    owned = block.person is not None
    measured = identifier(f"outcome.{outcome.name}")
    inside = period.instants_sql('"at"', zone)
    everybody = f'SELECT * FROM "{source.table}" WHERE {measured} IS NOT NULL AND {inside}'
    drawn = draw(int(engine.row(f"SELECT count(*) FROM ({everybody})")[0]))
    kept = drawn.sql("person_id" if owned else "row_hash")
    table = engine.arrow(f"{everybody} AND person_id NOT IN {EMPLOYEES} AND {kept} ORDER BY bucket, person_id, row")
    extra = {"assignment", "dose", "period"}
    columns = {name: read_column(name.split(".", 1)[-1], table[name]) for name in table.column_names if "." in name or name in extra}
    values = columns[f"outcome.{outcome.name}"].values
    hashes = integers(table["row_hash"])
    repeated = owned or _copied(hashes, columns)
    cluster = integers(table["person_id" if owned or not repeated else "row_hash"])
    bucket = integers(table["bucket"])
    if repeated and not owned:  # copies must share the bucket as well as the cluster
        bucket = np.abs(cluster) % 400
    order = np.lexsort((cluster, bucket))
    return WideTable(
        outcome=values[order],
        weight=read_column("weight", table["weight"]).values[order] if block.weight else None,
        cluster=cluster[order],
        bucket=bucket[order],
        at=(read_column("at", table["at"]).values / MICROS_A_DAY)[order],
        columns={name: replace(column, values=column.values[order]) for name, column in columns.items() if not name.startswith("outcome.")},
        duplicates=len(hashes) - len(np.unique(hashes)) if repeated else 0,
        owned=owned,
        drawn=drawn,
        asides=(*_chosen(engine, source.table, period, inside), *employees_left_out(engine, everybody, "rows"), *drawn.checks(len(values))),
    )


def _chosen(engine: Engine, table: str, period: Period, inside: str) -> tuple[Check, ...]:
    """What a period left of the rows."""
    if not period:
        return ()
    every, kept = engine.row(f'SELECT count(*), coalesce(sum(CASE WHEN {inside} THEN 1 ELSE 0 END), 0) FROM "{table}"')
    message = f"{int(kept):,} of {int(every):,} rows are dated in the period ({period.words})."
    return (Check(name="period", status="pass", value=int(kept) / max(int(every), 1), message=message),)


def undated(ask: Ask, source: WideSource, period: Period) -> Unanswerable | None:
    """Why rows without a date can't be asked for a period."""
    if not period or source.block.at is not None:
        return None
    return unanswerable(ask, "no_dates", f"{ask.source} says no `at`: nothing dates its rows, so no period can be chosen.")


def _copied(hashes: Integers, columns: dict[str, Column]) -> bool:
    """Whether rows repeat far more often than rows of independent columns would by chance.

    Two different people can have the same few values; the same thirty values are one booking entered twice.
    """
    _, counts = np.unique(hashes, return_counts=True)
    pairs = float((counts * (counts - 1) / 2).sum())
    by_chance = len(hashes) * (len(hashes) - 1) / 2
    for codes in _told_apart({column.name: column.values for name, column in columns.items() if not name.startswith("never.")}):
        by_chance *= float(((np.bincount(codes) / len(hashes)) ** 2).sum())
    return pairs > COPIES_OVER_CHANCE * max(by_chance, 1.0)


def _told_apart(columns: dict[str, Floats]) -> list[Integers]:
    """Codes of the columns, the finest first, without those that follow from another one: a value and its band repeat together."""
    coded = [np.unique(values, return_inverse=True, equal_nan=True)[1] for values in columns.values()]
    kept: list[Integers] = []
    for codes in sorted(coded, key=lambda codes: -int(codes.max(initial=0))):
        if not any(_follows(codes, finer) for finer in kept):
            kept.append(codes)
    return kept


def _follows(codes: Integers, finer: Integers) -> bool:
    """Whether rows that are alike in the finer column always are in the other."""
    one = np.empty(int(finer.max(initial=0)) + 1, dtype=codes.dtype)
    one[finer] = codes
    return bool((one[finer] == codes).all())


def design_wide(
    ask: Ask, source: WideSource, project: ProjectFile, engine: Engine, by: Sequence[str] = (), period: Period = ALWAYS
) -> Designed | Unanswerable:
    """The frame of a survey or snapshot, or why it can't be answered. `by`: for whom, names of segments."""
    table = read_wide(source, engine, period, project.timezone)
    problem = undated(ask, source, period) or too_little(ask, table.outcome)
    if problem is not None:
        return problem
    refused = refuse_columns(ask, table)
    out = {refusal.column for refusal in refused}
    kept = {name: column for name, column in table.columns.items() if column.name not in out}
    tested = [(kind, column) for kind in ("touchpoint", "condition") for name, column in kept.items() if name.startswith(f"{kind}.")]
    if not tested:
        return unanswerable(ask, "no_touchpoints", "No touchpoint is left: every column was refused as a consequence of the outcome.")
    first, last = first_and_last(table.at)
    exposures = tuple(
        _exposure(source.block, project, table, kind, column, position, len(tested)) for position, (kind, column) in enumerate(tested)
    )
    dominant = _dominant([column for _, column in tested], table.outcome)
    return Designed(
        ask=ask,
        frame=Frame(
            question=ask.id,
            design=ask.design,
            evidence="C",
            outcome=table.outcome,
            weight=table.weight,
            cluster=table.cluster,
            bucket=table.bucket.astype(np.int16),
            covariates=before_columns(kept),
            exposures=exposures,
            months=table.drawn.months(months_spanned(table.at)),
            checks=(*_time_order(), *table.asides, *duplicate_checks(table), *dominant, *before_doubts(kept)),
        ),
        refused=refused,
        unit=unit_of(ask, table.outcome),
        people=len(np.unique(table.cluster)),
        first=first,
        last=last,
        estimand=(
            f"The mean difference in {ask.id} between those in this state and those in the reference state who are alike in everything "
            "else listed: an association, since nothing says what came first."
        ),
        segments=segments_asked(table, refused, by, engine),
    )


def refuse_columns(ask: Ask, table: WideTable) -> tuple[Refused, ...]:
    """Every column of the block, mapped or not, judged as a leak."""
    undated = bool(np.isnan(table.at).all())
    prefixes = ("touchpoint.", "condition.", "before.", "other.", "segment.")
    suspects, seen = [], set()
    for name, column in table.columns.items():
        if name.startswith(prefixes) and column.name not in seen:
            seen.add(column.name)
            suspects.append(Suspect(ask.source, column, mapped=name.startswith(("touchpoint.", "condition.")), undatable=undated))
    times = Times(outcome_at=None if undated else table.at)
    return refuse(suspects, outcome=table.outcome, question=ask.id, times=times)


def before_columns(kept: dict[str, Column]) -> tuple[Covariate, ...]:
    """What was known before, and the period."""
    return tuple(
        column.covariate() for name, column in kept.items() if name.startswith("before.") or (name == "period" and column.filled.any())
    )


def _dominant(columns: Sequence[Column], outcome: Floats) -> tuple[Check, ...]:
    """Whether one column alone tells more than any other comes near to: such columns are often computed from the outcome."""
    found = sorted(zip(separations(columns, outcome), (column.name for column in columns), strict=True), reverse=True)
    if len(found) < DOMINANT_AMONG or found[0][0] < DOMINANT_SEPARATION or found[0][0] - found[1][0] < DOMINANT_LEAD:
        return ()
    (most, name), (next_most, _) = found[:2]
    return (
        Check(
            name="dominance",
            status="review",
            value=most,
            limit=next_most + DOMINANT_LEAD,
            message=f"'{name}' alone tells {most:.0%} of pairs with different outcomes apart, the next best column {next_most:.0%}.",
            fix=f"Find out how '{name}' is made: a column that is computed from the outcome, even in part, looks like this.",
        ),
    )


def before_doubts(kept: dict[str, Column]) -> tuple[Check, ...]:
    """What is odd about the values that adjust."""
    return of_all(column for name, column in kept.items() if name.startswith("before."))


def _exposure(block: Wide, project: ProjectFile, table: WideTable, kind: str, column: Column, position: int, tested: int) -> Exposure:
    never = table.columns.get(f"never.{column.name}")
    coded = _coded(block, column, never, kind)
    channel = block.channel if block.channel in CHANNELS else None
    return Exposure(
        touchpoint=column.name,
        stage=stage_of(column.name, None, channel, project.stages) if kind == "touchpoint" else None,
        kind="interaction" if kind == "touchpoint" else "condition",
        coding=coded.coding,
        states=coded.states,
        codes=coded.codes,
        held=tuple(other for other in range(tested) if other != position),
        evidence="C",
        checks=doubts(column, coded),
        channel=block.channel,
        finer=column.covariate() if coded.banded else None,
    )


def _coded(block: Wide, column: Column, never: Column | None, kind: str) -> Coded:
    if block.scale is not None and kind == "touchpoint" and column.kind == "number" and not column.boolean:
        return states.rating(column, scale=block.scale, never=never)
    return states.of_column(column, never=never)


def _time_order() -> tuple[Check, ...]:
    return (
        Check(
            name="time_order",
            status="fail",
            message="One row a unit and no time line: nothing says that any of this came before the outcome.",
            fix="Bring the dated interactions behind these columns, or an experiment.",
        ),
    )


def duplicate_checks(table: WideTable) -> tuple[Check, ...]:
    """Exact duplicate rows; without a declared person they count as one cluster, so that they do not narrow the intervals."""
    share = table.duplicates / max(len(table.outcome), 1)
    if share <= DUPLICATE_SHARE:
        return (
            Check(
                name="duplicates",
                status="pass",
                value=share,
                limit=DUPLICATE_SHARE,
                message=f"{table.duplicates:,} rows repeat another one exactly.",
            ),
        )
    kept = "They are rows of declared persons." if table.owned else "They count as one unit of error each, but stay in the means."
    return (
        Check(
            name="duplicates",
            status="review",
            value=share,
            limit=DUPLICATE_SHARE,
            message=f"{table.duplicates:,} of {len(table.outcome):,} rows ({share:.1%}) repeat another one exactly. {kept}",
            fix="Say who each row is with `person`, or leave repeated rows out in [tables] with SELECT DISTINCT.",
        ),
    )


def segments_asked(
    table: WideTable, refused: Sequence[Refused], by: Sequence[str], engine: Engine
) -> tuple[tuple[str, tuple[str, ...], Floats], ...]:
    """The segments asked for: those of the block, then what `[people]` says of the rows' persons."""
    own = tuple(one for one in segments(table, refused) if one[0] in by)
    others = [name for name in by if name not in {name for name, *_ in own}]
    people = segments_of_people(engine, others, table.drawn.sql("person_id")).of(table.cluster) if table.owned and others else ()
    return (*own, *((one.name, one.labels, codes_of(one)) for one in people))


def segments(table: WideTable, refused: Sequence[Refused]) -> tuple[tuple[str, tuple[str, ...], Floats], ...]:
    """The declared segments as labels and codes; numbers with many values are cut into quarters."""
    out = {refusal.column for refusal in refused}
    found = []
    for name, column in table.columns.items():
        if not name.startswith("segment.") or column.name in out:
            continue
        coded = states.of_column(column)
        codes = coded.codes.astype(np.float64)
        blank = [code for code, state in enumerate(coded.states) if state.role in ("blank", "unknown")]
        codes[np.isin(codes, blank)] = np.nan
        found.append((column.name, tuple(state.label for state in coded.states), codes))
    return tuple(found)
