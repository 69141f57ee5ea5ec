"""The panel design: people (or accounts) at landmarks; what they met in a period, what was known before it, what they do after it.

A landmark is the end of a period, by default of a local day. Exposure lies in the period, history strictly before it, the outcome strictly
after it (EFFECTS.md 1-3). Questions about the same units share one pass over the rows.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import fields, replace
from pathlib import Path
from typing import Literal

import numpy as np

from momot.build.interaction_rows import minor_units
from momot.designs import panel_steady
from momot.designs.employees import employees_left_out
from momot.designs.frame import Exposure, Frame
from momot.designs.history import fine_enough
from momot.designs.landmarks import EVER, Span, share_of_quiet
from momot.designs.pairs import find_pairs, pair_rows
from momot.designs.panel_inputs import heard_of, moments_of, patient
from momot.designs.panel_parts import Parts
from momot.designs.panel_people import attributes_of, segments_of
from momot.designs.panel_pilot import pilot_of
from momot.designs.panel_plan import PIECE_ROWS, Plan
from momot.designs.panel_reach import repeats
from momot.designs.panel_risk import Days, Extent, days_of, extent_of, keep_units
from momot.designs.panel_sources import Source, source_of, streams_of, unit_sql
from momot.designs.panel_steady import Steady
from momot.designs.panel_windows import edges_of
from momot.designs.period import ALWAYS, Period
from momot.designs.pieces import FEW_BUCKETS, Panel, PanelQuestion, Piece, RowSegment, Split, Struck
from momot.designs.question import Ask, Designed, unanswerable
from momot.designs.response import checks as answering
from momot.designs.response import response_of
from momot.designs.span import MONTH_DAYS
from momot.designs.whom import CHANNEL, CYCLE, CYCLES, ROLE, SEVERAL, divided, struck_groups
from momot.engine import Engine
from momot.project.schema import ProjectFile
from momot.vocabulary.records import Check, Response, Unanswerable

MONTHLY_FROM_WEEKS = 40
"""From so many weeks on the calendar is held by months."""
UNITS = {"person": "people", "account": "accounts"}


def design_panels(
    asks: Sequence[Ask],
    project: ProjectFile,
    engine: Engine,
    by: Sequence[str] = (),
    *,
    period: Period = ALWAYS,
    pairs: bool = False,
    kept: Path | None = None,
) -> list[Designed | Unanswerable]:
    """The questions about persons or accounts, in their order, each ready for the estimator or closed. `by`: for whom, by segment.

    `period`: only days in it are compared; their history and what comes of them are read beyond it.

    `kept`: where sums are kept from run to run. Designed questions that can share their rows have the same `panel`. Leaves tables behind
    that `panel.pieces` reads: they are of the build and of `by` alone, so that all panels of an engine have the same.
    """
    struck_groups(project)  # a wrong name is said before anything is read
    found: dict[str, Designed | Unanswerable] = {}
    passes: dict[tuple[str, str | None], list[Source]] = {}
    ends = project.observation is not None and project.observation.end is not None
    for ask in asks:
        if ask.outcome is None:
            raise ValueError(f"question '{ask.id}' is no outcome of people")
        source = source_of(ask, ask.outcome, engine)
        if isinstance(source, Unanswerable):
            found[ask.id] = source
        else:
            apart = source.answers and ask.id
            if ends and not apart:  # weights for those who were lost are of one horizon
                apart = f"{source.horizons[0]:g} days"
            passes.setdefault((ask.outcome.per, apart), []).append(source)
    for (per, _), sources in passes.items():
        found |= {
            designed_id(answer): answer for answer in _design(sources, per, project, engine, by, period=period, pairs=pairs, kept=kept)
        }
    return [found[ask.id] for ask in asks]


def designed_id(answer: Designed | Unanswerable) -> str:
    """The question that an answer belongs to."""
    return answer.question if isinstance(answer, Unanswerable) else answer.ask.id


def _design(
    sources: list[Source],
    per: str,
    project: ProjectFile,
    engine: Engine,
    by: Sequence[str],
    *,
    period: Period,
    pairs: bool,
    kept: Path | None,
) -> list[Designed | Unanswerable]:
    asks = [source.ask for source in sources]
    days, unit, table = days_of(engine), unit_sql(per), f"panel_{UNITS[per]}"
    attributes = attributes_of(engine)
    names = tuple(dict.fromkeys([*by, *struck_groups(project)]))
    segments = segments_of(engine, [name for name in names if per != "account" or name != ROLE])
    keep_units(engine, table, unit, project, days, [known for _, known in attributes], segments)
    chosen = _span(period, days)
    extent = extent_of(engine, table, span=chosen)
    if not extent.units:
        return [unanswerable(ask, "too_few_units", f"No {UNITS[per]} are under observation.") for ask in asks]
    followed, closed = _within_reach(sources, extent, days)
    if not followed:
        return list(closed.values())
    moments = moments_of(engine)
    heard, edges = heard_of(engine, unit, project, followed, days), edges_of(extent, followed, step=days.step)
    every = share_of_quiet(extent.interactions, extent.periods)
    several = (SEVERAL,) if per == "account" else ()
    of_units = [(RowSegment(one.name, (*(one.categories or ()), *several)), place) for place, (one, _) in enumerate(segments)]
    parts = Parts(
        engine,
        Plan(
            table=table,
            unit=unit,
            step=days.step,
            every=every,
            first=extent.first,
            end=extent.known,
            parts=min(max(round(extent.rows(every) / PIECE_ROWS), 1), FEW_BUCKETS),
            monthly=(extent.known - extent.first) * days.step >= 7 * MONTHLY_FROM_WEEKS,
            moments=moments,
            streams=streams_of(followed),
            sources=tuple(followed),
            heard=heard,
            attributes=tuple(attribute for attribute, _ in attributes),
            edges=edges,
            money=float(minor_units(project.currency)),
            fine=fine_enough(extent.units, [moment.exposure for moment in moments]),
            patient=patient(engine, heard, followed, edges),
            segments=(*of_units, *([(RowSegment(CYCLE, CYCLES), None)] if CYCLE in names else [])),
            chosen=chosen,
        ),
    )
    if kept is not None and not period and extent.interactions >= panel_steady.KEPT_FROM:
        parts = _kept(parts, extent, kept)
    employees = employees_left_out(engine, "SELECT person_id FROM journeys", "interactions")
    panel = _panel(
        parts, extent, (*_compared(period), *employees), "account" if per == "account" else "person", by=by, accidents=project.accidents
    )
    panel = replace(
        panel, splits=tuple(_splits(parts, extent, panel, [name for name in by if name == CHANNEL or (name == ROLE and per == "account")]))
    )
    answered = [
        _designed(
            source,
            question,
            panel,
            _counted(source, parts, extent, panel.exposures, period),
            per,
            response_of(engine, source.ask.id, source.outcome, project, per="person", period=period),
        )
        for source, question in zip(followed, panel.questions, strict=True)
    ]
    wanted = [(pair, True) for pair in project.pairs]
    if pairs:
        asked = {(pair.first, pair.then) for pair, _ in wanted}
        wanted += [(pair, False) for pair in find_pairs(engine, unit) if (pair.first, pair.then) not in asked]
    if wanted:
        answered = [
            replace(one, pairs=tuple(pair_rows(parts, panel, one.ask.id, question.columns[0], wanted)))
            for one, question in zip(answered, panel.questions, strict=True)
        ]
    return [*answered, *closed.values()]


def _span(period: Period, days: Days) -> Span:
    """The landmarks of a period: a period of several days counts where it begins in it."""
    if not period:
        return EVER
    first, last = period.days
    return Span(-(-first // days.step) - 1, last // days.step)


def _compared(period: Period) -> tuple[Check, ...]:
    """What of the records a period chose."""
    if not period:
        return ()
    message = f"Days in the period ({period.words}) are compared; what was known before them and what came of them is of all records."
    return (Check(name="period", status="pass", message=message),)


def _kept(parts: Parts, extent: Extent, kept: Path) -> Parts:
    """The parts with what an earlier run found of the plan, and where their sums are kept."""
    plan, folder = parts.plan, panel_steady.folder_of(kept, parts.plan)
    names = [field.name for field in fields(Steady) if field.name != "interactions"]
    try:
        found = panel_steady.steady(folder, Steady(extent.interactions, **{name: getattr(plan, name) for name in names}))
    except OSError:  # nothing can be written there
        return parts
    return Parts(parts.engine, replace(plan, **{name: getattr(found, name) for name in names}), folder)


def _panel(
    parts: Parts,
    extent: Extent,
    checks: tuple[Check, ...],
    noun: Literal["person", "account"],
    *,
    by: Sequence[str],
    accidents: Mapping[str, str],
) -> Panel:
    """The panel of a plan, laid out on its pilot."""
    plan, step = parts.plan, parts.plan.step
    parts.engine.register(plan.bits_name, plan.bits_table())
    piece, covariates, lost = pilot_of(parts, extent)
    exposures = tuple(replace(moment.exposure, codes=codes) for moment, codes in zip(plan.moments, piece.codes, strict=True))
    return Panel(
        questions=tuple(
            _question(source, parts, exposures, (*checks, *_too_far(source), *_answered(source, piece))) for source in plan.sources
        ),
        outcomes=plan.outcomes,
        probes=plan.probes,
        windows=plan.windows,
        lost=lost,
        covariates=covariates,
        exposures=exposures,
        pilot=piece,
        units=extent.units,
        span=(extent.first * step, extent.last * step + step - 1),
        pieces=parts,
        segments=tuple(segment for segment, _ in plan.segments if segment.name in by),
        struck=tuple(_struck(plan, exposures, accidents)),
        noun=noun,
    )


def _struck(plan: Plan, exposures: Sequence[Exposure], accidents: Mapping[str, str]) -> Iterator[Struck]:
    """The accidents by the group that they struck. A segment asked for stands before one that is only struck."""
    for number, (segment, _) in enumerate(plan.segments):
        hit = tuple(position for position, one in enumerate(exposures) if accidents.get(one.touchpoint) == segment.name)
        if hit:
            yield Struck(hit, number, len(segment.labels))


def _splits(parts: Parts, extent: Extent, panel: Panel, names: Sequence[str]) -> Iterator[Split]:
    """The panel once more for each value of the touches asked for, with an exposure for each value."""
    whole = {moment.id: position for position, moment in enumerate(parts.plan.moments)}
    for name in names:
        values = divided(parts.engine, name)
        if values is None:
            continue
        moments = moments_of(parts.engine, values)
        plan = replace(parts.plan, moments=moments, segments=(), moment=values.sql, bits_name=f"bits_{name}")
        plan = replace(plan, fine=fine_enough(extent.units, [moment.exposure for moment in moments]))
        found = _panel(Parts(parts.engine, plan), extent, (), panel.noun, by=(), accidents={})
        of = tuple(whole[moment] for _, moment, _ in values.parts)
        questions = tuple(
            replace(question, own=frozenset(place for place, position in enumerate(of) if position in mine.own))
            for question, mine in zip(found.questions, panel.questions, strict=True)
        )
        yield Split(name, replace(found, questions=questions), of, tuple(value for _, _, value in values.parts))


def _counted(source: Source, parts: Parts, extent: Extent, exposures: tuple[Exposure, ...], period: Period) -> tuple[Exposure, ...]:
    """The exposures with what tells days from people, where the outcome is one that a unit has once a horizon or not at all."""
    if source.stream is None or source.outcome.value is not None:
        return exposures
    plan = parts.plan
    found = repeats(
        parts.engine, plan.unit, plan.moments, source.horizons[0], interactions=extent.interactions, chosen=period.days_sql("j.day")
    )
    return tuple(replace(one, repeats=of) for one, of in zip(exposures, found, strict=True))


def _too_far(source: Source) -> tuple[Check, ...]:
    """A note on the further horizons that were asked for and that nobody can be followed for."""
    asked = (source.outcome.within_days, *source.outcome.horizons_days)
    lost = [f"{horizon:g}" for horizon in asked if horizon and horizon not in source.horizons]
    if not lost:
        return ()
    message = f"Left out: {', '.join(lost)} days. That is longer than anybody is followed, or shorter than the periods by which they are."
    return (Check(name="support", status="review", message=message),)


def _answered(source: Source, pilot: Piece) -> tuple[Check, ...]:
    """How many of the pilot's days an answer followed; of a shift how many had an earlier one."""
    asked = float(pilot.could[0].sum()) if pilot.could else 0.0
    if source.stream is not None or asked <= 0:
        return ()
    followed = float(pilot.weight[(pilot.measured & np.uint64(1)) > 0].sum()) / asked
    message = f"Among those who answered: {followed:.1%} of the days were followed by an answer within {source.horizons[0]:g} days."
    if source.outcome.as_ == "shift":
        heard = asked / (asked + pilot.unheard)
        message += f" Left out: {1 - heard:.1%} of all days, on which nobody knew an earlier answer."
    return (Check(name="selection", status="pass", value=followed, message=message),)


