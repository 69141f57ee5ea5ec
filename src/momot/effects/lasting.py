"""How long effects last: the same equations with the outcome of each window in place of the outcome (EFFECTS.md 1.3).

Everything comes from the sums of the one pass: rows that are followed through the last window share their Gram matrix, so that all windows
of all questions are as many right-hand sides of one system a bucket.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from momot.designs.pieces import FOLLOWED, Panel, PanelQuestion
from momot.effects.contrasts import Coding, Name, Planned, code, pooled
from momot.effects.counts import MIN_EACH_SHARE, MIN_OUTCOMES, Counts
from momot.effects.panel_gathered import Gathered
from momot.effects.panel_layout import KINDS, Layout
from momot.effects.panel_share import Later
from momot.stats import partial

Floats = npt.NDArray[np.float64]
Indices = npt.NDArray[np.intp]

RIDGE = 0.05
"""Share of its own variation that each column's coefficient is drawn to zero by where the pilot says what answer to expect."""


@dataclass(frozen=True, slots=True)
class Followed:
    """One contrast through the windows, each (windows,): how many answered or were followed on either side, raw means, effects."""

    planned: Planned
    n: tuple[int, ...]
    n_reference: tuple[int, ...]
    mean: Floats
    mean_reference: Floats
    effects: Floats

    @property
    def name(self) -> Name:
        """What tells it apart from the other contrasts of its exposure."""
        return self.planned.name


@dataclass(frozen=True, slots=True)
class Profile:
    """The contrasts of one exposure through the windows; `covariance` (contrasts·windows, the same) is joint, in that order."""

    contrasts: tuple[Followed, ...]
    covariance: Floats


@dataclass(frozen=True, slots=True)
class Lasting:
    """One question: `edges` (windows + 1,) in days, a profile an exposure, degrees of freedom of the covariance.

    `answers`: windows hold opinions, whose effects are no parts of a sum.
    """

    edges: Floats
    profiles: tuple[Profile, ...]
    df: float
    answers: bool = False


def later(panel: Panel, layout: Layout) -> Later | None:
    """What `gather` needs to know to add up windows; None where the panel has none."""
    if not panel.windows:
        return None
    main = tuple(question.columns[0] for question in panel.questions)
    return Later(main, _expected(panel, layout) if panel.windows[0].answers else None)


def _expected(panel: Panel, layout: Layout) -> Floats:
    """Coefficients (1 and L,) of the main outcome among the pilot's rows that have it, drawn to their mean where there are few."""
    pilot, found = panel.pilot, np.zeros(layout.dense)
    here = np.flatnonzero(pilot.measured & np.uint64(1 << panel.questions[0].columns[0]))
    if not len(here):
        return found
    block, root = layout.fill(pilot, here), np.sqrt(pilot.weight[here])
    mean = np.average(block, axis=0, weights=pilot.weight[here])
    outcome = pilot.outcomes[here, panel.questions[0].columns[0]]
    middle = float(np.average(outcome, weights=pilot.weight[here]))
    about = (block - mean) * root[:, None]
    gram = about.T @ about
    kept = np.intersect1d(np.flatnonzero(np.diag(gram) > 0), layout.of(*KINDS.values()))
    gram = gram[np.ix_(kept, kept)]
    np.fill_diagonal(gram, np.diag(gram) * (1 + RIDGE))
    found[kept] = np.linalg.solve(gram, about[:, kept].T @ ((outcome - middle) * root))
    found[0] = middle - float(mean @ found)
    return found


def follow(panel: Panel, gathered: Gathered) -> dict[str, Lasting]:
    """Every question of a panel through its windows; those of which too little is followed are left out."""
    found = {}
    alike: dict[tuple[int, ...], list[int]] = {}
    for number, question in enumerate(panel.questions):
        patterns = tuple(sorted(_patterns(panel, question, gathered)))
        if patterns:
            alike.setdefault(patterns, []).append(number)
    for patterns, numbers in alike.items():
        system = _System.of(panel, gathered, patterns, numbers[0])
        for number in numbers:
            found[panel.questions[number].id] = system.told(panel, gathered, number)
    return found


def _patterns(panel: Panel, question: PanelQuestion, gathered: Gathered) -> Iterator[int]:
    """The patterns of measured outcomes whose rows a question's windows are told from."""
    answers = any(window.answers for window in panel.windows)
    for pattern in gathered.cross:
        if pattern >> FOLLOWED & 1 and (answers or pattern >> question.columns[0] & 1):
            yield pattern


