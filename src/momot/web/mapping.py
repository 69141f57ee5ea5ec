"""What was chosen in the app: stages of touchpoints, and where activities belong, as a part of `momot.toml` between two comments.

The part is rewritten whole or not at all. Everything outside of it stays as it is, comments included. It stands before the first rule of
the file's own, because the first rule that matches wins.
"""

from __future__ import annotations

import glob
import hashlib
import json
import re
import threading
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
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
_FIRST_RULE = re.compile(r"^[ \t]*\[\[[ \t]*(?:stages|mapping)[ \t]*\]\]", re.MULTILINE)
_WRITING = threading.Lock()
Answers = tuple[Mapping[str, str], Mapping[str, "Belongs"]]
"""What a form says of some touchpoints and some activities; empty: as the rules or the block say."""


def fingerprint(text: str) -> str:
    """What a form was made from, so that a file that somebody else changed since is not overwritten."""
    return hashlib.sha256(text.encode()).hexdigest()[:20]


@dataclass(frozen=True, slots=True)
class Belongs:
    """Which touchpoint and channel an activity was said to belong to; empty: as its block says."""

    touchpoint: str = ""
    channel: str = ""

    def __bool__(self) -> bool:
        return bool(self.touchpoint or self.channel)


@dataclass(frozen=True, slots=True)
class Choices:
    """All that is chosen: the stage of each touchpoint, and where each activity belongs, by name."""

    stages: Mapping[str, str] = field(default_factory=dict)
    activities: Mapping[str, Belongs] = field(default_factory=dict)

    def __bool__(self) -> bool:
        return bool(self.stages or self.activities)

    def with_answers(self, stages: Mapping[str, str], activities: Mapping[str, Belongs]) -> Choices:
        """These choices, and the answers of a form that shows only some names in their place; an empty answer takes a choice back."""
        return Choices(
            {name: stage for name, stage in sorted({**self.stages, **stages}.items()) if stage},
            {name: belongs for name, belongs in sorted({**self.activities, **activities}.items()) if belongs},
        )


def chosen(text: str) -> Choices:
    """What was chosen in the app."""
    found = _PART.search(text.replace("\r\n", "\n"))
    if found is None:
        return Choices()
    try:
        part = tomllib.loads(found[0])
    except tomllib.TOMLDecodeError:
        return Choices()
    stages = [rule for rule in part.get("stages", []) if isinstance(rule, dict) and "touchpoint" in rule and "stage" in rule]
    rules = [rule for rule in part.get("mapping", []) if isinstance(rule, dict) and "activity" in rule]
    return Choices(
        {_plain(rule["touchpoint"]): rule["stage"] for rule in stages},
        {_plain(rule["activity"]): Belongs(rule.get("to_touchpoint", ""), rule.get("to_channel", "")) for rule in rules},
    )


def with_choices(text: str, choices: Choices) -> str:
    """The file with these choices and no others. Line ends stay as they are in it."""
    line = "\r\n" if "\r\n" in text else "\n"
    text = text.replace("\r\n", "\n")
    rest = _PART.sub("\n\n", text, count=1)
    if not choices:
        made = rest.rstrip("\n") + "\n"
        return made.replace("\n", line)
    blocks = "\n".join([*map(_belongs, choices.activities.items()), *map(_staged, choices.stages.items())])
    part = f"{BEGIN}\n{blocks}{END}\n"
    first = _FIRST_RULE.search(rest)
    if first is None:
        made = f"{rest.rstrip()}\n\n{part}"
    else:
        before, after = rest[: first.start()], rest[first.start() :]
        made = f"{before.rstrip()}\n\n{part}\n{after.rstrip()}\n"
    return made.replace("\n", line)


def _staged(choice: tuple[str, str]) -> str:
    touchpoint, stage = choice
    return f"[[stages]]\ntouchpoint = {_quoted(glob.escape(touchpoint))}\nstage = {_quoted(stage)}\n"


def _belongs(choice: tuple[str, Belongs]) -> str:
    activity, belongs = choice
    keys = (("to_touchpoint", belongs.touchpoint), ("to_channel", belongs.channel))
    told = "".join(f"{key} = {_quoted(name)}\n" for key, name in keys if name)
    return f"[[mapping]]\nactivity = {_quoted(glob.escape(activity))}\n{told}"


def write(file: Path, answers: Answers, *, seen: str) -> None:
    """Write these answers into the project file, beside what was chosen before, whole or not at all.

    Raises Conflict where it is not the one that was `seen`, ProjectError where it would not load then and for a stage that is none.
    """
    stages, activities = answers
    for stage in stages.values():
        if stage and stage not in STAGES:
            raise ProjectError(Message("'{name}' is no stage. There are: {names}.", name=stage[:40], names=", ".join(STAGES)))
    with _WRITING:
        text = read(file)
        if fingerprint(text) != seen:
            raise Conflict(
                Message("momot.toml was changed since this page was loaded. Nothing was written: load it again and choose anew.")
            )
        choices = chosen(text).with_answers(stages, activities)
        made = with_choices(text, choices)
        if not _alike(parse(text, path=str(file)), parse(made, path=str(file))) or chosen(made) != choices:
            raise ProjectError(
                Message("The choices could not be written where they would be read. Write [[stages]] and [[mapping]] rules by hand.")
            )
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
    """Whether two files differ in stages and mapping alone: a text of many lines may hold our two comments."""
    bare = (msgspec.structs.replace(one, stages=(), mapping=()) for one in (before, after))
    return next(bare) == next(bare)


def _quoted(text: str) -> str:
    """A basic string of TOML; JSON's escapes are among its own."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


def _plain(pattern: str) -> str:
    """The name that `glob.escape` made a pattern of."""
    return re.sub(r"\[([*?[])\]", r"\1", pattern)
