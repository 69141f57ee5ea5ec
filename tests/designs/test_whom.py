"""For whom, through the whole path: the segments of persons and of touches reach the estimator as they were recorded."""

from __future__ import annotations

from datetime import datetime, timedelta

import numpy as np
import pytest

import momot
from momot.build import open_build
from momot.designs import asks, design
from momot.designs.panel_pilot import joined
from momot.errors import QuestionError
from momot.testing.pieces import rows_of as all_rows
from tests.designs.conftest import Tiny

START = datetime(2024, 3, 1)  # noqa: DTZ001  local times, as a CSV has them
DAYS = 100
TEXT = """
name = "shop"
[[interactions]]
from = "log.csv"
activity = {sql = "what"}
touchpoint = {sql = "'t.' || what"}
channel = {sql = "channel"}
person = "who"
account = "firm"
at = "at"
quality = {sql = "how"}
[people]
from = "people.csv"
person = "who"
role = "role"
account = "firm"
segments = {region = "region", age = "age"}
[outcomes.buys]
activity = "order_placed"
per = "person"
within = "14 days"
[outcomes.firm_buys]
activity = "order_placed"
per = "account"
within = "14 days"
"""


def company(tiny, *, people: int = 240, seed: int = 7):  # type: ignore[no-untyped-def]
    """People who buy, see ads, and call by phone or chat; two of three share a firm."""
    rng = np.random.default_rng(seed)
    log, known = [], []
    for number in range(people):
        who, firm = f"p{number}", f"f{number // 2}"
        known.append(
            {
                "who": who,
                "region": str(rng.choice(["north", "south"])),
                "age": int(rng.integers(20, 70)),
                "role": ["buyer", "user"][number % 2],
                "firm": firm,
            }
        )
        day = int(rng.integers(0, 30))
        while day < DAYS:
            what = str(rng.choice(["order_placed", "ad", "call"], p=[0.4, 0.3, 0.3]))
            how = str(rng.choice(["bad", "good"])) if what == "call" else ""
            channel = str(rng.choice(["phone", "chat"])) if what == "call" else "web"
            at = START + timedelta(days=day, hours=float(rng.uniform(0, 23)))
            log.append({"who": who, "firm": firm, "at": at, "what": what, "how": how, "channel": channel})
            day += int(rng.integers(1, 12))
    return tiny.table("log", log).table("people", known), log, known


@pytest.fixture(scope="module")
def panels(tmp_path_factory: pytest.TempPathFactory):  # type: ignore[no-untyped-def]
    """Persons and accounts by everything there is, their rows, the log and the people."""
    tiny, log, known = company(Tiny(tmp_path_factory.mktemp("whom")))
    project = tiny.project(TEXT)
    with open_build(project.folder).engine() as engine:
        found = list(design(asks(project.file), project.file, engine, ["region", "role", "channel", "cycle"]))
        panels = [one.panel for one in found]
        pieces = [joined(all_rows(panel.pieces)) for panel in panels]
        parts = {
            (number, split.name): joined(all_rows(split.panel.pieces)) for number, panel in enumerate(panels) for split in panel.splits
        }
        names = dict(engine.rows("SELECT person_id, person FROM people"))
    return project, panels, pieces, parts, log, known, names


def test_rows_have_the_segments_of_their_person_and_whether_they_had_bought(panels) -> None:  # type: ignore[no-untyped-def]
    _, (people, _), (piece, _), _, log, known, names = panels
    assert [segment.name for segment in people.segments] == ["region", "role", "cycle"]
    of = {one["who"]: one for one in known}
    first = {name: min(row["at"] for row in log if row["who"] == name) for name in names.values()}
    bought = {
        name: min((row["at"] for row in log if row["who"] == name and row["what"] == "order_placed"), default=None)
        for name in names.values()
    }
    tenure = next(number for number, covariate in enumerate(people.covariates) if covariate.name == "tenure")
    for row in np.random.default_rng(0).choice(len(piece), 300, replace=False):
        name = names[piece.unit[row]]
        for number, key in ((0, "region"), (1, "role")):
            assert people.segments[number].labels[piece.segments[number][row]] == of[name][key]
        day = first[name].date() + timedelta(days=round(float(np.expm1(piece.values[tenure][row]))))
        again = bought[name] is not None and bought[name].date() < day
        assert people.segments[2].labels[piece.segments[2][row]] == ("loyalty loop" if again else "first time")


def test_an_account_has_what_all_its_persons_have(panels) -> None:  # type: ignore[no-untyped-def]
    _, (_, accounts), (_, piece), _, _, known, _ = panels
    assert [segment.name for segment in accounts.segments] == ["region", "cycle"]
    regions: dict[str, set[str]] = {}
    for one in known:
        regions.setdefault(one["firm"], set()).add(one["region"])
    shares = {label: sum(values == {label} for values in regions.values()) for label in ("north", "south")}
    labels = [accounts.segments[0].labels[code] for code in dict(zip(piece.unit, piece.segments[0], strict=True)).values()]
    assert labels.count("north") == shares["north"]
    assert labels.count("several") == len(regions) - sum(shares.values())


