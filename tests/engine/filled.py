"""Every step of the package filled in as its function fills it, over the tables of `nasty`."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass

import pyarrow as pa

from momot.build.zone import day_sql
from momot.designs.drawn import Drawn
from momot.designs.period import ALWAYS, Period
from momot.designs.response import chosen_of
from momot.engine import Engine, Step, literal, step
from momot.journeys.bounds import WATCHED
from momot.journeys.lived import by_person
from momot.journeys.measure import followed
from tests.engine.nasty import DAY, START, ZONE, days, tables

J, D, C, B, R = "momot.journeys", "momot.designs", "momot.credit", "momot.build", "momot.reasons"
END = START + 30 * DAY
PERIOD = Period(*(dt.date(1970, 1, 1) + dt.timedelta(START // DAY + after) for after in (1, 6)))


@dataclass(frozen=True)
class Filled:
    """One step, filled in; `table`: kept under a name for the steps after it. `apart`: columns that engines number each in their way."""

    text: Step
    table: str | None = None
    apart: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        return f"{self.text.package}/{self.text.name}"

    @property
    def ordered(self) -> bool:
        """Whether the step says the order of its rows."""
        return not self.apart and str(self.text).rpartition("\n")[2].startswith("ORDER BY")


def day(instant: str) -> str:
    return day_sql(ZONE, instant, first=START - 400 * DAY, last=END)


def inputs(duck: Engine) -> dict[str, pa.Table]:
    """The tables that steps read and that no step makes, made on DuckDB."""
    found = {**tables(), "calendar": days()}
    for name, table in found.items():
        duck.register(name, table)
    for name, text in HELD.items():
        duck.table(name, text)
        found[name] = duck.arrow(f'SELECT * FROM "{name}"')
    return found


UNIT = {"person": "j.person_id", "account": "coalesce(j.account_id, p.account_id)"}
HELD = {
    "journey_kinds": """SELECT t.touchpoint_id, a.activity_id, c.channel_id, g.piece, (t.touchpoint_id * 2 + g.piece % 2)::SMALLINT AS moment_id,
        ((t.touchpoint_id + g.piece) % 5)::TINYINT AS stage
        FROM touchpoints t, activities a, (SELECT channel_id FROM channels UNION ALL SELECT -1) c, (VALUES (0), (1), (2)) g(piece)""",
    "moment_names": """SELECT (t.touchpoint_id * 2 + g.half)::SMALLINT AS moment_id, t.touchpoint || '@' || g.half::VARCHAR AS moment,
        t.touchpoint_id, t.touchpoint, CASE WHEN g.half = 0 THEN 'zmot' END AS stage FROM touchpoints t, (VALUES (0), (1)) g(half)""",
    "fact_kinds": """SELECT t.touchpoint_id, a.activity_id, c.channel_id, t.touchpoint_id = 2 AS review, a.activity_id = 0 AS asks,
        a.activity_id = 3 AS answers, t.touchpoint_id > 3 AS promises, c.channel_id = 1 AS direct
        FROM touchpoints t, activities a, (SELECT channel_id FROM channels UNION ALL SELECT -1) c""",
    "funnel_steps": """SELECT * FROM (VALUES (0, NULL::SMALLINT, 0::SMALLINT, false), (1, 2::SMALLINT, NULL, false), (1, 3, NULL, false),
        (2, NULL, NULL, true)) v(step, moment_id, activity_id, purchase)""",
    "bits": """SELECT m.moment_id, q.quality, l.level, (m.moment_id % 2)::INTEGER AS word,
        (m.moment_id * 4611686018427387::BIGINT + q.quality + 4 * l.level)::BIGINT AS bit
        FROM moment_names m, (VALUES (-1), (0), (1), (9)) q(quality), (VALUES (-1), (0), (1), (2)) l(level)""",
    "episode_bits": """SELECT t.touchpoint_id, q.quality, l.level, t.touchpoint_id % 2 AS word, (t.touchpoint_id + 8 * q.quality + 64 * l.level)::BIGINT AS bit
        FROM touchpoints t, (VALUES (-1), (0), (1), (9)) q(quality), (VALUES (-1), (0), (1), (2)) l(level)""",
    "counted": "SELECT touchpoint_id FROM touchpoints WHERE kind = 'count'",
    "ties": """SELECT 'crm:' || (i.person_id % 9)::VARCHAR AS stronger, 0 AS stronger_rank, 'web:' || (i.subject_id % 11)::VARCHAR AS weaker, 1 AS weaker_rank
        FROM interactions i WHERE i.subject_id IS NOT NULL GROUP BY ALL""",
    "given": "SELECT 'crm:' || i.person_id::VARCHAR AS id, 0 AS rank, count(*) AS times FROM interactions i GROUP BY 1 UNION ALL SELECT 'crm:1', 0, 4",
    "person_ids": "SELECT person_id, person_id AS id, person AS key, bucket FROM people",
    "account_ids": "SELECT DISTINCT account_id AS id, 'a' || account_id::VARCHAR AS key FROM people WHERE account_id IS NOT NULL",
    "subject_ids": "SELECT subject_id AS id, subject AS key FROM subjects",
    "subject_people": "SELECT subject_id AS id, subject AS key, person_id FROM subjects WHERE person_id IS NOT NULL",
    "named_subjects": "SELECT subject_id AS id, subject AS key FROM subjects",
    "named_accounts": "SELECT DISTINCT account_id AS id, 'a' || account_id::VARCHAR AS key FROM people WHERE account_id IS NOT NULL",
    "texts": "SELECT DISTINCT subject_id::BIGINT AS text_id, 'it''s ' || subject AS text FROM subjects",
    "said": """SELECT opinion_id AS said_id, person_id, given_at AS said_at, subject_id, 'opinions.' || instrument AS source, NULL::VARCHAR AS touchpoint,
        NULL::VARCHAR AS channel, value, scale_low, scale_high, (opinion_id % 7)::BIGINT AS text_id FROM opinions""",
    "heard": """SELECT text_id, 'en' AS language, (0.25)::FLOAT AS valence, 1::TINYINT AS polarity, false AS abstains, 'praise' AS intent,
        (0.5)::FLOAT AS suggestion, (0.0)::FLOAT AS urgency FROM texts""",
    "bad_said": "SELECT person_id::BIGINT AS person_id, given_at AS said_at FROM opinions WHERE value < 3 AND person_id IS NOT NULL",
    "touchpoint_names": "SELECT touchpoint_id AS id, touchpoint AS name FROM touchpoints",
    "activity_names": "SELECT activity_id AS id, activity AS name FROM activities",
    "channel_names": "SELECT channel_id AS id, channel AS name FROM channels",
    "level_kinds": "SELECT touchpoint_id, kind FROM touchpoints WHERE kind <> 'none'",
    "mapped_opinions": """SELECT opinion_id, person_id, given_at, asked_at, subject_id, instrument, value, scale_low, scale_high,
        CASE WHEN value > 3 THEN 1 END AS text_id FROM opinions""",
    "mapped_subjects": """SELECT s.subject, p.person, 'a' || s.account_id::VARCHAR AS account, s.started_at, s.ended_at
        FROM subjects s LEFT JOIN people p USING (person_id)""",
    "mapped_facts": "SELECT f.outcome, s.subject, p.person, f.value, f.settled_at FROM facts f LEFT JOIN subjects s ON s.subject_id = f.subject_id LEFT JOIN people p ON p.person_id = f.person_id",
    "mapped_wide": """SELECT 'survey' AS __source, w.row % 7 AS __line, p.person, w.row * 31 % 17 AS row_hash, w.row % 7 AS line, NULL::BIGINT AS at, 'p' AS period,
        1.0::DOUBLE AS weight, "Said" FROM "wide/survey-1" w JOIN people p ON p.person_id = w.person_id""",
    "mapped_rows": """SELECT i.interaction_id, p.person, i.happened_at, t.touchpoint, a.activity, c.channel, i.quality, i.level, i.repeat, s.subject,
        'a' || i.account_id::VARCHAR AS account, i.value_minor, i.cost_minor, false AS adjusted, 'log' AS __source, i.interaction_id % 97 AS __line,
        CASE WHEN i.repeat = 3 THEN 'no_time' END AS problem
        FROM interactions i JOIN people p ON p.person_id = i.person_id JOIN touchpoints t ON t.touchpoint_id = i.touchpoint_id
        JOIN activities a ON a.activity_id = i.activity_id LEFT JOIN channels c ON c.channel_id = i.channel_id LEFT JOIN subjects s ON s.subject_id = i.subject_id""",
    "twice": """SELECT row_number() OVER (ORDER BY happened_at, interaction_id) % 40 AS interaction_id, * EXCLUDE (interaction_id, duplicate, happened_at),
        row_number() OVER (ORDER BY happened_at, interaction_id) AS happened_at FROM interactions""",
    "attributes": "SELECT person_id, is_employee, acquisition_cost_minor, role, account_id, observed_from, observed_to FROM people WHERE person_id % 3 > 0",
}  # fmt: skip


def steps() -> Iterator[Filled]:
    """Every step in the order in which they need each other."""
    yield from _journeys()
    yield from _designs()
    yield from _credit()
    yield from _build()


def _journeys() -> Iterator[Filled]:
    fill = {"interactions": "interactions", "acts": "coalesce(i.channel_id, -1) NOT IN (2)", "day": day("r.happened_at")}
    yield Filled(step(J, "purchases", interactions="interactions", activities="1, 3"), "purchases_0")
    yield Filled(step(J, "kinds", interactions="interactions", purchases="purchases_0"))
    yield Filled(step(J, "occurrences", interactions="interactions"))
    yield Filled(by_person({**fill, "purchases": "purchases_0"}, edges=(1, 3), gap=DAY // 24), "journeys")
    yield Filled(step(J, "moments", journeys="journeys", channels="channels"), "moments")
    yield Filled(step(J, "watched", people="people", first=-(2**62), last=START + 8 * DAY), "watched")
    yield Filled(step(J, "ends", journeys="journeys"))
    earlier = "(SELECT person_id, false AS is_employee, acquisition_cost_minor, observed_from, observed_to FROM people)"
    yield Filled(step(J, "known_again", people="people", before=earlier))
    yield Filled(step(J, "first_times", journeys="journeys"), "first_times")
    bits = "WHEN 0 THEN 1 WHEN 1 THEN 2 WHEN 2 THEN 4 WHEN 3 THEN 8 WHEN 4 THEN 16"
    yield Filled(step(J, "lives", journeys="journeys", zmot=1, umot=4, bits=bits), "lives")
    yield Filled(step(J, "life_sums"))
    yield Filled(step(J, "impressions", journeys="journeys", fmot=2))
    yield Filled(step(J, "answers", journeys="journeys", smot=3), "answers")
    yield Filled(step(J, "paybacks", journeys="journeys"), "paybacks")
    yield Filled(step(J, "durations", subjects="subjects"))
    yield Filled(step(J, "voices", opinions="opinions", buyers=""))
    yield Filled(step(J, "voices", opinions="opinions", buyers="JOIN lives f ON f.person_id = p.person_id AND p.given_at > f.bought_1"))
    yield Filled(step(J, "waits", rows=followed("answers"), start="asked_at", until="answered_at", end="to_at", group="NULL"))
    yield Filled(step(J, "waits", rows=followed("paybacks"), start="bought_1", until="paid_at", end="to_at", group="bought_on // 3"))
    yield Filled(step(J, "follows_streamed", journeys="journeys"))
    yield Filled(step(J, "follows_whole", journeys="journeys"))
    yield Filled(
        step(J, "around", journeys="journeys", steps="SELECT -1 AS step UNION ALL SELECT 1 AS step UNION ALL SELECT 2 AS step", moment=3)
    )
    yield Filled(step(J, "cohort_buyers", journeys="journeys", end_day=day("w.to_at")), "cohort_buyers")
    yield Filled(step(J, "bought_again", journeys="journeys"))
    yield Filled(step(J, "met_by", journeys="journeys", watched=WATCHED, which="j.moment_id = 3 AND j.quality = -1"))
    yield Filled(step(J, "beside", journeys="journeys", moment=3, steps=-1, nobody=-1, others="-1, 2"))
    yield Filled(step(J, "lived_by", journeys="journeys", bits=bits, which="j.moment_id = 3", persons="1, 2, 3"))
    names = {"case_name": "p.person", "case_id": "person_id", "low": 0, "high": 30, "minor": 100, "more": ", a.activity_id"}
    yield Filled(step(J, "event_log", **names))
    yield Filled(step(J, "funnel_places", journeys="journeys", watched=""), apart=("place",))
    yield Filled(step(J, "funnel_places", journeys="journeys", watched=WATCHED), "funnel_places", apart=("place",))
    none = "(SELECT 0 AS person_id, 0 AS place, NULL::BIGINT AS reached_at WHERE false)"
    yield Filled(step(J, "funnel_reached", before=none, step=0, first="true"), "funnel_0", apart=("place",))
    yield Filled(step(J, "funnel_reached", before="funnel_0", step=1, first="false"), apart=("place",))


def _designs() -> Iterator[Filled]:
    for per, unit in UNIT.items():
        members = "1" if per == "person" else "count(DISTINCT j.person_id)"
        observed = {"observed_from": day("p.observed_from"), "observed_to": day("(p.observed_to - 1)")}
        nothing = dict.fromkeys(("segments", "segment_joins", "attributes", "attribute_joins", "columns"), "")
        span = {"step": 7, "since": START // DAY + 1, "until": START // DAY + 8, "gone": step(D, "panel_gone", unit=unit, activities="1")}
        yield Filled(step(D, "panel_units", unit=unit, members=members, **observed, **nothing, **span))
        columns = """, bit_or(CASE WHEN b.word = 0 THEN b.bit ELSE CAST(0 AS BIGINT) END) AS mask_0,
            sum(CASE WHEN j.activity_id = 1 THEN coalesce(j.value_minor, 0) ELSE 0 END) AS money_0"""
        for steps_of in (1, 7):
            yield Filled(step(D, "panel_days", unit=unit, step=steps_of, bits="bits", moment="j.moment_id", columns=columns,
                              sampled="true" if steps_of == 1 else f"{unit} % 2 = 0"))  # fmt: skip
        source = "(SELECT person_id, NULL::INTEGER AS account_id, given_at AS at, value FROM opinions WHERE instrument = 'it''s')"
        yield Filled(step(D, "panel_answers", unit=unit, day=day("j.at"), step=7, source=source))
        yield Filled(step(D, "panel_ends", unit=unit, last=START // DAY + 9, quiet=2))
        yield Filled(step(D, "panel_gone", unit=unit, activities="1, 2"))
        yield Filled(step(D, "panel_repeats", unit=unit, activity=1, quality="NULL"))
        yield Filled(step(D, "panel_repeats", unit=unit, activity=1, quality=-1))
        yield Filled(step(D, "panel_spells", unit=unit, every=2, horizon="2.5", chosen=PERIOD.days_sql("j.day")))
        yield Filled(step(D, "pairs_met", unit=unit, within=3, least=2, most=50))
    yield Filled(step(D, "panel_ways", moment="j.moment_id"))
    yield Filled(step(D, "panel_calendar"))
    yield Filled(step(D, "accidents", segment='"segment.Region"', most="0.1", least="2"))
    yield Filled(step(D, "touchpoints_common"))
    for inclusive in (True, False):
        opinion = step(D, "episode_opinion_units", instrument=literal("it's"))
        yield Filled(opinion, "measured")
        yield Filled(step(D, "episode_units", drawn=Drawn(100, 0.8).sql("cluster")), "units")
        yield from _episodes(inclusive)
    yield Filled(step(D, "episode_fact_units", outcome="'late'"))
    for quality in ("NULL", "-1"):
        yield Filled(step(D, "episode_activity_units", activity=1, horizon=3 * DAY, observed_until=START + 8 * DAY, quality=quality))
    for by_account in (True, False):
        who = {"by_account": literal(by_account)}
        kept = {f"{of}_drawn": Drawn(100, 0.8).sql(f"{row}.person_id") for of, row in (("interaction", "i"), ("opinion", "o"))}
        yield Filled(step(D, "change_slots", touchpoint=2, origin=START - 100 * DAY, width=2 * DAY, **who))
        yield Filled(step(D, "change_events", activity=1, quality="NULL", instrument="'stars'", **who, **kept))
        yield Filled(step(D, "change_events", activity="NULL", quality="1", instrument="'nps'", **who, **kept))
    yield Filled(step(D, "change_quality", touchpoint=1, changed_at=START + 4 * DAY, first_at=START, until=START + 8 * DAY, drawn="true"))
    for ids in (
        {"id": "person_id", "source": "people", "started": "observed_from"},
        {"id": "subject_id", "source": "subjects", "started": "started_at"},
    ):
        for period in (ALWAYS, PERIOD):
            of = chosen_of(period, ZONE, "person" if ids["id"] == "person_id" else "subject")
            yield Filled(step(D, "response", instrument="'stars'", drawn="true", **ids, **of))


def _episodes(inclusive: bool) -> Iterator[Filled]:
    when = {"inclusive": literal(inclusive)}
    yield Filled(step(D, "episode_kinds", touchpoint="i.touchpoint_id", **when))
    yield Filled(step(D, "episode_masks", touchpoint="i.touchpoint_id", **when))
    yield Filled(step(D, "episode_counts", **when))
    yield Filled(step(D, "change_met", touchpoint=2, **when))
    yield Filled(step(D, "episode_first_times", every=1 + inclusive))
    yield Filled(step(D, "episode_history", instrument="'nps'" if inclusive else "NULL"))


def _credit() -> Iterator[Filled]:
    eligible = f"""JOIN (SELECT j.person_id AS unit, min(j.happened_at) AS eligible_at FROM journeys j JOIN people p ON p.person_id = j.person_id
        WHERE j.activity_id = 0 GROUP BY j.person_id) e ON e.unit = j.person_id AND j.happened_at > e.eligible_at AND {START} > 0"""
    asked = ((UNIT["person"], "j.activity_id = 1", eligible, 2 * DAY), (UNIT["account"], "j.activity_id = 1 AND j.quality = 1", "", 2**62))
    for unit, happens, more, look_back in asked:
        fill = {"unit": unit, "activity": 1, "happens": happens, "eligible": more, "journeys": "journeys"}
        people = "JOIN people p ON p.person_id = j.person_id"
        yield Filled(step(C, "rows", watched=WATCHED, people=people, **fill), "credit_rows", ("place",))
        yield Filled(step(C, "counted"), "credit_counted", ("place", "done"))
        yield Filled(step(C, "happenings"), "credit_happenings", ("number",))
        yield Filled(step(C, "touches", look_back=look_back), "credit_touches", ("done",))
        yield Filled(step(C, "steps"))
        yield Filled(step(C, "shares"))
        yield Filled(step(C, "spent", unit=unit, inside=PERIOD.days_sql("j.day")))
    yield Filled(step(C, "worth", quiet=2 * DAY))


def _build() -> Iterator[Filled]:
    yield Filled(step(B, "interactions_part", rows="(SELECT *, person_id::BIGINT AS __id, 0 AS __file FROM interactions)"))
    yield Filled(step(B, "interactions_once", rows="interactions"))
    yield Filled(step(B, "interactions_spread", rows="(SELECT *, 0 AS part FROM interactions)"))
    yield Filled(
        step(
            B,
            "interactions_copies",
            rows="(SELECT *, person_id::BIGINT AS __id, 0 AS __file FROM twice)",
            copied="(SELECT DISTINCT interaction_id FROM twice WHERE interaction_id % 2 = 0)",
        )
    )
    yield Filled(step(B, "identity_direct", ties="ties"))
    yield Filled(step(B, "identity_returns", ties="ties"))
    yield Filled(step(B, "identity_ids", given="given"))
    yield Filled(
        step(
            B,
            "people",
            present="(SELECT DISTINCT person_id FROM interactions)",
            attributes="attributes",
            columns="",
            low=START,
            high="NULL",
        )
    )
    yield Filled(step(R, "said_texts", columns=', o."subject"', most=1000, inside=PERIOD.instants_sql("said_at", ZONE)))
    yield Filled(step(R, "went", moments="1, 2, 3, 4", within=30 * DAY))
    yield Filled(step(R, "said_by_others", inside=PERIOD.instants_sql("said_at", ZONE)))
    yield Filled(step(R, "spoken"))
    yield Filled(step(R, "answered", replies="1, 2", within=3 * DAY, year=5 * DAY))
    yield Filled(step(B, "subjects", mapped="mapped_subjects", columns=""))
    yield Filled(step(B, "opinions", mapped="mapped_opinions"))
    yield Filled(step(B, "facts", mapped="mapped_facts"))
    yield Filled(step(B, "wide", mapped="mapped_wide", columns=', m."Said"'))
    yield Filled(step(B, "touchpoints", interactions="interactions"))
    joins = "LEFT JOIN person_ids p ON p.key = m.person LEFT JOIN subject_ids s ON s.key = m.subject"
    yield Filled(
        step(
            B,
            "interactions_rows",
            id="p.id::BIGINT",
            file="0",
            mapped="SELECT * FROM mapped_rows",
            person_id="p.id",
            unknown="CASE WHEN p.id = 3 THEN 'no_person' END",
            bucket="p.bucket",
            parts=4,
            joins=joins,
        )
    )
