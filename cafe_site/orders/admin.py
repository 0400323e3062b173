from django.contrib import admin

from cafe_site.accounts.admin_site import OwnerAdmin
from cafe_site.orders.models import Voucher


@admin.register(Voucher)
class VoucherAdmin(OwnerAdmin):
    list_display = (
        "code",
        "discount_total_amount",
        "discount_share",
        "first_day",
        "last_day",
        "max_uses",
        "used",
    )
    search_fields = ("code",)