def test_touches_are_divided_by_channel_and_by_the_role_of_who_was_touched(panels) -> None:  # type: ignore[no-untyped-def]
    """Parts of a call add up to the call, row by row."""
    _, (people, accounts), wholes, parts, _, _, _ = panels
    assert [split.name for split in people.splits] == ["channel"]
    assert [split.name for split in accounts.splits] == ["role", "channel"]
    for (number, name), piece in parts.items():
        panel = (people, accounts)[number]
        split = next(split for split in panel.splits if split.name == name)
        whole = next(place for place, exposure in enumerate(panel.exposures) if exposure.touchpoint == "t.call")
        mine = [place for place, of in enumerate(split.of) if of == whole]
        assert {split.label[place] for place in mine} == ({"phone", "chat"} if name == "channel" else {"buyer", "user"})

        def met(panel: object, piece: object, place: int) -> np.ndarray:
            roles = [state.role for state in panel.exposures[place].states]  # type: ignore[attr-defined]
            return np.array([role != "absent" for role in roles])[piece.codes[place]]  # type: ignore[attr-defined]

        together = np.any([met(split.panel, piece, place) for place in mine], axis=0)
        np.testing.assert_array_equal(together, met(panel, wholes[number], whole))


def test_persons_of_an_account_share_a_bucket(panels) -> None:  # type: ignore[no-untyped-def]
    """Then whoever shares an account is left out together, and errors are clustered by account."""
    _, _, (piece, _), _, _, known, names = panels
    firm = {one["who"]: one["firm"] for one in known}
    buckets: dict[str, set[int]] = {}
    for unit, bucket in zip(piece.unit.tolist(), piece.bucket.tolist(), strict=True):
        buckets.setdefault(firm[names[unit]], set()).add(bucket)
    assert all(len(found) == 1 for found in buckets.values())
    assert len({bucket for found in buckets.values() for bucket in found}) > 60


def test_accounts_are_called_accounts(panels) -> None:  # type: ignore[no-untyped-def]
    project, *_ = panels
    findings = momot.find_moments(project, outcome="firm_buys")
    assert findings.questions[0].per == "account"
    text = str(findings)
    assert "120 accounts" in text
    assert "account-days" in text
    assert "person-days" not in findings.to_json()


def test_an_unknown_segment_names_the_nearest_and_all_there_are(panels) -> None:  # type: ignore[no-untyped-def]
    project, *_ = panels
    with pytest.raises(QuestionError, match=r"no segment 'regoin'. Did you mean 'region'\? It has: region, age, role, channel, cycle"):
        momot.find_moments(project, by="regoin")


def test_find_by_gives_effects_differences_and_findings(panels) -> None:  # type: ignore[no-untyped-def]
    project, *_ = panels
    findings = momot.find_moments(project, outcome="buys", by=["region", "channel"])
    segments = {effect.segment for effect in findings.document.effects}
    assert {None, "region=north", "region=south", "channel=phone", "channel=chat"} <= segments
    assert {one.segment for one in findings.differences} == {"region", "channel"}
    assert {one.moment.split("@")[0] for one in findings.differences if one.segment == "channel" and one.q_value is not None} == {"t.call"}
    assert all(one.post_hoc for one in findings.by_segment)
    assert "For whom: buys by channel" in str(findings)


def test_episodes_by_segment_channel_and_cycle(tiny) -> None:  # type: ignore[no-untyped-def]
    """Parcels that come late by courier cost a star, by post nothing."""
    rng = np.random.default_rng(2)
    orders, log = [], []
    for number in range(900):
        start = START + timedelta(days=float(rng.uniform(0, 90)))
        late, channel = bool(rng.random() < 0.4), str(rng.choice(["courier", "post"]))
        stars = 4 - (late and channel == "courier") + rng.normal(0, 0.7)
        orders.append({"id": f"o{number}", "who": f"p{number % 600}", "start": start, "said": start + timedelta(days=9), "stars": stars})
        log.append({"id": f"o{number}", "at": start, "what": "order_placed", "how": "", "channel": "web"})
        log.append(
            {"id": f"o{number}", "at": start + timedelta(days=4), "what": "parcel", "how": "bad" if late else "good", "channel": channel}
        )
    known = [{"who": f"p{number}", "region": ["north", "south"][number % 2], "firm": f"f{number // 3}"} for number in range(600)]
    text = """
    name = "orders"
    [[subjects]]
    from = "orders.csv"
    subject = "id"
    person = "who"
    start = "start"
    [[interactions]]
    from = "log.csv"
    activity = {sql = "what"}
    touchpoint = {sql = "'t.' || what"}
    channel = {sql = "channel"}
    subject = "id"
    at = "at"
    quality = {sql = "how"}
    [[opinions]]
    from = "orders.csv"
    subject = "id"
    at = "said"
    instrument = "stars"
    value = "stars"
    [people]
    from = "people.csv"
    person = "who"
    account = "firm"
    segments = {region = "region"}
    [outcomes.opinion]
    opinion = "stars"
    """
    tiny = tiny.table("orders", orders).table("log", log).table("people", known)
    project = tiny.project(text)
    with open_build(project.folder).engine() as engine:
        (designed,) = design(asks(project.file), project.file, engine)
    frame = designed.frame  # type: ignore[union-attr]
    assert (len(np.unique(frame.cluster)), designed.people) == (200, 600)  # type: ignore[union-attr]
    assert len(np.unique(np.stack([frame.cluster, frame.bucket]), axis=1).T) == 200
    findings = momot.find_moments(project, by=["region", "channel", "cycle"])
    parcel = findings["t.parcel"]
    assert parcel.effect("bad-good", segment="channel=courier").high < -0.6
    assert abs(parcel.effect("bad-good", segment="channel=post").estimate) < 0.25
    differs = {(one.moment, one.segment) for one in findings.differences if one.verdict == "differs"}
    assert differs == {(parcel.name, "channel")}
    assert {effect.segment for effect in parcel.effects} >= {"region=north", "cycle=first time", "cycle=loyalty loop"}
