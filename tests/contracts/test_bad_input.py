"""Bad input: each gives a clear message or a listed rejection; nothing is lost or half-written, and the previous build still answers."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from momot.build import Build, build, open_build
from momot.errors import (
    DataError,
    EngineError,
    MissingColumn,
    MissingSource,
    MomotError,
    NotATime,
    NothingLeft,
    ProjectError,
    UnreadableSource,
    WrongGrain,
)
from momot.project import load

HEAD = 'name = "Shop"\ntimezone = "Europe/Prague"\n'
EVENTS = """
[[interactions]]
from = "events.csv"
activity = "called"
touchpoint = "support.call"
person = "person"
at = "at"
quality = {sql = "quality"}
value = "price"
"""
OPINIONS = """
[[opinions]]
from = "events.csv"
person = "person"
at = "at"
instrument = "stars"
value = "price"
"""
SUBJECTS = """
[[subjects]]
from = "events.csv"
subject = "person"
start = "at"
"""
SNAPSHOT = """
[[snapshots]]
from = "events.csv"
outcomes = {spend = "price"}
touchpoints = {"support.call" = "quality"}
"""
COLUMNS = "person,at,quality,price"
ROW = "p{0},2024-03-{1:02d} 10:00:00,good,{0}.5"


def events(rows: int = 200, changes: dict[int, str] | None = None, *, head: str = COLUMNS) -> str:
    """A readable file of `rows` rows; `changes` replaces single lines (the header is line 1)."""
    lines = [head, *(ROW.format(number, 1 + number % 28) for number in range(rows))]
    for line, text in (changes or {}).items():
        lines[line - 1] = text
    return "\n".join(lines) + "\n"


def project_at(folder: Path, text: str, files: dict[str, str | bytes]) -> Path:
    folder.mkdir(exist_ok=True)
    (folder / "momot.toml").write_text(HEAD + text, encoding="utf-8")
    for name, content in files.items():
        (folder / name).write_bytes(content if isinstance(content, bytes) else content.encode())
    return folder


def run(folder: Path) -> Build:
    return build(load(folder), folder=folder)


def rejected(made: Build) -> list[tuple[Any, ...]]:
    with made.connect() as connection:
        return connection.execute('SELECT line, code, "column" FROM rejected ORDER BY line, code').fetchall()


def count(made: Build, table: str) -> int:
    with made.connect() as connection:
        return connection.execute(f'SELECT count(*) FROM "{table}"').fetchall()[0][0]


def temporary(folder: Path) -> list[str]:
    """Files under .momot that no manifest and no staged source explains."""
    home = folder / ".momot"
    current = open_build(folder).folder.name if (home / "manifest.json").exists() else ""
    return sorted(
        str(path.relative_to(home))
        for path in home.rglob("*")
        if path.is_file() and path.name != "manifest.json" and path.relative_to(home).parts[0] not in {"sources", current}
    )


@dataclass(frozen=True)
class Refused:
    """Input that stops the build: the error, and what its message has to say."""

    name: str
    error: type[MomotError]
    says: tuple[str, ...]
    files: dict[str, str | bytes] = field(default_factory=lambda: {"events.csv": events()})
    project: str = EVENTS

    def __str__(self) -> str:
        return self.name


REFUSED = [
    Refused(
        "missing file",
        MissingSource,
        ("'event.csv'", "Did you mean 'events.csv'?", "[[interactions]] 1"),
        project=EVENTS.replace("events", "event"),
    ),
    Refused("pattern without a match", MissingSource, ("2024-*.csv", "events.csv"), project=EVENTS.replace("events.csv", "2024-*.csv")),
    Refused(
        "missing table in a query",
        MissingSource,
        ("'evnts'", "[tables] calls"),
        project='[tables]\ncalls = "SELECT * FROM evnts"\n' + EVENTS.replace("events.csv", "calls"),
    ),
    Refused(
        "misspelt column",
        MissingColumn,
        ("momot.toml, [[interactions]] 1: events.csv has no column 'persn'. Did you mean 'person'? It has: person, at",),
        project=EVENTS.replace('person = "person"', 'person = "persn"'),
    ),
    Refused(
        "no such function",
        ProjectError,
        ("[[interactions]] 1", "lowr", "lower"),
        project=EVENTS.replace('sql = "quality"', 'sql = "lowr(quality)"'),
    ),
    Refused("broken SQL", ProjectError, ("[[interactions]] 1", "at = "), project=EVENTS.replace('at = "at"', 'at = "at + ("')),
    Refused(
        "cast that fails",
        DataError,
        ("[[interactions]] 1", "quality", "TRY_CAST"),
        project=EVENTS.replace('sql = "quality"', 'sql = "cast(person AS INTEGER)"'),
    ),
    Refused("empty file", NothingLeft, ("events.csv is empty",), {"events.csv": ""}),
    Refused("blank file", NothingLeft, ("events.csv is empty",), {"events.csv": "\n\n  \n"}),
    Refused("header only", NothingLeft, ("events.csv has a header but no rows",), {"events.csv": COLUMNS + "\n"}),
    Refused("everything filtered", NothingLeft, ("[[interactions]]", "filtered by where"), project=EVENTS + 'where = "price < 0"\n'),
    Refused(
        "mixed time formats",
        NotATime,
        ("'at'", "day.month.year 50%", "year-month-day 50%", "time_format"),
        {"events.csv": "\n".join([COLUMNS, *(f"p{n},{'2024-03-05' if n % 2 else '5.3.2024'},good,1" for n in range(100))])},
    ),
    Refused(
        "day or month",
        NotATime,
        ("'at'", "day/month/year", "month/day/year", "time_format"),
        {"events.csv": "\n".join([COLUMNS, *(f"p{n},{1 + n % 9}/{1 + n % 11}/2024,good,1" for n in range(100))])},
    ),
    Refused(
        "text as a time",
        NotATime,
        ("column 'quality'", "none of its cells looks like a time"),
        project=EVENTS.replace('at = "at"', 'at = "quality"'),
    ),
    Refused(
        "number as a time",
        NotATime,
        ("whole number", "make_timestamp"),
        project=EVENTS.replace('at = "at"', 'at = "cast(price AS INTEGER)"'),
    ),
    Refused(
        "text as a value",
        DataError,
        ("[[opinions]] 1", "value", "text, not a number"),
        project=OPINIONS.replace('value = "price"', 'value = "quality"'),
    ),
    Refused(
        "duplicate subjects",
        WrongGrain,
        ("[[subjects]] 1", "'p7'", "lines 9, 101"),
        {"events.csv": events(changes={101: "p7,2024-05-05 10:00:00,bad,3"})},
        SUBJECTS,
    ),
    Refused(
        "wrong file for the columns", UnreadableSource, ("events.csv", "columns of the header"), {"events.csv": "a,b,c\n" + "1\n2,3\n" * 50}
    ),
    Refused(
        "unknown encoding",
        UnreadableSource,
        ("'cp99999'",),
        project='[tables]\nevents = {file = "events.csv", encoding = "cp99999"}\n' + EVENTS.replace("events.csv", "events"),
    ),
    Refused(
        "broken gzip",
        UnreadableSource,
        ("events.csv.gz", "gzip"),
        {"events.csv.gz": b"\x1f\x8b\x08\x00broken"},
        EVENTS.replace("events.csv", "events.csv.gz"),
    ),
    Refused(
        "broken parquet",
        UnreadableSource,
        ("events.parquet",),
        {"events.parquet": b"PAR1 this is none"},
        EVENTS.replace("events.csv", "events.parquet"),
    ),
    Refused(
        "no sheet file",
        UnreadableSource,
        ("events.xlsx", "Excel"),
        {"events.xlsx": b"no workbook"},
        EVENTS.replace("events.csv", "events.xlsx"),
    ),
    Refused("unknown zone", ProjectError, ("Europe/Pragu",), project=EVENTS.replace("[[inter", 'timezone = "Europe/Pragu"\n[[inter')),
    Refused(
        "typo in the project file",
        ProjectError,
        ("[[interactions]]", "touchpont", "touchpoint"),
        project=EVENTS.replace("touchpoint =", "touchpont ="),
    ),
]


@pytest.mark.parametrize("case", REFUSED, ids=str)
def test_input_that_cannot_be_used_is_refused_with_the_way_out(case: Refused, tmp_path: Path) -> None:
    """The message names block or file, what was found and the fix; the build made before still answers; nothing is left behind."""
    good = project_at(tmp_path / "shop", EVENTS, {"events.csv": events()})
    before = run(good).manifest.build
    (good / "events.csv").unlink()
    text = case.project if case.name != "unknown zone" else case.project.replace(HEAD, "")
    folder = project_at(good, text, case.files)
    if case.name == "unknown zone":
        (folder / "momot.toml").write_text('name = "Shop"\n' + case.project)
    with pytest.raises(case.error) as raised:
        run(folder)
    for part in case.says:
        assert part in str(raised.value)
    assert open_build(folder).manifest.build == before
    assert count(open_build(folder), "interactions") == 200
    assert temporary(folder) == []


@dataclass(frozen=True)
class Listed:
    """Input that is built: rows kept, and each rejected row by line, code and column."""

    name: str
    content: str | bytes
    kept: int
    rejected: tuple[tuple[int, str, str | None], ...] = ()
    project: str = EVENTS

    def __str__(self) -> str:
        return self.name


_BEFORE = events(100)
LISTED = [
    Listed(
        "cp1250",
        events(changes={5: "příliš žluťoučký kůň,2024-03-01,dobře,1", 6: "ěščřžýáíé,2024-03-01,good,1"}).encode("cp1250"),
        199,
        ((5, "unknown_quality", "quality"),),
    ),
    Listed("latin-1", events(changes={5: "garçon à été où,2024-03-01,good,1"}).encode("latin-1"), 200),
    Listed("UTF-16", events(changes={5: "žluťoučký,2024-03-01,good,1"}).encode("utf-16"), 200),
    Listed("UTF-16 without a mark", events().encode("utf-16-le"), 200),
    Listed("UTF-8 with a mark", events().encode("utf-8-sig"), 200),
    Listed(
        "a byte that is not UTF-8",
        events(changes=dict.fromkeys(range(5, 10), "žluť,2024-03-01,good,1")).encode() + b"p\xff,2024-03-01,good,1\n",
        200,
        ((202, "unreadable_row", None),),
    ),
    Listed("semicolons and decimal comma", events().replace(".5", "#5").replace(",", ";").replace("#", ","), 200),
    Listed(
        "ragged rows",
        events(changes={10: "p8,2024-03-01", 20: "p18,2024-03-01,good,1,extra"}),
        198,
        ((10, "ragged_row", None), (20, "ragged_row", None)),
    ),
    Listed("a quote never closed", _BEFORE + 'p1,"2024-03-01,good,1\n', 100, ((102, "unreadable_row", None),)),
    Listed(
        "quotes never closed in the middle",
        events(changes={20: 'p18,"2024-03-01,good,1', 90: 'p1,2024-03-01,"good,1', 91: '"p, 2",2024-03-01,good,1'}),
        198,
        ((20, "unreadable_row", None), (90, "unreadable_row", None)),
    ),
    Listed("NUL", events(changes={30: "p\0x,2024-03-01,good,1"}), 199, ((30, "unreadable_row", None),)),
    Listed(
        "line breaks in cells, empty lines", _BEFORE + '"p\n\nx",2024-03-01,good,1\n\np1,soon,good,1\n', 101, ((106, "not_a_time", "at"),)
    ),
    Listed(
        "NaN and infinity",
        events(changes={3: "p1,2024-03-01,good,NaN", 4: "p2,2024-03-01,good,inf", 5: "p3,2024-03-01,good,-Infinity"}),
        197,
        tuple((line, "not_a_number", "price") for line in (3, 4, 5)),
    ),
    Listed(
        "years 0001 and 9999",
        events(changes={3: "p1,0001-01-01,good,1", 4: "p2,9999-12-31 23:59:59,good,1"}),
        198,
        ((3, "impossible_date", "at"), (4, "impossible_date", "at")),
    ),
    Listed("no time", events(changes={3: "p1,,good,1"}), 199, ((3, "no_time", "at"),)),
    Listed("nobody: kept, counted as anonymous", events(changes={3: ",2024-03-01,good,1"}), 200),
    Listed("nobody's opinion", events(changes={3: ",2024-03-01,good,1"}), 199, ((3, "no_person", "person"),), OPINIONS),
    Listed("duplicate rows are kept and flagged", _BEFORE + _BEFORE.split("\n", 1)[1], 200),
    Listed("duplicate ids are left out", _BEFORE + _BEFORE.split("\n", 1)[1], 100, (), EVENTS + 'id = "person"\n'),
    Listed("a touchpoint nobody met", events(), 200, (), EVENTS + EVENTS.replace("support.call", "support.chat") + 'where = "price < 0"\n'),
    Listed("one person", f"{COLUMNS}\np1,2024-03-01,good,1\n", 1),
    Listed("constant outcome", events().replace("good", "bad"), 200, (), SNAPSHOT.replace('"price"', '"1"')),
]


@pytest.mark.parametrize("case", LISTED, ids=str)
def test_every_row_is_kept_or_listed_with_line_and_code(case: Listed, tmp_path: Path) -> None:
    made = run(project_at(tmp_path / "shop", case.project, {"events.csv": case.content}))
    assert rejected(made) == list(case.rejected)
    block = made.manifest.blocks[0]
    assert block.kept == case.kept
    assert block.rejections == dict(Counter(code for _, code, _ in case.rejected))
    for entry in made.manifest.blocks:
        assert entry.read == entry.kept + entry.filtered + entry.duplicate + entry.rejected
        assert entry.kept == entry.identified + entry.anonymous
    assert temporary(made.folder.parent.parent) == []


def test_a_thousand_rows_with_seven_faults(tmp_path: Path) -> None:
    """993 kept, 7 rejected, each with its line and code."""
    faults = {
        3: ("p1,yesterday,good,1", "not_a_time", "at"),
        50: ("p2,2024-02-30 10:00:00,good,1", "impossible_date", "at"),
        200: ("p3,2024-03-01 10:00:00,good,cheap", "not_a_number", "price"),
        201: ("p4,2024-03-01", "ragged_row", None),
        500: ("p5,,good,1", "no_time", "at"),
        750: ("p6,2024-03-01 10:00:00,splendid,1", "unknown_quality", "quality"),
        1001: ("p7,2024-03-01 10:00:00,good,1,2,3", "ragged_row", None),
    }
    content = events(1000, {line: text for line, (text, *_) in faults.items()})
    made = run(project_at(tmp_path / "shop", EVENTS, {"events.csv": content}))
    (block,) = made.manifest.blocks
    assert (block.read, block.kept, block.rejected) == (1000, 993, 7)
    assert rejected(made) == [(line, code, column) for line, (_, code, column) in faults.items()]
    assert count(made, "interactions") == 993


def test_a_line_of_100_mb_is_one_rejected_row_and_takes_no_memory(tmp_path: Path) -> None:
    folder = project_at(tmp_path / "shop", EVENTS, {})
    with (folder / "events.csv").open("w") as out:
        out.write(events(100))
        out.write("p1,")
        for _ in range(100):
            out.write("x" * 1_000_000)
        out.write(",good,1\np2,2024-03-01,good,1\n")
    script = (
        "import re; from pathlib import Path; from momot.build import build; from momot.project import load; "
        f"folder = Path({str(folder)!r}); build(load(folder), folder=folder); "
        r"print(re.search(r'VmHWM:\s*(\d+)', Path('/proc/self/status').read_text())[1])"  # ru_maxrss would be that of pytest, if larger
    )
    kilobytes = int(subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True).stdout)
    made = open_build(folder)
    assert rejected(made) == [(102, "line_too_long", None)]
    assert count(made, "interactions") == 101
    assert kilobytes < 400_000


def test_a_read_only_folder_is_named(tmp_path: Path) -> None:
    """Root may write everywhere, so the build then runs as nobody, from within the folder: it need not reach it by name."""
    folder = project_at(tmp_path / "shop", EVENTS, {"events.csv": events()})
    folder.chmod(0o555)
    script = (
        "import encodings.utf_8_sig, os, sys; from pathlib import Path; from momot.build import build; from momot.project import load\n"
        "os.chdir(sys.argv[1])\n"
        "os.geteuid() or os.setuid(65534)\n"
        "try: build(load(Path('.')), folder=Path('.'))\n"
        "except Exception as error: print(type(error).__name__, error)"
    )
    try:
        output = subprocess.run([sys.executable, "-c", script, str(folder)], capture_output=True, text=True, check=True).stdout
    finally:
        folder.chmod(0o755)
    assert output.startswith("EngineError")
    assert "can't be written (permission denied). Give write permission" in output
    assert sorted(os.listdir(folder)) == ["events.csv", "momot.toml"]  # noqa: PTH208


def test_two_builds_at_once_are_told_apart(tmp_path: Path) -> None:
    from momot.build.folder import locked

    folder = project_at(tmp_path / "shop", EVENTS, {"events.csv": events()})
    with locked(folder), pytest.raises(EngineError, match="Another build"):
        run(folder)
    assert count(run(folder), "interactions") == 200


_CHILD = """
import resource, signal, sys, time
from pathlib import Path
from momot.build import build
from momot.errors import EngineError
from momot.project import load
folder, limit = Path(sys.argv[1]), int(sys.argv[2])
if limit:
    resource.setrlimit(resource.RLIMIT_FSIZE, (limit, resource.RLIM_INFINITY))
