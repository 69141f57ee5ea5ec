"""The pilot of a panel: the rows of a regular sample of units, few enough to be looked at."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from scipy.sparse import csr_matrix, vstack

from momot.designs.frame import Covariate
from momot.designs.panel_parts import Parts
from momot.designs.panel_risk import Extent
from momot.designs.pieces import LOST, Piece

PILOT_ROWS = 60_000


def pilot_of(parts: Parts, extent: Extent) -> tuple[Piece, tuple[Covariate, ...], Piece | None]:
    """A regular sample of units, enough to lay the design out on; and of the same units the rows that nobody could follow to the end."""
    expected = extent.interactions + extent.periods // parts.plan.every
    every = max(1, expected // PILOT_ROWS)
    lost = extent.known > extent.least_known and all(source.stream is not None for source in parts.plan.sources)
    read = parts.sample(f"{{unit}} % {every} = 0" if every > 1 else "true", lost=lost) or parts.sample("true", lost=lost)
    _, covariates = read[0]
    whole = joined([piece for piece, _ in read])
    covariates = tuple(replace(covariate, values=values) for covariate, values in zip(covariates, whole.values, strict=True))
    gone = (whole.measured & np.uint64(1 << LOST)) > 0
    if not gone.any():
        return whole, covariates, None
    stays = np.flatnonzero((whole.measured & ~np.uint64(1 << LOST)) > 0)
    kept = replace(whole.some(stays), measured=whole.measured[stays] & ~np.uint64(1 << LOST), could=whole.could, unheard=whole.unheard)
    covariates = tuple(replace(covariate, values=covariate.values[stays]) for covariate in covariates)
    return kept, covariates, whole.some(np.flatnonzero(gone & (whole.measured == np.uint64(1 << LOST))))


def joined(pieces: Sequence[Piece]) -> Piece:
    """Several pieces as one."""
    return Piece(
        unit=np.concatenate([piece.unit for piece in pieces]),
        bucket=np.concatenate([piece.bucket for piece in pieces]),
        weight=np.concatenate([piece.weight for piece in pieces]),
        values=tuple(np.concatenate(values) for values in zip(*(piece.values for piece in pieces), strict=True)),
        codes=tuple(np.concatenate(codes) for codes in zip(*(piece.codes for piece in pieces), strict=True)),
        outcomes=np.concatenate([piece.outcomes for piece in pieces]),
        measured=np.concatenate([piece.measured for piece in pieces]),
        probes=np.concatenate([piece.probes for piece in pieces]),
        segments=tuple(np.concatenate(codes) for codes in zip(*(piece.segments for piece in pieces), strict=True)),
        windows=_stacked([piece.windows for piece in pieces]),
        could=tuple(np.sum(weights, axis=0) for weights in zip(*(piece.could for piece in pieces), strict=True)),
        unheard=sum(piece.unheard for piece in pieces),
    )


def _stacked(windows: Sequence[csr_matrix | None]) -> csr_matrix | None:
    there = [one for one in windows if one is not None]
    return csr_matrix(vstack(there)) if len(there) == len(windows) else None
