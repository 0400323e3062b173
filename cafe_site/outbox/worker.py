"""Worker thread that runs queued work one item at a time, and ends when the queue is empty."""

import logging
import threading
from collections import deque
from collections.abc import Callable
from typing import Any

from django.db import connections

logger = logging.getLogger(__name__)


class Worker:
    """Work beside the requests of a process; one thread at the most, and none before it is needed.

    The thread is no daemon: a process that ends waits for what was begun. What was not begun by
    then is dropped; somebody else has to take it up.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._waiting: deque[tuple[Callable[..., Any], tuple[Any, ...]]] = deque()
        self._is_at_work = False
        self._thread: threading.Thread | None = None

    def submit(self, work: Callable[..., Any], *arguments: Any) -> None:
        """Leave work to the thread, and go on."""
        with self._lock:
            self._waiting.append((work, arguments))
            if not self._is_at_work:
                self._thread = threading.Thread(target=self._do_what_waits, name="background")
                self._thread.start()
                self._is_at_work = True

    def wait(self, seconds: float) -> None:
        """Return when the thread has nothing left to do, or when the time is over."""
        if self._thread is not None:
            self._thread.join(seconds)

    def _do_what_waits(self) -> None:
        try:
            while task := self._next():
                work, arguments = task
                try:
                    work(*arguments)
                except Exception:
                    # The edge of this thread: nobody else would hear of it.
                    logger.exception("background_failed work=%s", work.__qualname__)
        finally:
            # No request ends here that would do so.
            connections.close_all()

    def _next(self) -> tuple[Callable[..., Any], tuple[Any, ...]] | None:
        with self._lock:
            # The main thread is over when the process waits for this one.
            if self._waiting and threading.main_thread().is_alive():
                return self._waiting.popleft()
            self._waiting.clear()
            self._is_at_work = False
            return None
