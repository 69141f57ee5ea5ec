"""DoubleML with LightGBM: a partially linear model of each moment's presence, the others and everything known as covariates.

`python double_ml.py ROWS.npz ANSWER.json`. Bach et al. (2022), doi:10.18637/jss.v108.i03; Chernozhukov et al. (2018).
"""

from __future__ import annotations

import json
import resource
import sys
import warnings
from pathlib import Path

import doubleml as dml
import lightgbm as lgb
import numpy as np

SETTINGS = {"n_estimators": 40, "num_leaves": 15, "learning_rate": 0.1, "min_child_samples": 40, "max_bin": 63, "subsample": 1.0}
FOLDS = 2
LEAST_MET = 30


def took() -> dict[str, float]:
    """CPU seconds of this program and the most memory that it held, in MB."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    return {"cpu_seconds": used.ru_utime + used.ru_stime, "peak_mb": used.ru_maxrss / 1024}


def main(rows: str, answer: str) -> None:
    """Read the rows, fit every moment that enough rows met, write estimate, interval and p-value of each."""
    warnings.filterwarnings("ignore")
    given = np.load(rows, allow_pickle=False)
    known, met, outcome, unit = given["known"], given["met"].astype(float), given["outcome"], given["unit"]
    learner = lgb.LGBMRegressor(**SETTINGS, n_jobs=1, verbose=-1, random_state=0)
    enough = [place for place in range(met.shape[1]) if LEAST_MET <= met[:, place].sum() <= len(met) - LEAST_MET]
    np.random.seed(0)  # noqa: NPY002  the package draws its folds, whole people each, from the global generator
    found = {}
    for place in enough:
        others = np.hstack([known, np.delete(met, place, axis=1)])
        data = dml.DoubleMLClusterData.from_arrays(x=others, y=outcome, d=met[:, place], cluster_vars=unit, force_all_x_finite=False)
        model = dml.DoubleMLPLR(data, ml_l=learner, ml_m=learner, n_folds=FOLDS)
        model.fit()
        low, high = model.confint(level=0.95).to_numpy()[0]
        found[str(place)] = [float(model.coef[0]), float(low), float(high), float(model.pval[0])]
    Path(answer).write_text(json.dumps(found | {"took": took()}), encoding="utf-8")


if __name__ == "__main__":
    main(*sys.argv[1:])
