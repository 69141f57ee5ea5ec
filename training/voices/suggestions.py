"""How well suggestions are found, without labels and after 200 of a user's own, on the sets of tests/voices/held.

The third sets were written when the cues stood, and nothing was changed for what they showed: they are what is measured on. The labels are
drawn from the first and second sets of the same kind, through the very path of `momot voices calibrate --head suggestion`.
"""

from __future__ import annotations

import json
import random
import tempfile
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from momot.voices.calibrate import calibrate
from momot.voices.reader import TIERS, Reader, reader
from momot.voices.tuned import read_tuned

HERE = Path(__file__).parent
HELD = HERE.parents[1] / "tests" / "voices" / "held"
LABELS, DRAWS = 200, 5
Told = list[tuple[str, bool]]


def rows(*names: str) -> Told:
    """Sentences of these sets, and whether each is a suggestion."""
    lines = [line for file in sorted(HELD.glob("suggestions*.txt")) for line in file.read_text("utf-8").splitlines() if line[0] != "#"]
    return [(text, mark == "1") for name, mark, text in (line.split(" ", 2) for line in lines) if name in names]


def f1(found: NDArray[np.bool_], true: NDArray[np.bool_]) -> float:
    """2 × hits / (found + true)."""
    return 2 * int((found & true).sum()) / max(int(found.sum() + true.sum()), 1)


def told(by: Reader, held: Told) -> float:
    """F1 of a reader on a set."""
    return f1(by.read([text for text, _ in held]).suggestion >= 0.5, np.array([mark for _, mark in held]))


def after_labels(tier: str, drawn: Told, held: Told) -> float:
    """F1 on `held` after `LABELS` labels of `drawn`, as the mean of several draws."""
    scores = []
    for draw in range(DRAWS):
        labels = random.Random(draw).sample(drawn, min(LABELS, len(drawn)))  # noqa: S311
        with tempfile.TemporaryDirectory() as folder:
            plain, note = reader(tier)  # type: ignore[arg-type]
            calibrate(
                plain, [(text, "suggestion" if mark else "other") for text, mark in labels], Path(folder), head="suggestion", note=note
            )
            scores.append(told(reader(tier, tuned=read_tuned(Path(folder)))[0], held))  # type: ignore[arg-type]
    return float(np.mean(scores))


def main() -> None:
    """Measure and write suggestions.json, a row a set and tier."""
    found = []
    for tier in TIERS[:2]:
        for kind in ("forum", "hotel"):
            held = rows(f"{kind}3")
            scores = {"without": told(reader(tier)[0], held), "after": after_labels(tier, rows(kind, f"{kind}2"), held)}
            found.append({"set": kind, "tier": tier, "texts": len(held), **{name: round(score, 3) for name, score in scores.items()}})
            print(found[-1], flush=True)
    (HERE / "suggestions.json").write_text(json.dumps(found, indent=1) + "\n", "utf-8")


if __name__ == "__main__":
    main()
