"""Tests of the menu's admin forms: names, allergens, unlikely numbers."""

import re
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client

from cafe_site.accounts.models import User
from cafe_site.menu.models import Option, Product
from tests.factories import CategoryFactory, OptionFactory, OptionGroupFactory, ProductFactory
from tests.menu.test_admin import errors_of, save_product


@pytest.mark.parametrize("spelling", ["FLAT WHITE", "\uff26lat\u00a0White", "Flat\u200bWhite"])
def test_a_product_named_like_another_is_refused_by_its_name(
    counter: Client, db: None, spelling: str
) -> None:
    ProductFactory(name="Flat White")
    product = ProductFactory(name="Latte")

    answer = save_product(counter, product, name=spelling)

    assert answer.status_code == 200
    assert answer.context["adminform"].form.errors == {
        "name": ["There is a product “Flat White” already. Choose another name."]
    }


def test_a_product_keeps_the_name_that_it_has(counter: Client, db: None) -> None:
    product = ProductFactory(name="Flat White")

    save_product(counter, product, name="Flat white")

    product.refresh_from_db()
    assert product.name == "Flat white"


def test_a_category_named_like_another_is_refused_by_its_name(counter: Client, db: None) -> None:
    CategoryFactory(name="Caf\u00e9")

    answer = counter.post("/admin/menu/category/add/", {"name": "CAFE\u0301", "position": 1})

    assert answer.context["adminform"].form.errors == {
        "name": ["There is a category “Caf\u00e9” already. Choose another name."]
    }


def test_two_spellings_of_one_option_are_refused_in_one_form(counter: Client, db: None) -> None:
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

    answer = counter.post(f"/admin/menu/optiongroup/{group.pk}/change/", form)

    assert answer.status_code == 200
    assert "“Oat milk” already exists." in answer.content.decode()
    assert not Option.objects.exists()


def test_two_spellings_of_one_ingredient_are_refused_in_one_form(counter: Client, db: None) -> None:
    product = ProductFactory()
    rows: dict[str, Any] = {"recipe-TOTAL_FORMS": 2}
    for place, name in enumerate(("Flour", "flour")):
        rows |= {
            f"recipe-{place}-ingredient": name,
            f"recipe-{place}-amount": "100",
            f"recipe-{place}-unit": "g",
        }

    answer = save_product(counter, product, **rows)

    assert "“Flour” already exists." in answer.content.decode()
    assert not product.recipe.exists()


def test_a_product_has_no_allergens_only_when_somebody_says_so(counter: Client, db: None) -> None:
    product = ProductFactory()

    save_product(counter, product)
    unstated = Product.objects.get().has_stated_allergens
    save_product(counter, product, is_free_of_allergens="on")

    assert (unstated, Product.objects.get().has_stated_allergens) == (False, True)


def test_allergens_and_none_of_them_are_refused_together(counter: Client, db: None) -> None:
    product = ProductFactory()

    answer = save_product(counter, product, allergens=["milk"], is_free_of_allergens="on")

    assert errors_of(answer) == {
        "is_free_of_allergens": ["Allergens are ticked, too. Untick them or this box."]
    }


def test_the_admin_lists_what_has_no_stated_allergens(counter: Client, db: None) -> None:
    stated = ProductFactory(allergens=["milk"])
    ProductFactory(is_free_of_allergens=True)
    unstated = ProductFactory()
    with_sauce = ProductFactory(allergens=["milk"])
    OptionFactory(group=OptionGroupFactory(product=with_sauce))
    OptionFactory(group=OptionGroupFactory(product=stated), is_on_sale=False)

    page = counter.get("/admin/menu/product/", {"allergens": "not_stated"})

    assert set(page.context["cl"].queryset) == {unstated, with_sauce}


def test_a_price_far_above_the_one_so_far_is_asked_about(counter: Client, db: None) -> None:
    product = ProductFactory(price_amount=Decimal("3.20"), daily_quantity=24)
    numbers = {"price_amount": "320", "daily_quantity": "10000"}

    asked = save_product(counter, product, **numbers)
    form = asked.context["adminform"].form
    saved = save_product(counter, product, **numbers, confirmed=form["confirmed"].value())

    assert errors_of(asked) == {
        "price_amount": [
            "Is €320.00 right? The current price is €3.20. If it is right, save again."
        ],
        "daily_quantity": [
            f"{product.name}: is 10,000 right? The highest so far is 24. "
            "If it is right, save again."
        ],
    }
    assert saved.status_code == 302
    product.refresh_from_db()
    assert (product.price_amount, product.daily_quantity) == (Decimal(320), 10_000)


def test_a_price_far_above_is_refused_in_the_list_of_products(counter: Client, db: None) -> None:
    product = ProductFactory(price_amount=Decimal("3.20"))
    form = {
        "form-TOTAL_FORMS": 1,
        "form-INITIAL_FORMS": 1,
        "form-0-id": product.pk,
        "form-0-price_amount": "320",
        "form-0-is_on_sale": "on",
        "_save": "Save",
    }

    answer = counter.post("/admin/menu/product/", form)
    counter.post("/admin/menu/product/", form | {"form-0-price_amount": "3.60"})

    assert "Is €320.00 right? The current price is €3.20. If it is right, enter it" in (
        answer.content.decode()
    )
    product.refresh_from_db()
    assert product.price_amount == Decimal("3.60")


@pytest.mark.parametrize(
    ("typed", "share"), [("19", "0.19"), ("7,7", "0.077"), ("7.7 %", "0.077"), ("0", "0")]
)
def test_a_tax_rate_is_entered_as_per_cent(counter: Client, typed: str, share: str) -> None:
    product = ProductFactory(tax_rate=Decimal("0.05"))

    answer = save_product(counter, product, tax_rate=typed)

    assert answer.status_code == 302
    product.refresh_from_db()
    assert product.tax_rate == Decimal(share)


def test_a_tax_rate_is_shown_as_per_cent(counter: Client) -> None:
    product = ProductFactory(tax_rate=Decimal("0.077"))

    form = counter.get(f"/admin/menu/product/{product.pk}/change/").content.decode()
    rows = counter.get("/admin/menu/product/").content.decode()

    assert re.search(r'name="tax_rate" value="7\.7"', form)
    assert '<td class="field-tax_percent">7.7\N{NO-BREAK SPACE}%</td>' in rows


def test_a_tax_rate_that_may_be_a_share_is_asked_about(counter: Client) -> None:
    product = ProductFactory()

    errors = errors_of(save_product(counter, product, tax_rate="0.19"))

    assert errors == {
        "tax_rate": [
            "Is 0.19 % right? For 19 %, enter 19. For less than 1 %, enter the sign as well: "
            "0.19 %."
        ]
    }


@pytest.mark.django_db
def test_a_double_from_before_there_were_keys_does_not_close_the_list(counter: Client) -> None:
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

    listed = counter.post("/admin/menu/product/", form)
    renamed = save_product(counter, double, name="Flat White, small")

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
