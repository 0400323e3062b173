"""Tests of the page on which owners manage the recipients of the reports."""

from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from typing import Any

import pytest
from django.test import Client

from reports.delivery import channel, issuing
from reports.delivery.recipients import (
    Recipient,
    RecipientRefused,
    RecipientState,
    RecipientsUnavailable,
)
from reports.models import RecipientCheck, ReportRecipient
from tests.answers import messages_of
from tests.fixtures.shop import SUNDAY, Shop

PAGE = "/dashboard/reports/recipients/"


@dataclass
class Book:
    """A topic's recipients, in this process; `failure` is raised by whatever is asked."""

    recipients: list[Recipient] = field(default_factory=list)
    failure: Exception | None = None
    asked: list[tuple[Any, ...]] = field(default_factory=list)
    asks_to_confirm = True

    def _note(self, *question: Any) -> None:
        if self.failure:
            raise self.failure
        self.asked.append(question)

    def all(self) -> list[Recipient]:
        self._note("all")
        return self.recipients

    def add(self, address: str, kinds: Collection[str]) -> None:
        self._note("add", address, list(kinds))

    def change_kinds(self, key: str, kinds: Collection[str]) -> None:
        self._note("change", key, list(kinds))

    def remove(self, key: str) -> None:
        self._note("remove", key)

    def confirm(self, link: str) -> None:
        self._note("confirm", link)


@pytest.fixture
def book(monkeypatch: pytest.MonkeyPatch) -> Book:
    kept = Book()
    monkeypatch.setattr(channel, "recipient_book", lambda: kept)
    return kept


def page_of(answer: Any) -> str:
    return " ".join(answer.content.decode().split())


def test_the_page_says_who_gets_the_reports(office: Client, book: Book) -> None:
    book.recipients = [
        Recipient("olga@example.com", RecipientState.CONFIRMED, ("daily",), "k1", False),
        Recipient("otto@example.com", RecipientState.PENDING, ()),
    ]

    page = page_of(office.get(PAGE))

    assert "olga@example.com" in page
    assert "can be unsubscribed by a link" in page
    assert page.count("not confirmed</span>") == 1
    # Once for Olga's kinds, and once where an address is added; for Otto there is nothing yet.
    assert page.count('value="daily" id="') == 2
    assert "Nobody gets the reports" not in page


def test_nobody_is_told_loudly_on_each_page_of_the_reports(
    office: Client, book: Book, shop: Shop
) -> None:
    issuing.issue_report(SUNDAY)
    pages = ["/dashboard/", "/dashboard/reports/", PAGE]

    before = [page_of(office.get(address)) for address in pages]
    book.recipients = [Recipient("olga@example.com", RecipientState.CONFIRMED, ("daily",), "k1")]
    office.get(PAGE)
    after = [page_of(office.get(address)) for address in pages]

    assert ["Nobody gets the reports." in page for page in before] == [True] * 3
    assert ["Nobody gets the reports." in page for page in after] == [False] * 3


def test_a_recipient_who_has_not_confirmed_is_nobody(office: Client, book: Book) -> None:
    book.recipients = [Recipient("otto@example.com", RecipientState.PENDING, ())]

    page = page_of(office.get(PAGE))

    assert "Nobody gets the reports.</strong> Nobody has confirmed yet." in page
    assert RecipientCheck.objects.values_list("confirmed", "pending").get() == (0, 1)


def test_a_recipient_is_added(office: Client, book: Book) -> None:
    answer = office.post(
        f"{PAGE}add/",
        {"address": "olga@example.com", "kinds": ["daily", "weekly"]},
        follow=True,
    )

    assert book.asked[0] == ("add", "olga@example.com", ["daily", "weekly"])
    assert messages_of(answer) == [
        "We have sent olga@example.com an e-mail with a link to confirm."
    ]


@pytest.mark.parametrize(
    ("form", "words"),
    [
        ({"address": "olga", "kinds": ["daily"]}, "This e-mail address looks incomplete."),
        ({"address": "", "kinds": ["daily"]}, "Please enter the e-mail address"),
        ({"address": "olga@example.com", "kinds": []}, "Please choose at least one kind"),
        (
            {"address": "olga@example.com", "kinds": ["x"]},
            "“x” is not a kind of report. Choose among those listed.",
        ),
    ],
)
def test_bad_input_is_told_and_not_lost(
    office: Client, book: Book, form: dict[str, Any], words: str
) -> None:
    answer = office.post(f"{PAGE}add/", form)

    assert answer.status_code == 422
    assert words in page_of(answer)
    assert f'value="{form["address"]}"' in page_of(answer) or not form["address"]
    assert book.asked == [("all",)]