while True:
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if not sys.stdin.readline():
        break
    start = time.monotonic()
    try:
        signal.signal(signal.SIGINT, signal.default_int_handler)
        print("started", flush=True)
        build(load(folder), folder=folder)
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        print("built", time.monotonic() - start, flush=True)
    except KeyboardInterrupt:
        print("interrupted", flush=True)
    except EngineError as error:
        print("failed", error, flush=True)
"""


class Child:
    """A process that builds the project in `folder` each time it is told to."""

    def __init__(self, folder: Path, *, limit: int = 0) -> None:
        command = [sys.executable, "-c", _CHILD, str(folder), str(limit)]
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def start(self) -> None:
        assert self.process.stdin is not None
        self.process.stdin.write("go\n")
        self.process.stdin.flush()
        assert self.line() == "started"

    def line(self) -> str:
        assert self.process.stdout is not None
        return self.process.stdout.readline().strip()

    def __enter__(self) -> Child:
        return self

    def __exit__(self, *_: object) -> None:
        self.process.kill()
        self.process.communicate()


@pytest.fixture
def busy(tmp_path: Path) -> tuple[Path, str, float]:
    """A project with a build, and a larger source waiting to be built: folder, the old build's id, seconds that the new one takes."""
    text = EVENTS + SNAPSHOT + OPINIONS
    folder = project_at(tmp_path / "shop", text, {"events.csv": events()})
    before = run(folder).manifest.build
    project_at(folder, text, {"events.csv": events(LARGE)})
    with Child(project_at(tmp_path / "probe", text, {"events.csv": events(LARGE)})) as probe:
        probe.start()
        return folder, before, float(probe.line().split()[1])


