"""Debian's chromium, headless, one process a page: what it asked for, complained about, printed, and what a script measured in it."""

from __future__ import annotations

import html
import json
import re
import shutil
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

CHROMIUM = shutil.which("chromium")
REASON = "chromium is not installed (on Debian: apt-get install chromium)"
FLAGS = (
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update", "--disable-sync",
    "--no-first-run", "--hide-scrollbars", "--host-resolver-rules=MAP * ~NOTFOUND", "--enable-logging=stderr", "--v=0",
    "--allow-file-access-from-files",
)  # fmt: skip
SECONDS = 90


@dataclass(frozen=True)
class Visit:
    """What one run left: the page as it was at the end, what was logged on its console, every address that the page asked for."""

    dom: str
    console: tuple[str, ...]
    requests: tuple[str, ...]


def visit(page: Path, *flags: str) -> Visit:
    """Open a file, let its scripts finish, return what happened."""
    with tempfile.TemporaryDirectory() as profile:
        log = Path(profile) / "net.json"
        command = [str(CHROMIUM), *FLAGS, f"--user-data-dir={profile}/data", f"--log-net-log={log}", "--virtual-time-budget=4000", *flags]
        done = subprocess.run([*command, "--dump-dom", page.as_uri()], capture_output=True, timeout=SECONDS, check=False)
        text = log.read_text(encoding="utf-8", errors="replace")
    console = tuple(line for line in done.stderr.decode(errors="replace").splitlines() if "CONSOLE" in line)
    return Visit(dom=done.stdout.decode(), console=console, requests=_requests(text))


def _requests(log: str) -> tuple[str, ...]:
    """Addresses that the page asked for: the browser's own requests, for updates and the time, have no origin."""
    events = json.loads(log)
    start = events["constants"]["logEventTypes"]["URL_REQUEST_START_JOB"]
    asked = (event.get("params", {}) for event in events["events"] if event["type"] == start)
    return tuple(dict.fromkeys(one["url"] for one in asked if one.get("initiator") != "not an origin" and "url" in one))


def measure(page: Path, script: str, *, width: int = 1440, height: int = 900) -> Any:
    """The value of `script` in a page of this size, without its policy: `script` is the body of an async function that returns JSON."""
    markup = re.sub(r'<meta http-equiv="Content-Security-Policy"[^>]*>', "", page.read_text(encoding="utf-8"))
    sender = f"(async () => {{ {script} }})().then(found => parent.postMessage(JSON.stringify(found), '*'))"
    copy = page.with_name(f"measured-{page.name}")
    copy.write_text(markup.replace("</body>", f"<script>{sender}</script></body>"), encoding="utf-8")
    frame = page.with_name(f"frame-{page.name}")
    listen = "addEventListener('message', event => { document.querySelector('pre').textContent = event.data; })"
    body = f"<pre></pre><script>{listen}</script><iframe src='{copy.name}' width='{width}' height='{height}'></iframe>"
    frame.write_text(f"<!DOCTYPE html><meta charset='utf-8'>{body}", encoding="utf-8")
    found = re.search(r"<pre>(.+?)</pre>", visit(frame).dom, re.DOTALL)
    assert found, "the page did not answer"
    return json.loads(html.unescape(found.group(1)))


def pdf(page: Path, target: Path) -> Path:
    """The page as it prints."""
    with tempfile.TemporaryDirectory() as profile:
        command = [str(CHROMIUM), *FLAGS, f"--user-data-dir={profile}", "--no-pdf-header-footer", f"--print-to-pdf={target}", page.as_uri()]
        subprocess.run(command, capture_output=True, timeout=SECONDS, check=True)
    return target
