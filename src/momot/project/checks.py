"""Checks across blocks that need no data: names that nobody produces, names used twice, arms without a plan."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable

from momot.errors import did_you_mean
from momot.project.mapped import mapped
from momot.project.namespaces import owned_blocks
from momot.project.problems import Place, Problems
from momot.project.schema import Computed, Interactions, Name, Outcome, ProjectFile, Wide
from momot.vocabulary import FROM_TEXT

_WHEN = re.compile(r"first|repeat|after_purchase_days\(\s*\d+\s*\)")
_BLOCK_OF = {"survey": "surveys", "experiment": "experiments", "snapshot": "snapshots"}


def check_names(project: ProjectFile, problems: Problems) -> None:
    """Report what is wrong between the blocks of a project. Broken values are "" here and make their names unknown, never wrong."""
    _check_tables(project, problems)
    _check_subjects(project, problems)
    for number, interactions in enumerate(project.interactions, 1):
        _check_levels(interactions, problems.at(f"[[interactions]] {number}"))
        _check_words(interactions, project, problems.at(f"[[interactions]] {number}"))
    _check_wide(project, problems)
    _check_kinds(project, problems)
    for outcome in project.outcomes:
        _check_outcome(outcome, project, problems.at(f"[outcomes.{outcome.name}]"))
    _check_stages(project, problems)
    activities = _known([block.activity for block in project.interactions])
    for activity in project.journeys.purchase:
        _must_exist(activity, "purchase", "activity", activities, problems.at("[journeys]"))
    _check_touchpoints_exist(project, problems)
    _check_namespaces(project, problems)
    if project.observation and (project.observation.start or project.observation.end) and not project.people:
        problems.at("[observation]").add("'start' and 'end' are read over the rows of [people], and there is no [people] block.")


def _check_namespaces(project: ProjectFile, problems: Problems) -> None:
    """Where `[identity]` lists namespaces, blocks use no other."""
    declared = project.identity.namespaces
    for owned in owned_blocks(project):
        for space in owned.who if declared and isinstance(owned.who, dict) else ():
            if space not in declared:
                listed = did_you_mean(space, declared) or f" They are: {', '.join(declared)}."
                problems.at(owned.place).add(f"'person': [identity] has no namespace '{space}'.{listed}")


def touchpoints_of(project: ProjectFile) -> tuple[str, ...] | None:
    """Names of all touchpoints and arms that the blocks produce; None where one is computed, so that the names are not known."""
    named: list[Name] = [block.touchpoint for block in mapped(project).interactions]
    for wide in project.wide:
        named += [*wide.touchpoints, *wide.arms.values(), *([wide.dose_touchpoint] if wide.dose_touchpoint else [])]
    return _known(named)


def _known(names: Iterable[Name]) -> tuple[str, ...] | None:
    known = tuple(dict.fromkeys(name for name in names if isinstance(name, str)))
    return None if "" in known or any(isinstance(name, Computed) for name in names) else known


def _check_tables(project: ProjectFile, problems: Problems) -> None:
    seen = Counter(table.name.lower() for table in project.tables)
    for name, times in seen.items():
        if times > 1:
            problems.at("[tables]").add(f"'{name}' is there {times} times; capitals don't tell names apart.")


def _check_subjects(project: ProjectFile, problems: Problems) -> None:
    if project.subjects:
        return
    lost = [
        f"[[interactions]] {number}"
        for number, block in enumerate(project.interactions, 1)
        if block.subject and not (block.person or block.account)
    ]
    lost += [f"[[opinions]] {number}" for number, block in enumerate(project.opinions, 1) if block.subject and not block.person]
    lost += [f"[[texts]] {number}" for number, block in enumerate(project.texts, 1) if block.subject and not block.person]
    for where in lost:
        problems.at(where).add("has no 'person', and there is no [[subjects]] block to say whose subject it is.")


def _check_levels(block: Interactions, place: Place) -> None:
    if block.levels and not block.level and any(level.value is not None for level in block.levels):
        place.add("'levels' by name need 'level', the expression that gives the name.")


def _check_words(block: Interactions, project: ProjectFile, place: Place) -> None:
    """Quality is read from words said in the interaction, not from those of an opinion, which may be the outcome."""
    if block.quality != FROM_TEXT:
        return
    if block.text is None:
        place.add("quality = \"text\" needs 'text', the expression of what was said.")
    for number, opinions in enumerate(project.opinions, 1):
        if opinions.text is not None and (opinions.from_, opinions.text) == (block.from_, block.text):
            place.add(
                f'quality = "text" reads the words of [[opinions]] {number}, which are as late as the opinion: '
                "an outcome would explain itself."
            )


def _check_wide(project: ProjectFile, problems: Problems) -> None:
    numbers: Counter[str] = Counter()
    for wide in project.wide:
        numbers[wide.kind] += 1
        place = problems.at(f"[[{_BLOCK_OF[wide.kind]}]] {numbers[wide.kind]}")
        _check_repeats((outcome.name for outcome in wide.outcomes), "outcome", place)
        _check_repeats(wide.arms.values(), "touchpoint of 'arms'", place)
        _check_arms(wide, place)
        both = set(map(str, wide.missing)) & set(map(str, wide.never_used))
        if both:
            place.add(f"{', '.join(sorted(both))} can't be both 'missing' and 'never_used'.")


def _check_repeats(names: Iterable[str], what: str, place: Place) -> None:
    for name, times in Counter(names).items():
        if times > 1:
            place.add(f"{what} '{name}' is there {times} times.")


def _check_arms(wide: Wide, place: Place) -> None:
    if wide.control is not None and str(wide.control) in wide.arms:
        place.add(f"'control' {wide.control!r} is among 'arms': the control has no touchpoint.")
    if wide.shares and wide.arms and len(wide.shares) != len(wide.arms) + 1:
        place.add(f"'shares' has {len(wide.shares)} entries for {len(wide.arms) + 1} groups: control, {', '.join(wide.arms)}.")


def _check_kinds(project: ProjectFile, problems: Problems) -> None:
    """A name is a touchpoint or a condition, not both."""
    touchpoints = set(touchpoints_of(project) or ())
    conditions = {name for subjects in project.subjects for name in subjects.conditions}
    conditions |= {name for wide in project.wide for name in wide.conditions}
    for name in sorted(touchpoints & conditions):
        problems.at().add(f"'{name}' is a touchpoint and a condition: give one of them another name.")


def _check_outcome(outcome: Outcome, project: ProjectFile, place: Place) -> None:
    if outcome.opinion is not None:
        _must_exist(outcome.opinion, "opinion", "instrument", _known([block.instrument for block in project.opinions]), place)
    if outcome.as_ == "shift" and outcome.per == "subject":
        place.add('as = "shift" follows people from one answer to the next: write per = "person". A subject has one opinion, `mean`.')
    activities = _known([block.activity for block in project.interactions])
    for key, activity in (("activity", outcome.activity), ("eligible", outcome.eligible)):
        if activity is not None:
            _must_exist(activity, key, "activity", activities, place)
    if outcome.from_ is not None and isinstance(outcome.value, bool):
        place.add("'value' with 'from' is the expression of the fact; true is for an activity's money.")
    if outcome.activity is not None and isinstance(outcome.value, str):
        place.add("'value' with 'activity' is true (its money); for an expression use 'from'.")
    if outcome.from_ is not None and outcome.per == "subject" and not outcome.subject and not project.subjects:
        place.add("per = \"subject\" needs 'subject', or a [[subjects]] block.")
    if outcome.from_ is not None and outcome.per == "person" and not outcome.person and not project.subjects:
        place.add("per = \"person\" needs 'person', or a [[subjects]] block.")


def _must_exist(name: str, key: str, what: str, known: tuple[str, ...] | None, place: Place) -> None:
    if known is not None and name not in known:
        has = f" There is: {', '.join(known)}." if known else " There is none."
        place.add(f"'{key}': no block has the {what} '{name}'.{did_you_mean(name, known) or has}")


def _check_stages(project: ProjectFile, problems: Problems) -> None:
    for number, rule in enumerate(project.stages, 1):
        if rule.when is not None and not _WHEN.fullmatch(rule.when):
            fix = did_you_mean(rule.when, ("first", "repeat", "after_purchase_days(30)"))
            problems.at(f"[[stages]] {number}").add(f"'when' is first, repeat or after_purchase_days(30), found {rule.when!r}.{fix}")


def _check_touchpoints_exist(project: ProjectFile, problems: Problems) -> None:
    known = touchpoints_of(project)
    for name in project.controls:
        _must_exist(name, "touchpoints", "touchpoint", known, problems.at("[controls]"))
    for name in project.accidents:
        _must_exist(name, "touchpoints", "touchpoint", known, problems.at("[accidents]"))
    for number, pair in enumerate(project.pairs, 1):
        for key, name in (("first", pair.first), ("then", pair.then)):
            if name:
                _must_exist(name, key, "touchpoint", known, problems.at(f"[[pairs]] {number}"))
    for number, change in enumerate(project.changes, 1):
        if change.touchpoint:
            _must_exist(change.touchpoint, "touchpoint", "touchpoint", known, problems.at(f"[[changes]] {number}"))
