"""`momot voices read`: what goes in comes out, one object a text."""

from __future__ import annotations

import io
import json

import pytest

from momot.errors import MissingColumn, UnreadableSource
from momot.voices.contract import read_lines, texts_of
from momot.voices.reader import reader

KEYS = ["language", "valence", "polarity", "confidence", "intent", "suggestion", "urgency", "text"]


def _texts(content: str | bytes, column: str | None = None) -> list[str]:
    return list(texts_of(io.BytesIO(content.encode() if isinstance(content, str) else content), "in", column=column))


def test_one_text_a_line_whatever_the_line_holds() -> None:
    assert _texts("late\n\n  spaced  \r\nlast") == ["late", "", "  spaced  ", "last"]
    assert _texts(b"\xef\xbb\xbfbom\n\xff\xfe\n") == ["bom", "\ufffd\ufffd"]


def test_a_column_of_csv_in_quotes_and_with_any_mark() -> None:
    assert _texts('id,text\n1,"late, and\nwet"\n2,\n', "text") == ["late, and\nwet", ""]
    assert _texts("id;text\n1;a,b\n", "text") == ["a,b"]


def test_a_column_of_json_lines() -> None:
    assert _texts('{"text": "a"}\n\n{"text": null}\n{"text": 5}\n', "text") == ["a", "", "5"]


def test_what_is_missing_is_named_with_the_nearest() -> None:
    with pytest.raises(MissingColumn, match="Did you mean 'text'"):
        _texts("id,text\n1,a\n", "texts")
    with pytest.raises(MissingColumn, match="in, line 2: there is no 'text'"):
        _texts('{"text": "a"}\n{"txt": "b"}\n', "text")
    with pytest.raises(UnreadableSource, match="in, line 2: not JSON"):
        _texts('{"text": "a"}\n{"text": \n', "text")


def test_objects_hold_the_contract_in_order_and_mask() -> None:
    texts = ["I love it, write to jo@mail.com", "", "Terrible, never again"]
    found = list(read_lines(iter(texts), reader("fast")[0]))
    assert [list(one) for one in found] == [KEYS] * 3
    assert found[0]["text"] == "I love it, write to [email]"
    assert found[1]["polarity"] is None
    assert all(-1 <= one["valence"] <= 1 and 0 <= one["confidence"] <= 1 for one in found)
    assert json.loads(json.dumps(found)) == found
    forced = list(read_lines(iter(texts), reader("fast")[0], abstain=False))
    assert all(one["polarity"] in ("negative", "neutral", "positive") for one in forced)
