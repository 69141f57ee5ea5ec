"""The stages that were chosen in the app: a part of `momot.toml` between two comments, rewritten whole or not at all.

Everything outside of that part stays as it is, comments included. The part stands before the first rule of the file's own, because the
first rule that matches wins.
"""

from __future__ import annotations

import glob
import hashlib
import json
import re
import threading
import tomllib
from collections.abc import Mapping
from pathlib import Path

import msgspec

from momot.errors import ProjectError
from momot.language import Message
from momot.project.load import parse
from momot.project.schema import ProjectFile
from momot.report.files import write_whole
from momot.vocabulary import STAGES
from momot.web.errors import Conflict

BEGIN = "# Stages chosen in the app: begin. What stands between these two lines is rewritten by it."
END = "# Stages chosen in the app: end"
_PART = re.compile(rf"\n*^{re.escape(BEGIN)}$.*?^{re.escape(END)}$\n?", re.MULTILINE | re.DOTALL)
_FIRST_RULE = re.compile(r"^[ \t]*\[\[[ \t]*stages[ \t]*\]\]", re.MULTILINE)
_WRITING = threading.Lock()


def fingerprint(text: str) -> str:
    """What a form was made from, so that a file that somebody else changed since is not overwritten."""
    return hashlib.sha256(text.encode()).hexdigest()[:20]


def chosen(text: str) -> dict[str, str]:
    """The stage of each touchpoint that was chosen in the app."""
    found = _PART.search(text.replace("\r\n", "\n"))
    if found is None:
        return {}
    try:
        rules = tomllib.loads(found[0]).get("stages", [])
    except tomllib.TOMLDecodeError:
        return {}
    return {
        _plain(rule["touchpoint"]): rule["stage"] for rule in rules if isinstance(rule, dict) and "touchpoint" in rule and "stage" in rule
    }


def with_choices(text: str, choices: Mapping[str, str]) -> str:
    """The file with these choices and no others. Line ends stay as they are in it."""
    line = "\r\n" if "\r\n" in text else "\n"
    text = text.replace("\r\n", "\n")
    rest = _PART.sub("\n\n", text, count=1)
    if not choices:
        made = rest.rstrip("\n") + "\n"
        return made.replace("\n", line)
    blocks = "\n".join(
        f"[[stages]]\ntouchpoint = {_quoted(glob.escape(touchpoint))}\nstage = {_quoted(stage)}\n" for touchpoint, stage in choices.items()
    )
    part = f"{BEGIN}\n{blocks}{END}\n"
    first = _FIRST_RULE.search(rest)
    if first is None:
        made = f"{rest.rstrip()}\n\n{part}"
    else:
        before, after = rest[: first.start()], rest[first.start() :]
        made = f"{before.rstrip()}\n\n{part}\n{after.rstrip()}\n"
    return made.replace("\n", line)


def write(file: Path, choices: Mapping[str, str], *, seen: str) -> None:
    """Write these choices into the project file, whole or not at all.

    Raises Conflict where it is not the one that was `seen`, ProjectError where it would not load then and for a stage that is none.
    """
    for stage in choices.values():
        if stage not in STAGES:
            raise ProjectError(Message("'{name}' is no stage. There are: {names}.", name=stage[:40], names=", ".join(STAGES)))
    with _WRITING:
        text = read(file)
        if fingerprint(text) != seen:
            raise Conflict(
                Message("momot.toml was changed since this page was loaded. Nothing was written: load it again and choose anew.")
            )
        made = with_choices(text, choices)
        if chosen(made) != dict(choices) or not _alike(parse(text, path=str(file)), parse(made, path=str(file))):
            raise ProjectError(Message("The choices could not be written where they would be read. Write [[stages]] rules by hand."))
        target = file.resolve()  # a link stays one
        mode = target.stat().st_mode & 0o777
        write_whole(made, target)
        target.chmod(mode)


def read(file: Path) -> str:
    """The project file as text, its line ends kept. Raises ProjectError."""
    try:
        return file.read_bytes().decode()
    except OSError as error:
        raise ProjectError(Message("{file} could not be read: {reason}.", file=file.name, reason=error.strerror or error)) from None
    except UnicodeDecodeError:
        raise ProjectError(Message("{file} is not UTF-8.", file=file.name)) from None


def _alike(before: ProjectFile, after: ProjectFile) -> bool:
    """Whether two files differ in stages alone: a text of many lines may hold our two comments."""
    bare = (msgspec.structs.replace(one, stages=()) for one in (before, after))
    return next(bare) == next(bare)


def _quoted(text: str) -> str:
    """A basic string of TOML; JSON's escapes are among its own."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


def _plain(pattern: str) -> str:
    """The name that `glob.escape` made a pattern of."""
    return re.sub(r"\[([*?[])\]", r"\1", pattern)
