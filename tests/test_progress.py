"""How far it is: what is counted adds up, what remains is told from the rate and not before, and nobody who did not ask hears anything."""

from __future__ import annotations

from pathlib import Path

import pytest

import momot
from momot import progress
from momot.engine import connect, opened, rows
from momot.progress import Progress, counted, counting, telling
from momot.worlds import make


class Clock:
    """Seconds that pass when told to."""

    now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(progress, "OFTEN", 0.0)
    made = progress.Teller
    monkeypatch.setattr(progress, "Teller", lambda tell: made(tell, clock))
    return clock


def test_blocks_of_one_total_add_up_and_what_remains_is_told_from_the_rate(clock: Clock) -> None:
    heard: list[Progress] = []
    with telling(heard.append) as say:
        for part in range(4):
            say(f"ordering part {part + 1}")
            with counting(250, of=1000):
                clock.now += 1.5
                progress.beat()
                clock.now += 1.5
    assert [str(message) for message in heard] == [
        "ordering part 1",
        "ordering part 1: 1,000 rows, 2 s",
        "ordering part 1: 250 of 1,000 rows, 25 %, about 9 s left",
        "ordering part 2",
        "ordering part 2: 250 of 1,000 rows, 25 %, about 8 s left",
        "ordering part 2: 500 of 1,000 rows, 50 %, about 6 s left",
        "ordering part 3",
        "ordering part 3: 500 of 1,000 rows, 50 %, about 4 s left",
        "ordering part 3: 750 of 1,000 rows, 75 %, about 3 s left",
        "ordering part 4",
        "ordering part 4: 750 of 1,000 rows, 75 %, about 2 s left",
        "ordering part 4: 1,000 of 1,000 rows, 100 %, about 0 s left",
    ]
    assert [message.again for message in heard[:3]] == [False, True, True]


def test_what_takes_longer_than_the_rate_said_is_not_known(clock: Clock) -> None:
    heard: list[Progress] = []
    with telling(heard.append) as say:
        say("parts")
        with counting(1, of=2):
            clock.now += 3
        with counting(1, of=2):
            clock.now += 30
            progress.beat()
    assert [message.remaining for message in heard[1:]] == [3.0, None, 0.0]


def test_the_next_count_begins_at_nothing(clock: Clock) -> None:
    heard: list[Progress] = []
    with telling(heard.append) as say:
        say("first")
        assert list(counted("abc", of=3, unit="parts")) == ["a", "b", "c"]
        say("second")
        with counting(2, of=3, unit="parts"):
            clock.now += 5
            progress.beat()
        assert list(counted(["alone"], of=1, unit="parts")) == ["alone"]
    assert [(one.what, one.done) for one in heard] == [
        ("first", None), ("first", 1), ("first", 2), ("first", 3), ("second", None), ("second", 0), ("second", 2),
    ]  # fmt: skip
    assert [one.share for one in heard[-2:]] == [0, 2 / 3]


def test_what_is_not_counted_tells_its_seconds(clock: Clock) -> None:
    heard: list[Progress] = []
    with telling(heard.append) as say:
        say("tying ids")
        clock.now += 130
        progress.beat()
        say.note("two persons are one")
    assert [str(message) for message in heard] == ["tying ids", "tying ids: 2 min", "two persons are one"]
    assert [message.note for message in heard] == [False, False, True]


def test_a_query_that_takes_long_is_told_while_it_runs(monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(progress, "OFTEN", 0.0)
    heard: list[Progress] = []
    with opened(connect(threads=1)) as connection, telling(heard.append) as say:
        say("hashing")
        rows(connection, "SELECT max(md5(md5(range::VARCHAR))) FROM range(1500000)")
    assert len(heard) >= 3
    assert [message.seconds for message in heard] == sorted(message.seconds for message in heard)
    assert capfd.readouterr() == ("", "")


def test_a_build_and_its_questions_tell_what_begins(tmp_path: Path) -> None:
    make("shop", tmp_path / "shop", people=200, touchpoints=4, true=1, weeks=9)
    heard: list[Progress] = []
    shop = momot.open(tmp_path / "shop")
    momot.build(shop, progress=heard.append)
    momot.funnel(shop, progress=heard.append)
    begun = [message.what for message in heard if not message.again]
    assert begun[0].startswith("reading ")
    assert {"ordering part 1", "journeys, part 1", "facts of the journeys", "funnel"} <= set(begun)
    with counting(1, of=1):  # nobody asks any more
        progress.beat()
    assert begun == [message.what for message in heard if not message.again]
