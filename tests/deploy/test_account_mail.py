"""Tests of the checks of SES: whether it accepts customers' e-mails from this sender."""

import pytest

from deploy.account.mail import look_at_mail
from tests.deploy.cloud import Cloud
from tests.deploy.looking import found_by, open_cloud, put_settings

URL = "smtp+tls://email-smtp.eu-central-1.amazonaws.com:587"
READY = ("ok", "production access, sending is on")


@pytest.fixture
def ses(cloud: Cloud) -> Cloud:
    put_settings(cloud, EMAIL_URL=URL)
    cloud.answers.say("sesv2.GetEmailIdentity", VerifiedForSendingStatus=True)
    return cloud


def test_an_account_that_may_send_from_a_verified_address(ses: Cloud) -> None:
    put_settings(ses, EMAIL_FROM="Café Linde <orders@cafe.example>")

    assert found_by(look_at_mail, open_cloud(ses)) == [
        READY,
        ("ok", "orders@cafe.example is verified"),
    ]


def test_another_mail_server_is_not_asked_of_ses(cloud: Cloud) -> None:
    put_settings(cloud, EMAIL_URL="smtp+tls://u:p@mail.example:587")
    cloud.answers.asked.clear()

    found = found_by(look_at_mail, open_cloud(cloud))

    assert found == [("ok", "not asked: /cafe/EMAIL_URL does not name SES's server")]
    assert cloud.answers.asked == ["ssm.GetParameters"]


def test_an_address_that_cannot_be_read_is_nobodys(cloud: Cloud) -> None:
    put_settings(cloud, EMAIL_URL="smtp+tls://[email-smtp")

    assert found_by(look_at_mail, open_cloud(cloud))[0][0] == "ok"


@pytest.mark.parametrize(
    ("answer", "words", "remedy"),
    [
        (
            {"ProductionAccessEnabled": False, "SendingEnabled": True},
            "in the sandbox: e-mails to addresses that are not verified are refused",
            '"Request production access"',
        ),
        (
            {"ProductionAccessEnabled": True, "SendingEnabled": False},
            "sending is turned off for this account",
            "Account dashboard, says why",
        ),
    ],
)
def test_what_customers_would_not_get_is_noted(
    ses: Cloud, answer: dict[str, bool], words: str, remedy: str
) -> None:
    ses.answers.say("sesv2.GetAccount", **answer)

    line, _sender = look_at_mail(open_cloud(ses))

    assert (line.level, line.found) == ("note", words)
    assert remedy in line.remedy


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({}, "/cafe/EMAIL_FROM is missing"),
        ({"EMAIL_FROM": "Olga"}, "/cafe/EMAIL_FROM is not an e-mail address"),
    ],
)
def test_a_sender_that_is_none_is_noted(ses: Cloud, settings: dict[str, str], words: str) -> None:
    put_settings(ses, **settings)

    _account, line = look_at_mail(open_cloud(ses))

    assert (line.level, line.found) == ("note", words)
    assert "--name /cafe/EMAIL_FROM" in line.remedy


def test_a_verified_domain_lets_its_addresses_and_those_below_it_send(cloud: Cloud) -> None:
    put_settings(cloud, EMAIL_URL=URL, EMAIL_FROM="orders@mail.cafe.example")
    cloud.answers.say_to("sesv2.GetEmailIdentity", "'cafe.example'", VerifiedForSendingStatus=True)

    found = found_by(look_at_mail, open_cloud(cloud))

    assert found[1] == ("ok", "cafe.example is verified")


def test_a_sender_whom_nobody_verified_is_noted(cloud: Cloud) -> None:
    put_settings(cloud, EMAIL_URL=URL, EMAIL_FROM="orders@cafe.example")

    _account, line = look_at_mail(open_cloud(cloud))

    assert (line.level, line.found) == (
        "note",
        "neither orders@cafe.example nor cafe.example is verified in eu-central-1",
    )
    assert "SES refuses e-mails of this sender until then" in line.remedy


def test_an_identity_that_waits_for_its_records_is_not_verified(ses: Cloud) -> None:
    put_settings(ses, EMAIL_FROM="orders@cafe.example")
    ses.answers.say("sesv2.GetEmailIdentity", VerifiedForSendingStatus=False)

    _account, line = look_at_mail(open_cloud(ses))

    assert line.level == "note"


def test_a_region_without_ses_is_noted(ses: Cloud, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ses.session, "get_available_regions", lambda _service: ["eu-west-1"])

    [line] = look_at_mail(open_cloud(ses))

    assert (line.level, line.found) == ("note", "there is no SES in eu-central-1")
