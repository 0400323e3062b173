"""Tests of the SMTP channel, which follows the same protocol as SNS."""

from collections.abc import Iterator
from typing import Any

import pytest

from reports import due
from reports.delivery import channel, publishing
from reports.delivery.email_publisher import EmailPublisher
from reports.delivery.email_recipients import EmailRecipients, note_refused
from reports.delivery.publishers import PublishAmbiguous, PublishRefused, PublishThrottled
from reports.delivery.recipients import (
    Recipient,
    RecipientRefused,
    RecipientState,
    RecipientsUnavailable,
)
from reports.messages.html import render_html
from reports.models import Delivery, Report, ReportRecipient
from tests.factories import make_order, utc
from tests.fixtures.shop import SATURDAY, SUNDAY, Shop
from tests.smtp_stand_in import SmtpStandIn, running_smtp

CLOSED = utc(2026, 11, 21, 23, 30)
State = Delivery.State


@pytest.fixture
def smtp(settings: Any) -> Iterator[SmtpStandIn]:
    with running_smtp() as stand_in:
        settings.REPORT_CHANNEL = "email"
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", stand_in.port
        settings.DEFAULT_FROM_EMAIL = "reports@example.com"
        settings.EMAIL_TIMEOUT = 5
        yield stand_in


@pytest.fixture
def recipients(db: None) -> None:
    ReportRecipient.objects.create(address="olga@example.com", kinds=["daily", "weekly"])
    ReportRecipient.objects.create(address="otto@example.com", kinds=["daily"])


@pytest.fixture
def sold(shop: Shop) -> Shop:
    make_order(shop.at(SATURDAY, 9), {shop.coffee: 1})
    return shop


def run() -> due.RunResult:
    return due.run_due_reports(now=CLOSED, publisher=channel.report_publisher())


def test_the_report_comes_as_text_with_html_beside_it(
    sold: Shop, smtp: SmtpStandIn, recipients: None
) -> None:
    assert run().published == ["daily 2026-11-21"]

    report, delivery = Report.objects.get(), Delivery.objects.get()
    [(addresses, message)] = smtp.taken
    assert addresses == ["olga@example.com", "otto@example.com"]
    assert message["Subject"] == report.subject
    assert message["Message-ID"] == f"<report.{report.pk}.{delivery.pk}@testserver>"
    assert (delivery.state, delivery.message_id) == (State.PUBLISHED, message["Message-ID"])
    text, page = message.get_payload()
    assert text.get_payload(decode=True).decode().replace("\r\n", "\n") == report.text
    assert page.get_content_type() == "text/html"
    sent = page.get_payload(decode=True).decode().replace("\r\n", "\n")
    assert sent.strip() == render_html(report.text).strip()


def test_a_kind_goes_to_those_who_chose_it(shop: Shop, smtp: SmtpStandIn, recipients: None) -> None:
    make_order(shop.at(SUNDAY, 9), {shop.coffee: 1})

    due.run_due_reports(now=utc(2026, 11, 22, 23, 30), publisher=channel.report_publisher())

    assert [addresses for addresses, _message in smtp.taken] == [
        ["olga@example.com", "otto@example.com"],
        ["olga@example.com"],
    ]


def test_a_kind_that_nobody_chose_is_no_failure(
    shop: Shop, smtp: SmtpStandIn, recipients: None
) -> None:
    ReportRecipient.objects.update(kinds=["daily"])
    make_order(shop.at(SUNDAY, 9), {shop.coffee: 1})

    result = due.run_due_reports(
        now=utc(2026, 11, 22, 23, 30), publisher=channel.report_publisher()
    )

    assert result.published == ["daily 2026-11-22", "weekly 2026-11-22"]
    assert len(smtp.taken) == 1


def test_a_report_waits_until_somebody_gets_it(sold: Shop, smtp: SmtpStandIn) -> None:
    assert run().waiting == ["daily 2026-11-21"]

    ReportRecipient.objects.create(address="olga@example.com", kinds=["daily"])
    Delivery.objects.update(not_before=None)

    assert run().published == ["daily 2026-11-21"]
    assert len(smtp.taken) == 1


@pytest.mark.parametrize(
    ("answers", "expected"),
    [
        ({"CONNECT": "421 too busy"}, PublishThrottled),
        ({"CONNECT": "554 no service"}, PublishRefused),
        ({"MAIL": "550 not from you"}, PublishRefused),
        ({"MAIL": "451 later"}, PublishThrottled),
        ({"RCPT": "550 nobody here"}, PublishRefused),
        ({"RCPT": "450 mailbox busy"}, PublishThrottled),
        ({"DATA": "451 later"}, PublishThrottled),
        ({"END": "552 too much"}, PublishRefused),
        # The message was handed over, and nobody knows what became of it.
        ({"END": ""}, PublishAmbiguous),
        ({"QUIT": ""}, None),
    ],
    ids=str,
)
def test_each_answer_is_told_apart_and_asked_for_once(
    sold: Shop,
    smtp: SmtpStandIn,
    recipients: None,
    answers: dict[str, str],
    expected: type[Exception] | None,
) -> None:
    smtp.answers = answers
    states = {
        None: State.PUBLISHED,
        PublishRefused: State.FAILED,
        PublishThrottled: State.PENDING,
        PublishAmbiguous: State.AMBIGUOUS,
    }

    run()

    assert Delivery.objects.get().state == states[expected]
    assert smtp.connections == 1


