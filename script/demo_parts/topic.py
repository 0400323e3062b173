"""The stand-in for Amazon SNS: moto's server, a topic, and a queue that is subscribed to it.

It keeps nothing between runs; the topic gets the same ARN each time, made from the same name.
"""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from script.demo_parts.arguments import HOST
from script.demo_parts.environment import TOPIC_ARN, TOPIC_NAME

QUEUE_NAME = "cafe-report-reader"
OWNER_ADDRESS = "owner@example.com"


@contextmanager
def stand_in() -> Iterator[str]:
    """Run the stand-in on a free port of this machine; yield its address."""
    # Two seconds to import: what can be refused is refused before.
    from moto.server import ThreadedMotoServer

    # It would write a line for each of some hundred requests.
    logging.getLogger("werkzeug").setLevel(logging.WARNING)
    server = ThreadedMotoServer(ip_address=HOST, port=0, verbose=False)
    server.start()
    try:
        host, port = server.get_host_and_port()
        yield f"http://{host}:{port}"
    finally:
        server.stop()


@dataclass(frozen=True, slots=True)
class Subscriber:
    """A queue that gets a copy of every message of the topic, as a till or a bakery would."""

    queue_url: str

    def receive(self) -> list[str]:
        """Take all messages off the queue and return their bodies, oldest first."""
        client = _client("sqs")
        bodies = []
        while messages := client.receive_message(
            QueueUrl=self.queue_url, MaxNumberOfMessages=10, WaitTimeSeconds=0
        ).get("Messages"):
            for message in messages:
                bodies.append(message["Body"])
                client.delete_message(
                    QueueUrl=self.queue_url, ReceiptHandle=message["ReceiptHandle"]
                )
        return bodies


def subscribe_queue() -> Subscriber:
    """Make the topic and the queue; the environment has to name the stand-in by now."""
    sns, sqs = _client("sns"), _client("sqs")
    topic_arn = sns.create_topic(Name=TOPIC_NAME)["TopicArn"]
    if topic_arn != TOPIC_ARN:
        raise RuntimeError(f"The stand-in made {topic_arn}, not {TOPIC_ARN}.")
    queue_url = sqs.create_queue(QueueName=QUEUE_NAME)["QueueUrl"]
    attributes = sqs.get_queue_attributes(QueueUrl=queue_url, AttributeNames=["QueueArn"])
    # The stand-in takes every address for confirmed; it sends no e-mail.
    sns.subscribe(TopicArn=topic_arn, Protocol="email", Endpoint=OWNER_ADDRESS)
    sns.subscribe(
        TopicArn=topic_arn,
        Protocol="sqs",
        Endpoint=attributes["Attributes"]["QueueArn"],
        Attributes={"RawMessageDelivery": "true"},
    )
    return Subscriber(queue_url)


def _client(service: str) -> Any:
    import boto3

    return boto3.client(service)
