"""Which scripts a text is written in, and which languages that leaves.

Many languages are told by their script alone (Thai, Korean, Greek, …). For the rest a script rules languages out: no Russian in Latin
letters. Counts are of letters, a whole batch at once.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Final

import numpy as np
from numpy.typing import NDArray

NONE, LATIN, HAN, KANA, OTHER = 0, 1, 2, 3, 4
RANGES: Final[tuple[tuple[str, tuple[tuple[int, int], ...], str], ...]] = (
    ("cyrillic", ((0x400, 0x52F), (0x1C80, 0x1C8F)), "ru uk be bg mk sr kk ky mn tg tt"),
    ("arabic", ((0x620, 0x65F), (0x66E, 0x6D3), (0x6D5, 0x6EF), (0x6FA, 0x6FF), (0x750, 0x77F), (0xFB50, 0xFEFC)), "ar fa ur ps ug ku"),
    ("devanagari", ((0x900, 0x963), (0x971, 0x97F)), "hi mr ne sa"),
    ("bengali", ((0x980, 0x9E3), (0x9F0, 0x9FE)), "bn as"),
    ("greek", ((0x370, 0x3FF), (0x1F00, 0x1FFF)), "el"),
    ("hebrew", ((0x591, 0x5F4),), "he"),
    ("armenian", ((0x531, 0x587),), "hy"),
    ("georgian", ((0x10A0, 0x10FF), (0x1C90, 0x1CBF), (0x2D00, 0x2D2D)), "ka"),
    ("hangul", ((0x1100, 0x11FF), (0x3131, 0x318E), (0xA960, 0xA97C), (0xAC00, 0xD7FB)), "ko"),
    ("thai", ((0xE01, 0xE4E),), "th"),
    ("lao", ((0xE81, 0xEC6), (0xEDC, 0xEDF)), "lo"),
    ("khmer", ((0x1780, 0x17D3),), "km"),
    ("burmese", ((0x1000, 0x103F), (0x1050, 0x109D)), "my"),
    ("ethiopic", ((0x1200, 0x137F),), "am"),
    ("gurmukhi", ((0xA01, 0xA65), (0xA70, 0xA76)), "pa"),
    ("gujarati", ((0xA81, 0xAE3), (0xAF9, 0xAFF)), "gu"),
    ("oriya", ((0xB01, 0xB63), (0xB71, 0xB77)), "or"),
    ("tamil", ((0xB82, 0xBD7),), "ta"),
    ("telugu", ((0xC00, 0xC63),), "te"),
    ("kannada", ((0xC80, 0xCE3),), "kn"),
    ("malayalam", ((0xD00, 0xD63),), "ml"),
    ("tibetan", ((0xF40, 0xF87), (0xF90, 0xFBC)), "dz"),
    ("sinhala", ((0xD81, 0xDDF),), "si"),
)
"""Script, its code points below 2¹⁶, the languages that are written in it and known here."""
ELSEWHERE: Final = frozenset(code for _, _, codes in RANGES for code in codes.split()) | {"zh", "ja"}
ALSO_LATIN: Final = frozenset({"sr", "ku"})
_BMP: Final = 0x10000
_PLANE_HAN: Final = (0x20000, 0x3FFFF)


def script_counts(texts: Sequence[str]) -> NDArray[np.int64]:
    """Letters of each text in each script, (texts, scripts): none, Latin, Han, kana, any other, then those of RANGES."""
    lengths = np.fromiter((len(text) + 1 for text in texts), dtype=np.int64, count=len(texts))
    counts = np.zeros((len(texts), OTHER + 1 + len(RANGES)), dtype=np.int64)
    if not len(texts):
        return counts
    raw = np.frombuffer("".join(f"{text} " for text in texts).encode("utf-32-le", "surrogatepass"), dtype="<u4")
    kinds = _table()[np.minimum(raw, _BMP - 1)]
    above = raw >= _BMP
    if above.any():
        kinds = np.where(above, np.where((raw >= _PLANE_HAN[0]) & (raw <= _PLANE_HAN[1]), HAN, NONE), kinds)
    text = np.repeat(np.arange(len(texts), dtype=np.int64), lengths)
    found = np.bincount(text * counts.shape[1] + kinds, minlength=counts.size)
    return np.asarray(found.reshape(counts.shape), dtype=np.int64)


def allowed(counts: NDArray[np.int64], languages: Sequence[str]) -> NDArray[np.bool_]:
    """(texts, languages): which languages the scripts of each text leave. A text without letters has none.

    A script that has few languages weighs thrice: people write names of brands in Latin letters within their own script, not the
    other way round. Kana makes Japanese of Han.
    """
    weighed = counts * 3
    weighed[:, LATIN] = counts[:, LATIN]
    weighed[:, NONE] = 0
    weighed[:, HAN] += weighed[:, KANA]
    weighed[:, KANA] = 0
    masks = _masks(tuple(languages))[weighed.argmax(axis=1)].copy()
    east = weighed.argmax(axis=1) == HAN
    if east.any():
        japanese = counts[:, KANA] * 12 >= counts[:, HAN]
        for code, holds in (("ja", japanese), ("zh", ~japanese)):
            if code in languages:
                masks[east & holds] = [language == code for language in languages]
    masks[counts[:, LATIN:].sum(axis=1) == 0] = False
    return np.asarray(masks, dtype=bool)


@lru_cache(maxsize=16)
def _masks(languages: tuple[str, ...]) -> NDArray[np.bool_]:
    masks = np.zeros((OTHER + 1 + len(RANGES), len(languages)), dtype=bool)
    masks[LATIN] = [code not in ELSEWHERE or code in ALSO_LATIN for code in languages]
    masks[HAN] = [code in ("zh", "ja") for code in languages]
    for row, (_, _, codes) in enumerate(RANGES, OTHER + 1):
        masks[row] = [code in codes.split() for code in languages]
    return masks


@lru_cache(maxsize=1)
def _table() -> NDArray[np.int64]:
    table = np.zeros(_BMP, dtype=np.int64)
    table[[code for code in range(_BMP) if chr(code).isalpha()]] = OTHER
    for first, last in ((0x41, 0x5A), (0x61, 0x7A), (0xC0, 0x24F), (0x1E00, 0x1EFF), (0xFF21, 0xFF3A), (0xFF41, 0xFF5A)):
        table[first : last + 1] = LATIN
    table[[0xD7, 0xF7]] = NONE
    for first, last in ((0x3400, 0x4DBF), (0x4E00, 0x9FFF), (0xF900, 0xFAFF), (0x3005, 0x3007)):
        table[first : last + 1] = HAN
    for first, last in ((0x3041, 0x309F), (0x30A1, 0x30FA), (0x30FC, 0x30FF), (0x31F0, 0x31FF), (0xFF66, 0xFF9D)):
        table[first : last + 1] = KANA
    for row, (_, ranges, _) in enumerate(RANGES, OTHER + 1):
        for first, last in ranges:
            table[first : last + 1] = row
    return table
