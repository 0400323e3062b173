"""Café Linde's menu, and the popularity of its products."""

from dataclasses import dataclass
from decimal import Decimal

from django.utils.text import slugify

from cafe_site.menu.labels import Allergen, Diet
from cafe_site.menu.models import Category, Product
from script.demo_parts.choices import CAPPUCCINO_MILK, COFFEE_MILK, ItemGroup, sizes, write_groups

FOOD_TAX_RATE = Decimal("0.07")
DRINK_TAX_RATE = Decimal("0.19")

GLUTEN, EGGS, MILK, NUTS = Allergen.GLUTEN, Allergen.EGGS, Allergen.MILK, Allergen.NUTS
MUSTARD, SULPHITES, SOYBEANS = Allergen.MUSTARD, Allergen.SULPHITES, Allergen.SOYBEANS


@dataclass(frozen=True, slots=True)
class MenuItem:
    """A product; `morning` and `afternoon` are its relative popularity then."""

    name: str
    price: str
    unit_cost: str
    illustration: str
    allergens: tuple[Allergen, ...]
    morning: int
    afternoon: int
    description: str
    diets: tuple[Diet, ...] = ()
    groups: tuple[ItemGroup, ...] = ()

    @property
    def slug(self) -> str:
        return slugify(self.name)


CAKES = (
    MenuItem(
        "Lemon tart",
        "4.20",
        "1.15",
        "lemon",
        (GLUTEN, EGGS, MILK),
        3,
        10,
        "Crisp butter pastry and a sharp, silky curd of unwaxed Amalfi lemons, set under a thin "
        "crust of burnt sugar.",
        diets=(Diet.VEGETARIAN,),
    ),
    MenuItem(
        "Strawberry shortcake",
        "4.60",
        "1.45",
        "shortcake",
        (GLUTEN, EGGS, MILK),
        2,
        12,
        "Two layers of sponge, softly whipped cream and strawberries from the fields at "
        "Werder. In winter we use the ones we froze in June.",
        diets=(Diet.VEGETARIAN,),
    ),
    MenuItem(
        "Black Forest cake",
        "4.90",
        "1.60",
        "birthday-cake",
        (GLUTEN, EGGS, MILK, SULPHITES),
        2,
        11,
        "Dark chocolate sponge, morello cherries and cream, with a proper splash of kirsch. "
        "Not for children.",
        diets=(Diet.VEGETARIAN, Diet.ALCOHOL),
    ),
    MenuItem(
        "Apple pie",
        "4.10",
        "1.05",
        "pie",
        (GLUTEN, MILK),
        4,
        11,
        "Tart Boskoop apples, cinnamon and a little orange peel under a lattice of short pastry. "
        "Made without eggs.",
        diets=(Diet.VEGETARIAN,),
    ),
    MenuItem(
        "Crème caramel",
        "3.60",
        "0.80",
        "custard",
        (EGGS, MILK),
        1,
        6,
        "Vanilla custard baked slowly in a water bath and turned out under its own caramel. "
        "Free of gluten.",
        diets=(Diet.VEGETARIAN, Diet.GLUTEN_FREE),
    ),
    MenuItem(
        "Raspberry cupcake",
        "3.20",
        "0.85",
        "cupcake",
        (GLUTEN, EGGS, MILK),
        2,
        7,
        "A light vanilla cake with a raspberry hidden in the middle and cream cheese on top.",
        diets=(Diet.VEGETARIAN,),
    ),
)

