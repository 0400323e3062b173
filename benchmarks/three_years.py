"""Test data of three years: 330,000 orders of 60 products, written without the checkout."""

import datetime
import random
from collections.abc import Iterator
from decimal import Decimal

from cafe_site.menu.models import Category, Product
from cafe_site.orders.basket import price_line
from cafe_site.orders.checkout import make_line
from cafe_site.orders.models import Order, OrderLine
from cafe_site.orders.pricing import sum_amounts
from cafe_site.shop.business_day import DAY
from cafe_site.shop.models import OpeningHours, Weekday
from cafe_site.shop.opening import shop_calendar
from cafe_site.stock.models import DailyStock
from reports.models import BakeScore

DAYS = 1100
ORDERS_A_DAY = 300
CUSTOMERS = 15_000
WEEKDAY_WEIGHTS = (0.7, 0.8, 0.9, 1.0, 1.2, 1.4, 1.0)


def write_three_years(last: datetime.date) -> None:
    """Write the days up to `last`, and that day until noon."""
    lots = random.Random(7)
    products = _write_menu()
    for back in range(DAYS - 1, -1, -1):
        day = last - DAY * back
        _write_day(day, list(_draw_day(day, products, lots)), products, lots, is_today=not back)


def _write_menu() -> list[Product]:
    OpeningHours.objects.bulk_create(
        OpeningHours(weekday=weekday, opens_at=datetime.time(8), closes_at=datetime.time(18))
        for weekday in Weekday
    )
    products = []
    for number in range(60):
        category, _is_new = Category.objects.get_or_create(
            name=f"Category {number // 12}", defaults={"position": number // 12}
        )
        products.append(
            Product.objects.create(
                category=category,
                name=f"Product {number}",
                slug=f"product-{number}",
                price_amount=Decimal(2) + Decimal(number % 9) / 2,
                unit_cost_amount=Decimal("0.80"),
                tax_rate=Decimal("0.07"),
                daily_quantity=40,
            )
        )
    return products


def _draw_day(
    day: datetime.date, products: list[Product], lots: random.Random
) -> Iterator[tuple[Order, list[OrderLine]]]:
    calendar = shop_calendar()
    start = calendar.start_of(day)
    weights = [1 / (place + 3) for place in range(len(products))]
    for _ in range(int(ORDERS_A_DAY * WEEKDAY_WEIGHTS[day.weekday()])):
        pickup_at = start + datetime.timedelta(minutes=lots.randrange(8 * 60, 18 * 60, 15))
        lead = datetime.timedelta(minutes=lots.choice((20, 45, 90, 200, 600, 1500)))
        chosen = set(lots.choices(products, weights, k=lots.choice((1, 2, 3, 4))))
        lines = [price_line(product, lots.choice((1, 1, 2))) for product in chosen]
        order = Order(
            placed_at=pickup_at - lead,
            pickup_at=pickup_at,
            business_day=day,
            pickup_hour=calendar.local(pickup_at).hour,
            status="collected",
            customer_email=f"customer{lots.randrange(CUSTOMERS)}@example.com",
            **sum_amounts([line.amounts for line in lines]),
        )
        yield order, [make_line(order, line) for line in lines]


def _write_day(
    day: datetime.date,
    drawn: list[tuple[Order, list[OrderLine]]],
    products: list[Product],
    lots: random.Random,
    *,
    is_today: bool,
) -> None:
    noon = shop_calendar().start_of(day) + datetime.timedelta(hours=12)
    if is_today:
        drawn = [(order, lines) for order, lines in drawn if order.placed_at < noon]
    Order.objects.bulk_create(order for order, _lines in drawn)
    # MySQL does not return the ids of a bulk insert; they are in order.
    numbers = Order.objects.filter(business_day=day).order_by("pk").values_list("pk", flat=True)
    for (_order, lines), number in zip(drawn, numbers, strict=True):
        for line in lines:
            line.order_id = number
    OrderLine.objects.bulk_create(line for _order, lines in drawn for line in lines)
    DailyStock.objects.bulk_create(
        DailyStock(
            product=product,
            business_day=day,
            planned=40,
            baked=None if is_today else 40,
            reserved=lots.randrange(20, 40),
            left_over=None if is_today else lots.randrange(6),
            sold_out_at=noon if lots.random() < 0.1 and not is_today else None,
        )
        for product in products
    )
    if not is_today:
        BakeScore.objects.bulk_create(
            BakeScore(
                business_day=day,
                product=product,
                baked=40,
                sold=36,
                left_over=4,
                demand=36,
                waste_amount=Decimal("3.20"),
                missed_amount=Decimal(0),
            )
            for product in products
        )
