"""Tests of the demo's pages that show e-mails."""

from pathlib import Path
from typing import Any

import pytest
from django.core import mail
from django.test import Client

from script.demo_parts import mail_views
from script.demo_parts.mails import read_mails
from tests.factories import utc


@pytest.fixture
def folder(tmp_path: Path, settings: Any, monkeypatch: pytest.MonkeyPatch) -> Path:
    settings.ROOT_URLCONF = "script.demo_parts.urls"
    settings.EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    settings.EMAIL_FILE_PATH = str(tmp_path / "mails")
    templates = Path(mail_views.__file__).parent / "templates"
    [engine] = settings.TEMPLATES
    settings.TEMPLATES = [{**engine, "DIRS": [*engine["DIRS"], templates]}]
    monkeypatch.setattr(mail_views, "MAILS", tmp_path / "mails")
    return tmp_path / "mails"


def send(subject: str, body: str, to: str = "ada@example.com") -> None:
    message = mail.EmailMultiAlternatives(subject, body, to=[to])
    message.attach_alternative(f"<p>{body}</p>", "text/html")
    message.send()


def test_no_folder_is_no_mail(tmp_path: Path) -> None:
    assert read_mails(tmp_path / "none") == []


def test_a_mail_is_read_as_it_was_written(folder: Path, time_machine: Any) -> None:
    time_machine.move_to(utc(2026, 11, 28, 9), tick=False)
    send("Order 7 at Caf\u00e9 Linde", "Hello \u674e\u5c0f\u9f99,\n\n-- \n2 x Cr\u00e8me")
    time_machine.move_to(utc(2026, 11, 28, 10), tick=False)
    mail.get_connection().send_messages(
        [
            mail.EmailMessage("One", "a", to=["a@example.com"]),
            mail.EmailMessage("Two", "b", to=["b@x.org"]),
        ]
    )

    newest, other, oldest = read_mails(folder)

    assert {newest.subject, other.subject} == {"One", "Two"}
    assert (oldest.subject, oldest.to, oldest.sent_at) == (
        "Order 7 at Caf\u00e9 Linde",
        "ada@example.com",
        utc(2026, 11, 28, 9),
    )
    assert oldest.text.strip() == "Hello \u674e\u5c0f\u9f99,\n\n-- \n2 x Cr\u00e8me"


def test_the_pages_list_the_mails_and_show_each(folder: Path, client: Client, db: None) -> None:
    empty = client.get("/demo/mails/").content.decode()
    send("Order 7 <at> Caf\u00e9", "See http://testserver/orders/7/abc/ & come")
    [found] = read_mails(folder)

    listed = client.get("/demo/mails/").content.decode()
    shown = client.get(f"/demo/mails/{found.key}/").content.decode()

    assert "There are no e-mails yet." in empty
    assert f'<a href="/demo/mails/{found.key}/">Order 7 &lt;at&gt; Caf\u00e9</a>' in listed
    assert '<a href="http://testserver/orders/7/abc/" rel="nofollow">' in shown
    assert client.get("/demo/mails/none/").status_code == 404


def test_the_site_itself_has_no_such_page(client: Client, db: None) -> None:
    assert client.get("/demo/mails/").status_code in (302, 404)
