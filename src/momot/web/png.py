"""A standalone picture as PNG, for slides that take nothing else. Drawn by resvg with the fonts of the machine that serves."""

from __future__ import annotations

from functools import cache

from markupsafe import escape

from momot.errors import EngineError, MissingExtraError
from momot.language import Message
from momot.report.marks.palette import FONT

FACES = "'Segoe UI', Roboto, 'Noto Sans', 'Noto Sans Thai', Inter, 'DejaVu Sans', 'Liberation Sans', Arial, Helvetica, sans-serif"
"""Names of fonts that a machine may have: what a browser calls the system's own is nothing to resvg."""
ZOOM = 2.0
_PROBE = '<svg xmlns="http://www.w3.org/2000/svg" width="40" height="20"><text x="2" y="15" font-family="{faces}">{word}</text></svg>'


def png(svg: str) -> bytes:
    """The picture at twice its size. Raises MissingExtraError without resvg, EngineError where there is no font to write with."""
    if not _writes():
        raise EngineError(Message("There is no font on the machine that serves, so the picture would have no words. The SVG has them."))
    return _drawn(svg.replace(str(escape(FONT)), str(escape(FACES))))


@cache
def _writes() -> bool:
    """Whether words leave a trace: without any font they are left out in silence."""
    word, nothing = (_drawn(_PROBE.format(faces=escape(FACES), word=word)) for word in ("Wm", ""))
    return word != nothing


def _drawn(svg: str) -> bytes:
    try:
        import resvg_py
    except ImportError as error:
        raise MissingExtraError(
            Message("PNG needs the extra web: pip install 'momot[web]' ({name} is missing).", name=error.name)
        ) from None
    return bytes(resvg_py.svg_to_bytes(svg_string=svg, zoom=ZOOM))
