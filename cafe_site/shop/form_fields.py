"""Form fields for figures of the shop."""

from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from cafe_site.shop.percent import MAX_LENGTH, PercentRefused, percent_entry, percent_text, share_of


class PercentField(forms.CharField):
    """A share between 0 and 1, entered and shown as per cent: 19 is 0.19.

    `digits` is the maximum of digits after the point, `least` the smallest share.
    """

    widget = forms.TextInput(attrs={"inputmode": "decimal", "size": 8})
    default_error_messages = {
        "not_a_number": _("“%(value)s” is not a percentage. Enter a number such as 19 or 7.7."),
        "out_of_range": _(
            "%(percent)s is not between %(least)s and 100. For 19 %%, for example, enter 19."
        ),
        "looks_like_a_share": _(
            "Is %(percent)s %% right? For %(share)s %%, enter %(share)s. For less than 1 %%, enter "
            "the sign as well: %(percent)s %%."
        ),
        "too_many_digits": ngettext_lazy(
            "%(percent)s has too many digits. Enter at most %(digits)s digit after the point.",
            "%(percent)s has too many digits. Enter at most %(digits)s digits after the point.",
            "digits",
        ),
    }

    def __init__(self, *, digits: int, least: Decimal = Decimal(0), **kwargs: Any) -> None:
        self.digits = digits
        self.least = least
        super().__init__(**kwargs)

    def to_python(self, value: Any) -> Decimal | None:  # type: ignore[override]
        if isinstance(value, Decimal):
            return value
        typed = super().to_python(value)
        if not typed:
            return None
        try:
            return share_of(typed, digits=self.digits, least=self.least)
        except PercentRefused as error:
            facts: dict[str, Any] = {
                "value": typed[:MAX_LENGTH],
                "digits": self.digits,
                "least": percent_text(self.least),
            }
            if error.percent is not None:
                # Somebody who types 0.19 may mean 19 %.
                facts["percent"] = percent_text(error.percent / 100)
                facts["share"] = percent_text(error.percent)
            raise ValidationError(
                self.error_messages[error.problem], error.problem, facts
            ) from error

    def prepare_value(self, value: Any) -> Any:
        """Show a share as per cent, but typed text unchanged."""
        return percent_entry(value) if isinstance(value, Decimal) else value

    def has_changed(self, initial: Any, data: Any) -> bool:
        try:
            return bool(self.to_python(initial) != self.to_python(data))
        except ValidationError:
            return True
