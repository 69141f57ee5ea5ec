"""Rating batteries of a survey and the codes in them that are no ratings, by measurement.

Columns of a battery share one small set of whole numbers and go together (halo). A code of the set that is a rating lies in line: who gives
a higher one also rates everything else higher. A code that means "blank" or "never used" does not, wherever it stands among the numbers.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from momot.project.profile import Column, Profile, Source, as_number

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

_FEWEST = 4  # columns of a battery
_TOGETHER = 0.25  # least correlation of a rating with the mean of the others
_ROWS = 20_000


@dataclass(frozen=True, slots=True)
class Battery:
    """Columns that are rated on one scale. `together` is each column's correlation with the mean of the others."""

    columns: tuple[str, ...]  # in file order
    low: int
    high: int
    missing: tuple[int, ...]  # codes that are rare in every column: blanks
    never_used: tuple[int, ...]  # codes that are common in some columns and rare in others: never met
    unclear: tuple[int, ...]  # codes out of line that are neither
    together: dict[str, float]
    used: dict[str, float]  # share of rows with a rating


def find_battery(profile: Profile, source: Source) -> Battery | None:
    """The largest battery of `source`, or None where there is none of at least four columns."""
    import numpy as np

    candidates = [column for column in source.columns if column.whole and 3 <= column.distinct <= 12 and column.share > 0.3]
    union = _common_codes(candidates)
    if union is None:
        return None
    members = [column for column in candidates if _codes(column) <= union and len(_codes(column)) >= 0.6 * len(union)]
    answers = _answers(profile, source, [column.name for column in members])
    names = [column.name for column in members]
    run = _longest_run(_usual_codes(answers))
    core = run[1:-1] if len(run) >= 5 else run
    for _ in range(6):
        rest = _rest_scores(answers, core)
        together = {
            name: _correlation(np.where(np.isin(answers[:, at], core), answers[:, at], np.nan), rest[:, at])
            for at, name in enumerate(names)
        }
        kept = [at for at, name in enumerate(names) if together[name] >= _TOGETHER]
        if len(kept) < _FEWEST:
            return None
        if len(kept) < len(names):
            names, answers = [names[at] for at in kept], answers[:, kept]
            run = _longest_run(_usual_codes(answers))
            core = [code for code in core if code in run]
            continue
        grown = _in_line(answers, rest, run, core)
        if grown == core:
            break
        core = grown
    found, times = np.unique(answers[np.isfinite(answers)].astype(int), return_counts=True)
    union = {int(code) for code, often in zip(found, times, strict=True) if often >= 3}
    return _battery(names, answers, union, core, together) if len(core) >= 3 else None


def _common_codes(candidates: Sequence[Column]) -> set[int] | None:
    """The set of codes that most columns share, of at least three."""
    counted = Counter(frozenset(_codes(column)) for column in candidates if len(_codes(column)) >= 3)
    likely = [
        (sum(times for other, times in counted.items() if other <= codes and len(other) >= 0.6 * len(codes)), len(codes), codes)
        for codes in counted
    ]
    if not likely:
        return None
    times, _, codes = max(likely, key=lambda one: (one[0], one[1], sorted(one[2])))
    return set(codes) if times >= _FEWEST else None


def _codes(column: Column) -> set[int]:
    return {int(float(value)) for value in column.values}


def _usual_codes(answers: Floats) -> set[int]:
    """Codes that at least four in ten of the columns hold."""
    import numpy as np

    columns = Counter(int(code) for at in range(answers.shape[1]) for code in np.unique(answers[np.isfinite(answers[:, at]), at]))
    return {code for code, times in columns.items() if times >= 0.4 * answers.shape[1]}


def _longest_run(codes: set[int]) -> list[int]:
    runs: list[list[int]] = []
    for code in sorted(codes):
        if runs and runs[-1][-1] == code - 1:
            runs[-1].append(code)
        else:
            runs.append([code])
    return max(runs, key=len)


