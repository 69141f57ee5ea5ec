"""The picture of how an effect fades: a mark a window, a curve where there is a half-life, nothing where nothing was followed."""

from __future__ import annotations

import re

import msgspec
import pytest

from momot.findings import Findings
from momot.findings.contract import Document, HalfLife, Lasting
from momot.findings.numbers import numbers_of
from momot.findings.sentences import fading_words
from momot.report.marks.fading import fading_svg
from tests.findings.documents import ALL


def followed(half_life: HalfLife | None) -> Findings:
    """The episode answer, its first finding followed through ten weeks."""
    document: Document = ALL["episode"]()
    finding = document.findings[0]
    row = next(effect for effect in document.effects if effect.moment == finding.moment and effect.question == finding.question)
    windows = tuple(
        msgspec.structs.replace(
            row, days=(7.0 * k, 7.0 * k + 7), segment=None, estimate=-0.5 / 2**k, low=-0.5 / 2**k - 0.1, high=-0.5 / 2**k + 0.1
        )
        for k in range(10)
    )
    curve = Lasting(
        contrast=row.contrast, level=row.level, reference=row.reference, days=(0.0, 70.0), estimate=-1.0, low=-1.2, high=-0.8, start=-0.7
    )
    told = msgspec.structs.replace(finding, half_life_days=half_life, lasting=(curve,) if half_life else ())
    return Findings(msgspec.structs.replace(document, findings=(told, *document.findings[1:]), effects=(*document.effects, *windows)))


@pytest.mark.parametrize(
    ("half_life", "curves"),
    [
        (HalfLife(estimate=7.0, low=5.0, high=10.0, note=None), 1),
        (HalfLife(estimate=None, low=50.0, high=None, note="at least 7 weeks"), 0),
    ],
)
def test_it_has_a_mark_a_window_and_a_curve_where_there_is_a_half_life(half_life: HalfLife, curves: int) -> None:
    findings = followed(half_life)
    moment = next(moment for moment in findings if moment.half_life_days is not None)
    picture = fading_svg(moment, numbers_of(moment.question, moment.effects), "how it fades")
    assert picture is not None
    assert picture.count("<circle") == 10
    assert picture.count("<polyline") == curves
    assert "10 weeks after" in picture
    heights = [float(y) for y in re.findall(r'cy="([\d.]+)"', picture)]
    assert heights == sorted(heights, reverse=True)  # it fades towards the zero line, which lies above a loss
    words = fading_words(moment, numbers_of(moment.question, moment.effects))
    assert words.startswith("half-life ")
    assert "over 10 weeks" in words


def test_what_was_not_followed_has_no_picture() -> None:
    moment = next(iter(followed(None)))
    assert fading_svg(moment, numbers_of(moment.question, moment.effects), "") is None
    assert fading_words(moment, numbers_of(moment.question, moment.effects)) == ""
