"""Browser tests of the README's tour; script/screenshots saves their screenshots."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from cafe_site.shop.business_day import DAY
from reports.delivery.issuing import issue_report
from reports.delivery.recipients import CHOSEN_KINDS, Recipient, RecipientState, note_recipients
from reports.models import Delivery, Report
from tests.browser.conftest import assert_fits, come_as
from tests.site_pages import OWNER

pytestmark = pytest.mark.browser

TOUR = {
    "menu": "/",
    "today": "/dashboard/",
    "patterns-times": "/dashboard/patterns/times/",
    "history": "/dashboard/reports/",
}


# What is added to a picture's name, how the browser is set, and the language that comes of it.
GUISES = (
    ("", {}, "en"),
    ("-night", {"color_scheme": "dark"}, "en"),
    ("-chinese", {"locale": "zh-CN"}, "zh-hans"),
)


def test_the_tour_by_day_by_night_and_in_chinese(
    new_page: Callable[..., Page], cafe: str, screen: str, keep: Callable[..., None]
) -> None:
    last = Report.objects.get().business_day
    for back in range(1, 22):
        issue_report(last - DAY * back)
    Delivery.objects.update(state=Delivery.State.PUBLISHED)
    note_recipients([Recipient("olga@cafe.example", RecipientState.CONFIRMED, CHOSEN_KINDS)])

    for suffix, options, language in GUISES:
        page = new_page(screen, **options)
        come_as(page, OWNER, cafe)
        for name, address in TOUR.items():
            page.goto(address)
            assert_fits(page)
            expect(page.locator("html")).to_have_attribute("lang", language)
            keep(page, f"{name}{suffix}")
