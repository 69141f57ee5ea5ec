"""Who is one person: components of ids over all blocks against a union-find by hand, shared ids, days that follow, ids that never meet."""

from __future__ import annotations

import random
import tempfile
from collections import defaultdict
from collections.abc import Iterable, Sequence
from itertools import combinations
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from momot.build import Build, build, interaction_parts
from momot.project import load
from tests.build.test_incremental import inodes, same_files

MOST = 2
SPACES = ("crm", "email", "cookie")
BLOCK = """
[[interactions]]
from = "{file}"
activity = "seen"
touchpoint = "page"
person = {{crm = "crm", email = "email", cookie = "cookie"}}
at = "at"
"""
Row = tuple[str, str, str]
EVENTS = BLOCK.format(file="e.csv")


def named(row: Row) -> list[str]:
    return [f"{space}:{value}" for space, value in zip(SPACES, row, strict=True) if value]


def shared(rows: Iterable[Row], most: int) -> set[str]:
    """By hand: ids that stand with more than `most` ids of a better namespace; of the rest, those that weaker ids tie to as many others."""
    tied: dict[str, set[str]] = defaultdict(set)
    for row in rows:
        for one, other in combinations(named(row), 2):
            tied[one].add(other)
            tied[other].add(one)

    def rank(key: str) -> int:
        return SPACES.index(key.split(":", maxsplit=1)[0])

    def of(key: str, place: int, without: set[str]) -> set[str]:
        return {other for other in tied[key] if rank(other) == place and other not in without}

    out = {key for key in tied if any(len(of(key, place, set())) > most for place in range(rank(key)))}
    more = set()
    for key in set(tied) - out:
        for place in range(rank(key) + 1, len(SPACES)):
            returns = {other: of(other, rank(key), out) - {key} for other in of(key, place, out)}
            lent = {other for other, people in returns.items() if people}
            if len(lent) > most and len(set().union(*returns.values())) > most:
                more.add(key)
    return out | more


def people(rows: Iterable[Row], most: int = MOST) -> set[frozenset[str]]:
    """By hand: union-find over the ids of each row that are not shared."""
    parent: dict[str, str] = {}

    def root(key: str) -> str:
        while parent.setdefault(key, key) != key:
            key = parent[key]
        return key

    rows = list(rows)
    out = shared(rows, most)
    for row in rows:
        kept = [key for key in named(row) if key not in out]
        for key in kept:
            parent[root(key)] = root(kept[0])
    groups: dict[str, set[str]] = defaultdict(set)
    for key in list(parent):
        groups[root(key)].add(key)
    return {frozenset(group) for group in groups.values()}


def csv(rows: Iterable[Row]) -> str:
    lines = (f"{crm},{email},{cookie},2024-01-01 00:00:{number % 60:02d}" for number, (crm, email, cookie) in enumerate(rows))
    return "crm,email,cookie,at\n" + "\n".join(lines) + "\n"


def text_of(files: Sequence[str], most: int = MOST) -> str:
    return f"[identity]\nmax_people_per_id = {most}\n" + "".join(BLOCK.format(file=file) for file in files)


def fetch(made: Build, sql: str) -> list[tuple[Any, ...]]:
    with made.connect() as connection:
        return connection.execute(sql).fetchall()


def found(made: Build) -> set[frozenset[str]]:
    """The partition of ids that the build came to."""
    groups: dict[int, set[str]] = defaultdict(set)
    for key, person in fetch(made, "SELECT id, person_id FROM identity WHERE NOT left_out"):
        groups[person].add(key)
    return {frozenset(group) for group in groups.values()}


def left_out(made: Build) -> set[str]:
    return {key for (key,) in fetch(made, "SELECT id FROM identity WHERE left_out")}


def made_of(files: dict[str, list[Row]], folder: Path, order: Sequence[str] | None = None, most: int = MOST) -> Build:
    folder.mkdir(exist_ok=True)
    (folder / "momot.toml").write_text('name = "Shop"\n' + text_of(order or list(files), most), encoding="utf-8")
    for name, rows in files.items():
        (folder / name).write_text(csv(rows), encoding="utf-8")
    return build(load(folder), folder=folder)


IDS = st.sampled_from(["", "1", "2", "3", "4", "5", "6"])
ROWS = st.lists(st.tuples(IDS, IDS, IDS), min_size=1, max_size=24).filter(lambda rows: any(map(named, rows)))


