"""Confirmation of numbers that are probably typing errors."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _

from cafe_site.shop.plausibility import is_far_above


class NumberQuestions(forms.Form):
    """A form that asks once about unlikely numbers, and accepts them when it is sent again.

    Call `ask` from `clean`. The page has to show the form again, with its hidden field.
    """

    confirmed = forms.CharField(required=False, max_length=10_000, widget=forms.HiddenInput)

    def ask(self, name: str, value: object, question: str) -> None:
        """Refuse a field's value with a question, unless the same value was asked about before."""
        answer = f"{name}={value}"
        answers = str(self.data.get(self.add_prefix("confirmed"), "")).split()
        if answer in answers:
            return
        self.add_error(name, question)
        # A form's data are immutable, so they are replaced.
        kept: Any = self.data
        self.data = kept.copy()
        self.data[self.add_prefix("confirmed")] = " ".join([*answers, answer])  # type: ignore[index]

    def ask_about_quantity(self, name: str, product: str, most: int) -> None:
        """Ask about a quantity that is far above the product's highest so far."""
        value = self.cleaned_data.get(name)
        # The saved value was confirmed when it was entered.
        if value is None or name not in self.changed_data or not is_far_above(value, most):
            return
        sentence = _(
            "%(product)s: is %(value)s right? The highest so far is %(most)s. If it is "
            "right, save again."
        )
        if not most:
            sentence = _(
                "%(product)s: is %(value)s right? There were none so far. If it is right, "
                "save again."
            )
        facts = {"product": product, "value": f"{value:,}", "most": f"{most:,}"}
        self.ask(name, value, sentence % facts)
