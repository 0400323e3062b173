"""Tests that every form answers invalid values with a plain sentence and a remedy."""

import importlib
import pkgutil
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import pytest
from django import forms
from django.contrib import admin
from django.contrib.auth.forms import AuthenticationForm
from django.core.exceptions import ValidationError
from django.forms import BaseForm
from django.test import RequestFactory
from django.utils.datastructures import MultiValueDict
from django.utils.translation import override

import cafe_site
from cafe_site.accounts.models import User
from cafe_site.dashboard.forms import quantity_field
from cafe_site.menu.models import Category, Product
from cafe_site.orders.models import Voucher
from cafe_site.shop.form_fields import PercentField
from cafe_site.shop.models import OpeningHours, OrderCutoff, PickupRules, SpecialDay
from tests.factories import CategoryFactory, ProductFactory
from tests.plain_sentences import djangos_own, problem_of

pytestmark = pytest.mark.django_db

ABSURD = (
    "",
    "x",
    "-1",
    "0",
    str(10**30),
    "1.23456",
    "1e400",
    "NaN",
    "99999",
    "2026-13-45",
    "25:61",
    "a b@c",
    "x" * 10_000,
    "a\x00b",
    "12345678901234567890",
)
LANGUAGES = ("en", "zh-hans")


def form_classes() -> list[type[BaseForm]]:
    """Return each form of the site's own."""
    for module in pkgutil.walk_packages(cafe_site.__path__, "cafe_site."):
        if module.name.rpartition(".")[2] in ("forms", "export_forms", "admin", "number_questions"):
            importlib.import_module(module.name)
    found: dict[type[BaseForm], None] = {}
    waiting = [BaseForm]
    while waiting:
        for form in waiting.pop().__subclasses__():
            waiting.append(form)
            if form.__module__.startswith("cafe_site."):
                found[form] = None
    return list(found)


def sentences_of_field(field: forms.Field) -> Iterator[str]:
    if isinstance(field, forms.FileField):
        return
    for value in ABSURD:
        try:
            field.clean([value] if isinstance(field, forms.MultipleChoiceField) else value)
        except ValidationError as error:
            yield from error.messages


def sentences_of_form(form: Callable[..., BaseForm]) -> Iterator[str]:
    """Fill in each field of a form with each absurd value, all of them at once."""
    for value in ABSURD:
        filled = form(data=_filled(form().fields, value))
        for errors in filled.errors.values():
            yield from map(str, errors)


def _filled(fields: dict[str, forms.Field], value: str) -> MultiValueDict[str, str]:
    # Django looks several keys up without asking whether the database can have them.
    names = [
        name
        for name, field in fields.items()
        if not (isinstance(field, forms.ModelMultipleChoiceField) and value.isdecimal())
    ]
    # A date with a time has two boxes.
    parts = (f"{name}_{place}" for name in names for place in "01")
    return MultiValueDict({name: [value] for name in (*names, *parts)})


def admin_forms(user: User) -> Iterator[Callable[..., BaseForm]]:
    """Return the forms of the admin as it builds them: of rows, of rows within rows, of lists."""
    ProductFactory()
    request = RequestFactory().get("/admin/")
    request.user = user
    for model_admin in admin.site._registry.values():
        if not model_admin.has_view_permission(request):
            continue
        yield model_admin.get_form(request, None, change=False)
        for inline in model_admin.get_inline_instances(request):
            yield inline.get_formset(request).form
        if model_admin.list_editable:
            row_form = model_admin.get_changelist_form(request, fields=model_admin.list_editable)
            yield partial(row_form, instance=model_admin.model._default_manager.first())


def assert_plain(sentences: set[str], *, at_least: int) -> None:
    found = {sentence: problem for sentence in sentences if (problem := problem_of(sentence))}
    assert found == {}
    assert len(sentences) >= at_least


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_field_of_the_sites_forms_answers_in_our_words(language: str) -> None:
    with override(language):
        fields = [field for form in form_classes() for field in form.base_fields.values()]  # type: ignore[attr-defined]
        fields.append(quantity_field("Lemon tart", "Lemon tart", 3))

        sentences = {sentence for field in fields for sentence in sentences_of_field(field)}

    assert_plain(sentences, at_least=30)


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_form_of_the_admin_answers_in_our_words(owner: User, language: str) -> None:
    with override(language):
        sentences = {
            sentence for form in admin_forms(owner) for sentence in sentences_of_form(form)
        }

    assert_plain(sentences, at_least=15)


