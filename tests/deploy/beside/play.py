"""Functions that played.py calls by name. Tests copy this file into an unpacked package.

This runs in the function's own process, with the package's modules and nothing of the tests'.
"""

import datetime
import sys
from decimal import Decimal
from typing import Any


def _renew_connection() -> None:
    """Leave a connection that an earlier test had the server close."""
    from django.db import close_old_connections

    close_old_connections()


def open_shop(event: dict[str, Any], context: object) -> None:
    """Write a menu of one product, and opening hours on each day of the week."""
    _renew_connection()
    from cafe_site.menu.models import Category, Product
    from cafe_site.shop.models import OpeningHours, Weekday

    category = Category.objects.create(name="Cakes")
    Product.objects.create(
        category=category,
        name="Cheesecake",
        slug="cheesecake",
        price_amount=Decimal("4.20"),
        unit_cost_amount=Decimal("1.00"),
        tax_rate=Decimal("0.07"),
    )
    hours = datetime.time(8), datetime.time(18)
    OpeningHours.objects.bulk_create(
        OpeningHours(weekday=weekday, opens_at=hours[0], closes_at=hours[1]) for weekday in Weekday
    )


def sell_on(event: dict[str, Any], context: object) -> None:
    """Write an order of two cheesecakes that was collected at noon of event["day"]."""
    _renew_connection()
    from cafe_site.menu.models import Product
    from cafe_site.orders.basket import price_line
    from cafe_site.orders.checkout import make_line
    from cafe_site.orders.models import Order, OrderLine
    from cafe_site.orders.pricing import sum_amounts

    day = datetime.date.fromisoformat(event["day"])
    noon = datetime.datetime.combine(day, datetime.time(11), tzinfo=datetime.UTC)
    line = price_line(Product.objects.get(), 2)
    order = Order.objects.create(
        pickup_at=noon,
        placed_at=noon - datetime.timedelta(hours=1),
        business_day=day,
        pickup_hour=12,
        status="collected",
        customer_name="Ada Lovelace",
        **sum_amounts([line.amounts]),
    )
    OrderLine.objects.bulk_create([make_line(order, line)])


def sign_in(event: dict[str, Any], context: object) -> dict[str, str]:
    """Sign an owner in; return the cookie to send, by its name."""
    _renew_connection()
    from django.conf import settings
    from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
    from django.contrib.auth.models import Group
    from django.contrib.sessions.backends.db import SessionStore

    from cafe_site.accounts.models import OWNERS, User

    owner, _is_new = User.objects.get_or_create(username="olga")
    owner.groups.add(Group.objects.get(name=OWNERS))
    session = SessionStore()
    session[SESSION_KEY] = str(owner.pk)
    session[BACKEND_SESSION_KEY] = "django.contrib.auth.backends.ModelBackend"
    session[HASH_SESSION_KEY] = owner.get_session_auth_hash()
    session.create()
    return {settings.SESSION_COOKIE_NAME: str(session.session_key)}


def break_job(event: dict[str, Any], context: object) -> None:
    """Make the job of the reports raise a TypeError of its own from now on."""
    from reports import due

    def broken(**kwargs: object) -> None:
        print("the broken job runs", file=sys.stderr)  # noqa: T201
        raise TypeError("unsupported operand: what really happened")

    due.run_due_reports = broken  # type: ignore[assignment]


def loaded_modules(event: dict[str, Any], context: object) -> list[str]:
    return sorted(sys.modules)
