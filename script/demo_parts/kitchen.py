"""The demo's baking data: batch sizes, recipes, and leftovers of the last weeks."""

import datetime
from collections.abc import Iterator
from decimal import Decimal
from random import Random

from django.db.models import Max, Sum

from cafe_site.menu.models import Product, RecipeItem
from cafe_site.orders.models import OrderLine
from cafe_site.shop.business_day import DAY
from cafe_site.shop.opening import shop_calendar
from cafe_site.stock.models import DailyStock

# Drinks are made when they are ordered.
NOT_BAKED = "Drinks"
BATCHES = {"Butter croissant": 6, "Sugar doughnut": 6, "Pretzel": 6, "Raspberry cupcake": 6}
SHELF_LIVES = {"Oat and chocolate cookie": 3}
LEFTOVERS_WORTH = {"Country sourdough": "0.60", "Baguette": "0.20"}
# Per item: ingredient, amount, unit.
RECIPES = {
    "Lemon tart": (("Lemons", "0.5", "pieces"), ("Butter", "30", "g"), ("Flour", "45", "g")),
    "Butter croissant": (("Flour", "48", "g"), ("Butter", "27", "g"), ("Milk", "20", "ml")),
    "Country sourdough": (("Flour", "480", "g"), ("Salt", "10", "g")),
    "Baguette": (("Flour", "220", "g"), ("Salt", "4", "g")),
}
WEEKS = 5
# The safety margin of a careful baker.
MARGIN = 1.15
CLOSING_TIME = datetime.timedelta(hours=18)


def furnish_kitchen() -> None:
    """Set the baked products, their batch sizes and recipes."""
    Product.objects.filter(category__name=NOT_BAKED).update(is_baked=False)
    for name, size in BATCHES.items():
        Product.objects.filter(name=name).update(batch_size=size)
    for name, days in SHELF_LIVES.items():
        Product.objects.filter(name=name).update(shelf_life_days=days)
    for name, worth in LEFTOVERS_WORTH.items():
        Product.objects.filter(name=name).update(leftover_value_amount=Decimal(worth))
    RecipeItem.objects.bulk_create(
        RecipeItem(
            product=Product.objects.get(name=name),
            ingredient=ingredient,
            amount=Decimal(amount),
            unit=unit,
        )
        for name, items in RECIPES.items()
        for ingredient, amount, unit in items
    )


def bake_the_weeks_before(today: datetime.date) -> None:
    """Save the baked and left-over quantities of each day, as the evening form does."""
    DailyStock.objects.bulk_create(_stock_of(today - DAY * 7 * WEEKS, today))


def _stock_of(first: datetime.date, today: datetime.date) -> Iterator[DailyStock]:
    rows = (
        OrderLine.objects.filter(
            business_day__gte=first, business_day__lt=today, counted=True, product__is_baked=True
        )
        .values_list("business_day", "product_id", "product__batch_size")
        .annotate(Sum("quantity"), Max("order__placed_at"))
        .order_by("business_day", "product_id")
    )
    usual: dict[int, float] = {}
    for day, product_id, size, sold, last_placed_at in rows:
        mean = usual.get(product_id, float(sold))
        usual[product_id] = mean + 0.15 * (sold - mean)
        wanted = round(mean * MARGIN + Random(f"{day} {product_id}").uniform(-1, 1))
        baked = max(-(-wanted // size) * size, sold)
        last_call = shop_calendar().start_of(day) + CLOSING_TIME
        yield DailyStock(
            business_day=day,
            product_id=product_id,
            planned=baked,
            baked=baked,
            reserved=sold,
            left_over=baked - sold,
            sold_out_at=min(last_placed_at, last_call) if baked == sold else None,
        )
