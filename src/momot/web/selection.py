"""What the filters of an address choose: a period or a run of it, an outcome, a segment; and the findings under them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import msgspec

from momot.designs.period import ALWAYS, Period
from momot.findings import Findings
from momot.findings.contract import Finding, Question, Reach, SegmentFinding
from momot.findings.forest import Forest, forest
from momot.findings.labels import DECISIVE, UNANSWERABLE_WORDS, capital, outcome_words, printable, segment_words
from momot.findings.runs import KeptRun
from momot.language import Language, Message
from momot.web import periods as of_time
from momot.web.call import Call, address
from momot.web.errors import NotThere
from momot.web.state import State

LONGEST_NAME = 80


@dataclass(frozen=True, slots=True)
class Option:
    """One choice of a filter: what it is called, its value in the address, where it leads."""

    words: str
    value: str
    address: str
    chosen: bool


@dataclass(frozen=True, slots=True)
class View:
    """The findings under the filters of an address, and the filters themselves."""

    run: KeptRun
    findings: Findings  # of the run, all of it
    shown: Findings  # of the outcome and segment
    question: Question
    drawn: Forest
    segment: str  # "region=North"; empty: everybody
    stale: bool  # the project was built anew since
    query: dict[str, str | None]  # the filters as they stand, without what is the default

    @property
    def language(self) -> Language:
        """Of whoever reads it."""
        return self.drawn.language


def newest(state: State, period: Period = ALWAYS) -> KeptRun | None:
    """The last run of a period; of all records where there is none, the last of any, so that a project is never shown as unasked."""
    runs = state.runs()
    found = next((run for run in runs if of_time.of(state.findings(run)) == period), None)
    return found if found is not None or period else next(iter(runs), None)


def alike(state: State) -> tuple[KeptRun, ...]:
    """The newest two runs that were asked for one period, the newer first; of those without a like the newest two."""
    runs = state.runs()
    periods = [of_time.of(state.findings(run)) for run in runs]
    for place, period in enumerate(periods):
        if period in periods[place + 1 :]:
            return runs[place], runs[periods.index(period, place + 1)]
    return runs[:2]


def unasked(call: Call) -> Period:
    """The period that an address asks for and no kept run was asked for; `ALWAYS` where there is nothing to ask first."""
    period = of_time.asked(call.query)
    return period if period and newest(call.state, period) is None else ALWAYS


def view_of(call: Call) -> View | None:
    """The view that the address asks for; None where no run of its period has an answer. Raises NotThere for what does not exist."""
    return view(call.state, call.query, call.language)


def view(state: State, query: Mapping[str, str], language: Language) -> View | None:
    """The same, of any filters."""
    named = of_time.run_of(query)
    run = kept_run(state, named) if named else newest(state, of_time.asked(query))
    if run is None:
        return None
    findings = state.findings(run)
    if not findings.questions:
        return None
    name = query.get("outcome") or default_outcome(findings)
    segment = query.get("segment", "")
    build = state.build()
    shown, drawn = state.views.of(
        (run.number, run.content, name, segment, language.code), lambda: _narrowed(findings, name, segment, language)
    )
    return View(
        run=run,
        findings=findings,
        shown=shown,
        question=shown.questions[0],
        drawn=drawn,
        segment=segment,
        stale=bool(build) and findings.document.build != build,
        query=_filters(query),
    )


def default_outcome(findings: Findings) -> str:
    """The first question with a decisive moment, else the first."""
    found = [moment.question.id for moment in findings if moment.decisive]
    return next((question.id for question in findings.questions if question.id in found), findings.questions[0].id)


def outcomes(one: View, path: str) -> tuple[Option, ...]:
    """Every question of the run; another one keeps the run, and the segment where it has it."""
    made = []
    for question in one.findings.questions:
        segment = one.segment if one.segment in segment_names(one.findings, question.id) else None
        chosen = question.id == one.question.id
        words = capital(printable(outcome_words(question.outcome, one.language), LONGEST_NAME))
        made.append(Option(words, question.id, address(path, {**one.query, "outcome": question.id, "segment": segment}), chosen))
    return tuple(made)


def segments(one: View, path: str) -> tuple[Option, ...]:
    """Everybody, and each kind of people that the run asked about; nothing where it asked about none."""
    names = segment_names(one.findings, one.question.id)
    if not names:
        return ()
    everybody = Option(one.language.say("Everybody"), "", address(path, one.query, segment=None), not one.segment)
    return (
        everybody,
        *(Option(segment_name(name, one.language), name, address(path, one.query, segment=name), name == one.segment) for name in names),
    )


def periods(one: View, state: State, path: str) -> tuple[Option, ...]:
    """The periods of findings; those that no kept run was asked for say so, and the run that an address names comes last."""
    named = bool(one.query.get("run"))
    shown = None if named else of_time.of(one.findings)
    found = spans(state, shown, path, {**one.query, "run": None}, one.language, unasked=True)
    if named:
        words = one.language.say("Run {number}: {period}", number=one.run.number, period=period_of(one.findings, one.language))
        found += (Option(words, f"{of_time.RUN}{one.run.number}", address(path, one.query), chosen=True),)
    return found


def spans(
    state: State, shown: Period | None, path: str, query: Mapping[str, str | None], language: Language, *, unasked: bool = False
) -> tuple[Option, ...]:
    """All records, every period that a kept run was asked for, the one that is shown, and quarters or years of the records.

    `unasked`: say of those that no run was asked for that they are.
    """
    found = [state.findings(run) for run in state.runs()]
    answered = {of_time.of(each) for each in found if each.document.period is not None}
    records = of_time.span(found)
    known = [*(of_time.of(each) for each in found), *([shown] if shown else [])]
    ordered = dict.fromkeys([ALWAYS, *known, *(of_time.offered(*records) if records else ())])
    made = []
    for period in ordered:
        words = of_time.words(period, language)
        if unasked and period and period not in answered:
            words = language.say("{period} (not asked yet)", period=words)
        value = of_time.written(period)
        made.append(Option(words, value, address(path, query, period=value), period == shown))
    return tuple(made)


def segment_name(name: str, language: Language) -> str:
    """`region=North` as `region: North`; empty for everybody."""
    segment, _, value = name.partition("=")
    return printable(f"{segment_words(segment, language)}: {value}", LONGEST_NAME) if segment else ""


def segment_names(findings: Findings, question: str) -> tuple[str, ...]:
    """`region=North`, each once, in the document's order."""
    found = (f"{one.segment}={one.value}" for one in findings.by_segment if one.question == question)
    return tuple(dict.fromkeys(found))


