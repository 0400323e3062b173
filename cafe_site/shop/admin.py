from typing import Any

from django.contrib import admin
from django.forms.models import BaseInlineFormSet
from django.http import HttpRequest

from cafe_site.accounts.admin_site import OwnerAdmin, name_fields
from cafe_site.shop.models import (
    OpeningHours,
    OrderCutoff,
    PickupRules,
    SpecialDay,
    SpecialHours,
)


@admin.register(OpeningHours)
class OpeningHoursAdmin(OwnerAdmin):
    list_display = ("weekday", "opens_at", "closes_at")


class SpecialHoursInline(admin.TabularInline):
    model = SpecialHours
    extra = 1

    def get_formset(self, *args: Any, **kwargs: Any) -> type[BaseInlineFormSet]:
        return name_fields(super().get_formset(*args, **kwargs))

    # The day above decides who may keep its hours.
    def has_view_permission(self, request, obj=None):  # type: ignore[no-untyped-def]
        return True

    has_add_permission = has_change_permission = has_delete_permission = has_view_permission


@admin.register(SpecialDay)
class SpecialDayAdmin(OwnerAdmin):
    list_display = ("day", "sentence")
    inlines = (SpecialHoursInline,)


@admin.register(OrderCutoff)
class OrderCutoffAdmin(OwnerAdmin):
    list_display = ("weekday", "orders_until", "orders_until_days_before")


@admin.register(PickupRules)
class PickupRulesAdmin(OwnerAdmin):
    """One row: it is changed, or added while it is missing, and never deleted."""

    list_display = ("__str__", "lead_minutes", "days_ahead", "slot_capacity", "paused_until")

    def has_add_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return super().has_add_permission(request, obj) and not PickupRules.objects.exists()

    def has_delete_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False

    def save_model(self, request: HttpRequest, obj: PickupRules, form: Any, change: bool) -> None:
        obj.pk = 1
        super().save_model(request, obj, form, change)
