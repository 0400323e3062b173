from typing import Any

from django import forms
from django.contrib import admin

from cafe_site.accounts.admin_site import StaffAdmin
from cafe_site.menu.models import Allergen, Category, Product


class ProductForm(forms.ModelForm):
    """The product with its allergens as boxes to tick instead of JSON to write."""

    allergens = forms.MultipleChoiceField(
        choices=Allergen.choices, required=False, widget=forms.CheckboxSelectMultiple
    )

    class Meta:
        model = Product
        fields: Any = "__all__"


@admin.register(Category)
class CategoryAdmin(StaffAdmin):
    list_display = ("name", "position")
    list_editable = ("position",)


@admin.register(Product)
class ProductAdmin(StaffAdmin):
    form = ProductForm
    list_display = ("name", "category", "price_amount", "tax_rate", "is_on_sale")
    list_editable = ("price_amount", "is_on_sale")
    list_filter = ("category", "is_on_sale")
    list_select_related = ("category",)
    search_fields = ("name",)
    prepopulated_fields = {"slug": ("name",)}