def kept_run(state: State, asked: str) -> KeptRun:
    """The run of this number. Raises NotThere."""
    kept = state.runs()
    found = next((run for run in kept if str(run.number) == asked), None)
    if found is None:
        raise NotThere(Message("There is no run '{name}'. Runs that are kept: {n}.", name=printable(asked, 20), n=len(kept)))
    return found


def _filters(query: Mapping[str, str]) -> dict[str, str | None]:
    """The filters of an address in one way of writing them, without what is the default."""
    filters = {"run": of_time.run_of(query), "period": of_time.written(of_time.asked(query))}
    filters |= {name: query.get(name, "") for name in ("outcome", "segment")}
    return {name: value for name, value in filters.items() if value}


def period_of(findings: Findings, language: Language) -> str:
    """First and last day of a run's records, or that they carry no time."""
    document = findings.document
    starts = [question.from_[:10] for question in document.questions if question.from_]
    ends = [question.to[:10] for question in document.questions if question.to]
    return language.days(min(starts), max(ends)) if starts and ends else language.say("without dates")


def _narrowed(findings: Findings, name: str, segment: str, language: Language) -> tuple[Findings, Forest]:
    """The findings of one question and segment, and their forest. Raises NotThere for what was not asked."""
    if name not in {question.id for question in findings.questions}:
        closed = next((one for one in findings.unanswerable if one.question == name), None)
        if closed is not None:
            why = Message(UNANSWERABLE_WORDS[closed.rule])
            raise NotThere(
                Message("The outcome '{name}' was not answered in this run: {reason}.", name=printable(name, LONGEST_NAME), reason=why)
            )
        raise NotThere(Message("The outcome '{name}' was not answered in this run.", name=printable(name, LONGEST_NAME)))
    shown = findings.question(name)
    if segment:
        if segment not in segment_names(findings, name):
            raise NotThere(
                Message("This run did not ask about '{name}'. A find by that segment does.", name=printable(segment, LONGEST_NAME))
            )
        shown = of_segment(shown, segment)
    return shown, forest(shown, shown.questions[0], language)


def of_segment(findings: Findings, segment: str) -> Findings:
    """The findings of one question for one kind of people: their own verdicts and effects, in the order of everybody's ranks.

    What was asked of everybody only (at stake, how it lasts, why) has no place here; a moment without an answer for them is left out.
    """
    document = findings.document
    told = {one.moment: one for one in document.by_segment if f"{one.segment}={one.value}" == segment}
    order = sorted((one for one in document.findings if one.moment in told), key=lambda one: (one.rank is None, one.rank or 0))
    ranked = [one for one in order if told[one.moment].verdict in DECISIVE]
    rank = {one.moment: place for place, one in enumerate(ranked, start=1)}
    own = tuple(_of(one, told[one.moment], rank.get(one.moment)) for one in order)
    effects = tuple(msgspec.structs.replace(one, segment=None) for one in document.effects if one.segment == segment)
    people = max((one.people for one in told.values()), default=0)
    value = segment.partition("=")[2]
    decisive = len(ranked)
    words = f"{decisive} of {len(own)} touchpoints {'decides' if decisive == 1 else 'decide'}"
    if any(one.evidence == "C" for one in own):
        words = f"{decisive} of {len(own)} {'goes' if decisive == 1 else 'go'} with"
    headline = f"{words} {outcome_words(document.questions[0].outcome)} for {value}"
    question = msgspec.structs.replace(document.questions[0], headline=headline)
    return Findings(
        msgspec.structs.replace(document, questions=(question,), findings=own, effects=effects, by_segment=(), differences=())
        if people
        else msgspec.structs.replace(document, questions=(question,), findings=(), effects=())
    )


def _of(one: Finding, told: SegmentFinding, rank: int | None) -> Finding:
    share = told.people / one.reach.people * one.reach.share if one.reach.people else 0.0
    return msgspec.structs.replace(
        one,
        verdict=told.verdict,
        label=told.label,
        evidence=told.evidence,
        q_value=told.q_value,
        rank=rank,
        tied=None,
        reach=Reach(people=told.people, share=min(1.0, share), per_month=None),
        detectable_effect=told.detectable_effect,
        local_false_discovery_rate=None,
        robustness_value=None,
        at_stake=None,
        half_life_days=None,
        lasting=(),
        why=None,
        checks=told.checks,
    )
