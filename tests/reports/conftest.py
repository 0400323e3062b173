import datetime
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest

from cafe_site.menu.models import Category, Product
from cafe_site.orders.models import Status
from cafe_site.orders.refunds import refund_order
from cafe_site.outbox.claims import ClaimableQuerySet
from cafe_site.shop.opening import shop_calendar
from tests.factories import CategoryFactory, ProductFactory, make_order, utc

WEEK = datetime.timedelta(days=7)
SUNDAY = datetime.date(2026, 11, 22)
# The day before: no week and no month ends with it, so that one report alone is due.
SATURDAY = datetime.date(2026, 11, 21)


class Shop:
    """A small menu, and orders at hours of the shop's clock.

    The products' numbers are fixed, for they are part of the payload.
    """

    def __init__(self) -> None:
        cakes: Category = CategoryFactory(name="Cakes and tarts", position=1)
        drinks: Category = CategoryFactory(name="Drinks", position=2)
        self.cheesecake: Product = ProductFactory(
            pk=101, name="Cheesecake", category=cakes, price_amount=Decimal("4.20")
        )
        self.tart: Product = ProductFactory(
            pk=102,
            name="Almond & raspberry tart with a long name",
            category=cakes,
            price_amount=Decimal("5.10"),
        )
        self.coffee: Product = ProductFactory(
            pk=103,
            name="Coffee",
            category=drinks,
            price_amount=Decimal("2.90"),
            tax_rate=Decimal("0.19"),
        )

    def at(self, day: datetime.date, hour: int, minute: int = 0) -> datetime.datetime:
        local = datetime.datetime.combine(day, datetime.time(hour, minute))
        return local.replace(tzinfo=shop_calendar().zone).astimezone(datetime.UTC)

    def sell_an_ordinary_sunday(self, day: datetime.date = SUNDAY) -> None:
        make_order(self.at(day, 9, 15), {self.cheesecake: 2, self.coffee: 2})
        make_order(self.at(day, 9, 45), {self.tart: 1, self.coffee: 1})
        make_order(self.at(day, 15), {self.cheesecake: 3}, status=Status.NOT_COLLECTED)
        make_order(self.at(day, 15, 30), {self.cheesecake: 8}, status=Status.CANCELLED)
        refunded = make_order(self.at(day, 16), {self.tart: 2})
        refund_order(
            refunded.pk, Decimal("5.10"), reason="Burnt", by=None, now=self.at(day, 16, 30)
        )

    def sell_the_sundays_before(self, day: datetime.date = SUNDAY) -> None:
        make_order(self.at(day - WEEK, 10), {self.cheesecake: 4, self.coffee: 1})
        make_order(self.at(day - 2 * WEEK, 10), {self.cheesecake: 6})
        make_order(self.at(day - 3 * WEEK, 10), {self.tart: 3})


@pytest.fixture
def shop(opening_hours: None) -> Shop:
    return Shop()


__all__ = ["SATURDAY", "SUNDAY", "WEEK", "Shop", "utc"]


AfterReading = Callable[[type[ClaimableQuerySet[Any]], Callable[[], object]], None]


@pytest.fixture
def after_reading(monkeypatch: pytest.MonkeyPatch) -> AfterReading:
    """Have something happen once, after a process has read a row and before it claims it."""

    def happen(rows: type[ClaimableQuerySet[Any]], what: Callable[[], object]) -> None:
        first = rows.first

        def read_and_sleep(self: ClaimableQuerySet[Any]) -> Any:
            row = first(self)
            monkeypatch.setattr(rows, "first", first)
            what()
            return row

        monkeypatch.setattr(rows, "first", read_and_sleep)

    return happen
