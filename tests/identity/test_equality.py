"""Tests that equal and different texts compare the same on SQLite and MariaDB."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import IntegrityError, connection, models, transaction

from cafe_site.accounts.models import User
from cafe_site.identity.fields import ExactText
from cafe_site.menu.models import Category, OptionGroup, Product
from cafe_site.orders.models import Order, OutgoingMail, Voucher
from reports.models import Job, ReportRecipient
from tests.factories import CategoryFactory, ProductFactory, make_order, utc

pytestmark = pytest.mark.django_db

# Two texts, and whether they are one and the same in a column of each kind.
PAIRS = {
    "case": ("flat white", "FLAT WHITE"),
    "accent": ("eclair", "\u00e9clair"),
    "composition": ("\u00e9clair", "e\u0301clair"),
    "emoji": ("cake \U0001f370", "cake \U0001f9c1"),
    "width": ("flat", "\uff46lat"),
    "blank at the end": ("flat", "flat "),
    "invisible": ("flat", "fl\u00adat"),
    "sharp s": ("weiss", "wei\u00df"),
    "long s": ("sands", "\u017fands"),
    "dotless i": ("mike", "m\u0131ke"),
    "kelvin": ("mike", "mi\u212ae"),
    "kana": ("\u30cf\u30f3", "\u30d1\u30f3"),
}
# Of the Kelvin sign Unicode itself says that it is a K (NFC); forms refuse it in addresses.
ADDRESSES = {"case", "composition", "kelvin"}
NAMES = ADDRESSES | {"width", "blank at the end", "invisible", "sharp s", "long s", "kelvin"}
# Random texts, compared as they are. None ends with a blank: forms strip what they get.
TOKENS: set[str] = set()

COLUMNS: dict[str, tuple[Callable[[str], Any], Callable[[str], int], set[str]]] = {
    "product": (
        lambda text: ProductFactory(name=text, slug="x"),
        lambda text: Product.objects.filter(name_key=text).count(),
        NAMES,
    ),
    "category": (
        lambda text: CategoryFactory(name=text),
        lambda text: Category.objects.filter(name_key=text).count(),
        NAMES,
    ),
    "option group": (
        lambda text: OptionGroup.objects.create(product=ProductFactory(), name=text),
        lambda text: OptionGroup.objects.filter(name_key=text).count(),
        NAMES,
    ),
    "user name": (
        lambda text: User.objects.create(username=text),
        lambda text: User.objects.filter(username=text).count(),
        NAMES,
    ),
    "customer": (
        lambda text: User.objects.create(username="c", customer_email=f"{text}@example.org"),
        lambda text: User.objects.filter(customer_email=f"{text}@example.org").count(),
        ADDRESSES,
    ),
    "order's e-mail": (
        lambda text: make_order(utc(2026, 11, 21, 9), {}, customer_email=f"{text}@example.org"),
        lambda text: Order.objects.filter(customer_email=f"{text}@example.org").count(),
        ADDRESSES,
    ),
    "mail's address": (
        lambda text: OutgoingMail.objects.create(kind="x", to=f"{text}@example.org"),
        lambda text: OutgoingMail.objects.filter(to=f"{text}@example.org").count(),
        ADDRESSES,
    ),
    "recipient": (
        lambda text: ReportRecipient.objects.create(address=f"{text}@example.org"),
        lambda text: ReportRecipient.objects.filter(address=f"{text}@example.org").count(),
        ADDRESSES,
    ),
    "voucher": (
        lambda text: Voucher.objects.create(code=text, discount_share="0.1"),
        lambda text: Voucher.objects.filter(code=text).count(),
        NAMES | {"dotless i"},
    ),
    "receipt": (
        lambda text: make_order(utc(2026, 11, 21, 9), {}, receipt=text),
        lambda text: Order.objects.filter(receipt=text).count(),
        {"composition", "blank at the end", "invisible"},
    ),
    "slug": (
        lambda text: ProductFactory(slug=text),
        lambda text: Product.objects.filter(slug=text).count(),
        ADDRESSES | {"blank at the end"},
    ),
    "order's token": (
        lambda text: make_order(utc(2026, 11, 21, 9), {}, token=text),
        lambda text: Order.objects.filter(token=text).count(),
        TOKENS,
    ),
    "checkout key": (
        lambda text: make_order(utc(2026, 11, 21, 9), {}, checkout_key=text),
        lambda text: Order.objects.filter(checkout_key=text).count(),
        TOKENS,
    ),
}


@pytest.mark.parametrize(
    ("column", "pair"),
    [
        (column, pair)
        for column, (_make, _count, equal) in COLUMNS.items()
        for pair in PAIRS
        if not (equal is TOKENS and pair == "blank at the end")
    ],
)
def test_both_databases_hold_the_same_pairs_equal(column: str, pair: str) -> None:
    make, count, equal = COLUMNS[column]
    one, other = PAIRS[pair]
    make(one)

    assert count(one) == 1
    assert count(other) == (pair in equal)


@pytest.mark.parametrize(
    "make",
    [
        lambda text: ProductFactory(name=text, slug=ascii(text).strip("'").replace("\\", "")),
        lambda text: Category.objects.create(name=text),
        lambda text: User.objects.create(username=text),
        lambda text: ReportRecipient.objects.create(address=f"{text}@example.org"),
        lambda text: Voucher.objects.create(code=text, discount_share="0.1"),
    ],
)
def test_the_database_refuses_the_second_spelling_of_one_name(make: Callable[[str], Any]) -> None:
    make("\u00e9clair")
    make("eclair")

    with pytest.raises(IntegrityError), transaction.atomic():
        make("E\u0301CLAIR")


def test_a_row_has_the_normal_form_at_once_and_the_name_as_typed() -> None:
    user = User.objects.create(username="Olga", customer_email="Ada@Example.ORG")
    product = ProductFactory(name="Flat White")

    assert (user.username, user.customer_email) == ("olga", "ada@example.org")
    assert (product.name, product.name_key) == ("Flat White", "flat white")


def who_or_which() -> "list[models.Field[Any, Any]]":
    """Return the unique text columns of our own models: what tells rows apart."""
    from django.apps import apps

    found = []
    for model in apps.get_models():
        if not model.__module__.startswith(("cafe_site", "reports")):
            continue
        together = {
            name
            for constraint in model._meta.constraints
            if isinstance(constraint, models.UniqueConstraint)
            for name in constraint.fields
        }
        found += [
            field
            for field in model._meta.fields
            if isinstance(field, models.CharField)
            and (field.unique or field.name in together)
            and not field.choices
        ]
    return found


def test_each_text_column_that_tells_rows_apart_is_compared_exactly() -> None:
    assert [str(field) for field in who_or_which() if not isinstance(field, ExactText)] == []


def test_mariadb_compares_them_by_code_points() -> None:
    if connection.vendor != "mysql":
        pytest.skip("SQLite compares so by default")
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT table_name, column_name, collation_name FROM information_schema.columns"
            " WHERE table_schema = DATABASE()"
        )
        collations = {(table, column): collation for table, column, collation in cursor.fetchall()}

    columns = {(field.model._meta.db_table, field.column) for field in who_or_which()}
    assert {collations[column] for column in columns} == {"utf8mb4_bin"}
    # The server's own default folds, so it is the columns that say so.
    assert collations["django_session", "session_key"] == "utf8mb4_general_ci"


def test_jobs_are_told_apart_exactly() -> None:
    assert isinstance(Job._meta.get_field("active_key"), ExactText)
