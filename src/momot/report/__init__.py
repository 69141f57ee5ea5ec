"""One self-contained HTML file with everything that was found, refused and left open; marks for it and for notebooks."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from momot.findings import Findings

__all__ = ["render", "write"]


def render(findings: Findings) -> str:
    """The report as one HTML document: no outside request, no inline style or handler, readable with scripts off."""
    from momot.report.document import render as render_document

    return render_document(findings)


def write(findings: Findings, path: Path) -> Path:
    """Write the report whole or not at all and return its path. Raises EngineError where it can't be written."""
    from momot.report.files import write_whole

    return write_whole(render(findings), path)
