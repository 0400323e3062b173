"""Worker thread that runs queued work one item at a time, and ends when the queue is empty."""

import logging
import threading
from collections import deque
from collections.abc import Callable
from typing import Any

from django.db import connections

logger = logging.getLogger(__name__)


class Worker:
    """A background thread of a process: at most one, started when needed.

    The thread is not a daemon: a process that ends waits for the current item. Queued items are
    dropped; the sweep has to do them.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._waiting: deque[tuple[Callable[..., Any], tuple[Any, ...]]] = deque()
        self._is_at_work = False
        self._thread: threading.Thread | None = None

    def submit(self, work: Callable[..., Any], *arguments: Any) -> None:
        """Queue work for the thread."""
        with self._lock:
            self._waiting.append((work, arguments))
            if not self._is_at_work:
                self._thread = threading.Thread(target=self._do_what_waits, name="background")
                self._thread.start()
                self._is_at_work = True

    def wait(self, seconds: float) -> None:
        """Wait until the queue is empty, or the time is up."""
        if self._thread is not None:
            self._thread.join(seconds)

    def _do_what_waits(self) -> None:
        try:
            while task := self._next():
                work, arguments = task
                try:
                    work(*arguments)
                except Exception:
                    # The thread's outermost handler: otherwise the error would be lost.
                    logger.exception("background_failed work=%s", work.__qualname__)
        finally:
            # Django closes connections only at the end of a request.
            connections.close_all()

    def _next(self) -> tuple[Callable[..., Any], tuple[Any, ...]] | None:
        with self._lock:
            # The main thread has ended if the process is waiting for this one.
            if self._waiting and threading.main_thread().is_alive():
                return self._waiting.popleft()
            self._waiting.clear()
            self._is_at_work = False
            return None
