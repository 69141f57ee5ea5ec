"""One run of questions over a build: every question designed and answered, and what stands beside the answers."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

from momot.build import Build
from momot.credit import Costs, gather, gather_costs, share, source_of
from momot.designs import Ask, Designed, asks, design
from momot.designs.changes import design_changes
from momot.designs.frame import Floats, Frame
from momot.designs.panel_steady import FOLDER
from momot.designs.period import ALWAYS, Period
from momot.effects.censoring import weighed
from momot.effects.changes import estimate_change, how_it_went
from momot.effects.direct import estimate_direct
from momot.effects.estimate import estimate
from momot.effects.pairs import estimate_pair
from momot.effects.panel import estimate_panel
from momot.effects.panel_segments import estimate_by_segment
from momot.effects.segments import estimate_segments, regrouped
from momot.engine import Engine
from momot.findings import Findings
from momot.findings.answer import Answered, answer
from momot.findings.changes import ChangeAnswered
from momot.findings.costs import with_costs
from momot.findings.credit import CreditAnswered, with_credit
from momot.findings.labels import DECISIVE
from momot.findings.pairs import PairAnswered
from momot.findings.why import with_why
from momot.hearing import hearing
from momot.project.schema import ProjectFile
from momot.reasons.explain import explain
from momot.reasons.heard import NothingSaid, count_said
from momot.vocabulary.records import Unanswerable

Say = Callable[[str], None]
FEW_TEXTS = 20_000
"""Different texts up to which findings say why without being asked to: some seconds."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What one run asks. `outcomes` empty: all; `by`: for whom; `why` None: where there are few texts. `seed` divides people into folds.

    `period`: which occasions are compared, which happenings and costs are counted, of which days people's words and changes are.
    """

    outcomes: tuple[str, ...] = ()
    by: tuple[str, ...] = ()
    pairs: bool = False
    credit: bool = False
    why: bool | None = False
    seed: int = 0
    period: Period = ALWAYS


def ask(
    project: ProjectFile, built: Build, asked: Asked, *, say: Say, known: Callable[[Sequence[Frame]], None]
) -> tuple[Findings, list[Answered]]:
    """The findings of one run, and the frames and estimates that they were made of.

    `known` sees the frames before anything is estimated, to complain of names that are not in them.
    """
    wanted = asks(project, asked.outcomes)
    with built.engine() as engine:
        say("looking at the people and episodes asked about")
        kept = built.folder.parent / FOLDER
        designed = list(design(wanted, project, engine, asked.by, period=asked.period, pairs=asked.pairs, kept=kept))
        open_ = [one for one in designed if not isinstance(one, Unanswerable)]
        known([one.frame for one in open_])
        answered = {}
        for entry in _answered(open_, asked.seed, say):
            if isinstance(entry, Unanswerable):
                designed.append(entry)
            else:
                answered[entry.designed.ask.id] = entry
        changes = _changes(project, wanted, engine, asked.period, say)
        credited = _credited(built, wanted, engine, asked.period, say) if asked.credit else []
        texts = count_said(engine, asked.period.instants_sql("said_at", project.timezone))[1] if asked.why is not False else 0
        costs = _costs(project, wanted, engine, asked.period)
    entries = [answered[one.id] for one in wanted if one.id in answered]
    found = answer(
        entries,
        unanswered=[one for one in designed if isinstance(one, Unanswerable)],
        project=project.name,
        build=built.manifest.build,
        seed=asked.seed,
        changes=changes,
        pairs=_paired(entries, asked.seed),
        controls=project.controls,
        accidents=tuple(project.accidents),
        period=asked.period,
    )
    found = _beside(found, credited, costs, wanted)
    explaining = texts > 0 and (asked.why or texts <= FEW_TEXTS)
    return _explained(found, project, built, asked.period, say) if explaining else found, entries


def _explained(findings: Findings, project: ProjectFile, built: Build, period: Period, say: Say) -> Findings:
    """The findings with what people say of decisive moments, in the period."""
    if not any(one.verdict in DECISIVE for one in findings.document.findings):
        return findings
    try:
        with hearing(project, built, tier="fast", say=say, period=period) as one:
            return with_why(findings, lambda moment: explain(project, built, one.engine, one.heard, moment))
    except NothingSaid:
        return findings


def _credited(built: Build, wanted: Sequence[Ask], engine: Engine, period: Period, say: Say) -> list[CreditAnswered]:
    """Every happening that was asked for, shared among the touches before it, or why it is not."""
    credited = []
    for one in wanted:
        if one.outcome is None:
            reason = "Rows of a survey, snapshot or experiment have no paths that lead to an outcome."
            credited.append(CreditAnswered(one.id, None, None, "no_happening", reason))
            continue
        if period:
            reason = "Credit is shared over the whole paths of all records: ask for it without a period."
            credited.append(CreditAnswered(one.id, None, None, "no_happening", reason))
            continue
        source = source_of(one.outcome, engine)
        if isinstance(source, tuple):
            credited.append(CreditAnswered(one.id, None, None, *source))
            continue
        say(f"{one.id}: credit")
        credited.append(CreditAnswered(one.id, source, share(gather(source, engine, built.parts(engine, "journeys")))))
    return credited


def _costs(project: ProjectFile, wanted: Sequence[Ask], engine: Engine, period: Period) -> Costs | None:
    """What is recorded of money, for the outcomes of people that were asked for; None where nothing is."""
    units = frozenset(one.outcome.per for one in wanted if one.outcome is not None and one.design == "panel")
    if not units:
        return None
    return gather_costs(project, engine, units=units, period=period)


def _beside(findings: Findings, credited: Sequence[CreditAnswered], costs: Costs | None, wanted: Sequence[Ask]) -> Findings:
    """The findings with what is told beside them."""
    if credited:
        findings = with_credit(findings, credited)
    if costs is not None:
        findings = with_costs(findings, costs, wanted)
    return findings


def _paired(answered: Sequence[Answered], seed: int) -> list[PairAnswered]:
    """Every pair in order, of every question about people that has an answer."""
    if not any(one.designed.pairs for one in answered):
        return []
    return [
        PairAnswered(one.designed, estimate_pair(rows, seed=seed, unit=one.designed.unit))
        for one in answered
        for rows in one.designed.pairs
    ]


def _changes(project: ProjectFile, wanted: Sequence[Ask], engine: Engine, period: Period, say: Say) -> list[ChangeAnswered]:
    """Every dated change of the project file in the period, for every outcome asked for that episodes or people have.

    What was before and after a change is read from all records.
    """
    if not any(period.has(change.on) for change in project.changes):
        return []
    say(f"did it work: {len(project.changes)} changes")
    return [
        ChangeAnswered(
            designed,
            None if designed.frame is None else estimate_change(designed.frame, unit=designed.unit),
            None if designed.touches is None else how_it_went(designed.touches),
        )
        for designed in design_changes(wanted, project, engine, period)
    ]


def _answered(designed: Sequence[Designed], seed: int, say: Say) -> Iterator[Answered | Unanswerable]:
    """Estimate each question; those that share a panel share one pass over its rows, and may turn out to have no answer."""
    panels: dict[int, list[Designed]] = {}
    for one in designed:
        if one.panel is not None:
            panels.setdefault(id(one.panel), []).append(one)
            continue
        say(f"{one.ask.id}: {one.ask.design} design")
        segments = tuple(
            (name, estimate_segments(one.frame, _labels(labels, codes), seed=seed, unit=one.unit)) for name, labels, codes in one.segments
        )
        segments += tuple(
            (split.name, regrouped(estimate(split.frame, seed=seed, unit=one.unit), split.of, split.label, len(one.frame.exposures)))
            for split in one.splits
        )
        yield Answered(one, estimate(one.frame, seed=seed, unit=one.unit), segments, estimate_direct(one.frame, seed=seed))
    for together in panels.values():
        say(f"{', '.join(one.ask.id for one in together)}: panel design")
        yield from _panel(together)


def _panel(designed: Sequence[Designed]) -> Iterator[Answered | Unanswerable]:

    (panel,) = {id(one.panel): one.panel for one in designed}.values()
    assert panel is not None  # noqa: S101  the caller grouped them by it
    frames, unit_of = {one.ask.id: one.frame for one in designed}, {one.ask.id: one.unit for one in designed}
    panel, censored = weighed(panel)
    estimates = estimate_panel(panel, frames, unit_of=unit_of)
    by = {}
    if panel.segments or panel.splits:
        by = estimate_by_segment(panel, frames, unit_of=unit_of)
    for one, found in zip(designed, estimates, strict=True):
        if found.estimates is None or found.lacking is not None:
            rule, reason = found.lacking or ("too_few_units", "Nothing could be estimated.")
            yield Unanswerable(question=one.ask.id, rule=rule, reason=reason)
            continue
        checks = (*one.frame.checks, *found.estimates.checks, *([] if censored is None else [censored]))
        counted = replace(one, people=found.people, frame=replace(one.frame, rows=found.rows, checks=checks))
        yield Answered(counted, found.estimates, by.get(one.ask.id, ()), windows=found.windows, lasting=found.lasting)


def _labels(labels: tuple[str, ...], codes: Floats) -> list[str | None]:
    """The label of each unit, None where it has none."""
    return [None if code != code else labels[int(code)] for code in codes.tolist()]
