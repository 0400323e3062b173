"""A small local stand-in for Stripe: sessions, refunds, signed messages and a payment page.

It answers as https://docs.stripe.com/api describes, with Stripe's own checks where the site could
go wrong: the key, a page open for 30 minutes at least, keys used again for something else, and no
more given back than was paid.
"""

import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit
from urllib.request import ProxyHandler, Request, build_opener

from tests.serving import serving

SECRET_KEY = "sk_test_stand_in"
WEBHOOK_SECRET = "whsec_stand_in"


class Refused(Exception):
    """A response of Stripe with a status of 4xx."""

    def __init__(self, message: str, status: int = 400, kind: str = "invalid_request_error"):
        super().__init__(message)
        self.status, self.kind = status, kind


@dataclass
class StripeStandIn:
    """The stand-in's state. `failure` makes it fail: "down", "refuses" or "lost" (an answer)."""

    address: str = ""
    # Where it tells of what happens; without one, tests carry the messages themselves.
    webhook: str = ""
    failure: str = ""
    asked: int = 0
    sessions: dict[str, dict[str, Any]] = field(default_factory=dict)
    refunds: list[dict[str, Any]] = field(default_factory=list)
    answers: dict[str, tuple[dict[str, str], dict[str, Any]]] = field(default_factory=dict)
    lock: threading.RLock = field(default_factory=threading.RLock)

    def answer(
        self, method: str, path: str, sent: dict[str, str], key: str | None
    ) -> dict[str, Any]:
        with self.lock:
            if key is not None and key in self.answers:
                before, made = self.answers[key]
                if before != sent:
                    raise Refused("Keys are for one request.", kind="idempotency_error")
                return made
            made = self.do(method, path.removeprefix("/v1/").split("/"), sent)
            if key is not None:
                self.answers[key] = (sent, made)
            return made

    def do(self, method: str, path: list[str], sent: dict[str, str]) -> dict[str, Any]:
        match [method, *path]:
            case ["POST", "checkout", "sessions"]:
                return self.open_session(sent)
            case ["GET", "checkout", "sessions", number]:
                return self.find(number)
            case ["POST", "checkout", "sessions", number, "expire"]:
                if self.find(number)["status"] != "open":
                    raise Refused("Only open sessions can be expired.")
                self.find(number).update(status="expired", url=None)
                return self.find(number)
            case ["POST", "refunds"]:
                return self.give_back(sent)
        raise Refused(f"There is no {method} {path}.", 404)

    def find(self, number: str) -> dict[str, Any]:
        if number not in self.sessions:
            raise Refused(f"No such session: {number}", 404)
        return self.sessions[number]

    def open_session(self, sent: dict[str, str]) -> dict[str, Any]:
        amount = int(sent["line_items[0][price_data][unit_amount]"])
        if int(sent["expires_at"]) < time.time() + 30 * 60:
            raise Refused("expires_at must be at least 30 minutes from now.")
        if amount < 50:
            raise Refused("The amount is below the smallest that can be charged.")
        number = f"cs_test_{len(self.sessions) + 1}"
        self.sessions[number] = {
            "id": number,
            "object": "checkout.session",
            "url": f"{self.address}/pay/{number}",
            "status": "open",
            "payment_status": "unpaid",
            "payment_intent": None,
            "amount_total": amount,
            "currency": sent["line_items[0][price_data][currency]"],
            "expires_at": int(sent["expires_at"]),
            "success_url": sent["success_url"],
            "cancel_url": sent["cancel_url"],
        }
        return self.sessions[number]

    def pay(self, number: str) -> dict[str, Any]:
        """Do what a customer does on the payment page."""
        session = self.find(number)
        if session["status"] != "open":
            raise Refused("This page is closed.")
        session.update(
            status="complete", payment_status="paid", payment_intent=f"pi_{number}", url=None
        )
        return session

    def give_back(self, sent: dict[str, str]) -> dict[str, Any]:
        intent, amount = sent["payment_intent"], int(sent["amount"])
        paid = sum(
            session["amount_total"]
            for session in self.sessions.values()
            if session["payment_intent"] == intent
        )
        before = sum(made["amount"] for made in self.refunds if made["payment_intent"] == intent)
        if before + amount > paid:
            raise Refused("More than is left of the payment.")
        refund = {
            "id": f"re_{len(self.refunds) + 1}",
            "object": "refund",
            "payment_intent": intent,
            "amount": amount,
        }
        self.refunds.append(refund)
        return refund

    def message(self, kind: str, number: str, **changes: Any) -> bytes:
        """Return the body of a message about a session."""
        event = {
            "id": "evt_1",
            "object": "event",
            "type": kind,
            "data": {"object": self.find(number) | changes},
        }
        return json.dumps(event).encode()

    def tell(self, kind: str, number: str) -> None:
        """Send a signed message to the site, as Stripe would."""
        body = self.message(kind, number)
        request = Request(  # noqa: S310
            self.webhook, data=body, headers={"Stripe-Signature": signature_of(body)}
        )
        build_opener(ProxyHandler({})).open(request, timeout=10).close()


