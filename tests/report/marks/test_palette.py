"""Colours: enough contrast in both palettes, each role once as class and as attributes."""

from __future__ import annotations

import pytest

from momot.report.marks.palette import DARK, LIGHT, ROLES, mark_rules, paint, theme_rules


def luminance(colour: str) -> float:
    """Relative luminance (WCAG 2.2)."""
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return sum(weight * part for weight, part in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


def contrast(one: str, other: str) -> float:
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("palette", [LIGHT, DARK], ids=["light", "dark"])
def test_text_has_a_contrast_of_at_least_4_5(palette: dict[str, str]) -> None:
    pairs = [(name, ground) for name in ("ink", "ink2", "ink3", "make", "break") for ground in ("card", "bg")]
    pairs += [("make", "make-on"), ("break", "break-on"), ("ink2", "make-on"), ("ink2", "break-on"), ("ink", "band"), ("ink2", "col")]
    for text, ground in pairs:
        if (text, ground) != ("ink3", "bg"):
            assert contrast(palette[text], palette[ground]) >= 4.5, (text, ground)


def test_both_palettes_name_the_same_colours() -> None:
    assert LIGHT.keys() == DARK.keys()
    assert theme_rules().count("--make:") == 4


@pytest.mark.parametrize("role", ROLES)
def test_a_role_is_a_class_or_its_colours(role: str) -> None:
    assert paint(role, standalone=False) == {"class": f"mk-{role}"}
    assert f".mk-{role}{{" in mark_rules()
    assert not set(paint(role, standalone=True).values()) & set(LIGHT)
