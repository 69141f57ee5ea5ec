"""Sentences of user interfaces, from the translations inside wheels of openly licensed packages. Grain: one translated message."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator
from pathlib import Path

CODES = {"nb": "no", "nn": "no", "fil": "tl", "zh_Hans": "zh", "zh_Hant": "zh", "sr_Latn": "sr", "en_GB": "en"}
_PART = re.compile(r'^(msgid_plural|msgid|msgstr(?:\[\d+\])?)\s+"(.*)"$')
_FILLED = re.compile(r"%\(\w+\)[a-z]|%[a-z]|\{[^}]*\}|<[^>]*>|&\w+;")


def messages(wheel: Path, *, shortest: int = 8, longest: int = 90) -> Iterator[tuple[str, str]]:
    """Translated messages of a wheel with their language; places to fill are taken out, messages left as in English are not told."""
    with zipfile.ZipFile(wheel) as archive:
        for name in sorted(archive.namelist()):
            found = re.search(r"locale/([\w@]+)/LC_MESSAGES/\w+\.po$", name)
            if found:
                code = CODES.get(found[1], found[1].split("_")[0].split("@")[0])
                for source, said in _pairs(archive.read(name).decode("utf-8", "replace")):
                    text = " ".join(_FILLED.sub(" ", said).split()).strip(" .,:-()'\"")
                    if said != source and shortest <= len(text) <= longest and "@" not in text:
                        yield text, code
                    english = " ".join(_FILLED.sub(" ", source).split()).strip(" .,:-()'\"")
                    if code == "et" and shortest <= len(english) <= longest:
                        yield english, "en"


def _pairs(content: str) -> Iterator[tuple[str, str]]:
    for entry in content.split("\n\n"):
        parts: dict[str, str] = {}
        held = ""
        if "#, fuzzy" in entry or "\n#~" in entry:
            continue
        for line in entry.splitlines():
            if match := _PART.match(line):
                held = match[1]
                parts[held] = match[2]
            elif line.startswith('"') and held:
                parts[held] += line[1:-1]
        said = parts.get("msgstr") or parts.get("msgstr[0]")
        if parts.get("msgid") and said:
            yield _read(parts["msgid"]), _read(said)


def _read(text: str) -> str:
    return text.replace("\\n", " ").replace('\\"', '"').replace("\\t", " ").replace("\\\\", "\\")
