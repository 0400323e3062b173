"""The facts of a deployment: each documented, each wrong one told by its name."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from cafe_site.env import env

ROOT = Path(__file__).resolve().parent.parent


def start(**facts: str) -> subprocess.CompletedProcess[str]:
    """Load the settings in a process of its own, with nothing but these facts."""
    return subprocess.run(
        [sys.executable, "-c", "import cafe_site.settings as s; print(s.SESSION_COOKIE_NAME)"],
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
            "SHOP_TIME_ZONE='Berlin' is no IANA time zone; use a name such as Europe/Berlin.",
        ),
        (
            {"SHOP_DAY_STARTS_AT": "4 am"},
            "SHOP_DAY_STARTS_AT='4 am' is no time of day; write it as 03:00.",
        ),
        (
            {"BACKGROUND": "later"},
            "BACKGROUND='later' is not known; use one of: thread, lambda, schedule, inline.",
        ),
        (
            {"SHOP_DAY_STARTS_AT": "07:00"},
            "SHOP_DAY_STARTS_AT='07:00' is too late for a night; use 00:00 to 06:00.",
        ),
    ],
)
def test_a_wrong_fact_stops_the_start_by_its_name(facts: dict[str, str], sentence: str) -> None:
    secret = {"SECRET_KEY": "x"} if facts else {}

    result = start(**secret, **facts)

    assert result.returncode == 1
    assert result.stderr.strip().splitlines()[-1].endswith(sentence)


def test_requirements_name_no_registry() -> None:
    locks = sorted((ROOT / "requirements").glob("*.txt"))

    assert [lock.name for lock in locks] == [
        f"{name}.txt"
        for name in ("demo", "lambda", "package", "production", "reports", "test", "web")
    ]
    assert [lock.name for lock in locks if "://" in lock.read_text()] == []
