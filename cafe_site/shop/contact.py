"""The shop's contact details, and sentences with them for customers and owners."""

from dataclasses import dataclass

from django.db.models import BooleanField, ExpressionWrapper, Q
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from cafe_site.shop.models import ContactDetails, OpeningHours
from cafe_site.shop.phone import phone_link


@dataclass(frozen=True, slots=True)
class Contact:
    """The shop's contact details; a field is empty if nothing was entered."""

    address: str = ""
    phone: str = ""
    email: str = ""
    has_legal_notice: bool = False

    @property
    def address_lines(self) -> list[str]:
        return [line for line in map(str.strip, self.address.splitlines()) if line]

    @property
    def phone_link(self) -> str:
        return phone_link(self.phone)


def read_contact() -> Contact:
    """Return the contact details without the text of the legal notice, in one query."""
    has_notice = ExpressionWrapper(~Q(legal_notice=""), output_field=BooleanField())
    rows = ContactDetails.objects.annotate(has_notice=has_notice)
    row = rows.values_list("address", "phone", "email", "has_notice").first()
    return Contact(*row[:3], has_legal_notice=bool(row[3])) if row else Contact()


def how_to_reach_us() -> str:
    """Ask the customer to call; without a number, to write; without either, to come."""
    contact = read_contact()
    if contact.phone:
        return _("Please call us on %(phone)s.") % {"phone": contact.phone}
    if contact.email:
        return _("Please write to us at %(email)s.") % {"email": contact.email}
    return _("Please ask us in the shop.")


def with_how_to_reach_us(sentence: str) -> str:
    """Return a sentence about a problem, followed by how to reach the shop."""
    # Translatable, because Chinese puts no space between sentences.
    return pgettext("two sentences", "%(first)s %(second)s") % {
        "first": sentence,
        "second": how_to_reach_us(),
    }


def missing_contact_details() -> list[str]:
    """Return a sentence for each missing detail."""
    contact = read_contact()
    details = {
        _("The telephone number is missing. Customers cannot call."): contact.phone,
        _("The e-mail address is missing. Customers cannot write."): contact.email,
        _("The address is missing. Customers do not see where to collect their orders."): (
            contact.address
        ),
        _("The legal notice is missing. Many countries require one."): contact.has_legal_notice,
    }
    return [sentence for sentence, is_there in details.items() if not is_there]


def missing_hours() -> list[str]:
    """Return a sentence if there are no opening hours."""
    if OpeningHours.objects.exists():
        return []
    return [_("The opening hours are missing. Customers cannot choose a pickup time.")]