def test_a_recipient_that_the_server_refuses_is_shown(
    sold: Shop, smtp: SmtpStandIn, recipients: None
) -> None:
    smtp.answers = {"RCPT otto@example.com": "550 nobody here"}

    run()
    refused = [(item.address, bool(item.problem)) for item in EmailRecipients().all()]
    kept = ReportRecipient.objects.get(address="otto@example.com").refusal
    smtp.answers = {}
    publishing.request_copy(Report.objects.get(), request_key="again")
    run()

    assert Delivery.objects.filter(state=State.PUBLISHED).count() == 2
    assert refused == [("olga@example.com", False), ("otto@example.com", True)]
    # The server's words are for operators.
    assert kept == "550 nobody here"
    # It was taken the next time.
    assert {item.problem for item in EmailRecipients().all()} == {""}


def test_no_server_means_not_sent(
    sold: Shop, smtp: SmtpStandIn, recipients: None, settings: Any
) -> None:
    settings.EMAIL_PORT = 1

    assert run().waiting == ["daily 2026-11-21"]
    assert Delivery.objects.get().state == State.PENDING


def test_an_ambiguous_report_is_sent_again_under_the_same_message_id(
    sold: Shop, smtp: SmtpStandIn, recipients: None
) -> None:
    smtp.answers = {"END": ""}
    run()
    smtp.answers = {}
    Delivery.objects.update(not_before=None)

    run()

    first, second = [message for _addresses, message in smtp.taken]
    assert second["Subject"] == f"Possibly a copy: {first['Subject']}"
    assert first["Message-ID"] == second["Message-ID"]


def test_a_mail_that_no_server_would_take_is_refused_before(settings: Any) -> None:
    from reports.delivery.publishers import Message, Publication

    publication = Publication(Message("two\nlines", "text", "{}"), {"kind": "daily"})

    with pytest.raises(PublishRefused, match="ASCII"):
        EmailPublisher(lambda _kind: ["olga@example.com"], note_refused).publish(publication)


def test_the_html_keeps_the_columns_and_escapes_what_products_are_called() -> None:
    page = render_html("SALES in EUR\nHam & <Cheese>   4.20\nhttp://testserver/dashboard/\n")

    assert "<strong>SALES in EUR</strong>\nHam &amp; &lt;Cheese&gt;   4.20\n" in page
    assert '<a href="http://testserver/dashboard/">http://testserver/dashboard/</a></pre>' in page


@pytest.mark.django_db
def test_owners_keep_the_recipients(smtp: SmtpStandIn) -> None:
    book = EmailRecipients()

    book.add("Otto@Example.com", ["weekly", "daily"])
    book.add("olga@example.com", ["daily"])
    [olga, otto] = book.all()
    book.change_kinds(olga.key, ["monthly"])
    book.remove(otto.key)

    assert otto == Recipient(
        "otto@example.com", RecipientState.CONFIRMED, ("daily", "weekly"), key=otto.key
    )
    assert [(item.address, item.kinds) for item in book.all()] == [
        ("olga@example.com", ("monthly",))
    ]
    welcome = [message["Subject"] for _addresses, message in smtp.taken]
    assert len(welcome) == 2


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("answers", "error", "words"),
    [
        ({"RCPT": "550 nobody"}, RecipientRefused, "does not accept e-mail for olga@example.com"),
        ({"CONNECT": ""}, RecipientsUnavailable, "no answer"),
    ],
)
def test_an_address_that_the_server_refuses_is_told_at_once(
    smtp: SmtpStandIn, answers: dict[str, str], error: type[Exception], words: str
) -> None:
    smtp.answers = answers

    with pytest.raises(error, match=words):
        EmailRecipients().add("olga@example.com", ["daily"])

    assert not ReportRecipient.objects.exists()


@pytest.mark.django_db
def test_an_address_is_added_once(smtp: SmtpStandIn) -> None:
    EmailRecipients().add("olga@example.com", ["daily"])

    with pytest.raises(RecipientRefused, match="already"):
        EmailRecipients().add("OLGA@example.com", ["daily"])

    assert len(smtp.taken) == 1


@pytest.mark.django_db
@pytest.mark.parametrize("key", ["", "1", "x", "²"])
def test_a_key_that_is_none_changes_nothing(key: str) -> None:
    with pytest.raises(RecipientRefused, match="no longer in the list"):
        EmailRecipients().remove(key)


@pytest.mark.django_db
def test_a_refusal_stays_with_those_who_were_not_written_to(recipients: None) -> None:
    note_refused({"otto@example.com": "550 nobody here"}, ["otto@example.com"])

    note_refused({"olga@example.com": "552 mailbox full"}, ["olga@example.com"])

    assert dict(ReportRecipient.objects.values_list("address", "refusal")) == {
        "olga@example.com": "552 mailbox full",
        "otto@example.com": "550 nobody here",
    }
