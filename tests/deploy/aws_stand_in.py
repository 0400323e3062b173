"""A stand-in for the AWS services besides SNS: S3 objects, and asynchronous Lambda calls."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler
from typing import Any

from tests.serving import QuietServer, serving


@dataclass
class AwsStandIn:
    """`objects` are bucket/key with their content; `calls` are payloads by the function's name."""

    address: str = ""
    objects: dict[str, bytes] = field(default_factory=dict)
    calls: list[tuple[str, dict[str, Any]]] = field(default_factory=list)


class Server(QuietServer):
    aws: AwsStandIn


class Handler(BaseHTTPRequestHandler):
    server: Server

    def do_GET(self) -> None:
        content = self.server.aws.objects.get(self.path.split("?")[0].lstrip("/"))
        if content is None:
            self._send(404, b"<Error><Code>NoSuchKey</Code></Error>")
        else:
            self._send(200, content)

    def do_HEAD(self) -> None:
        self.do_GET()

    def do_POST(self) -> None:
        """Take an asynchronous call: POST /2015-03-31/functions/NAME/invocations."""
        body = self.rfile.read(int(self.headers["Content-Length"]))
        if self.headers.get("X-Amz-Invocation-Type") != "Event":
            self._send(400, b"{}")
            return
        self.server.aws.calls.append((self.path.split("/")[3], json.loads(body)))
        self._send(202, b"")

    def _send(self, status: int, body: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Last-Modified", "Sun, 22 Nov 2026 12:00:00 GMT")
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def log_message(self, *args: object) -> None:
        """Say nothing: the tests look at what was kept."""


@contextmanager
def running_aws() -> Iterator[AwsStandIn]:
    aws = AwsStandIn()
    server = Server(("127.0.0.1", 0), Handler)
    server.aws = aws
    aws.address = f"http://127.0.0.1:{server.server_port}"
    with serving(server):
        yield aws
