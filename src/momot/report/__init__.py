"""One self-contained HTML file with everything that was found, refused and left open; marks for it and for notebooks."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from momot.findings import Findings
    from momot.report.dossier import Dossier

__all__ = ["render", "write"]


def render(told: Findings | Dossier, *, language: str = "en") -> str:
    """The report as one HTML document: no outside request, no inline style or handler, readable with scripts off.

    `language` is the code of one of `momot.language.LANGUAGES`. Raises QuestionError for another one.
    """
    from momot.language import language as language_of
    from momot.report.document import render as render_document

    return render_document(told, language_of(language))


def write(told: Findings | Dossier, path: Path, *, language: str = "en") -> Path:
    """Write the report whole or not at all and return its path. Raises EngineError where it can't be written."""
    from momot.report.files import write_whole

    return write_whole(render(told, language=language), path)
