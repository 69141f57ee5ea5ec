"""Whether what an SVG shows lies inside it."""

from __future__ import annotations

import re

from tests.report.pages import Element


def view(svg: Element) -> tuple[float, float]:
    _, _, width, height = map(float, (svg.attributes.get("viewBox") or svg.attributes["viewbox"]).split())
    return width, height


STEPS = {"M": 2, "L": 2, "H": 1, "V": 1, "Q": 4, "C": 6, "A": 7, "Z": 0}


def points(path: str) -> list[tuple[float, float]]:
    """Corners of a path in absolute places, with the handles of its curves, which never leave them. Arcs are given by their ends."""
    return [point for part in subpaths(path) for point in part]


def subpaths(path: str) -> list[list[tuple[float, float]]]:
    """The corners of each part of a path, from one M to the next."""
    x = y = 0.0
    found: list[list[tuple[float, float]]] = []
    for letter, body in re.findall(r"([MHVLQCAZmhvlqcaz])([^MHVLQCAZmhvlqcaz]*)", path):
        numbers = [float(number) for number in re.findall(r"-?[\d.]+", body)]
        kind, relative = letter.upper(), letter.islower()
        size = STEPS[kind]
        assert size == 0 or (numbers and len(numbers) % size == 0), path
        if kind == "M":
            found.append([])
        for at in range(0, len(numbers), size or 1):
            step = numbers[at : at + size]
            if kind in "HV":
                x, y = (step[0] + x * relative, y) if kind == "H" else (x, step[0] + y * relative)
                found[-1].append((x, y))
                continue
            pairs = [step[-2:]] if kind == "A" else [step[i : i + 2] for i in range(0, size, 2)]
            pairs = [[dx + x * relative, dy + y * relative] for dx, dy in pairs]
            found[-1] += [(dx, dy) for dx, dy in pairs]
            x, y = pairs[-1]
    return found


LOOKS = ("fill", "open", "hollow")


def discs(svg: Element, *looks: str) -> list[tuple[float, float, float]]:
    """Middle and radius of every circle of these looks on a map, drawn as a path (two half turns) or as a circle of its own."""
    found = []
    for role in looks or tuple(f"{name}-{look}" for name in ("make", "break") for look in LOOKS):
        for path in svg.all("path", class_=f"mk-{role}"):
            for (left, y), (right, _), *_ in subpaths(path.attributes["d"]):
                found.append(((left + right) / 2, y, (right - left) / 2))
    return found


def bars(svg: Element, *roles: str) -> list[tuple[float, float, float, float]]:
    """Left, top, right, bottom of every bar of these roles on a map."""
    parts = [part for role in roles for path in svg.all("path", class_=f"mk-{role}") for part in subpaths(path.attributes["d"])]
    sides = [([x for x, _ in part], [y for _, y in part]) for part in parts]
    return [(min(xs), min(ys), max(xs), max(ys)) for xs, ys in sides]


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
