"""The journey in stages: how many people come through each after those before it, how many of them go on, and the two loops back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from markupsafe import Markup

from momot.findings.labels import STAGE_CODES, STAGE_WORDS
from momot.findings.numbers import grouped, percent
from momot.journeys.contract import Funnel, Step
from momot.language import ENGLISH, Language
from momot.report.around import NOTHING, Around
from momot.report.marks.loops import loops, loops_height
from momot.report.marks.palette import Brush, brush
from momot.report.marks.svg import cut, element, joined, led, picture
from momot.vocabulary.words import STAGES

WIDTH, HEAD, TALL, FOOT = 860.0, 62.0, 110.0, 22.0
BOX = 26.0
LEAST = 2.0


def stage_flow(
    funnel: Funnel,
    *,
    around: Around = NOTHING,
    language: Language = ENGLISH,
    standalone: bool = False,
    links: Mapping[str, str] | None = None,
) -> Markup | None:
    """The picture of a funnel of at most eight steps; None where nobody came through the first one.

    `links` leads from the name of a step to the people who came to it, and from that of a loop to those who go round.
    """
    steps = [step for step in funnel.steps if step.people or step.met]
    if len(steps) < 2 or not steps[0].people:
        return None
    pen, most, room = brush(standalone=standalone), steps[0].people, WIDTH / len(steps)
    spans = {step.name: (room * i, room * (i + 1)) for i, step in enumerate(steps)}
    to = {} if standalone else (links or {})
    ground = HEAD + TALL
    parts = []
    for i, step in enumerate(steps):
        left = spans[step.name][0]
        parts += [_box(step, left, most, ground, pen), _words(step, left, room, funnel, language, pen, to)]
        if i + 1 < len(steps):
            parts.append(_onward(step, steps[i + 1], left, room, most, ground, language, pen))
    centres = {name: (left, left + 2 * BOX) for name, (left, _) in spans.items()}
    parts.append(loops(around, centres, ground + 4, WIDTH, language, pen, to))
    height = ground + FOOT + loops_height(around, centres)
    return picture((WIDTH, height), flow_words(steps, language), parts, look="mk-flow", standalone=standalone, linked=bool(to))


def flow_words(steps: Sequence[Step], language: Language) -> str:
    """The whole picture in one sentence a step."""
    said = [language.say("{step}: {people}", step=_name(step, language), people=grouped(step.people, language=language)) for step in steps]
    return language.say("People who go through the stages in their order. {steps}.", steps="; ".join(said))


def _name(step: Step, language: Language) -> str:
    return next((f"{STAGE_CODES[stage]} {language.say(STAGE_WORDS[stage])}" for stage in STAGES if stage == step.name), step.name)


def _height(step: Step, most: int) -> float:
    return max(LEAST, TALL * step.people / most) if step.people else 0.0


def _box(step: Step, left: float, most: int, ground: float, pen: Brush) -> Markup:
    tall = _height(step, most)
    return element("rect", {"x": left, "y": ground - tall, "width": BOX * 2, "height": tall, **pen("flow-stage")})


def _words(step: Step, left: float, room: float, funnel: Funnel, language: Language, pen: Brush, links: Mapping[str, str]) -> Markup:
    """Stage, people of how many."""
    stage = next((one for one in STAGES if one == step.name), None)
    code, word = (STAGE_CODES[stage], language.say(STAGE_WORDS[stage])) if stage else (step.name, "")
    of = language.say("{n} of {all}", n=grouped(step.people, language=language), all=grouped(funnel.people, language=language))
    lines = ((16, "stage", code), (32, "note", word), (48, "number-plain", of))
    texts = [
        element("text", {"x": left, "y": y, **pen(role)}, cut(text, room - 6, 13 if role == "stage" else 11)) if text else Markup("")
        for y, role, text in lines
    ]
    return joined([*texts[:-1], led(texts[-1], links.get(step.name))])


def _onward(step: Step, after: Step, left: float, room: float, most: int, ground: float, language: Language, pen: Brush) -> Markup:
    """Those who go on, as a band that narrows, with the share of those of the step before."""
    tall, next_tall = _height(step, most), _height(after, most)
    start, end = left + 2 * BOX, left + room
    band = (
        f"M{start:.2f} {ground:.2f}V{ground - tall:.2f}C{(start + end) / 2:.2f} {ground - tall:.2f} {(start + end) / 2:.2f} "
        f"{ground - next_tall:.2f} {end:.2f} {ground - next_tall:.2f}V{ground:.2f}Z"
    )
    parts = [element("path", {"d": band, **pen("flow")})]
    if after.onward is not None:
        text = percent(after.onward, language=language)
        parts.append(element("text", {"x": (start + end) / 2, "y": ground - 6, "text-anchor": "middle", **pen("number-plain")}, text))
    return joined(parts)
