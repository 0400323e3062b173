"""Starts a stand-in server for a test and stops it with the test."""

import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import ThreadingHTTPServer
from socketserver import BaseServer
from typing import Any


class QuietServer(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing of a function that was stopped while it waited."""
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)


def _nothing() -> None:
    """Nobody waits for this stand-in."""


@contextmanager
def serving(server: BaseServer, *, let_go: Callable[[], None] = _nothing) -> Iterator[None]:
    """Answer in a separate thread; `let_go` releases waiting clients at the end."""
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield
    finally:
        let_go()
        server.shutdown()
        thread.join()
        server.server_close()