@pytest.mark.parametrize(
    ("failure", "words"),
    [
        (
            RecipientRefused("olga@example.com already gets the reports."),
            "already gets the reports.",
        ),
        (
            RecipientsUnavailable("500"),
            "Nothing was changed. The e-mail service did not answer. Try again in a minute.",
        ),
    ],
)
def test_a_refusal_stands_beside_the_field(
    office: Client, book: Book, failure: Exception, words: str
) -> None:
    book.failure = failure
    form = {"address": "olga@example.com", "kinds": ["daily"]}

    if isinstance(failure, RecipientRefused):
        book.failure = None
        book.add = _raiser(failure)  # type: ignore[method-assign]
    answer = office.post(f"{PAGE}add/", form)

    assert answer.status_code == 422
    assert words in str(answer.context["add_form"].errors["address"])


def _raiser(error: Exception) -> Callable[..., None]:
    def refuse(*args: Any) -> None:
        raise error

    return refuse


def test_a_link_is_pasted(office: Client, book: Book) -> None:
    answer = office.post(f"{PAGE}confirm/", {"link": "https://sns/?Token=2336"}, follow=True)

    assert book.asked[0] == ("confirm", "https://sns/?Token=2336")
    assert messages_of(answer) == ["Confirmed. This address gets the next report."]


def test_kinds_are_changed_and_a_recipient_removed(office: Client, book: Book) -> None:
    changed = office.post(f"{PAGE}change/", {"key": "k1", "kinds": ["monthly"]}, follow=True)
    removed = office.post(f"{PAGE}remove/", {"key": "k1"}, follow=True)

    assert [question for question in book.asked if question != ("all",)] == [
        ("change", "k1", ["monthly"]),
        ("remove", "k1"),
    ]
    assert messages_of(changed) == ["Saved."]
    assert messages_of(removed) == ["Removed. This address gets no more reports."]


def test_no_kind_at_all_changes_nothing(office: Client, book: Book) -> None:
    answer = office.post(f"{PAGE}change/", {"key": "k1", "kinds": []}, follow=True)

    assert messages_of(answer) == [
        "Please choose at least one kind of report, or remove the recipient."
    ]
    assert book.asked == [("all",)]


def test_a_channel_without_an_answer_breaks_no_page(office: Client, book: Book) -> None:
    book.failure = RecipientsUnavailable("time-out")

    answer = office.get(PAGE)

    assert answer.status_code == 200
    assert "The recipients cannot be shown at the moment." in page_of(answer)
    assert office.get("/dashboard/").status_code == 200


def test_without_a_topic_owners_read_what_to_do(office: Client, settings: Any) -> None:
    settings.REPORT_TOPIC_ARN = ""

    pages = [page_of(office.get(address)) for address in (PAGE, "/dashboard/")]
    answer = office.post(f"{PAGE}remove/", {"key": "k1"}, follow=True)

    assert all(
        "The reports have no e-mail topic yet, so they are saved here" in page for page in pages
    )
    assert messages_of(answer) == [
        "Nothing was changed: the reports have no e-mail topic yet. Ask the person who runs the "
        "site to set one up."
    ]


def test_by_e_mail_nobody_has_to_confirm(
    office: Client, settings: Any, mailoutbox: list[Any]
) -> None:
    settings.REPORT_CHANNEL = "email"

    answer = office.post(
        f"{PAGE}add/", {"address": "olga@example.com", "kinds": ["daily"]}, follow=True
    )

    assert messages_of(answer) == ["olga@example.com gets the reports from now on."]
    assert [mail.to for mail in mailoutbox] == [["olga@example.com"]]
    assert ReportRecipient.objects.get().kinds == ["daily"]
    assert "Confirm an address" not in page_of(answer)


def test_the_queries_do_not_grow_with_the_recipients(
    office: Client, settings: Any, django_assert_num_queries: Any
) -> None:
    settings.REPORT_CHANNEL = "email"
    office.get(PAGE)
    ReportRecipient.objects.bulk_create(
        ReportRecipient(address=f"{number}@example.com", kinds=["daily"]) for number in range(9)
    )

    # Session, user, groups; recipients; the note of them (look up, and update in a savepoint).
    with django_assert_num_queries(8):
        office.get(PAGE)
