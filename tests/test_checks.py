from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest
from django.core.checks import CheckMessage
from django.db import OperationalError

from cafe_site.checks import (
    check_background,
    check_lease,
    check_payment,
    check_production,
    check_report_mail,
    check_reports_function,
    check_shop_facts,
    check_topic,
)
from cafe_site.shop.models import ContactDetails

HOME = {"SITE_URL": "http://127.0.0.1:8000", "IS_PRODUCTION": False, "REPORT_CHANNEL": "sns"}
PUBLIC = {"SITE_URL": "https://cafe.example", "IS_PRODUCTION": True, "REPORT_CHANNEL": "sns"}
BY_MAIL = PUBLIC | {"REPORT_CHANNEL": "email"}
TOPIC = "arn:aws:sns:eu-central-1:123456789012:cafe-reports"
MARIADB = {"default": {"ENGINE": "django.db.backends.mysql"}}
SQLITE = {"default": {"ENGINE": "django.db.backends.sqlite3"}}
SMTP = "django.core.mail.backends.smtp.EmailBackend"
CONSOLE = "django.core.mail.backends.console.EmailBackend"
INLINE = {"BACKGROUND": "inline"}
GOOD = {"DEBUG": False, "DATABASES": MARIADB, "EMAIL_BACKEND": SMTP}


@pytest.mark.parametrize(
    ("check", "facts", "expected"),
    [
        (check_topic, HOME | {"REPORT_TOPIC_ARN": ""}, []),
        (check_topic, PUBLIC | {"REPORT_TOPIC_ARN": ""}, ["cafe.E001"]),
        (check_topic, PUBLIC | {"REPORT_TOPIC_ARN": "cafe-reports"}, ["cafe.E002"]),
        (check_topic, PUBLIC | {"REPORT_TOPIC_ARN": TOPIC}, []),
        (check_topic, BY_MAIL | {"REPORT_TOPIC_ARN": ""}, []),
        (check_report_mail, BY_MAIL | {"EMAIL_BACKEND": SMTP}, []),
        (check_report_mail, BY_MAIL | {"EMAIL_BACKEND": CONSOLE}, ["cafe.E008"]),
        (check_report_mail, PUBLIC | {"EMAIL_BACKEND": CONSOLE}, []),
        (check_production, HOME | {"DEBUG": True}, []),
        (check_production, PUBLIC | GOOD, []),
        (check_production, PUBLIC | GOOD | {"DEBUG": True}, ["cafe.E003"]),
        (check_production, PUBLIC | GOOD | {"DATABASES": SQLITE}, ["cafe.E004"]),
        (check_production, PUBLIC | GOOD | {"EMAIL_BACKEND": CONSOLE}, ["cafe.W001"]),
        (check_production, PUBLIC | GOOD | {"SITE_URL": "https://localhost"}, ["cafe.E005"]),
        (check_payment, {"STRIPE_SECRET_KEY": "", "STRIPE_WEBHOOK_SECRET": ""}, []),
        (check_payment, {"STRIPE_SECRET_KEY": "sk", "STRIPE_WEBHOOK_SECRET": ""}, ["cafe.E007"]),
        (check_payment, {"STRIPE_SECRET_KEY": "sk", "STRIPE_WEBHOOK_SECRET": "whsec"}, []),
        (check_lease, {"REPORT_LEASE_SECONDS": 59}, ["cafe.E006"]),
        (check_lease, {"REPORT_LEASE_SECONDS": 150}, []),
        (check_background, PUBLIC | INLINE | {"EMAIL_BACKEND": SMTP}, ["cafe.E009"]),
        (check_background, HOME | INLINE | {"EMAIL_BACKEND": SMTP}, ["cafe.W003"]),
        (check_background, PUBLIC | INLINE | {"EMAIL_BACKEND": CONSOLE}, []),
        (check_background, PUBLIC | {"BACKGROUND": "thread", "EMAIL_BACKEND": SMTP}, []),
        (check_reports_function, {"BACKGROUND": "lambda", "REPORTS_FUNCTION": ""}, ["cafe.W002"]),
        (check_reports_function, {"BACKGROUND": "lambda", "REPORTS_FUNCTION": "x"}, []),
        (check_reports_function, {"BACKGROUND": "schedule", "REPORTS_FUNCTION": ""}, []),
    ],
)
def test_a_wrong_mix_is_told_by_its_id(
    check: Callable[[], list[CheckMessage]],
    facts: dict[str, Any],
    expected: list[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    # A stand-in: overriding DATABASES for real would part the tests from their database.
    monkeypatch.setattr("cafe_site.checks.settings", SimpleNamespace(**facts))

    assert [message.id for message in check()] == expected


SENTENCES = [
    "The telephone number is missing. Customers cannot call.",
    "The e-mail address is missing. Customers cannot write.",
    "The address is missing. Customers do not see where to collect their orders.",
    "The legal notice is missing. Many countries require one.",
    "The opening hours are missing. Customers cannot choose a pickup time.",
]


@pytest.mark.django_db
def test_what_customers_look_for_in_vain_is_a_warning() -> None:
    warnings = check_shop_facts(databases=["default"])

    assert [(warning.id, warning.msg) for warning in warnings] == [
        ("cafe.W004", sentence) for sentence in SENTENCES
    ]


@pytest.mark.usefixtures("opening_hours")
def test_a_shop_with_all_facts_is_fine() -> None:
    ContactDetails.objects.create(
        address="Lindenstraße 12", phone="+49 30 23125 012", email="a@example.com", legal_notice="A"
    )

    assert check_shop_facts(databases=["default"]) == []


@pytest.mark.django_db
@pytest.mark.parametrize(("vendor", "count"), [("sqlite", 5), ("mysql", 0)])
def test_a_server_is_asked_only_when_it_is_named(
    monkeypatch: pytest.MonkeyPatch, vendor: str, count: int
) -> None:
    monkeypatch.setattr("cafe_site.checks.connection", SimpleNamespace(vendor=vendor), raising=True)

    assert len(check_shop_facts()) == count


@pytest.mark.django_db
def test_a_database_without_tables_is_no_error(monkeypatch: pytest.MonkeyPatch) -> None:
    def read() -> list[str]:
        raise OperationalError("no such table: shop_contactdetails")

    monkeypatch.setattr("cafe_site.checks.missing_contact_details", read)

    assert check_shop_facts(databases=["default"]) == []