@settings(max_examples=5, deadline=None)
@given(rows=ROWS, data=st.data())
def test_people_are_the_components_whatever_the_order_of_rows_blocks_and_parts(rows: list[Row], data: st.DataObject) -> None:
    cut = data.draw(st.integers(0, len(rows)))
    shuffled = data.draw(st.permutations(rows))
    with tempfile.TemporaryDirectory() as name, pytest.MonkeyPatch.context() as patch:
        one = made_of({"a.csv": rows}, Path(name) / "one")
        assert left_out(one) == shared(rows, MOST)
        assert found(one) == people(rows)
        patch.setattr(interaction_parts, "_PART_ROWS", 3)
        files = {name: part for name, part in (("a.csv", shuffled[:cut]), ("b.csv", shuffled[cut:])) if any(map(named, part))}
        two = made_of(files, Path(name) / "two", order=sorted(files, reverse=True))
        kept = [row for part in files.values() for row in part]
        assert left_out(two) == shared(kept, MOST)
        assert found(two) == people(kept)


def random_rows(seed: int, count: int, ids: int) -> list[Row]:
    chance = random.Random(seed)
    return [
        tuple(str(chance.randrange(ids)) if chance.random() < share else "" for share in (0.6, 0.3, 0.7))  # type: ignore[misc]
        for _ in range(count)
    ]


@pytest.mark.parametrize(("seed", "ids"), [(0, 400), (2, 6000)])
def test_larger_graphs_have_the_same_people_too(tmp_path: Path, seed: int, ids: int) -> None:
    rows = random_rows(seed, 3000, ids)
    made = made_of({"a.csv": rows[:1000], "b.csv": rows[1000:]}, tmp_path / "large")
    assert left_out(made) == shared(rows, MOST)
    assert found(made) == people(rows)
    whose = dict(fetch(made, "SELECT id, person_id FROM identity WHERE NOT left_out"))
    owners = [{whose[key] for key in named(row) if key in whose} for row in rows]
    assert all(len(ids) <= 1 for ids in owners)
    identified = sum(bool(ids) for ids in owners)
    assert fetch(made, "SELECT count(*) FROM interactions") == [(identified,)]
    assert sum(block.anonymous for block in made.manifest.blocks) == len(rows) - identified


def test_each_interaction_belongs_to_the_person_of_its_ids(make: Any, query: Any) -> None:
    rows = [("1", "", "a"), ("", "", "a"), ("2", "", "b"), ("", "x", "b"), ("3", "", ""), ("", "", "")]
    made = make(EVENTS, {"e.csv": csv(rows)})
    assert found(made) == {frozenset({"crm:1", "cookie:a"}), frozenset({"crm:2", "email:x", "cookie:b"}), frozenset({"crm:3"})}
    assert query(made, "SELECT person, count(*) FROM interactions JOIN people USING (person_id) GROUP BY ALL ORDER BY 1") == [
        ("crm:1", 2), ("crm:2", 2), ("crm:3", 1),
    ]  # fmt: skip
    (block,) = [block for block in made.manifest.blocks if block.table == "interactions"]
    assert (block.kept, block.identified, block.anonymous) == (6, 5, 1)


KIOSK = [(str(n), "", "kiosk") for n in range(6)] + [(str(n), "", f"own{n}") for n in range(6)] + [("", "", "kiosk")] * 3


def test_a_kiosk_is_left_out_and_its_rows_keep_the_other_id(make: Any, query: Any) -> None:
    made = make(EVENTS, {"e.csv": csv(KIOSK)})
    assert query(made, "SELECT id, namespace, person_id, ties, rows FROM identity WHERE left_out") == [
        ("cookie:kiosk", "cookie", None, 6, 9)
    ]
    assert len(found(made)) == 6
    assert query(made, "SELECT person, count(*) FROM interactions JOIN people USING (person_id) GROUP BY ALL ORDER BY 1") == [
        (f"crm:{n}", 2) for n in range(6)
    ]
    (block,) = [block for block in made.manifest.blocks if block.table == "interactions"]
    assert (block.kept, block.identified, block.anonymous) == (15, 12, 3)
    assert made.manifest.warnings == (
        "[identity]: 1 id ties more than 5 people and is left out: 'cookie:kiosk' ties 6 in 9 rows. "
        "Rows that nothing else identifies are anonymous. All are in identity.parquet.",
    )


