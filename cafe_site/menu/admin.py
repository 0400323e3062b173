from functools import partial
from typing import Any

from django.contrib import admin
from django.core.files.uploadedfile import UploadedFile
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from cafe_site.accounts.admin_site import StaffAdmin, is_shop_staff
from cafe_site.menu.forms import (
    IngredientsFormSet,
    NamesFormSet,
    OptionForm,
    OptionFormSet,
    PhotoUpload,
    PricesForm,
    ProductForm,
)
from cafe_site.menu.models import Category, Option, OptionGroup, Product, RecipeItem
from cafe_site.menu.photos import EncodedPhoto, store_photo
from cafe_site.menu.services import delete_photo_if_unused, delete_photos_when_committed
from cafe_site.shop.percent import percent_shown

# Order lines copy the names, so all of them together have to fit.
MAX_GROUPS = 4


class StaffInline(admin.options.InlineModelAdmin):
    """Inline rows that staff and owners may edit."""

    extra = 0

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return is_shop_staff(request)

    has_add_permission = has_change_permission = has_delete_permission = has_view_permission


class OptionGroupInline(StaffInline, admin.TabularInline):
    model = OptionGroup
    formset = NamesFormSet
    max_num = MAX_GROUPS
    show_change_link = True
    verbose_name_plural = _("option groups: save the product, then follow the link of a group")


class RecipeInline(StaffInline, admin.StackedInline):
    """Stacked, because fields in a table have no labels."""

    model = RecipeItem
    formset = IngredientsFormSet
    fields = (("ingredient", "amount", "unit"),)


class OptionInline(StaffInline, admin.StackedInline):
    model = Option
    form = OptionForm
    formset = OptionFormSet
    extra = 1


@admin.register(OptionGroup)
class OptionGroupAdmin(StaffAdmin):
    """An option group with its options; linked from its product."""

    inlines = (OptionInline,)
    readonly_fields = ("product",)

    def has_module_permission(self, request: HttpRequest) -> bool:
        return False

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(Category)
class CategoryAdmin(StaffAdmin):
    list_display = ("name", "position")
    list_editable = ("position",)


class AllergensFilter(admin.SimpleListFilter):
    """Filter for products whose allergens are not stated; the page Today links to it."""

    title = _("allergens")
    parameter_name = "allergens"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("not_stated", _("not stated"))]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        return queryset.without_stated_allergens() if self.value() else queryset


@admin.register(Product)
class ProductAdmin(StaffAdmin):
    form = ProductForm
    inlines = (OptionGroupInline, RecipeInline)
    list_display = ("name", "category", "price_amount", "tax_percent", "is_on_sale")
    list_editable = ("price_amount", "is_on_sale")
    list_filter = (AllergensFilter, "category", "is_on_sale")
    list_select_related = ("category",)
    search_fields = ("name",)
    prepopulated_fields = {"slug": ("name",)}
    readonly_fields = ("photo_now",)

    def get_changelist_form(self, request: HttpRequest, **kwargs: Any) -> Any:
        return super().get_changelist_form(request, **{"form": PricesForm, **kwargs})

    @admin.display(description=_("tax rate"), ordering="tax_rate")
    def tax_percent(self, product: Product) -> str:
        return percent_shown(product.tax_rate)

    @admin.display(description=_("Photo"))
    def photo_now(self, product: Product) -> SafeString | str:
        picture = product.picture
        if picture is None:
            return "-"
        return format_html('<img src="{}" alt="" width="320" height="240">', picture.fallback)

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """Store a new photo before the transaction begins, because storage is not transactional.

        So the files exist before the row that names them. They are deleted if no row does: if the
        form was refused or the transaction failed.
        """
        show_form = partial(
            super().changeform_view, request, object_id, form_url, extra_context=extra_context
        )
        upload = request.FILES.get("upload")
        if not isinstance(upload, UploadedFile) or not self._may_save(request, object_id):
            return show_form()
        checked = request.FILES["upload"] = PhotoUpload(upload)
        if checked.photo is None:
            return show_form()
        store_photo(checked.photo)
        try:
            return show_form()
        finally:
            delete_photo_if_unused(checked.photo.stem)

    def _may_save(self, request: HttpRequest, object_id: str | None) -> bool:
        if object_id is None:
            return self.has_add_permission(request)
        return self.has_change_permission(request)

    def save_model(self, request: HttpRequest, product: Product, form: Any, change: bool) -> None:
        """Save the row that names the photo's files, then delete the old files."""
        before = product.photo
        upload: EncodedPhoto | None = form.cleaned_data.get("upload")
        if upload is not None:
            product.photo = upload.stem
        elif form.cleaned_data.get("remove_photo"):
            product.photo = ""
        super().save_model(request, product, form, change)
        if before != product.photo:
            delete_photos_when_committed([before])

    def delete_model(self, request: HttpRequest, product: Product) -> None:
        super().delete_model(request, product)
        delete_photos_when_committed([product.photo])

    def delete_queryset(self, request: HttpRequest, products: QuerySet[Product]) -> None:
        stems = list(products.values_list("photo", flat=True))
        super().delete_queryset(request, products)
        delete_photos_when_committed(stems)
