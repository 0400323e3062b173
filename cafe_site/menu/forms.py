"""The admin's forms of the menu: products with their photos, options, ingredients."""

from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.db.models import QuerySet
from django.forms.models import BaseInlineFormSet
from django.utils.translation import gettext_lazy as _

from cafe_site.identity.normal_forms import normal_name
from cafe_site.menu.labels import Allergen, Diet, contradictions
from cafe_site.menu.models import Option, OptionGroup, Product
from cafe_site.menu.options import lowest_price
from cafe_site.menu.photos import EncodedPhoto, PhotoRefused, encode_photo
from cafe_site.shop.form_fields import PercentField
from cafe_site.shop.number_questions import NumberQuestions
from cafe_site.shop.opening import shop_currency
from cafe_site.shop.plausibility import is_price_far_above


class Boxes(forms.MultipleChoiceField):
    """Boxes to tick instead of JSON to write."""

    widget = forms.CheckboxSelectMultiple

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(required=False, **kwargs)


def check_prices(price: Decimal, groups: list[tuple[bool, list[Decimal]]]) -> None:
    """Raise ValidationError if options would take off more than the product costs."""
    lowest = lowest_price(price, groups)
    if lowest < 0:
        raise ValidationError(
            _("With the cheapest options it would cost %(price)s. The least is 0."),
            params={"price": lowest},
        )


def groups_of(groups: QuerySet[OptionGroup]) -> list[tuple[bool, list[Decimal]]]:
    """Return each group's differences, those off sale too: they may come back tomorrow."""
    return [
        (group.is_required, [option.price_difference_amount for option in group.options.all()])
        for group in groups.prefetch_related("options")
    ]


class PhotoUpload(UploadedFile):
    """A file that was looked at when it came: the photo that it is, or why it is none."""

    def __init__(self, upload: UploadedFile) -> None:
        super().__init__(upload.file, upload.name, size=upload.size)
        self.photo: EncodedPhoto | None = None
        self.refusal = ""
        try:
            self.photo = encode_photo(upload.read())
        except PhotoRefused as error:
            self.refusal = str(error)


class ProductForm(NumberQuestions, forms.ModelForm):
    """The product, its allergens and labels as boxes, and a photo to upload."""

    allergens = Boxes(label=_("Allergens"), choices=Allergen.choices)
    diets = Boxes(label=_("Dietary labels"), choices=Diet.choices)
    tax_rate = PercentField(
        label=_("Tax rate in per cent"),
        digits=2,
        help_text=_("For example 19 or 7.7."),
    )
    upload = forms.FileField(
        label=_("New photo"),
        required=False,
        help_text=_(
            "JPEG, PNG, WebP or AVIF, up to 4 MB, at least 640 by 480. It is cut to 4:3 from the "
            "middle; where and when it was taken is removed."
        ),
        # An iPhone that reads this sends JPEG instead of HEIC.
        widget=forms.FileInput(attrs={"accept": "image/jpeg,image/png,image/webp,image/avif"}),
    )
    remove_photo = forms.BooleanField(
        label=_("Remove the photo"),
        required=False,
        help_text=_("The drawing is shown again, if one is chosen."),
    )

    class Meta:
        model = Product
        fields: Any = "__all__"

    def clean_upload(self) -> EncodedPhoto | None:
        upload: PhotoUpload | None = self.cleaned_data["upload"]
        if upload is None:
            return None
        if upload.photo is None:
            raise ValidationError(upload.refusal)
        return upload.photo

    def clean_price_amount(self) -> Any:
        price = self.cleaned_data["price_amount"]
        if self.instance.pk:
            check_prices(price, groups_of(self.instance.option_groups.all()))
        return price

    def clean_bake_most(self) -> int | None:
        least: int | None = self.cleaned_data.get("bake_least")
        most: int | None = self.cleaned_data["bake_most"]
        if least is not None and most is not None and most < least:
            raise ValidationError(
                _("The lowest quantity to bake is %(least)s. Enter at least as many."),
                params={"least": least},
            )
        return most

    def clean(self) -> None:
        super().clean()
        check_allergens(self)
        self.ask_about_numbers()
        chosen = self.cleaned_data.get("diets", []), self.cleaned_data.get("allergens", [])
        for diet, allergen in contradictions(*chosen):
            self.add_error(
                "diets",
                _(
                    "“%(diet)s” and the allergen “%(allergen)s” cannot both be right. Untick one "
                    "of them."
                )
                % {"diet": diet.label, "allergen": allergen.label},
            )

    def ask_about_numbers(self) -> None:
        """Ask about a price and a quantity that are far above what this product had."""
        if not self.instance.pk:
            return
        before = Product.objects.get(pk=self.instance.pk)
        price = self.cleaned_data.get("price_amount")
        if price is not None and is_price_far_above(price, before.price_amount):
            self.ask("price_amount", price, price_question(price, before.price_amount))
        for name in ("daily_quantity", "bake_least", "batch_size"):
            self.ask_about_quantity(name, before.name, getattr(before, name) or 0)


