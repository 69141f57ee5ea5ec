"""The experiment design: assigned units, arms against the control, what was known before as adjustment; evidence A (EFFECTS.md 3 h)."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from momot.designs import states
from momot.designs.columns import Column
from momot.designs.frame import Exposure, Floats, Frame, State
from momot.designs.period import ALWAYS, Period
from momot.designs.question import Ask, Designed, WideSource, too_little, unanswerable, unit_of
from momot.designs.span import first_and_last, months_spanned
from momot.designs.wide import (
    WideTable,
    before_columns,
    before_doubts,
    duplicate_checks,
    read_wide,
    refuse_columns,
    segments,
    segments_asked,
    undated,
)
from momot.engine import Engine
from momot.project.schema import ProjectFile, Wide
from momot.project.stages import stage_of
from momot.stats.shares import sample_ratio_p
from momot.vocabulary import CHANNELS, Evidence
from momot.vocabulary.records import Check, Unanswerable

SAMPLE_RATIO_LIMIT = 0.01
CROSSOVER_LIMIT = 0.01


def design_experiment(
    ask: Ask, source: WideSource, project: ProjectFile, engine: Engine, by: Sequence[str] = (), period: Period = ALWAYS
) -> Designed | Unanswerable:
    """The frame of an experiment, or why it can't be answered. Its own segments are always asked, others with `by`."""
    block = source.block
    table = read_wide(source, engine, period, project.timezone)
    problem = undated(ask, source, period) or too_little(ask, table.outcome)
    if problem is not None:
        return problem
    refused = refuse_columns(ask, table)
    out = {refusal.column for refusal in refused}
    kept = {name: column for name, column in table.columns.items() if column.name not in out}
    trial = (*_sample_ratio(block, table), *_crossover(table))
    known = before_columns(kept)
    spoilt: Evidence = "B" if known else "C"  # a comparison of people who are not alike, and nothing to make them so
    evidence: Evidence = spoilt if any(check.status == "fail" for check in trial) else "A"
    if block.dose_touchpoint is not None:
        exposures = _dose(block.dose_touchpoint, project, block, table, evidence)
    else:
        exposures = _arms(project, block, table, evidence)
    if not exposures:
        return unanswerable(ask, "no_touchpoints", "No unit with a measured outcome is in an arm other than the control.")
    first, last = first_and_last(table.at)
    declared = segments(table, refused)
    own = {name for name, *_ in declared}
    follow = f" within {ask.within_days:g} days" if ask.within_days else ""
    return Designed(
        ask=ask,
        frame=Frame(
            question=ask.id,
            design="experiment",
            evidence=evidence,
            outcome=table.outcome,
            weight=table.weight,
            cluster=table.cluster,
            bucket=table.bucket.astype(np.int16),
            covariates=known,
            exposures=exposures,
            months=table.drawn.months(months_spanned(table.at)),
            checks=(*trial, *table.asides, *duplicate_checks(table), *before_doubts(kept)),
        ),
        refused=refused,
        unit=unit_of(ask, table.outcome),
        people=len(np.unique(table.cluster)),
        first=first,
        last=last,
        estimand=(
            f"The mean difference in {ask.id}{follow} between being assigned the arm and being assigned the control, "
            "adjusted for what was known before the assignment."
        ),
        segments=(*declared, *segments_asked(table, refused, [name for name in by if name not in own], engine)),
    )


def _assigned(column: Column) -> tuple[tuple[str, ...], np.ndarray[tuple[int], np.dtype[np.int64]]]:
    """Names of the assigned values and the position of each unit's."""
    if column.categories is not None:
        return column.categories, column.values.astype(np.int64)
    distinct, codes = np.unique(column.values, return_inverse=True)
    return tuple(f"{value:g}" for value in distinct), codes