def signature_of(body: bytes, *, secret: str = WEBHOOK_SECRET, at: float | None = None) -> str:
    import stripe

    return stripe.WebhookSignature.generate_signature_header(
        body.decode(), secret, timestamp=int(time.time() if at is None else at)
    )


PAGE = """<!doctype html><html lang="en"><title>Stand-in</title><link rel="icon" href="data:,">
<h1>Pay {amount}</h1>
<form method="post"><button>Pay</button></form><a href="{back}">Back</a></html>"""


class StripeServer(ThreadingHTTPServer):
    """The stand-in behind an address."""

    stripe: StripeStandIn


class Handler(BaseHTTPRequestHandler):
    server: StripeServer

    def do_GET(self) -> None:
        if self.path.startswith("/pay/"):
            session = self.server.stripe.find(self.path.removeprefix("/pay/"))
            page = PAGE.format(amount=session["amount_total"], back=session["cancel_url"])
            self.send(200, page.encode(), "text/html")
        else:
            self.serve("GET", {})

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode()
        if self.path.startswith("/pay/"):
            session = self.server.stripe.pay(self.path.removeprefix("/pay/"))
            if self.server.stripe.webhook:
                self.server.stripe.tell("checkout.session.completed", session["id"])
            self.send_response(303)
            self.send_header("Location", session["success_url"])
            self.send_header("Content-Length", "0")
            self.end_headers()
        else:
            sent = {name: values[0] for name, values in parse_qs(body).items()}
            self.serve("POST", sent)

    def serve(self, method: str, sent: dict[str, str]) -> None:
        try:
            made = self.make(method, sent)
        except Refused as error:
            answer = {"error": {"type": error.kind, "message": str(error)}}
            if error.status == 404:
                answer["error"]["code"] = "resource_missing"
            self.send(error.status, json.dumps(answer).encode(), "application/json")
        else:
            self.send(200, json.dumps(made).encode(), "application/json")

    def make(self, method: str, sent: dict[str, str]) -> dict[str, Any]:
        self.server.stripe.asked += 1
        if self.headers["Authorization"] != f"Bearer {SECRET_KEY}":
            raise Refused("Invalid API key: sk_***", 401)
        if self.server.stripe.failure == "down":
            raise Refused("Something went wrong.", 503, "api_error")
        if self.server.stripe.failure == "refuses":
            raise Refused("The account is closed.")
        path = urlsplit(self.path).path
        made = self.server.stripe.answer(method, path, sent, self.headers.get("Idempotency-Key"))
        if self.server.stripe.failure == "lost":
            raise Refused("Something went wrong on the way back.", 503, "api_error")
        return made

    def send(self, status: int, body: bytes, kind: str) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args: object) -> None:
        """Say nothing: the tests look at what was kept."""


@contextmanager
def running_stripe() -> Iterator[StripeStandIn]:
    """Run a stand-in on a free port of this machine."""
    stripe = StripeStandIn()
    server = StripeServer(("127.0.0.1", 0), Handler)
    server.stripe = stripe
    stripe.address = f"http://127.0.0.1:{server.server_port}"
    with serving(server):
        yield stripe