def price_question(price: Decimal, before: Decimal) -> str:
    currency = shop_currency()
    return _("%(price)s? So far it costs %(before)s. If it is right, save it again.") % {
        "price": currency.text(price),
        "before": currency.text(before),
    }


class PricesForm(forms.ModelForm):
    """A row of the list: a question has no place in it, so an unlikely price is refused."""

    def clean_price_amount(self) -> Any:
        price: Decimal = self.cleaned_data["price_amount"]
        # The form has not changed its row yet.
        if is_price_far_above(price, self.instance.price_amount):
            currency = shop_currency()
            raise ValidationError(
                _("%(price)s? So far it costs %(before)s. If it is right, open the product."),
                params={
                    "price": currency.text(price),
                    "before": currency.text(self.instance.price_amount),
                },
            )
        return price


class OptionForm(forms.ModelForm):
    allergens = Boxes(label=_("Allergens that it adds"), choices=Allergen.choices)

    class Meta:
        model = Option
        fields: Any = "__all__"

    def clean(self) -> None:
        super().clean()
        check_allergens(self)


def check_allergens(form: forms.ModelForm) -> None:
    """See to it that nothing has allergens and none of them."""
    if form.cleaned_data.get("allergens") and form.cleaned_data.get("is_free_of_allergens"):
        form.add_error(
            "is_free_of_allergens",
            _("Allergens are ticked as well. Untick them, or untick this box."),
        )


class NamesFormSet(BaseInlineFormSet):
    """Rows whose names differ, and not by their spelling alone."""

    # What makes two rows the same: the name, and what else tells them apart.
    names: tuple[str, ...] = ("name",)

    def clean(self) -> None:
        super().clean()
        seen: dict[tuple[str, ...], str] = {}
        for form in self.forms:
            filled = getattr(form, "cleaned_data", {})
            if form in self.deleted_forms or not all(filled.get(name) for name in self.names):
                continue
            key = tuple(normal_name(filled[name]) for name in self.names)
            name = filled[self.names[0]]
            if key in seen:
                form.add_error(
                    self.names[0],
                    _("“%(name)s” is here already, as “%(other)s”. Choose another name.")
                    % {"name": name, "other": seen[key]},
                )
            seen[key] = name


class IngredientsFormSet(NamesFormSet):
    names = ("ingredient", "unit")


class OptionFormSet(NamesFormSet):
    def clean(self) -> None:
        """See to it that no choice makes the product cost less than nothing."""
        super().clean()
        kept = [form for form in self.forms if form not in self.deleted_forms]
        differences = [
            form.cleaned_data["price_difference_amount"]
            for form in kept
            if "price_difference_amount" in getattr(form, "cleaned_data", {})
        ]
        group: OptionGroup = self.instance
        if group.product_id is not None:
            others = groups_of(group.product.option_groups.exclude(pk=group.pk))
            check_prices(group.product.price_amount, [*others, (group.is_required, differences)])
