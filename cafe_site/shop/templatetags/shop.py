import datetime
from decimal import Decimal

from django import template
from django.utils.timezone import localtime

from cafe_site.shop.dates import local_date
from cafe_site.shop.opening import shop_currency

register = template.Library()


@register.filter
def money(amount: Decimal) -> str:
    """Format an amount in the shop's currency."""
    return shop_currency().text(amount)


@register.filter
def day(value: datetime.date | None, english_format: str) -> str:
    """Format a date or an instant in the reader's language."""
    if not value:
        return ""
    if isinstance(value, datetime.datetime):
        value = localtime(value)
    return local_date(value, english_format)
