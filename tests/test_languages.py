"""Tests of the English and Chinese pages, e-mails and reports."""

import datetime
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import django
import pytest
from django.test import Client
from django.utils.translation import deactivate, override
from hypothesis import given
from hypothesis import strategies as st

from cafe_site.accounts.models import User
from cafe_site.menu.models import Product
from cafe_site.orders.basket import ChosenLine
from cafe_site.orders.changes import change_status
from cafe_site.orders.checkout import place_order
from cafe_site.orders.models import OutgoingMail, Status
from cafe_site.shop.dates import FORMATS
from cafe_site.tables.columns import WIDTH, width_of, wrap
from reports.delivery import issuing
from tests.fixtures.ordering import NOW, details
from tests.fixtures.shop import SUNDAY, Shop

ROOT = Path(__file__).resolve().parent.parent
DJANGO_WORDS = [
    ROOT / "cafe_site" / "django_words" / language / "LC_MESSAGES" / "django.po"
    for language in ("en", "zh_Hans")
]
CATALOGUE = ROOT / "cafe_site" / "locale" / "zh_Hans" / "LC_MESSAGES" / "django.po"


@pytest.fixture(autouse=True)
def own_language() -> Iterator[None]:
    """Reset the language, which a request sets for the whole thread."""
    yield
    deactivate()


@pytest.fixture
def gettext_tools() -> None:
    if shutil.which("xgettext") is None:
        if os.environ.get("CI") == "true":
            pytest.fail("GNU gettext is missing. On Debian: apt-get install gettext")
        pytest.skip("GNU gettext is missing. On Debian: apt-get install gettext")


def messages_in(text: str) -> list[str]:
    """Return each entry of a catalogue but its head."""
    return [entry.strip() for entry in text.split("\n\n")[1:] if entry.strip()]


def ids_of(text: str) -> set[str]:
    found = set()
    for entry in messages_in(text):
        start = re.search(r"^(msgctxt|msgid) ", entry, re.MULTILINE)
        end = re.search(r"^msgstr", entry, re.MULTILINE)
        assert start is not None
        assert end is not None
        found.add(re.sub(r'"\n"', "", entry[start.start() : end.start()]))
    return found


