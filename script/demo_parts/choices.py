"""The options of Café Linde's coffees."""

from dataclasses import dataclass
from decimal import Decimal

from cafe_site.menu.labels import Allergen
from cafe_site.menu.models import Option, OptionGroup, Product


@dataclass(frozen=True, slots=True)
class ItemOption:
    name: str
    price_difference: str = "0"
    allergens: tuple[Allergen, ...] = ()


@dataclass(frozen=True, slots=True)
class ItemGroup:
    """An option group of a product; in a required group, the first option is the usual one."""

    name: str
    is_required: bool
    options: tuple[ItemOption, ...]


def sizes(large: str) -> ItemGroup:
    return ItemGroup("Size", True, (ItemOption("Regular"), ItemOption("Large", large)))


OAT_MILK = ItemOption("Oat milk", "0.50", (Allergen.GLUTEN,))
CAPPUCCINO_MILK = ItemGroup(
    "Other milk",
    False,
    (OAT_MILK, ItemOption("Lactose-free milk", "0.30", (Allergen.MILK,))),
)
COFFEE_MILK = ItemGroup(
    "Milk", False, (ItemOption("Splash of milk", allergens=(Allergen.MILK,)), OAT_MILK)
)


def write_groups(product: Product, groups: tuple[ItemGroup, ...]) -> None:
    """Create a product's groups and their options, in the given order."""
    for place, drawn in enumerate(groups, start=1):
        group = OptionGroup.objects.create(
            product=product, name=drawn.name, is_required=drawn.is_required, position=place
        )
        for position, option in enumerate(drawn.options, start=1):
            Option.objects.create(
                group=group,
                name=option.name,
                price_difference_amount=Decimal(option.price_difference),
                allergens=[allergen.value for allergen in option.allergens],
                is_free_of_allergens=not option.allergens,
                position=position,
            )
