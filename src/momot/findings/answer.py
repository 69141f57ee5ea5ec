"""From estimates to the document: verdicts, ranks, every number beside its reference. Arithmetic on frozen values, nothing else."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

from momot import __version__
from momot.designs import Designed
from momot.designs.period import ALWAYS
from momot.designs.period import Period as Chosen
from momot.effects.calibration import Asked, Calibrated, Options, calibrate
from momot.effects.estimates import ContrastEstimate, Estimates
from momot.effects.lasting import Lasting
from momot.effects.segments import Segments
from momot.findings import sensitivity
from momot.findings.changes import ChangeAnswered, answer_changes
from momot.findings.contract import Calibration, Document, Effect, Finding, NullLaw, Period, Question, Reach
from momot.findings.findings import Findings
from momot.findings.lasting import Faded, faded, without_double
from momot.findings.numbers import Numbers
from momot.findings.pairs import PairAnswered, answer_pairs
from momot.findings.positive import PositiveControl, experiment_checks, positive_controls
from momot.findings.rank import rank
from momot.findings.sentences import headline, response_sentence
from momot.findings.trials import Pulled, shrunken_arms, trial_checks
from momot.findings.verdict import FOUND, Decided, Systematic, Tested, decide, label
from momot.findings.whom import ForWhom, Value, for_whom, q_of
from momot.vocabulary import Verdict
from momot.vocabulary.records import Check, Unanswerable


@dataclass(frozen=True, slots=True)
class Answered:
    """One question with its frame and its estimates."""

    designed: Designed
    estimates: Estimates
    segments: tuple[tuple[str, Segments], ...] = ()  # by name of the segment
    direct: Estimates | None = None  # with what comes after each touchpoint held too
    windows: tuple[tuple[float, Estimates], ...] = ()  # the same for other horizons, by days
    lasting: Lasting | None = None  # in disjoint windows


def answer(
    answered: Sequence[Answered],
    *,
    unanswered: Sequence[Unanswerable],
    project: str,
    build: str,
    seed: int,
    changes: Sequence[ChangeAnswered] = (),
    pairs: Sequence[PairAnswered] = (),
    controls: Collection[str] = (),
    accidents: Collection[str] = (),
    period: Chosen = ALWAYS,
    options: Options | None = None,
) -> Findings:
    """The findings of one run. Verdicts need the whole run: false discoveries are counted over all questions and within each.

    `controls` are touchpoints declared to change nothing, `accidents` those that struck everybody of a group alike (in panels, where their
    errors are taken by group). `options` switches pieces of the calibration off, for those who want to see what they are worth.
    """
    positive = positive_controls(answered)
    calibrated = calibrate([_asked(entry, controls, accidents, positive) for entry in answered], options=options)
    decided = decide([one for entry, known in zip(answered, calibrated, strict=True) for one in _tested(entry, known, controls, accidents)])
    whom = for_whom(answered, decided, _values(answered, controls, accidents, options))
    tried = experiment_checks(positive)
    questions, findings, effects = [], [], []
    position = 0
    for entry, known in zip(answered, calibrated, strict=True):
        count = len(entry.estimates.exposures)
        part = slice(position, position + count)
        position += count
        fading = [_faded(entry, one) for one in decided[part]]
        questions.append(_question(entry, known, [one.verdict for one in decided[part]], whom))
        findings += _findings(entry, known, decided[part], whom, tried, fading)
        effects += _effects(entry, known, decided[part], whom, fading)
    return Findings(
        Document(
            momot=__version__,
            project=project,
            build=build,
            seed=seed,
            questions=tuple(questions),
            findings=tuple(findings),
            effects=tuple(effects),
            refused=tuple(refusal for entry in answered for refusal in entry.designed.refused),
            unanswerable=tuple(unanswered),
            changes=answer_changes(changes),
            by_segment=whom.findings,
            differences=whom.differences,
            pairs=answer_pairs(pairs),
            responses=tuple(one for entry in answered if (one := entry.designed.response) is not None),
            period=_period(period),
        )
    )


def _period(chosen: Chosen) -> Period | None:
    ends = (None if end is None else end.isoformat() for end in (chosen.since, chosen.until))
    return Period(since=next(ends), until=next(ends)) if chosen else None


def _faded(entry: Answered, one: Decided) -> Faded | None:
    """How long a found moment lasts, where the design follows people for longer than its outcome."""
    return faded(one.tested, entry.lasting) if entry.lasting is not None and one.verdict in FOUND else None


def _asked(entry: Answered, controls: Collection[str], accidents: Collection[str], positive: Sequence[PositiveControl] = ()) -> Asked:
    designed = entry.designed
    per = designed.ask.outcome.per if designed.ask.outcome is not None else None
    return Asked(
        question=designed.ask.id,
        frame=designed.frame,
        estimates=entry.estimates,
        better=1 if designed.ask.better == "higher" else -1,
        group=(designed.frame.design, per),
        controls=frozenset(controls),
        exempt=frozenset(accidents if designed.frame.design == "panel" else ()),
        tried={one.exposure: (one.experimental, one.experimental_error) for one in positive if one.question == designed.ask.id},
    )


def _values(answered: Sequence[Answered], controls: Collection[str], accidents: Collection[str], options: Options | None) -> list[Value]:
    """Every value of every segment as a question of its own: calibrated with the other values of the segment, then ready for a decision."""
    entries = [
        (entry, name, value, replace(entry, estimates=estimates, segments=(), direct=None, windows=()))
        for entry in answered
        for name, segments in entry.segments
        for value, estimates in segments.by_value.items()
    ]
    asked = []
    for _, name, value, alone in entries:
        one = _asked(alone, controls, accidents)
        asked.append(replace(one, question=f"{one.question}, {name}={value}", group=(one.group, name)))
    return [
        Value(
            entry.designed.ask.id,
            name,
            value,
            alone.estimates,
            tuple(replace(tested, question=one.question) for tested in _tested(alone, known, controls, accidents)),
        )
        for (entry, name, value, alone), one, known in zip(entries, asked, calibrate(asked, options=options), strict=True)
    ]


def _tested(entry: Answered, known: Calibrated, controls: Collection[str], accidents: Collection[str]) -> list[Tested]:
    ask, frame = entry.designed.ask, entry.designed.frame
    found = []
    for position, estimate in enumerate(known.estimates.exposures):
        exposure = frame.exposures[estimate.exposure]
        presence, between = _systematic(known, position)
        control, exempt = exposure.touchpoint in controls, exposure.touchpoint in accidents and frame.design == "panel"
        found.append(
            Tested(
                question=ask.id,
                frame=frame,
                exposure=exposure,
                estimate=estimate,
                better=1 if ask.better == "higher" else -1,
                smallest_effect=ask.smallest_effect,
                unit=entry.designed.unit,
                direct=None if entry.direct is None else entry.direct.exposures[position],
                presence=replace(presence, control=control, exempt=exempt),
                between=replace(between, control=control, exempt=exempt),
            )
        )
    return found


def _systematic(known: Calibrated, position: int) -> tuple[Systematic, Systematic]:
    """What is known of systematic error in having met one moment at all, and in how it went."""
    false = known.false[position] if known.false else (None, None)
    again = known.again[position] if known.again else None
    sides = []
    for met, method, rate in ((False, known.presence, false[0]), (True, known.between, false[1])):
        laws = [law for law in known.laws if law.kind[1] == met and (met or law.kind[0] == "presence")]
        widest = max(laws, key=lambda law: law.law.spread, default=None)
        if widest is None or method == "none":
            sides.append(Systematic())
            continue
        law = widest.law
        sides.append(Systematic(method, widest.touchpoints, known.few, law.location, law.spread, rate, None if met else again))
    return sides[0], sides[1]


def _calibration(known: Calibrated) -> Calibration:
    presence = next((law for law in known.laws if law.kind == ("presence", False)), None)
    return Calibration(
        method=known.presence if known.presence != "none" else known.between,
        location=None if presence is None else presence.law.location,
        spread=None if presence is None else presence.law.spread,
        controls=known.controls,
        laws=tuple(
            NullLaw(
                contrast=one.kind[0],
                between_met=one.kind[1],
                method="controls" if one.method == "controls" else "majority",
                touchpoints=one.touchpoints,
                nulls=one.law.nulls,
                location=one.law.location,
                slope=one.law.slope or None,
                spread=one.law.spread,
            )
            for one in known.laws
        ),
    )


def _question(entry: Answered, known: Calibrated, verdicts: Sequence[Verdict], whom: ForWhom) -> Question:
    designed = entry.designed
    ask, frame = designed.ask, designed.frame
    return Question(
        id=ask.id,
        outcome=ask.id,
        unit=designed.unit,
        better=ask.better,
        design=frame.design,
        evidence=frame.evidence,
        within_days=ask.within_days,
        smallest_effect=ask.smallest_effect,
        units=frame.units,
        people=designed.people,
        mean=entry.estimates.mean,
        from_=designed.first,
        to=designed.last,
        calibration=_calibration(known),
        headline=headline(
            outcome=ask.id,
            design=frame.design,
            evidence=frame.evidence,
            verdicts=verdicts,
            kinds=[frame.exposures[estimate.exposure].kind for estimate in entry.estimates.exposures],
        )
        + whom.clause(ask.id),
        estimand=designed.estimand,
        checks=(*frame.checks, *_heard(designed), *whom.notes.get(ask.id, ())),
        per=frame.noun,
    )


def _heard(designed: Designed) -> tuple[Check, ...]:
    """How many of everybody gave the opinion, where one is asked for."""
    if designed.response is None:
        return ()
    told = response_sentence(designed.response, Numbers(unit=designed.unit, decimals=2))
    return (Check(name="response", status="pass", value=designed.response.share, message=told),)


def _findings(
    entry: Answered,
    known: Calibrated,
    decided: Sequence[Decided],
    whom: ForWhom,
    tried: dict[tuple[str, int], tuple[Check, ...]],
    fading: Sequence[Faded | None],
) -> list[Finding]:
    ranked = rank(known.estimates, [one.tested for one in decided], [one.verdict for one in decided])
    trial = trial_checks(entry)
    found = [
        Finding(
            question=one.question,
            moment=one.exposure.moment,
            touchpoint=one.exposure.touchpoint,
            stage=one.exposure.stage,
            channel=one.exposure.channel,
            kind=one.exposure.kind,
            verdict=said.verdict,
            label=label(one, said.verdict),
            evidence=one.evidence,
            rank=place.rank,
            tied=place.tied,
            q_value=said.q_value,
            local_false_discovery_rate=one.systematic.false,
            held=one.estimate.held,
            reach=_reach(entry, one),
            detectable_effect=one.estimate.detectable,
            robustness_value=sensitivity.value(one),
            at_stake=one.at_stake if said.verdict in ("moment", "likely") else None,
            half_life_days=gone.half_life if gone else None,
            checks=(
                *one.checks,
                *sensitivity.check(one, said.verdict),
                *trial.get(one.estimate.exposure, ()),
                *tried.get((one.question, one.estimate.exposure), ()),
                *whom.checks.get((one.question, one.exposure.moment), ()),
            ),
            lasting=gone.curves if gone else (),
        )
        for one, said, place, gone in zip((one.tested for one in decided), decided, ranked, fading, strict=True)
    ]
    return sorted(found, key=lambda finding: (finding.rank is None, finding.rank or 0, finding.moment))


def _reach(entry: Answered, one: Tested) -> Reach:
    frame = entry.designed.frame
    months = frame.months
    return Reach(
        people=one.estimate.people,
        share=one.estimate.people / max(entry.designed.people, 1),
        per_month=None if months is None else one.estimate.people / months,
    )


def _effects(entry: Answered, known: Calibrated, decided: Sequence[Decided], whom: ForWhom, fading: Sequence[Faded | None]) -> list[Effect]:
    """The raw estimate of every contrast and, where it is another one, the calibrated one, to which the q-value belongs."""
    tested = [one.tested for one in decided]
    days = None if entry.designed.ask.within_days is None else (0.0, float(entry.designed.ask.within_days))
    arms = shrunken_arms(entry)
    whole = []
    for at, (one, raw, calibrated) in enumerate(zip(decided, entry.estimates.exposures, known.estimates.exposures, strict=True)):
        for number, (before, after) in enumerate(zip(raw.contrasts, calibrated.contrasts, strict=True)):
            q, pulled = q_of(one, after), arms.get((at, number))
            whole.append(_effect(one.tested, before, q_value=q if before is after else None, segment=None, days=days, pulled=pulled))
            if before is not after:
                whole.append(_effect(one.tested, one.tested.printed(after), q_value=q, segment=None, days=days, calibrated=True))
    further = [
        _effect(one, contrast, q_value=None, segment=None, days=(0.0, horizon))
        for horizon, estimates in entry.windows
        for one, estimate in zip(tested, estimates.exposures, strict=True)
        for contrast in estimate.contrasts
    ]
    within = []
    for row in whom.rows.get(entry.designed.ask.id, ()):
        same = row.raw is row.contrast
        raw_q = row.q_value if same else None
        within.append(_effect(row.tested, row.raw, q_value=raw_q, segment=row.segment, days=days, pulled=row.pulled))
        if not same:
            within.append(_effect(row.tested, row.contrast, q_value=row.q_value, segment=row.segment, days=days, calibrated=True))
    windows = without_double(whole + further, [effect for gone in fading if gone for effect in gone.effects])
    return whole + further + windows + within


def _effect(
    one: Tested,
    contrast: ContrastEstimate,
    *,
    q_value: float | None,
    segment: str | None,
    days: tuple[float, float] | None,
    pulled: Pulled | None = None,
    calibrated: bool = False,
) -> Effect:
    shrunken, low, high = pulled or (None, None, None)
    return Effect(
        question=one.frame.question,
        moment=one.exposure.moment,
        contrast=contrast.contrast,
        level=contrast.level,
        reference=contrast.reference,
        segment=segment,
        days=days,
        n=contrast.n,
        n_reference=contrast.n_reference,
        mean=contrast.mean,
        mean_reference=contrast.mean_reference,
        estimate=contrast.estimate,
        low=contrast.low,
        high=contrast.high,
        calibrated=calibrated,
        p_value=contrast.p_value,
        q_value=q_value,
        per_month=contrast.per_month,
        shrunken=shrunken,
        shrunken_low=low,
        shrunken_high=high,
    )