def _within_reach(sources: Sequence[Source], extent: Extent, days: Days) -> tuple[list[Source], dict[str, Unanswerable]]:
    """The sources with the horizons that somebody is followed for; those whose main horizon nobody is, closed."""
    longest = extent.longest * days.step
    found, closed = [], {}
    for source in sources:
        main = source.horizons[0]
        horizons = tuple(horizon for horizon in source.horizons if days.step <= horizon <= longest)
        if horizons[:1] == (main,):
            found.append(replace(source, horizons=horizons))
        else:
            reason = f"Nobody is followed for {main:g} days: the longest anybody is under observation is {longest:,}."
            if main < days.step:
                period = "day" if days.step == 1 else f"{days.step} days"
                reason = f'People are followed by the {period}, and {main:g} days are less: [[subjects]] and `per = "subject"` look closer.'
            closed[source.ask.id] = unanswerable(source.ask, "no_follow_up", reason)
    return found, closed


def _question(source: Source, parts: Parts, exposures: Sequence[Exposure], checks: tuple[Check, ...]) -> PanelQuestion:
    own = _own(source, parts.engine)
    return PanelQuestion(
        id=source.ask.id,
        columns=tuple(n for n, followed in enumerate(parts.plan.outcomes) if followed.question == source.ask.id),
        probes={probe.name: n for n, probe in enumerate(parts.plan.probes) if probe.question == source.ask.id},
        own=frozenset(position for position, exposure in enumerate(exposures) if exposure.moment in own),
        evidence="B",
        checks=checks,
    )


