"""A stand-in for SNS that accepts, refuses, or accepts without sending a response."""

import itertools
import socket
import struct
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs

from tests.serving import serving

ACCEPTED = """<PublishResponse xmlns="http://sns.amazonaws.com/doc/2010-03-31/">
<PublishResult><MessageId>{number}</MessageId></PublishResult></PublishResponse>"""
LISTED = """<ListSubscriptionsByTopicResponse
xmlns="http://sns.amazonaws.com/doc/2010-03-31/"><ListSubscriptionsByTopicResult>
<Subscriptions/></ListSubscriptionsByTopicResult></ListSubscriptionsByTopicResponse>"""
REFUSED = """<ErrorResponse xmlns="http://sns.amazonaws.com/doc/2010-03-31/">
<Error><Type>Sender</Type><Code>{code}</Code><Message>no</Message></Error></ErrorResponse>"""


@dataclass
class SnsStandIn:
    """The accepted messages, and the behaviour: `mode` is one of

    accept; hang, reset, lose (accepted, and then no answer, a reset, or 500); 500, 429, 400.
    """

    address: str = ""
    mode: str = "accept"
    accepted: list[dict[str, str]] = field(default_factory=list)
    asked: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)
    stopped: threading.Event = field(default_factory=threading.Event)

    @property
    def subjects(self) -> list[str]:
        return [message["Subject"] for message in self.accepted]

    def delivery_ids(self) -> list[int]:
        """Return which delivery each accepted message belongs to."""
        found = []
        for message in self.accepted:
            for place in itertools.count(1):
                prefix = f"MessageAttributes.entry.{place}"
                if message[f"{prefix}.Name"] == "delivery_id":
                    found.append(int(message[f"{prefix}.Value.StringValue"]))
                    break
        return found


class SnsServer(ThreadingHTTPServer):
    sns: SnsStandIn
    daemon_threads = True
    request_queue_size = 128


class Handler(BaseHTTPRequestHandler):
    server: SnsServer

    def do_POST(self) -> None:
        sns = self.server.sns
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        sent = {name: values[0] for name, values in parse_qs(body).items()}
        if sent["Action"] != "Publish":
            # Who is subscribed; nobody here, and no part of what is counted.
            self.send(200, LISTED)
            return
        with sns.lock:
            sns.asked += 1
            if sns.mode in ("accept", "hang", "reset", "lose"):
                sns.accepted.append(sent)
        if sns.mode == "accept":
            self.send(200, ACCEPTED.format(number=len(sns.accepted)))
        elif sns.mode == "hang":
            sns.stopped.wait(30)
        elif sns.mode == "reset":
            # Closing with unread time left on the linger makes the kernel send a reset.
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            self.connection.close()
        else:
            status = 500 if sns.mode == "lose" else int(sns.mode)
            code = {429: "Throttled", 400: "InvalidParameter"}.get(status, "InternalError")
            self.send(status, REFUSED.format(code=code))

    def send(self, status: int, body: str) -> None:
        self.send_response(status)
        self.send_header("Content-Type", "text/xml")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body.encode())

    def finish(self) -> None:
        if not self.wfile.closed and self.connection.fileno() != -1:
            super().finish()

    def log_message(self, *args: object) -> None:
        """Say nothing: the tests look at what was kept."""


@contextmanager
def running_sns() -> Iterator[SnsStandIn]:
    """Run a stand-in on a free port of this machine."""
    sns = SnsStandIn()
    server = SnsServer(("127.0.0.1", 0), Handler)
    server.sns = sns
    sns.address = f"http://127.0.0.1:{server.server_port}"
    with serving(server, let_go=sns.stopped.set):
        yield sns
