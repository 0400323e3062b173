"""The shop's address, contact details and opening hours on pages and in e-mails."""

import datetime
from collections.abc import Sequence
from dataclasses import dataclass

from django.conf import settings
from django.utils.translation import gettext as _

from cafe_site.shop.contact import Contact, read_contact
from cafe_site.shop.opening import shop_calendar
from cafe_site.shop.week import HoursRow, week_rows


@dataclass(frozen=True, slots=True)
class ShopFacts:
    contact: Contact
    hours: Sequence[HoursRow]


def read_shop_facts(now: datetime.datetime) -> ShopFacts:
    """Return the current facts, in two queries.

    They are not cached, because an outdated telephone number is worse than two short queries.
    """
    return ShopFacts(read_contact(), week_rows(shop_calendar().day_of(now)))


def signature(now: datetime.datetime) -> str:
    """Return the end of an e-mail: the shop's name, how to reach it, and its hours."""
    facts = read_shop_facts(now)
    contact = facts.contact
    lines = [settings.SHOP_NAME, *contact.address_lines]
    if contact.phone:
        lines.append(phone_words(contact))
    if contact.email:
        lines.append(_("E-mail: %(email)s") % {"email": contact.email})
    paragraphs = ["\n".join(lines)]
    if facts.hours:
        paragraphs.append("\n".join([_("Opening hours"), *(row.words for row in facts.hours)]))
    return "\n\n".join(paragraphs)


def phone_words(contact: Contact) -> str:
    return _("Telephone: %(phone)s") % {"phone": contact.phone}
