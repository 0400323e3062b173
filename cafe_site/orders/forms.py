"""What customers may send. Every message names what is wrong and what to do."""

import datetime
from collections.abc import Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from cafe_site.orders.basket import MAX_QUANTITY
from cafe_site.orders.services import CheckoutDetails
from cafe_site.orders.slots import DaySlots
from cafe_site.shop.opening import shop_calendar


class QuantityForm(forms.Form):
    """So many of one product."""

    product = forms.IntegerField(min_value=1)
    quantity = forms.IntegerField(
        label=_("Quantity"),
        min_value=1,
        max_value=MAX_QUANTITY,
        error_messages={
            "required": _("Please say how many."),
            "invalid": _("Please give the quantity as a whole number."),
            "min_value": _("Please order at least %(limit_value)s."),
            "max_value": _(
                "We take up to %(limit_value)s of one product online. For more, please call us."
            ),
        },
    )


class ChangeForm(QuantityForm):
    """A new quantity for a line of the basket; zero takes it out."""

    quantity = forms.IntegerField(
        min_value=0,
        max_value=MAX_QUANTITY,
        error_messages={
            **QuantityForm.base_fields["quantity"].error_messages,
            "min_value": _("Please give at least 0; 0 takes the product out."),
        },
    )


class PickupField(forms.ChoiceField):
    """An instant out of a list. Whether it is still free is decided when the order is placed.

    The list shrinks by the minute; were it checked here, a form sent twice could not be told
    from one that came too late.
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


class CheckoutForm(forms.Form):
    """Who orders, and when it is collected. It has no field for a price."""

    checkout_key = forms.CharField(max_length=64, widget=forms.HiddenInput)
    name = forms.CharField(
        label=_("Your name"),
        max_length=80,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
        error_messages={"required": _("Please give a name that we can call out.")},
    )
    email = forms.EmailField(
        label=_("E-mail"),
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
        help_text=_("For the confirmation, and for nothing else."),
        error_messages={
            "required": _("Please give an e-mail address for the confirmation."),
            "invalid": _(
                "This e-mail address looks incomplete. It should be like name@example.com."
            ),
        },
    )
    phone = forms.RegexField(
        regex=r"^[0-9+()/.\- ]{5,30}$",
        label=_("Telephone (optional)"),
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "tel", "type": "tel"}),
        help_text=_("Only used if something is wrong with your order."),
        error_messages={
            "invalid": _("This telephone number has other characters than digits, +, - and blanks.")
        },
    )
    pickup_at = PickupField(
        label=_("Pickup time"),
        error_messages={
            "required": _("Please choose a pickup time."),
            "invalid_choice": _("This is no pickup time. Please choose one from the list."),
        },
    )
    note = forms.CharField(
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

    def __init__(self, *args: Any, days: Sequence[DaySlots], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.days = days
        self.fields["pickup_at"].choices = slot_choices(days)  # type: ignore[attr-defined]

    @property
    def has_times(self) -> bool:
        """Whether there is a time to choose at all, beside the line that asks for one."""
        return len(self.fields["pickup_at"].choices) > 1  # type: ignore[attr-defined]

    def clean_name(self) -> str:
        name: str = " ".join(self.cleaned_data["name"].split())
        if not name.isprintable():
            raise ValidationError(_("Please write your name without control characters."))
        return name

    def details(self) -> CheckoutDetails:
        """Return what the valid form tells."""
        return CheckoutDetails(
            name=self.cleaned_data["name"],
            email=self.cleaned_data["email"],
            phone=self.cleaned_data["phone"],
            note=self.cleaned_data["note"],
            pickup_at=self.cleaned_data["pickup_at"],
        )


def slot_choices(days: Sequence[DaySlots]) -> list[tuple[str, Any]]:
    """Return a select's choices: for each day a group of times, as the shop's clock shows them."""
    calendar = shop_calendar()
    days_on_offer = [
        (
            date_format(day.day, "l j F"),
            [
                (start.isoformat(), date_format(calendar.local(start), "H:i"))
                for start in day.starts
            ],
        )
        for day in days
        if day.starts
    ]
    return [("", _("Choose a time")), *days_on_offer]
