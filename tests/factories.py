"""Factories for rows: a test gives the fields that matter, the others have usual values."""

import datetime
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django.utils.text import slugify
from factory.declarations import LazyAttribute, Sequence, SubFactory
from factory.django import DjangoModelFactory

from cafe_site.accounts.models import User
from cafe_site.menu.models import Category, Option, OptionGroup, Product
from cafe_site.orders.basket import price_line
from cafe_site.orders.changes import cancel_order
from cafe_site.orders.checkout import make_line
from cafe_site.orders.models import NOT_COUNTED, Order, OrderLine, Status
from cafe_site.orders.pricing import sum_amounts
from cafe_site.shop.models import OpeningHours
from cafe_site.shop.opening import shop_calendar

BERLIN_HOURS = ((datetime.time(8), datetime.time(18)),)


class CategoryFactory(DjangoModelFactory[Category]):
    class Meta:
        model = Category
        django_get_or_create = ("name",)

    name = "Cakes"


class ProductFactory(DjangoModelFactory[Product]):
    class Meta:
        model = Product

    category = SubFactory(CategoryFactory)
    name = Sequence(lambda number: f"Product {number}")
    slug = LazyAttribute(lambda product: slugify(product.name))
    price_amount = Decimal("3.00")
    unit_cost_amount = Decimal("1.00")
    tax_rate = Decimal("0.07")


class OptionGroupFactory(DjangoModelFactory[OptionGroup]):
    class Meta:
        model = OptionGroup

    product = SubFactory(ProductFactory)
    name = "Size"


class OptionFactory(DjangoModelFactory[Option]):
    class Meta:
        model = Option

    group = SubFactory(OptionGroupFactory)
    name = Sequence(lambda number: f"Option {number}")


class UserFactory(DjangoModelFactory[User]):
    class Meta:
        model = User
        skip_postgeneration_save = True

    username = Sequence(lambda number: f"user{number}")


def make_order(
    pickup_at: datetime.datetime,
    quantities: Mapping[Product, int],
    *,
    placed_at: datetime.datetime | None = None,
    status: Status = Status.COLLECTED,
    **fields: Any,
) -> Order:
    """Write an order with its lines, as checkout would, without checkout's questions."""
    calendar = shop_calendar()
    priced = [price_line(product, quantity) for product, quantity in quantities.items()]
    order = Order.objects.create(
        pickup_at=pickup_at,
        placed_at=placed_at or pickup_at - datetime.timedelta(hours=1),
        business_day=calendar.day_of(pickup_at),
        pickup_hour=calendar.local(pickup_at).hour,
        status=status,
        **{"customer_name": "Ada Lovelace", "customer_email": "ada@example.com", **fields},
        **sum_amounts([line.amounts for line in priced]),
    )
    lines = [make_line(order, line) for line in priced]
    for line in lines:
        line.counted = status not in NOT_COUNTED
    OrderLine.objects.bulk_create(lines)
    return order


def cancel(order_id: int, *, now: datetime.datetime) -> Order:
    """Cancel an order and give everything back, by nobody who might undo it."""
    return cancel_order(order_id, refund_amount=None, reason="Oven broken", by=None, now=now)


def utc(*args: int) -> datetime.datetime:
    """Return an instant in UTC: utc(2026, 11, 22, 9)."""
    return datetime.datetime(*args, tzinfo=datetime.UTC)  # type: ignore[arg-type,misc]


def write_night_hours(*weekdays: int) -> None:
    """Open the shop from 18:00 to 02:00 on these weekdays."""
    OpeningHours.objects.bulk_create(
        OpeningHours(weekday=weekday, opens_at=datetime.time(18), closes_at=datetime.time(2))
        for weekday in weekdays
    )
