"""Browser tests of an owner's export, with and without JavaScript."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from reports.models import Job
from reports.offloaded.running import run_slice
from tests.browser.conftest import PASSWORDS, VISITS, complaints_about, follow, sign_in

pytestmark = pytest.mark.browser


@pytest.fixture(autouse=True)
def by_the_schedule(settings: Any, tmp_path: Path) -> None:
    """Let the test itself be the schedule, so that it sees each state."""
    settings.BACKGROUND = "schedule"
    settings.STORAGES = {
        **settings.STORAGES,
        "default": {
            "BACKEND": "django.core.files.storage.FileSystemStorage",
            "OPTIONS": {"location": tmp_path},
        },
    }


@VISITS
def test_an_owner_has_an_export_made(
    new_page: Callable[..., Page], screen: str, keep: Callable[..., None], javascript: bool
) -> None:
    page = new_page(screen, java_script_enabled=javascript)
    sign_in(page, "owner", PASSWORDS.owner_password)
    page.goto("/dashboard/exports/")
    expect(page.get_by_text("No export yet.")).to_be_visible()
    follow(page.get_by_role("link", name="Everything"))
    page.get_by_label("order lines, as CSV").check()
    follow(page.get_by_role("button", name="Start the export"))
    job = Job.objects.get()
    row = page.locator(f"#export-{job.pk}")
    expect(row).to_contain_text(f"0 of {job.total_days} business days (0%)")

    run_slice(job.pk, until=0.0)
    if not javascript:
        follow(row.get_by_role("link", name="Reload"))
    expect(row).to_contain_text("7 of")
    expect(row.get_by_role("progressbar")).to_have_attribute("value", "7")
    if javascript:
        assert complaints_about(page) == []
    keep(page, "exports")
    # How far it is stands in the database, and not in the page.
    page.reload()
    expect(row).to_contain_text("7 of")

    run_slice(job.pk, until=1e12)
    if not javascript:
        page.reload()
    link = row.get_by_role("link", name="Download")
    expect(link).to_be_visible()
    if javascript:
        assert complaints_about(page) == []
    with page.expect_download() as download:
        link.click()
    assert download.value.suggested_filename == job.file_name
    content = Path(download.value.path()).read_text(encoding="utf-8-sig")
    assert content.startswith("business day,pickup time,")


@VISITS
def test_an_owner_cancels_one_and_has_it_made_again(
    new_page: Callable[..., Page], screen: str, javascript: bool
) -> None:
    page = new_page(screen, java_script_enabled=javascript)
    sign_in(page, "owner", PASSWORDS.owner_password)
    page.goto("/dashboard/exports/")
    page.get_by_label("sales, as a workbook").check()
    follow(page.get_by_role("button", name="Start the export"))
    row = page.locator(".export")

    follow(row.get_by_role("button", name="Cancel"))
    expect(row).to_contain_text("cancelled")
    follow(row.get_by_role("button", name="Try again"))

    run_slice(Job.objects.get().pk, until=1e12)
    if not javascript:
        page.reload()
    expect(row.get_by_role("link", name="Download")).to_be_visible()


def test_a_wrong_day_is_said_at_its_field(new_page: Callable[..., Page]) -> None:
    page = new_page("telephone")
    sign_in(page, "owner", PASSWORDS.owner_password)
    page.goto("/dashboard/exports/")
    page.get_by_label("Last day").fill("2030-01-01")

    follow(page.get_by_role("button", name="Start the export"))

    expect(page.get_by_text("The newest day available is")).to_be_visible()
    expect(page.get_by_label("Last day")).to_have_attribute("aria-invalid", "true")
    assert complaints_about(page) == []
