"""Everything the report may show, as frozen values: words and marks are made here, the template only sets them.

One `ReportPage` a run, one `QuestionPage` a question, one `Card` a decisive moment, one `TableRow` a line of the ranked table.
"""

from __future__ import annotations

from dataclasses import dataclass

from markupsafe import Markup

from momot.journeys.contract import Fact


@dataclass(frozen=True, slots=True)
class Pill:
    """What a moment does, as a coloured word: `makes`, `breaks`, `both` or no colour; under it the verdict."""

    look: str
    words: str
    below: str


@dataclass(frozen=True, slots=True)
class Cell:
    """One estimate in a table: number, interval, and whether it stands out."""

    estimate: str
    interval: str
    look: str  # "badly solid", "well hollow" …


@dataclass(frozen=True, slots=True)
class Pain:
    """The reason that people give most, in their language."""

    words: str
    language: str


@dataclass(frozen=True, slots=True)
class TableRow:
    """One line of the ranked table: a moment, or a level under it."""

    shape: str  # "plain", "has-levels", "level", "last-level"
    rank: str
    name: str
    anchor: str | None
    below: str
    pill: Pill | None
    badly: Cell | None
    marks: Markup | None
    well: Cell | None
    at_stake: Cell | None
    people: str
    evidence: str
    evidence_words: str
    lasts: str = ""
    pain: Pain | None = None


@dataclass(frozen=True, slots=True)
class Tile:
    """The largest number of one side."""

    head: str
    estimate: str
    interval: str
    below: str  # what is compared
    cases: str  # on how many cases it rests
    look: str


@dataclass(frozen=True, slots=True)
class EffectRow:
    """One estimated contrast in a card: what is compared, for whom, both means, the difference."""

    words: str
    segment: str
    cases: str
    mean: str
    mean_reference: str
    cell: Cell
    marks: Markup
    shrunken: Cell | None = None


@dataclass(frozen=True, slots=True)
class CheckLine:
    """One check in plain words."""

    status: str
    mark: str
    title: str
    status_words: str
    message: str
    fix: str


@dataclass(frozen=True, slots=True)
class WhyLine:
    """One reason, with a quote that gives it."""

    reason: str
    language: str
    numbers: str
    quote: str


@dataclass(frozen=True, slots=True)
class WhyPart:
    """The reasons of one side."""

    head: str
    look: str
    below: str
    lines: tuple[WhyLine, ...]


@dataclass(frozen=True, slots=True)
class Drawn:
    """A picture with its heading and the words under it."""

    head: str
    picture: Markup
    below: str
    whom: bool = False  # whether it shows one effect by kinds of people


@dataclass(frozen=True, slots=True)
class NextStep:
    """What to do next: an action, or the experiment that would settle what is in doubt, with what to know before it."""

    kind: str  # "act", "ask"
    words: str
    notes: tuple[str, ...] = ()
    command: str = ""


@dataclass(frozen=True, slots=True)
class Card:
    """A section of one decisive moment."""

    anchor: str
    rank: str
    name: str
    where: str
    pill: Pill
    sentences: tuple[str, ...]
    tiles: tuple[Tile, ...]
    effects: tuple[EffectRow, ...]
    has_segments: bool
    has_shrunken: bool
    facts: tuple[tuple[str, str], ...]
    evidence: str
    evidence_words: str
    checks: tuple[CheckLine, ...]
    fading: Markup | None = None
    fading_words: str = ""
    why: tuple[WhyPart, ...] = ()
    pictures: tuple[Drawn, ...] = ()
    credit: str = ""
    steps: tuple[NextStep, ...] = ()


@dataclass(frozen=True, slots=True)
class QuietLine:
    """A moment without an answer that matters: what was seen and what could have been."""

    name: str
    where: str
    verdict: str
    seen: str
    could_have_found: str
    people: str


@dataclass(frozen=True, slots=True)
class Untold:
    """Moments about which nothing can be told, for one and the same reason."""

    names: tuple[str, ...]
    reason: str
    settle: str


@dataclass(frozen=True, slots=True)
class RefusedLine:
    """A column that was not accepted, by which measured rule."""

    column: str
    source: str
    rule: str
    measure: str
    reason: str


@dataclass(frozen=True, slots=True)
class WhomRow:
    """One value of a segment on the strip of a moment; the first of a moment also says which and what differs."""

    moment: str
    compared: str
    said: str
    value: str
    marks: Markup
    cell: Cell
    verdict: str


@dataclass(frozen=True, slots=True)
class WhomPart:
    """One segment that was asked for: what differs, goes opposite ways, or was found for some only."""

    name: str
    note: str
    axis: Markup | None
    rows: tuple[WhomRow, ...]
    rest: str


