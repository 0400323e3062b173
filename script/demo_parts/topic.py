"""The stand-in for Amazon SNS: moto's server, a topic, and a subscribed queue.

It keeps nothing between runs. The topic's ARN is always the same, because it is derived from the
name.
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
    # Imported here, because it takes two seconds, and wrong arguments are refused before.
    from moto.server import ThreadedMotoServer

    # It would log each of several hundred requests.
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
    """A queue subscribed to the topic, as a till or a bakery would use."""

    queue_url: str

    def receive(self) -> list[str]:
        """Receive and delete all messages of the queue; return their bodies, oldest first."""
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
    """Create the topic and the queue; the environment has to name the stand-in."""
    sns, sqs = _client("sns"), _client("sqs")
    topic_arn = sns.create_topic(Name=TOPIC_NAME)["TopicArn"]
    if topic_arn != TOPIC_ARN:
        raise RuntimeError(f"The stand-in made {topic_arn}, not {TOPIC_ARN}.")
    queue_url = sqs.create_queue(QueueName=QUEUE_NAME)["QueueUrl"]
    attributes = sqs.get_queue_attributes(QueueUrl=queue_url, AttributeNames=["QueueArn"])
    # The stand-in treats every address as confirmed and sends no e-mail.
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
