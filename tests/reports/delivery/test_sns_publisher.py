"""Tests of the SNS adapter with moto's server, and with responses that moto never gives."""

import json
import socket
import threading
from collections.abc import Iterator
from typing import Any

import pytest

from reports.delivery.publishers import (
    Publication,
    PublishAmbiguous,
    PublishRefused,
    PublishThrottled,
)
from reports.delivery.sns_publisher import SnsPublisher
from reports.messages.message import Message
from tests.recording_publisher import RecordingPublisher

ATTRIBUTES = {"kind": "daily", "business_day": "2026-11-22", "revision": "1", "report_id": "7"}
PUBLICATION = Publication(Message("Subject", "Ham & Cheese\n", '{"net":"1.00"}'), ATTRIBUTES)
TOPIC = "arn:aws:sns:eu-central-1:123456789012:reports"


@pytest.fixture
def moto_endpoint(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    from moto.server import ThreadedMotoServer

    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    endpoint = f"http://{host}:{port}"
    monkeypatch.setenv("AWS_ENDPOINT_URL", endpoint)
    yield endpoint
    server.stop()


@pytest.mark.usefixtures("moto_endpoint")
def test_a_queue_gets_the_json_and_the_attributes() -> None:
    import boto3

    sns, sqs = boto3.client("sns"), boto3.client("sqs")
    topic = sns.create_topic(Name="reports")["TopicArn"]
    queue = sqs.create_queue(QueueName="reader")["QueueUrl"]
    arn = sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=["QueueArn"])
    sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=arn["Attributes"]["QueueArn"])

    message_id = SnsPublisher(topic).publish(PUBLICATION)

    [received] = sqs.receive_message(QueueUrl=queue)["Messages"]
    envelope = json.loads(received["Body"])
    assert envelope["MessageId"] == message_id
    assert envelope["Subject"] == "Subject"
    assert envelope["Message"] == '{"net":"1.00"}'
    assert {
        name: value["Value"] for name, value in envelope["MessageAttributes"].items()
    } == ATTRIBUTES


@pytest.mark.usefixtures("moto_endpoint")
def test_a_topic_that_is_not_there_is_a_refusal(settings: Any) -> None:
    settings.REPORT_TOPIC_ARN = f"{TOPIC}-that-nobody-made"

    with pytest.raises(PublishRefused, match="NotFound"):
        SnsPublisher(settings.REPORT_TOPIC_ARN).publish(PUBLICATION)


def test_no_server_means_not_sent(monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        port = unused.getsockname()[1]
    monkeypatch.setenv("AWS_ENDPOINT_URL", f"http://127.0.0.1:{port}")

    with pytest.raises(PublishThrottled, match="not reached"):
        SnsPublisher(TOPIC).publish(PUBLICATION)


class Scripted:
    """A server that answers each connection with the same bytes, and counts them."""

    def __init__(self, answer: bytes) -> None:
        self.answer = answer
        self.connections = 0
        self.socket = socket.create_server(("127.0.0.1", 0))
        self.endpoint = f"http://127.0.0.1:{self.socket.getsockname()[1]}"
        threading.Thread(target=self.serve, daemon=True).start()

    def serve(self) -> None:
        while True:
            try:
                connection, _address = self.socket.accept()
            except OSError:
                return
            with connection:
                self.connections += 1
                connection.recv(65536)
                connection.sendall(self.answer)


def error_answer(status: str, code: str) -> bytes:
    body = f"<ErrorResponse><Error><Code>{code}</Code><Message>no</Message></Error></ErrorResponse>"
    return (
        f"HTTP/1.1 {status}\r\nContent-Type: text/xml\r\nContent-Length: {len(body)}\r\n"
        f"Connection: close\r\n\r\n{body}"
    ).encode()


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        (error_answer("400 Bad Request", "InvalidParameter"), PublishRefused),
        (error_answer("403 Forbidden", "AuthorizationError"), PublishRefused),
        (error_answer("400 Bad Request", "Throttling"), PublishThrottled),
        (error_answer("400 Bad Request", "KMSThrottling"), PublishThrottled),
        (error_answer("429 Too Many Requests", "Throttled"), PublishThrottled),
        (error_answer("500 Internal Server Error", "InternalError"), PublishAmbiguous),
        (b"", PublishAmbiguous),
    ],
)
def test_each_answer_is_told_apart_and_asked_for_once(
    monkeypatch: pytest.MonkeyPatch, answer: bytes, expected: type[Exception]
) -> None:
    server = Scripted(answer)
    monkeypatch.setenv("AWS_ENDPOINT_URL", server.endpoint)

    with server.socket, pytest.raises(expected):
        SnsPublisher(TOPIC).publish(PUBLICATION)

    assert server.connections == 1


@pytest.mark.parametrize(
    "subject", ["", "x" * 100, "Café", "two\nlines"], ids=["empty", "long", "accent", "lines"]
)
def test_a_subject_that_sns_refuses_is_refused_here(subject: str) -> None:
    publication = Publication(Message(subject, "text", "{}"), ATTRIBUTES)

    with pytest.raises(PublishRefused, match="ASCII"):
        RecordingPublisher().publish(publication)


def test_a_message_that_is_too_large_is_refused_here() -> None:
    publication = Publication(Message("Subject", "x" * 200_000, "{}"), ATTRIBUTES)

    with pytest.raises(PublishRefused, match="bytes"):
        RecordingPublisher().publish(publication)
