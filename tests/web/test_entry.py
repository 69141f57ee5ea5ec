"""A link works once."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

from momot.web.entry import Entry


def test_a_link_opens_one_session() -> None:
    entry = Entry()
    link = entry.new_link()
    session = entry.open(link)
    assert session is not None
    assert entry.knows(session)
    assert entry.open(link) is None
    entry.leave(session)
    assert not entry.knows(session)


def test_nothing_opens_without_a_link_and_a_new_one_takes_the_place_of_the_old() -> None:
    entry = Entry()
    assert entry.open("") is None
    old, new = entry.new_link(), entry.new_link()
    assert entry.open(old) is None
    assert entry.open("x" * 100_000) is None
    assert entry.open(new) is not None


def test_of_many_who_use_a_link_at_once_one_comes_in() -> None:
    entry = Entry()
    link = entry.new_link()
    with ThreadPoolExecutor(16) as threads:
        opened = list(threads.map(lambda _: entry.open(link), range(64)))
    assert sum(one is not None for one in opened) == 1


def test_nothing_that_is_held_is_a_secret() -> None:
    entry = Entry()
    link = entry.new_link()
    assert link not in repr(vars(entry))
    session = entry.open(link)
    assert session is not None
    assert session not in repr(vars(entry))
