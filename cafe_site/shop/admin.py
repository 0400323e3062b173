from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import Model
from django.forms.models import BaseInlineFormSet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cafe_site.accounts.admin_site import OwnerAdmin, name_fields
from cafe_site.identity.form_fields import TelephoneNumber, TypedLines
from cafe_site.shop.models import (
    ContactDetails,
    OpeningHours,
    OrderCutoff,
    PickupRules,
    SpecialDay,
    SpecialHours,
)
from cafe_site.shop.opening import shop_calendar
from cafe_site.shop.special_hours import problem_beside_special_days, problem_of_special_hours


class OpeningHoursForm(forms.ModelForm):
    def _post_clean(self) -> None:
        # After the row's own checks, compare it with the hours of the week.
        super()._post_clean()  # type: ignore[misc]
        if not self.errors:
            today = shop_calendar().day_of(timezone.now())
            if problem := problem_beside_special_days(self.instance, today=today):
                self.add_error("opens_at", problem)


@admin.register(OpeningHours)
class OpeningHoursAdmin(OwnerAdmin):
    form = OpeningHoursForm
    fields = ("weekday", "opens_at", "closes_at")
    list_display = ("weekday", "opens_at", "closes_at")


class SpecialHoursFormSet(BaseInlineFormSet):
    def clean(self) -> None:
        super().clean()
        day = self.instance.day
        if day is None or any(self.errors):
            return
        kept = [form for form in self.forms if form not in self.deleted_forms]
        spans = [form.instance.times for form in kept if form.instance.has_times]
        if problem := problem_of_special_hours(day, spans):
            raise ValidationError(problem)


class SpecialHoursInline(admin.TabularInline):
    model = SpecialHours
    formset = SpecialHoursFormSet
    extra = 1

    def get_formset(self, *args: Any, **kwargs: Any) -> type[BaseInlineFormSet]:
        return name_fields(super().get_formset(*args, **kwargs))

    # Permissions are those of the special day.
    def has_view_permission(self, request, obj=None):  # type: ignore[no-untyped-def]
        return True

    has_add_permission = has_change_permission = has_delete_permission = has_view_permission


class CutoffForm(forms.ModelForm):
    class Meta:
        labels = {"orders_until_days_before": _("Days before")}


@admin.register(SpecialDay)
class SpecialDayAdmin(OwnerAdmin):
    form = CutoffForm
    list_display = ("day", "sentence")
    inlines = (SpecialHoursInline,)


@admin.register(OrderCutoff)
class OrderCutoffAdmin(OwnerAdmin):
    form = CutoffForm
    list_display = ("weekday", "orders_until", "days_before")

    @admin.display(description=_("days before"), ordering="orders_until_days_before")
    def days_before(self, cutoff: OrderCutoff) -> int:
        return cutoff.orders_until_days_before


class OneRowAdmin(OwnerAdmin):
    """A single row: it can be added if it is missing, and changed, but not deleted."""

    def has_add_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return super().has_add_permission(request, obj) and not self.model.objects.exists()

    def has_delete_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False

    def save_model(self, request: HttpRequest, obj: Model, form: Any, change: bool) -> None:
        obj.pk = 1
        super().save_model(request, obj, form, change)


@admin.register(PickupRules)
class PickupRulesAdmin(OneRowAdmin):
    list_display = ("__str__", "lead_minutes", "days_ahead", "slot_capacity", "paused_until")


class ContactDetailsForm(forms.ModelForm):
    class Meta:
        field_classes = {
            "address": TypedLines,
            "phone": TelephoneNumber,
            "legal_notice": TypedLines,
        }
        error_messages = {
            "email": {
                "invalid": _(
                    "%(value).60s is not a complete e-mail address. Enter one like "
                    "name@example.com."
                )
            }
        }
        widgets = {
            "address": forms.Textarea(attrs={"rows": 4, "autocomplete": "off"}),
            "legal_notice": forms.Textarea(attrs={"rows": 12}),
        }


@admin.register(ContactDetails)
class ContactDetailsAdmin(OneRowAdmin):
    form = ContactDetailsForm

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Open the single row's form directly, without a list."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        action = "change" if ContactDetails.objects.filter(pk=1).exists() else "add"
        arguments = [1] if action == "change" else []
        return redirect(f"admin:shop_contactdetails_{action}", *arguments)
