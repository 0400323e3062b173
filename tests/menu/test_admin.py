"""Staff keep products, options and photos in the admin."""

import re
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from django.core.files.storage import InMemoryStorage, default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import OperationalError, connection
from django.test import Client

from cafe_site.accounts.models import User
from cafe_site.menu.admin import ProductAdmin
from cafe_site.menu.models import Option, OptionGroup, Product
from tests.factories import CategoryFactory, OptionFactory, OptionGroupFactory, ProductFactory
from tests.pictures import photo


@pytest.fixture
def staff(staff_member: User, sign_in: Callable[[User], Client]) -> Client:
    return sign_in(staff_member)


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
    staff: Client, django_capture_on_commit_callbacks
) -> None:
    product = ProductFactory()
    stems = []

    for changes in ({"upload": upload(photo(900, 700))}, {"upload": upload(photo(910, 700))}, {}):
        with django_capture_on_commit_callbacks(execute=True):
            answer = save_product(staff, product, **changes)
        assert answer.status_code == 302
        product.refresh_from_db()
        stems.append(product.photo)
    kept = [files_of(stem) for stem in stems]
    with django_capture_on_commit_callbacks(execute=True):
        save_product(staff, product, remove_photo="on")

    product.refresh_from_db()
    first, second, unchanged = stems
    assert (first != second, second == unchanged, kept) == (True, True, [0, 6, 6])
    assert (product.photo, files_of(second)) == ("", 0)


def test_a_photo_that_another_product_shows_is_kept(
    staff: Client, django_capture_on_commit_callbacks
) -> None:
    products = [ProductFactory(), ProductFactory()]
    for product in products:
        save_product(staff, product, upload=upload(photo(920, 700)))
    stem = Product.objects.get(pk=products[0].pk).photo
    kept = []

    for product in products:
        with django_capture_on_commit_callbacks(execute=True):
            staff.post(f"/admin/menu/product/{product.pk}/delete/", {"post": "yes"})
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
            "The photo has 8.6\xa0MB. Please choose one of at most 4.0\xa0MB.",
        ),
    ],
)
def test_a_file_that_is_refused_changes_nothing(
    staff: Client, content: bytes, sentence: str
) -> None:
    product = ProductFactory(photo="a" * 32)

    answer = save_product(staff, product, upload=upload(content), price_amount="9")

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
    path: str, done: set[str], staff: Client, settings: Any
) -> None:
    settings.STORAGES = settings.STORAGES | {
        "default": {"BACKEND": f"{Watched.__module__}.Watched"}
    }
    Watched.seen.clear()
    product = ProductFactory(pk=1, photo="a" * 32)

    answer = staff.post(
        f"/admin/menu/product/{path}",
        product_form(product, name="Another", slug="another", upload=upload(photo(930, 700))),
    )

    assert answer.status_code == 302
    stem = Product.objects.get(slug="another").photo
    assert set(Watched.seen) == {(name, False) for name in done}
    assert files_of(stem) == 6


def test_a_photo_is_not_kept_beside_another_mistake(staff: Client) -> None:
    product = ProductFactory(photo="a" * 32)

    answer = save_product(staff, product, upload=upload(photo(940, 700)), price_amount="x")

    assert list(errors_of(answer)) == ["price_amount"]
    assert files_of("") == 0


def test_a_photo_is_not_kept_when_the_row_cannot_be_written(
    staff: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*given: Any, **named: Any) -> None:
        raise OperationalError("gone")

    monkeypatch.setattr(Product, "save_base", fail)
    product_page = ProductFactory.build(pk=1, category=CategoryFactory())

    with pytest.raises(OperationalError):
        staff.post(
            "/admin/menu/product/add/", product_form(product_page, upload=upload(photo(950, 700)))
        )

    assert files_of("") == 0


