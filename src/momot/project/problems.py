"""Problems of a project file, collected with the place where they are, so that all of them are reported together."""

from __future__ import annotations

from dataclasses import dataclass, field

from momot.errors import ProjectError


@dataclass(slots=True)
class Problems:
    """What is wrong with one file. `file` is the name to print, `channels` the closed list that this file has extended."""

    file: str
    channels: tuple[str, ...] = ()
    found: list[str] = field(default_factory=list)

    def at(self, block: str | None = None) -> Place:
        """A place to report from: `[[interactions]] 3`, or the file as a whole."""
        return Place(self, f"{self.file}, {block}" if block else self.file)

    def raise_all(self) -> None:
        """Raise one ProjectError with a line for each problem, or do nothing where there is none."""
        if self.found:
            raise ProjectError("\n".join(dict.fromkeys(self.found)))


@dataclass(frozen=True, slots=True)
class Place:
    """A block of the file, for messages that say where."""

    problems: Problems
    where: str

    def add(self, message: str) -> None:
        """Report `message` here."""
        self.problems.found.append(f"{self.where}: {message}")
