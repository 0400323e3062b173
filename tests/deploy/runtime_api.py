"""A small Runtime API for awslambdaric: it hands out events and takes responses and errors.

https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html
"""

import json
import queue
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler
from typing import Any

from tests.serving import QuietServer, serving

FUNCTION_ARN = "arn:aws:lambda:eu-central-1:123456789012:function:cafe"


@dataclass(frozen=True, slots=True)
class Outcome:
    """The result of an event: the function's response, or the error that it raised."""

    answer: Any = None
    error: dict[str, Any] | None = None


@dataclass
class RuntimeApi:
    address: str = ""
    waiting: "queue.Queue[tuple[str, dict[str, Any]] | None]" = field(default_factory=queue.Queue)
    outcomes: "queue.Queue[Outcome]" = field(default_factory=queue.Queue)
    # Set once the function has started, or could not.
    started: threading.Event = field(default_factory=threading.Event)
    init_error: dict[str, Any] | None = None
    count: int = 0

    def invoke(self, event: dict[str, Any], timeout: float = 60) -> Outcome:
        """Hand an event to the function and wait for what it makes of it."""
        self.count += 1
        self.waiting.put((f"request-{self.count}", event))
        return self.outcomes.get(timeout=timeout)


class Server(QuietServer):
    api: RuntimeApi


class Handler(BaseHTTPRequestHandler):
    server: Server
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        """Give the next event; the function has started when it asks for the first one."""
        self.server.api.started.set()
        found = self.server.api.waiting.get()
        if found is None:
            # The function has been stopped: there is nobody to answer.
            self.close_connection = True
            return
        request_id, event = found
        headers = {
            "Lambda-Runtime-Aws-Request-Id": request_id,
            "Lambda-Runtime-Deadline-Ms": "99999999999999",
            "Lambda-Runtime-Invoked-Function-Arn": FUNCTION_ARN,
            "Content-Type": "application/json",
        }
        self._send(200, json.dumps(event).encode(), headers)

    def do_POST(self) -> None:
        api = self.server.api
        told = json.loads(self.rfile.read(int(self.headers["Content-Length"])) or b"null")
        if self.path.endswith("/init/error"):
            api.init_error = told
            api.started.set()
        elif self.path.endswith("/error"):
            api.outcomes.put(Outcome(error=told))
        else:
            api.outcomes.put(Outcome(answer=told))
        self._send(202, b'{"status": "OK"}')

    def _send(self, status: int, body: bytes, headers: dict[str, str] | None = None) -> None:
        self.send_response(status)
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args: object) -> None:
        """Say nothing: the tests look at what came in."""


@contextmanager
def running_api() -> Iterator[RuntimeApi]:
    api = RuntimeApi()
    server = Server(("127.0.0.1", 0), Handler)
    server.api = api
    api.address = f"127.0.0.1:{server.server_port}"
    with serving(server, let_go=lambda: api.waiting.put(None)):
        yield api