def test_five_people_may_share_a_device_and_the_limit_can_be_raised(make: Any) -> None:
    made = make(EVENTS, {"e.csv": csv(KIOSK[:5])})
    assert found(made) == {frozenset({"cookie:kiosk", *(f"crm:{n}" for n in range(5))})}
    raised = make("[identity]\nmax_people_per_id = 6\n" + EVENTS, {"e.csv": csv(KIOSK)})
    assert len(found(raised)) == 1
    assert not raised.manifest.warnings


def test_a_customer_with_many_cookies_is_one_person(make: Any) -> None:
    made = make(EVENTS, {"e.csv": csv([("1", "", f"c{n}") for n in range(20)])})
    assert found(made) == {frozenset({"crm:1", *(f"cookie:c{n}" for n in range(20))})}
    assert not made.manifest.warnings


def test_a_customer_number_that_stands_for_guests_is_left_out(make: Any) -> None:
    rows = [row for n in range(6) for row in (("guest", "", f"c{n}"), (f"{n}", "", f"c{n}"))]
    made = make(EVENTS, {"e.csv": csv(rows)})
    assert left_out(made) == {"crm:guest"}
    assert found(made) == {frozenset({f"crm:{n}", f"cookie:c{n}"}) for n in range(6)}


def test_a_family_that_shares_many_devices_is_no_guest(make: Any) -> None:
    made = make(EVENTS, {"e.csv": csv([(who, "", f"c{n}") for who in "12" for n in range(9)])})
    assert not left_out(made)
    assert len(found(made)) == 1


def test_people_tied_in_a_chain_are_told(make: Any) -> None:
    rows = [row for n in range(7) for row in ((f"{n}", "", f"c{n}"), (f"{n + 1}", "", f"c{n}"))]
    made = make(EVENTS, {"e.csv": csv(rows)})
    assert len(found(made)) == 1
    assert made.manifest.warnings[0].startswith("[identity]: 1 person has more than 5 crm ids each, the largest 8")


# -- days ----------------------------------------------------------------------------------------------------------------------------


def numbers(made: Build) -> dict[str, int]:
    return dict(fetch(made, "SELECT id, person_id FROM identity WHERE NOT left_out"))


def test_a_new_day_renumbers_nobody_and_of_two_persons_the_smaller_id_survives(make: Any, query: Any) -> None:
    first_day = [("1", "", "a"), ("2", "", "b"), ("", "", "c"), ("3", "", "")]
    first = make(EVENTS, {"e.csv": csv(first_day)})
    before = numbers(first)
    buckets = dict(query(first, "SELECT person_id, bucket FROM people"))
    said: list[str] = []
    second = make(EVENTS, {"e.csv": csv([*first_day, ("2", "", "a"), ("3", "", "new"), ("9", "", "")])}, said=said)
    after = numbers(second)
    assert {key: after[key] for key in ("crm:1", "cookie:a", "crm:3", "cookie:c")} == {
        key: before[key] for key in ("crm:1", "cookie:a", "crm:3", "cookie:c")
    }
    assert after["crm:2"] == after["cookie:b"] == after["crm:1"] == min(before["crm:1"], before["crm:2"])
    assert after["crm:9"] > max(before.values())
    assert after["cookie:new"] == before["crm:3"]
    now = dict(query(second, "SELECT person_id, bucket FROM people"))
    assert {person: now[person] for person in buckets if person in now} == {p: buckets[p] for p in buckets if p in now}
    assert "1 persons known before are now one with another" in said
    entry = f"SELECT person_id FROM read_parquet('{second.folder}/dictionary.parquet') WHERE key = 'crm:2' AND id = {before['crm:2']}"
    assert query(second, entry) == [(before["crm:1"],)]


