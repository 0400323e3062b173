"""Serving a stand-in beside a test, and stopping it with the test."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from socketserver import BaseServer


def _nothing() -> None:
    """Nobody waits for this stand-in."""


@contextmanager
def serving(server: BaseServer, *, let_go: Callable[[], None] = _nothing) -> Iterator[None]:
    """Answer in a thread of its own; `let_go` frees whoever waits for an answer at the end."""
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield
    finally:
        let_go()
        server.shutdown()
        thread.join()
        server.server_close()
