"""The workload of texts: reviews in six languages, one of them without spaces, each different, half of them short."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

PROJECT = """name = "Voices"

[[texts]]
from = "reviews.parquet"
at = "make_timestamp(at)"
text = "text"
value = "stars"
scale = [1, 5]
segments = { region = "region" }
id = "number"
"""
WORDS = {
    "en": "the parcel came late and nobody answered my call but the shop was friendly quick good broken box price never again thanks",
    "vi": "giao hàng chậm quá nhân viên nhiệt tình sản phẩm đẹp giá rẻ không hài lòng cảm ơn shop đóng gói kỹ lần sau sẽ mua",
    "et": "pakk jõudis hilja kohale teenindus oli väga hea kahjuks katki karp hind soodne aitäh ei soovita kellelegi tellin veel",
    "cs": "balík přišel pozdě obchod super rychlé dodání bohužel rozbité zboží cena dobrá doporučuji nikdo nereagoval děkuji příště",
    "id": "barang datang terlambat penjual ramah harga murah tidak sesuai gambar cepat rusak terima kasih kecewa kualitas bagus sekali",
    "th": "ส่ง ช้า มาก สินค้า ดี บริการ แย่ ราคา ถูก ไม่ ประทับใจ ขอบคุณ ร้าน พนักงาน สุภาพ กล่อง แตก จะ ซื้อ อีก",
}
_SYLLABLES = ["ka", "mi", "ro", "te", "lu", "sa", "ne", "po", "vi", "da", "ho", "ri"]
_ROWS = 100_000


def write(folder: Path, texts: int) -> None:
    """Write `reviews.parquet` with `texts` different reviews and `momot.toml`, unless they are there in this size."""
    done = folder / f"texts-{texts}.done"
    if done.exists():
        return
    folder.mkdir(parents=True, exist_ok=True)
    for old in folder.glob("*.done"):
        old.unlink()
    rng = np.random.default_rng(texts)
    schema = pa.schema([("number", pa.int64()), ("at", pa.int64()), ("text", pa.string()), ("stars", pa.int8()), ("region", pa.string())])
    with pq.ParquetWriter(folder / "reviews.parquet", schema) as file:
        for start in range(0, texts, _ROWS):
            rows = min(_ROWS, texts - start)
            numbers = np.arange(start, start + rows)
            columns = {
                "number": numbers,
                "at": 1_700_000_000_000_000 + rng.integers(86_400 * 300, size=rows) * 1_000_000,
                "text": [_review(rng, int(number)) for number in numbers],
                "stars": rng.integers(1, 6, size=rows).astype(np.int8),
                "region": np.array(["north", "south", "east"])[rng.integers(3, size=rows)],
            }
            file.write_table(pa.table(columns, schema=schema))
    (folder / "momot.toml").write_text(PROJECT, encoding="utf-8")
    done.touch()


def scan(folder: Path) -> str:
    """Python that reads every value of the file once and does nothing with it."""
    return f"import duckdb\nduckdb.sql(\"SELECT bit_xor(hash(COLUMNS(*))) FROM '{folder}/reviews.parquet'\").fetchall()"


def rate(folder: Path, most: int = 50_000) -> str:
    """Python that reads up to `most` of the texts by the fast tier and prints texts a second of processor time, weights loaded before."""
    return f"""import time, pyarrow.parquet as pq
from momot.voices.reader import reader
texts = pq.read_table({str(folder / "reviews.parquet")!r}, columns=["text"]).column("text").slice(0, {most}).to_pylist()
fast = reader("fast")[0]
fast.read(texts[:64])
begun = time.process_time()
for start in range(0, len(texts), 2048):
    fast.read(texts[start:start + 2048])
print(round(len(texts) / (time.process_time() - begun)))"""


def _review(rng: np.random.Generator, number: int) -> str:
    """Words of one language and one that no other review has."""
    language = list(WORDS)[number % len(WORDS)]
    known = WORDS[language].split(" ")
    picked = [known[place] for place in rng.integers(len(known), size=int(rng.choice([6, 9, 14, 30], p=[0.3, 0.3, 0.3, 0.1])))]
    own = "".join(_SYLLABLES[int(digit)] for digit in str(number))
    return f"{''.join(picked)} {own}" if language == "th" else f"{' '.join([*picked, own])}."