LARGE = 30_000


def test_ctrl_c_at_random_times_leaves_the_previous_build(busy: tuple[Path, str, float]) -> None:
    """Twenty interrupts, spread over the build; each leaves the old build or, where it came late, the new one, and no temporary file."""
    folder, before, seconds = busy
    new = (folder / "events.csv").read_bytes()
    rng = random.Random(7)
    ends = Counter[str]()
    with Child(folder) as child:
        for turn in range(20):
            child.start()
            time.sleep(seconds * (turn + rng.random()) / 20)
            child.process.send_signal(signal.SIGINT)
            line = child.line()
            end = line.split()[0]
            ends[end] += 1
            now = open_build(folder)
            assert end == "interrupted" or now.manifest.build != before, line
            assert count(now, "interactions") == (200 if now.manifest.build == before else LARGE)
            assert temporary(folder) == []
            if now.manifest.build != before:  # start over: the old source, the old build
                (folder / "events.csv").write_text(events())
                run(folder)
                (folder / "events.csv").write_bytes(new)
    assert ends["interrupted"] >= 10
    assert set(ends) <= {"interrupted", "built"}


def test_a_full_disk_leaves_the_previous_build(busy: tuple[Path, str, float]) -> None:
    """RLIMIT_FSIZE stops writing at some point of the build; the message says what to do."""
    folder, before, _ = busy
    for limit in (5_000, 100_000, 500_000):
        with Child(folder, limit=limit) as child:
            child.start()
            output = child.line()
        assert output.startswith("failed"), output
        assert "(the limit for file sizes is reached). The previous build still answers; free some space" in output
        assert open_build(folder).manifest.build == before
        assert count(open_build(folder), "interactions") == 200
        assert temporary(folder) == []


def test_what_a_killed_build_left_is_removed_by_the_next(busy: tuple[Path, str, float]) -> None:
    folder, _, seconds = busy
    with Child(folder) as child:
        child.start()
        time.sleep(seconds / 2)
    made = run(folder)
    assert count(made, "interactions") == LARGE
    assert temporary(folder) == []


def test_messages_do_not_leak_machine_words(tmp_path: Path) -> None:
    """A message is written for the person who wrote the file: no traceback, no candidate lists, no kind of DuckDB error."""
    folder = project_at(tmp_path / "shop", EVENTS.replace('at = "at"', 'at = "at || 1"'), {"events.csv": events()})
    with pytest.raises(MomotError) as raised:
        run(folder)
    assert not {"Binder Error", "Candidate", "LINE 1", "duckdb"} & set(json.dumps(str(raised.value)).split())
