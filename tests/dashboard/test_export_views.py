"""Tests of the export pages: requesting, progress, and downloading files."""

import datetime
from collections.abc import Callable, Iterator
from typing import Any

import boto3
import pytest
from django.core.files.storage import default_storage
from django.test import Client
from moto import mock_aws
from pytest_django.asserts import assertNumQueries, assertRedirects
from time_machine import travel

from cafe_site.accounts.models import User
from cafe_site.dashboard.export_forms import Preset, presets_of
from cafe_site.shop.periods import DayRange
from reports.models import Job
from reports.offloaded.requesting import cancel_job
from reports.offloaded.running import run_slice
from tests.factories import UserFactory
from tests.fixtures.exports import NOW, AskFor
from tests.fixtures.people import group
from tests.fixtures.shop import SUNDAY, Shop

PAGE = "/dashboard/exports/"
LATER = 1e12


@pytest.fixture(autouse=True)
def sunday_evening() -> Iterator[None]:
    with travel(NOW, tick=False):
        yield


def text_of(client: Client, address: str = PAGE) -> str:
    return client.get(address).content.decode()


def test_without_an_order_it_says_what_comes_first(office: Client) -> None:
    page = text_of(office)

    assert "Exports are possible after the first order." in page
    assert '<form class="form"' not in page


def test_without_an_export_it_names_the_next_step(weeks: Shop, office: Client) -> None:
    page = text_of(office)

    assert "No export yet. Choose the days above and start one." in page
    # Last month is what bookkeepers ask for; here nothing was sold in it, so it is this one.
    assert 'name="first" value="2026-11-01"' in page
    assert 'name="last" value="2026-11-22"' in page


def test_a_period_of_the_list_fills_the_form(weeks: Shop, office: Client) -> None:
    page = text_of(office, f"{PAGE}?first=2026-11-08&last=2026-11-15")

    assert 'name="first" value="2026-11-08"' in page
    assert 'name="last" value="2026-11-15"' in page


def test_an_export_is_asked_for_watched_and_fetched(
    weeks: Shop, office: Client, owner: User
) -> None:
    days = {"kind": "export", "first": "2026-11-01", "last": "2026-11-22"}

    answer = office.post(f"{PAGE}add/", days)

    job = Job.objects.get()
    assertRedirects(answer, f"{PAGE}#export-{job.pk}", fetch_redirect_response=False)
    assert job.created_by == owner
    waiting = text_of(office)
    assert "0 of 22 business days (0%)" in waiting
    assert f'data-hx-get="{PAGE}{job.pk}/" data-hx-trigger="every 2s"' in waiting
    run_slice(job.pk, until=LATER)
    done = text_of(office)
    assert "order-lines-2026-11-01-2026-11-22.csv" in done
    assert "hx-get" not in done
    file = office.get(f"{PAGE}{job.pk}/file/")
    assert file["Content-Disposition"] == (
        'attachment; filename="order-lines-2026-11-01-2026-11-22.csv"'
    )
    assert file["Content-Type"].startswith("text/csv")
    assert b"".join(file).startswith(b"\xef\xbb\xbfbusiness day,")  # type: ignore[arg-type]


def test_the_fragment_stops_asking_when_it_is_over(ask_for: AskFor, office: Client) -> None:
    job = ask_for()
    assert "hx-trigger" in text_of(office, f"{PAGE}{job.pk}/")
    run_slice(job.pk, until=0.0)
    assert "7 of 22 business days (31%)" in text_of(office, f"{PAGE}{job.pk}/")

    run_slice(job.pk, until=LATER)

    assert "hx-trigger" not in text_of(office, f"{PAGE}{job.pk}/")


