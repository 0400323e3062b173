"""Tests of the settings: each is documented, and a wrong value is reported with its name."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from cafe_site.env import env

ROOT = Path(__file__).resolve().parent.parent


SESSION_COOKIE = "import cafe_site.settings as s; print(s.SESSION_COOKIE_NAME)"


def start(code: str = SESSION_COOKIE, /, **facts: str) -> subprocess.CompletedProcess[str]:
    """Load the settings in a process of its own, with nothing but these facts."""
    return subprocess.run(  # noqa: S603 - our own lines
        [sys.executable, "-c", code],
        cwd=ROOT,
        env={"PATH": os.environ["PATH"], **facts},
        capture_output=True,
        text=True,
        check=False,
    )


def test_readme_lists_each_variable() -> None:
    readme = (ROOT / "README.md").read_text()

    assert set(re.findall(r"^\| `([A-Z_]+)` \|", readme, re.MULTILINE)) == set(env.scheme)


def test_the_defaults_start_a_site_at_home() -> None:
    assert start(SECRET_KEY="x").stdout == "session\n"


def test_https_turns_on_what_production_needs() -> None:
    assert start(SECRET_KEY="x", SITE_URL="https://cafe.example").stdout == "__Host-session\n"


@pytest.mark.parametrize(
    ("facts", "sentence"),
    [
        ({}, "Set the SECRET_KEY environment variable"),
        (
            {"SHOP_TIME_ZONE": "Berlin"},
            "SHOP_TIME_ZONE='Berlin' is not an IANA time zone; use a name such as Europe/Berlin.",
        ),
        (
            {"SHOP_DAY_STARTS_AT": "4 am"},
            "SHOP_DAY_STARTS_AT='4 am' is not a time of day; write it as 03:00.",
        ),
        (
            {"BACKGROUND": "later"},
            "BACKGROUND='later' is not known; use one of: thread, lambda, schedule, inline.",
        ),
        ({"DEBUG": "maybe"}, "DEBUG='maybe' is not known; use true or false."),
        (
            {"SHOP_PRICES_INCLUDE_TAX": "7"},
            "SHOP_PRICES_INCLUDE_TAX='7' is not known; use true or false.",
        ),
        (
            {"REPORT_GRACE_MINUTES": "half an hour"},
            "REPORT_GRACE_MINUTES='half an hour' is not a whole number of at least 0; "
            "write it as 30.",
        ),
        ({"SITE_URL": "cafe.example"}, "is not an address; write it as https://cafe.example."),
        ({"SITE_URL": "https://[cafe"}, "is not an address; write it as https://cafe.example."),
        ({"EMAIL_URL": "smtp+tls://host:port"}, "mail server; write it as smtp+tls://host:587."),
        ({"EMAIL_URL": "smtp+tls://"}, "has no host; write it as smtp+tls://host:587."),
        ({"EMAIL_USER": "AKIA"}, "EMAIL_PASSWORD is missing; set both or neither."),
        ({"EMAIL_PASSWORD": "BAbc"}, "EMAIL_USER is missing; set both or neither."),
        ({"DATABASE_URL": "cafe"}, "such as %2F for a slash."),
        ({"DATABASE_URL": "$x"}, "such as %2F for a slash."),
        ({"SITE_URL": "$x"}, "SITE_URL='$x' is not an address; write it as https://cafe.example."),
        (
            {"SITE_URL": "https://cafe example"},
            "is not an address; write it as https://cafe.example.",
        ),
        ({"REPORT_GRACE_MINUTES": "-5"}, "is not a whole number of at least 0; write it as 30."),
        (
            {"LOG_LEVEL": "loud"},
            "use one of: DEBUG, INFO, WARNING, ERROR, CRITICAL.",
        ),
        (
            {"SHOP_TIME_ZONE": "Europe"},
            "SHOP_TIME_ZONE='Europe' is not an IANA time zone; use a name such as Europe/Berlin.",
        ),
        (
            {"SHOP_DAY_STARTS_AT": "03:00+01:00"},
            "has an offset; write it as 03:00, in the shop's own time.",
        ),
        (
            {"SHOP_DAY_STARTS_AT": "07:00"},
            "SHOP_DAY_STARTS_AT='07:00' is too late; use 00:00 to 06:00.",
        ),
    ],
)
def test_a_wrong_fact_stops_the_start_by_its_name(facts: dict[str, str], sentence: str) -> None:
    secret = {"SECRET_KEY": "x"} if facts else {}

    result = start(**secret, **facts)

    assert result.returncode == 1
    assert result.stderr.strip().splitlines()[-1].endswith(sentence)


# As SES makes them: in base64, and half of them hold a slash.
SES_PASSWORD = "BAbc/def+ghi=jkl"


@pytest.mark.parametrize(
    ("name", "address"),
    [
        (
            "EMAIL_URL",
            f"smtp+tls://AKIAUSER:{SES_PASSWORD}@email-smtp.eu-central-1.amazonaws.com:587",
        ),
        ("EMAIL_URL", f"smtp+tls://AKIAUSER:{SES_PASSWORD}"),
        ("DATABASE_URL", f"mysql://cafe:{SES_PASSWORD}@db.example:3306/cafe"),
        ("DATABASE_URL", f"mysql//cafe:{SES_PASSWORD}@db.example:3306/cafe"),
        ("DATABASE_URL", f"mysql:/cafe:{SES_PASSWORD}@db.example:3306/cafe"),
    ],
)
def test_an_address_with_a_password_is_refused_by_name_and_never_shown(
    name: str, address: str
) -> None:
    result = start(SECRET_KEY="x", **{name: address})

    assert result.returncode == 1
    assert result.stderr.splitlines()[-1].split(": ", 1)[1].startswith(f"{name} ")
    assert "BAbc" not in result.stdout + result.stderr


def test_a_password_is_taken_as_it_is() -> None:
    code = "import cafe_site.settings as s; print(s.EMAIL_HOST_USER, s.EMAIL_HOST_PASSWORD)"
    facts = {"SECRET_KEY": "$x", "EMAIL_URL": "smtp+tls://host:587", "EMAIL_USER": "AKIA"}

    for password in (SES_PASSWORD, "$money", "a b@c%2F"):
        assert start(code, **facts, EMAIL_PASSWORD=password).stdout == f"AKIA {password}\n"


def test_requirements_name_no_registry() -> None:
    locks = sorted((ROOT / "requirements").glob("*.txt"))

    assert [lock.name for lock in locks] == [
        f"{name}.txt"
        for name in (
            "demo",
            "lambda",
            "mutants",
            "package",
            "production",
            "reports",
            "test",
            "web",
        )
    ]
    assert [lock.name for lock in locks if "://" in lock.read_text()] == []