PASTRIES = (
    MenuItem(
        "Butter croissant",
        "2.10",
        "0.55",
        "croissant",
        (GLUTEN, EGGS, MILK),
        26,
        6,
        "Folded over two days with French butter, baked every hour until eleven. Best eaten on "
        "the way home.",
        diets=(Diet.VEGETARIAN,),
    ),
    MenuItem(
        "Sugar doughnut",
        "2.30",
        "0.50",
        "doughnut",
        (GLUTEN, EGGS, MILK),
        7,
        9,
        "Yeast dough with a pale ring round the middle, filled with plum jam and rolled in sugar "
        "while still warm.",
        diets=(Diet.VEGETARIAN,),
    ),
    MenuItem(
        "Oat and chocolate cookie",
        "1.90",
        "0.45",
        "cookie",
        (GLUTEN, EGGS, MILK, NUTS, SOYBEANS),
        5,
        9,
        "Rolled oats, hazelnuts and large pieces of dark chocolate. Crisp outside, soft inside.",
        diets=(Diet.VEGETARIAN,),
    ),
    MenuItem(
        "Pretzel",
        "1.60",
        "0.30",
        "pretzel",
        (GLUTEN,),
        15,
        5,
        "Dark and salty, with thin crisp arms and a soft belly. Vegan.",
        diets=(Diet.VEGAN,),
    ),
    MenuItem(
        "Country sourdough",
        "5.80",
        "1.60",
        "bread",
        (GLUTEN,),
        12,
        5,
        "A one-kilogram loaf of rye and wheat, risen for 24 hours and baked on stone. Keeps for "
        "five days.",
        diets=(Diet.VEGAN,),
    ),
    MenuItem(
        "Baguette",
        "2.60",
        "0.55",
        "baguette-bread",
        (GLUTEN,),
        13,
        6,
        "Wheat flour, water, salt and a long cold night. Out of the oven at eight and at three.",
        diets=(Diet.VEGAN,),
    ),
    MenuItem(
        "Ham & cheese sandwich",
        "5.90",
        "1.90",
        "sandwich",
        (GLUTEN, MILK, MUSTARD),
        10,
        4,
        "Half a baguette with Gruyère, cooked ham from the butcher next door, butter and Dijon "
        "mustard.",
    ),
)

DRINKS = (
    MenuItem(
        "Cappuccino",
        "3.60",
        "0.60",
        "hot-beverage",
        (MILK,),
        18,
        13,
        "A double espresso from our house roast and milk from the Brodowin farm.",
        diets=(Diet.VEGETARIAN, Diet.CAFFEINE),
        groups=(sizes("0.80"), CAPPUCCINO_MILK),
    ),
    MenuItem(
        "Filter coffee",
        "2.80",
        "0.35",
        "hot-beverage",
        (),
        14,
        8,
        "A light roast from Huehuetenango, brewed by the cup: almonds, red apple, cocoa.",
        diets=(Diet.VEGAN, Diet.CAFFEINE),
        groups=(sizes("0.60"), COFFEE_MILK),
    ),
    MenuItem(
        "Sencha",
        "3.40",
        "0.45",
        "teacup-without-handle",
        (),
        3,
        6,
        "Green tea from Kagoshima, steeped for a minute and a half at 70 °C.",
        diets=(Diet.VEGAN, Diet.CAFFEINE),
    ),
    MenuItem(
        "Farm milk",
        "2.20",
        "0.50",
        "glass-of-milk",
        (MILK,),
        3,
        2,
        "A quarter of a litre, cold or warm, with a spoon of linden honey if you like.",
        diets=(Diet.VEGETARIAN, Diet.GLUTEN_FREE),
    ),
    MenuItem(
        "Apple juice",
        "2.90",
        "0.80",
        "beverage-box",
        (),
        4,
        5,
        "Cloudy juice of old varieties, pressed at the orchard in Potsdam. No sugar added.",
        diets=(Diet.VEGAN, Diet.GLUTEN_FREE),
    ),
)

MENU: dict[str, tuple[Decimal, tuple[MenuItem, ...]]] = {
    "Cakes and tarts": (FOOD_TAX_RATE, CAKES),
    "Pastries and bread": (FOOD_TAX_RATE, PASTRIES),
    "Drinks": (DRINK_TAX_RATE, DRINKS),
}


def write_menu() -> dict[MenuItem, Product]:
    """Create the categories and products; return the products by item, with options."""
    for place, (name, (tax_rate, items)) in enumerate(MENU.items(), start=1):
        category = Category.objects.create(name=name, position=place)
        for position, item in enumerate(items, start=1):
            product = Product.objects.create(
                category=category,
                name=item.name,
                slug=item.slug,
                description=item.description,
                position=position,
                price_amount=Decimal(item.price),
                unit_cost_amount=Decimal(item.unit_cost),
                tax_rate=tax_rate,
                allergens=[allergen.value for allergen in item.allergens],
                is_free_of_allergens=not item.allergens,
                diets=[diet.value for diet in item.diets],
                illustration=item.illustration,
            )
            write_groups(product, item.groups)
    by_name = {product.name: product for product in Product.objects.with_choices()}
    return {item: by_name[item.name] for _rate, items in MENU.values() for item in items}
