from decimal import Decimal

from django import template

from cafe_site.shop.opening import shop_currency

register = template.Library()


@register.filter
def price_difference(amount: Decimal) -> str:
    """Write what an option adds to a price, with its sign."""
    sign = "+" if amount > 0 else ""
    return sign + shop_currency().text(amount)