def test_a_photo_that_nobody_may_upload_never_reaches_the_storage(
    staff: Client, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.STORAGES = settings.STORAGES | {
        "default": {"BACKEND": f"{Watched.__module__}.Watched"}
    }
    Watched.seen.clear()
    monkeypatch.setattr(ProductAdmin, "has_change_permission", lambda *_: False)

    answer = save_product(staff, ProductFactory(), upload=upload(photo(960, 700)))

    assert (answer.status_code, Watched.seen) == (403, [])


def test_labels_are_ticked_and_may_not_deny_the_allergens(staff: Client) -> None:
    product = ProductFactory()

    saved = save_product(staff, product, allergens=["gluten"], diets=["vegan"])
    denied = save_product(staff, product, allergens=["milk"], diets=["vegan"])

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


def test_a_group_is_written_on_its_product_and_its_options_on_its_own_page(staff: Client) -> None:
    product = ProductFactory()
    save_product(
        staff,
        product,
        **{
            "option_groups-TOTAL_FORMS": 1,
            "option_groups-0-name": "Size",
            "option_groups-0-is_required": "on",
            "option_groups-0-position": 0,
        },
    )
    group = OptionGroup.objects.get()

    page = staff.get(f"/admin/menu/product/{product.pk}/change/").content.decode()
    address = f"/admin/menu/optiongroup/{group.pk}/change/"
    answer = staff.post(address, option_rows("0", "-3.60"))

    assert f"{address}?" in page or f'"{address}"' in page
    assert answer.status_code == 302
    options = Option.objects.values_list("name", "price_difference_amount", "allergens")
    assert list(options) == [
        ("Option 0", Decimal(0), ["gluten"]),
        ("Option 1", Decimal("-3.60"), ["gluten"]),
    ]


def test_options_may_not_take_off_more_than_the_product_costs(staff: Client) -> None:
    product = ProductFactory(price_amount=Decimal("3.60"))
    milk = OptionGroupFactory(product=product, name="Milk", is_required=False)
    OptionFactory(group=milk, price_difference_amount=Decimal("-0.40"))
    size = OptionGroupFactory(product=product, name="Size")

    answer = staff.post(f"/admin/menu/optiongroup/{size.pk}/change/", option_rows("-3.21", "0"))
    cheaper = save_product(
        staff, product, price_amount="0.39", **{"option_groups-INITIAL_FORMS": 0}
    )

    assert answer.status_code == 200
    assert answer.context["inline_admin_formsets"][0].formset.non_form_errors() == [
        "With the cheapest options it would cost -0.01. The least is 0."
    ]
    assert errors_of(cheaper) == {
        "price_amount": ["With the cheapest options it would cost -0.01. The least is 0."]
    }
    assert Option.objects.count() == 1


def test_staff_keep_what_the_bake_plan_needs_and_the_recipe(
    staff: Client, opening_hours: None
) -> None:
    product = ProductFactory()

    save_product(
        staff,
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
    staff: Client, opening_hours: None, changes: dict[str, Any], field: str
) -> None:
    answer = save_product(staff, ProductFactory(), **changes)

    assert list(errors_of(answer)) == [field]


@pytest.mark.parametrize("spelling", ["FLAT WHITE", "\uff26lat\u00a0White", "Flat\u200bWhite"])
def test_a_product_named_like_another_is_refused_by_its_name(
    staff: Client, db: None, spelling: str
) -> None:
    ProductFactory(name="Flat White")
    product = ProductFactory(name="Latte")

    answer = save_product(staff, product, name=spelling)

    assert answer.status_code == 200
    assert answer.context["adminform"].form.errors == {
        "name": ["There is a product “Flat White” already. Choose another name."]
    }


def test_a_product_keeps_the_name_that_it_has(staff: Client, db: None) -> None:
    product = ProductFactory(name="Flat White")

    save_product(staff, product, name="Flat white")

    product.refresh_from_db()
    assert product.name == "Flat white"


def test_a_category_named_like_another_is_refused_by_its_name(staff: Client, db: None) -> None:
    CategoryFactory(name="Caf\u00e9")

    answer = staff.post("/admin/menu/category/add/", {"name": "CAFE\u0301", "position": 1})

    assert answer.context["adminform"].form.errors == {
        "name": ["There is a category “Caf\u00e9” already. Choose another name."]
    }


def test_two_spellings_of_one_option_are_refused_in_one_form(staff: Client, db: None) -> None:
    group = OptionGroupFactory()
    form = {
        "name": "Milk",
        "position": 0,
        "is_required": "on",
        "options-TOTAL_FORMS": 2,
        "options-INITIAL_FORMS": 0,
    }
    for place, name in enumerate(("Oat milk", "OAT  milk")):
        form |= {
            f"options-{place}-name": name,
            f"options-{place}-price_difference_amount": "0",
            f"options-{place}-position": place,
            f"options-{place}-is_on_sale": "on",
        }

    answer = staff.post(f"/admin/menu/optiongroup/{group.pk}/change/", form)

    assert answer.status_code == 200
    assert "“OAT  milk” is here already, as “Oat milk”." in answer.content.decode()
    assert not Option.objects.exists()


def test_two_spellings_of_one_ingredient_are_refused_in_one_form(staff: Client, db: None) -> None:
    product = ProductFactory()
    rows: dict[str, Any] = {"recipe-TOTAL_FORMS": 2}
    for place, name in enumerate(("Flour", "flour")):
        rows |= {
            f"recipe-{place}-ingredient": name,
            f"recipe-{place}-amount": "100",
            f"recipe-{place}-unit": "g",
        }

    answer = save_product(staff, product, **rows)

    assert "“flour” is here already, as “Flour”." in answer.content.decode()
    assert not product.recipe.exists()


def test_a_product_has_no_allergens_only_when_somebody_says_so(staff: Client, db: None) -> None:
    product = ProductFactory()

    save_product(staff, product)
    unstated = Product.objects.get().has_stated_allergens
    save_product(staff, product, is_free_of_allergens="on")

    assert (unstated, Product.objects.get().has_stated_allergens) == (False, True)


def test_allergens_and_none_of_them_are_refused_together(staff: Client, db: None) -> None:
    product = ProductFactory()

    answer = save_product(staff, product, allergens=["milk"], is_free_of_allergens="on")

    assert errors_of(answer) == {
        "is_free_of_allergens": ["Allergens are ticked as well. Untick them, or untick this box."]
    }


def test_the_admin_lists_what_has_no_stated_allergens(staff: Client, db: None) -> None:
    stated = ProductFactory(allergens=["milk"])
    ProductFactory(is_free_of_allergens=True)
    unstated = ProductFactory()
    with_sauce = ProductFactory(allergens=["milk"])
    OptionFactory(group=OptionGroupFactory(product=with_sauce))
    OptionFactory(group=OptionGroupFactory(product=stated), is_on_sale=False)

    page = staff.get("/admin/menu/product/", {"allergens": "not_stated"})

    assert set(page.context["cl"].queryset) == {unstated, with_sauce}


def test_a_price_far_above_the_one_so_far_is_asked_about(staff: Client, db: None) -> None:
    product = ProductFactory(price_amount=Decimal("3.20"), daily_quantity=24)
    numbers = {"price_amount": "320", "daily_quantity": "10000"}

    asked = save_product(staff, product, **numbers)
    form = asked.context["adminform"].form
    saved = save_product(staff, product, **numbers, confirmed=form["confirmed"].value())

    assert errors_of(asked) == {
        "price_amount": ["€320.00? So far it costs €3.20. If it is right, save it again."],
        "daily_quantity": [
            f"{product.name}: 10,000? The most so far was 24. If it is right, save it again."
        ],
    }
    assert saved.status_code == 302
    product.refresh_from_db()
    assert (product.price_amount, product.daily_quantity) == (Decimal(320), 10_000)


def test_a_price_far_above_is_refused_in_the_list_of_products(staff: Client, db: None) -> None:
    product = ProductFactory(price_amount=Decimal("3.20"))
    form = {
        "form-TOTAL_FORMS": 1,
        "form-INITIAL_FORMS": 1,
        "form-0-id": product.pk,
        "form-0-price_amount": "320",
        "form-0-is_on_sale": "on",
        "_save": "Save",
    }

    answer = staff.post("/admin/menu/product/", form)
    staff.post("/admin/menu/product/", form | {"form-0-price_amount": "3.60"})

    assert "€320.00? So far it costs €3.20. If it is right, open the product." in (
        answer.content.decode()
    )
    product.refresh_from_db()
    assert product.price_amount == Decimal("3.60")


@pytest.mark.parametrize(
    ("typed", "share"), [("19", "0.19"), ("7,7", "0.077"), ("7.7 %", "0.077"), ("0", "0")]
)
def test_a_tax_rate_is_entered_as_per_cent(staff: Client, typed: str, share: str) -> None:
    product = ProductFactory(tax_rate=Decimal("0.05"))

    answer = save_product(staff, product, tax_rate=typed)

    assert answer.status_code == 302
    product.refresh_from_db()
    assert product.tax_rate == Decimal(share)


def test_a_tax_rate_is_shown_as_per_cent(staff: Client) -> None:
    product = ProductFactory(tax_rate=Decimal("0.077"))

    form = staff.get(f"/admin/menu/product/{product.pk}/change/").content.decode()
    rows = staff.get("/admin/menu/product/").content.decode()

    assert re.search(r'name="tax_rate" value="7\.7"', form)
    assert '<td class="field-tax_percent">7.7\N{NO-BREAK SPACE}%</td>' in rows


def test_a_tax_rate_that_may_be_a_share_is_asked_about(staff: Client) -> None:
    product = ProductFactory()

    errors = errors_of(save_product(staff, product, tax_rate="0.19"))

    assert errors == {
        "tax_rate": [
            "Is 0.19 % right? For 19 %, enter 19. For less than 1 %, enter the sign as well: "
            "0.19 %."
        ]
    }


@pytest.mark.django_db
def test_a_double_from_before_there_were_keys_does_not_close_the_list(staff: Client) -> None:
    ProductFactory(name="Flat White")
    double = ProductFactory(name="Flat white double")
    Product.objects.filter(pk=double.pk).update(name="FLAT WHITE", name_key=None)
    form = {"form-TOTAL_FORMS": 2, "form-INITIAL_FORMS": 2, "_save": "Save"}
    for place, product in enumerate(Product.objects.order_by("pk")):
        form |= {
            f"form-{place}-id": product.pk,
            f"form-{place}-price_amount": "3.50",
            f"form-{place}-is_on_sale": "on",
        }

    listed = staff.post("/admin/menu/product/", form)
    renamed = save_product(staff, double, name="Flat White, small")

    assert (listed.status_code, renamed.status_code) == (302, 302)
    double.refresh_from_db()
    assert (double.name, double.name_key) == ("Flat White, small", "flat white, small")
    assert set(Product.objects.values_list("price_amount", flat=True)) <= {
        Decimal("3.50"),
        Decimal("3.60"),
    }


@pytest.mark.django_db
def test_a_voucher_whose_code_grows_past_its_column_is_refused(
    owner: User, sign_in: Callable[[User], Client]
) -> None:
    answer = sign_in(owner).post(
        "/admin/orders/voucher/add/", {"code": "\u00df" * 21, "discount_total_amount": "1"}
    )

    assert answer.status_code == 200
    assert list(answer.context["adminform"].form.errors) == ["code"]
