"""The demo's data: users, opening hours, menu, and weeks of orders."""

import datetime

from django.contrib.auth.models import Group
from django.db import transaction

from cafe_site.accounts.models import OWNERS, STAFF, User
from cafe_site.menu.models import Product
from cafe_site.orders.models import Order
from cafe_site.shop.business_day import DAY
from cafe_site.shop.models import ContactDetails, OpeningHours, SpecialDay, Weekday
from cafe_site.shop.opening import opening_days, shop_calendar
from reports.figures.closed_days import last_closed_day
from script.demo_parts.draw import DrawnOrder, draw_day
from script.demo_parts.environment import Secrets
from script.demo_parts.kitchen import bake_the_weeks_before, furnish_kitchen
from script.demo_parts.menu import MenuItem, write_menu
from script.demo_parts.progress import progress
from script.demo_parts.stock import take_stock_and_slots
from script.demo_parts.write import write_orders

# The number of weeks that Today compares with.
WEEKS = 8
DAYS_AHEAD = 5
CHUNK = 200
FULL_DAY = ((8, 18),)
SUNDAY = ((9, 13), (14, 17))
# A telephone number reserved for fiction, and a reserved domain.
CONTACT = {
    "address": "Lindenstraße 12\n10969 Berlin",
    "phone": "+49 30 23125 012",
    "email": "hello@example.com",
    "legal_notice": "Café Linde\nLinda Baum\nLindenstraße 12\n10969 Berlin\n\n"
    "Telephone: +49 30 23125 012\nE-mail: hello@example.com\n\n"
    "This café is made up: it shows what the site can do.",
}


def keep_people(secrets: Secrets) -> None:
    """Create the owner and a member of staff with the stored passwords."""
    for name, password, group in (
        ("owner", secrets.owner_password, OWNERS),
        ("staff", secrets.staff_password, STAFF),
    ):
        user, _is_new = User.objects.get_or_create(username=name)
        if not user.check_password(password):
            user.set_password(password)
            user.save()
        user.groups.add(Group.objects.get(name=group))


def seed_shop(now: datetime.datetime, *, weeks: int = WEEKS) -> bool:
    """Create the whole café, unless it has orders already; return whether it was created.

    It is one transaction, so an interrupted run leaves an empty database for the next one.
    """
    if Order.objects.exists():
        return False
    today = shop_calendar().day_of(now)
    with transaction.atomic():
        ContactDetails.objects.create(**CONTACT)
        _write_hours(today, last_closed_day(now))
        products = write_menu()
        furnish_kitchen()
        drawn = draw_orders(today, weeks=weeks, now=now)
        _write_in_chunks(drawn, products, now=now)
        take_stock_and_slots(today, now)
        bake_the_weeks_before(today)
    return True


def weekly_closing_day(*shown: datetime.date) -> Weekday:
    """Return the weekday on which the café is closed: Monday, unless the demo shows a Monday.

    Today's board and the shown report must not be empty.
    """
    weekdays = {day.weekday() for day in shown}
    return next(weekday for weekday in Weekday if weekday not in weekdays)


def _write_hours(today: datetime.date, last_closed: datetime.date) -> None:
    closing_day = weekly_closing_day(today, last_closed)
    OpeningHours.objects.bulk_create(
        OpeningHours(
            weekday=weekday, opens_at=datetime.time(opens), closes_at=datetime.time(closes)
        )
        for weekday in Weekday
        if weekday != closing_day
        for opens, closes in (SUNDAY if weekday == Weekday.SUNDAY else FULL_DAY)
    )
    # Three weeks before the reported day: the mean of its weekday excludes this closed day.
    SpecialDay.objects.create(
        day=last_closed - DAY * 21, sentence="Closed: the oven was being repaired."
    )


def draw_orders(today: datetime.date, *, weeks: int, now: datetime.datetime) -> list[DrawnOrder]:
    """Return all orders placed before `now`, for past weeks and coming days, in order."""
    calendar = shop_calendar()
    past = weeks * 7
    drawn = [
        order
        for place, opening in enumerate(opening_days(today - DAY * past, past + 1 + DAYS_AHEAD))
        for order in draw_day(opening, calendar, growth=0.9 + 0.2 * place / past)
        if order.placed_at < now
    ]
    return sorted(drawn, key=lambda order: order.placed_at)


def _write_in_chunks(
    drawn: list[DrawnOrder], products: dict[MenuItem, Product], *, now: datetime.datetime
) -> None:
    chunks = [drawn[start : start + CHUNK] for start in range(0, len(drawn), CHUNK)]
    for chunk in progress(chunks, f"{len(drawn)} orders", unit="chunk"):
        write_orders(chunk, products, now=now)
