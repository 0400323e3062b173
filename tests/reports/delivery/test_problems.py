"""Tests of the messages that owners see when a report was not delivered."""

from smtplib import SMTPAuthenticationError, SMTPDataError, SMTPRecipientsRefused, SMTPSenderRefused

import pytest
from django.utils.translation import override

from reports.delivery.email_publisher import _unsent
from reports.delivery.problems import (
    Problem,
    detail_of,
    problem_in,
    problem_of_sns,
    problem_sentence,
    recipients_sentence,
    refusal_sentence,
    words_in,
)
from tests.plain_sentences import problem_of


@pytest.mark.parametrize(
    ("code", "status", "problem"),
    [
        ("AuthorizationError", 403, Problem.NOT_ALLOWED),
        ("KMSAccessDenied", 400, Problem.NOT_ALLOWED),
        ("SomethingNew", 403, Problem.NOT_ALLOWED),
        ("NotFound", 404, Problem.NO_TOPIC),
        ("Throttled", 429, Problem.BUSY),
        ("KMSThrottling", 400, Problem.BUSY),
        ("InvalidParameter", 400, Problem.REFUSED),
        ("InternalError", 500, Problem.NO_ANSWER),
        ("", 0, Problem.NO_ANSWER),
    ],
)
def test_an_answer_of_sns_has_a_kind(code: str, status: int, problem: Problem) -> None:
    assert problem_of_sns(code, status) == problem


@pytest.mark.parametrize(
    ("error", "problem"),
    [
        (OSError("refused"), Problem.NOT_REACHED),
        (SMTPAuthenticationError(535, b"bad"), Problem.NOT_ALLOWED),
        (SMTPSenderRefused(550, b"not you", "a@example.com"), Problem.NOT_ALLOWED),
        (SMTPRecipientsRefused({"a@example.com": (550, b"no")}), Problem.ADDRESSES),
        (SMTPRecipientsRefused({"a@example.com": (450, b"later")}), Problem.BUSY),
        (SMTPDataError(552, b"too big"), Problem.TOO_LONG),
        (SMTPDataError(554, b"spam"), Problem.REFUSED),
    ],
)
def test_an_answer_of_a_mail_server_has_a_kind(error: Exception, problem: Problem) -> None:
    assert _unsent(error).problem == problem


@pytest.mark.parametrize("problem", Problem)
@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_each_kind_is_a_sentence_for_people(problem: Problem, language: str) -> None:
    with override(language):
        sentences = [problem_sentence(problem), recipients_sentence(problem)]

    assert [problem_of(sentence) for sentence in sentences] == ["", ""]
    assert all(sentences)


def test_a_row_keeps_the_kind_and_the_words() -> None:
    detail = detail_of(Problem.NOT_ALLOWED, "SNS answered 403: no")

    assert (problem_in(detail), words_in(detail)) == (Problem.NOT_ALLOWED, "SNS answered 403: no")
    assert problem_in("anything else") == Problem.REFUSED


@pytest.mark.parametrize(
    ("words", "part"),
    [
        ("", ""),
        ("550 5.1.1 <a@example.com>: No such user", "does not accept this address"),
        ("552 5.2.2 over quota", "mailbox is full"),
        ("450 4.2.2 over quota", "mailbox is full"),
        ("450 4.7.1 greylisted", "at the moment"),
    ],
)
def test_what_a_mail_server_said_of_one_address_is_not_repeated(words: str, part: str) -> None:
    with override("en"):
        sentence = refusal_sentence(words)

    assert part in sentence
    assert bool(sentence) == bool(words)
    assert problem_of(sentence) == ""
    assert "5.1" not in sentence


@pytest.mark.parametrize(
    ("problem", "sentence"),
    [
        (Problem.BUSY, "The e-mail service is busy. Try again in a minute."),
        (
            Problem.NOT_ALLOWED,
            "The e-mail service does not allow this site to see or change the recipients. Ask the "
            "person who runs the site to check its permissions.",
        ),
        (
            Problem.NO_TOPIC,
            "The e-mail service does not know the topic of the reports. Ask the person who runs "
            "the site to check it.",
        ),
        (Problem.NO_ANSWER, "The e-mail service did not answer. Try again in a minute."),
    ],
)
def test_owners_read_why_recipients_are_not_shown(problem: Problem, sentence: str) -> None:
    assert recipients_sentence(problem) == sentence
