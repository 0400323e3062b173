"""Forms for customers. Every message says what is wrong and what to do."""

import datetime
import re
from collections.abc import Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils.functional import lazy
from django.utils.translation import gettext_lazy as _

from cafe_site.identity.form_fields import EmailAddressInput, TelephoneNumber, TypedLines, TypedText
from cafe_site.orders.basket import MAX_QUANTITY
from cafe_site.orders.checkout import CheckoutDetails
from cafe_site.orders.slots import DaySlots
from cafe_site.shop.contact import with_how_to_reach_us
from cafe_site.storefront.slot_choices import FULL, slot_choices

# Prefix of the fields of a product's option groups, before the group's id.
GROUP_FIELD = "group-"
_OPTION_NUMBER = re.compile(r"[0-9]{1,18}")


def _too_many_text() -> str:
    """Return the sentence; lazy, because it contains the owners' telephone number."""
    sentence = _("Online you can order up to %(count)s of one product. We also take larger orders.")
    # Django formats error messages with %, so a % in an address must be escaped.
    return with_how_to_reach_us(sentence % {"count": MAX_QUANTITY}).replace("%", "%%")


_too_many = lazy(_too_many_text, str)


class QuantityForm(forms.Form):
    """How many."""

    quantity = forms.IntegerField(
        label=_("Quantity"),
        min_value=1,
        max_value=MAX_QUANTITY,
        error_messages={
            "required": _("Please enter a quantity."),
            "invalid": _("Please enter the quantity as a whole number."),
            "min_value": _("Please order at least %(limit_value)s."),
            "max_value": _too_many(),
        },
    )


class AddForm(QuantityForm):
    """A quantity of one product, with an option from each of its groups.

    The menu decides which options exist and are required; the form only checks for integers.
    """

    data: QueryDict
    product = forms.IntegerField(min_value=1)

    def clean(self) -> dict[str, Any]:
        chosen = [
            value
            for name, values in self.data.lists()
            for value in values
            if name.startswith(GROUP_FIELD) and value
        ]
        if not all(_OPTION_NUMBER.fullmatch(value) for value in chosen):
            raise ValidationError(_("Please choose one of the options on the page."))
        return self.cleaned_data | {"options": [int(value) for value in chosen]}


class ChangeForm(QuantityForm):
    """A new quantity for a basket line; zero removes it."""

    line = forms.CharField(max_length=400)
    quantity = forms.IntegerField(
        min_value=0,
        max_value=MAX_QUANTITY,
        error_messages={
            **QuantityForm.base_fields["quantity"].error_messages,
            "min_value": _("Please enter 0 or more; 0 removes the product."),
        },
    )


class VoucherForm(forms.Form):
    """A voucher code as typed; empty removes the voucher."""

    code = forms.CharField(
        required=False,
        max_length=40,
        error_messages={
            "max_length": _(
                "A voucher code has at most %(limit_value)s characters. Please check the code."
            )
        },
    )


class SlotSelect(forms.Select):
    """A select that shows full slots as disabled options."""

    def create_option(self, name: str, value: Any, *args: Any, **kwargs: Any) -> dict[str, Any]:
        option = super().create_option(name, value, *args, **kwargs)
        if str(value).startswith(FULL):
            option["attrs"]["disabled"] = True
        return option


class PickupField(forms.ChoiceField):
    """A pickup time from a list. Availability is checked when the order is placed.

    The list shrinks every minute; if it were checked here, a form sent twice could not be
    distinguished from one that is late.
    """

    def to_python(self, value: Any) -> Any:
        if value in self.empty_values:
            return None
        try:
            instant = datetime.datetime.fromisoformat(str(value))
        except ValueError:
            instant = None
        if instant is None or instant.tzinfo is None:
            raise ValidationError(self.error_messages["invalid_choice"], code="invalid_choice")
        return instant.astimezone(datetime.UTC)

    def validate(self, value: Any) -> None:
        forms.Field.validate(self, value)


class AddressForm(forms.Form):
    """The e-mail address of a customer's earlier orders."""

    email = EmailAddressInput(
        label=_("E-mail"),
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
        help_text=_("The address that you used for your order."),
        error_messages={
            "required": _("Please enter the e-mail address that you used for your order.")
        },
    )


class CheckoutForm(forms.Form):
    """The customer's details and pickup time. It has no field for a price."""

    checkout_key = forms.CharField(max_length=64, widget=forms.HiddenInput)
    # Digest of the basket on the page; prices are never taken from a form.
    shown = forms.CharField(required=False, widget=forms.HiddenInput)
    name = TypedText(
        label=_("Your name"),
        max_length=80,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
        error_messages={"required": _("Please enter a name that we can call out.")},
    )
    email = EmailAddressInput(
        label=_("E-mail"),
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
        help_text=_("We only use it for your orders."),
        error_messages={"required": _("Please enter an e-mail address for the confirmation.")},
    )
    phone = TelephoneNumber(
        label=_("Telephone (optional)"),
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "tel", "type": "tel"}),
        help_text=_("Only used if something is wrong with your order."),
    )
    pickup_at = PickupField(
        label=_("Pickup time"),
        widget=SlotSelect,
        error_messages={
            "required": _("Please choose a pickup time."),
            "invalid_choice": _("This is not a pickup time. Please choose one from the list."),
        },
    )
    note = TypedLines(
        label=_("Note (optional)"),
        max_length=500,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={
            "max_length": _(
                "Please keep the note within %(limit_value)s characters; it has %(show_value)s."
            )
        },
    )

    payment = forms.ChoiceField(
        label=_("Payment"),
        choices=[("pickup", _("When I collect it")), ("online", _("Now, by card"))],
        initial="pickup",
        widget=forms.RadioSelect,
        error_messages={
            "required": _("Please choose how to pay."),
            "invalid_choice": _("Please choose one of the payment methods on the page."),
        },
    )

    def __init__(
        self, *args: Any, days: Sequence[DaySlots], can_pay_online: bool = False, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        if not can_pay_online:
            del self.fields["payment"]
        self.days = days
        self.fields["pickup_at"].choices = slot_choices(days)  # type: ignore[attr-defined]

    @property
    def has_times(self) -> bool:
        """Whether any pickup time is free."""
        return any(day.free_starts for day in self.days)

    def choose_pickup(self, start: datetime.datetime | None) -> None:
        """Select another pickup time for the form shown again, if there is one."""
        self._replace("pickup_at", start.isoformat() if start else "")

    def show_basket(self, fingerprint: str) -> None:
        """Update the fingerprint for the form shown again with the current basket."""
        self._replace("shown", fingerprint)

    def _replace(self, name: str, value: str) -> None:
        self.data = {**{field: self.data[field] for field in self.data}, name: value}

    def details(self) -> CheckoutDetails:
        """Return the details from the valid form."""
        return CheckoutDetails(
            name=self.cleaned_data["name"],
            email=self.cleaned_data["email"],
            phone=self.cleaned_data["phone"],
            note=self.cleaned_data["note"],
            pickup_at=self.cleaned_data["pickup_at"],
            pays_online=self.cleaned_data.get("payment") == "online",
        )
