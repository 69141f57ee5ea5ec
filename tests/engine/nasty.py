"""Small tables that go wrong easily: nulls, ties, money below zero and beyond BIGINT, copies, employees, accounts, clock changes."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import numpy as np
import pyarrow as pa

DAY = 86_400_000_000
ZONE = "Europe/Berlin"
START = int(datetime(2026, 3, 27, 22, 30, tzinfo=UTC).timestamp()) * 1_000_000  # two days before the clock goes forward
PEOPLE, SUBJECTS, ROWS, ANSWERS = 41, 60, 900, 140

_INT = {
    "TINYINT": pa.int8(),
    "SMALLINT": pa.int16(),
    "INTEGER": pa.int32(),
    "BIGINT": pa.int64(),
    "DOUBLE": pa.float64(),
    "VARCHAR": pa.string(),
    "BOOLEAN": pa.bool_(),
}


def tables() -> dict[str, pa.Table]:
    """The canonical tables of a build by name, always the same."""
    chance = np.random.default_rng(20_260_329)

    def some(values: np.ndarray, share: float) -> list[object]:
        """NULL in place of a share of the values."""
        lost = chance.random(len(values)) < share
        return [None if gone else value.item() for value, gone in zip(values, lost, strict=True)]

    minutes = np.sort(chance.integers(0, 9 * 24 * 60, ROWS) // 20 * 20)  # many at one instant
    person = chance.integers(0, PEOPLE - 1, ROWS) ** 2 // (PEOPLE - 1)  # heavy ones; person 40 never does anything
    touchpoint = chance.integers(0, 6, ROWS)
    value = np.where(chance.random(ROWS) < 0.3, -1, 1) * chance.integers(0, 90_000, ROWS)
    value[:3] = 2**62  # three of them are more than a BIGINT holds
    interactions = {
        "interaction_id": ("BIGINT", chance.permutation(ROWS) * 1_000_003 - 400_000_000),
        "person_id": ("INTEGER", person),
        "happened_at": ("BIGINT", START + minutes * 60_000_000),
        "touchpoint_id": ("SMALLINT", touchpoint),
        "activity_id": ("SMALLINT", chance.integers(0, 4, ROWS)),
        "channel_id": ("SMALLINT", some(touchpoint % 3, 0.2)),
        "quality": ("TINYINT", some(chance.integers(-1, 2, ROWS), 0.4)),
        "level": ("SMALLINT", some(chance.integers(0, 3, ROWS), 0.6)),
        "repeat": ("INTEGER", chance.integers(1, 4, ROWS)),
        "subject_id": ("INTEGER", some(chance.integers(0, SUBJECTS, ROWS), 0.3)),
        "account_id": ("INTEGER", some(chance.integers(0, 7, ROWS), 0.5)),
        "value_minor": ("BIGINT", some(value, 0.3)),
        "cost_minor": ("BIGINT", some(chance.integers(-50, 900, ROWS), 0.5)),
        "duplicate": ("BOOLEAN", chance.random(ROWS) < 0.05),
    }
    observed = START + chance.integers(0, 3, PEOPLE) * DAY
    people = {
        "person_id": ("INTEGER", np.arange(PEOPLE)),
        "person": ("VARCHAR", [f"crm:O'Ne\\il {number} – ü" for number in range(PEOPLE)]),
        "bucket": ("SMALLINT", chance.integers(0, 400, PEOPLE)),
        "is_employee": ("BOOLEAN", chance.random(PEOPLE) < 0.1),
        "acquisition_cost_minor": ("BIGINT", some(chance.integers(0, 40_000, PEOPLE), 0.4)),
        "role": ("VARCHAR", some(np.array(["buyer", "influencer"])[chance.integers(0, 2, PEOPLE)], 0.5)),
        "account_id": ("INTEGER", some(chance.integers(0, 7, PEOPLE), 0.5)),
        "observed_from": ("BIGINT", some(observed, 0.5)),
        "observed_to": ("BIGINT", some(observed + 5 * DAY, 0.5)),
        "segment.Region": ("VARCHAR", some(np.array(["Nord", "süd", ""])[chance.integers(0, 3, PEOPLE)], 0.2)),
    }
    started = START + chance.integers(-1, 8, SUBJECTS) * DAY
    subjects = {
        "subject_id": ("INTEGER", np.arange(SUBJECTS)),
        "subject": ("VARCHAR", [f"o-{number}" for number in range(SUBJECTS)]),
        "person_id": ("INTEGER", some(chance.integers(0, PEOPLE, SUBJECTS), 0.2)),
        "account_id": ("INTEGER", some(chance.integers(0, 7, SUBJECTS), 0.7)),
        "started_at": ("BIGINT", some(started, 0.2)),
        "ended_at": ("BIGINT", some(started + chance.integers(-1, 4, SUBJECTS) * DAY, 0.3)),
    }
    score = chance.integers(1, 6, ANSWERS) + np.where(chance.random(ANSWERS) < 0.2, 0.5, 0.0)
    given = START + chance.integers(0, 9, ANSWERS) * DAY
    opinions = {
        "opinion_id": ("BIGINT", chance.permutation(ANSWERS)),
        "person_id": ("INTEGER", some(chance.integers(0, PEOPLE, ANSWERS), 0.2)),
        "given_at": ("BIGINT", given),
        "asked_at": ("BIGINT", some(given - DAY, 0.5)),
        "subject_id": ("INTEGER", some(chance.integers(0, SUBJECTS, ANSWERS), 0.3)),
        "instrument": ("VARCHAR", np.array(["stars", "nps", "it's"])[chance.integers(0, 3, ANSWERS)].tolist()),
        "value": ("DOUBLE", some(score, 0.1)),
        "scale_low": ("DOUBLE", some(np.ones(ANSWERS), 0.1)),
        "scale_high": ("DOUBLE", np.where(chance.random(ANSWERS) < 0.1, 1.0, 5.0)),
        "text_id": ("BIGINT", [None] * ANSWERS),
    }
    facts = {
        "outcome": ("VARCHAR", np.array(["late", "paid"])[chance.integers(0, 2, ANSWERS)].tolist()),
        "subject_id": ("INTEGER", some(chance.integers(0, SUBJECTS, ANSWERS), 0.1)),
        "person_id": ("INTEGER", some(chance.integers(0, PEOPLE, ANSWERS), 0.3)),
        "value": ("DOUBLE", some(score / 3, 0.2)),
        "settled_at": ("BIGINT", some(given, 0.5)),
    }
    kinds = ["none", "level", "count", "none", "level", "none", "none"]
    found = {
        "interactions": interactions,
        "people": people,
        "subjects": subjects,
        "opinions": opinions,
        "facts": facts,
        "touchpoints": {
            "touchpoint_id": ("SMALLINT", np.arange(7)),  # nobody meets the last
            "touchpoint": ("VARCHAR", [f"desk.{name}" for name in "abcdefg"]),
            "channel_id": ("SMALLINT", [0, 1, 2, None, 1, 2, None]),
            "kind": ("VARCHAR", kinds),
        },
        "levels": {
            "touchpoint_id": ("SMALLINT", [1, 1, 4]),
            "level": ("SMALLINT", [0, 1, 2]),
            "label": ("VARCHAR", ["0", "1-", "late"]),
            "low": ("DOUBLE", [0.0, 1.0, None]),
            "high": ("DOUBLE", [0.0, None, None]),
        },
        "activities": {"activity_id": ("SMALLINT", np.arange(4)), "activity": ("VARCHAR", ["asked", "bought", "came", "told"])},
        "channels": {"channel_id": ("SMALLINT", np.arange(3)), "channel": ("VARCHAR", ["web", "store", "phone"])},
        "wide/survey-1": {
            "row": ("BIGINT", np.arange(30)),
            "person_id": ("INTEGER", chance.integers(0, PEOPLE, 30)),
            "bucket": ("SMALLINT", chance.integers(0, 400, 30)),
            "How was it? %": ("DOUBLE", some(chance.integers(1, 8, 30) / 1.0, 0.2)),
            "Said": ("VARCHAR", some(np.array(["a\\b", "c'd", "e\nf"])[chance.integers(0, 3, 30)], 0.2)),
        },
    }
    return {
        name: pa.table({column: pa.array(list(values), type=_INT[kind]) for column, (kind, values) in columns.items()})
        for name, columns in found.items()
    }


def days() -> pa.Table:
    """A calendar as cohorts have it: day and month, both counted from 1970."""
    first = START // DAY - 3
    known = [(first + number, (datetime(1970, 1, 1, tzinfo=UTC) + timedelta(days=first + number))) for number in range(60)]
    return pa.table(
        {
            "day": pa.array([day for day, _ in known], pa.int32()),
            "month": pa.array([(date.year - 1970) * 12 + date.month - 1 for _, date in known], pa.int32()),
        }
    )
