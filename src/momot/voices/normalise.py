"""Texts as models read them: one form of Unicode, no markup, no invisible characters, and an end."""

from __future__ import annotations

import html
import re
import unicodedata

LIMIT = 20_000
"""Characters of one text that are read. Of a longer one it is the first three quarters and the last quarter of so many."""

_INVISIBLE = re.compile("[\u00ad\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufe0e\ufe0f\ufeff\ufff9-\ufffc\U000e0000-\U000e007f]")
_CONTROL = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f]")
_BLOCK = re.compile(r"<(script|style)\b.*?(?:</\1\s*>|\Z)", re.IGNORECASE | re.DOTALL)
_COMMENT = re.compile(r"<!--.*?(?:-->|\Z)", re.DOTALL)
_BREAK = re.compile(r"</?(?:br|p|div|li|tr|h[1-6])\b[^<>]{0,500}>", re.IGNORECASE)
_TAG = re.compile(r"</?[a-zA-Z][^<>]{0,2000}>")
_ESCAPED = re.compile(r"&(?:amp;)+")
_SPACE = re.compile(r"[^\S\n]+")
_LINES = re.compile(r"\s*[\n\x0b\x0c\x85\u2028\u2029]\s*")
_ENDS = re.compile(r"(?<=[.!?…])\s+|(?<=[。！？])|\n")
_THAI = re.compile(r"(?<=[\u0e00-\u0e7f])\s+(?=[\u0e00-\u0e7f])")
_PLAIN = re.compile(r"[ -%'-;=-~]*")  # printable ASCII without & and <


def normalised(text: str) -> str:
    r"""The text in NFC, without markup, invisible and control characters; runs of white space are one space, line ends one "\n".

    Whatever comes in, what comes out can be encoded. Normalising again changes nothing.
    """
    if len(text) > LIMIT:
        text = f"{text[: LIMIT * 3 // 4]}\n{text[-(LIMIT // 4 - 1) :]}"
    if not _PLAIN.fullmatch(text):
        text = _cleaned(text)
    return " ".join(text.split()) if "\n" not in text else _LINES.sub("\n", _SPACE.sub(" ", text)).strip()


def _cleaned(text: str) -> str:
    """The same with everything out that is not to be read, until nothing is."""
    before = None
    while before != text:
        before = text
        if any("\ud800" <= character <= "\udfff" for character in text):
            text = text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "ignore")  # pairs become one character
        text = unicodedata.normalize("NFC", _CONTROL.sub("", _INVISIBLE.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))))
        text = _LINES.sub("\n", text)
        if "&" in text:
            text = html.unescape(_ESCAPED.sub("&", text))
        if "<" in text:
            text = _TAG.sub(" ", _BREAK.sub("\n", _COMMENT.sub(" ", _BLOCK.sub(" ", text))))
    return text


def sentences(text: str, language: str) -> list[str]:
    """The sentences of a normalised text. Thai ends sentences, and often only phrases, with a space."""
    found = _ENDS.split(text)
    if language == "th":
        found = [piece for sentence in found for piece in _THAI.split(sentence)]
    return [sentence for sentence in map(str.strip, found) if sentence]
