"""Which columns of a file the project uses as a time, a number or an id: told by the blocks that read it, also through queries."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from momot.build.expressions import bare
from momot.build.measure import Roles
from momot.build.sources import looks_like_file
from momot.engine import names, table_tokens
from momot.project.schema import Computed, Interactions, Observation, Opinions, Outcome, People, ProjectFile, Subjects, Table, Texts, Wide


@dataclass(slots=True)
class Use:
    """What one block asks of the relation it reads: expressions by what they stand for."""

    from_: str
    times: list[str] = field(default_factory=list)
    numbers: list[str] = field(default_factory=list)
    ids: list[str] = field(default_factory=list)
    others: list[str] = field(default_factory=list)


def uses(project: ProjectFile) -> Iterator[Use]:
    """One use a block."""
    for subjects in project.subjects:
        yield _of_subjects(subjects)
    for interactions in project.interactions:
        yield _of_interactions(interactions)
    for opinions in project.opinions:
        yield _of_opinions(opinions)
    for said in project.texts:
        yield _of_texts(said)
    for wide in project.wide:
        yield _of_wide(wide)
    if project.people:
        yield _of_people(project.people, project.observation)
    for outcome in project.outcomes:
        if outcome.from_:
            yield _of_outcome(outcome, project)


def literals(query: str) -> dict[str, str]:
    """The files that a query reads, as written (quotes included) -> name."""
    found = {token.text: token.name for token in table_tokens(query) if token.kind == "string"}
    return found | {token.text: token.name for token in table_tokens(query) if token.kind == "quoted" and looks_like_file(token.name)}


def tables_read(query: str, tables: Iterable[str]) -> list[str]:
    """Those of `tables` that a query reads by name."""
    read = {token.name.lower() for token in table_tokens(query) if token.kind != "string"}
    return sorted(table for table in tables if table.lower() in read)


def reached(name: str, tables: dict[str, Table]) -> tuple[set[str], set[str]]:
    """What `name` is made of, through queries: names of files and file tables; names of the queries on the way."""
    sources, queries, waiting = set[str](), set[str](), [name]
    while waiting:
        current = waiting.pop()
        table = tables.get(current)
        if table is None or table.query is None:
            sources.add(current)
        elif current not in queries:
            queries.add(current)
            waiting += literals(table.query).values()
            waiting += tables_read(table.query, tables)
    return sources, queries


def find_roles(project: ProjectFile) -> dict[str, Roles]:
    """Roles of the columns of each source (a file as written, or a table of `[tables]`)."""
    tables = {table.name: table for table in project.tables}
    found: dict[str, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
    for use in uses(project):
        sources, queries = reached(use.from_, tables)
        for source in sources:
            entry = found[source]
            entry["time"] |= _names(use.times)
            entry["number"] |= _names(use.numbers)
            entry["ids"] |= {bare(text) for text in use.ids}
            entry["seen"] |= _names([*use.times, *use.numbers, *use.ids, *use.others])
            entry["seen"] |= {name for query in queries for name in names(tables[query].query or "")}
            if not queries:
                entry["bare_time"] |= {bare(text) for text in use.times}
    return {source: Roles(**{kind: frozenset(values) for kind, values in entry.items()}) for source, entry in found.items()}


def _names(expressions: Iterable[str]) -> set[str]:
    return {name for text in expressions for name in (names(text) | {text.strip().lower()})}


def _texts(*values: object) -> list[str]:
    return [value.sql if isinstance(value, Computed) else value for value in values if isinstance(value, str | Computed)]


def _ids(*values: str | dict[str, str] | None) -> list[str]:
    return [text for value in values if value is not None for text in (value.values() if isinstance(value, dict) else [value])]


def _computed(*values: object) -> list[str]:
    return [value.sql for value in values if isinstance(value, Computed)]


def _of_subjects(block: Subjects) -> Use:
    others = [*block.before.values(), *block.conditions.values(), *_texts(block.where)]
    return Use(block.from_, _texts(block.start, block.end), [], _ids(block.subject, block.person, block.account), others)


def _of_interactions(block: Interactions) -> Use:
    numeric = _texts(block.value, block.cost, block.repeat)
    named = any(level.value is not None for level in block.levels)
    others = [*_computed(block.activity, block.touchpoint, block.channel, block.quality), *_texts(block.text, block.where)]
    ids = _ids(block.person, block.subject, block.account, block.id)
    return Use(
        block.from_, [block.at], numeric + ([] if named else _texts(block.level)), ids, others + (_texts(block.level) if named else [])
    )


def _of_opinions(block: Opinions) -> Use:
    return Use(
        block.from_,
        _texts(block.at, block.asked),
        [block.value],
        _ids(block.person, block.subject, block.id),
        _texts(block.text, block.where),
    )


def _of_texts(block: Texts) -> Use:
    others = [*_computed(block.touchpoint, block.channel), *block.segments.values(), *_texts(block.text, block.where)]
    return Use(block.from_, [block.at], _texts(block.value), _ids(block.person, block.subject, block.id), others)


def _of_people(block: People, watch: Observation | None) -> Use:
    times = _texts(watch.start, watch.end) if watch else []
    others = [*block.segments.values(), *_texts(block.employee, block.role)]
    return Use(block.from_, times, _texts(block.acquisition_cost), _ids(block.person, block.account), others)


def _of_wide(block: Wide) -> Use:
    numbers = [*(outcome.value for outcome in block.outcomes), *_texts(block.weight, block.dose)]
    groups = (block.touchpoints, block.conditions, block.before, block.segments)
    others = [text for group in groups for text in group.values()] + _texts(block.where, block.period, block.assignment)
    return Use(block.from_, _texts(block.at), numbers, _ids(block.person, block.account), others)


def _of_outcome(outcome: Outcome, project: ProjectFile) -> Use:
    subject = outcome.subject or (project.subjects[0].subject if project.subjects else None)
    value = outcome.value if isinstance(outcome.value, str) else None
    return Use(outcome.from_ or "", _texts(outcome.at), _texts(value), _ids(subject, outcome.person), _texts(outcome.where))
