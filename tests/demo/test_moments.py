"""Tests of the demo at any hour of any day: it has orders, products on sale and a report."""

import datetime
from collections.abc import Callable
from zoneinfo import ZoneInfo

import pytest
from django.test import Client
from django.urls import reverse
from time_machine import travel

from cafe_site.accounts.models import User
from cafe_site.orders.models import Order
from cafe_site.shop.business_day import DAY
from cafe_site.shop.models import Weekday
from cafe_site.shop.opening import opening_day, shop_calendar
from reports.due import run_due_reports
from reports.figures.closed_days import last_closed_day
from reports.models import Report
from script.demo_parts.offer import find_orderable
from script.demo_parts.seed import seed_shop, weekly_closing_day
from tests.storefront.browsing import add, form_of

# The demo has SQLite, wherever it runs.
pytestmark = pytest.mark.once

BERLIN = ZoneInfo("Europe/Berlin")
WEEK = 1

DATES = {
    "a Saturday": "2026-11-28",
    "a Sunday with short hours": "2026-11-29",
    "a Monday": "2026-11-30",
    "the spring change": "2027-03-28",
    "the autumn change": "2026-10-25",
    "a leap day": "2028-02-29",
    "the last day of the year": "2026-12-31",
    "New Year": "2027-01-01",
}
TIMES = {
    "just past midnight": "00:05",
    # It does not exist in spring, and comes twice in autumn.
    "at night": "02:30",
    "at noon": "12:00",
    "after closing": "23:40",
}
# Each date at night, when clocks are changed, and each time of one date; with --long all of them.
MOMENTS = [
    pytest.param(
        datetime.datetime.fromisoformat(f"{day}T{clock}").replace(tzinfo=BERLIN),
        id=f"{date}, {time}",
        marks=() if time == "at night" or date == "a Saturday" else pytest.mark.long,
    )
    for date, day in DATES.items()
    for time, clock in TIMES.items()
]


@pytest.mark.parametrize("moment", MOMENTS)
def test_the_demo_has_something_to_see_and_to_sell(
    moment: datetime.datetime, client: Client, owner: User, sign_in: Callable[[User], Client]
) -> None:
    now = moment.astimezone(datetime.UTC)
    today = shop_calendar().day_of(now)

    with travel(now, tick=False):
        seed_shop(now, weeks=WEEK)
        run_due_reports(now=now, publisher=None)
        found = find_orderable(now)
        assert found is not None
        add(client, found.product, found.quantity)
        ordered = client.post("/checkout/", form_of(client, pickup_at=found.pickup_at.isoformat()))
        dashboard = sign_in(owner).get(reverse("dashboard:today"))

    assert ordered.status_code == 302
    assert Order.objects.latest("pk").pickup_at == found.pickup_at > now
    assert not opening_day(today).is_closed
    assert Order.objects.filter(business_day=today).count() >= 5
    assert Report.objects.filter(business_day=last_closed_day(now), kind="daily").exists()
    assert dashboard.status_code == 200


@pytest.mark.parametrize("clock", ["00:05", "12:00", "23:40"])
def test_a_demo_of_some_days_ago_sells_on_its_closed_day_for_the_next(
    clock: str, client: Client, db: None
) -> None:
    seeded = datetime.datetime(2026, 11, 28, 12, tzinfo=BERLIN).astimezone(datetime.UTC)
    seed_shop(seeded, weeks=WEEK)
    saturday = shop_calendar().day_of(seeded)
    closing = weekly_closing_day(saturday, saturday - DAY)
    closed_day = saturday + DAY * ((closing - saturday.weekday()) % 7)
    moment = datetime.datetime.combine(closed_day, datetime.time.fromisoformat(clock), BERLIN)

    with travel(moment, tick=False):
        found = find_orderable(moment)
        assert found is not None
        add(client, found.product, found.quantity)
        ordered = client.post("/checkout/", form_of(client, pickup_at=found.pickup_at.isoformat()))

    assert (closing, opening_day(closed_day).is_closed) == (Weekday.MONDAY, True)
    assert ordered.status_code == 302
    assert shop_calendar().day_of(found.pickup_at) > closed_day


def test_what_is_sold_out_is_not_ordered(db: None) -> None:
    now = datetime.datetime(2026, 11, 28, 12, tzinfo=BERLIN).astimezone(datetime.UTC)
    seed_shop(now, weeks=WEEK)
    first = find_orderable(now)
    assert first is not None
    first.product.daily_stock.all().delete()
    type(first.product).objects.filter(pk=first.product.pk).update(daily_quantity=0)

    second = find_orderable(now)

    assert second is not None
    assert second.product != first.product
