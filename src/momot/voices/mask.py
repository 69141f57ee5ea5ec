"""What tells who somebody is, masked before a text is shown, exported or sent anywhere; and cells that a spreadsheet would execute."""

from __future__ import annotations

import re
import sys
import unicodedata
from collections.abc import Callable

_POINTS = range(0x80, sys.maxunicode + 1)
_DIGITS = {point: str(unicodedata.digit(chr(point))) for point in _POINTS if unicodedata.category(chr(point)) == "Nd"}
_ALIKE = _DIGITS | {ord("＠"): "@", ord("．"): ".", ord("＋"): "+", ord("－"): "-", ord("‐"): "-", ord("‑"): "-", ord("–"): "-", 0xA0: " "}
"""One character for one, so that places in the text stay where they are."""
_INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]")

_EMAIL = re.compile(r"(?<![\w.+%'\-])[\w.+%'\-]++@[\w\-]{1,63}(?:\.[\w\-]{1,63}){1,8}")
_SPELT = re.compile(
    r"(?<![\w.+%\-])[\w.+%\-]++\s?[\[({]\s?(?:at|ät)\s?[\])}]\s?[\w\-]{1,63}(?:\s?(?:\.|[\[({]\s?(?:dot|punkt)\s?[\])}])\s?[\w\-]{1,63}){1,4}",
    re.IGNORECASE,
)
_IBAN = re.compile(r"(?<![^\W_])[A-Za-z]{2}\d{2}(?:[ \-]?[A-Za-z0-9]){11,30}")
_CARD = re.compile(r"(?<![\w.,])(?:\d[ \-.]?){12,18}\d(?!\w)")
_PHONE = re.compile(r"(?<![\w.,#/])(?:\+|00)?[ ]?\(?\d(?:[ .\-/()]{0,2}\d){6,16}(?!\w)")
_DATE = re.compile(r"\d{4}([-./])\d{1,2}\1\d{1,2}|\d{1,2}([-./])\d{1,2}\2\d{2,4}")
_TIME = re.compile(r"(?:\d{4}[-./]\d{1,2}[-./]\d{1,2}|\d{1,2}[-./]\d{1,2}[-./]\d{2,4})[ ]\d{1,2}(?:\d{2})?")
_GROUPED = re.compile(r"\d{1,3}(?:([ .])\d{3})(?:\1\d{3})*")  # 1 234 567
_US = re.compile(r"\(?\d{3}\)?[ .\-]\d{3}[ .\-]\d{4}")
_SPACED = re.compile(r"\d{2,4}(?:[ .\-]\d{2,4}){2,5}")
_CALL = re.compile(
    r"(?:call|phone|tel|telephone|mobile|cell|contact|fax|whats ?app|wa|viber|zalo|line|hp|no\.? ?hp|hotline|sđt|sdt|điện thoại|gọi|"
    r"telefon|mobil|číslo|helista|tel\.|telpon|telepon|hubungi|nomor|โทร|เบอร์|telefone|celular|fone|ligar|teléfono|móvil|téléphone|handy|nummer)"
    r"\W{0,12}$",
    re.IGNORECASE,
)
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠", "|", "%")


Judge = Callable[[re.Match[str], str], tuple[str, int] | None]
"""The mask of what was found in a text and where it ends; None where it is something else."""


def masked(text: str) -> str:
    """The text with [email], [phone], [card] and [iban] in place of what they say. Masking again changes nothing.

    Card numbers are told by Luhn's check digit (ISO/IEC 7812), IBANs by ISO 7064; a phone number by its shape or by the word before it.
    Numbers of orders, prices, dates and times stay.
    """
    text = _INVISIBLE.sub("", text)
    for pattern, judge in ((_EMAIL, _email), (_SPELT, _email), (_IBAN, _iban), (_CARD, _card), (_PHONE, _phone)):
        text = _replaced(text, pattern, judge)
    return text


def neutralised(cell: str) -> str:
    """The cell as a spreadsheet shows it: one that begins like a formula begins with an apostrophe."""
    return f"'{cell}" if cell.lstrip(" \u00a0").startswith(_FORMULA) or cell.startswith(_FORMULA) else cell


def _replaced(text: str, pattern: re.Pattern[str], judge: Judge) -> str:
    plain = text.translate(_ALIKE) if not text.isascii() else text
    found, end, at = [], 0, 0
    while (match := pattern.search(plain, at)) is not None:
        judged = judge(match, plain)
        if judged is None:
            at = match.start() + 4 if pattern is _IBAN else match.end()  # words that are no number may hide one
            continue
        word, stop = judged
        found += [text[end : match.start()], word]
        end = at = stop
    return "".join([*found, text[end:]]) if found else text


def _email(match: re.Match[str], _: str) -> tuple[str, int]:
    return "[email]", match.end()


def _iban(match: re.Match[str], text: str) -> tuple[str, int] | None:
    """The longest beginning that is one: what follows may be words."""
    head = "".join(str(int(character, 36)) for character in text[match.start() : match.start() + 4])
    rest, read, found = 0, 4, None
    for at in range(match.start() + 4, match.end()):
        if text[at] in " -":
            continue
        value = int(text[at], 36)
        rest, read = (rest * (100 if value > 9 else 10) + value) % 97, read + 1
        ends = at + 1 == len(text) or not text[at + 1].isalnum()
        if ends and 15 <= read <= 34 and (rest * 10 ** len(head) + int(head)) % 97 == 1:
            found = "[iban]", at + 1
    return found


def _card(match: re.Match[str], _: str) -> tuple[str, int] | None:
    digits = [int(character) for character in match.group() if character.isdigit()]
    doubled = sum(sum(divmod(2 * digit, 10)) for digit in digits[-2::-2])
    return ("[card]", match.end()) if (doubled + sum(digits[::-2])) % 10 == 0 and any(digits) else None


def _phone(match: re.Match[str], text: str) -> tuple[str, int] | None:
    found = match.group().strip()
    digits = sum(map(str.isdigit, found))
    if not 7 <= digits <= 15 or _DATE.fullmatch(found) or _TIME.fullmatch(found):
        return None
    told = _CALL.search(text[max(0, match.start() - 24) : match.start()]) is not None
    if found.startswith(("+", "00")):
        sure = digits >= 8
    elif found.startswith(("0", "(0")):
        sure = digits >= 9 or (told and digits >= 7)
    else:
        sure = told or _US.fullmatch(found) is not None or (digits >= 9 and _SPACED.fullmatch(found) is not None)
        sure = sure and not (_GROUPED.fullmatch(found) and not told)
    return ("[phone]", match.end()) if sure else None
