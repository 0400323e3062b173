"""The allergens that must be declared, and dietary labels."""

from collections.abc import Collection

from django.db import models
from django.utils.translation import gettext_lazy as _


class Allergen(models.TextChoices):
    """The fourteen allergens of Annex II of Regulation (EU) No 1169/2011."""

    GLUTEN = "gluten", _("Cereals containing gluten")
    CRUSTACEANS = "crustaceans", _("Crustaceans")
    EGGS = "eggs", _("Eggs")
    FISH = "fish", _("Fish")
    PEANUTS = "peanuts", _("Peanuts")
    SOYBEANS = "soybeans", _("Soybeans")
    MILK = "milk", _("Milk")
    NUTS = "nuts", _("Nuts")
    CELERY = "celery", _("Celery")
    MUSTARD = "mustard", _("Mustard")
    SESAME = "sesame", _("Sesame seeds")
    SULPHITES = "sulphites", _("Sulphur dioxide and sulphites")
    LUPIN = "lupin", _("Lupin")
    MOLLUSCS = "molluscs", _("Molluscs")


class Diet(models.TextChoices):
    """Labels that let customers choose without reading the allergens."""

    VEGAN = "vegan", _("Vegan")
    VEGETARIAN = "vegetarian", _("Vegetarian")
    GLUTEN_FREE = "gluten_free", _("Gluten-free")
    LACTOSE_FREE = "lactose_free", _("Lactose-free")
    ALCOHOL = "alcohol", _("Contains alcohol")
    CAFFEINE = "caffeine", _("Contains caffeine")


_ANIMALS = (Allergen.CRUSTACEANS, Allergen.FISH, Allergen.MOLLUSCS)
# The allergens that a label excludes. Lactose-free milk is still milk, so it excludes none.
EXCLUDED_BY: dict[Diet, tuple[Allergen, ...]] = {
    Diet.VEGAN: (*_ANIMALS, Allergen.EGGS, Allergen.MILK),
    Diet.VEGETARIAN: _ANIMALS,
    Diet.GLUTEN_FREE: (Allergen.GLUTEN,),
}


def labels_of(choices: type[models.TextChoices], values: Collection[str]) -> list[str]:
    """Return the names of some choices in the reader's language, in the order of all choices."""
    return [str(choice.label) for choice in choices if choice.value in values]


def contradictions(
    diets: Collection[str], allergens: Collection[str]
) -> list[tuple[Diet, Allergen]]:
    """Return the dietary labels that contradict these allergens, each with the first such
    allergen."""
    found = []
    for diet, excluded in EXCLUDED_BY.items():
        there = [allergen for allergen in excluded if allergen.value in allergens]
        if diet.value in diets and there:
            found.append((diet, there[0]))
    return found
