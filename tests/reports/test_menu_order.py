"""Tests that the menu, the plan, the stock and the report list products in the same order."""

import ast
from pathlib import Path

import pytest

from cafe_site.menu.models import Category, Product
from cafe_site.stock.models import DailyStock
from cafe_site.stock.services import baked_products
from reports.baking.plan_lines import plan_lines
from reports.baking.plans import scored_products
from reports.figures.summary import summarize_day
from reports.models import BakePlanLine, BakeScore
from tests.factories import ProductFactory, make_order
from tests.fixtures.shop import SATURDAY, Shop

ROOT = Path(__file__).resolve().parents[2]
# The menu's: by the categories' names, as their positions are equal, then by position and name.
WANTED = ["Baguette", "rye", "Brownie", "Zebra cake", "Apple cake"]


@pytest.fixture
def products(db: None) -> list[Product]:
    """Two categories at one position, whose products would take turns."""
    bread = Category.objects.create(name="Bread", position=1)
    cakes = Category.objects.create(name="Cakes", position=1)
    return [
        ProductFactory(category=category, name=name, position=position)
        for category, name, position in (
            (cakes, "Apple cake", 3),
            (bread, "rye", 2),
            (cakes, "Zebra cake", 2),
            (bread, "Baguette", 2),
            (cakes, "Brownie", 1),
        )
    ]


def test_every_list_of_products_has_the_menus_order(shop: Shop, products: list[Product]) -> None:
    Product.objects.exclude(pk__in=[product.pk for product in products]).update(
        is_baked=False, is_on_sale=False
    )
    for product in products:
        DailyStock.objects.create(product=product, business_day=SATURDAY, planned=5)
        BakePlanLine.objects.create(
            business_day=SATURDAY,
            product=product,
            proposed=5,
            quantity=5,
            mean=5,
            quantiles={},
            batch_size=1,
            planned_after=SATURDAY,
        )
        BakeScore.objects.create(
            business_day=SATURDAY,
            product=product,
            baked=5,
            sold=5,
            left_over=0,
            is_sold_out=True,
            demand=5,
            missed_unit_amount=1,
            missed_amount=0,
        )
    make_order(shop.at(SATURDAY, 9), dict.fromkeys(products, 1))

    lists = {
        "menu": [product.name for product in Product.objects.on_sale().in_menu_order()],
        "default": [product.name for product in Product.objects.on_sale()],
        "plan": [line.product.name for line in plan_lines(SATURDAY)],
        "scores": [score.name for score in scored_products(SATURDAY)],
        "leftovers": [row.product.name for row in baked_products(SATURDAY, is_over=False)],
    }
    categories = [product.category for product in summarize_day(SATURDAY).products]

    assert lists == dict.fromkeys(lists, WANTED)
    # Within its category, a report has what sold most first.
    assert categories == ["Bread"] * 2 + ["Cakes"] * 3


def test_the_order_is_written_once() -> None:
    """Nobody sorts by a category's position with words of their own."""
    files = [*(ROOT / "cafe_site").rglob("*.py"), *(ROOT / "reports").rglob("*.py")]
    found = [
        str(path.relative_to(ROOT))
        for path in files
        if "migrations" not in path.parts
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Constant)
        and isinstance(node.value, str)
        and node.value.endswith("category__position")
    ]

    assert found in ([], ["cafe_site/menu/models.py"])
