"""What was read is kept: by text, under the reader's fingerprint, in files that are whole."""

from __future__ import annotations

import socket
import subprocess
import sys
import threading
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from numpy.typing import NDArray

from momot.voices.kept import kept_in, read_texts
from momot.voices.reader import Reader, reader
from momot.voices.vectors import Remembering

TEXTS = [
    "The parcel came late and nobody answered.", "Giao hàng rất nhanh, cảm ơn shop!", "Kaup jäi hiljaks.", "Super obchod, doporučuji.",
    "ส่งช้ามาก ไม่ประทับใจ", "barangnya bagus banget", "", "👍👍👍", "Where is my order?", "x" * 50_000,
]  # fmt: skip


@pytest.fixture(scope="module")
def fast() -> Reader:
    return reader("fast")[0]


def _batch(texts: Sequence[str], first: int = 0) -> pa.RecordBatch:
    ids = pa.array(range(first, first + len(texts)), pa.int64())
    return pa.RecordBatch.from_arrays([ids, pa.array(texts), pa.array([False] * len(texts))], names=["text_id", "text", "answer"])


class Counting:
    """A reader that says how many texts it was asked to read."""

    def __init__(self, inner: Reader) -> None:
        self.inner, self.asked, self.fingerprint = inner, 0, inner.fingerprint

    def read(self, texts: Sequence[str], **more: Any) -> Any:
        self.asked += len(texts)
        return self.inner.read(texts, **more)


def test_only_new_texts_are_read(tmp_path: Path, fast: Reader) -> None:
    counting: Any = Counting(fast)
    folder = kept_in(tmp_path, fast)
    read_texts([_batch(TEXTS)], len(TEXTS), counting, folder)
    assert counting.asked == len(TEXTS)
    files = read_texts([_batch(TEXTS), _batch(["Newly said."], first=100)], len(TEXTS) + 1, counting, folder)
    assert counting.asked == len(TEXTS) + 1
    rows = pq.read_table(files).to_pylist()
    assert sorted(row["text_id"] for row in rows) == [*range(len(TEXTS)), 100]


def test_another_fingerprint_reads_anew(tmp_path: Path, fast: Reader) -> None:
    assert kept_in(tmp_path, fast) != kept_in(tmp_path, replace(fast, candidates=("en", "vi")))


def test_a_text_has_the_same_columns_in_any_batch_and_on_any_thread(fast: Reader) -> None:
    whole = fast.read(TEXTS)
    alone = [fast.read([text]) for text in TEXTS]
    assert whole.scores.tolist() == [one.scores[0].tolist() for one in alone]
    assert list(whole.language) == [one.language[0] for one in alone]
    assert whole.suggestion.tolist() == [float(one.suggestion[0]) for one in alone]
    found: list[Any] = [None] * 4

    def read(place: int) -> None:
        found[place] = fast.read(TEXTS[place:] + TEXTS[:place]).scores

    threads = [threading.Thread(target=read, args=(place,)) for place in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert all(np.array_equal(np.roll(scores, place, axis=0), whole.scores) for place, scores in enumerate(found))


def test_wordless_texts_abstain(fast: Reader) -> None:
    read = fast.read(["", "...", "!!! ???", "12345"])
    assert read.abstains.all()
    assert list(read.language) == ["und"] * 4
    assert not read.confidence.any()


HOSTILE = {
    "empty": "", "one character": "a", "a megabyte": "late " * 200_000, "emoji": "😡😡😡", "mixed": "giao hàng late ส่งช้า позно",
    "right to left": "الطرد تأخر كثيرا", "zero width": "l\u200ba\u200bt\u200be", "script": "<script>alert(1)</script><img onerror=x src=y>",
    "lone surrogate": "late \ud800 parcel", "formula": '=HYPERLINK("http://x","y")', "nul": "a\x00b", "nested": "<" * 10_000,
    "combining": "a" + "\u0301" * 5_000,
}  # fmt: skip


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_text_is_read_like_any_other(name: str, fast: Reader) -> None:
    read = fast.read([HOSTILE[name]])
    assert np.isfinite(read.scores).all()
    assert abs(float(read.scores.sum()) - 1) < 1e-3
    assert -1 <= float(read.valence[0]) <= 1


def test_first_use_opens_no_socket(tmp_path: Path) -> None:
    code = """
import socket, sys
def refuse(*_, **__):
    raise AssertionError("a socket was opened")
socket.socket.__init__ = socket.create_connection = socket.getaddrinfo = refuse
import momot
print([one["language"] for one in momot.read_texts(["The parcel came very late and nobody answered", "Giao hàng rất chậm"])])
"""
    done = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=False, timeout=120)
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip() == "['en', 'vi']"
    assert socket.socket is not None


class Lengths:
    """An encoder of lengths, which counts."""

    name, dim, fingerprint = "lengths", 2, "lengths 1"

    def __init__(self) -> None:
        self.asked: list[str] = []

    def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        self.asked += texts
        return np.array([[len(text), 1 / 3] for text in texts], dtype=np.float32)


def _remembered(folder: Path) -> Iterator[Path]:
    return folder.rglob("*.npy")


def test_vectors_are_computed_once_and_round_the_same(tmp_path: Path) -> None:
    encoder = Lengths()
    remembering = Remembering(encoder, tmp_path)
    first = remembering.embed(["a", "bbb", "a", "cc"])
    assert first[:, 0].tolist() == [1, 3, 1, 2]
    assert sorted(encoder.asked) == ["a", "bbb", "cc"]
    again = Remembering(encoder, tmp_path)
    assert np.array_equal(again.embed(["cc", "a", "dddd"])[:2], first[[3, 0]])
    assert sorted(encoder.asked) == ["a", "bbb", "cc", "dddd"]


def test_a_batch_that_was_interrupted_is_computed_again(tmp_path: Path) -> None:
    Remembering(Lengths(), tmp_path).embed(["a", "bb"])
    next(path for path in _remembered(tmp_path) if ".hashes." in path.name).unlink()
    encoder = Lengths()
    assert Remembering(encoder, tmp_path).embed(["a", "bb"])[:, 0].tolist() == [1, 2]
    assert len(encoder.asked) == 2