@dataclass(frozen=True, slots=True)
class _System:
    """The solved rows of some patterns: coefficients of each exposure's columns for every column of windows.

    `whole` (own columns, columns of windows) of all rows, `left_out` (buckets, …) with a bucket left out. `weight` (buckets, states) by
    exposure; `alone` (own columns,): whether the other columns do not explain it.
    """

    codings: tuple[Coding, ...]
    counts: tuple[Counts, ...]
    own: tuple[Indices, ...]
    whole: Floats
    left_out: Floats
    alone: npt.NDArray[np.bool_]
    weight: tuple[Floats, ...]
    cross: Floats  # (buckets, 1 and L and states, columns of windows)
    held: int  # columns of 1 and L

    @classmethod
    def of(cls, panel: Panel, gathered: Gathered, patterns: Sequence[int], question: int) -> _System:
        layout = gathered.layout
        held = np.concatenate([[0], layout.of(*KINDS.values())]).astype(np.intp)  # what the main equation holds
        kept = np.concatenate([held, layout.dense + np.arange(layout.states)]).astype(np.intp)
        counts = tuple(gathered.counted(gathered.followed[question], place, exposure) for place, exposure in enumerate(panel.exposures))
        codings = tuple(
            code(exposure, c.units, c.clusters, c.weight, presence=True) for exposure, c in zip(panel.exposures, counts, strict=True)
        )
        coded = _Coder.of(layout, len(held), codings)
        rows = np.sum([gathered.sums[pattern].rows for pattern in patterns], axis=0)
        present = np.flatnonzero(rows)
        cross = np.sum([gathered.cross[pattern][present][:, kept] for pattern in patterns], axis=0)
        weight = []

        def gram(bucket: int) -> Floats:
            return coded.gram(sum(gathered.sums[pattern].gram[bucket] for pattern in patterns)[np.ix_(kept, kept)])

        first = np.sum([gathered.sums[pattern].gram[present, 0][:, kept] for pattern in patterns], axis=0)
        for place, exposure in enumerate(panel.exposures):
            mine = np.flatnonzero(layout.exposure_of == place)
            table = np.zeros((len(present), len(exposure.states)))
            table[:, layout.state[mine]] = first[:, len(held) + mine]
            table[:, layout.quiet[place]] = first[:, 0] - table.sum(axis=1)
            weight.append(table)
        total = coded.gram(sum(gathered.sums[pattern].gram.sum(axis=0) for pattern in patterns)[np.ix_(kept, kept)])
        wanted = np.concatenate([np.empty(0, dtype=np.intp), *coded.own])
        crosses = np.stack([coded.rows(one) for one in cross])
        whole, left_out, alone = partial.delete_one_each(total, (gram(int(bucket)) for bucket in present), crosses, wanted)
        return cls(codings, counts, coded.own, whole, left_out, alone, tuple(weight), cross, len(held))

    def told(self, panel: Panel, gathered: Gathered, question: int) -> Lasting:
        """One question's contrasts in its windows."""
        name = panel.questions[question].id
        mine = [place for place, window in enumerate(panel.windows) if window.question == name]
        windows = [panel.windows[place] for place in mine]
        sign = -1.0 if windows[0].falls else 1.0
        part = _Part(self, gathered.layout, np.array(mine), len(panel.windows), windows[0].answers)
        profiles, start = [], 0
        for place, (coding, counts) in enumerate(zip(self.codings, self.counts, strict=True)):
            columns = slice(start, start + len(self.own[place]))
            start = columns.stop
            kept = [p for p in coding.contrasts if _enough(counts, [*p.states, *p.reference_states]) and self._alone(p, columns)]
            found, left = [], np.zeros((len(self.left_out), 0))
            for planned in kept:
                effects, without = part.effects(planned, coding, columns, self.weight[place])
                left = np.concatenate([left, sign * without], axis=1)
                levels = [
                    part.level(gathered.layout, place, states, self.weight[place], counts)
                    for states in (planned.states, planned.reference_states)
                ]
                (n, mean), (n_reference, mean_reference) = levels
                if windows[0].falls:
                    mean, mean_reference = 1.0 - mean, 1.0 - mean_reference
                found.append(Followed(planned, n, n_reference, mean, mean_reference, sign * effects))
            profiles.append(Profile(tuple(found), partial.jackknife(left)))
        edges = np.array([windows[0].low, *(window.high for window in windows)], dtype=np.float64)
        return Lasting(edges, tuple(profiles), float(max(len(self.left_out) - 1, 1)), part.answers)

    def _alone(self, planned: Planned, columns: slice) -> bool:
        return bool(np.all(self.alone[columns][planned.vector != 0]))


