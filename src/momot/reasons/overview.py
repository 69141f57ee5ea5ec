"""`momot voices`: what people say, in one document: languages, tone, what they speak about, reasons, who speaks, who was answered."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Final

import numpy as np
from msgspec import Struct, field

from momot import __version__
from momot.build import Build
from momot.engine import Engine, literal, step
from momot.errors import QuestionError, did_you_mean
from momot.project.schema import ProjectFile
from momot.reasons.compared import Compared, compared
from momot.reasons.heard import Heard
from momot.reasons.mined import mine
from momot.reasons.records import Mined, Share, Theme
from momot.reasons.themes import common_themes, new_themes, places_of
from momot.reasons.tone import LEAST, Rates, Tone, counted, tone_of, tones_by, tones_of_aspects
from momot.reasons.trends import Shift, Spikes, risen, spikes
from momot.voices.encoder import Encoder

if TYPE_CHECKING:
    import pyarrow as pa

SCHEMA: Final = "momot.voices/1"
URGENT = 0.7
REPLY = "feedback.reply"
"""The touchpoint of an answer to what somebody said."""
REPLY_DAYS = 30


class Spoken(Struct, frozen=True, kw_only=True):
    """Who of those that gave an opinion put it into words."""

    opinions: int
    with_words: Share
    detractors_with_words: Share | None  # of the bad opinions
    advocates_with_words: Share | None  # of the good ones


class Answered(Struct, frozen=True, kw_only=True):
    """What became of bad feedback: replied to within `days`, and whether the person came back. An association, not an effect."""

    days: int
    replied: Share  # of bad texts of known people
    returned_after_reply: Share | None  # bought again within a year
    returned_without: Share | None


class Voices(Struct, frozen=True, kw_only=True):
    """What people say. `notes` are what the reader must know before believing it."""

    momot: str
    project: str
    build: str
    tier: str
    texts: int
    people: int
    anonymous: int  # texts of nobody known
    unit: str  # of a reason's effect
    from_: str | None = field(name="from")
    to: str | None
    tone: Tone | None
    by: Mapping[str, Sequence[Tone]]  # language and segments
    aspects: Sequence[Tone]  # by touchpoint
    intents: Sequence[Share]
    urgent: Share | None  # of all texts
    pain_points: Mined
    praise: Mined
    suggestions: Mined
    themes: Sequence[Theme]  # what most people speak of, good or bad
    new_themes: Mined
    risen: Sequence[Shift]  # reasons and aspects, the later half of the time against the earlier
    spikes: Spikes
    compared: Compared | None  # by the segments that were asked for
    spoken: Spoken | None
    answered: Answered | None
    notes: Sequence[str]
    schema: str = SCHEMA

    def to_arrow(self) -> pa.Table:
        """One row a reason of pain points, praise, suggestions and new themes, with one quote."""
        from momot.reasons.tabular import reasons_table

        return reasons_table([self.pain_points, self.praise, self.suggestions, self.new_themes])

    def to_csv(self) -> str:
        """The same as CSV."""
        from momot.reasons.tabular import reasons_csv

        return reasons_csv([self.pain_points, self.praise, self.suggestions, self.new_themes])


def overview(
    project: ProjectFile,
    built: Build,
    engine: Engine,
    heard: Heard,
    *,
    by: Sequence[str] = (),
    tier: str,
    encoder: Encoder | None = None,
    rates: Rates | None = None,
    notes: Sequence[str] = (),
) -> Voices:
    """The document of a build's voices; `by` one or two segments, `rates` how often what read them errs, where that is known.

    Raises QuestionError for a segment that does not exist, and for more than two.
    """
    said = heard.said
    every = np.arange(len(said))
    mined = [mine(said, kind, encoder=encoder, ignore=project.voices.ignore) for kind in ("pain_point", "praise", "suggestion")]
    segments = {"language": said.languages, **said.segments}
    _expect(by, segments)
    themes = {name: np.flatnonzero(heard.aspects[:, place]) for place, name in enumerate(heard.names)}
    themes = {name: places for name, places in themes.items() if len(places) >= LEAST}
    spoken = common_themes(said, encoder=encoder, ignore=project.voices.ignore)
    themes |= places_of(said, spoken, project.voices.ignore)
    themes |= places_of(said, [reason for one in mined for reason in one.reasons], project.voices.ignore)
    told, urgent = list(notes), int((heard.urgency >= URGENT).sum())
    if heard.total > len(said):
        told.append(f"{len(said):,} of {heard.total:,} texts, drawn by chance: shares are of these.")
    days = said.at.astype("datetime64[us]").astype("datetime64[D]") if len(said) else None
    return Voices(
        momot=__version__, project=project.name, build=built.manifest.build, tier=tier, texts=heard.total,
        people=len(np.unique(said.persons[heard.known])), anonymous=int((~heard.known).sum()), unit=heard.unit,
        from_=None if days is None else str(days.min()), to=None if days is None else str(days.max()),
        tone=tone_of("all", heard, every, rates), by=tones_by(heard, rates), aspects=tones_of_aspects(heard, rates),
        intents=_intents(heard),
        urgent=counted("urgent", urgent, len(said)) if len(said) else None, pain_points=mined[0], praise=mined[1], suggestions=mined[2],
        themes=spoken,
        new_themes=new_themes(said, encoder=encoder, ignore=project.voices.ignore),
        risen=risen(themes, persons=said.persons, at=said.at), spikes=spikes(themes, persons=said.persons, at=said.at),
        compared=compared(themes, persons=said.persons, segments=segments, by=by) if by else None,
        spoken=_spoken(engine), answered=_answered(engine, heard), notes=tuple(told),
    )  # fmt: skip


def _expect(by: Sequence[str], segments: Mapping[str, Sequence[str | None]]) -> None:
    """Complain of segments that are none."""
    for name in by:
        if name not in segments:
            raise QuestionError(f"texts have no segment '{name}'.{did_you_mean(name, segments)} There are: {', '.join(segments)}.")
    if len(by) > 2:
        raise QuestionError(f"themes are compared by one or two segments, found {len(by)}: {', '.join(by)}.")


def _intents(heard: Heard) -> tuple[Share, ...]:
    if not len(heard.said):
        return ()
    found, counts = np.unique(np.array(heard.intent), return_counts=True)
    return tuple(counted(str(found[place]), int(counts[place]), len(heard.said)) for place in np.lexsort((found, -counts)))


def _spoken(engine: Engine) -> Spoken | None:
    """Of opinions on a known scale, how many came with words: of all, of the bad and of the good."""
    counts = engine.row(step("momot.reasons", "spoken"))
    opinions, words, bad, bad_words, good, good_words = (int(count or 0) for count in counts)
    if not opinions:
        return None
    return Spoken(
        opinions=opinions, with_words=counted("all", words, opinions),
        detractors_with_words=counted("detractors", bad_words, bad) if bad else None,
        advocates_with_words=counted("advocates", good_words, good) if good else None,
    )  # fmt: skip


def _answered(engine: Engine, heard: Heard) -> Answered | None:
    """None where the project has no touchpoint of replies."""
    replies = [int(moment) for (moment,) in engine.rows(f"SELECT moment_id FROM moments WHERE touchpoint = {literal(REPLY)} ORDER BY 1")]
    bad = np.flatnonzero((heard.said.side < 0) & heard.known)
    if not replies or not len(bad):
        return None
    import pyarrow as pa

    engine.register("bad_said", pa.table({"person_id": heard.said.persons[bad], "said_at": heard.said.at[bad]}))
    day = 86_400_000_000
    counts = engine.row(step("momot.reasons", "answered", replies=", ".join(map(str, replies)), within=REPLY_DAYS * day, year=365 * day))
    said, replied, after, of_after, without, of_without = (int(count or 0) for count in counts)
    return Answered(
        days=REPLY_DAYS, replied=counted("replied", replied, said),
        returned_after_reply=counted("returned", after, of_after) if of_after else None,
        returned_without=counted("returned", without, of_without) if of_without else None,
    )  # fmt: skip