def test_asked_for_twice_it_is_the_one_that_is_there(ask_for: AskFor, office: Client) -> None:
    job = ask_for()

    answer = office.post(
        f"{PAGE}add/", {"kind": "export", "first": "2026-11-01", "last": "2026-11-22"}
    )

    assertRedirects(answer, f"{PAGE}#export-{job.pk}", fetch_redirect_response=False)


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"first": "2026-10-31"}, "Choose that day or a later one instead of 31 October 2026."),
        ({"last": "2026-11-23"}, "The newest day available is 22 November 2026."),
        ({"last": "2026-10-30"}, "The last day, 30 October 2026, is before the first"),
        ({"first": "yesterday"}, "This is not a day. Write it as 2026-11-22."),
        ({"first": ""}, "Please enter a day, such as 2026-11-22."),
        ({"kind": "everything"}, "“everything” cannot be exported. Choose one of these."),
        ({"kind": ""}, "Please choose an export."),
    ],
)
def test_what_cannot_be_had_is_said_at_its_field(
    change: dict[str, str], sentence: str, weeks: Shop, office: Client
) -> None:
    days = {"kind": "export", "first": "2026-11-01", "last": "2026-11-22"}

    answer = office.post(f"{PAGE}add/", days | change)

    assert answer.status_code == 422
    assert sentence in answer.content.decode()
    assert not Job.objects.exists()


def test_an_export_is_cancelled_and_tried_again(ask_for: AskFor, office: Client) -> None:
    job = ask_for()

    answer = office.post(f"{PAGE}{job.pk}/cancel/", follow=True)

    assert "cancelled" in answer.content.decode()
    again = office.post(f"{PAGE}{job.pk}/retry/", follow=True)
    assert "0 of 22 business days" in again.content.decode()
    job.refresh_from_db()
    assert job.state == Job.State.QUEUED


def test_one_that_runs_is_being_cancelled(ask_for: AskFor, office: Client) -> None:
    job = ask_for()
    Job.objects.claim(job.pk, lease=Job.LEASE)

    page = office.post(f"{PAGE}{job.pk}/cancel/", follow=True).content.decode()

    assert "being cancelled" in page
    assert f"{PAGE}{job.pk}/cancel/" not in page


def test_what_is_over_is_not_cancelled_nor_tried_again(ask_for: AskFor, office: Client) -> None:
    job = ask_for()
    run_slice(job.pk, until=LATER)

    for what, sentence in {
        "cancel": "This export has ended already, so it cannot be cancelled.",
        "retry": "Only a failed or cancelled export can be tried again.",
    }.items():
        page = office.post(f"{PAGE}{job.pk}/{what}/", follow=True).content.decode()
        assert sentence in page


def test_what_broke_says_so_and_what_to_do(ask_for: AskFor, office: Client) -> None:
    job = ask_for()
    Job.objects.update(error="OperationalError", attempts=1)
    waiting = text_of(office)

    Job.objects.update(state=Job.State.FAILED, active_key=None, attempts=3)

    page = text_of(office)
    assert "Attempt 1 of 3 failed because of an error on the site." in waiting
    assert "All 3 attempts failed. Try again." in page
    # The person who runs the site finds the rest by this number.
    assert f"the number of this export: {job.pk}." in page
    assert "OperationalError" not in waiting + page
    assert f"{PAGE}{job.pk}/retry/" in page


def test_a_file_whose_time_is_over_cannot_be_fetched(ask_for: AskFor, office: Client) -> None:
    job = ask_for()
    run_slice(job.pk, until=LATER)
    job.refresh_from_db()
    assert job.expires_at is not None

    # Not yet deleted, and yet not there any more.
    with travel(job.expires_at, tick=False):
        answer = office.get(f"{PAGE}{job.pk}/file/", follow=True)

    page = answer.content.decode()
    assert "The file was deleted: files are kept for 7 days. Start the export again." in page
    assert "The file has expired and was deleted." in page
    assert default_storage.exists(job.file_path)


@pytest.mark.parametrize("what", ["queued", "cancelled", "gone"])
def test_without_a_file_it_says_so(what: str, ask_for: AskFor, office: Client) -> None:
    job = ask_for()
    if what == "cancelled":
        cancel_job(job.pk, now=NOW)
    elif what == "gone":
        run_slice(job.pk, until=LATER)
        job.refresh_from_db()
        default_storage.delete(job.file_path)

    answer = office.get(f"{PAGE}{job.pk}/file/")

    assertRedirects(answer, f"{PAGE}#export-{job.pk}", fetch_redirect_response=False)


