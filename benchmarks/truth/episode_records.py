"""Records of an outcome of episodes: rows are the episodes themselves, as momot's own frame holds them, before anything is adjusted."""

from __future__ import annotations

import numpy as np

from benchmarks.truth.records import ABSENT, MET, Drivers, Floats, Records, by_person
from momot.designs.frame import Exposure, Frame


def episode_records(outcome: str, frame: Frame) -> Records:
    """Everything a rival needs of one frame. Last touch has nothing to say of an opinion."""
    ids, person = np.unique(frame.cluster, return_inverse=True)
    met = {}
    columns: list[Floats] = []
    names: list[str | None] = []
    for exposure in frame.exposures:
        ways = {}
        for code, state in enumerate(exposure.states):
            rows = exposure.codes == code
            if rows.any():
                ways[_label(exposure, code)] = by_person(person[rows], frame.outcome[rows], len(ids))
                if state.role != "absent":
                    columns.append(rows.astype(np.float64))
                    names.append(exposure.moment)
        met[exposure.moment] = ways
    for covariate in frame.covariates:
        values = covariate.values
        if covariate.categories is None:
            known = np.nan_to_num(values, nan=float(np.nanmean(values)) if (~np.isnan(values)).any() else 0.0)
            columns.append(known)
            names.append(None)
        else:
            columns += [(values == code).astype(np.float64) for code in range(1, len(covariate.categories))]
            names += [None] * (len(covariate.categories) - 1)
    stacked = np.stack(columns, axis=1) if columns else np.empty((len(frame.outcome), 0))
    return Records(outcome, met, Drivers(stacked, tuple(names), frame.outcome, person.astype(np.int64)), None)


def _label(exposure: Exposure, code: int) -> str:
    """The label of a state, with the two names that panels use where it has no level of its own."""
    state = exposure.states[code]
    return ABSENT if state.role == "absent" and exposure.coding in ("presence", "quality") else MET if state.role == "met" else state.label
