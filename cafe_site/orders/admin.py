"""Admin pages of vouchers."""

from decimal import Decimal
from typing import Any

from django import forms
from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from cafe_site.accounts.admin_site import OwnerAdmin
from cafe_site.orders.models import Voucher
from cafe_site.shop.form_fields import PercentField
from cafe_site.shop.percent import percent_shown


class VoucherForm(forms.ModelForm):
    discount_share = PercentField(
        label=_("Per cent off"),
        digits=1,
        least=Decimal("0.001"),
        required=False,
        help_text=_("For example 10. Leave it empty if the voucher takes off an amount."),
    )

    class Meta:
        model = Voucher
        fields: Any = "__all__"


@admin.register(Voucher)
class VoucherAdmin(OwnerAdmin):
    form = VoucherForm
    list_display = (
        "code",
        "discount_total_amount",
        "discount_percent",
        "first_day",
        "last_day",
        "max_uses",
        "used",
    )
    search_fields = ("code",)

    @admin.display(description=_("per cent off"), ordering="discount_share", empty_value="-")
    def discount_percent(self, voucher: Voucher) -> str | None:
        share = voucher.discount_share
        return None if share is None else percent_shown(share)
