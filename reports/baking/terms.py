"""Price, cost and production terms of a product, for its quantity and its score."""

from django.conf import settings

from cafe_site.menu.models import Product
from reports.baking.quantities import ProductTerms


def terms_of(product: Product) -> ProductTerms:
    """Return a product's terms; its price excludes the tax that the menu price includes."""
    price = product.price_amount
    if settings.SHOP_PRICES_INCLUDE_TAX:
        price = price / (1 + product.tax_rate)
    return ProductTerms(
        price_amount=price,
        unit_cost_amount=product.unit_cost_amount,
        leftover_value_amount=product.leftover_value_amount,
        shelf_life_days=product.shelf_life_days,
        batch_size=product.batch_size,
        bake_least=product.bake_least,
        bake_most=product.bake_most,
    )
