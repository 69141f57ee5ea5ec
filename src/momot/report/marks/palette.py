"""The colours, each once, and what every kind of mark looks like: as classes with CSS variables, or resolved for a standalone picture.

Colour means make or break and nothing else. Contrast on the card, light and dark: make 5.9 and 7.8, break 5.3 and 8.0.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

LIGHT: dict[str, str] = {
    "bg": "#f6f6f3", "card": "#ffffff", "ink": "#15191e", "ink2": "#55606b", "ink3": "#656f7a", "line": "#e4e4de", "line2": "#cfd0c9",
    "col": "#faf9f6", "band": "#ecebe5", "make": "#1667a8", "make-on": "#e6f0f8", "break": "#b9461a", "break-on": "#fbebe3",
    "quiet": "#8a9299",
}  # fmt: skip
DARK: dict[str, str] = {
    "bg": "#101316", "card": "#171b20", "ink": "#eef0f2", "ink2": "#a9b2bb", "ink3": "#8d97a1", "line": "#282e35", "line2": "#3a424b",
    "col": "#1b2026", "band": "#22282f", "make": "#6db4ee", "make-on": "#16293a", "break": "#f39a6c", "break-on": "#3a2218",
    "quiet": "#7d8790",
}  # fmt: skip
Brush = Callable[[str], dict[str, str]]
FONT = "system-ui, -apple-system, 'Segoe UI', Roboto, 'Noto Sans', 'Noto Sans Thai', sans-serif"

# Presentation of every role; a value that is a colour's name is that colour.
ROLES: dict[str, dict[str, str]] = {
    "band": {"fill": "band"},
    "column": {"fill": "col"},
    "zero": {"stroke": "ink2", "stroke-width": "1"},
    "grid": {"stroke": "line", "stroke-width": "1"},
    "tick": {"fill": "ink3", "font-size": "11"},
    "note": {"fill": "ink2", "font-size": "11", "font-weight": "400"},
    "label": {"fill": "ink", "font-size": "12", "font-weight": "600"},
    "stage": {"fill": "ink", "font-size": "13", "font-weight": "650"},
    "number": {"fill": "ink2", "font-size": "12", "font-weight": "600"},
    "number-plain": {"fill": "ink2", "font-size": "11", "font-weight": "600"},
    "ring": {"fill": "none", "stroke": "quiet", "stroke-width": "1"},
    "ribbon": {"fill": "line2"},
    "loop": {"fill": "none", "stroke": "line2", "stroke-linejoin": "round"},
    "loop-end": {"fill": "line2"},
    "loop-label": {"fill": "ink2", "font-size": "11", "stroke": "card", "stroke-width": "4", "paint-order": "stroke"},
    "hit": {"fill": "none", "pointer-events": "all"},
    "selected": {"fill": "none", "stroke": "ink", "stroke-width": "1.75", "pointer-events": "all"},
    "rule": {"stroke": "line", "stroke-width": "1"},
    "dated": {"stroke": "ink3", "stroke-width": "1", "stroke-dasharray": "3 3"},
    "line": {"fill": "none", "stroke": "ink", "stroke-width": "2"},
    "line-band": {"fill": "ink", "fill-opacity": "0.14"},
    "point": {"fill": "ink"},
    "flow": {"fill": "band"},
    "flow-stage": {"fill": "ink3"},
    **{f"{name}-band": {"fill": name, "fill-opacity": "0.14"} for name in ("make", "break", "quiet")},
    **{f"{name}-line": {"fill": "none", "stroke": name, "stroke-width": "2"} for name in ("make", "break", "quiet")},
    **{f"{name}-axis": {"fill": name, "font-size": "11", "font-weight": "600"} for name in ("make", "break")},
    "axis": {"fill": "ink2", "font-size": "11", "font-weight": "600"},
    **{f"{name}-fill": {"fill": name} for name in ("make", "break", "quiet")},
    **{f"{name}-hollow": {"fill": "card", "stroke": name, "stroke-width": "1.5"} for name in ("make", "break", "quiet")},
    **{f"{name}-open": {"fill": f"{name}-on", "stroke": name, "stroke-width": "2"} for name in ("make", "break")},
    "quiet-open": {"fill": "band", "stroke": "quiet", "stroke-width": "2"},
    "card": {"fill": "card"},
    **{f"{name}-inner": {"fill": name} for name in ("make", "break")},
    **{f"{name}-interval": {"fill": name, "fill-opacity": "0.5"} for name in ("make", "break", "quiet")},
    **{f"{name}-pill": {"fill": name, "fill-opacity": "0.26"} for name in ("make", "break", "quiet")},
    **{f"{name}-stem": {"fill": "none", "stroke": name, "stroke-width": "1.5"} for name in ("make", "break", "quiet")},
    **{f"{name}-text": {"fill": name, "font-size": "12", "font-weight": "600"} for name in ("make", "break", "quiet")},
}


def paint(role: str, *, standalone: bool) -> dict[str, str]:
    """The attributes of a mark: its class, or with `standalone` the light colours themselves."""
    if not standalone:
        return {"class": f"mk-{role}"}
    return {name: LIGHT.get(value, value) for name, value in ROLES[role].items()}


def mark_rules(scope: str = "") -> str:
    """The CSS of all marks, from the same table; `scope` goes before every selector."""
    return "".join(f"{scope}.mk-{role}{{{_declarations(look)}}}\n" for role, look in ROLES.items())


def variables(colours: Mapping[str, str]) -> str:
    """CSS custom properties of one palette."""
    return "".join(f"--{name}:{value};" for name, value in colours.items())


def theme_rules(root: str = ":root") -> str:
    """Light by default, dark by the reader's system, either by choice."""
    light, dark = variables(LIGHT), variables(DARK)
    return (
        f"{root}{{color-scheme:light;{light}}}\n"
        f"@media (prefers-color-scheme:dark){{{root}:not([data-theme=light]){{color-scheme:dark;{dark}}}}}\n"
        f"{root}[data-theme=dark]{{color-scheme:dark;{dark}}}\n"
        f"@media print{{{root},{root}:not([data-theme=light]),{root}[data-theme=dark]{{color-scheme:light;{light}}}}}\n"
    )


def _declarations(look: Mapping[str, str]) -> str:
    def value(name: str, text: str) -> str:
        return f"var(--{text})" if text in LIGHT else f"{text}px" if name == "font-size" else text

    return ";".join(f"{name}:{value(name, text)}" for name, text in look.items())


def brush(*, standalone: bool) -> Brush:
    """What `paint` gives, with the mode said once for a whole picture."""
    return lambda role: paint(role, standalone=standalone)
