import pytest

from cafe_site.menu.labels import Allergen, Diet, contradictions, labels_of


@pytest.mark.parametrize(
    ("diets", "allergens", "expected"),
    [
        (["vegan"], ["gluten", "nuts"], []),
        (["vegan"], ["milk"], [(Diet.VEGAN, Allergen.MILK)]),
        (["vegan", "vegetarian"], ["fish"], [(d, Allergen.FISH) for d in list(Diet)[:2]]),
        (["vegetarian"], ["milk", "eggs"], []),
        (["gluten_free"], ["gluten"], [(Diet.GLUTEN_FREE, Allergen.GLUTEN)]),
        (["lactose_free"], ["milk"], []),
    ],
)
def test_a_label_that_the_allergens_deny_is_found(
    diets: list[str], allergens: list[str], expected: list[tuple[Diet, Allergen]]
) -> None:
    assert contradictions(diets, allergens) == expected


def test_labels_stand_in_one_order_and_unknown_ones_are_left_out() -> None:
    assert labels_of(Diet, ["caffeine", "vegan", "made of gold"]) == ["Vegan", "Contains caffeine"]
