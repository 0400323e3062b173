"""Interface of publishers, and the errors of publishing."""

from dataclasses import dataclass
from typing import Protocol

from reports.delivery.problems import Problem, detail_of
from reports.messages.message import Message
from reports.messages.size import SIZE_LIMIT, is_small_enough, sns_body

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
