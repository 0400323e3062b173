"""Lookup of a till's items on the menu, and their prices."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from django.utils.text import slugify

from cafe_site.identity.normal_forms import normal_name
from cafe_site.menu.models import Category, Product


@dataclass(slots=True)
class ProductFinder:
    """The menu, by normalised name.

    `prices` come from a second file, also by normalised name. An item missing from the menu becomes
    a product that is not on sale.
    """

    category_name: str
    tax_rate: Decimal
    prices: Mapping[str, Decimal] = field(default_factory=dict)
    added: int = 0
    _products: dict[str, Product] = field(default_factory=dict)
    _slugs: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        products = list(Product.objects.order_by("-pk"))
        self._products = {normal_name(product.name): product for product in products}
        self._slugs = {product.slug for product in products}

    def find(self, item: str) -> Product:
        name = normal_name(item)
        if name not in self._products:
            self._products[name] = self._add(item)
        return self._products[name]

    def price_of(self, item: str, unit_price: Decimal | None) -> Decimal:
        """Return the price of the row, else of the price file, else of the menu, else 0."""
        if unit_price:
            return unit_price
        return self.prices.get(normal_name(item)) or self.find(item).price_amount

    def _add(self, item: str) -> Product:
        category, _is_new = Category.objects.get_or_create(
            name_key=self.category_name,
            defaults={"name": self.category_name, "position": 999},
        )
        slug = slugify(item)[:120] or "product"
        number = 1
        while slug in self._slugs:
            number += 1
            slug = f"{slugify(item)[:120] or 'product'}-{number}"
        self._slugs.add(slug)
        self.added += 1
        return Product.objects.create(
            category=category,
            name=item,
            slug=slug,
            price_amount=self.prices.get(normal_name(item), Decimal(0)),
            tax_rate=self.tax_rate,
            is_on_sale=False,
        )
