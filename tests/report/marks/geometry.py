"""Whether what an SVG shows lies inside it."""

from __future__ import annotations

import re

from tests.report.pages import Element


def view(svg: Element) -> tuple[float, float]:
    _, _, width, height = map(float, (svg.attributes.get("viewBox") or svg.attributes["viewbox"]).split())
    return width, height


def points(path: str) -> list[tuple[float, float]]:
    """Corners of a path, in absolute places: M, L, H, V, relative l, and the ends and handles of Q and C, which a curve never leaves."""
    x = y = 0.0
    found = []
    for letter, body in re.findall(r"([MHVLlQCZ])([^MHVLlQCZ]*)", path):
        numbers = [float(number) for number in re.findall(r"-?[\d.]+", body)]
        if letter == "H":
            x = numbers[0]
            found.append((x, y))
        elif letter == "V":
            y = numbers[0]
            found.append((x, y))
        elif letter in "MLlQC":
            for dx, dy in zip(numbers[::2], numbers[1::2], strict=True):
                x, y = (x + dx, y + dy) if letter == "l" else (dx, dy)
                found.append((x, y))
    return found


def assert_inside(svg: Element) -> None:
    """Every mark of an SVG lies in its view box."""
    width, height = view(svg)
    for element in svg.all():
        box = {
            name: float(value)
            for name, value in element.attributes.items()
            if name in ("x", "y", "x1", "x2", "y1", "y2", "cx", "cy", "r", "width", "height")
        }
        if element.tag == "rect":
            assert box["width"] >= 0
            assert box["height"] >= 0
            x, y = box.get("x", 0.0), box.get("y", 0.0)
            assert -0.01 <= x <= x + box["width"] <= width + 0.01
            assert -0.01 <= y <= y + box["height"] <= height + 0.01
        elif element.tag == "line":
            assert all(-0.01 <= box[name] <= width + 0.01 for name in ("x1", "x2"))
            assert all(-0.01 <= box[name] <= height + 0.01 for name in ("y1", "y2"))
        elif element.tag == "circle":
            assert -0.01 <= box["cx"] <= width + 0.01
            assert -0.01 <= box["cy"] <= height + 0.01
        elif element.tag == "path":
            assert all(-0.01 <= x <= width + 0.01 and -0.01 <= y <= height + 0.01 for x, y in points(element.attributes["d"]))
        elif element.tag == "text" and "transform" not in element.attributes:
            assert 0 <= box["x"] <= width
            assert 0 < box["y"] <= height
