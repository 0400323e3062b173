"""Interface of publishers, and the errors of publishing."""

from dataclasses import dataclass
from typing import Protocol

from reports.delivery.problems import Problem, detail_of
from reports.messages.message import Message
from reports.messages.size import SIZE_LIMIT, is_small_enough, sns_body

CONNECT_SECONDS = 3
ANSWER_SECONDS = 10


class PublishError(Exception):
    """Publishing failed or its outcome is unknown; the message is for operators.

    `problem` is its kind, which is shown to owners as a sentence.
    """

    default_problem = Problem.REFUSED

    def __init__(self, words: str, problem: Problem | None = None) -> None:
        super().__init__(words)
        self.problem = problem or self.default_problem

    @property
    def detail(self) -> str:
        return detail_of(self.problem, str(self))


class PublishRefused(PublishError):
    """The message was refused permanently; somebody has to fix the cause."""


class PublishThrottled(PublishError):
    """The message was certainly not accepted, and may be retried."""

    default_problem = Problem.NOT_REACHED


class PublishAmbiguous(PublishError):
    """It is unknown whether the message was accepted: no reply, or an unclear one."""

    default_problem = Problem.NO_ANSWER


@dataclass(frozen=True, slots=True)
class Publication:
    """One message to publish. `attributes` are text values for filter policies."""

    message: Message
    attributes: dict[str, str]


class Publisher(Protocol):
    """Publishes messages to the subscribers."""

    def publish(self, publication: Publication) -> str:
        """Return the message id; raise PublishRefused, PublishThrottled or PublishAmbiguous."""


def check_publication(publication: Publication) -> None:
    """Raise PublishRefused if SNS would refuse it; test doubles of SNS accept more."""
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
