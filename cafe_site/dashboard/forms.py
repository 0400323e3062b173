"""What staff and owners may send."""

from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from cafe_site.orders.models import Status
from reports.recipients import CHOSEN_KINDS


class StatusForm(forms.Form):
    status = forms.ChoiceField(choices=Status.choices)


class PauseForm(forms.Form):
    """For how long no orders are taken; zero takes them again."""

    minutes = forms.IntegerField(min_value=0, max_value=24 * 60)


class StockForm(forms.Form):
    """How many of a product there are on a day; empty fields are not known or no limit."""

    planned = forms.IntegerField(label=_("Planned"), required=False, min_value=0, max_value=10_000)
    baked = forms.IntegerField(label=_("Baked"), required=False, min_value=0, max_value=10_000)
    left_over = forms.IntegerField(
        label=_("Left over"), required=False, min_value=0, max_value=10_000
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            field.error_messages |= {
                "invalid": _("Please give %(field)s as a whole number.") % {"field": field.label},
            }


class ReasonForm(forms.Form):
    """Why, for whoever keeps the books."""

    reason = forms.CharField(
        label=_("Reason"),
        max_length=200,
        error_messages={
            "required": _("Please say why, for whoever keeps the books."),
            "max_length": _("Please keep the reason within %(limit_value)s characters."),
        },
    )


class RefundForm(ReasonForm):
    """How much goes back, and why."""

    field_order = ("amount", "reason")
    amount = forms.DecimalField(
        label=_("Amount, tax included"),
        min_value=Decimal("0.01"),
        max_digits=10,
        decimal_places=2,
        error_messages={
            "required": _("Please give the amount to refund."),
            "invalid": _("Please give the amount as a number, such as 4.50."),
            "min_value": _("Please refund at least %(limit_value)s."),
            "max_decimal_places": _("Please give no more than %(max)s digits after the point."),
        },
    )


class CancelForm(RefundForm):
    """Cancelling an order that was paid online: how much of it goes back, all or nothing too."""

    amount = forms.DecimalField(
        label=_("Give back, tax included"),
        help_text=_("All of it, unless you keep a part."),
        min_value=Decimal(0),
        max_digits=10,
        decimal_places=2,
        error_messages={
            **RefundForm.base_fields["amount"].error_messages,
            "required": _("Please give the amount to give back; 0 gives back nothing."),
            "min_value": _("Please give back nothing (0) or more."),
        },
    )


class SendAgainForm(forms.Form):
    """The key makes ten clicks on one form one copy."""

    request_key = forms.CharField(max_length=64, widget=forms.HiddenInput)


class RecipientKeyForm(forms.Form):
    key = forms.CharField(
        max_length=300,
        widget=forms.HiddenInput,
        error_messages={"required": _("This form is incomplete. Reload the page and try again.")},
    )


class KindsForm(RecipientKeyForm):
    """Which reports a recipient gets."""

    kinds = forms.MultipleChoiceField(
        label=_("Reports"),
        choices=[(kind.value, kind.label) for kind in CHOSEN_KINDS],
        widget=forms.CheckboxSelectMultiple,
        error_messages={
            "required": _("Please choose at least one kind of report, or remove the recipient."),
            "invalid_choice": _("%(value)s is no kind of report."),
        },
    )


class RecipientForm(forms.Form):
    address = forms.EmailField(
        label=_("E-mail"),
        error_messages={
            "required": _("Please give the e-mail address that the reports go to."),
            "invalid": _("This is no e-mail address. It looks like olga@example.com."),
        },
    )
    kinds = forms.MultipleChoiceField(
        label=_("Reports"),
        choices=[(kind.value, kind.label) for kind in CHOSEN_KINDS],
        widget=forms.CheckboxSelectMultiple,
        error_messages={
            "required": _("Please choose at least one kind of report."),
            "invalid_choice": _("%(value)s is no kind of report."),
        },
    )


class ConfirmForm(forms.Form):
    link = forms.CharField(
        label=_("Link of the e-mail"),
        max_length=2000,
        error_messages={"required": _("Please paste the link of the e-mail here.")},
    )
