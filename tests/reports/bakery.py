"""A shop that bakes: six weeks of orders, its plan and its stock."""

import datetime
from decimal import Decimal
from typing import Any

import pytest

from cafe_site.menu.models import Product
from cafe_site.stock.models import DailyStock
from reports.models import BakePlanLine
from tests.factories import make_order, utc
from tests.reports.conftest import SUNDAY, Shop

DAY = datetime.timedelta(days=1)
TUESDAY = SUNDAY + 2 * DAY
CLOSED = utc(2026, 11, 22, 23, 30)


@pytest.fixture
def bakery(shop: Shop) -> Shop:
    """Six weeks of cheesecakes: six on an ordinary day, ten on Saturdays; coffee is not baked."""
    Product.objects.filter(pk=shop.coffee.pk).update(is_baked=False)
    Product.objects.filter(pk=shop.cheesecake.pk).update(unit_cost_amount=Decimal("1.20"))
    Product.objects.filter(pk=shop.tart.pk).update(is_on_sale=False)
    for back in range(42):
        day = SUNDAY - DAY * back
        if day.weekday() == 0:
            continue
        quantity = 5 if day.weekday() == 5 else 3
        for hour in (10, 16):
            make_order(shop.at(day, hour), {shop.cheesecake: quantity})
    return shop


def line_for(day: datetime.date) -> BakePlanLine:
    return BakePlanLine.objects.get(business_day=day)


def stock(shop: Shop, day: datetime.date, **fields: Any) -> DailyStock:
    return DailyStock.objects.create(product=shop.cheesecake, business_day=day, **fields)
