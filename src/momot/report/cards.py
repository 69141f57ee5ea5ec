"""A section of one decisive moment: what was found, for whom, why, how long it lasts, how sure that is, and what to do next."""

from __future__ import annotations

from collections.abc import Iterator

from momot.findings.contract import Effect
from momot.findings.credit_lines import told as telling
from momot.findings.display import rank_words
from momot.findings.findings import Findings, Moment
from momot.findings.forest import Forest, Line, Row, side, solid
from momot.findings.half_life import half_life_words
from momot.findings.labels import (
    EVIDENCE_SENTENCES,
    contrast_words,
    counted_people,
    counted_units,
    people_noun,
    printable,
    segment_words,
    stage_line,
    state_words,
)
from momot.findings.numbers import grouped, percent, probability, stake_words
from momot.findings.sentences import effect_sentence, fading_words
from momot.findings.told import marked
from momot.report.checks import check_line, ordered
from momot.report.dossier import Dossier
from momot.report.marks.fading import fading_svg
from momot.report.marks.forest import row_svg
from momot.report.marks.levels import levels_svg, segments_svg
from momot.report.next_steps import next_steps
from momot.report.pages import Card, Cell, Drawn, EffectRow, Tile
from momot.report.rows import LONGEST_NAME, LONGEST_TEXT, at_stake, in_numbers, pill
from momot.report.why import why_parts

HEADS = {"Badly": "Goes badly", "Well": "Goes well"}
LEAST_LEVELS = 3
MOST_HELD = 12
MOST_SEGMENTS = 3
"""Segments whose picture stands in a card; the section for whom has them all."""


def card(row: Row, drawn: Forest, anchor: str, beside: Dossier) -> Card:
    """The section of one row of the forest."""
    moment, numbers, language = row.moment, drawn.numbers, drawn.language
    effects = _effect_rows(moment, drawn)
    name = short(moment.touchpoint)
    return Card(
        anchor=anchor,
        rank=rank_words(moment, drawn),
        name=name,
        where=short(stage_line(moment.finding, language)),
        pill=pill(moment, language),
        sentences=tuple(text(effect_sentence(moment, line.effect, numbers)) for line in row.lines),
        tiles=tiles(row, drawn),
        effects=effects,
        has_segments=any(one.segment for one in effects),
        has_shrunken=any(one.shrunken for one in effects),
        facts=_facts(moment, drawn),
        evidence=moment.evidence,
        evidence_words=language.say(EVIDENCE_SENTENCES[moment.evidence]),
        checks=tuple(check_line(check, language) for check in ordered(moment.checks)),
        fading=fading_svg(moment, numbers, f"{name}: {fading_words(moment, numbers)}"),
        fading_words=text(fading_words(moment, numbers)),
        why=why_parts(moment.why, language),
        pictures=tuple(_pictures(row, drawn)),
        credit=_credit(moment, beside.findings, drawn),
        steps=next_steps(moment, beside.findings, beside.proposals, numbers),
    )


def tiles(row: Row, drawn: Forest) -> tuple[Tile, ...]:
    """The largest number of each side, with what it is compared with and how many cases it rests on."""
    found = []
    language = drawn.language
    heads = dict(zip(("badly", "well"), drawn.heads, strict=True))
    for name, line in tile_lines(row):
        head = heads[name]
        effect = line.effect
        found.append(
            Tile(
                head=language.say(HEADS.get(head, head)),
                estimate=drawn.numbers.effect(effect.estimate),
                interval=drawn.numbers.interval(effect.low, effect.high),
                below=short(line.words),
                cases=counted_units(row.moment.question, effect.n, language),
                look=f"{name} {'solid' if line.solid and row.moment.evidence != 'C' else 'hollow'}",
            )
        )
    return tuple(found)


def tile_lines(row: Row) -> Iterator[tuple[str, Line]]:
    """The largest effect of each side."""
    for name in ("badly", "well"):
        own = [line for line in row.lines if line.side == name]
        if own:
            yield name, max(own, key=lambda one: abs(one.effect.estimate))


def _pictures(row: Row, drawn: Forest) -> Iterator[Drawn]:
    """Level by level where it has several, and for each kind of people that was asked for."""
    moment, say = row.moment, drawn.language.say
    name = short(moment.touchpoint)
    levels = [line.effect for line in row.lines if line.effect.contrast == "level"]
    by_reference = {reference: [e for e in levels if e.reference == reference] for reference in dict.fromkeys(e.reference for e in levels)}
    for reference, effects in by_reference.items():
        if len(effects) < LEAST_LEVELS:
            continue
        zero = state_words(short(reference), drawn.language)
        named = [(state_words(effect.level or "", drawn.language), effect) for effect in effects]
        title = f"{name}: " + ", ".join(f"{short(level)} {drawn.numbers.effect(effect.estimate)}" for level, effect in named)
        picture = levels_svg(drawn, named, zero, title)
        if picture is not None:
            below = say("Each level against {reference}; under each, how many cases it rests on.", reference=zero)
            yield Drawn(say("Level by level"), picture, below)
    yield from _segments(moment, drawn)


