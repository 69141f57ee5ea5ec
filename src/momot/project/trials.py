"""Columns that look as if they had been assigned at random: few values, and everything known before alike between them.

Balance can be measured; that somebody tossed a coin can't. A column is taken for an assignment only where its name or its values say so as
well, for a false one would carry evidence A.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from momot.project.hints import hints_at, words_of
from momot.project.profile import Column, Profile, Source, as_number, quoted

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_MOVED = 1e-4  # p-value below which a column differs between the arms
_SMALLEST_ARM = 0.02


@dataclass(frozen=True, slots=True)
class Trial:
    """A column that may be an assignment. `moved` columns differ between its values, `balanced` ones don't."""

    column: Column
    control: str  # the value that is likeliest the control
    control_is_said: bool  # its text says so, or it is 0 beside 1
    hinted: bool  # name or values speak of an experiment
    even: bool  # the arms are equally large, up to chance
    balanced: tuple[str, ...]
    moved: tuple[str, ...]

    @property
    def arms(self) -> tuple[str, ...]:
        """The other values, in order."""
        return tuple(sorted(value for value in self.column.values if value != self.control))

    @property
    def likely(self) -> bool:
        """Balanced on most of what is beside it."""
        return len(self.balanced) >= 2 and len(self.balanced) >= 1.5 * len(self.moved)

    @property
    def sure(self) -> bool:
        """Said and measured."""
        return self.hinted and self.likely


def find_trials(profile: Profile, source: Source) -> list[Trial]:
    """Candidates in `source`, those that are said and measured first."""
    if source.rows < 50:
        return []
    compared = [column for column in source.columns if _comparable(column)]
    said = [column for column in source.columns if _could_be_arms(column) and (_is_said(column) or _is_even(column))]
    found = [_trial(profile, source, column, compared) for column in said]
    return sorted(
        (trial for trial in found if trial.hinted or trial.likely), key=lambda trial: (not trial.sure, not trial.even, -len(trial.balanced))
    )


def _could_be_arms(column: Column) -> bool:
    sizes = list(column.values.values())
    return 2 <= len(sizes) <= 6 and len(sizes) == column.distinct and column.share > 0.99 and min(sizes) >= _SMALLEST_ARM * column.rows


def _comparable(column: Column) -> bool:
    numbers = column.kind in ("integer", "number") and not column.unique
    listed = 2 <= column.distinct <= 60 and len(column.values) == column.distinct
    return column.share > 0.2 and (numbers or listed)


def _trial(profile: Profile, source: Source, column: Column, compared: list[Column]) -> Trial:
    balanced: list[str] = []
    moved: list[str] = []
    for other in compared:
        if other.name == column.name:
            continue
        (moved if _p_value(profile, source, column, other) < _MOVED else balanced).append(other.name)
    control, said = _control(column)
    return Trial(column, control, said, _is_said(column), _is_even(column), tuple(balanced), tuple(moved))


def _is_said(column: Column) -> bool:
    """By its values, by a name that can mean nothing else, or by a weaker name ("group") where the arms are even as well."""
    if _values_speak(column):
        return True
    if hints_at(column.name, "earlier") or hints_at(column.name, "demographic"):
        return False
    return hints_at(column.name, "assignment") or (hints_at(column.name, "parted") and _is_even(column))


def _is_even(column: Column) -> bool:
    """All values equally often, up to chance (a milder bound than the sample-ratio test: a trial that fails that one is still a trial)."""
    sizes = list(column.values.values())
    usual = sum(sizes) / len(sizes)
    return _chi_square_p(sum((size - usual) ** 2 for size in sizes) / usual, len(sizes) - 1) > 1e-3


def _values_speak(column: Column) -> bool:
    """A value that is a control by its own word, or that denies what another value names: "No E-Mail" beside "Mens E-Mail"."""
    if any(
        value.lower() in ("control", "placebo", "holdout", "treatment", "untreated") or "control group" in value.lower()
        for value in column.values
    ):
        return True
    for value in column.values:
        first, *rest = words_of(value) or ("",)
        others = {word for other in column.values if other != value for word in words_of(other)}
        if rest and hints_at(first, "control") and set(rest) & others:
            return True
    return False


def _control(column: Column) -> tuple[str, bool]:
    """(value that is likeliest the control, whether its text says so)."""
    values = sorted(column.values)
    said = [value for value in values if hints_at(value, "control")]
    if len(said) == 1:
        return said[0], True
    zero = [value for value in values if value.lower() in ("0", "0.0", "false", "no", "f", "n")]
    return (zero[0], True) if zero else (values[0], False)


def _p_value(profile: Profile, source: Source, column: Column, other: Column) -> float:
    """Of the chi-square test of independence; numbers with many values in ten groups of equal size."""
    listed = len(other.values) == other.distinct and other.distinct <= 20
    group = f"coalesce({quoted(other.name)}, '')" if listed else f"ntile(10) OVER (ORDER BY {as_number(other.name)})"
    rows = f"(SELECT {quoted(column.name)} AS arm, {group} AS part FROM {source.table})"
    query = f"SELECT arm, part, count(*) FROM {rows} WHERE arm IS NOT NULL GROUP BY 1, 2"
    counts = profile.connection.execute(query).fetchall()
    if not listed:
        return min(_table_p(counts), _mean_p(profile, source, column, other))
    return _table_p(counts)


def _table_p(counts: list[tuple[str, object, int]]) -> float:
    import numpy as np

    arms, parts = sorted({arm for arm, _, _ in counts}), sorted({str(part) for _, part, _ in counts})
    table: NDArray[np.float64] = np.zeros((len(arms), len(parts)))
    for arm, part, times in counts:
        table[arms.index(arm), parts.index(str(part))] += times
    table = table[:, table.sum(axis=0) >= 5 * len(arms)]
    if table.shape[1] < 2:
        return 1.0
    expected = table.sum(axis=1, keepdims=True) @ table.sum(axis=0, keepdims=True) / table.sum()
    return _chi_square_p(float(((table - expected) ** 2 / expected).sum()), (table.shape[0] - 1) * (table.shape[1] - 1))


def _mean_p(profile: Profile, source: Source, column: Column, other: Column) -> float:
    """Of the test that all arms have one mean, by their standard errors."""
    value, arm = as_number(other.name), quoted(column.name)
    query = f"SELECT avg({value}), var_samp({value}) / count({value}) FROM {source.table} WHERE {arm} IS NOT NULL GROUP BY {arm}"
    arms = [(mean, variance) for mean, variance in profile.connection.execute(query).fetchall() if variance]
    if len(arms) < 2:
        return 1.0
    weight = sum(1 / variance for _, variance in arms)
    centre = sum(mean / variance for mean, variance in arms) / weight
    return _chi_square_p(sum((mean - centre) ** 2 / variance for mean, variance in arms), len(arms) - 1)


def _chi_square_p(statistic: float, freedom: int) -> float:
    from scipy.special import chdtrc

    return float(chdtrc(freedom, statistic))
