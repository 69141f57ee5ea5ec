"""What a trial needs to know around a frame: what a touch costs, which persons share an account, who the rows of a frame are."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from momot.build.interaction_rows import minor_units
from momot.designs.frame import Frame, Integers
from momot.designs.question import Designed
from momot.engine import Engine, literal
from momot.project.schema import ProjectFile

SHARED = 1.05
"""Persons an account from which on accounts are more than another name for a person."""


def cost_of(engine: Engine, touchpoint: str, project: ProjectFile) -> float | None:
    """What one touch costs on average, in the project's currency; None where no cost is recorded."""
    query = f"""SELECT avg(i.cost_minor) FROM interactions i JOIN touchpoints t ON t.touchpoint_id = i.touchpoint_id
                WHERE t.touchpoint = {literal(touchpoint)}"""
    ((cost,),) = engine.rows(query)
    return None if cost is None else float(cost) / minor_units(project.currency)


def accounts_of(engine: Engine, designed: Designed, project: ProjectFile) -> Integers | None:
    """The account of each row of a frame, (n,): a negative number of its own where a person has none.

    None where rows are no persons, or hardly any account has two of them.
    """
    persons = _persons(engine, designed, project)
    if persons is None:
        return None
    engine.register("asked_persons", pa.table({"person_id": np.unique(persons)}))
    engine.table(
        "person_accounts",
        """SELECT p.person_id, coalesce(p.account_id, min(j.account_id)) AS account_id
           FROM people p JOIN journeys j ON j.person_id = p.person_id GROUP BY p.person_id, p.account_id""",
    )
    shared, accounts = engine.row("SELECT count(account_id), count(DISTINCT account_id) FROM person_accounts")
    query = """SELECT a.person_id, a.account_id FROM person_accounts a JOIN asked_persons q ON q.person_id = a.person_id
               WHERE a.account_id IS NOT NULL ORDER BY a.person_id"""
    known = [(int(person), int(account)) for person, account in engine.rows(query)]
    if not known or shared < SHARED * accounts:
        return None
    numbers, owners = (np.array(values, dtype=np.int64) for values in zip(*known, strict=True))
    place = np.minimum(np.searchsorted(numbers, persons), len(numbers) - 1)
    return np.where(numbers[place] == persons, owners[place], -1 - persons)


def _persons(engine: Engine, designed: Designed, project: ProjectFile) -> Integers | None:
    """The person of each row, None where rows belong to something else."""
    outcome = designed.ask.outcome
    if outcome is None or outcome.per == "account" or not engine.rows("SELECT 1 FROM people LIMIT 1"):
        return None
    if designed.panel is not None:
        return designed.frame.cluster
    owned = any(block.person is not None for block in project.subjects) or any(block.person is not None for block in project.opinions)
    return designed.frame.cluster if owned else None


def measured(designed: Designed) -> npt.NDArray[np.bool_]:
    """Which rows of a frame have the outcome: of a panel's pilot only those that were followed."""
    frame: Frame = designed.frame
    if designed.panel is None:
        return np.ones(len(frame.outcome), dtype=np.bool_)
    (question,) = (one for one in designed.panel.questions if one.id == frame.question)
    return np.asarray((designed.panel.pilot.measured >> np.uint64(question.columns[0]) & np.uint64(1)) == 1)