@dataclass(frozen=True, slots=True)
class QuestionPage:
    """Everything about one question."""

    anchor: str
    short: str
    headline: str
    sub: str
    picture: Markup | None
    narrow: Markup | None
    picture_is_map: bool
    lead: Card | None
    heads: tuple[str, str]
    axis: Markup
    decisive: tuple[TableRow, ...]
    quiet_rows: tuple[TableRow, ...]
    fold_words: str
    people_words: str
    ranked_by: str
    unit_words: str
    key: tuple[str, ...]
    band_words: str
    zero_words: str
    has_stake: bool
    has_lasts: bool
    has_pain: bool
    association: bool
    cards: tuple[Card, ...]
    more_cards: tuple[Card, ...]
    quiet: tuple[QuietLine, ...]
    untold: tuple[Untold, ...]
    refused: tuple[RefusedLine, ...]
    whom: tuple[WhomPart, ...]
    checks: tuple[CheckLine, ...]
    facts: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class ChangeLine:
    """One outcome of a dated change: verdict, sentence, picture, cells, what wants a look."""

    outcome: str
    verdict: str
    look: str
    evidence: str
    evidence_words: str
    sentence: str
    picture: Markup | None
    picture_words: str
    cells: tuple[tuple[str, str, str], ...]  # met or not, before, after
    checks: tuple[CheckLine, ...]


@dataclass(frozen=True, slots=True)
class ChangeCard:
    """One dated change of a touchpoint, with every outcome it was asked of."""

    name: str
    on: str
    what: str
    went: str
    outcomes: tuple[ChangeLine, ...]


@dataclass(frozen=True, slots=True)
class Supposition:
    """What one supposition comes to for one outcome; no cell where nobody can tell."""

    name: str
    outcome: str
    cell: Cell | None
    unit: str
    evidence: str
    evidence_words: str
    sentence: str


@dataclass(frozen=True, slots=True)
class CreditRow:
    """One moment: its share by each rule, what meeting it changes, both drawn on one axis, and how they stand to each other."""

    name: str
    shares: tuple[str, ...]
    effect: tuple[str, str]  # number, interval
    marks: Markup
    reading: str


@dataclass(frozen=True, slots=True)
class CreditCard:
    """Credit, not effect: one question, or why nothing is credited."""

    outcome: str
    sub: str
    reason: str
    heads: tuple[str, ...]
    unit: str
    rows: tuple[CreditRow, ...]
    more: int
    sentences: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class CostRow:
    """One moment: what it costs, what one happening more costs, what meeting it brings. Pairs are number and interval."""

    name: str
    a_month: str
    each: str
    per_effect: tuple[str, str]
    brings: tuple[str, str]
    verdict: str
    look: str
    sentence: str


@dataclass(frozen=True, slots=True)
class CostCard:
    """One question."""

    outcome: str
    currency: str
    rows: tuple[CostRow, ...]


@dataclass(frozen=True, slots=True)
class CostsPart:
    """What it costs, what it brings."""

    worth: str
    cards: tuple[CostCard, ...]


@dataclass(frozen=True, slots=True)
class PairLine:
    """One number of a pair and on how many days it rests."""

    words: str
    cell: Cell
    days: str


@dataclass(frozen=True, slots=True)
class PairCard:
    """Two touches in order: was it repaired."""

    first: str
    went: str
    then: str
    outcome: str
    verdict: str
    look: str
    evidence: str
    evidence_words: str
    found: str
    sentence: str
    lines: tuple[PairLine, ...]
    checks: tuple[CheckLine, ...]


@dataclass(frozen=True, slots=True)
class FactLine:
    """One fact of journeys: the number, its interval, what it is of whom."""

    number: str
    interval: str
    words: str
    fact: Fact | None = None  # of which it is told


@dataclass(frozen=True, slots=True)
class FactGroup:
    """The facts of one stage or of the loop."""

    code: str
    word: str
    lines: tuple[FactLine, ...]


@dataclass(frozen=True, slots=True)
class JourneyPart:
    """How people come through: the flow, who comes back when, the facts, and what could not be told."""

    sub: str
    flow: Markup | None
    trend: Markup | None
    groups: tuple[FactGroup, ...]
    absent: tuple[tuple[str, str], ...]  # what is not known, and why


@dataclass(frozen=True, slots=True)
class ReportPage:
    """Everything `report.html` may use."""

    title: str
    project: str
    heading: str
    questions: tuple[QuestionPage, ...]
    changes: tuple[ChangeCard, ...]
    pairs: tuple[PairCard, ...]
    what_if: tuple[Supposition, ...]
    credit: tuple[CreditCard, ...]
    costs: CostsPart | None
    unanswerable: tuple[tuple[str, str, str], ...]  # question, rule in words, reason
    limits: tuple[str, ...]
    csv: str
    settings: tuple[tuple[str, str], ...]
    journey: JourneyPart | None = None
    language: str = "en"
