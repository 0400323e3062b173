"""The admin's forms of the menu: products, photos, options and ingredients."""

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
    """A list of checkboxes for a JSON field."""

    widget = forms.CheckboxSelectMultiple

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(required=False, **kwargs)


def check_prices(price: Decimal, groups: list[tuple[bool, list[Decimal]]]) -> None:
    """Raise ValidationError if options could make the price negative."""
    lowest = lowest_price(price, groups)
    if lowest < 0:
        raise ValidationError(
            _(
                "With its cheapest options, the product would cost %(price)s. It has to cost at "
                "least 0."
            ),
            params={"price": lowest},
        )


def groups_of(groups: QuerySet[OptionGroup]) -> list[tuple[bool, list[Decimal]]]:
    """Return each group's price differences, including options off sale, which may return."""
    return [
        (group.is_required, [option.price_difference_amount for option in group.options.all()])
        for group in groups.prefetch_related("options")
    ]


class PhotoUpload(UploadedFile):
    """An uploaded file, already encoded: the photo, or why it was refused."""

    def __init__(self, upload: UploadedFile) -> None:
        super().__init__(upload.file, upload.name, size=upload.size)
        self.photo: EncodedPhoto | None = None
        self.refusal = ""
        try:
            self.photo = encode_photo(upload.read())
        except PhotoRefused as error:
            self.refusal = str(error)


class ProductForm(NumberQuestions, forms.ModelForm):
    """A product, with checkboxes for allergens and labels, and an upload field for a photo."""

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
            "JPEG, PNG, WebP or AVIF, up to 4 MB, at least 640 by 480. It is cropped to 4:3 around "
            "the centre. Its metadata, such as place and date, is removed."
        ),
        # An iPhone that reads this sends JPEG instead of HEIC.
        widget=forms.FileInput(attrs={"accept": "image/jpeg,image/png,image/webp,image/avif"}),
    )
    remove_photo = forms.BooleanField(
        label=_("Remove the photo"),
        required=False,
        help_text=_("The drawing is then shown instead, if one is chosen."),
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
                _("The lowest quantity to bake is %(least)s. Enter %(least)s or more."),
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
        """Ask for confirmation of a price or quantity that is far above the current one."""
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
    return _("Is %(price)s right? The current price is %(before)s. If it is right, save again.") % {
        "price": currency.text(price),
        "before": currency.text(before),
    }


class PricesForm(forms.ModelForm):
    """A row of the list: it cannot ask for confirmation, so an unlikely price is refused."""

    def clean_price_amount(self) -> Any:
        price: Decimal = self.cleaned_data["price_amount"]
        # The instance still has the old price.
        if is_price_far_above(price, self.instance.price_amount):
            currency = shop_currency()
            raise ValidationError(
                _(
                    "Is %(price)s right? The current price is %(before)s. If it is right, enter "
                    "it on the product's own page."
                ),
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
    """Refuse allergens together with "none of the fourteen"."""
    if form.cleaned_data.get("allergens") and form.cleaned_data.get("is_free_of_allergens"):
        form.add_error(
            "is_free_of_allergens",
            _("Allergens are ticked, too. Untick them or this box."),
        )


class NamesFormSet(BaseInlineFormSet):
    """Rows whose names have to differ in more than spelling."""

    # The fields that identify a row.
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
                    _("“%(other)s” already exists. Choose another name.") % {"other": seen[key]},
                )
            seen[key] = name


class IngredientsFormSet(NamesFormSet):
    names = ("ingredient", "unit")


class OptionFormSet(NamesFormSet):
    def clean(self) -> None:
        """Refuse options that could make the product's price negative."""
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
