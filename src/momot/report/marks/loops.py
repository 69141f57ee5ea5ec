"""People along the stages as a ribbon, and the two loops of a journey: buying again, and telling those who look for an answer."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from markupsafe import Markup

from momot.findings.numbers import grouped, percent
from momot.language import Language
from momot.report.around import Around, Share
from momot.report.marks.palette import Brush
from momot.report.marks.svg import element, joined, led, text_width
from momot.vocabulary.words import STAGES

STROKE = (1.5, 9.0)  # of a loop: none to all
STEP = 32.0  # px from one loop to the next
CORNER = 14.0
MOST_RIBBON, LEAST_RIBBON = 14.0, 1.0
Spans = Mapping[str, tuple[float, float]]


def loops_height(known: Around, spans: Spans) -> float:
    """What the loops need under the columns; nothing where none is known."""
    drawn = _ends(known, spans)
    return STEP * len(drawn) + 20.0 if drawn else 0.0


def _ends(known: Around, spans: Spans) -> list[tuple[str, Share, str, str]]:
    """Which loops can be drawn: name, share, the stage it comes from, the stage it goes to."""
    found = []
    if known.loyalty is not None and "smot" in spans:
        back = next((stage for stage in ("fmot", "zmot", "stimulus") if stage in spans), None)
        if back:
            found.append(("loyalty", known.loyalty, "smot", back))
    if known.shared is not None and "umot" in spans and "zmot" in spans:
        found.append(("shared", known.shared, "umot", "zmot"))
    return found


def loop_words(name: str, share: Share, language: Language) -> str:
    """What a loop says, with its share and of how many."""
    told = percent(share.value, language=language)
    if name == "loyalty":
        return language.say("Loyalty loop: {share} of {n} buyers bought again", share=told, n=grouped(share.n, language=language))
    said = "Shared experience: {share} of {n} looks in research read what customers say"
    return language.say(said, share=told, n=grouped(share.n, language=language))


def loops(
    known: Around,
    spans: Spans,
    top: float,
    width: float,
    language: Language,
    brush: Brush,
    links: Mapping[str, str] = MappingProxyType({}),
) -> Markup:
    """The loops under columns that end at `top`: width of the line by the share, label with share and denominator.

    `links` leads from the name of a loop to those who go round it.
    """
    parts, labels = [], []  # words last, so that no line of another loop crosses them
    for number, (name, share, start, end) in enumerate(_ends(known, spans), start=1):
        # The legs of a loop stand a little beside those of the other one where they share a stage.
        x1, x2 = (sum(spans[stage]) / 2 + (number - 1) * 8 for stage in (start, end))
        y = top + STEP * number
        stroke = STROKE[0] + (STROKE[1] - STROKE[0]) * share.value
        corner = min(CORNER, abs(x1 - x2) / 2)
        path = (
            f"M{x1:.2f} {top + 2:.2f}V{y - corner:.2f}Q{x1:.2f} {y:.2f} {x1 - corner:.2f} {y:.2f}"
            f"H{x2 + corner:.2f}Q{x2:.2f} {y:.2f} {x2:.2f} {y - corner:.2f}V{top + 9:.2f}"
        )
        parts.append(element("path", {"d": path, **brush("loop"), "stroke-width": stroke}))
        head = 3.5 + stroke / 2
        tip = f"M{x2 - head:.2f} {top + 2 + head:.2f}H{x2 + head:.2f}L{x2:.2f} {top + 1:.2f}Z"
        parts.append(element("path", {"d": tip, **brush("loop-end")}))
        words = loop_words(name, share, language)
        half = text_width(words, 11) / 2
        fits = 2 * half + 2 * stroke + 16 < abs(x1 - x2)
        beside = max(x1, x2) + stroke + 8
        if not fits and beside + 2 * half <= width:
            labels.append(led(element("text", {"x": beside, "y": y, **brush("loop-label")}, words), links.get(name)))
            continue
        middle = min(max((x1 + x2) / 2, half + 4), width - half - 4)
        above_or_below = y - 5 - stroke / 2 if fits else y + 12 + stroke / 2
        label = element("text", {"x": middle, "y": above_or_below, "text-anchor": "middle", **brush("loop-label")}, words)
        labels.append(led(label, links.get(name)))
    return joined([*parts, *labels])


def ribbon(known: Around, spans: Spans, middle: float, brush: Brush) -> Markup:
    """People at each stage as a band whose height is their number, flowing into the next."""
    stages = [stage for stage in STAGES if stage in spans and stage in known.stages]
    most = max(known.most, 1)
    half = {stage: max(LEAST_RIBBON, MOST_RIBBON * known.stages[stage] / most) / 2 for stage in stages}
    upper, lower = [], []
    for stage in stages:
        left, right = spans[stage]
        for x in (left, right - 8):
            upper.append(f"{x:.2f} {middle - half[stage]:.2f}")
            lower.append(f"{x:.2f} {middle + half[stage]:.2f}")
    if not stages:
        return Markup("")
    return element("path", {"d": "M" + "L".join([*upper, *reversed(lower)]) + "Z", **brush("ribbon")})