def _enough(counts: Counts, states: list[int]) -> bool:
    """Whether there is enough to follow: 50 rows, and 20 with something in any of the windows."""
    return bool(counts.units[states].sum() >= MIN_OUTCOMES and counts.ones[states].sum() >= MIN_EACH_SHARE)


@dataclass(frozen=True, slots=True)
class _Part:
    """The columns of windows of one question, and of answers the share that answered in each, (windows,) and with a bucket left out."""

    system: _System
    layout: Layout
    mine: Indices
    windows: int
    answers: bool

    def effects(self, planned: Planned, coding: Coding, columns: slice, weight: Floats) -> tuple[Floats, Floats]:
        """A contrast in each window (windows,), and with each bucket left out (buckets, windows)."""
        whole, left_out = self.system.whole[columns][:, self.mine], self.system.left_out[:, columns][:, :, self.mine]
        rest = weight.sum(axis=0) - weight
        if len(planned.states) + len(planned.reference_states) > 2:
            vectors = np.stack(
                [pooled(coding.columns, planned.states, one) - pooled(coding.columns, planned.reference_states, one) for one in rest]
            )
        else:
            vectors = np.broadcast_to(planned.vector, (len(rest), len(planned.vector)))
        found, without = planned.vector @ whole, np.einsum("bq,bqw->bw", vectors, left_out)
        if not self.answers:
            return np.asarray(found), without
        answered, everybody = self.system.cross[:, 0, self.windows + self.mine], weight.sum(axis=1)
        share = answered.sum(axis=0) / everybody.sum()
        shares = (answered.sum(axis=0) - answered) / (everybody.sum() - everybody)[:, None]
        return found / np.maximum(share, 1e-300), without / np.maximum(shares, 1e-300)

    def level(self, layout: Layout, place: int, states: tuple[int, ...], weight: Floats, counts: Counts) -> tuple[tuple[int, ...], Floats]:
        """How many of some states are told of in each window, and their raw mean (windows,)."""
        total = self.system.cross.sum(axis=0)
        of = np.zeros((len(counts.units), total.shape[1]))
        columns = np.flatnonzero(layout.exposure_of == place)
        of[layout.state[columns]] = total[self.system.held + columns]
        of[layout.quiet[place]] = total[0] - of.sum(axis=0)
        chosen, everybody = list(states), float(weight[:, list(states)].sum())
        units = counts.n(states)
        if not self.answers:
            return (units,) * len(self.mine), of[chosen][:, self.mine].sum(axis=0) / max(everybody, 1e-300)
        answered = of[chosen][:, self.windows + self.mine].sum(axis=0)
        values = of[chosen][:, 2 * self.windows + self.mine].sum(axis=0)
        n = tuple(round(units * share) for share in (answered / max(everybody, 1e-300)).tolist())
        return n, values / np.maximum(answered, 1e-300)


@dataclass(frozen=True, slots=True)
class _Coder:
    """Turns state columns into the columns of the codings: `pooled` (states, columns), `less` (columns,) times the constant.

    `own` are the columns of each exposure after 1 and L.
    """

    held: int
    pooled: Floats
    less: Floats
    own: tuple[Indices, ...]

    @classmethod
    def of(cls, layout: Layout, held: int, codings: Sequence[Coding]) -> _Coder:
        width = sum(len(coding.columns) for coding in codings)
        into, less, first, own = np.zeros((layout.states, width)), np.zeros(width), 0, []
        for place, coding in enumerate(codings):
            columns = {int(layout.state[column]): int(column) for column in np.flatnonzero(layout.exposure_of == place)}
            for number, states in enumerate(coding.columns, first):
                for state in states:
                    if state in columns:
                        into[columns[state], number] += 1.0
                    else:  # not met: 1 less all the other states
                        less[number] += 1.0
                        into[list(columns.values()), number] -= 1.0
            own.append(held + np.arange(first, first + len(coding.columns), dtype=np.intp))
            first += len(coding.columns)
        return cls(held, into, less, tuple(own))

    def rows(self, cross: Floats) -> Floats:
        """Cross products (1 and L and states, any) with the states coded."""
        return np.concatenate([cross[: self.held], self.pooled.T @ cross[self.held :] + np.outer(self.less, cross[0])])

    def gram(self, gram: Floats) -> Floats:
        """A Gram matrix with the states coded on both sides."""
        return self.rows(self.rows(gram).T)
