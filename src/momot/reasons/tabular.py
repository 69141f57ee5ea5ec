"""Reasons as rows: one a reason, the same columns as an Arrow table and as CSV."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from momot.reasons.records import Mined
from momot.voices.mask import neutralised

if TYPE_CHECKING:
    import pyarrow as pa

COLUMNS = (
    "kind", "rank", "reason", "texts", "people", "share", "share_low", "share_high", "share_other", "share_other_low",
    "share_other_high", "log_odds", "log_odds_low", "log_odds_high", "z", "q_value",
    "effect", "effect_low", "effect_high", "phrases", "languages", "quote",
)  # fmt: skip
_WORDS = ("kind", "reason", "phrases", "languages", "quote")
_COUNTS = ("rank", "texts", "people")


def reasons_table(every: Sequence[Mined]) -> pa.Table:
    """One row a reason: its wordings and languages apart by " | ", and one quote."""
    import pyarrow as pa

    from momot.vocabulary.tabular import table

    kinds = {name: pa.string() if name in _WORDS else pa.int64() if name in _COUNTS else pa.float64() for name in COLUMNS}
    return table(kinds, _rows(every))


def reasons_csv(every: Sequence[Mined]) -> str:
    """The same as CSV, of which no cell is executed by a spreadsheet."""
    made = io.StringIO()
    writer = csv.writer(made, lineterminator="\n")
    writer.writerow(COLUMNS)
    writer.writerows([neutralised(cell) if isinstance(cell, str) else cell for cell in row] for row in _rows(every))
    return made.getvalue()


def _rows(every: Sequence[Mined]) -> Iterator[tuple[object, ...]]:
    for mined in every:
        for one in mined.reasons:
            languages = sorted({phrase.language for phrase in one.phrases})
            said = " | ".join(phrase.phrase for phrase in one.phrases)
            shares = (one.share, one.share_low, one.share_high, one.share_other, one.share_other_low, one.share_other_high)
            odds = (one.log_odds, one.log_odds_low, one.log_odds_high, one.z, one.q_value)
            effect = (one.effect, one.effect_low, one.effect_high)
            quote = one.quotes[0].text if one.quotes else None
            counted = (one.kind, one.rank, one.phrase, one.texts, one.people, *shares, *odds, *effect)
            yield (*counted, said, " | ".join(languages), quote)
