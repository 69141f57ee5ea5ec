"""Touches as attribution sees them: paths from one purchase (or what else is asked for) to the next, and what comes after the last one."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from benchmarks.truth.records import Flags, Integers


@dataclass(frozen=True, slots=True)
class Paths:
    """Path p is the moments `moment[starts[p] : starts[p + 1]]`, positions in `names`, in the order of time; `converted` (paths,)."""

    names: tuple[str, ...]
    moment: Integers
    starts: Integers
    converted: Flags


def paths_of(names: tuple[str, ...], moment: Integers, person: Integers, at: Integers, of: Integers, happened: Integers) -> Paths:
    """Cut the touches of each person at every happening of the outcome (`of` whom, `happened` when); a touch at the same time is before it.

    Touches are `moment`, `person`, `at`, in the order of person and time. A happening without a touch before it is no path.
    """
    order = np.lexsort((happened, of))
    people = int(max(person.max(initial=-1), of.max(initial=-1))) + 2
    of, happened = of[order], happened[order]
    ends = np.searchsorted(person, np.arange(people))  # where each person's touches begin
    first = np.searchsorted(of, np.arange(people))
    until = np.empty(len(moment), dtype=np.int64)  # how many happenings of the same person came before the touch
    for one in np.unique(person).tolist():
        mine = slice(ends[one], ends[one + 1])
        until[mine] = np.searchsorted(happened[first[one] : first[one + 1]], at[mine], side="left")
    new = np.ones(len(moment), dtype=bool)
    new[1:] = (person[1:] != person[:-1]) | (until[1:] != until[:-1])
    begins = np.flatnonzero(new)
    some = first[1:] - first[:-1]
    return Paths(names, moment, np.append(begins, len(moment)), until[begins] < some[person[begins]])