def test_another_owner_may_fetch_it_too_and_staff_may_not(
    ask_for: AskFor, client: Client, staff_member: User, sign_in: Callable[[User], Client]
) -> None:
    job = ask_for()
    run_slice(job.pk, until=LATER)
    otto = UserFactory(username="otto")
    otto.groups.add(group("owners"))

    assert sign_in(otto).get(f"{PAGE}{job.pk}/file/").status_code == 200
    assert sign_in(staff_member).get(f"{PAGE}{job.pk}/file/").status_code == 403


def test_a_file_is_no_photo(ask_for: AskFor, office: Client) -> None:
    job = ask_for()
    run_slice(job.pk, until=LATER)
    job.refresh_from_db()

    for address in (f"/photos/{job.file_path}", f"/photos/../{job.file_path}", f"/{job.file_path}"):
        assert office.get(address).status_code == 404


def test_on_s3_a_link_opens_it_for_five_minutes(
    ask_for: AskFor, office: Client, settings: Any
) -> None:
    settings.STORAGES = {
        **settings.STORAGES,
        "default": {
            "BACKEND": "storages.backends.s3.S3Storage",
            "OPTIONS": {
                "bucket_name": "cafe-photos",
                "signature_version": "s3v4",
                "addressing_style": "virtual",
                "region_name": "eu-central-1",
            },
        },
    }
    with mock_aws():
        boto3.client("s3", region_name="us-east-1").create_bucket(Bucket="cafe-photos")
        job = ask_for()
        run_slice(job.pk, until=0.0)
        run_slice(job.pk, until=LATER)
        job.refresh_from_db()

        answer = office.get(f"{PAGE}{job.pk}/file/")

    assert answer.status_code == 302
    address, _, query = answer["Location"].partition("?")
    assert address == f"https://cafe-photos.s3.eu-central-1.amazonaws.com/{job.file_path}"
    assert "X-Amz-Expires=300" in query
    assert "X-Amz-Signature=" in query
    assert "attachment%3B%20filename%3D%22order-lines-2026-11-01-2026-11-22.csv%22" in query
    # Owners alone come this far, and no cache keeps where it leads.
    assert "no-store" in answer["Cache-Control"]


def test_the_page_asks_the_database_as_often_for_many_as_for_one(
    ask_for: AskFor, office: Client
) -> None:
    ask_for()
    office.get(PAGE)
    with assertNumQueries(6):
        office.get(PAGE)

    for days in range(1, 6):
        ask_for(first=SUNDAY - datetime.timedelta(days=days))
    with assertNumQueries(6):
        office.get(PAGE)


def test_a_page_that_polls_asks_the_database_little(ask_for: AskFor, office: Client) -> None:
    job = ask_for()

    with assertNumQueries(4):
        office.get(f"{PAGE}{job.pk}/")


@pytest.mark.parametrize(
    ("first", "today", "expected"),
    [
        # A shop of two years, in spring.
        (
            "2024-05-10",
            "2026-03-15",
            {
                "Last month": ("2026-02-01", "2026-02-28"),
                "This month": ("2026-03-01", "2026-03-15"),
                "Last year": ("2025-01-01", "2025-12-31"),
                "This year": ("2026-01-01", "2026-03-15"),
                "Everything": ("2024-05-10", "2026-03-15"),
            },
        ),
        # One that has just opened, on the first of January.
        (
            "2025-12-30",
            "2026-01-01",
            {
                "Last month": ("2025-12-30", "2025-12-31"),
                "This month": ("2026-01-01", "2026-01-01"),
                "Last year": ("2025-12-30", "2025-12-31"),
                "This year": ("2026-01-01", "2026-01-01"),
                "Everything": ("2025-12-30", "2026-01-01"),
            },
        ),
        # In its first month.
        (
            "2026-03-10",
            "2026-03-15",
            {
                "This month": ("2026-03-10", "2026-03-15"),
                "This year": ("2026-03-10", "2026-03-15"),
                "Everything": ("2026-03-10", "2026-03-15"),
            },
        ),
    ],
)
def test_periods_to_choose_from(
    first: str, today: str, expected: dict[str, tuple[str, str]]
) -> None:
    day = datetime.date.fromisoformat(today)

    presets = presets_of(DayRange(datetime.date.fromisoformat(first), day), today=day)

    assert presets == [
        Preset(label, *map(datetime.date.fromisoformat, days)) for label, days in expected.items()
    ]
