"""Base of forms that do their work once."""

import hashlib
import json
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from cafe_site.once.services import FormKey
from cafe_site.shop.fields import make_token


class OnceForm(forms.Form):
    """A form with a random key per page view. Used for every form that moves money or stock."""

    form_key = forms.CharField(
        max_length=64,
        widget=forms.HiddenInput,
        # A form with errors keeps its key: its work is not done yet.
        initial=make_token,
        required=False,
    )

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if not cleaned.get("form_key"):
            # Not shown at the field, which is hidden.
            raise ValidationError(_("This form is incomplete. Reload the page and try again."))
        return cleaned

    @property
    def once(self) -> FormKey:
        """Return the key of a valid form."""
        asked = {
            name: self.data.get(self.add_prefix(name)) for name in self.fields if name != "form_key"
        }
        content = json.dumps(asked, sort_keys=True).encode()
        return FormKey(self.cleaned_data["form_key"], hashlib.sha256(content).hexdigest())
