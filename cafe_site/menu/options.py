"""Options of a product, such as its size, and the rules for choosing them."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import gettext as _

from cafe_site.menu.models import Option, OptionGroup, Product
from cafe_site.shop.money import ZERO


class ChoiceRefused(Exception):
    """A product cannot be ordered with these options; the message says what to choose."""


def groups_to_choose(product: Product) -> list[OptionGroup]:
    """Return a product's groups with options on sale, fetched by `with_choices`.

    A group without options is still being set up in the admin, so it is skipped.
    """
    return [group for group in product.option_groups.all() if group.options.all()]


@dataclass(frozen=True, slots=True)
class Offer:
    """The price of a product as the menu shows it."""

    product: Product
    # The price with the cheapest required options.
    price_amount: Decimal
    # Whether other required options cost more.
    is_lowest_price: bool
    needs_choice: bool


def offer(product: Product) -> Offer:
    """Return the shown price of a product, fetched by `with_choices`."""
    differences = [
        [option.price_difference_amount for option in group.options.all()]
        for group in groups_to_choose(product)
        if group.is_required
    ]
    return Offer(
        product,
        lowest_price(product.price_amount, [(True, in_group) for in_group in differences]),
        is_lowest_price=any(min(in_group) < max(in_group) for in_group in differences),
        needs_choice=bool(differences),
    )


def choose_options(product: Product, option_ids: Collection[int]) -> tuple[Option, ...]:
    """Return the chosen options in the menu's order; the product comes from `with_choices`.

    Raises ChoiceRefused when one of them is not on sale with this product, when a group has two,
    or when a required group has none.
    """
    chosen: list[Option] = []
    for group in groups_to_choose(product):
        in_group = [option for option in group.options.all() if option.pk in option_ids]
        if len(in_group) > 1:
            raise ChoiceRefused(_("Please choose only one: %(group)s.") % {"group": group.name})
        if group.is_required and not in_group:
            raise ChoiceRefused(
                _("%(product)s: please choose one: %(group)s.")
                % {"product": product.name, "group": group.name}
            )
        chosen += in_group
    if len(chosen) < len(set(option_ids)):
        raise ChoiceRefused(
            _("Something you chose with %(product)s is no longer on sale. Please choose again.")
            % {"product": product.name}
        )
    return tuple(chosen)


def lowest_price(price: Decimal, groups: Iterable[tuple[bool, Sequence[Decimal]]]) -> Decimal:
    """Return the lowest possible price of a product; if it is negative, the options are invalid.

    A group is given as whether it is required, and the price differences of its options.
    """
    lowest = price
    for is_required, differences in groups:
        if differences:
            lowest += min([*differences, *([] if is_required else [ZERO])])
    return lowest


def unit_price(product: Product, options: Iterable[Option]) -> Decimal:
    """Return the unit price with these options; never negative."""
    differences = sum((option.price_difference_amount for option in options), ZERO)
    return max(product.price_amount + differences, ZERO)


def names_of(options: Iterable[Option]) -> str:
    """Return the options' names as one text: Large, Oat milk."""
    return ", ".join(option.name for option in options)


def line_name(product_name: str, options_text: str) -> str:
    """Return the name of an order line as shown: Cappuccino (Large, Oat milk)."""
    return f"{product_name} ({options_text})" if options_text else product_name