def _own(source: Source, engine: Engine) -> frozenset[str]:
    """Moments that are nothing but the outcome's own activity."""
    if source.stream is None or source.stream.activity is None:
        return frozenset()
    found = engine.rows(
        f"""SELECT m.moment FROM journeys j JOIN moments m ON m.moment_id = j.moment_id GROUP BY m.moment
            HAVING bool_and(j.activity_id = {source.stream.activity})""",
    )
    return frozenset(moment for (moment,) in found)


def _designed(
    source: Source, question: PanelQuestion, panel: Panel, exposures: tuple[Exposure, ...], per: str, response: Response | None
) -> Designed:
    ask = source.ask
    pilot = panel.pilot
    frame = Frame(
        question=ask.id,
        design="panel",
        evidence=question.evidence,
        outcome=pilot.outcomes[:, question.columns[0]],
        weight=pilot.weight,
        cluster=pilot.unit,
        bucket=pilot.bucket,
        covariates=tuple(covariate for covariate in panel.covariates if covariate.about not in ("intent", "instrument")),
        exposures=tuple(replace(one, checks=(*one.checks, *answering(response, one.touchpoint))) for one in exposures),
        months=max(panel.span[1] - panel.span[0] + 1, 1) / MONTH_DAYS,
        checks=question.checks,
        noun=panel.noun,
        rows=0,  # counted when all of them have been read
    )
    return Designed(
        ask=replace(ask, within_days=source.horizons[0]),
        response=response,
        frame=frame,
        refused=(),
        unit=ask.unit or ("share" if source.stream is not None else "points"),
        people=0,
        first=_iso(int(panel.span[0])),
        last=_iso(int(panel.span[1])),
        estimand=_estimand(source, per),
        panel=panel,
    )


def _iso(day: int) -> str:
    return str(np.datetime64(day, "D"))


def _estimand(source: Source, per: str) -> str:
    noun = "an account" if per == "account" else "a person"
    return (
        f"The mean difference in {source.ask.id} within {source.horizons[0]:g} days after a day on which {noun} met the touchpoint this "
        "way, had it gone as the reference on that day; adjusted for what was known of them before that day and for what else they met on "
        "it, not for what follows. Days on which the touch was least expected weigh most (overlap weights)."
    )
