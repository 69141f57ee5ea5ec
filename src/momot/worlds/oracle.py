"""What a regression finds that sees everything: the hidden traits and the intent of each day, which no analyst has.

Ordinary least squares on person-days, with errors from leaving out each hundredth of the people in turn (Tukey 1958). It shares nothing
with momot's own estimator: where its intervals miss the truth of a world, the truth or the question is wrong; how much narrower they are
says what hiding costs.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.parquet as pq

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]

GROUPS = 100  # of people, each left out once
T_QUANTILE = 1.984  # of Student's t with 99 degrees of freedom, .975
MICROS_A_DAY = 86_400_000_000
QUALITIES = ("bad", "neutral", "good")
ACTIVITY = {
    "purchase": "order_placed",
    "repurchase": "order_placed",
    "churn": "cancelled",
    "renewal": "renewed",
    "advocacy": "reviewed_well",
}
WORSE = {"neutral": ("bad", "good"), "good": ("bad",)}
BEFORE = (1, 2, 3, 4, 5, 7, 10)  # days back at which a purchase is a column of its own


@dataclass(frozen=True, slots=True)
class Seen:
    """One contrast as the regression sees it, with a 95 % interval; keyed like the effects of `truth.json`."""

    outcome: str
    moment: str
    contrast: str
    level: str
    reference: str
    estimate: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class _Records:
    """The folder as arrays over (units, days): counts of purchases, the first day of each outcome from a day on, and what drives them."""

    days: int
    within: int
    seen: float  # weight of what is recorded of intent and affinity, and of what is not
    unseen: float
    first: Integers  # (units,)
    last: Integers  # (units,), day of the exit or the end
    region: Integers
    age: Floats
    affinity: Integers
    affinity_hidden: Integers
    intent: Integers
    intent_hidden: Integers
    columns: dict[tuple[str, str], int]  # (touchpoint, quality or met) to its column
    hidden_by: dict[int, list[int]]  # columns whose touch of the same day counts instead
    touch_unit: Integers
    touch_day: Integers
    touch_column: Integers
    touched: npt.NDArray[np.bool_]  # (units, days)
    happened: dict[str, npt.NDArray[np.bool_]]  # (units, days) of each activity
    stars: Floats  # (units, days), NaN without
    spent: Floats  # (units, days)


def regress(folder: Path) -> list[Seen]:
    """Every contrast of every moment on every outcome that `truth.json` lists, within its days."""
    truth = json.loads((folder / "truth.json").read_text(encoding="utf-8"))
    records = _read(folder, truth)
    asked: dict[str, list[dict[str, str]]] = {}
    for row in truth["effects"]:
        if row["days"] == [0, records.within]:
            asked.setdefault(row["outcome"], []).append(row)
    return [seen for outcome, rows in asked.items() for seen in _answer(records, outcome, rows)]


def _answer(records: _Records, outcome: str, rows: list[dict[str, str]]) -> Iterator[Seen]:
    value = _outcome(records, outcome)
    parts = [(x.T @ x, x.T @ y, x[:, : len(records.columns)].sum(axis=0)) for x, y in _parts(records, value, outcome) if len(y)]
    grams, crosses, met = (np.stack(sums) for sums in zip(*parts, strict=True))
    coefficients = _solved(grams.sum(axis=0), crosses.sum(axis=0))
    without = np.stack([_solved(grams.sum(axis=0) - gram, crosses.sum(axis=0) - cross) for gram, cross in zip(grams, crosses, strict=True)])
    spread = (without - without.mean(axis=0)) * np.sqrt((len(parts) - 1) / len(parts))
    for row in rows:
        sides = (_side(records, row["touchpoint"], row[side], met.sum(axis=0), len(coefficients)) for side in ("level", "reference"))
        vector = np.subtract(*sides)
        estimate, error = float(vector @ coefficients), float(np.sqrt(((spread @ vector) ** 2).sum()))
        if error > 0:
            seen = estimate, estimate - T_QUANTILE * error, estimate + T_QUANTILE * error
            yield Seen(outcome, row["moment"], row["contrast"], row["level"], row["reference"], *seen)


def _side(records: _Records, touchpoint: str, level: str, met: Floats, width: int) -> Floats:
    """Weights of the coefficients: one quality, nothing for not met, the qualities as they were for met."""
    mine = [column for (name, _), column in records.columns.items() if name == touchpoint]
    vector = np.zeros(width)
    if level == "met":
        vector[mine] = met[mine] / met[mine].sum()
    elif level != "not met":
        vector[records.columns[touchpoint, level]] = 1.0
    return vector


def _solved(gram: Floats, cross: Floats) -> Floats:
    return np.asarray(np.linalg.pinv(gram, rcond=1e-11, hermitian=True) @ cross)


def _parts(records: _Records, value: Floats, outcome: str) -> Iterator[tuple[Floats, Floats]]:
    """Columns (touches first) and outcome of the person-days at risk, a hundredth of the people at a time."""
    day = np.arange(records.days)
    edges = np.linspace(0, len(records.first), GROUPS + 1).astype(np.int64)
    for start, end in pairwise(edges.tolist()):
        units = np.arange(start, end)
        there = (day >= records.first[units, None]) & (day < records.last[units, None]) & (day + records.within < records.days)
        there &= ~np.isnan(value[units])
        if outcome == "repurchase":
            there &= _before(records.happened["order_placed"][units])
        unit, days = np.nonzero(there)
        x = np.concatenate([_touches(records, start, units, unit, days), _known(records, units, unit, days)], axis=1)
        yield x, value[units][unit, days]


def _touches(records: _Records, start: int, units: Integers, unit: Integers, day: Integers) -> Floats:
    width = len(records.columns)
    rows = slice(*np.searchsorted(records.touch_unit, [start, start + len(units)]))
    met = np.zeros((len(units), records.days, width), dtype=np.float32)
    met[records.touch_unit[rows] - start, records.touch_day[rows], records.touch_column[rows]] = 1
    for column, worse in records.hidden_by.items():  # bad hides good, good hides neutral
        met[:, :, column] *= 1 - met[:, :, worse].max(axis=2)
    return met[unit, day].astype(np.float64)


def _known(records: _Records, units: Integers, unit: Integers, day: Integers) -> Floats:
    """Everything that drives touches and outcomes of the day, as dummies."""
    who = units[unit]
    bands = [
        (records.intent[who, day], 8),
        (records.intent_hidden[who, day], 8),
        (records.affinity[who], 5),
        (records.affinity_hidden[who], 5),
        (records.region[who], 4),
        (day // 7, records.days // 7 + 1),
    ]
    columns: list[npt.NDArray[Any]] = [np.ones(len(who))]
    columns += [codes == code for codes, count in bands for code in range(1, count)]
    age = (records.age[who] - 18) / 67
    quiet = _quiet(records.touched[units])[unit, day] > 7
    columns += [age, age**2, quiet, np.cos(2 * np.pi * (day + 15) / 365.25)]
    paid = records.happened["renewed" if "renewed" in records.happened else "order_placed"][units]
    columns += [_before(paid)[unit, day], _fading(paid)[unit, day]]
    columns += [(day >= lag) & paid[unit, np.maximum(day - lag, 0)] for lag in BEFORE]
    intent = (records.seen * records.intent[who, day] + records.unseen * records.intent_hidden[who, day]) / 7
    affinity = (records.seen * records.affinity[who] + records.unseen * records.affinity_hidden[who]) / 4
    columns += [intent * affinity, intent < 0.2, (intent > 0.55) & (affinity > 0.55)]
    return np.stack(columns, axis=1, dtype=np.float64, casting="unsafe")


def _before(happened: npt.NDArray[np.bool_]) -> npt.NDArray[np.bool_]:
    """Whether it happened on an earlier day, (units, days)."""
    return np.asarray(np.cumsum(happened, axis=1) - happened > 0)


def _fading(happened: npt.NDArray[np.bool_]) -> Floats:
    """Sum of earlier happenings, each half as much after a week."""
    found = np.zeros(happened.shape)
    for day in range(1, happened.shape[1]):
        found[:, day] = (found[:, day - 1] + happened[:, day - 1]) * 0.5 ** (1 / 7)
    return found


def _quiet(touched: npt.NDArray[np.bool_]) -> Integers:
    """Days since the last touch on an earlier day; many where there was none."""
    days = np.arange(touched.shape[1])
    last = np.maximum.accumulate(np.where(touched, days, -1_000), axis=1)
    found = np.full(touched.shape, 1_000)
    found[:, 1:] = days[1:] - last[:, :-1]
    return found


def _outcome(records: _Records, outcome: str) -> Floats:
    """What follows within the time after each day, (units, days); NaN where it was not measured."""
    shape = records.intent.shape
    if outcome == "opinion":
        found = np.full(shape, np.nan)
        for ahead in range(records.within, 0, -1):  # the first one stays
            later = np.full(shape, np.nan)
            later[:, :-ahead] = records.stars[:, ahead:]
            found = np.where(np.isnan(later), found, later)
        return found
    sums = np.zeros((shape[0], shape[1] + 1))
    np.cumsum(records.spent if outcome == "spend" else records.happened[ACTIVITY[outcome]], axis=1, out=sums[:, 1:])
    end = np.minimum(np.arange(shape[1]) + records.within + 1, shape[1])
    within = sums[:, end] - sums[:, 1:]
    return within if outcome == "spend" else np.asarray(within > 0, dtype=np.float64)


def _read(folder: Path, truth: dict[str, dict[str, int]]) -> _Records:
    hidden = pq.read_table(folder / "hidden.parquet")
    people = pq.read_table(folder / "people.parquet")
    days = int(truth["knobs"]["days"])
    units = hidden.num_rows // days
    shape = (units, days)
    unit_of = _unit_of(people)
    whose = np.unique(unit_of, return_index=True)[1]  # the first person of each unit
    daily = {name: _whole(hidden[name]).reshape(shape) for name in ("intent", "intent_hidden", "affinity_hidden")}
    start = int(np.datetime64("2024-01-01", "D").astype(np.int64))
    touches = pq.read_table(folder / "touches.parquet")
    ways = zip(touches["touchpoint"].to_pylist(), touches["quality"].to_pylist(), strict=True)
    pair = [(name, quality or "met") for name, quality in ways]
    columns = {key: column for column, key in enumerate(sorted(set(pair)))}
    unit, day = unit_of[_whole(touches["person_id"])], _day(touches["at"]) - start
    order = np.argsort(unit, kind="stable")
    touched = np.zeros(shape, dtype=bool)
    touched[unit, day] = True
    happened, stars, last = _happenings(folder, shape, start, unit_of)
    regions = {name: code for code, name in enumerate(("north", "south", "islands", "abroad"))}
    return _Records(
        days=days,
        within=int(next(iter(truth["outcomes"].values()))["within_days"]),  # type: ignore[index]
        seen=float(np.sqrt(1 - truth["knobs"]["hidden"])),
        unseen=float(np.sqrt(truth["knobs"]["hidden"])),
        first=_whole(people["joined_on"].cast(pa.int32()))[whose] - start,
        last=last,
        region=np.array([regions[name] for name in people["region"].to_pylist()])[whose],
        age=_whole(people["age"])[whose].astype(np.float64),
        affinity=np.array([int(name[-1]) - 1 for name in people["affinity"].to_pylist()])[whose],
        affinity_hidden=daily["affinity_hidden"][:, 0],
        intent=daily["intent"],
        intent_hidden=daily["intent_hidden"],
        columns=columns,
        hidden_by={
            column: [columns[name, worse] for worse in WORSE[quality] if (name, worse) in columns]
            for (name, quality), column in columns.items()
            if quality in WORSE
        },
        touch_unit=unit[order],
        touch_day=day[order],
        touch_column=np.array([columns[key] for key in pair])[order],
        touched=touched,
        happened=happened,
        stars=stars,
        spent=_spent(folder, shape, start, unit_of),
    )


def _spent(folder: Path, shape: tuple[int, int], start: int, unit_of: Integers) -> Floats:
    spent = np.zeros(shape)
    if (folder / "orders.parquet").exists():
        orders = pq.read_table(folder / "orders.parquet")
        spent[unit_of[_whole(orders["person_id"])], _day(orders["at"]) - start] = orders["value"].to_numpy()
    return spent


def _happenings(
    folder: Path, shape: tuple[int, int], start: int, unit_of: Integers
) -> tuple[dict[str, npt.NDArray[np.bool_]], Floats, Integers]:
    happened: dict[str, npt.NDArray[np.bool_]] = {}
    stars, last = np.full(shape, np.nan), np.full(shape[0], shape[1])

    def mark(name: str, table: pa.Table) -> None:
        happened[name] = np.zeros(shape, dtype=bool)
        happened[name][unit_of[_whole(table["person_id"])], _day(table["at"]) - start] = True

    if (folder / "orders.parquet").exists():
        mark("order_placed", pq.read_table(folder / "orders.parquet"))
    if (folder / "contracts.parquet").exists():
        mark("renewed", pq.read_table(folder / "contracts.parquet", filters=[("what", "=", "renewed")]))
        mark("cancelled", left := pq.read_table(folder / "contracts.parquet", filters=[("what", "=", "cancelled")]))
        last[unit_of[_whole(left["person_id"])]] = _day(left["at"]) - start
    if (folder / "reviews.parquet").exists():
        mark("reviewed_well", pq.read_table(folder / "reviews.parquet", filters=[("verdict", "=", "good")]))
    if (folder / "surveys.parquet").exists():
        surveys = pq.read_table(folder / "surveys.parquet")
        (instrument,) = set(surveys.column_names) - {"person_id", "asked", "at"}
        stars[unit_of[_whole(surveys["person_id"])], _day(surveys["at"]) - start] = _whole(surveys[instrument])
    return happened, stars, last


def _unit_of(people: pa.Table) -> Integers:
    """The unit of each person: the account where persons share one."""
    return _whole(people["account_id"].cast(pa.int64()) if "account_id" in people.column_names else people["person_id"])


def _whole(column: pa.ChunkedArray) -> Integers:
    return np.asarray(column.to_numpy(), dtype=np.int64)


def _day(column: pa.ChunkedArray) -> Integers:
    return _whole(column.cast(pa.int64())) // MICROS_A_DAY
