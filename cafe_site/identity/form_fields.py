"""Form fields for personal data: e-mail addresses, names, telephone numbers, notes."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import EmailValidator
from django.utils.translation import gettext_lazy as _

from cafe_site.identity.normal_forms import (
    AddressRefused,
    check_email,
    normal_email,
    without_invisible,
)
from cafe_site.identity.typed_texts import (
    TextRefused,
    clean_line,
    clean_lines,
    clean_telephone,
    is_visible,
)

# The limit of SMTP (RFC 5321, 4.5.3.1.3) and of the column.
MAX_EMAIL_LENGTH = 254
MAX_TELEPHONE_LENGTH = 40


def first_error(form: forms.Form) -> str:
    """Return the first error of a form, for a page that does not show the form."""
    return str(next(iter(form.errors.values()))[0])


class EmailAddressInput(forms.EmailField):
    """An e-mail address in its normal form."""

    default_error_messages = {
        "invalid": _("This e-mail address looks incomplete. It should be like name@example.com."),
        "max_length": _(
            "This e-mail address has %(show_value)s characters. The limit is %(limit_value)s. "
            "Please check it."
        ),
        "letter": _(
            "E-mail cannot be sent to an address with “%(letter)s”. Please check it, or give "
            "another address."
        ),
    }

    # Django allows localhost by default; no customer has such an address.
    default_validators = [EmailValidator(allowlist=[])]

    def __init__(self, **kwargs: Any) -> None:
        # Each form sets its own `required` message.
        super().__init__(**{"max_length": MAX_EMAIL_LENGTH, **kwargs})

    def to_python(self, value: Any) -> str:
        # Pasted links and address books add "mailto:" and invisible characters.
        typed = without_invisible(super().to_python(value) or "").removeprefix("mailto:")
        try:
            check_email(typed)
        except AddressRefused as error:
            raise ValidationError(
                self.error_messages["letter"], "letter", {"letter": error.letter}
            ) from error
        if typed.endswith("]"):
            raise ValidationError(self.error_messages["invalid"], "invalid")
        return normal_email(typed)


class TypedText(forms.CharField):
    """A text of one line, such as a name."""

    default_error_messages = {
        "character": _(
            "This text contains a character that cannot be shown (%(code_point)s). Please type "
            "it instead of pasting it."
        ),
        "max_length": _("Please use at most %(limit_value)s characters. There are %(show_value)s."),
    }

    def to_python(self, value: Any) -> str:
        typed = super().to_python(value) or ""
        try:
            clean = self.clean_text(typed)
        except TextRefused as error:
            raise ValidationError(
                self.error_messages["character"], "character", {"code_point": error.code_point}
            ) from error
        return clean if is_visible(clean) else ""

    def clean_text(self, typed: str) -> str:
        return clean_line(typed)


class TypedLines(TypedText):
    """A text of several lines, such as a note; a line break counts as one character."""

    widget = forms.Textarea

    def clean_text(self, typed: str) -> str:
        return clean_lines(typed)


class TelephoneNumber(forms.CharField):
    """A telephone number in any usual notation, with or without an extension."""

    default_error_messages = {
        "invalid": _(
            "“%(value)s” is not a telephone number that we can read. Please write it like "
            "+49 30 1234567, followed by “ext. 5” for an extension."
        ),
    }

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{"max_length": MAX_TELEPHONE_LENGTH, **kwargs})

    def to_python(self, value: Any) -> str:
        typed = super().to_python(value) or ""
        if not typed:
            return ""
        number = clean_telephone(typed)
        if number is None:
            raise ValidationError(
                self.error_messages["invalid"], "invalid", {"value": typed[:MAX_TELEPHONE_LENGTH]}
            )
        return number
