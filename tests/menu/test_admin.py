"""Tests of the admin pages of products, options and photos."""

from decimal import Decimal
from typing import Any

import pytest
from django.core.files.storage import InMemoryStorage, default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import OperationalError, connection
from django.test import Client

from cafe_site.menu.admin import ProductAdmin
from cafe_site.menu.models import Option, OptionGroup, Product
from tests.factories import CategoryFactory, OptionFactory, OptionGroupFactory, ProductFactory
from tests.pictures import photo


def product_form(product: Product, **changes: Any) -> dict[str, Any]:
    return {
        "category": product.category_id,
        "name": product.name,
        "slug": product.slug,
        "position": 0,
        "price_amount": "3.60",
        "tax_rate": "19",
        "is_on_sale": "on",
        "is_baked": "on",
        "leftover_value_amount": "0",
        "shelf_life_days": 1,
        "batch_size": 1,
        "option_groups-TOTAL_FORMS": 0,
        "option_groups-INITIAL_FORMS": 0,
        "recipe-TOTAL_FORMS": 0,
        "recipe-INITIAL_FORMS": 0,
        **changes,
    }


def save_product(client: Client, product: Product, **changes: Any) -> Any:
    return client.post(
        f"/admin/menu/product/{product.pk}/change/", product_form(product, **changes)
    )


def upload(content: bytes) -> SimpleUploadedFile:
    return SimpleUploadedFile("IMG_0001.JPG", content, "image/jpeg")


def files_of(stem: str) -> int:
    names = default_storage.listdir("photos")[1] if default_storage.exists("photos") else []
    return sum(name.startswith(stem) for name in names)


def errors_of(answer: Any) -> dict[str, list[str]]:
    assert answer.status_code == 200
    return dict(answer.context["adminform"].form.errors)


def test_a_photo_is_uploaded_replaced_and_removed(
    counter: Client, django_capture_on_commit_callbacks
) -> None:
    product = ProductFactory()
    stems = []

    for changes in ({"upload": upload(photo(900, 700))}, {"upload": upload(photo(910, 700))}, {}):
        with django_capture_on_commit_callbacks(execute=True):
            answer = save_product(counter, product, **changes)
        assert answer.status_code == 302
        product.refresh_from_db()
        stems.append(product.photo)
    kept = [files_of(stem) for stem in stems]
    with django_capture_on_commit_callbacks(execute=True):
        save_product(counter, product, remove_photo="on")

    product.refresh_from_db()
    first, second, unchanged = stems
    assert (first != second, second == unchanged, kept) == (True, True, [0, 6, 6])
    assert (product.photo, files_of(second)) == ("", 0)


def test_a_photo_that_another_product_shows_is_kept(
    counter: Client, django_capture_on_commit_callbacks
) -> None:
    products = [ProductFactory(), ProductFactory()]
    for product in products:
        save_product(counter, product, upload=upload(photo(920, 700)))
    stem = Product.objects.get(pk=products[0].pk).photo
    kept = []

    for product in products:
        with django_capture_on_commit_callbacks(execute=True):
            counter.post(f"/admin/menu/product/{product.pk}/delete/", {"post": "yes"})
        kept.append(files_of(stem))

    assert kept == [6, 0]
    assert not Product.objects.exists()


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (
            b"<svg/>",
            "We cannot read this file as a picture. Please choose a JPEG, PNG, WebP or AVIF.",
        ),
        (
            b"x" * 9_000_000,
            "The photo is 8.6\xa0MB. Please choose one of at most 4.0\xa0MB.",
        ),
    ],
)
def test_a_file_that_is_refused_changes_nothing(
    counter: Client, content: bytes, sentence: str
) -> None:
    product = ProductFactory(photo="a" * 32)

    answer = save_product(counter, product, upload=upload(content), price_amount="9")

    assert errors_of(answer) == {"upload": [sentence]}
    product.refresh_from_db()
    assert (product.photo, product.price_amount) == ("a" * 32, Decimal("3.00"))


class Watched(InMemoryStorage):
    """A storage that tells what was done to it, and whether a transaction was open meanwhile."""

    seen: list[tuple[str, bool]] = []

    def exists(self, name: str) -> bool:
        self.seen.append(("exists", connection.in_atomic_block))
        return super().exists(name)

    def save(self, *given: Any, **named: Any) -> str:
        self.seen.append(("save", connection.in_atomic_block))
        return super().save(*given, **named)

    def delete(self, name: str) -> None:
        self.seen.append(("delete", connection.in_atomic_block))
        super().delete(name)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    ("path", "done"), [("add/", {"exists", "save"}), ("1/change/", {"exists", "save", "delete"})]
)
def test_the_storage_is_not_asked_while_a_transaction_is_open(
    path: str, done: set[str], counter: Client, settings: Any
) -> None:
    settings.STORAGES = settings.STORAGES | {
        "default": {"BACKEND": f"{Watched.__module__}.Watched"}
    }
    Watched.seen.clear()
    product = ProductFactory(pk=1, photo="a" * 32)

    answer = counter.post(
        f"/admin/menu/product/{path}",
        product_form(product, name="Another", slug="another", upload=upload(photo(930, 700))),
    )

    assert answer.status_code == 302
    stem = Product.objects.get(slug="another").photo
    assert set(Watched.seen) == {(name, False) for name in done}
    assert files_of(stem) == 6


def test_a_photo_is_not_kept_beside_another_mistake(counter: Client) -> None:
    product = ProductFactory(photo="a" * 32)

    answer = save_product(counter, product, upload=upload(photo(940, 700)), price_amount="x")

    assert list(errors_of(answer)) == ["price_amount"]
    assert files_of("") == 0


