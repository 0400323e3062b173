"""Bringing a message to a topic, and what can come of it."""

import json
from dataclasses import dataclass
from typing import Any, Protocol

from reports.delivery_problems import Problem, detail_of, problem_of_sns
from reports.message import Message

# SNS counts the whole message with its attributes; some room is left for those.
SIZE_LIMIT = 250 * 1024
CONNECT_SECONDS = 3
ANSWER_SECONDS = 10


class PublishError(Exception):
    """Publishing did not go as it should; the message says to operators what is known.

    `problem` is its kind, which owners read a sentence about.
    """

    default_problem = Problem.REFUSED

    def __init__(self, words: str, problem: Problem | None = None) -> None:
        super().__init__(words)
        self.problem = problem or self.default_problem

    @property
    def detail(self) -> str:
        return detail_of(self.problem, str(self))


class PublishRefused(PublishError):
    """The message was refused and will be refused again: somebody has to mend something."""


class PublishThrottled(PublishError):
    """The message was surely not accepted, and may be sent again at once or later."""

    default_problem = Problem.NOT_REACHED


class PublishAmbiguous(PublishError):
    """Nobody knows whether the message was accepted: no answer, or one that says too little."""

    default_problem = Problem.NO_ANSWER


@dataclass(frozen=True, slots=True)
class Publication:
    """One message for the topic. `attributes` are for filter policies, all of them text."""

    message: Message
    attributes: dict[str, str]


class Publisher(Protocol):
    """Somebody who brings a publication to the subscribers and returns its message id."""

    def publish(self, publication: Publication) -> str:
        """Raise PublishRefused, PublishThrottled or PublishAmbiguous when that fails."""


def check_publication(publication: Publication) -> None:
    """Raise PublishRefused for what SNS would refuse; its stand-ins accept more than it does."""
    subject = publication.message.subject
    if not subject.isascii() or not subject.isprintable() or not 0 < len(subject) < 100:
        raise PublishRefused(
            f"The subject {subject!r} is not one line of 1 to 99 ASCII characters, as SNS wants."
        )
    if not is_small_enough(publication.message):
        size = len(sns_body(publication.message).encode())
        raise PublishRefused(
            f"The message has {size} bytes; SNS takes {SIZE_LIMIT}.", Problem.TOO_LONG
        )


def is_small_enough(message: Message) -> bool:
    return len(sns_body(message).encode()) <= SIZE_LIMIT


def sns_body(message: Message) -> str:
    """Return one body for all protocols: the text for people, the JSON for machines."""
    return json.dumps(
        {
            "default": message.text,
            "email": message.text,
            "sqs": message.payload,
            "lambda": message.payload,
            "http": message.payload,
            "https": message.payload,
        },
        ensure_ascii=False,
    )


class SnsPublisher:
    """Publishes to an Amazon SNS topic, once per call: botocore's own retries are off.

    With them on, one call may publish three e-mails, and the count of attempts would be a lie.
    """

    def __init__(self, topic_arn: str) -> None:
        self._topic_arn = topic_arn
        self._client: Any = None

    def publish(self, publication: Publication) -> str:
        # boto3 takes a quarter of a second to import; runs with nothing to publish need none.
        from botocore.exceptions import (
            BotoCoreError,
            ClientError,
            ConnectTimeoutError,
            EndpointConnectionError,
            NoCredentialsError,
            NoRegionError,
            ParamValidationError,
            PartialCredentialsError,
            ProxyConnectionError,
            SSLError,
        )

        check_publication(publication)
        try:
            answer = self._connect().publish(
                TopicArn=self._topic_arn,
                Subject=publication.message.subject,
                Message=sns_body(publication.message),
                MessageStructure="json",
                MessageAttributes={
                    name: {"DataType": "String", "StringValue": value}
                    for name, value in publication.attributes.items()
                },
            )
        except ClientError as error:
            raise _from_answer(error.response) from error
        except ParamValidationError as error:
            raise PublishRefused(f"boto3 would not send it: {error}") from error
        except (NoCredentialsError, NoRegionError, PartialCredentialsError) as error:
            # Nothing was sent, and the next run may have them.
            raise PublishThrottled(f"SNS was not reached: {error}", Problem.NOT_ALLOWED) from error
        except (
            ConnectTimeoutError,
            EndpointConnectionError,
            ProxyConnectionError,
            SSLError,
        ) as error:
            # All of these come before the message is on its way.
            raise PublishThrottled(f"SNS was not reached: {error}") from error
        except BotoCoreError as error:
            raise PublishAmbiguous(f"SNS gave no answer: {error}") from error
        return str(answer["MessageId"])

    def _connect(self) -> Any:
        if self._client is None:
            self._client = connect_to_sns(self._topic_arn)
        return self._client


def connect_to_sns(topic_arn: str) -> Any:
    """Return a client for a topic's region that asks once, and waits seconds, not minutes."""
    import boto3
    from botocore.config import Config

    return boto3.client(
        "sns",
        region_name=topic_arn.split(":")[3],
        config=Config(
            connect_timeout=CONNECT_SECONDS,
            read_timeout=ANSWER_SECONDS,
            retries={"total_max_attempts": 1},
        ),
    )


def _from_answer(response: dict[str, Any]) -> PublishError:
    """Return what an error answer of SNS means for the message."""
    status = response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
    error = response.get("Error", {})
    what = f"SNS answered {status} {error.get('Code', '')}: {error.get('Message', '')}"
    problem = problem_of_sns(error.get("Code", ""), status)
    if problem == Problem.BUSY:
        return PublishThrottled(what, problem)
    if 400 <= status < 500:
        return PublishRefused(what, problem)
    return PublishAmbiguous(what)
