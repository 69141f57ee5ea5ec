"""What `momot voices` and `momot explain` print: reasons with people, intervals and a quote each."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from rich.text import Text

from momot.cli.page import BOLD, DIM, Page
from momot.findings.labels import printable
from momot.findings.numbers import grouped, percent, share_interval, signed

if TYPE_CHECKING:
    from momot.reasons.explain import Explained
    from momot.reasons.overview import Voices
    from momot.reasons.records import Mined, Reason, Share, Theme
    from momot.reasons.tone import Tone

_SHOWN = 10
_TOLD = 0.05  # q-value of a cell
_HEADS = {"pain_point": "PAIN POINTS", "praise": "PRAISE", "suggestion": "SUGGESTIONS"}
_SIDES = {
    "how it went": "those for whom it went badly, against those for whom it went well",
    "what was said": "those who spoke badly of it, against those who spoke well",
}


def overview_text(found: Voices, folder: Path, *, color: bool) -> str:
    """The overview as text for a terminal."""
    page = Page(color=color)
    when = f"{found.from_} to {found.to}" if found.from_ else ""
    page.line(Text.assemble((printable(found.project), BOLD), ("  ", ""), (when, DIM)))
    who = f"{grouped(found.people)} people" + (f", {grouped(found.anonymous)} of nobody known" if found.anonymous else "")
    page.line(Text(f"{grouped(found.texts)} texts by {who} · read by the {found.tier} tier", style=DIM))
    if found.tone is not None:
        page.line()
        _tones("", [found.tone], page)
    for name, tones in found.by.items():
        if len(tones) > 1:
            _tones(name, tones, page)
    if found.aspects:
        _tones("what they speak about", found.aspects[:_SHOWN], page)
    for mined in (found.pain_points, found.praise, found.suggestions):
        _mined(_HEADS[mined.kind], mined, found.unit, page)
    _themes(found, page)
    if found.new_themes.reasons:
        _mined("NEW: HARDLY SAID IN THE EARLIER HALF", found.new_themes, found.unit, page)
    _moved(found, page)
    _compared(found, page)
    _spoken(found, page)
    _notes(found.notes, page)
    page.line()
    page.line(Text(f"momot explain {folder} MOMENT  ·  momot voices label {folder}", style=DIM))
    return page.text()


def explained_text(found: Explained, *, color: bool) -> str:
    """Why a moment goes as it goes, as text for a terminal."""
    page = Page(color=color)
    sides = _SIDES[found.basis]
    page.line(Text.assemble((printable(found.moment), BOLD), ("  ", ""), (printable(found.project), DIM)))
    page.line(Text(f"{grouped(found.texts)} texts; {sides}", style=DIM))
    _mined("WHY IT GOES BADLY", found.badly, found.unit, page)
    _mined("WHY IT GOES WELL", found.well, found.unit, page)
    _mined("SUGGESTIONS", found.suggestions, found.unit, page)
    _notes(found.notes, page)
    return page.text()


def _tones(head: str, tones: Sequence[Tone], page: Page) -> None:
    if head:
        page.line(Text(printable(head), style=BOLD))
    for tone in tones:
        parts = (f"  {_cut(tone.name, 26)}", f"{grouped(tone.texts):>8}", "  negative ", _interval(tone.negative), "  positive ")
        page.line(Text.assemble(*parts, _interval(tone.positive), (f"  untold {percent(tone.abstained)}", DIM)))
    if len(tones) == 1 and (likely := tones[0].negative_likely) is not None:
        told = _of(likely.share, likely.low, likely.high)
        page.line(Text(f"  {'':<34}  allowing for errors of reading, negative {told}", style=DIM))


def _mined(head: str, mined: Mined, unit: str, page: Page) -> None:
    page.line()
    page.line(Text.assemble((head, BOLD), (f"  {grouped(mined.texts)} texts against {grouped(mined.texts_other)}", DIM)))
    if mined.note:
        page.line(Text(f"  {mined.note}", style=DIM))
    for quote in mined.quotes:
        page.line(Text(f"  “{printable(quote.text)}”"))
    if mined.reasons:
        page.line(Text(f"     {'':<26} people   {'of them':<16}  {'of the others':<16}  {printable(unit)}, difference", style=DIM))
    for one in mined.reasons[:_SHOWN]:
        others = _of(one.share_other, one.share_other_low, one.share_other_high)
        numbers = f"{grouped(one.people):>7}   {_of(one.share, one.share_low, one.share_high):<16}  {others:<16}  {_effect(one)}"
        page.line(Text.assemble((f"  {one.rank:>2} {_cut(one.phrase, 26)}", BOLD), numbers))
        if one.quotes:
            page.line(Text(f"     “{printable(one.quotes[0].text)}”", style=DIM))
    if len(mined.reasons) > _SHOWN:
        page.line(Text(f"     and {len(mined.reasons) - _SHOWN} more: --format json", style=DIM))


def _of(share: float, low: float, high: float) -> str:
    return " ".join(share_interval(share, low, high))


def _effect(one: Reason) -> str:
    if one.effect is None or one.effect_low is None or one.effect_high is None:
        return ""
    return f"{signed(one.effect, 2)} [{signed(one.effect_low, 2)}, {signed(one.effect_high, 2)}]"


def _cut(text: str, cells: int) -> str:
    """The text in so many cells, whatever its script."""
    shown = Text(printable(text))
    shown.truncate(cells, overflow="ellipsis", pad=True)
    return shown.plain


def _themes(found: Voices, page: Page) -> None:
    """What most people speak of."""
    if found.themes:
        page.line()
        page.line(Text.assemble(("WHAT THEY SPEAK OF", BOLD), ("  good or bad", DIM)))
        page.line(Text(f"     {'':<30} people   share of all         {printable(found.unit)}", style=DIM))
    number = signed if found.unit == "valence" else grouped
    for one in found.themes[:_SHOWN]:
        interval = _of(one.share, one.low, one.high)
        value = _mean(one, number)
        page.line(Text.assemble((f"  {one.rank:>2} {_cut(one.phrase, 30)}", BOLD), f"{grouped(one.people):>7}   {interval:<18}   {value}"))


def _mean(one: Theme, number: Callable[[float, int], str]) -> str:
    """The mean opinion of those who speak of it."""
    if one.value is None or one.value_low is None or one.value_high is None:
        return ""
    return f"{number(one.value, 2)} [{number(one.value_low, 2)}, {number(one.value_high, 2)}]"


def _moved(found: Voices, page: Page) -> None:
    """What rose or fell, and spikes."""
    moved = [shift for shift in found.risen if shift.moved is not None][:_SHOWN]
    if moved:
        page.line()
        page.line(Text.assemble(("ROSE OR FELL", BOLD), ("  the later half of the time against the earlier", DIM)))
    for shift in moved:
        interval = f"[{signed(100 * shift.low, 1)}, {signed(100 * shift.high, 1)}]"
        shares = f"{percent(shift.share_before):>7} → {percent(shift.share_after):<7}"
        page.line(Text(f"     {_cut(shift.theme, 30)} {shares} {signed(100 * shift.difference, 1)} {interval} points"))
    if found.spikes.spikes:
        page.line()
        page.line(Text.assemble(("SPIKES", BOLD), (f"  by {found.spikes.step}", DIM)))
    for spike in found.spikes.spikes[:_SHOWN]:
        when = spike.from_ if spike.from_ == spike.to else f"{spike.from_} to {spike.to}"
        told = f"{grouped(spike.people)} people, {grouped(spike.times, 1)} × the usual"
        page.line(Text(f"     {_cut(spike.theme or 'anything at all', 30)} {when}: {told}"))


def _compared(found: Voices, page: Page) -> None:
    """Themes by segments: cells that differ from all others."""
    if found.compared is None:
        return
    page.line()
    page.line(Text.assemble(("WHO SAYS IT MORE", BOLD), (f"  by {' and '.join(map(printable, found.compared.segments))}", DIM)))
    told = [cell for cell in found.compared.cells if cell.q_value < _TOLD][: 2 * _SHOWN]
    if not told:
        page.line(Text("     nobody that we can tell", style=DIM))
    for cell in told:
        interval = f"[{signed(100 * cell.difference_low, 1)}, {signed(100 * cell.difference_high, 1)}]"
        where = " · ".join(map(printable, cell.values))
        shares = f"{percent(cell.share)} against {percent(cell.share_other)}"
        page.line(Text(f"     {_cut(cell.theme, 24)} {_cut(where, 24)} {shares}  {signed(100 * cell.difference, 1)} {interval} points"))


def _spoken(found: Voices, page: Page) -> None:
    spoken, answered = found.spoken, found.answered
    if spoken is not None:
        page.line()
        parts = [
            ("of all opinions", spoken.with_words),
            ("of detractors", spoken.detractors_with_words),
            ("of advocates", spoken.advocates_with_words),
        ]
        told = "  ·  ".join(f"{_interval(share)} {name}" for name, share in parts if share is not None)
        page.line(Text.assemble(("Came with words: ", DIM), (told, "")))
    if answered is not None:
        page.line(Text.assemble((f"Bad feedback replied to within {answered.days} days: ", DIM), (_interval(answered.replied), "")))
        if answered.returned_after_reply is not None and answered.returned_without is not None:
            after, without = _interval(answered.returned_after_reply), _interval(answered.returned_without)
            page.line(Text(f"  came back within a year: {after} after a reply, {without} without one"))
            page.line(Text("  (they go together; what a reply changes is a question for momot find)", style=DIM))


def _interval(share: Share) -> str:
    return _of(share.share, share.low, share.high)


def _notes(notes: Sequence[str], page: Page) -> None:
    if notes:
        page.line()
    for note in notes:
        page.line(Text(note, style=DIM))