def _segments(moment: Moment, drawn: Forest) -> Iterator[Drawn]:
    main = max(moment.telling_effects, key=lambda effect: abs(effect.estimate), default=None)
    if main is None:
        return
    wanted = (main.contrast, main.level, main.reference)
    groups: dict[str, dict[str, Effect]] = {}
    for effect in moment.effects:
        if effect.segment and (effect.contrast, effect.level, effect.reference) == wanted:
            name, _, value = effect.segment.partition("=")
            if value not in groups.setdefault(name, {}) or effect.calibrated:
                groups[name][value] = effect
    say = drawn.language.say
    compared = contrast_words(main, language=drawn.language)
    for name, found in list(groups.items())[:MOST_SEGMENTS]:
        head = say("For whom: by {segment}", segment=short(segment_words(name, drawn.language)))
        title = f"{short(moment.touchpoint)}. {head}"
        picture = segments_svg(drawn, list(found.items()), title, overall=(say("everybody"), main))
        if picture is not None:
            yield Drawn(head, picture, say("What is compared: {compared}.", compared=short(compared)), whom=True)


def _credit(moment: Moment, findings: Findings, drawn: Forest) -> str:
    """What the rules of attribution give it, beside what it changes."""
    for one in findings.credit:
        if one.question == moment.question.id:
            for credited in [*telling(one), *one.moments]:
                if credited.moment == moment.name:
                    return marked(text(credited.sentence), drawn.language)
    return ""


def _effect_rows(moment: Moment, drawn: Forest) -> tuple[EffectRow, ...]:
    """Every estimate of the moment: over everybody first, then by segment."""
    main = moment.main_effects
    rows = [*main, *(effect for effect in moment.effects if effect.segment is not None)]
    return tuple(_effect_row(effect, moment, drawn) for effect in rows)


def _effect_row(effect: Effect, moment: Moment, drawn: Forest) -> EffectRow:
    question, numbers, language = moment.question, drawn.numbers, drawn.language
    words = contrast_words(effect, language=language)
    line = Line(effect=effect, side=side(effect, question.better), solid=solid(effect, question), words=words)
    return EffectRow(
        words=short(line.words),
        segment=short(effect.segment or ""),
        cases=f"{grouped(effect.n, language=language)} / {grouped(effect.n_reference, language=language)}",
        mean=numbers.level(effect.mean),
        mean_reference=numbers.level(effect.mean_reference),
        cell=Cell(
            numbers.effect(effect.estimate), numbers.interval(effect.low, effect.high), f"{line.side} {'solid' if line.solid else 'hollow'}"
        ),
        marks=row_svg(drawn, (line,), in_numbers(line, drawn), height=24.0),
        shrunken=_shrunken(effect, drawn),
    )


def _shrunken(effect: Effect, drawn: Forest) -> Cell | None:
    if effect.shrunken is None or effect.shrunken_low is None or effect.shrunken_high is None:
        return None
    return Cell(drawn.numbers.effect(effect.shrunken), drawn.numbers.interval(effect.shrunken_low, effect.shrunken_high), "quiet")


def _facts(moment: Moment, drawn: Forest) -> tuple[tuple[str, str], ...]:
    """Reach, at stake, what was held, how strong a hidden reason would have to be."""
    finding, reach, language = moment.finding, moment.reach, drawn.language
    say = language.say
    met = f"{counted_people(moment.question, reach.people, language)}, {percent(reach.share, language=language)}"
    if reach.per_month is not None:
        met += say("; {n} a month", n=grouped(reach.per_month, 0 if reach.per_month >= 10 else 1, language))
    facts = [(say("Reach"), met)]
    stake = at_stake(moment, language)
    if stake is not None and moment.at_stake is not None:
        unit = stake_words(moment.at_stake, people_noun(moment.question), language)
        facts.append((say("At stake"), f"{stake.estimate} {unit} ({stake.interval})"))
    if finding.q_value is not None:
        facts.append((say("Discovery"), f"q {'' if finding.q_value < 0.001 else '= '}{probability(finding.q_value)}"))
    if finding.held:
        shown, more = finding.held[:MOST_HELD], len(finding.held) - MOST_HELD
        names = text(", ".join(shown))
        facts.append(
            (say("Held alike"), language.says("{names} and {n} more", "{names} and {n} more", more, names=names) if more > 0 else names)
        )
    if finding.robustness_value is not None:
        share = percent(finding.robustness_value, language=language)
        facts.append(
            (say("Hidden reason"), say("undoes it if it explains {share} of what is left of both exposure and outcome", share=share))
        )
    if finding.half_life_days is not None and (lasts := half_life_words(finding.half_life_days, language)):
        facts.append((say("Lasts"), lasts))
    if finding.detectable_effect is not None:
        facts.append(
            (say("Could show"), say("{size} or more", size=drawn.numbers.with_unit(drawn.numbers.size(finding.detectable_effect))))
        )
    return tuple(facts)


def short(words: str) -> str:
    """A name as it may stand on a page."""
    return printable(words, LONGEST_NAME)


def text(words: str) -> str:
    """A sentence as it may stand on a page."""
    return printable(words, LONGEST_TEXT)
