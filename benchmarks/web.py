"""`make bench-web`: fifty readers of the map and of a moment at once, alone and beside a find, on a project of ten million interactions.

A reader asks for one page after the other over one connection. They read for a second between pages (`looking`), or ask back to back
(`pressing`), which is as if some thousands were looking. Times are from the first byte asked to the last byte had.
"""

from __future__ import annotations

import argparse
import http.client
import json
import os
import re
import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from urllib.parse import quote, urlencode, urlsplit

from benchmarks import journeys
from benchmarks.measure import momot

READERS = 50
PAGES = 20  # of each reader
INTERACTIONS, TOUCHPOINTS = 10_000_000, 40
PATIENCE = 900.0


@dataclass(frozen=True, slots=True)
class Figures:
    """What the readers waited, in milliseconds, and how many answers were no page."""

    pages: int
    median_ms: float
    p95_ms: float
    most_ms: float
    errors: int


class Reader:
    """One connection with the session of whoever used the link."""

    def __init__(self, origin: str, cookie: str = "") -> None:
        self.origin, self.cookie = origin, cookie
        self.connection = http.client.HTTPConnection(urlsplit(origin).netloc, timeout=PATIENCE)

    def ask(self, path: str, *, body: bytes | None = None, kind: str = "application/json") -> http.client.HTTPResponse:
        """One request, read to its end."""
        headers = {"Cookie": self.cookie, "Origin": self.origin, "Sec-Fetch-Site": "same-origin", "Content-Type": kind}
        self.connection.request("GET" if body is None else "POST", path, body, headers)
        answer = self.connection.getresponse()
        self.text = answer.read()
        return answer


@contextmanager
def served(folder: Path) -> Iterator[Reader]:
    """The app of a project, and a reader who is signed in."""
    command = [*momot("serve", str(folder), "--port", "0")]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env={**os.environ, "PYTHONUNBUFFERED": "1"})
    try:
        assert process.stdout is not None
        said = "".join(process.stdout.readline() for _ in range(2))
        found = re.search(r"(http://[^/]+)/enter\?link=(\S+)", said)
        assert found, said
        reader = Reader(found[1])
        answer = reader.ask("/enter", body=urlencode({"link": found[2]}).encode(), kind="application/x-www-form-urlencoded")
        reader.cookie = (answer.getheader("set-cookie") or "").partition(";")[0]
        yield reader
    finally:
        process.terminate()
        process.wait()


def read(first: Reader, pages: list[str], *, pause: float) -> Figures:
    """All readers at once, each through the pages in turn."""
    waited: list[float] = []
    errors: list[str] = []

    def one(number: int) -> None:
        reader = Reader(first.origin, first.cookie)
        for turn in range(PAGES):
            start = time.perf_counter()
            answer = reader.ask(pages[(number + turn) % len(pages)])
            waited.append(time.perf_counter() - start)
            if answer.status != 200:
                errors.append(f"{answer.status}")
            time.sleep(pause)

    threads = [threading.Thread(target=one, args=(number,)) for number in range(READERS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    waited.sort()
    return Figures(
        pages=len(waited),
        median_ms=round(1000 * statistics.median(waited), 1),
        p95_ms=round(1000 * waited[int(0.95 * len(waited))], 1),
        most_ms=round(1000 * waited[-1], 1),
        errors=len(errors),
    )


def whole(reader: Reader, path: str) -> float:
    """Seconds until a page is there with everything on it, asked for the first time."""
    start = time.perf_counter()
    while reader.ask(path).getheader("etag") is None:
        if time.perf_counter() - start > PATIENCE:
            raise RuntimeError(f"{path} is never whole")
        time.sleep(0.5)
    return round(time.perf_counter() - start, 1)


def measure(folder: Path) -> dict[str, object]:
    """Alone, and beside a find that the app itself started."""
    with served(folder) as reader:
        reader.ask("/api/v1/moments")
        name = json.loads(reader.text)["moments"][0]["finding"]["moment"]
        pages = ["/", f"/moment?name={quote(name)}"]
        found: dict[str, object] = {f"seconds until whole: {page}": whole(reader, page) for page in pages}
        found["looking"] = asdict(read(reader, pages, pause=1.0))
        found["pressing"] = asdict(read(reader, pages, pause=0.0))
        reader.ask("/api/v1/jobs", body=b'{"kind": "find"}')
        job = json.loads(reader.text)["id"]
        time.sleep(5)
        found["looking beside a find"] = asdict(read(reader, pages, pause=1.0))
        found["pressing beside a find"] = asdict(read(reader, pages, pause=0.0))
        reader.ask("/api/v1/jobs")
        found["the find was still under way"] = json.loads(reader.text)["jobs"][0]["status"] == "running"
        reader.ask(f"/api/v1/jobs/{job}/stop", body=b"{}")
    return found


def main() -> None:
    """Write and build the workload where it is not there, ask it once, and let them read."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.web", description=__doc__)
    parser.add_argument("--folder", type=Path, default=Path("build/bench/web"), help="where the workload is, or goes")
    parser.add_argument("--interactions", type=int, default=INTERACTIONS)
    options = parser.parse_args()
    if not (options.folder / "momot.toml").exists():
        journeys.write(options.folder, options.interactions, TOUCHPOINTS)
    if not list((options.folder / ".momot" / "runs").glob("*.json")):
        for command in ("build", "find"):
            subprocess.run([*momot(command, str(options.folder))], stdout=subprocess.DEVNULL, check=True)
    print(json.dumps({"interactions": options.interactions, "readers": READERS, **measure(options.folder)}, indent=1))
    sys.stdout.flush()


if __name__ == "__main__":
    main()
