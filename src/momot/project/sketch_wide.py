"""Drafts of experiments, surveys and snapshots: one row a unit, no time line."""

from __future__ import annotations

import re
from collections.abc import Sequence

from momot.project.batteries import Battery, find_battery
from momot.project.hints import hints_at
from momot.project.profile import Column, Profile, Source
from momot.project.roles import Answer, is_binary, outcomes_of, person_of, weight_of, yes_value
from momot.project.shapes import as_cell
from momot.project.sketch import Entry, Sheet, listed, slug, table_of, text
from momot.project.trials import Trial, find_trials

_MOST_CONDITIONS = 40


def sketch_experiment(profile: Profile, source: Source, sheet: Sheet) -> bool:
    """An [[experiments]] block where a column is said and measured to be an assignment. Returns whether it is live."""
    trials = [trial for trial in find_trials(profile, source) if trial.sure]
    if not trials:
        return False
    trial = trials[0]
    if len(trials) > 1:
        sheet.ask(source, "which column is the assignment?", [other.column.name for other in trials])
    return _experiment(profile, source, sheet, trial, sure=len(trials) == 1)


def ask_for_experiment(profile: Profile, source: Source, sheet: Sheet) -> bool:
    """A commented [[experiments]] block where a column looks like an assignment, but nothing or not everything says so."""
    trials = [trial for trial in find_trials(profile, source) if not trial.sure and (trial.hinted or (trial.even and trial.likely))]
    if not trials:
        return False
    names = [trial.column.name for trial in trials]
    unlike = trials[0].moved[:4]
    doubt = f" It is not alike on {', '.join(unlike)}." if trials[0].hinted and not trials[0].likely else ""
    sheet.ask(source, f"was a column assigned at random?{doubt}", names)
    _experiment(profile, source, sheet, trials[0], sure=False)
    return True


def _experiment(profile: Profile, source: Source, sheet: Sheet, trial: Trial, *, sure: bool) -> bool:
    column = trial.column
    person, _ = person_of(profile, source)
    outcomes = outcomes_of(source, (*trial.moved, *trial.balanced))
    taken = {column.name, *(outcome.name for outcome in outcomes)}
    beside = [name for name in (*trial.moved, *trial.balanced) if name not in taken]
    open_ = [name for name in beside if name in trial.moved or source[name].position > column.position]
    if not outcomes:
        sheet.ask(source, "which columns are outcomes of the experiment?", open_ or beside)
    elif open_:
        sheet.ask(source, "these are not used: known before, outcomes, or something in between?", open_)
    if not trial.control_is_said:
        sheet.ask(source, f"is {trial.control!r} the control of {column.name}?")
    before = [name for name in trial.balanced if name not in taken and source[name].position < column.position and not source[name].unique]
    arms = {as_cell(value): f"{slug(column.name) or 'arm'}.{slug(as_cell(value)) or value}" for value in trial.arms}
    balance = f"alike in all arms on {len(trial.balanced)} other columns" + (
        f", different on {', '.join(trial.moved[:6])}" if trial.moved else ""
    )
    entries = [
        Entry("from", text(sheet.base(source))),
        *_person(source, sheet, person),
        *_at(source, sheet),
        Entry("assignment", text(sheet.column(column.name)), sure=sure, why=balance),
        Entry(
            "control",
            text(as_cell(trial.control)),
            why="" if trial.control_is_said else "? nothing in the file says that this one is the control",
        ),
        Entry("arms", table_of(arms), why="the names of the touchpoints are yours to choose"),
        _outcomes(sheet, outcomes or [source[name] for name in open_ or beside], sure=bool(outcomes)),
        Entry(
            "before",
            listed([sheet.column(name) for name in before]),
            sure=bool(before),
            why="alike in all arms, and to the left of the assignment",
        ),
    ]
    sketch = sheet.add("experiments", f"{source.name}: {source.rows:,} rows{'' if sure else '. Was it an experiment?'}", entries)
    return sketch.live


