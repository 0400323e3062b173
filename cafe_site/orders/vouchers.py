"""Vouchers: validity of a code, its discount, and the count of its uses."""

import datetime
from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal

from django.db.models import F, Q
from django.utils.translation import gettext as _

from cafe_site.identity.normal_forms import normal_code
from cafe_site.orders.basket import PricedLine
from cafe_site.orders.errors import VoucherRefused
from cafe_site.orders.models import Voucher
from cafe_site.orders.pricing import discount_line, spread
from cafe_site.shop.dates import local_date
from cafe_site.shop.money import ZERO, Currency


def find_voucher(code: str, *, today: datetime.date) -> Voucher:
    """Return the voucher with a code as typed; raise VoucherRefused with the reason."""
    written = normal_code(code)
    voucher = Voucher.objects.filter(code=written).first()
    if voucher is None:
        raise VoucherRefused(
            _("There is no voucher %(code)s. Please check the code.") % {"code": written[:40]}
        )
    if voucher.first_day is not None and today < voucher.first_day:
        raise VoucherRefused(
            _("The voucher %(code)s is valid from %(day)s.")
            % {"code": written, "day": local_date(voucher.first_day, "j F Y")}
        )
    if voucher.last_day is not None and today > voucher.last_day:
        raise VoucherRefused(
            _("The voucher %(code)s was valid until %(day)s.")
            % {"code": written, "day": local_date(voucher.last_day, "j F Y")}
        )
    if voucher.max_uses is not None and voucher.used >= voucher.max_uses:
        raise used_up(voucher)
    return voucher


def used_up(voucher: Voucher) -> VoucherRefused:
    return VoucherRefused(_("The voucher %(code)s has been used up.") % {"code": voucher.code})


def discount_of(voucher: Voucher, total: Decimal, currency: Currency) -> Decimal:
    """Return a voucher's discount on a total, tax included; at most the total."""
    if voucher.discount_share is not None:
        return currency.round(total * voucher.discount_share)
    return min(voucher.discount_total_amount or ZERO, total)


def take_off(lines: Sequence[PricedLine], voucher: Voucher, currency: Currency) -> list[PricedLine]:
    """Return the lines with the voucher's discount, spread in proportion to their totals."""
    totals = [line.amounts.total_amount for line in lines]
    discount = discount_of(voucher, sum(totals, ZERO), currency)
    return [
        replace(
            line,
            amounts=discount_line(line.amounts, share, line.product.tax_rate, currency),
        )
        for line, share in zip(lines, spread(discount, totals, currency), strict=True)
    ]


def use_voucher(voucher: Voucher) -> None:
    """Count one use, inside the caller's transaction; raise if the last use was taken."""
    free = Q(max_uses__isnull=True) | Q(used__lt=F("max_uses"))
    if not Voucher.objects.filter(free, pk=voucher.pk).update(used=F("used") + 1):
        raise used_up(voucher)


def give_back_use(voucher_id: int) -> None:
    """Release one use, because its order was cancelled."""
    Voucher.objects.filter(pk=voucher_id, used__gt=0).update(used=F("used") - 1)
