"""Is what was known before alike in the arms? One joint test from sums."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from momot.stats.intervals import f_tail
from momot.stats.linear import coefficients, independent, pseudo_inverse
from momot.stats.sums import centred

Floats = npt.NDArray[np.float64]
Indices = npt.NDArray[np.intp]


def balance_p(gram: Floats, *, covariates: Indices, arms: Indices, rows: int) -> float | None:
    """P-value of the joint test that no covariate column tells the arms apart; None without covariates.

    Pillai's trace of the multivariate regression of the arm dummies on the covariates, as F (Pillai 1955); `gram` as in `Sums.total`. For
    assigned units that are independent of each other and not weighted.
    """
    about = centred(gram)
    cross, own = about[np.ix_(covariates, arms)], about[np.ix_(arms, arms)]
    known, scale = about[np.ix_(covariates, covariates)], np.diag(about)[covariates]
    p = len(independent(known, scale)[0]) if len(covariates) else 0
    q = int(np.linalg.matrix_rank(own))
    if not p or not q or rows <= p + q + 1:
        return None
    explained = cross.T @ coefficients(known, cross, scale)
    trace = float(np.trace(explained @ pseudo_inverse(own, np.diag(own))[0]))
    s = min(p, q)
    df1, df2 = s * max(p, q), s * (rows - 1 - max(p, q))
    return f_tail(trace / df1 * df2 / max(s - trace, 1e-300), df1, df2)