def _answers(profile: Profile, source: Source, names: Sequence[str]) -> Floats:
    """Shape (rows, columns), NaN where there is no number."""
    import numpy as np

    selected = ", ".join(f"{as_number(name)} AS c{at}" for at, name in enumerate(names))
    found: dict[str, Any] = profile.connection.execute(f"SELECT {selected} FROM {source.table} LIMIT {_ROWS}").fetchnumpy()
    return np.column_stack([np.ma.filled(np.ma.asarray(found[f"c{at}"], dtype=float), np.nan) for at in range(len(names))])


def _rest_scores(answers: Floats, core: Sequence[int]) -> Floats:
    """For each row and column the mean of the standardised ratings of the row's other columns; NaN where there are fewer than two."""
    import numpy as np

    rated = np.where(np.isin(answers, core), answers, np.nan)
    there = np.isfinite(rated)
    count = np.maximum(there.sum(axis=0), 1)
    mean = np.where(there, rated, 0).sum(axis=0) / count
    spread = np.sqrt(np.where(there, (rated - mean) ** 2, 0).sum(axis=0) / count)
    z = np.where(there, (rated - mean) / np.where(spread > 0, spread, 1), 0)
    others = there.sum(axis=1, keepdims=True) - there
    return np.where(others >= 2, (z.sum(axis=1, keepdims=True) - z) / np.maximum(others, 1), np.nan)


def _correlation(x: Floats, y: Floats) -> float:
    import numpy as np

    both = np.isfinite(x) & np.isfinite(y)
    if both.sum() < 30 or x[both].std() == 0 or y[both].std() == 0:
        return 0.0
    return float(np.corrcoef(x[both], y[both])[0, 1])


def _in_line(answers: Floats, rest: Floats, run: Sequence[int], core: Sequence[int]) -> list[int]:
    """The longest stretch of neighbouring codes around `core` along which the rest score does not fall."""
    stretches: list[list[int]] = []
    for code in run:
        if stretches and not _falls(answers, rest, code - 1, code):
            stretches[-1].append(code)
        else:
            stretches.append([code])
    return max(stretches, key=lambda stretch: (len(set(stretch) & set(core)), len(stretch)))


def _falls(answers: Floats, rest: Floats, lower: int, higher: int) -> bool:
    """Whether who answers `higher` rates everything else clearly lower than who answers `lower`, compared within each column."""
    import numpy as np

    differences, weights = [], []
    for at in range(answers.shape[1]):
        known = np.isfinite(rest[:, at])
        low, high = (rest[known & (answers[:, at] == code), at] for code in (lower, higher))
        if len(low) and len(high):
            differences.append(high.mean() - low.mean())
            weights.append(1 / (1 / len(low) + 1 / len(high)))
    if not differences:
        return False
    weight = float(np.sum(weights))
    fall = -float(np.dot(differences, weights)) / weight
    error = 0.7 / weight**0.5  # rest scores of means of many ratings spread by about 0.7
    return fall > 0.05 and fall > 2 * error


def _battery(names: Sequence[str], answers: Floats, union: set[int], core: Sequence[int], together: dict[str, float]) -> Battery:
    import numpy as np

    low, high = min(core), max(core)
    missing, never, unclear = [], [], []
    for code in sorted(union - set(range(low, high + 1))):
        shares = (answers == code).mean(axis=0)
        if shares.max() >= 0.25 and shares.max() >= 5 * max(shares.min(), 0.001):
            never.append(code)
        elif shares.max() <= 0.2 and (not never or code < low):
            missing.append(code)
        else:
            unclear.append(code)
    used = {name: float(np.isin(answers[:, at], range(low, high + 1)).mean()) for at, name in enumerate(names)}
    return Battery(tuple(names), low, high, tuple(missing), tuple(never), tuple(unclear), {name: together[name] for name in names}, used)
