"""From estimates to the document: verdicts, ranks, every number beside its reference. Arithmetic on frozen values, nothing else."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from momot import __version__
from momot.designs import Designed
from momot.effects.estimates import ContrastEstimate, Estimates
from momot.effects.segments import Segments
from momot.findings import sensitivity
from momot.findings.changes import ChangeAnswered, answer_changes
from momot.findings.contract import Calibration, Document, Effect, Finding, Question, Reach
from momot.findings.findings import Findings
from momot.findings.rank import rank
from momot.findings.sentences import headline
from momot.findings.trials import Pulled, largest_segment, shrunken_arms, shrunken_segments, trial_checks
from momot.findings.verdict import DISCOVERY_RATE, Decided, Tested, decide, label
from momot.stats.discovery import benjamini_hochberg, q_values
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


def answer(
    answered: Sequence[Answered],
    *,
    unanswered: Sequence[Unanswerable],
    project: str,
    build: str,
    seed: int,
    changes: Sequence[ChangeAnswered] = (),
) -> Findings:
    """The findings of one run. Verdicts need the whole run: false discoveries are counted over all questions and within each."""
    tested = [one for entry in answered for one in _tested(entry)]
    decided = decide(tested)
    questions, findings, effects = [], [], []
    position = 0
    for entry in answered:
        count = len(entry.estimates.exposures)
        part = slice(position, position + count)
        position += count
        questions.append(_question(entry, [one.verdict for one in decided[part]]))
        findings += _findings(entry, decided[part])
        effects += _effects(entry, decided[part])
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
        )
    )


def _tested(entry: Answered) -> list[Tested]:
    ask, frame = entry.designed.ask, entry.designed.frame
    return [
        Tested(
            question=ask.id,
            frame=frame,
            exposure=frame.exposures[estimate.exposure],
            estimate=estimate,
            better=1 if ask.better == "higher" else -1,
            smallest_effect=ask.smallest_effect,
            direct=None if entry.direct is None else entry.direct.exposures[position],
        )
        for position, estimate in enumerate(entry.estimates.exposures)
    ]


def _question(entry: Answered, verdicts: Sequence[Verdict]) -> Question:
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
        calibration=Calibration(),
        headline=headline(
            outcome=ask.id,
            design=frame.design,
            evidence=frame.evidence,
            verdicts=verdicts,
            kinds=[frame.exposures[estimate.exposure].kind for estimate in entry.estimates.exposures],
        ),
        estimand=designed.estimand,
        checks=frame.checks,
    )


def _findings(entry: Answered, decided: Sequence[Decided]) -> list[Finding]:
    ranked = rank(entry.estimates, [one.tested for one in decided], [one.verdict for one in decided])
    alike, trial = _segment_checks(entry), trial_checks(entry)
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
            held=one.estimate.held,
            reach=_reach(entry, one),
            detectable_effect=one.estimate.detectable,
            robustness_value=sensitivity.value(one),
            at_stake=one.at_stake if said.verdict in ("moment", "likely") else None,
            half_life_days=None,
            checks=(
                *one.checks,
                *sensitivity.check(one, said.verdict),
                *trial.get(one.estimate.exposure, ()),
                *alike.get(one.estimate.exposure, ()),
            ),
        )
        for one, said, place in zip((one.tested for one in decided), decided, ranked, strict=True)
    ]
    return sorted(found, key=lambda finding: (finding.rank is None, finding.rank or 0, finding.moment))


def _segment_checks(entry: Answered) -> dict[int, tuple[Check, ...]]:
    """By exposure, whether its effect is the same in all values of each segment; false discoveries among these tests are their own."""
    rows = [(name, segments, key, p) for name, segments in entry.segments for key, p in segments.differences.items()]
    q = benjamini_hochberg(np.array([p for *_, p in rows]))
    found: dict[int, tuple[Check, ...]] = {}
    for (name, segments, key, _), value in zip(rows, q.tolist(), strict=True):
        exposure, _, level, _ = key
        differs = value <= DISCOVERY_RATE
        seen = "differs" if differs else "was not seen to differ"
        check = Check(
            name="segments",
            status="review" if differs else "pass",
            value=value,
            limit=DISCOVERY_RATE,
            message=f"The effect of '{level}' {seen} between the values of '{name}' (q = {value:.2g}).{largest_segment(segments, key)}",
            fix="Read the effects by segment before deciding for everybody; the largest of them is flattered by chance."
            if differs
            else None,
        )
        found[exposure] = (*found.get(exposure, ()), check)
    return found


def _reach(entry: Answered, one: Tested) -> Reach:
    frame = entry.designed.frame
    months = frame.months
    return Reach(
        people=one.estimate.people,
        share=one.estimate.people / max(entry.designed.people, 1),
        per_month=None if months is None else one.estimate.people / months,
    )


def _effects(entry: Answered, decided: Sequence[Decided]) -> list[Effect]:
    tested = [one.tested for one in decided]
    days = None if entry.designed.ask.within_days is None else (0.0, float(entry.designed.ask.within_days))
    arms = shrunken_arms(entry)
    whole = [
        _effect(one.tested, contrast, q_value=_q(one, contrast), segment=None, days=days, pulled=arms.get((at, number)))
        for at, one in enumerate(decided)
        for number, contrast in enumerate(one.tested.estimate.contrasts)
    ]
    further = [
        _effect(one, contrast, q_value=None, segment=None, days=(0.0, horizon))
        for horizon, estimates in entry.windows
        for one, estimate in zip(tested, estimates.exposures, strict=True)
        for contrast in estimate.contrasts
    ]
    return whole + further + _segment_effects(entry, tested, days)


def _q(decided: Decided, contrast: ContrastEstimate) -> float | None:
    """The q-value of the test that a contrast belongs to."""
    presence = contrast.contrast == "presence" and decided.tested.frame.design == "panel"
    return decided.q_presence if presence else decided.q_between


def _segment_effects(entry: Answered, tested: Sequence[Tested], days: tuple[float, float] | None) -> list[Effect]:
    """Effects within segments, with a false discovery rate of their own: they were not what was asked first."""
    shrunken = {name: shrunken_segments(segments) for name, segments in entry.segments}
    rows = [
        (one, contrast, f"{name}={value}", shrunken[name].get((value, at, number)))
        for name, segments in entry.segments
        for value, estimates in segments.by_value.items()
        for at, (one, estimate) in enumerate(zip(tested, estimates.exposures, strict=True))
        for number, contrast in enumerate(estimate.contrasts)
    ]
    q = q_values(np.array([contrast.p_value for _, contrast, *_ in rows]), [one.exposure.moment for one, *_ in rows])
    return [
        _effect(one, contrast, q_value=float(value), segment=segment, days=days, pulled=pulled)
        for (one, contrast, segment, pulled), value in zip(rows, q, strict=True)
    ]


def _effect(
    one: Tested,
    contrast: ContrastEstimate,
    *,
    q_value: float | None,
    segment: str | None,
    days: tuple[float, float] | None,
    pulled: Pulled | None = None,
) -> Effect:
    shrunken, low, high = pulled or (None, None, None)
    return Effect(
        question=one.question,
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
        calibrated=False,
        p_value=contrast.p_value,
        q_value=q_value,
        per_month=contrast.per_month,
        shrunken=shrunken,
        shrunken_low=low,
        shrunken_high=high,
    )
