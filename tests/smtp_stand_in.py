"""A mail server that accepts, refuses, or accepts without sending a response."""

import socketserver
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import Message

from tests.serving import serving


@dataclass
class SmtpStandIn:
    """The accepted messages, and the behaviour: `answers` replaces the response to a command.

    `RCPT olga@example.com` is the answer for one recipient.

    An empty answer closes the connection instead. What was sent before counts as taken.
    """

    port: int = 0
    answers: dict[str, str] = field(default_factory=dict)
    taken: list[tuple[list[str], Message]] = field(default_factory=list)
    connections: int = 0


class Server(socketserver.ThreadingTCPServer):
    smtp: SmtpStandIn
    daemon_threads = True


class Handler(socketserver.StreamRequestHandler):
    server: Server

    def handle(self) -> None:
        smtp = self.server.smtp
        smtp.connections += 1
        recipients: list[str] = []
        if not self.answer("CONNECT", "220 ready"):
            return
        while line := self.rfile.readline():
            command = line.decode().split(None, 1)[0].strip().upper()
            if command == "DATA":
                if not self.answer("DATA", "354 go on"):
                    return
                if "DATA" not in smtp.answers:
                    smtp.taken.append((recipients, message_from_bytes(self.read_data())))
                    if not self.answer("END", "250 taken"):
                        return
                continue
            if command == "RCPT":
                address = line.decode().split("<")[1].split(">")[0]
                if own := smtp.answers.get(f"RCPT {address}"):
                    self.wfile.write(f"{own}\r\n".encode())
                    continue
                recipients.append(address)
            if not self.answer(command, "221 bye" if command == "QUIT" else "250 ok"):
                return

    def read_data(self) -> bytes:
        lines = []
        while (line := self.rfile.readline()) != b".\r\n":
            lines.append(line)
        return b"".join(lines)

    def answer(self, command: str, usual: str) -> bool:
        text = self.server.smtp.answers.get(command, usual)
        if text:
            self.wfile.write(f"{text}\r\n".encode())
        return bool(text)


@contextmanager
def running_smtp() -> Iterator[SmtpStandIn]:
    """Run a stand-in on a free port of this machine."""
    smtp = SmtpStandIn()
    server = Server(("127.0.0.1", 0), Handler)
    server.smtp = smtp
    smtp.port = server.server_address[1]
    with serving(server):
        yield smtp