def sketch_survey(profile: Profile, source: Source, sheet: Sheet, *, alone: bool) -> bool:
    """A [[surveys]] block where a battery of ratings is found. `alone`: no other survey of the folder could use the same ids."""
    battery = find_battery(profile, source)
    if battery is None:
        return False
    overall = _overall(source, battery)
    if overall.column is None:
        sheet.ask(source, "which rating is the overall opinion?", overall.candidates)
    for code in battery.unclear:
        sheet.ask(source, f"what does {code} mean in the ratings? It is out of line with {battery.low} to {battery.high}.")
    person, _ = person_of(profile, source)
    ratings = {slug(name) or name: sheet.column(name) for name in battery.columns if overall.column is None or name != overall.column.name}
    weight = weight_of(source)
    year = re.search(r"(?<!\d)(19|20)\d\d(?!\d)", source.name)
    asked = overall.column or source[overall.candidates[0]]
    entries = [
        Entry("from", text(sheet.base(source))),
        *_survey_person(source, sheet, person, alone=alone),
        *_at(source, sheet),
        *([Entry("period", text(f"'{year[0]}'"), why="from the file's name")] if year else []),
        Entry("overall", text(sheet.column(asked.name)), sure=overall.column is not None, why=overall.why),
        Entry("scale", f"[{battery.low}, {battery.high}]", why="codes in line with the other answers"),
        *([Entry("missing", listed(battery.missing), why="out of line with the scale, rare everywhere")] if battery.missing else []),
        *(
            [Entry("never_used", listed(battery.never_used), why="out of line with the scale, common where few can judge")]
            if battery.never_used
            else []
        ),
        *([Entry("weight", text(sheet.column(weight.column.name)), why="positive, mean 1")] if weight.column else []),
        Entry("ratings", table_of(ratings), why="the names of the touchpoints are yours to choose"),
        Entry("before", "[]", sure=False, why="what was known before, such as the year or the group of the respondent"),
    ]
    return sheet.add("surveys", f"{source.name}: {source.rows:,} answers, {len(battery.columns)} ratings that go together", entries).live


