"""What `momot check` says about a project before anything is estimated: rows lost, columns refused, questions that can't be answered."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Literal

from msgspec import Struct

from momot.build import Build
from momot.build.manifest import Block
from momot.designs import Designed
from momot.designs.accidents import suspects
from momot.project.schema import ProjectFile, Wide
from momot.vocabulary.records import Unanswerable

if TYPE_CHECKING:
    import pyarrow as pa

Severity = Literal["error", "warning", "note"]
REJECTED_ERROR = 0.5
REJECTED_WARNING = 0.02


class Item(Struct, frozen=True, kw_only=True):
    """One thing to know: how grave, about which block or question, what, and what would mend it."""

    severity: Severity
    about: str
    message: str
    fix: str | None = None


class Checkup(Struct, frozen=True, kw_only=True):
    """Everything found, the gravest first."""

    project: str
    build: str
    items: tuple[Item, ...]

    @property
    def failed(self) -> bool:
        """Whether anything found is an error."""
        return any(item.severity == "error" for item in self.items)

    def to_arrow(self) -> pa.Table:
        """One row a thing to know, the gravest first."""
        from momot.vocabulary.tabular import table_of

        return table_of(Item, self.items)


def checkup(project: ProjectFile, build: Build, answers: Sequence[Designed | Unanswerable]) -> Checkup:
    """All that measurement says about the built data and the questions asked of them."""
    items = [
        *_rows(build),
        *_employees(build),
        *_roles(project, build),
        *_unread(project),
        *_money(project),
        *_accidents(project, build),
        *_questions(answers),
    ]
    order: dict[Severity, int] = {"error": 0, "warning": 1, "note": 2}
    return Checkup(project=project.name, build=build.manifest.build, items=tuple(sorted(items, key=lambda item: order[item.severity])))


def _accidents(project: ProjectFile, build: Build) -> Iterable[Item]:
    """Touchpoints that struck everybody of a group alike and are not declared so."""
    if build.manifest.table("journeys") is None:
        return
    with build.engine() as engine:
        found = list(suspects(engine, project))
    for one in found:
        yield Item(
            severity="note",
            about=f"touchpoint {one.touchpoint}",
            message=f"{one.share:.0%} of its touches reached most people of a '{one.group}' on the same day ({one.occasions:,} times): "
            "nobody chose to meet it.",
            fix=f'If it was an accident: [accidents] touchpoints = {{"{one.touchpoint}" = "{one.group}"}}. Its effect then needs no '
            "calibration, and its error is taken by what it struck.",
        )


def _money(project: ProjectFile) -> Iterable[Item]:
    """Costs without anything to hold them against."""
    costly = [f"[[interactions]] {number}" for number, block in enumerate(project.interactions, start=1) if block.cost is not None]
    if costly and all(block.value is None for block in project.interactions):
        yield Item(
            severity="note",
            about=costly[0],
            message="Costs are recorded and no `value` is: what an effect costs can be told, not whether that pays back.",
            fix="Give the interactions that bring money a `value`.",
        )


def _rows(build: Build) -> Iterable[Item]:
    for block in build.manifest.blocks:
        share = block.rejected / max(block.read, 1)
        if block.rejected:
            codes = ", ".join(f"{code} {count:,}" for code, count in sorted(block.rejections.items()))
            severity: Severity = "error" if share > REJECTED_ERROR else "warning" if share > REJECTED_WARNING else "note"
            yield Item(
                severity=severity,
                about=block.name,
                message=f"{block.rejected:,} of {block.read:,} rows were rejected ({codes}).",
                fix="Each is in rejected.parquet with source, line and code.",
            )
        if block.read and not block.kept:
            yield Item(
                severity="warning",
                about=block.name,
                message=f"None of {block.read:,} rows is kept ({_lost(block)}), so what it describes is not tested.",
                fix="Look at its `where` and at the values that it compares.",
            )
        if block.anonymous:
            yield Item(
                severity="note",
                about=block.name,
                message=f"{block.anonymous:,} of {block.kept:,} rows have no person: counted, not followed.",
            )
    for warning in build.manifest.warnings:
        yield Item(severity="warning", about="build", message=warning)


def _employees(build: Build) -> Iterable[Item]:
    """People who work for the brand, and how many of them buy."""
    with build.engine() as engine:
        people, employees, buyers = engine.row(
            """SELECT count(*), count(*) FILTER (is_employee), count(*) FILTER (is_employee AND b.person_id IS NOT NULL)
            FROM people LEFT JOIN (SELECT DISTINCT person_id FROM journeys WHERE purchase) b USING (person_id)"""
        )
    if employees:
        buy = f"; {buyers:,} of them bought" if buyers else ""
        said = f"{employees:,} of {people:,} people are employees, left out of estimates{buy}."
        yield Item(severity="note", about="[people]", message=said)


def _lost(block: Block) -> str:
    """`1,500 filtered, 2 rejected`: where the rows of a block went."""
    counts = {"filtered": block.filtered, "duplicate": block.duplicate, "rejected": block.rejected}
    return ", ".join(f"{count:,} {name}" for name, count in counts.items() if count)


def _roles(project: ProjectFile, build: Build) -> Iterable[Item]:
    """A column in two roles, or a column of a wide block in none."""
    counts: dict[str, int] = {}
    with build.engine() as engine:
        for block in project.wide:
            counts[block.kind] = number = counts.get(block.kind, 0) + 1
            about = f"[[{block.kind}s]] {number}"
            for expression, names in sorted(_shared_expressions(block).items()):
                yield Item(
                    severity="warning",
                    about=about,
                    message=f"'{expression}' has several roles: {', '.join(names)}.",
                    fix="Give each column one role.",
                )
            names = list(engine.columns(f'"wide/{block.kind}-{number}"'))
            idle = [name.removeprefix("other.") for name in names if name.startswith("other.")]
            if idle:
                yield Item(
                    severity="warning",
                    about=about,
                    message=f"{len(idle)} columns have no role: {', '.join(idle)}.",
                    fix="Map each, or name it in `exclude` with the reason. Until then they are only searched for leaks.",
                )


def _unread(project: ProjectFile) -> Iterable[Item]:
    """What the project file says and this version does not use yet."""
    said = {
        "[controls]": bool(project.controls),
        "[accidents]": bool(project.accidents),
        "`horizons` of outcomes per subject": any(one.horizons_days and one.per == "subject" for one in project.outcomes),
        "`eligible` of outcomes per subject": any(one.eligible and one.per == "subject" for one in project.outcomes),
    }
    for name, there in said.items():
        if there:
            yield Item(severity="note", about="momot.toml", message=f"{name} is understood but not used by this version.")


def _shared_expressions(block: Wide) -> dict[str, list[str]]:
    roles: dict[str, list[str]] = {}
    for role, expressions in (
        ("touchpoints", block.touchpoints),
        ("conditions", block.conditions),
        ("before", block.before),
        ("outcomes", {outcome.name: outcome.value for outcome in block.outcomes}),
    ):
        for name, expression in expressions.items():
            roles.setdefault(expression.strip(), []).append(f"{role}.{name}")
    return {expression: names for expression, names in roles.items() if len(names) > 1}


def _questions(answers: Sequence[Designed | Unanswerable]) -> Iterable[Item]:
    closed = [answer for answer in answers if isinstance(answer, Unanswerable)]
    for unanswered in closed:
        yield Item(
            severity="error" if len(closed) == len(answers) else "warning",
            about=unanswered.question,
            message=f"Can't be answered: {unanswered.reason}",
        )
    for answer in answers:
        if isinstance(answer, Unanswerable):
            continue
        question = answer.ask.id
        for refusal in answer.refused:
            yield Item(severity="warning", about=question, message=f"{refusal.source}: '{refusal.column}' is refused: {refusal.reason}.")
        for check in answer.frame.checks:
            if check.status in ("review", "fail"):
                severity: Severity = "error" if check.name == "sample_ratio" else "warning"
                yield Item(severity=severity, about=question, message=check.message, fix=check.fix)
        for exposure in answer.frame.exposures:
            for check in exposure.checks:
                if check.status in ("review", "fail") and check.name in ("sentinels", "coverage", "selection"):
                    yield Item(severity="warning", about=f"{question}, {exposure.moment}", message=check.message, fix=check.fix)
