"""Texts: what people say, why a moment goes as it goes, texts read one by one, labels that teach."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import date
from typing import TYPE_CHECKING, Any

from momot.api.builds import built_of
from momot.api.project import Project
from momot.progress import Tell, telling

if TYPE_CHECKING:
    from momot.reasons.explain import Explained
    from momot.reasons.labelling import ToLabel
    from momot.reasons.overview import Voices
    from momot.voices.calibrate import Calibrated, HeadName
    from momot.voices.reader import Tier


def voices(
    project: Project,
    *,
    by: str | Sequence[str] = (),
    since: str | date | None = None,
    until: str | date | None = None,
    tier: str | None = None,
    progress: Tell | None = None,
) -> Voices:
    """What people say in the texts of a project: tone, subjects, pain points, praise, suggestions, who speaks, who is answered.

    `tier`: "fast", "semantic" (every text, needs the extra), or "cascade" (the semantic one where the fast one doubts); by default a
    cascade where there are few texts. What was read is kept, so that only new texts are read again. Raises QuestionError where nobody said
    anything. `by` compares what is spoken of by one or two segments: of texts or people, a fact of the subject, channel, language. `since`
    and `until`: only what was said on these local days and between them.
    """
    from momot.designs.period import Period
    from momot.hearing import hearing
    from momot.reasons.overview import overview

    period = Period.of(since, until)
    with telling(progress) as say:
        built = built_of(project, progress)
        with hearing(project.file, built, tier=tier, say=say, period=period) as one:
            groups = [by] if isinstance(by, str) else by
            reads = one.reader
            return overview(
                project.file, built, one.engine, one.heard, by=groups, tier=reads.tier, encoder=reads.encoder, rates=reads.negative_rates,
                notes=one.notes,
            )  # fmt: skip


def explain(
    project: Project,
    moment: str,
    *,
    since: str | date | None = None,
    until: str | date | None = None,
    tier: str | None = None,
    progress: Tell | None = None,
) -> Explained:
    """Why a moment (`delivery.parcel@smot`), touchpoint or aspect goes badly and well, in the words of those who met it.

    `tier`, `since` and `until` as for `voices`. Raises QuestionError for an unknown moment, and where nobody said anything.
    """
    from momot.designs.period import Period
    from momot.hearing import hearing
    from momot.reasons.explain import explain as explained

    period = Period.of(since, until)
    with telling(progress) as say:
        built = built_of(project, progress)
        with hearing(project.file, built, tier=tier, say=say, period=period) as one:
            return explained(project.file, built, one.engine, one.heard, moment, encoder=one.encoder, notes=one.notes)


def read_texts(
    texts: Iterable[str], *, tier: Tier = "fast", abstain: bool = True, project: Project | None = None
) -> Iterator[dict[str, Any]]:
    """Language, valence, polarity, confidence, intent, suggestion, urgency and the masked text of each, in the order given.

    `polarity` is None where it is too doubtful to be told, unless `abstain` is false. `project` reads as its `[voices]` says, with what was
    learnt from its labels. `tier` may be "semantic" where the extra is installed; where it is not, a warning says that it reads by less.
    """
    import warnings

    from momot.build.manifest import HOME
    from momot.voices.contract import read_lines
    from momot.voices.reader import reader
    from momot.voices.tuned import read_tuned

    if project is None:
        made, note = reader(tier)
    else:
        asked, home = project.file.voices, project.folder / HOME
        made, note = reader(
            tier, encoder=asked.encoder, model=asked.model, key_env=asked.key_env, tuned=read_tuned(home), candidates=asked.languages
        )  # fmt: skip
    if note is not None:
        warnings.warn(note, stacklevel=2)
    return read_lines(iter(texts), made, abstain=abstain)


def to_label(
    project: Project, *, most: int = 20, head: HeadName = "valence", labelled: Collection[str] = (), progress: Tell | None = None
) -> tuple[ToLabel, ...]:
    """The texts whose labels would teach `head` most: the least certain ones, of every language, no two alike (active learning).

    None of `labelled`, texts as they were shown, is asked for again. Labels go to `calibrate`. Raises QuestionError where nobody said
    anything.
    """
    from momot.hearing import hearing
    from momot.reasons.labelling import most_telling

    with telling(progress) as say:
        built = built_of(project, progress)
        with hearing(project.file, built, tier="fast", say=say) as one:
            return most_telling(one.heard, most, labelled=labelled, head=head)


def calibrate(
    project: Project,
    labels: Sequence[tuple[str, str]],
    *,
    head: HeadName = "valence",
    tier: Tier = "semantic",
    progress: Tell | None = None,
) -> Calibrated:
    """Fit the heads of a project to (text, label), keep them, and measure by cross-validation.

    A label of the head "valence" is "negative", "neutral" or "positive", of "suggestion" it is "suggestion" or "other". From then on
    `voices`, `explain` and `read_texts` of the project read by them. Raises DataError for an unknown label, for fewer than 30, and where
    all are the same.
    """
    from momot.build.manifest import HOME
    from momot.voices.calibrate import calibrate as fitted
    from momot.voices.reader import reader

    with telling(progress) as say:
        asked, home = project.file.voices, project.folder / HOME
        made, note = reader(
            tier, encoder=asked.encoder, model=asked.model, key_env=asked.key_env, candidates=asked.languages
        )  # fmt: skip
        say(f"fitting heads to {len(labels):,} labels")
        return fitted(made, labels, home, head=head, note=note)