def test_who_was_anonymous_is_known_by_a_later_login(make: Any, query: Any) -> None:
    first = numbers(make(EVENTS, {"e.csv": csv([("", "", "a"), ("", "", "a"), ("", "", "b"), ("", "", "")])}))
    second = make(EVENTS, {"e.csv": csv([("", "", "a"), ("", "", "a"), ("", "", "b"), ("", "", ""), ("7", "", "a")])})
    assert numbers(second)["crm:7"] == first["cookie:a"]
    assert query(second, "SELECT person, count(*) FROM interactions JOIN people USING (person_id) GROUP BY ALL ORDER BY 1") == [
        ("cookie:a", 3), ("cookie:b", 1),
    ]  # fmt: skip
    assert [block.anonymous for block in second.manifest.blocks if block.table == "interactions"] == [1]


@pytest.mark.parametrize("seed", range(2))
def test_day_by_day_and_from_scratch_agree_on_who_is_one_person(tmp_path: Path, seed: int) -> None:
    rows = random_rows(seed, 240, 60)
    for day in (80, 160, 240):
        grown = made_of({"a.csv": rows[:day]}, tmp_path / "grown")
        scratch = made_of({"a.csv": rows[:day]}, tmp_path / f"scratch-{day}")
        assert found(grown) == found(scratch) == people(rows[:day])
        assert left_out(grown) == left_out(scratch)
        sizes = "SELECT count(*) AS n FROM interactions GROUP BY person_id ORDER BY n"
        assert fetch(grown, sizes) == fetch(scratch, sizes)


def test_an_id_that_comes_to_be_shared_parts_its_people_again(make: Any) -> None:
    first = numbers(make(EVENTS, {"e.csv": csv(KIOSK[:5])}))
    second = numbers(make(EVENTS, {"e.csv": csv(KIOSK)}))
    assert len(set(first.values())) == 1
    assert len(set(second.values())) == 6
    assert second["crm:0"] == first["crm:0"]


ORDERS = """
[[subjects]]
from = "orders.csv"
subject = "id"
person = "crm"
start = "at"

[[opinions]]
from = "reviews.csv"
person = {email = "mail"}
at = "at"
instrument = "stars"
value = "stars"
"""
FILES = {
    "orders.csv": "id,crm,at\no1,1,2024-01-01\no2,2,2024-01-02\n",
    "reviews.csv": "mail,at,stars\nx,2024-01-03,5\ny,2024-01-03,1\n",
    "e.csv": csv([("1", "x", "a"), ("2", "", "b"), ("", "y", "c")]),
}


def test_only_tables_whose_persons_changed_are_made_again(make: Any, query: Any) -> None:
    first = make(EVENTS + ORDERS, FILES)
    assert query(first, "SELECT count(*) FROM opinions o JOIN subjects s USING (person_id)") == [(1,)]
    before = inodes(first)
    more = make(EVENTS + ORDERS, {"e.csv": csv([("1", "x", "a"), ("2", "", "b"), ("", "y", "c"), ("", "", "d")])})
    kept = same_files(before, inodes(more))
    assert {"subjects.parquet", "opinions.parquet"} <= kept
    assert "interactions/part=00/changes.parquet" in inodes(more)  # of the persons that the new row touches; the rest is taken over
    before = inodes(more)
    tied = make(EVENTS + ORDERS, {"e.csv": csv([("1", "x", "a"), ("2", "", "b"), ("", "y", "c"), ("", "", "d"), ("2", "", "c")])})
    kept = same_files(before, inodes(tied))
    assert "subjects.parquet" in kept
    assert "opinions.parquet" not in kept
    assert query(tied, "SELECT count(*) FROM opinions o JOIN subjects s USING (person_id)") == [(2,)]


def test_the_same_input_gives_the_same_bytes(make: Any, tmp_path: Path) -> None:
    first = make(EVENTS + ORDERS, FILES)
    files = {path.relative_to(first.folder): path.read_bytes() for path in first.folder.rglob("*.parquet")}
    (first.folder.parent.parent / ".momot").rename(tmp_path / "away")
    second = make(EVENTS + ORDERS, {})
    assert {path.relative_to(second.folder): path.read_bytes() for path in second.folder.rglob("*.parquet")} == files


# -- one namespace or another ----------------------------------------------------------------------------------------------------------


def test_a_bare_expression_is_of_the_namespace_that_is_written_alike(make: Any) -> None:
    made = make(EVENTS + ORDERS, FILES)
    assert found(made) == {
        frozenset({"crm:1", "email:x", "cookie:a"}), frozenset({"crm:2", "cookie:b"}), frozenset({"email:y", "cookie:c"}),
    }  # fmt: skip
    assert not made.manifest.warnings


