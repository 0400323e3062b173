"""The admin site: staff may open it and edit the menu; only owners may edit the rest."""

from typing import Any, TypeVar

from django.contrib import admin
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.forms import BaseModelFormSet, Field
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import resolve_url
from django.utils.translation import gettext_lazy as _

from cafe_site.accounts.models import User


def is_owner(request: HttpRequest) -> bool:
    return isinstance(request.user, User) and request.user.is_owner


def is_shop_staff(request: HttpRequest) -> bool:
    return isinstance(request.user, User) and request.user.is_shop_staff


class CafeAdminSite(admin.AdminSite):
    site_header = _("Behind the counter")
    site_title = _("Behind the counter")
    index_title = _("What the shop sells and when")

    def has_permission(self, request: HttpRequest) -> bool:
        return is_shop_staff(request)

    def login(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Sign in on the site's own page, where failures are throttled."""
        if is_shop_staff(request):
            return HttpResponseRedirect(resolve_url("admin:index"))
        if request.user.is_authenticated:
            # Redirecting a signed-in user to the sign-in page would loop back here.
            raise PermissionDenied
        return redirect_to_login(request.GET.get("next") or resolve_url("admin:index"))


Formset = TypeVar("Formset", bound=type[BaseModelFormSet])


def name_fields(formset: Formset) -> Formset:
    """Give each field of a table row an aria-label; Django renders no label there."""
    fields: dict[str, Field] = formset.form.base_fields  # type: ignore[misc]
    for field in fields.values():
        field.widget.attrs["aria-label"] = field.label
    return formset


class RoleAdmin(admin.ModelAdmin):
    """Base of admin classes that check the shop's roles instead of Django's permissions."""

    def is_keeper(self, request: HttpRequest) -> bool:
        raise PermissionDenied

    def get_changelist_formset(self, request: HttpRequest, **kwargs: Any) -> type[BaseModelFormSet]:
        return name_fields(super().get_changelist_formset(request, **kwargs))

    def has_module_permission(self, request: HttpRequest) -> bool:
        return self.is_keeper(request)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.is_keeper(request)

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.is_keeper(request)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.is_keeper(request)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.is_keeper(request)


class StaffAdmin(RoleAdmin):
    """Rows that staff and owners may edit."""

    def is_keeper(self, request: HttpRequest) -> bool:
        return is_shop_staff(request)


class OwnerAdmin(RoleAdmin):
    """Rows that only owners may edit."""

    def is_keeper(self, request: HttpRequest) -> bool:
        return is_owner(request)