@pytest.mark.parametrize("language", LANGUAGES)
def test_passwords_and_signing_in_are_answered_in_our_words(owner: User, language: str) -> None:
    passwords = [("a", "b"), ("1234567890123", "1234567890123"), ("short", "short"), ("", "")]
    passwords += [("password1234", "password1234"), (owner.username, owner.username)]
    user_admin = admin.site._registry[User]
    with override(language):
        forms_filled = [
            user_admin.change_password_form(  # type: ignore[attr-defined]
                owner, data={"password1": one, "password2": other, "usable_password": "true"}
            )
            for one, other in passwords
        ]
        forms_filled.append(AuthenticationForm(data={"username": "x", "password": "y"}))

        sentences = {
            str(error)
            for form in forms_filled
            for errors in form.errors.values()
            for error in errors
        }

    assert_plain(sentences, at_least=6)


def test_each_share_is_entered_as_per_cent(owner: User) -> None:
    fields = {
        name: type(field)
        for form in admin_forms(owner)
        for name, field in form().fields.items()
        if name.endswith(("_share", "_rate"))
    }

    assert fields == {"tax_rate": PercentField, "discount_share": PercentField}


DOUBLES: tuple[tuple[type[Any], dict[str, Any]], ...] = (
    (Category, {"name": "Cakes", "position": 0}),
    (Product, {"name": "Lemon tart", "slug": "lemon-tart"}),
    (Voucher, {"code": "SPRING", "discount_share": "10"}),
    (SpecialDay, {"day": "2026-12-24", "orders_until_days_before": 0}),
    (OrderCutoff, {"weekday": 0, "orders_until_days_before": 0}),
    (OpeningHours, {"weekday": 0, "opens_at": "08:00", "closes_at": "12:00"}),
    (User, {"username": "anna", "password1": "", "password2": ""}),
)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(("model", "data"), DOUBLES)
def test_a_double_is_refused_in_our_words(
    owner: User, model: type[Any], data: dict[str, Any], language: str
) -> None:
    CategoryFactory(name="Cakes")
    ProductFactory(name="Lemon tart", slug="lemon-tart")
    Voucher.objects.create(code="SPRING", discount_share="0.1")
    SpecialDay.objects.create(day="2026-12-24")
    OrderCutoff.objects.create(weekday=0)
    OpeningHours.objects.all().delete()
    OpeningHours.objects.create(weekday=0, opens_at="08:00", closes_at="12:00")
    PickupRules.objects.get_or_create(pk=1)
    User.objects.create(username="anna")
    request = RequestFactory().get("/admin/")
    request.user = owner
    form = admin.site._registry[model].get_form(request, None, change=False)

    with override(language):
        errors = form(data=data).errors
        sentences = {str(error) for found in errors.values() for error in found}

    assert_plain(sentences, at_least=1)
    assert set(errors) & {"name", "slug", "code", "day", "weekday", "opens_at", "username"}


@pytest.mark.parametrize("language", LANGUAGES)
def test_rows_within_rows_are_refused_in_our_words(language: str) -> None:
    formset = forms.inlineformset_factory(Category, Product, fields=["slug"], max_num=1)
    category = CategoryFactory()
    rows = {
        "products-TOTAL_FORMS": "2",
        "products-INITIAL_FORMS": "0",
        "products-0-slug": "tart",
        "products-1-slug": "tart",
    }
    once = forms.inlineformset_factory(Category, Product, fields=["slug"])
    with override(language):
        doubled = formset(rows, instance=category)
        doubled.validate_max = True
        empty = formset({}, instance=category)
        doubles = once(rows, instance=category)

        sentences = {
            str(error)
            for rows_of in (doubled, empty, doubles)
            for error in [
                *rows_of.non_form_errors(),
                *(e for form in rows_of.errors for found in form.values() for e in found),
            ]
        }

    assert_plain(sentences, at_least=3)


@pytest.mark.parametrize(
    ("sentence", "problem"),
    [
        ("This field is required.", "Django's own"),
        ("Ensure this value is less than or equal to 7.", "Django's own"),
        ("这个字段是必填项。", "Django's own"),
        ("It broke (OperationalError).", "a name of code, OperationalError"),
        ("REPORT_TOPIC_ARN is empty.", "a name of code, REPORT_TOPIC_ARN"),
        ("'2026-13' is not a day.", "a name of code, '2026-13'"),
        ("x" * 301, "301 characters"),
        ("Enter one like 2026-11-22. It is the shop's first day.", ""),
    ],
)
def test_what_is_not_for_people_is_found(sentence: str, problem: str) -> None:
    assert problem_of(sentence) == problem
    assert len(djangos_own()) > 200
