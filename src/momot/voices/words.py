"""The words of a text, lower case, in any script; Thai, Japanese and Chinese are divided by BudouX."""

from __future__ import annotations

import re
import sys
import unicodedata
from functools import cache

import budoux
import stopwordsiso


def _marks() -> str:
    """Of a character class: marks that belong to the letter before them, which the class of word characters does not know."""
    points = [point for point in range(0x300, sys.maxunicode + 1) if unicodedata.category(chr(point)) in ("Mn", "Mc")]
    runs: list[list[int]] = []
    for point in points:
        if runs and runs[-1][1] == point - 1:
            runs[-1][1] = point
        else:
            runs.append([point, point])
    return "".join(f"{chr(low)}-{chr(high)}" if high > low else chr(low) for low, high in runs)


_LETTER = rf"[^\W_]|[{_marks()}]"
_AWAY = re.compile(r"https?://\S+|www\.\S+|[@＠][\w.]+")
"""Addresses, and names of accounts: they are nobody's words."""
_WORD = re.compile(rf"(?:{_LETTER})+(?:['’\-](?:{_LETTER})+)*")
_UNDIVIDED = re.compile("[\u0e00-\u0e7f\u3040-\u30ff\u3400-\u9fff]")
_RUN = re.compile("[\u0e00-\u0e7f]+|[\u3040-\u30ff\u3400-\u9fff]+|[^\u0e00-\u0e7f\u3040-\u30ff\u3400-\u9fff]+")
_KANA = re.compile("[\u3040-\u30ff]")
_PLAIN = re.compile(r"[a-z0-9]+(?:['\-][a-z0-9]+)*")


def words(text: str, language: str) -> list[str]:
    """The words of a normalised text in their order, lower case; addresses and names of accounts are left out."""
    if "@" in text or "＠" in text or "www." in text or "://" in text:
        text = _AWAY.sub(" ", text)
    low = text.lower()
    if low.isascii():
        return _PLAIN.findall(low)
    found = _WORD.findall(low.replace("’", "'"))
    if not _UNDIVIDED.search(low):
        return found
    return [piece for word in found for piece in _divided(word, language)]


def stop_words(language: str) -> frozenset[str]:
    """Words that carry no meaning by themselves; empty for a language without a list."""
    return _stop_words(language)


@cache
def _stop_words(language: str) -> frozenset[str]:
    if not stopwordsiso.has_lang(language):
        return frozenset()
    return frozenset(word.lower().replace("’", "'") for word in stopwordsiso.stopwords(language))


def _divided(word: str, language: str) -> list[str]:
    pieces: list[str] = []
    for run in _RUN.findall(word):
        if "\u0e00" <= run[0] <= "\u0e7f":
            pieces += _thai(run)
        elif _UNDIVIDED.match(run):
            pieces += _parser("ja" if language == "ja" or _KANA.search(word) else "zh").parse(run)
        else:
            pieces.append(run)
    return [piece for piece in pieces if piece.strip("ๆฯ")]


def _thai(run: str) -> list[str]:
    """BudouX's phrases; a piece of one consonant belongs to the word before it."""
    pieces: list[str] = []
    for piece in _parser("th").parse(run):
        if pieces and (len(piece) == 1 or unicodedata.category(piece[0]) == "Mn"):
            pieces[-1] += piece
        else:
            pieces.append(piece)
    return pieces


@cache
def _parser(language: str) -> budoux.Parser:
    if language == "th":
        return budoux.load_default_thai_parser()
    return budoux.load_default_japanese_parser() if language == "ja" else budoux.load_default_simplified_chinese_parser()
