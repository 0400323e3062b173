from decimal import Decimal

from django import template

from cafe_site.shop.opening import shop_currency

register = template.Library()


@register.filter
def money(amount: Decimal) -> str:
    """Write an amount in the shop's currency."""
    return shop_currency().text(amount)
