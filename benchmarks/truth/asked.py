"""momot asked in a process of its own, so that its time and memory are its own: findings, and what the verdicts are made of."""

from __future__ import annotations

import json
import multiprocessing
import pickle
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

FINDINGS, RAW = "findings.json", "raw.pickle"
STATUS = Path("/proc/self/status")
MEGA = 1024


@dataclass(frozen=True, slots=True)
class Cost:
    """What one method's answer on a whole world took. `peak_mb`: the most memory its process held, None where that is not known."""

    method: str
    seconds: float
    cpu_seconds: float
    peak_mb: float | None = None


def ask(folder: Path, *, by: tuple[str, ...] = ()) -> tuple[dict[str, Any], Cost]:
    """Build the world in `folder` and ask everything; leaves `findings.json` and `raw.pickle` there. Raises what momot raises."""
    context = multiprocessing.get_context("spawn")
    receiving, sending = context.Pipe(duplex=False)
    process = context.Process(target=_answer, args=(str(folder), by, sending))
    process.start()
    sending.close()
    try:
        told = receiving.recv()
    except EOFError:
        raise RuntimeError(f"{folder}: the process that asked momot ended without an answer") from None
    finally:
        process.join()
    if isinstance(told, BaseException):
        raise told
    return json.loads((folder / FINDINGS).read_text(encoding="utf-8")), told


def _answer(folder: str, by: tuple[str, ...], sending: Any) -> None:
    try:
        sending.send(_measured(Path(folder), by))
    except Exception as error:  # noqa: BLE001  it is raised again on the other side
        sending.send(error)


def _measured(folder: Path, by: tuple[str, ...]) -> Cost:
    import momot
    from benchmarks.truth.raw import kept

    begun, used = time.perf_counter(), time.process_time()
    project = momot.open(folder)
    momot.build(project)
    with kept() as raw:
        findings = momot.find_moments(project, **({"by": list(by)} if by else {}))
    cost = Cost("momot", time.perf_counter() - begun, time.process_time() - used, peak())
    (folder / FINDINGS).write_text(findings.to_json(), encoding="utf-8")
    if raw:
        (folder / RAW).write_bytes(pickle.dumps(raw[-1]))
    return cost


def peak() -> float | None:
    """The most memory that this process has held, in MB; None where the system does not say."""
    if not STATUS.is_file():
        return None
    lines = dict(line.split(":", 1) for line in STATUS.read_text(encoding="utf-8").splitlines())
    return int(lines["VmHWM"].split()[0]) / MEGA


def timed(method: str, answer: Callable[[], Any]) -> tuple[Any, Cost]:
    """An answer given in this process, with its time."""
    begun, used = time.perf_counter(), time.process_time()
    given = answer()
    return given, Cost(method, time.perf_counter() - begun, time.process_time() - used)
