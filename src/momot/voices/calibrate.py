"""Labels of a user's own: read from a file, fitted, measured, kept."""

from __future__ import annotations

import csv
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Final, Literal

import msgspec
import numpy as np

from momot.errors import DataError, MissingColumn, UnreadableSource, did_you_mean
from momot.voices.columns import POLARITIES
from momot.voices.language import languages
from momot.voices.measured import Measured
from momot.voices.normalise import normalised
from momot.voices.reader import Reader
from momot.voices.tuned import fit, write_tuned

LEAST: Final = 30
"""Labels below which nothing is fitted."""
HeadName = Literal["valence", "suggestion"]
_WORDS: Final = {
    **{name: code for code, name in enumerate(POLARITIES)},
    "neg": 0, "bad": 0, "-1": 0, "-": 0, "neu": 1, "0": 1, "mixed": 1, "pos": 2, "good": 2, "1": 2, "+1": 2, "+": 2,
}  # fmt: skip
_SUGGESTS: Final = {"suggestion": 1, "other": 0, "1": 1, "0": 0, "yes": 1, "no": 0, "true": 1, "false": 0}
LABELS: Final[dict[HeadName, tuple[dict[str, int], tuple[str, ...]]]] = {
    "valence": (_WORDS, POLARITIES),
    "suggestion": (_SUGGESTS, ("other", "suggestion")),
}
"""What each head is labelled with, as codes, and what the codes are called."""
_TEXT: Final = ("text", "sentence", "review", "comment", "message", "body")
_LABEL: Final = ("label", "polarity", "sentiment", "suggestion", "class", "category")


class Calibrated(msgspec.Struct, frozen=True, kw_only=True):
    """What came of labels. `measured` is by cross-validation; `note` says where less was read than asked for."""

    head: str
    tier: str
    measured: Measured
    note: str | None


def calibrate(reader: Reader, labels: Sequence[tuple[str, str]], home: Path, *, head: HeadName = "valence", note: str | None) -> Calibrated:
    """Fit the heads that tell `head` to (text, label) and keep them in the `.momot` folder `home`.

    Raises DataError for labels that can't be used.
    """
    known, names = LABELS[head]
    texts, codes = [], []
    for text, label in labels:
        code = known.get(label.strip().lower())
        if code is None:
            raise DataError(f"label '{label}' is none.{did_you_mean(label, known)} A label is {', '.join(names)}.")
        texts.append(normalised(text))
        codes.append(code)
    if len(texts) < LEAST or len(set(codes)) < 2:
        told = f"{len(texts)} labels" if len(texts) < LEAST else f"{len(texts)} labels that all say {names[codes[0]]}"
        raise DataError(f"{told}: heads are fitted to at least {LEAST} labels of two kinds.")
    spoken, _ = languages(texts, reader.candidates or None)
    fast = reader.fast.scores(texts, spoken)
    semantic, vectors = None, None
    if reader.encoder is not None and reader.semantic is not None:
        vectors = reader.encoder.embed(texts)
        semantic = reader.semantic.scores(vectors, fast)
    if head == "suggestion":
        valence = (fast if semantic is None else semantic)[:, 2] - (fast if semantic is None else semantic)[:, 0]
        marks = np.asarray(reader.intents.read(texts, spoken, valence).suggestion, dtype=np.float32)
        fast = np.stack([1 - marks, marks], axis=1)
        if vectors is not None and reader.semantic is not None:
            both = reader.semantic.suggestions(vectors, marks)
            semantic = np.stack([1 - both, both], axis=1)
    heads, measured = fit(head, texts, np.array(codes, dtype=np.intp), names, fast, semantic, vectors)
    write_tuned(home, heads)
    return Calibrated(head=head, tier="fast" if semantic is None else "semantic", measured=measured, note=note)


def read_labels(path: Path, *, text: str | None = None, label: str | None = None) -> list[tuple[str, str]]:
    """(text, label) of a CSV or of JSON lines; rows without a label are left out.

    The columns are those named, else called text, sentence, review, … and label, polarity, sentiment, …. Raises MissingColumn,
    UnreadableSource.
    """
    try:
        content = path.read_bytes().decode("utf-8-sig", "replace")
    except OSError as error:
        raise UnreadableSource(f"{path}: can't be read: {error.strerror}.") from error
    rows = _json(path, content) if content.lstrip().startswith("{") else _csv(content)
    if not rows:
        raise UnreadableSource(f"{path}: there is no row.")
    header = list(rows[0])
    names = _column(path, header, text, _TEXT), _column(path, header, label, _LABEL)
    found = [(str(row.get(names[0]) or ""), str(row.get(names[1]) if row.get(names[1]) is not None else "")) for row in rows]
    return [(words, said) for words, said in found if words.strip() and said.strip()]


def _csv(content: str) -> list[dict[str, object]]:
    csv.field_size_limit(2**31 - 1)
    first = content.splitlines()[0] if content else ""
    mark = "\t" if "\t" in first else ";" if first.count(";") > first.count(",") else ","
    return [dict(row) for row in csv.DictReader(content.splitlines(keepends=True), delimiter=mark)]


def _json(path: Path, content: str) -> list[dict[str, object]]:
    rows = []
    for number, line in enumerate(content.splitlines(), 1):
        if line.strip():
            try:
                rows.append(json.loads(line))
            except ValueError as error:
                raise UnreadableSource(f"{path}, line {number}: not JSON: {error}.") from error
    return rows


def _column(path: Path, header: Sequence[str], named: str | None, usual: Sequence[str]) -> str:
    by_low = {name.lower().strip(): name for name in header if name}
    found = next((by_low[name] for name in ((named.lower(),) if named else usual) if name in by_low), None)
    if found is None:
        wanted = named or usual[0]
        raise MissingColumn(f"{path}: there is no column '{wanted}'.{did_you_mean(wanted, by_low)} It has: {', '.join(by_low.values())}.")
    return found
