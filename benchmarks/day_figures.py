"""Benchmark of one day's figures by the number of orders in the database.

    script/bench

Only ratios within one run are meaningful, because machines and their load differ. A day's figures
are read from covering indexes, so ten times the orders must not make one day slower.
"""

import datetime
import statistics
import time
from decimal import Decimal

import django

django.setup()

from cafe_site.menu.models import Category, Product  # noqa: E402
from cafe_site.orders.basket import price_line  # noqa: E402
from cafe_site.orders.checkout import make_line  # noqa: E402
from cafe_site.orders.models import Order, OrderLine  # noqa: E402
from cafe_site.orders.pricing import sum_amounts  # noqa: E402
from reports.content.daily import build_report  # noqa: E402
from reports.figures.summary import summarize_day  # noqa: E402

ORDERS_A_DAY = 300
LAST_DAY = datetime.date(2026, 11, 22)
DAY = datetime.timedelta(days=1)


def write_days(first: int, count: int, products: list[Product]) -> None:
    """Write a number of days from `first` on, before the last day, with equal orders."""
    for back in range(first, first + count):
        day = LAST_DAY - DAY * back
        noon = datetime.datetime.combine(day, datetime.time(11), tzinfo=datetime.UTC)
        priced = [price_line(product, 2) for product in products[:3]]
        orders = Order.objects.bulk_create(
            Order(
                placed_at=noon,
                pickup_at=noon,
                business_day=day,
                pickup_hour=8 + number % 10,
                status="collected",
                **sum_amounts([line.amounts for line in priced]),
            )
            for number in range(ORDERS_A_DAY)
        )
        OrderLine.objects.bulk_create(make_line(order, line) for order in orders for line in priced)


def median_ms(work: object, runs: int = 15) -> float:
    times = []
    for _ in range(runs):
        start = time.perf_counter()
        work()  # type: ignore[operator]
        times.append((time.perf_counter() - start) * 1000)
    return statistics.median(times)


def main() -> None:
    category = Category.objects.create(name="Cakes")
    products = [
        Product.objects.create(
            category=category,
            name=f"Cake {number}",
            slug=f"cake-{number}",
            price_amount=Decimal("4.20"),
            tax_rate=Decimal("0.07"),
        )
        for number in range(20)
    ]
    print(f"{'orders':>9}  {'summarize_day':>14}  {'build_report':>13}   ms, median of 15")
    written = 0
    for days in (30, 300):
        write_days(written, days - written, products)
        written = days
        figures = median_ms(lambda: summarize_day(LAST_DAY))
        report = median_ms(lambda: build_report(LAST_DAY))
        print(f"{Order.objects.count():>9,}  {figures:>14.1f}  {report:>13.1f}")


if __name__ == "__main__":
    main()
