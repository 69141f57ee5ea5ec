"""Drafts of activity streams (ActivitySchema): the standard says what the columns are, measurement what the features of activities hold."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from momot.project.profile import Profile, Source, as_one
from momot.project.sketch import Entry, Sheet, slug, table_of, text
from momot.project.sketch_goals import activity_sql, sketch_goal
from momot.project.sketch_parts import joined
from momot.project.streams import (
    Activity,
    Feature,
    activities_of,
    column_of,
    entity_of,
    features_of,
    is_json,
    is_utc_without_offset,
    only_activity,
)

_OFTEN = 0.5  # share of the rows of an activity with money in that makes it a purchase


def sketch_stream(profile: Profile, sources: Sequence[Source], sheet: Sheet) -> None:
    """The blocks of one stream: its interactions, activities with levels by themselves, opinions, an outcome.

    `sources` are its files, with the same columns: one, or one an activity.
    """
    name = only_activity(sources[0])
    if name is not None and len(sources) > 1:
        for source in sources:
            sketch_stream(profile, [source], sheet)
        return
    first = as_one(profile, sources)
    written = {column.name: sheet.column(column.name) for column in first.columns}
    activities, features = activities_of(profile, first), features_of(profile, first, written)
    _ask(profile, first, sheet, features)
    levels = {one.activity: one for one in _one_each(features, lambda feature: feature.level)}
    origin = joined(sheet, first, sources[1:], None)
    rest = [one for one in activities if one.name not in levels]
    what = None if name is not None else sheet.column(_name(first, "activity"))
    if rest:
        where = None if what is None or not levels else f"{what} NOT IN ({_listed(levels)})"
        _interactions(profile, first, sheet, origin, rest, features, where=where)
    for activity in activities:
        if activity.name in levels:
            where = None if what is None else f"{what} = {_literal(activity.name)}"
            _interactions(profile, first, sheet, origin, [activity], features, where=where, level=levels[activity.name])
    for feature in features:
        if (scale := feature.scale) is not None:
            _opinion(profile, first, sheet, origin, feature, scale, None if what is None else f"{what} = {_literal(feature.activity)}")
    _goal(profile, first, sheet, activities)


def _interactions(
    profile: Profile, source: Source, sheet: Sheet, origin: str, activities: Sequence[Activity], features: Sequence[Feature], *,
    where: str | None, level: Feature | None = None,
) -> None:  # fmt: skip
    """One block: of one activity with its level, or of all others."""
    what, ours = column_of(source, "activity"), {one.name for one in activities}
    own = [feature for feature in features if feature.activity in ours]
    named = f"{{sql = {text(activity_sql(sheet.column(what.name)))}}}" if what is not None else text(slug(activities[0].name))
    entries = [
        Entry("from", text(origin)),
        *([Entry("where", text(where))] if where else []),
        Entry("activity", named),
        Entry("touchpoint", named, why="the names are yours to choose"),
        *_by_activity("channel", own, lambda feature: feature.channel, source, sheet),
        *_who(source, sheet),
        *_at(profile, source, sheet),
        *_by_activity("quality", own, lambda feature: feature.quality, source, sheet),
        *_level(level),
        *_money(source, sheet),
        *_id(source, sheet),
    ]
    rows = sum(one.rows for one in activities)
    shown = ", ".join(one.name for one in activities[:4]) + (", …" if len(activities) > 4 else "")
    sheet.add("interactions", f"{source.name}: {rows:,} activities of a stream (ActivitySchema): {shown}", entries)


def _level(feature: Feature | None) -> list[Entry]:
    if feature is None or feature.level is None:
        return []
    return [Entry("level", text(feature.level), why=f"{feature.name}: {feature.column.distinct} whole numbers")]


def _who(source: Source, sheet: Sheet) -> list[Entry]:
    """Ids of two namespaces, the global one first."""
    spaces = {entity_of(source): sheet.column(_name(source, "customer"))}
    anonymous = column_of(source, "anonymous_customer_id")
    if anonymous is not None and anonymous.present:
        spaces["anonymous"] = sheet.column(anonymous.name)
    why = "a row with both ids ties them" if len(spaces) > 1 else ""
    return [Entry("person", table_of(spaces), why=why)]


def _at(profile: Profile, source: Source, sheet: Sheet) -> list[Entry]:
    ts = source[_name(source, "ts")]
    column = sheet.column(ts.name)
    if is_utc_without_offset(profile, source, ts):
        return [Entry("at", text(f"{column} AT TIME ZONE 'UTC'"), sure=len(ts.formats) <= 1, why="in UTC, as the standard says")]
    return [Entry("at", text(column))]


def _money(source: Source, sheet: Sheet) -> list[Entry]:
    revenue = column_of(source, "revenue_impact")
    if revenue is None or not revenue.present or revenue.low is None:
        return []
    column = sheet.column(revenue.name)
    if revenue.low >= 0:
        return [Entry("value", text(column))]
    column = f"TRY_CAST({column} AS DOUBLE)"  # empty in all rows of one file of several, it is no number there
    return [
        Entry("value", text(f"CASE WHEN {column} >= 0 THEN {column} END"), why="money in"),
        Entry("cost", text(f"CASE WHEN {column} < 0 THEN -{column} END"), why="money out"),
    ]


def _id(source: Source, sheet: Sheet) -> list[Entry]:
    number, what = column_of(source, "activity_id"), column_of(source, "activity")
    if number is None or number.present < number.rows:
        return []
    column = sheet.column(number.name)
    sql = column if what is None else f"{sheet.column(what.name)} || ':' || {column}"
    return [Entry("id", text(sql), why="unique within its activity only")]


def _by_activity(key: str, features: Sequence[Feature], read: Callable[[Feature], str | None], source: Source, sheet: Sheet) -> list[Entry]:
    """A key computed from one feature of each activity that has one that fits."""
    found = _one_each(features, read)
    what = column_of(source, "activity")
    if not found:
        return []
    names = ", ".join(dict.fromkeys(one.name for one in found))
    if what is None or len({one.activity for one in features}) == 1:
        return [Entry(key, f"{{sql = {text(read(found[0]) or '')}}}", why=names)]
    whens = " ".join(f"WHEN {_literal(one.activity)} THEN {read(one)}" for one in found)
    return [Entry(key, f"{{sql = {text(f'CASE {sheet.column(what.name)} {whens} END')}}}", why=names)]


def _one_each(features: Sequence[Feature], read: Callable[[Feature], str | None]) -> list[Feature]:
    """The features that `read` understands, where an activity has one such feature only."""
    fit: dict[str, list[Feature]] = {}
    for feature in features:
        if read(feature) is not None:
            fit.setdefault(feature.activity, []).append(feature)
    return [found[0] for found in fit.values() if len(found) == 1]


def _opinion(
    profile: Profile, source: Source, sheet: Sheet, origin: str, feature: Feature, scale: tuple[int, int], where: str | None
) -> None:
    """A feature that is an answer on a scale, as an opinion and as an outcome."""
    low, high = scale
    instrument = slug(feature.name)
    entries = [
        Entry("from", text(origin)),
        *([Entry("where", text(where))] if where else []),
        *_who(source, sheet),
        *_at(profile, source, sheet),
        Entry("instrument", text(instrument)),
        Entry("value", text(f"TRY_CAST({feature.sql} AS DOUBLE)"), why=f"whole numbers from {low} to {high}"),
        Entry("scale", f"[{low}, {high}]"),
    ]
    about = f"{feature.activity}: {feature.column.present:,} answers"
    if sheet.add("opinions", about, entries).live and not any(one.header == f"[outcomes.{instrument}]" for one in sheet.sketches):
        outcome = [Entry("opinion", text(instrument)), Entry("per", text("person"))]
        sheet.add("outcomes", "the opinion itself", outcome, header=f"[outcomes.{instrument}]")


def _goal(profile: Profile, source: Source, sheet: Sheet, activities: Sequence[Activity]) -> None:
    """What is bought, and the activity that is an outcome."""
    what = column_of(source, "activity")
    if what is not None and len(activities) > 1:
        paid = [slug(one.name) for one in activities if one.paid >= _OFTEN]
        who, when = source[_name(source, "customer")], source[_name(source, "ts")]
        sketch_goal(profile, source, sheet, who, what, when, paid=paid)


def _ask(profile: Profile, source: Source, sheet: Sheet, features: Sequence[Feature]) -> None:
    """What the features leave open."""
    documents = column_of(source, "feature_json")
    if documents is not None and documents.present and not is_json(profile, source):
        sheet.ask(source, f"what does {documents.name} hold? Not all of it is a JSON object.")
    for key, read in _READS:
        several: dict[str, list[str]] = {}
        for feature in features:
            if read(feature) is not None:
                several.setdefault(feature.activity, []).append(feature.name)
        for activity, names in several.items():
            if len(names) > 1:
                sheet.ask(source, f"which feature of {activity} is its {key}?", names)


_READS: tuple[tuple[str, Callable[[Feature], str | None]], ...] = (
    ("quality", lambda feature: feature.quality),
    ("level", lambda feature: feature.level),
    ("channel", lambda feature: feature.channel),
)


def _name(source: Source, name: str) -> str:
    """The column that the standard calls `name`, as the file writes it."""
    column = column_of(source, name)
    assert column is not None  # noqa: S101  the source was taken for a stream because it has it
    return column.name


def _listed(names: Sequence[str] | dict[str, Feature]) -> str:
    return ", ".join(_literal(name) for name in names)


def _literal(name: str) -> str:
    return "'" + name.replace("'", "''") + "'"
