"""Forms of the dashboard, for staff and owners."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext_lazy as _

from cafe_site.identity.form_fields import EmailAddressInput, TypedText
from cafe_site.menu.models import Product
from cafe_site.once.forms import OnceForm
from cafe_site.orders.models import Status
from cafe_site.shop.number_questions import NumberQuestions
from cafe_site.stock.models import DailyStock
from cafe_site.stock.services import BakedProduct
from reports.baking.plan_lines import PlanLine
from reports.delivery.recipients import CHOSEN_KINDS

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise


class StatusForm(OnceForm):
    status = forms.ChoiceField(
        choices=Status.choices,
        error_messages={
            "invalid_choice": _(
                "“%(value).60s” is not a status of an order. Nothing was changed. Reload the page."
            ),
            "required": _("Please choose a status. Nothing was changed."),
        },
    )
    # The day of the board with the button.
    day = forms.DateField(required=False, input_formats=["%Y-%m-%d"])


MAX_PAUSE_MINUTES = 24 * 60


class PauseForm(forms.Form):
    """Minutes for which orders are paused; zero resumes them."""

    minutes = forms.IntegerField(min_value=0, max_value=MAX_PAUSE_MINUTES)


MAX_QUANTITY = 10_000


def quantity_field(label: "StrOrPromise", name: str, initial: int | None) -> forms.IntegerField:
    """Return a field for a number of products; its errors begin with `name`."""
    return forms.IntegerField(
        label=label,
        initial=initial,
        required=False,
        min_value=0,
        max_value=MAX_QUANTITY,
        widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
        error_messages={
            "invalid": _("%(product)s: please enter a whole number.") % {"product": name},
            "min_value": _("%(product)s: please enter 0 or more.") % {"product": name},
            "max_value": _("%(product)s: please enter at most 10,000.") % {"product": name},
        },
    )


class StockForm(NumberQuestions, OnceForm):
    """A product's stock of a day; empty fields mean unknown or no limit."""

    NUMBERS = ("planned", "baked", "left_over")

    def __init__(self, row: DailyStock, most: int, data: Any = None) -> None:
        super().__init__(data, auto_id=f"id_{row.pk}_%s")
        self.row, self._most = row, most
        labels = _("Planned"), _("Baked"), _("Left over")
        for name, label in zip(self.NUMBERS, labels, strict=True):
            self.fields[name] = quantity_field(label, row.product.name, getattr(row, name))

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        for name in self.NUMBERS:
            self.ask_about_quantity(name, self.row.product.name, self._most)
        return cleaned

    @property
    def quantities(self) -> dict[str, int | None]:
        return {name: self.cleaned_data[name] for name in self.NUMBERS}


class ReasonForm(OnceForm):
    """The reason for a change, for bookkeeping."""

    reason = TypedText(
        label=_("Reason"),
        max_length=200,
        error_messages={
            "required": _("Enter a reason, for the bookkeeping."),
            "max_length": _("Please keep the reason within %(limit_value)s characters."),
        },
    )


class RefundForm(ReasonForm):
    """The amount of a refund, and its reason."""

    field_order = ("amount", "reason")
    amount = forms.DecimalField(
        label=_("Amount, tax included"),
        min_value=Decimal("0.01"),
        max_digits=10,
        decimal_places=2,
        error_messages={
            "required": _("Please enter the amount to refund."),
            "invalid": _("Please enter the amount as a number, such as 4.50."),
            "min_value": _("Please refund at least %(limit_value)s."),
            "max_decimal_places": _("Please enter no more than %(max)s digits after the point."),
        },
    )


class CancelForm(RefundForm):
    """Cancellation of an order paid online: the refund may be zero, part or all."""

    amount = forms.DecimalField(
        label=_("Refund, tax included"),
        help_text=_("The full amount, unless you keep part of it."),
        min_value=Decimal(0),
        max_digits=10,
        decimal_places=2,
        error_messages={
            **RefundForm.base_fields["amount"].error_messages,
            "required": _("Please enter the amount to refund; 0 refunds nothing."),
            "min_value": _("Please enter 0 or more."),
        },
    )


class SendAgainForm(forms.Form):
    """The key ensures that repeated clicks on one form send one copy."""

    request_key = forms.CharField(max_length=64, widget=forms.HiddenInput)


class RecipientKeyForm(forms.Form):
    key = forms.CharField(
        max_length=300,
        widget=forms.HiddenInput,
        error_messages={"required": _("This form is incomplete. Reload the page and try again.")},
    )