def test_a_bare_expression_is_of_the_first_namespace_declared(make: Any) -> None:
    text = EVENTS + ORDERS.replace('person = "crm"', 'person = "buyer"')
    files = FILES | {"orders.csv": FILES["orders.csv"].replace("crm", "buyer")}
    apart = make(text, files)
    assert {frozenset({"1"}), frozenset({"2"})} <= found(apart)
    assert apart.manifest.warnings == (
        "[identity]: ids without a namespace ([[subjects]] 1) never stand in a row with crm ids or email ids or cookie ids: whoever has "
        'both counts as two people. 2 of 2 ids without a namespace are also crm ids: if they mean the same, write person = {crm = "…"} '
        "in both.",
    )
    told = make('[identity]\nnamespaces = ["crm", "email", "cookie"]\n' + text, {})
    assert found(told) == found(make(EVENTS + ORDERS, FILES))


def test_namespaces_that_never_meet_are_told(make: Any) -> None:
    text = EVENTS.replace(', cookie = "cookie"', "") + ORDERS.replace('email = "mail"', 'login = "mail"').replace("crm", "customer")
    rows = csv([("1", "", ""), ("", "x", "")])
    made = make(text.replace('"customer"\nstart', '"crm"\nstart'), {**FILES, "e.csv": rows})
    assert len(made.manifest.warnings) == 2
    assert "login ids ([[opinions]] 1) never stand in a row with" in " ".join(made.manifest.warnings)


def test_every_kind_of_block_ties_and_is_tied(make: Any, query: Any) -> None:
    both = 'person = {crm = "crm", cookie = "cookie"}\n'
    text = f"""
    [[interactions]]
    from = "e.csv"
    activity = "seen"
    touchpoint = "page"
    person = {{cookie = "cookie"}}
    at = "at"

    [[snapshots]]
    from = "s.csv"
    {both}
    outcomes = ["won"]
    touchpoints = {{"page.home" = "home"}}

    [outcomes.spend]
    from = "f.csv"
    person = {{crm = "crm"}}
    per = "person"
    value = "spend"

    [people]
    from = "p.csv"
    person = {{crm = "crm", email = "email"}}
    segments = {{town = "town"}}
    employee = "staff"
    """
    files = {
        "e.csv": "cookie,at\na,2024-01-01\nb,2024-01-01\n",
        "s.csv": "crm,cookie,won,home\n1,a,1,1\n2,b,0,1\n3,,0,0\n",
        "f.csv": "crm,spend\n1,10\n2,20\n",
        "p.csv": "email,crm,town,staff\nx,1,Brno,no\nx,3,Wien,yes\ny,2,Graz,no\n",
    }
    made = make(text, files)
    assert found(made) == {frozenset({"crm:1", "cookie:a", "crm:3", "email:x"}), frozenset({"crm:2", "cookie:b", "email:y"})}
    assert query(made, 'SELECT "segment.town", is_employee FROM people ORDER BY 1') == [("Brno", True), ("Graz", False)]
    assert query(made, "SELECT count(DISTINCT person_id) FROM interactions SEMI JOIN facts USING (person_id)") == [(2,)]
    assert query(made, 'SELECT count(DISTINCT person_id), count(*) FROM "wide/snapshot-1"') == [(2, 3)]


def test_a_respondent_known_only_by_a_shared_id_is_a_person_of_its_own(make: Any, query: Any) -> None:
    text = EVENTS + '[[snapshots]]\nfrom = "s.csv"\nperson = {cookie = "cookie"}\noutcomes = ["won"]\nconditions = ["home"]\n'
    made = make(text, {"e.csv": csv(KIOSK), "s.csv": "cookie,won,home\nkiosk,1,0\nkiosk,0,1\nown1,1,1\n"})
    assert query(made, 'SELECT person FROM "wide/snapshot-1" JOIN people USING (person_id) ORDER BY row') == [
        ("s.csv:2",), ("s.csv:3",), ("crm:1",),
    ]  # fmt: skip
    (block,) = [block for block in made.manifest.blocks if block.table == "wide/snapshot-1"]
    assert (block.identified, block.anonymous) == (1, 2)


