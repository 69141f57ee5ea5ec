"""Accidents of a panel: what struck everybody of a group alike has as many cases as there are groups (EFFECTS.md 3 e).

An outage reaches all people of a region at once, and whatever else happened there that day reaches them too. The estimate stays; its error
comes from leaving out one group at a time instead of one bucket of people.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from momot.designs.pieces import Panel, PanelQuestion, Piece
from momot.effects import stake
from momot.effects.contrasts import code
from momot.effects.estimates import ContrastEstimate, Estimates, ExposureEstimate
from momot.effects.panel_gathered import Gathered
from momot.effects.panel_layout import KINDS, Layout
from momot.effects.panel_solve import Coded, Solved
from momot.effects.panel_sums import gather_shares
from momot.stats.intervals import interval, joint_p
from momot.stats.power import detectable_effect
from momot.vocabulary.records import AtStake

Floats = npt.NDArray[np.float64]


def by_groups(panel: Panel, layout: Layout) -> tuple[Gathered, ...]:
    """The sums of a panel by group instead of by bucket of people, for each kind of group that was struck; one more pass over the rows.

    People whose group is unknown are a group of their own.
    """
    if not panel.struck:
        return ()
    largest = max(struck.groups for struck in panel.struck) + 1

    deal = _ByGroup(tuple(struck.segment for struck in panel.struck))
    return gather_shares(panel.pieces, (layout,) * len(panel.struck), deal, buckets=largest)


@dataclass(frozen=True, slots=True)
class _ByGroup:
    """Deals a piece out once for each kind of group, with the group in place of the bucket."""

    segments: tuple[int, ...]

    def __call__(self, piece: Piece) -> Iterator[tuple[int, Piece]]:
        for number, segment in enumerate(self.segments):
            yield number, replace(piece, bucket=(piece.segments[segment].astype(np.int64) + 1).astype(piece.bucket.dtype))


def clustered(panel: Panel, question: PanelQuestion, estimates: Estimates, sums: Sequence[Gathered]) -> Estimates:
    """The estimates of a question's main horizon with the errors of accidents taken by what they struck."""
    covariance, exposures = estimates.covariance.copy(), list(estimates.exposures)
    for struck, gathered in zip(panel.struck, sums, strict=True):
        solved, start_of = _solved(panel, question, gathered)
        for position in struck.exposures:
            start = sum(len(one.contrasts) for one in exposures[:position])
            size = len(exposures[position].contrasts)
            own = np.arange(start_of(position), start_of(position) + size)
            span = slice(start, start + size)
            covariance[span, :] = covariance[:, span] = 0.0  # what other touchpoints share with it is told by people, not by groups
            covariance[span, span] = solved.covariance[np.ix_(own, own)]
            exposures[position] = _told(exposures[position], covariance[span, span], solved.freedom[own])
    return replace(estimates, exposures=tuple(exposures), covariance=covariance)


def _solved(panel: Panel, question: PanelQuestion, gathered: Gathered) -> tuple[Solved, Callable[[int], int]]:
    column = question.columns[0]
    counts = tuple(gathered.counts(column, position, exposure) for position, exposure in enumerate(panel.exposures))
    codings = tuple(
        code(exposure, one.units, one.clusters, one.weight, presence=True) for exposure, one in zip(panel.exposures, counts, strict=True)
    )
    coded = Coded.of(gathered, column, question, panel.exposures, codings)
    solved = Solved.of(coded, counts, codings, known=gathered.layout.of(*KINDS.values()), outcome=coded.outcome)
    return solved, lambda position: sum(len(equation.vectors) for equation in solved.equations[:position])


def _told(raw: ExposureEstimate, covariance: Floats, freedom: Floats) -> ExposureEstimate:
    contrasts = tuple(_contrast(contrast, covariance[place, place], float(freedom[place])) for place, contrast in enumerate(raw.contrasts))
    if not contrasts:
        return raw
    estimates = np.array([contrast.estimate for contrast in contrasts])
    met = [place for place, contrast in enumerate(contrasts) if contrast.between_met]
    least = float(freedom.min())
    return replace(
        raw,
        contrasts=contrasts,
        joint_p=joint_p(estimates, covariance, least),
        between_met_p=joint_p(estimates[met], covariance[np.ix_(met, met)], least) if met and raw.between_met_p is not None else None,
        detectable=max(detectable_effect(contrast.standard_error, contrast.df) for contrast in contrasts),
        at_stake=_at_stake(raw.at_stake, raw.factors[0], estimates, covariance),
        at_stake_presence=_at_stake(raw.at_stake_presence, raw.factors[1], estimates, covariance),
    )


def _contrast(raw: ContrastEstimate, variance: float, df: float) -> ContrastEstimate:
    found = interval(raw.estimate, float(np.sqrt(max(variance, 0.0))), df)
    return replace(raw, standard_error=found.standard_error, low=found.low, high=found.high, p_value=found.p_value, df=df)


def _at_stake(raw: AtStake | None, factors: tuple[float, ...], estimates: Floats, covariance: Floats) -> AtStake | None:
    return None if raw is None else stake.of_factors(factors, estimates, covariance, raw.unit)
