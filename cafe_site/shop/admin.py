from django.contrib import admin

from cafe_site.accounts.admin_site import OwnerAdmin
from cafe_site.shop.models import OpeningHours, SpecialDay, SpecialHours


@admin.register(OpeningHours)
class OpeningHoursAdmin(OwnerAdmin):
    list_display = ("weekday", "opens_at", "closes_at")


class SpecialHoursInline(admin.TabularInline):
    model = SpecialHours
    extra = 1

    # The day above decides who may keep its hours.
    def has_view_permission(self, request, obj=None):  # type: ignore[no-untyped-def]
        return True

    has_add_permission = has_change_permission = has_delete_permission = has_view_permission


@admin.register(SpecialDay)
class SpecialDayAdmin(OwnerAdmin):
    list_display = ("day", "sentence")
    inlines = (SpecialHoursInline,)