def test_a_photo_is_not_kept_when_the_row_cannot_be_written(
    counter: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*given: Any, **named: Any) -> None:
        raise OperationalError("gone")

    monkeypatch.setattr(Product, "save_base", fail)
    product_page = ProductFactory.build(pk=1, category=CategoryFactory())

    with pytest.raises(OperationalError):
        counter.post(
            "/admin/menu/product/add/", product_form(product_page, upload=upload(photo(950, 700)))
        )

    assert files_of("") == 0


def test_a_photo_that_nobody_may_upload_never_reaches_the_storage(
    counter: Client, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.STORAGES = settings.STORAGES | {
        "default": {"BACKEND": f"{Watched.__module__}.Watched"}
    }
    Watched.seen.clear()
    monkeypatch.setattr(ProductAdmin, "has_change_permission", lambda *_: False)

    answer = save_product(counter, ProductFactory(), upload=upload(photo(960, 700)))

    assert (answer.status_code, Watched.seen) == (403, [])


def test_labels_are_ticked_and_may_not_deny_the_allergens(counter: Client) -> None:
    product = ProductFactory()

    saved = save_product(counter, product, allergens=["gluten"], diets=["vegan"])
    denied = save_product(counter, product, allergens=["milk"], diets=["vegan"])

    assert saved.status_code == 302
    assert errors_of(denied) == {
        "diets": ["“Vegan” and the allergen “Milk” cannot both be right. Untick one of them."]
    }
    product.refresh_from_db()
    assert (product.allergens, product.diets) == (["gluten"], ["vegan"])


def option_rows(*differences: str) -> dict[str, Any]:
    rows: dict[str, Any] = {
        "name": "Size",
        "is_required": "on",
        "position": 0,
        "options-TOTAL_FORMS": len(differences),
        "options-INITIAL_FORMS": 0,
    }
    for place, difference in enumerate(differences):
        rows |= {
            f"options-{place}-name": f"Option {place}",
            f"options-{place}-price_difference_amount": difference,
            f"options-{place}-position": place,
            f"options-{place}-is_on_sale": "on",
            f"options-{place}-allergens": ["gluten"],
        }
    return rows


def test_a_group_is_written_on_its_product_and_its_options_on_its_own_page(counter: Client) -> None:
    product = ProductFactory()
    save_product(
        counter,
        product,
        **{
            "option_groups-TOTAL_FORMS": 1,
            "option_groups-0-name": "Size",
            "option_groups-0-is_required": "on",
            "option_groups-0-position": 0,
        },
    )
    group = OptionGroup.objects.get()

    page = counter.get(f"/admin/menu/product/{product.pk}/change/").content.decode()
    address = f"/admin/menu/optiongroup/{group.pk}/change/"
    answer = counter.post(address, option_rows("0", "-3.60"))

    assert f"{address}?" in page or f'"{address}"' in page
    assert answer.status_code == 302
    options = Option.objects.values_list("name", "price_difference_amount", "allergens")
    assert list(options) == [
        ("Option 0", Decimal(0), ["gluten"]),
        ("Option 1", Decimal("-3.60"), ["gluten"]),
    ]


def test_options_may_not_take_off_more_than_the_product_costs(counter: Client) -> None:
    product = ProductFactory(price_amount=Decimal("3.60"))
    milk = OptionGroupFactory(product=product, name="Milk", is_required=False)
    OptionFactory(group=milk, price_difference_amount=Decimal("-0.40"))
    size = OptionGroupFactory(product=product, name="Size")

    answer = counter.post(f"/admin/menu/optiongroup/{size.pk}/change/", option_rows("-3.21", "0"))
    cheaper = save_product(
        counter, product, price_amount="0.39", **{"option_groups-INITIAL_FORMS": 0}
    )

    assert answer.status_code == 200
    assert answer.context["inline_admin_formsets"][0].formset.non_form_errors() == [
        "With its cheapest options, the product would cost -0.01. It has to cost at least 0."
    ]
    assert errors_of(cheaper) == {
        "price_amount": [
            "With its cheapest options, the product would cost -0.01. It has to cost at least 0."
        ]
    }
    assert Option.objects.count() == 1


def test_staff_keep_what_the_bake_plan_needs_and_the_recipe(
    counter: Client, opening_hours: None
) -> None:
    product = ProductFactory()

    save_product(
        counter,
        product,
        unit_cost_amount="1.20",
        leftover_value_amount="0.30",
        batch_size=12,
        bake_least=12,
        bake_most=48,
        **{
            "recipe-TOTAL_FORMS": 1,
            "recipe-0-ingredient": "Flour",
            "recipe-0-amount": "62.5",
            "recipe-0-unit": "g",
        },
    )

    product.refresh_from_db()
    assert (product.batch_size, product.bake_least, product.bake_most) == (12, 12, 48)
    assert product.leftover_value_amount == Decimal("0.30")
    item = product.recipe.get()
    assert (item.ingredient, item.amount, item.unit) == ("Flour", Decimal("62.500"), "g")


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"bake_least": 12, "bake_most": 6}, "bake_most"),
        ({"batch_size": 0}, "batch_size"),
        ({"shelf_life_days": 0}, "shelf_life_days"),
        ({"leftover_value_amount": "-1"}, "leftover_value_amount"),
    ],
)
def test_a_wrong_figure_for_the_bake_plan_is_told(
    counter: Client, opening_hours: None, changes: dict[str, Any], field: str
) -> None:
    answer = save_product(counter, ProductFactory(), **changes)

    assert list(errors_of(answer)) == [field]
