"""Settings and contents that owners still have to enter before customers see them."""

from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from cafe_site.menu.models import Product
from cafe_site.shop.contact import missing_contact_details, missing_hours

# More names would take up too much of the page.
NAMES_SHOWN = 5


@dataclass(frozen=True, slots=True)
class ToDo:
    """A missing entry, as a sentence, and the page to enter it."""

    sentences: list[str]
    address: str
    link: str


def things_to_do() -> list[ToDo]:
    """Return what is missing, in three queries; empty if nothing is."""
    found = [
        ToDo(
            missing_contact_details(),
            reverse("admin:shop_contactdetails_changelist"),
            _("Enter the contact details"),
        ),
        ToDo(missing_hours(), reverse("admin:shop_openinghours_add"), _("Enter the opening hours")),
        ToDo(
            unstated_allergens(),
            reverse("admin:menu_product_changelist") + "?allergens=not_stated",
            _("State the allergens"),
        ),
    ]
    return [to_do for to_do in found if to_do.sentences]


def unstated_allergens() -> list[str]:
    """Return a sentence that lists the products without stated allergens."""
    products = Product.objects.on_sale().without_stated_allergens().in_menu_order()
    names = list(products.values_list("name", flat=True))
    if not names:
        return []
    sentence = ngettext(
        "The allergens of %(count)s product are not stated: %(names)s. Customers are asked to ask "
        "you.",
        "The allergens of %(count)s products are not stated: %(names)s. Customers are asked to ask "
        "you.",
        len(names),
    )
    shown = ", ".join(names[:NAMES_SHOWN]) + (" …" if len(names) > NAMES_SHOWN else "")
    return [sentence % {"count": len(names), "names": shown}]