class KindsField(forms.MultipleChoiceField):
    """The kinds of reports that a recipient gets."""

    widget = forms.CheckboxSelectMultiple

    def __init__(self, *, required_message: "StrOrPromise") -> None:
        super().__init__(
            label=_("Reports"),
            choices=[(kind.value, kind.label) for kind in CHOSEN_KINDS],
            error_messages={
                "required": required_message,
                "invalid_choice": _(
                    "“%(value).60s” is not a kind of report. Choose among those listed."
                ),
            },
        )


class KindsForm(RecipientKeyForm):
    kinds = KindsField(
        required_message=_("Please choose at least one kind of report, or remove the recipient.")
    )


class RecipientForm(forms.Form):
    address = EmailAddressInput(
        label=_("E-mail"),
        error_messages={"required": _("Please enter the e-mail address that the reports go to.")},
    )
    kinds = KindsField(required_message=_("Please choose at least one kind of report."))


class ConfirmForm(forms.Form):
    link = forms.CharField(
        label=_("Link from the e-mail"),
        max_length=2000,
        error_messages={"required": _("Please paste the link from the e-mail here.")},
    )


class QuantitiesForm(NumberQuestions, OnceForm):
    """A whole number for each row; fields are named by the row's id.

    `most` is the largest quantity of each product so far.
    """

    prefix = "quantity"

    def __init__(self, most: Mapping[int, int], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._most = most
        self._products: dict[str, Product] = {}

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        for name, product in self._products.items():
            self.ask_about_quantity(name, product.name, self._most.get(product.pk, 0))
        return cleaned

    @staticmethod
    def name_of(row: PlanLine | Product) -> str:
        return str(row.pk)

    def add_quantity(
        self, field: str, product: Product, *, initial: int | None, label: str = ""
    ) -> None:
        self.fields[field] = quantity_field(label or product.name, product.name, initial)
        self._products[field] = product

    @property
    def given(self) -> dict[int, int]:
        """Return the entered numbers, by the row's id."""
        return {
            int(name): value
            for name, value in self.cleaned_data.items()
            if name.isdecimal() and value is not None
        }


class PlanForm(QuantitiesForm):
    """The owner's quantity of each product; an empty field means the proposed quantity."""

    def __init__(
        self, lines: Sequence[PlanLine], most: Mapping[int, int], *args: Any, **kwargs: Any
    ) -> None:
        # Proposed quantities are never questioned as unlikely.
        proposed = {line.product.pk: line.proposed for line in lines}
        super().__init__(
            {pk: max(most.get(pk, 0), number) for pk, number in proposed.items()}, *args, **kwargs
        )
        self._proposed = {line.pk: line.proposed for line in lines}
        for line in lines:
            self.add_quantity(self.name_of(line), line.product, initial=line.quantity)

    @property
    def quantities(self) -> dict[int, int]:
        return self._proposed | self.given


class LeftoversForm(QuantitiesForm):
    """Leftovers of each product; `none_left` means 0 for all empty fields.

    For products without a limit, the form also asks for the baked quantity.
    """

    none_left = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(
        self, rows: Sequence[BakedProduct], most: Mapping[int, int], *args: Any, **kwargs: Any
    ) -> None:
        super().__init__(most, *args, **kwargs)
        self._known = [row.product.pk for row in rows if row.there is not None]
        self._unknown = [row.product.pk for row in rows if row.there is None]
        for row in rows:
            self.add_quantity(self.name_of(row.product), row.product, initial=row.left_over)
            if row.there is None:
                label = _("%(product)s, baked") % {"product": row.product.name}
                field = self._name_of_baked(row.product.pk)
                self.add_quantity(field, row.product, initial=None, label=label)

    @staticmethod
    def _name_of_baked(product_id: int) -> str:
        return f"baked-{product_id}"

    def baked_field(self, row: BakedProduct) -> forms.BoundField | None:
        name = self._name_of_baked(row.product.pk)
        return self[name] if name in self.fields else None

    @property
    def baked(self) -> dict[int, int]:
        """Return the entered baked quantities of products without a limit."""
        numbers = {pk: self.cleaned_data[self._name_of_baked(pk)] for pk in self._unknown}
        return {pk: number for pk, number in numbers.items() if number is not None}

    @property
    def leftovers(self) -> dict[int, int]:
        if self.cleaned_data["none_left"]:
            return dict.fromkeys([*self._known, *self.baked], 0) | self.given
        return self.given