@pytest.mark.usefixtures("gettext_tools")
def test_every_text_has_its_translation(tmp_path: Path) -> None:
    """Extract the texts from code and templates again, and compare the catalogue with them."""
    for package in ("cafe_site", "reports"):
        shutil.copytree(ROOT / package, tmp_path / package)
    done = subprocess.run(  # noqa: S603 - Django's own command, on a copy of the project
        [
            *(sys.executable, "-m", "django", "makemessages", "--locale", "zh_Hans"),
            *("--add-location", "never", "--no-obsolete"),
        ],
        cwd=tmp_path,
        env={
            **os.environ,
            "PYTHONPATH": str(tmp_path),
            "DJANGO_SETTINGS_MODULE": "cafe_site.settings",
            "SECRET_KEY": "for messages only",
            "DATABASE_URL": "sqlite://:memory:",
        },
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr

    kept = CATALOGUE.read_text()
    fresh = (tmp_path / CATALOGUE.relative_to(ROOT)).read_text()
    # `script/messages` brings both up to date.
    assert ids_of(fresh) == ids_of(kept)
    assert "#, fuzzy" not in kept
    untranslated = [entry for entry in messages_in(kept) if re.search(r'msgstr(\[0\])? ""$', entry)]
    assert untranslated == []


@pytest.mark.usefixtures("gettext_tools")
@pytest.mark.parametrize("catalogue", [CATALOGUE, *DJANGO_WORDS], ids=str)
def test_the_compiled_catalogue_is_that_of_the_text(tmp_path: Path, catalogue: Path) -> None:
    compiled = tmp_path / "django.mo"
    subprocess.run(["msgfmt", "--check-format", "-o", compiled, catalogue], check=True)  # noqa: S603, S607

    assert compiled.read_bytes() == catalogue.with_suffix(".mo").read_bytes()


def test_what_we_say_instead_of_django_is_what_django_still_says() -> None:
    """A new Django with another sentence would show its own."""
    root = Path(django.__file__).parent
    folders = (root / "conf", root / "contrib" / "auth", root / "contrib" / "admin")
    djangos = {
        text
        for folder in folders
        for text in ids_of((folder / "locale/en/LC_MESSAGES/django.po").read_text())
    }

    english, chinese = (ids_of(path.read_text()) for path in DJANGO_WORDS)

    assert english == chinese
    assert english - djangos == set()


def test_each_format_of_a_date_is_listed() -> None:
    used = set()
    for path in [*ROOT.glob("cafe_site/**/*.html"), *ROOT.glob("cafe_site/**/*.py")]:
        used |= set(re.findall(r'\|day:"([^"]+)"', path.read_text()))
        used |= set(re.findall(r'local_date\([^"\n]+"([^"]+)"\)', path.read_text()))
        used |= set(re.findall(r'title.html" with [^%]*format="([^"]+)"', path.read_text()))

    with override("en"):
        assert used <= {str(english) for english in FORMATS}


@pytest.mark.django_db
def test_a_visitor_chooses_the_language(client: Client, cheesecake: Product) -> None:
    english = client.get("/").content.decode()

    answer = client.post("/language/", {"language": "zh-hans", "next": "/"}, follow=True)

    chinese = answer.content.decode()
    assert '<html lang="en">' in english
    assert '<html lang="zh-hans">' in chinese
    assert "预订自取" in chinese
    assert "Order for pickup" not in chinese
    # Each language is offered by its own name, in both.
    for page in (english, chinese):
        assert "English" in page
        assert "简体中文" in page


@pytest.mark.django_db
def test_a_language_that_is_none_changes_nothing_and_leads_nowhere_else(client: Client) -> None:
    answer = client.post("/language/", {"language": "xx", "next": "https://example.com/"})

    assert answer["Location"] == "/"
    assert '<html lang="en">' in client.get("/").content.decode()


@pytest.mark.django_db
def test_a_browsers_language_is_taken_at_first(client: Client, cheesecake: Product) -> None:
    page = client.get("/", headers={"accept-language": "zh-CN,zh;q=0.9"}).content.decode()

    assert "预订自取" in page


def test_a_customer_is_written_to_in_the_language_of_the_order(
    cheesecake: Product, staff_member: User
) -> None:
    with override("zh-hans"):
        order = place_order(
            details(), [ChosenLine(cheesecake.pk, (), 1)], checkout_key="k", now=NOW
        )
    with override("en"):
        change_status(order.pk, Status.READY, by=staff_member, now=NOW)

    placed, ready = OutgoingMail.objects.order_by("pk")
    assert "感谢您的订购" in placed.text
    assert "2026年11月22日 星期日 13:00" in placed.text
    assert "已备好" in ready.text
    assert "已备好" in ready.subject


def test_dates_and_errors_are_chinese_on_an_owners_pages(
    shop: Shop, owner: User, sign_in: Callable[[User], Client], settings: Any
) -> None:
    settings.REPORT_CHANNEL = "email"
    shop.sell_an_ordinary_sunday()
    report = issuing.issue_report(SUNDAY)
    office = sign_in(owner)
    office.post("/language/", {"language": "zh-hans", "next": "/"})

    page = office.get(f"/dashboard/reports/{report.pk}/").content.decode()
    wrong = office.post("/dashboard/reports/recipients/add/", {"address": "x"}).content.decode()

    assert "2026年11月22日 星期日" in page
    assert "销售净额" in page
    # The report itself is in its own language.
    assert "EUR 36.48 net from 4 orders" in page
    assert "Nothing has changed" not in page
    assert "没有任何变化" in page
    assert "这个电子邮箱地址似乎不完整" in wrong


def test_a_report_in_chinese(shop: Shop, settings: Any) -> None:
    settings.REPORT_LANGUAGE = "zh-hans"
    shop.sell_the_sundays_before()
    shop.sell_an_ordinary_sunday()

    report = issuing.issue_report(SUNDAY)

    golden = ROOT / "tests" / "golden" / "ordinary_day_zh.txt"
    assert f"Subject: {report.subject}\n\n{report.text}" == golden.read_text()
    assert report.subject.isascii()
    lines = [line for line in report.text.splitlines() if "http" not in line]
    assert max(width_of(line) for line in lines) <= WIDTH


WORDS = st.text(st.sampled_from("abcdefg ,.-销售净额，。（）é"), max_size=120)


@given(WORDS, st.integers(12, 40))
def test_no_line_is_wider_and_nothing_is_lost(text: str, width: int) -> None:
    lines = wrap(text, width, subsequent_indent="  ")

    assert all(width_of(line) <= width + 2 for line in lines)
    assert re.sub(r"\s", "", "".join(lines)) == re.sub(r"\s", "", text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("烤制与售出，以及结果", ["烤制与售出，", "以及结果"]),
        ("one two three", ["one two", "three"]),
        ("销售 EUR 36.48", ["销售 EUR", "36.48"]),
    ],
)
def test_wide_letters_take_two_columns(text: str, expected: list[str]) -> None:
    assert wrap(text, 12) == expected


def test_a_day_in_chinese_has_its_own_order() -> None:
    from cafe_site.shop.dates import local_date

    day = datetime.date(2026, 11, 22)
    with override("zh-hans"):
        assert local_date(day, "l j F Y") == "2026年11月22日 星期日"
    with override("en"):
        assert local_date(day, "l j F Y") == "Sunday 22 November 2026"
