"""Aspects of labelled hotel and car reviews (Indonesian), by names of touchpoints and a few phrases each, none of them tried on labels."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Mapping
from pathlib import Path

import numpy as np

from momot.voices.aspects import Aspects
from momot.voices.normalise import normalised

HOTELS = {
    "room.ac": ["ac", "pendingin ruangan"], "room.wifi": ["wifi", "internet", "sinyal"], "room.air_panas": ["air panas", "water heater"],
    "room.bau": ["bau", "apek", "pengap"], "room.kebersihan": ["bersih", "kotor", "debu"], "room.tv": ["tv", "televisi", "channel"],
    "room.linen": ["linen", "sprei", "seprai", "handuk", "selimut", "bantal"], "hotel.sunrise_meal": ["sarapan", "breakfast"],
    "hotel.service": ["pelayanan", "staff", "staf", "resepsionis", "karyawan"],
}  # fmt: skip
CARS = {
    "car.fuel": ["bensin", "bbm", "irit", "boros"], "car.machine": ["mesin", "tarikan", "tenaga"], "car.price": ["harga", "mahal", "murah"],
    "car.service": ["servis", "service", "bengkel", "pelayanan"],
}  # fmt: skip


def _f1(path: Path, column: str, phrases: Mapping[str, list[str]], silent: str) -> list[float]:
    """F1 of each aspect: spoken of, well or badly, against not."""
    rows = list(csv.DictReader(io.StringIO(path.read_text(encoding="utf-8"))))
    aspects = Aspects([], phrases)
    told = aspects.of([normalised(row[column]) for row in rows], ["id"] * len(rows))
    scores = []
    for place, name in enumerate(aspects.names):
        labelled = np.array([row[name.partition(".")[2]] != silent for row in rows])
        scores.append(2 * (labelled & told[:, place]).sum() / (labelled.sum() + told[:, place].sum()))
    return scores


def test_aspects_of_hotel_reviews_are_told(shared_data: Callable[[str], Path]) -> None:
    scores = _f1(shared_data("voices/hoasa_id") / "test.csv", "review", HOTELS, "neut")
    assert np.mean(scores) >= 0.8
    assert min(scores) >= 0.6


def test_aspects_of_car_reviews_are_told(shared_data: Callable[[str], Path]) -> None:
    assert np.mean(_f1(shared_data("voices/casa_id") / "test.csv", "sentence", CARS, "neutral")) >= 0.8