def _overall(source: Source, battery: Battery) -> Answer:
    """The rating that is named so, in the longest run of neighbouring ratings, and goes with the others as few do."""
    ranked = sorted(battery.columns, key=lambda name: -battery.together[name])
    named = [name for name in battery.columns if hints_at(name, "overall")]
    runs = _runs(source, battery.columns)
    longest = max((run for run in runs if set(run) & set(named)), key=len, default=[])
    inside = [name for name in named if name in longest] if sum(len(run) == len(longest) for run in runs) == 1 else named
    if len(inside) == 1 and inside[0] in ranked[: max(3, len(ranked) // 4)]:
        return Answer(source[inside[0]], why=f"named so, and goes with the other ratings at {battery.together[inside[0]]:.2f}")
    return Answer(None, tuple(named or ranked))


def _runs(source: Source, names: Sequence[str]) -> list[list[str]]:
    """Neighbouring columns of the file, as runs."""
    runs: list[list[str]] = []
    for name in names:
        if runs and source[runs[-1][-1]].position == source[name].position - 1:
            runs[-1].append(name)
        else:
            runs.append([name])
    return runs


def _survey_person(source: Source, sheet: Sheet, person: Answer, *, alone: bool) -> list[Entry]:
    column = person.column
    if column is None:
        return _person(source, sheet, person)
    if not column.unique:
        sheet.ask(source, f"{column.name} is there more than once: is it the person?")
        return [Entry("person", text(sheet.column(column.name)), sure=False)]
    if alone or column.kind == "text":
        return [Entry("person", text(sheet.column(column.name)))]
    prefixed = f"'{source.stem}-' || {sheet.column(column.name)}"
    return [Entry("person", text(prefixed), why="the numbers begin again in each file")]


def sketch_snapshot(profile: Profile, source: Source, sheet: Sheet) -> bool:
    """A [[snapshots]] block where one column is an outcome and no row is a second one of the same person."""
    outcomes = [column for column in outcomes_of(source) if is_binary(column)]
    person, _ = person_of(profile, source)
    if not outcomes or (person.column is not None and not person.column.unique):
        return False
    if len(outcomes) > 1:
        sheet.ask(source, "which column is the outcome?", [outcome.name for outcome in outcomes])
    never = _never_used(source)
    met = {name for names in never.values() for name in names}
    taken = {outcomes[0].name, *met, *((person.column.name,) if person.column else ())}
    others = [column for column in source.columns if column.name not in taken and _is_fact(column)][:_MOST_CONDITIONS]
    entries = [
        Entry("from", text(sheet.base(source))),
        *_person(source, sheet, person),
        *_at(source, sheet),
        _outcomes(sheet, outcomes[:1], sure=len(outcomes) == 1),
        *(
            [Entry("touchpoints", table_of({slug(name): sheet.column(name) for name in sorted(met)}), why="yes, no, or never met")]
            if met
            else []
        ),
        *([Entry("never_used", listed(never))] if never else []),
        Entry(
            "conditions",
            listed([sheet.column(column.name) for column in others]),
            sure=bool(others),
            why="? which of these are touchpoints, which were known before",
        ),
    ]
    sheet.ask(source, "which columns are touchpoints, and which only facts that were known before?")
    return sheet.add("snapshots", f"{source.name}: {source.rows:,} rows without a time line", entries).live


def _never_used(source: Source) -> dict[str, list[str]]:
    """Values beside yes and no that deny the thing itself ("No internet service"), with their columns."""
    found: dict[str, list[str]] = {}
    for column in source.columns:
        beside = [value for value in column.values if value.lower() not in ("yes", "no")]
        if column.distinct == 3 and len(beside) == 1 and beside[0].lower().startswith("no ") and len(column.values) == 3:
            found.setdefault(beside[0], []).append(column.name)
    return found


def _is_fact(column: Column) -> bool:
    """Can be compared between rows: some values, or a measure; no id, no text, no time."""
    if column.is_time or column.share < 0.02 or column.distinct < 2 or column.unique:
        return False
    return (
        column.kind in ("number", "boolean")
        or (column.kind == "integer" and not hints_at(column.name, "identifier"))
        or column.distinct <= 60
    )


def _outcomes(sheet: Sheet, columns: Sequence[Column], *, sure: bool) -> Entry:
    written = []
    for column in columns[:6]:
        yes = yes_value(column)
        value = sheet.column(column.name) + (f" = '{yes}'" if yes else "")
        better = ', better = "lower"' if hints_at(column.name, "worse") else ""
        name = slug(column.name) or f"outcome_{column.position}"
        written.append(f"{name} = {{value = {text(value)}{better}}}" if better else f"{name} = {text(value)}")
    return Entry("outcomes", "{" + ", ".join(written) + "}", sure=sure)


def _at(source: Source, sheet: Sheet) -> list[Entry]:
    """When the row was taken: a question, for the one time of a table can be anything that happened to its rows."""
    times = [column.name for column in source.times]
    if not times:
        return []
    sheet.ask(source, "is one of these when the row was taken?", times)
    return [Entry("at", text(sheet.column(times[0])), sure=False)]


def _person(source: Source, sheet: Sheet, person: Answer) -> list[Entry]:
    if person.column is not None:
        return [Entry("person", text(sheet.column(person.column.name)), sure=person.column.unique)]
    unique = [column.name for column in source.columns if column.unique and column.id_like]
    if not unique:
        return []  # each row is a person of its own
    sheet.ask(source, "is there an id of the person? Without one each row is a person of its own.", unique)
    return [Entry("person", text(sheet.column(unique[0])), sure=False, why="different in every row")]
