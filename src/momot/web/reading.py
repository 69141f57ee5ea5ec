"""What takes seconds to tell: read in processes beside the app, so that pages stay quick, and kept in memory by the id of the build.

Nothing of it is written down: quotes of people are in no file that `momot erase` would have to look into.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
from collections.abc import Callable
from concurrent.futures import Executor, Future, ProcessPoolExecutor
from concurrent.futures import TimeoutError as TooLong
from concurrent.futures.process import BrokenProcessPool
from typing import TYPE_CHECKING, Any

from momot.errors import EngineError, MomotError
from momot.language import Message
from momot.web.kept import Kept

if TYPE_CHECKING:
    from multiprocessing.process import BaseProcess as ParentProcess

PROCESSES = 2
"""What reads at once: a long check must not hold up the reasons of a moment."""
PATIENCE = 2.5
"""Seconds that a page waits for an answer before it says that it is coming."""
MOST = 64


class Readings:
    """Answers by key. `executor` makes what runs them; it is made again where a process died."""

    def __init__(self, executor: Callable[[], Executor] | None = None, patience: float = PATIENCE) -> None:
        self.patience = patience
        self._make = executor or _process
        self._lock = threading.Lock()
        self._executor: Executor | None = None
        self._futures: dict[tuple[object, ...], Future[Any]] = {}
        self._kept = Kept(MOST)

    def of(self, key: tuple[object, ...], task: Callable[..., Any], *arguments: object, patience: float | None = None) -> Any:
        """The answer, or None while it is not there. Raises what the task raised, once; asking again tries again."""
        found = self._kept.get(key)
        if found is not None:
            return found
        future = self._begun(key, task, arguments)
        try:
            answer = future.result(self.patience if patience is None else patience)
        except TooLong:
            return None
        except MomotError:
            self._forget(key)
            raise
        except BrokenProcessPool:
            self._forget(key)
            self._renew()
            raise EngineError(Message("Reading was stopped from outside. Load this page again to try once more.")) from None
        except Exception:
            self._forget(key)
            raise
        self._kept.put(key, answer)
        self._forget(key)
        return answer

    def close(self) -> None:
        """Let the processes go."""
        with self._lock:
            executor, self._executor = self._executor, None
            self._futures.clear()
        if executor is None:
            return
        workers = dict(getattr(executor, "_processes", None) or {})  # what they read is nobody's any more
        for process in workers.values():
            process.terminate()
        executor.shutdown(wait=bool(workers), cancel_futures=True)

    def _begun(self, key: tuple[object, ...], task: Callable[..., Any], arguments: tuple[object, ...]) -> Future[Any]:
        with self._lock:
            if key not in self._futures:
                if self._executor is None:
                    self._executor = self._make()
                try:
                    self._futures[key] = self._executor.submit(task, *arguments)
                except BrokenProcessPool:
                    self._executor = self._make()
                    self._futures[key] = self._executor.submit(task, *arguments)
            return self._futures[key]

    def _forget(self, key: tuple[object, ...]) -> None:
        with self._lock:
            self._futures.pop(key, None)

    def _renew(self) -> None:
        with self._lock:
            self._executor = None


def _process() -> Executor:
    """Processes of their own, started when they are first needed."""
    return ProcessPoolExecutor(PROCESSES, mp_context=multiprocessing.get_context("spawn"), initializer=_beside)


def _beside() -> None:
    """A process that leaves interrupts to the app, and goes when the app is gone, however that ended."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    app = multiprocessing.parent_process()
    if app is not None:
        threading.Thread(target=_go_with, args=(app,), daemon=True).start()


def _go_with(app: ParentProcess) -> None:
    app.join()
    os._exit(1)