def test_a_subject_known_only_by_a_shared_id_is_anonymous(make: Any, query: Any) -> None:
    text = EVENTS + ORDERS.replace('person = "crm"', 'person = {cookie = "c"}')
    made = make(text, FILES | {"e.csv": csv(KIOSK), "orders.csv": "id,c,at\no1,kiosk,2024-01-01\no2,own2,2024-01-02\n"})
    assert query(made, "SELECT subject, person FROM subjects LEFT JOIN people USING (person_id) ORDER BY 1") == [
        ("o1", None),
        ("o2", "crm:2"),
    ]
    (block,) = [block for block in made.manifest.blocks if block.table == "subjects"]
    assert (block.identified, block.anonymous) == (1, 1)


def test_of_the_facts_of_one_person_the_last_settled_counts(make: Any, query: Any) -> None:
    text = EVENTS + '[outcomes.spend]\nfrom = "f.csv"\nperson = {crm = "crm"}\nper = "person"\nvalue = "spend"\nat = "at"\n'
    made = make(text, {"e.csv": csv([("1", "x", ""), ("2", "x", "")]), "f.csv": "crm,spend,at\n1,10,2024-02-01\n2,20,2024-01-01\n"})
    assert query(made, "SELECT value FROM facts") == [(10.0,)]
    (block,) = [block for block in made.manifest.blocks if block.table == "facts"]
    assert (block.kept, block.duplicate) == (1, 1)


def test_a_fact_of_a_shared_id_is_of_nobody(make: Any, query: Any) -> None:
    text = EVENTS + '[outcomes.spend]\nfrom = "f.csv"\nperson = {cookie = "c"}\nper = "person"\nvalue = "spend"\n'
    made = make(text, {"e.csv": csv(KIOSK), "f.csv": "c,spend\nkiosk,10\nown1,20\n"})
    assert query(made, "SELECT value, person FROM facts LEFT JOIN people USING (person_id) ORDER BY 1") == [(10.0, None), (20.0, "crm:1")]
    (block,) = [block for block in made.manifest.blocks if block.table == "facts"]
    assert (block.kept, block.identified, block.anonymous) == (2, 1, 1)


def test_an_id_with_more_others_than_anybody_has_is_told(make: Any) -> None:
    made = make(EVENTS, {"e.csv": csv([("0", "", f"c{n}") for n in range(120)])})
    (warning,) = made.manifest.warnings
    assert warning.startswith("[identity]: 1 person has more than 100 ids, the largest 121: 'crm:0' stands in a row with 120 of them.")


def owners(made: Build) -> dict[int, frozenset[str]]:
    """Interaction → all ids of its person."""
    sql = "SELECT interaction_id, list(id) FROM interactions JOIN identity USING (person_id) GROUP BY ALL"
    return {interaction: frozenset(ids) for interaction, ids in fetch(made, sql)}


def test_shuffled_rows_in_many_parts_belong_to_the_same_people(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    rows = random_rows(5, 2000, 900)
    lines = csv(rows).splitlines()
    first = owners(made_of({"a.csv": rows}, tmp_path / "first"))
    folder = tmp_path / "second"
    made_of({"a.csv": rows[:1]}, folder)
    shuffled = random.Random(1).sample(lines[1:], len(rows))
    (folder / "a.csv").write_text("\n".join([lines[0], *shuffled]) + "\n", encoding="utf-8")
    monkeypatch.setattr(interaction_parts, "_PART_ROWS", 100)
    second = build(load(folder), folder=folder)
    assert len(list((second.folder / "interactions").iterdir())) > 8
    assert owners(second) == first


def test_a_kiosk_is_found_whichever_id_is_written_first(make: Any) -> None:
    text = EVENTS.replace('crm = "crm", email = "email", cookie = "cookie"', 'cookie = "cookie", crm = "crm"')
    made = make(text, {"e.csv": csv([(str(n), "", "kiosk") for n in range(6)])})
    assert left_out(made) == {"cookie:kiosk"}
    assert len(found(made)) == 6


def test_an_id_with_a_decimal_point_is_the_whole_number_that_it_is_elsewhere(make: Any) -> None:
    made = make(text_of(["a.csv", "b.csv"]), {"a.csv": csv([("17", "", "a")]), "b.csv": csv([("17.0", "", "b"), ("", "", "b")])})
    assert found(made) == {frozenset({"crm:17", "cookie:a", "cookie:b"})}
