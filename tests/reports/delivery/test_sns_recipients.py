"""Tests of the topic's subscribers with moto's server, and with responses it never gives."""

import json
import socket
from collections.abc import Iterator
from typing import Any

import pytest
from botocore.stub import Stubber

from reports.delivery.recipients import (
    Recipient,
    RecipientRefused,
    RecipientState,
    RecipientsUnavailable,
)
from reports.delivery.sns_publisher import connect_to_sns
from reports.delivery.sns_recipients import SnsRecipients, kinds_in, policy_of, token_in

TOPIC = "arn:aws:sns:eu-central-1:123456789012:reports"
OLGAS = f"{TOPIC}:1f0d8c1e"
CONFIRMED = RecipientState.CONFIRMED


@pytest.fixture
def sns(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """A stand-in that keeps subscriptions; it takes every one for confirmed."""
    from moto.server import ThreadedMotoServer

    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    monkeypatch.setenv("AWS_ENDPOINT_URL", f"http://{host}:{port}")
    client = connect_to_sns(TOPIC)
    client.create_topic(Name="reports")
    yield client
    client.delete_topic(TopicArn=TOPIC)
    server.stop()


@pytest.fixture
def scripted() -> Iterator[tuple[SnsRecipients, Stubber]]:
    """A book whose questions are held against a script, answer by answer."""
    book = SnsRecipients(TOPIC)
    book._client = connect_to_sns(TOPIC)
    with Stubber(book._client) as stubber:
        yield book, stubber
        stubber.assert_no_pending_responses()


def subscription(address: str, arn: str, protocol: str = "email") -> dict[str, str]:
    return {
        "SubscriptionArn": arn,
        "Owner": "123456789012",
        "Protocol": protocol,
        "Endpoint": address,
        "TopicArn": TOPIC,
    }


def test_recipients_are_added_changed_and_removed(sns: Any) -> None:
    book = SnsRecipients(TOPIC)

    book.add("otto@example.com", ["daily", "weekly"])
    book.add("olga@example.com", ["monthly"])
    [olga, otto] = book.all()
    book.change_kinds(otto.key, ["weekly"])
    book.remove(olga.key)

    assert (olga.address, olga.state, olga.kinds) == ("olga@example.com", CONFIRMED, ("monthly",))
    assert (otto.address, otto.state, otto.kinds) == (
        "otto@example.com",
        CONFIRMED,
        ("daily", "weekly"),
    )
    assert [(item.address, item.kinds) for item in book.all()] == [
        ("otto@example.com", ("weekly",))
    ]


def test_machines_that_are_subscribed_are_no_recipients(sns: Any) -> None:
    sns.subscribe(TopicArn=TOPIC, Protocol="https", Endpoint="https://example.com/report")

    assert SnsRecipients(TOPIC).all() == []


def test_who_has_not_confirmed_and_who_can_be_ended_by_a_link_is_told(
    scripted: tuple[SnsRecipients, Stubber],
) -> None:
    book, stubber = scripted
    listed = {"TopicArn": TOPIC}
    stubber.add_response(
        "list_subscriptions_by_topic",
        {
            "Subscriptions": [
                subscription("otto@example.com", "PendingConfirmation"),
                subscription("arn:aws:lambda:...", f"{TOPIC}:2", protocol="lambda"),
            ],
            "NextToken": "more",
        },
        listed,
    )
    stubber.add_response(
        "list_subscriptions_by_topic",
        {"Subscriptions": [subscription("olga@example.com", OLGAS)]},
        listed | {"NextToken": "more"},
    )
    stubber.add_response(
        "get_subscription_attributes",
        {"Attributes": {"ConfirmationWasAuthenticated": "false"}},
        {"SubscriptionArn": OLGAS},
    )

    assert book.all() == [
        Recipient(
            "olga@example.com",
            CONFIRMED,
            ("daily", "weekly", "monthly"),
            key=OLGAS,
            is_protected=False,
        ),
        Recipient("otto@example.com", RecipientState.PENDING, ()),
    ]


def test_a_link_is_confirmed_so_that_no_click_can_end_it(
    scripted: tuple[SnsRecipients, Stubber],
) -> None:
    book, stubber = scripted
    stubber.add_response(
        "confirm_subscription",
        {"SubscriptionArn": OLGAS},
        {"TopicArn": TOPIC, "Token": "2336a7b", "AuthenticateOnUnsubscribe": "true"},
    )

    book.confirm(
        "https://sns.eu-central-1.amazonaws.com/confirmation.html"
        f"?TopicArn={TOPIC}&Token=2336a7b&Endpoint=olga@example.com"
    )


def test_who_has_not_confirmed_is_asked_again_and_who_has_is_not(
    scripted: tuple[SnsRecipients, Stubber],
) -> None:
    book, stubber = scripted
    pages = {
        "Subscriptions": [
            subscription("olga@example.com", OLGAS),
            subscription("otto@example.com", "PendingConfirmation"),
        ]
    }
    stubber.add_response("list_subscriptions_by_topic", pages, {"TopicArn": TOPIC})
    stubber.add_response(
        "subscribe",
        {"SubscriptionArn": "pending confirmation"},
        {
            "TopicArn": TOPIC,
            "Protocol": "email",
            "Endpoint": "otto@example.com",
            "Attributes": {"FilterPolicy": '{"kind": ["daily", "digest"]}'},
        },
    )
    stubber.add_response("list_subscriptions_by_topic", pages, {"TopicArn": TOPIC})

    book.add("otto@example.com", ["daily"])

    with pytest.raises(RecipientRefused, match="already gets the reports"):
        book.add("Olga@example.com", ["daily"])


@pytest.mark.parametrize(
    ("code", "status", "error"),
    [
        ("InvalidParameter", 400, RecipientRefused),
        ("NotFound", 404, RecipientRefused),
        ("AuthorizationError", 403, RecipientsUnavailable),
        ("Throttled", 429, RecipientsUnavailable),
        ("InternalError", 500, RecipientsUnavailable),
    ],
)
def test_each_answer_is_told_apart(
    scripted: tuple[SnsRecipients, Stubber], code: str, status: int, error: type[Exception]
) -> None:
    book, stubber = scripted
    for question in ("list_subscriptions_by_topic", "unsubscribe"):
        stubber.add_client_error(question, code, "no", http_status_code=status)

    with pytest.raises(RecipientsUnavailable, match="no"):
        book.all()
    with pytest.raises(error, match="no"):
        book.remove(OLGAS)


def test_no_server_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        port = unused.getsockname()[1]
    monkeypatch.setenv("AWS_ENDPOINT_URL", f"http://127.0.0.1:{port}")

    with pytest.raises(RecipientsUnavailable, match="no answer"):
        SnsRecipients(TOPIC).all()


@pytest.mark.parametrize(
    "key", ["", "PendingConfirmation", f"{TOPIC}-of-others:1", "arn:aws:sns:eu-central-1:1:x:1"]
)
def test_only_this_topics_subscriptions_can_be_changed(key: str) -> None:
    book = SnsRecipients(TOPIC)

    for change in (lambda: book.remove(key), lambda: book.change_kinds(key, ["daily"])):
        with pytest.raises(RecipientRefused, match="no longer in the list"):
            change()


@pytest.mark.parametrize(
    "link",
    [
        "",
        "https://example.com/",
        "https://example.com/?Token=",
        "https://example.com/?Token=a&Token=b",
        "Click here!",
    ],
)
def test_a_link_that_is_none_is_refused(link: str) -> None:
    with pytest.raises(RecipientRefused, match="Token="):
        token_in(link)


def test_a_digest_goes_where_the_daily_reports_go() -> None:
    assert json.loads(policy_of(["weekly", "daily"])) == {"kind": ["daily", "weekly", "digest"]}
    assert kinds_in(policy_of(["weekly", "daily"])) == ("daily", "weekly")
    assert kinds_in("") == ("daily", "weekly", "monthly")