def _arms(project: ProjectFile, block: Wide, table: WideTable, evidence: Evidence) -> tuple[Exposure, ...]:
    """One exposure an arm: the control, this arm, and any other arm (adjusted for, never compared with)."""
    names, codes = _assigned(table.columns["assignment"])
    control = names.index(str(block.control)) if str(block.control) in names else -1
    found = []
    for value, touchpoint in block.arms.items():
        if value not in names:
            continue
        mine = names.index(value)
        coded = np.select([codes == control, codes == mine], [0, 1], default=2).astype(np.int16)
        others = (State("another arm", "unknown"),) if (coded == 2).any() else ()
        found.append(
            Exposure(
                touchpoint=touchpoint,
                stage=stage_of(touchpoint, None, block.channel if block.channel in CHANNELS else None, project.stages),
                kind="arm",
                coding="arm",
                states=(State(str(block.control), "control"), State(value, "arm"), *others),
                codes=coded,
                held=(),
                evidence=evidence,
                channel=block.channel,
            )
        )
    return tuple(found)


def _dose(touchpoint: str, project: ProjectFile, block: Wide, table: WideTable, evidence: Evidence) -> tuple[Exposure, ...]:
    """One exposure with a level a dose; the lowest dose is the reference."""
    column = table.columns["dose"]
    coded = states.of_column(column)
    ordered = coded.coding == "level"
    return (
        Exposure(
            touchpoint=touchpoint,
            stage=stage_of(touchpoint, None, block.channel if block.channel in CHANNELS else None, project.stages),
            kind="arm",
            coding="level",
            states=coded.states,
            codes=coded.codes,
            held=(),
            evidence=evidence,
            channel=block.channel,
            dose=tuple(_mean(column.values[coded.codes == code]) for code in range(len(coded.states))) if ordered else None,
        ),
    )


def _mean(values: Floats) -> float:
    """The mean of the known values, NaN without any."""
    known = values[np.isfinite(values)]
    return float(known.mean()) if len(known) else float("nan")


def _crossover(table: WideTable) -> tuple[Check, ...]:
    """Whether persons are in several arms: then the arms are not different people, and what one arm did carries over to the other."""
    if not table.owned:
        return ()
    given = table.columns["assignment" if "assignment" in table.columns else "dose"].values
    same = np.r_[False, table.cluster[1:] == table.cluster[:-1]]
    crossed = same & np.r_[False, given[1:] != given[:-1]]
    people = len(np.unique(table.cluster[crossed]))
    if not people:
        return (Check(name="crossover", status="pass", value=0.0, limit=0.0, message="Nobody is in two arms."),)
    share = people / len(np.unique(table.cluster))
    return (
        Check(
            name="crossover",
            status="fail" if share > CROSSOVER_LIMIT else "review",
            value=share,
            limit=CROSSOVER_LIMIT,
            message=f"{people:,} people ({share:.1%}) are in several arms.",
            fix="Keep the first assignment of each person, or leave them out, in [tables].",
        ),
    )


def _sample_ratio(block: Wide, table: WideTable) -> tuple[Check, ...]:
    """Whether the arms have the planned sizes (Fabijan et al. 2019): if not, something after the assignment chose who is seen."""
    if block.dose or "assignment" not in table.columns:
        return ()
    names, codes = _assigned(table.columns["assignment"])
    arms = [str(block.control), *block.arms]
    # A unit with several rows was assigned once. Counting its rows would take the spread of twins for a lost arm.
    assigned = np.unique(np.stack([table.cluster, codes]), axis=1)[1]
    counts = [int((assigned == names.index(arm)).sum()) if arm in names else 0 for arm in arms]
    p = sample_ratio_p(counts, block.shares or [1.0] * len(arms))
    sizes = ", ".join(f"{arm} {count:,}" for arm, count in zip(arms, counts, strict=True))
    if p >= SAMPLE_RATIO_LIMIT:
        return (
            Check(
                name="sample_ratio", status="pass", value=p, limit=SAMPLE_RATIO_LIMIT, message=f"The arms have the planned sizes ({sizes})."
            ),
        )
    return (
        Check(
            name="sample_ratio",
            status="fail",
            value=p,
            limit=SAMPLE_RATIO_LIMIT,
            message=f"The arms do not have the planned sizes ({sizes}; p = {p:.2g}): who is in the data may depend on the arm.",
            fix="Find where units are lost between assignment and this file first; declare `shares` if the planned split was not even.",
        ),
    )
