"""Reasons why a report was not delivered, as sentences for owners. Pure.

The original reply of SNS or the mail server is in the log and in the attempt's row, for operators.
"""

from enum import StrEnum

from django.utils.translation import gettext as _


class Problem(StrEnum):
    """Kinds of problems with a report or with the list of recipients."""

    NOT_REACHED = "not_reached"
    BUSY = "busy"
    NOT_ALLOWED = "not_allowed"
    NO_TOPIC = "no_topic"
    TOO_LONG = "too_long"
    NO_RECIPIENT = "no_recipient"
    ADDRESSES = "addresses"
    NO_ANSWER = "no_answer"
    REFUSED = "refused"


_NOT_ALLOWED_CODES = (
    "AccessDenied",
    "AccessDeniedException",
    "AuthorizationError",
    "ExpiredToken",
    "InvalidClientTokenId",
    "InvalidSecurity",
    "KMSAccessDenied",
    "SignatureDoesNotMatch",
    "UnrecognizedClientException",
)


def problem_of_sns(code: str, status: int) -> Problem:
    """Return the kind of an SNS error, by its code and HTTP status."""
    # Throttling, ThrottledException, and KMSThrottling of an encrypted topic.
    if status == 429 or "Throttl" in code:
        return Problem.BUSY
    if code in _NOT_ALLOWED_CODES or status in (401, 403):
        return Problem.NOT_ALLOWED
    if code == "NotFound":
        return Problem.NO_TOPIC
    return Problem.REFUSED if 400 <= status < 500 else Problem.NO_ANSWER


def detail_of(problem: Problem, words: str) -> str:
    """Return the text to store with an attempt: the kind, and the original reply."""
    return f"{problem}: {words}"


def problem_in(detail: str) -> Problem:
    """Return the kind in a stored text."""
    kind = detail.partition(":")[0]
    return Problem(kind) if kind in list(Problem) else Problem.REFUSED


def words_in(detail: str) -> str:
    """Return the original reply in a stored text, for operators."""
    return detail.partition(": ")[2]


def attempt_sentence(detail: str) -> str:
    """Return an attempt's problem as a sentence for owners; empty if there was none."""
    return problem_sentence(problem_in(detail)) if detail else ""


def problem_sentence(problem: Problem) -> str:
    """Return what happened to a report and what to do, as a sentence."""
    return {
        Problem.NOT_REACHED: _(
            "The e-mail service could not be reached. The report is sent again automatically."
        ),
        Problem.BUSY: _("The e-mail service is busy. The report is sent again automatically."),
        Problem.NOT_ALLOWED: _(
            "The e-mail service does not allow this site to send. Ask the person who runs the "
            "site to check its permissions, then send the report again."
        ),
        Problem.NO_TOPIC: _(
            "The e-mail service does not know where to send the report. Ask the person who runs "
            "the site to check the topic, then send the report again."
        ),
        Problem.TOO_LONG: _(
            "The report is too long for the e-mail service. Download its figures on this page."
        ),
        Problem.NO_RECIPIENT: _(
            "Nobody gets this report. Add a recipient, and it is sent automatically."
        ),
        Problem.ADDRESSES: _(
            "The mail server accepted none of the recipients. Check their addresses, then send "
            "the report again."
        ),
        Problem.NO_ANSWER: _(
            "The e-mail service did not answer, so the report may have arrived. It is sent again "
            "automatically, marked as a possible copy."
        ),
        Problem.REFUSED: _(
            "The e-mail service refused the report. Ask the person who runs the site to look into "
            "the log, then send the report again."
        ),
    }[problem]


def recipients_sentence(problem: Problem) -> str:
    """Return why recipients cannot be shown or changed, and what to do, as a sentence."""
    if problem == Problem.BUSY:
        return _("The e-mail service is busy. Try again in a minute.")
    if problem == Problem.NOT_ALLOWED:
        return _(
            "The e-mail service does not allow this site to see or change the recipients. Ask the "
            "person who runs the site to check its permissions."
        )
    if problem == Problem.NO_TOPIC:
        return _(
            "The e-mail service does not know the topic of the reports. Ask the person who runs "
            "the site to check it."
        )
    return _("The e-mail service did not answer. Try again in a minute.")


def refusal_sentence(words: str) -> str:
    """Return why a mail server refused a report for one address; empty without a reply.

    `words` is the server's reply, such as "550 5.1.1 No such user" (RFC 5321 and RFC 3463).
    """
    if not words:
        return ""
    if words.startswith(("452", "552")) or " 4.2.2" in words or " 5.2.2" in words:
        return _(
            "The last report did not arrive: this mailbox is full. Ask the recipient to make room."
        )
    if words.startswith("4"):
        return _(
            "The last report did not arrive: the mail server accepts nothing for this address at "
            "the moment. The next report is tried as usual."
        )
    return _(
        "The last report did not arrive: the mail server does not accept this address. Check the "
        "spelling, and ask the recipient whether the mailbox still exists."
    )
