"""The rooms of the house: who may import whom, and that the reports never speak HTTP."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
# Lower rooms first. A room imports from itself and from those before it.
ORDER = (
    "cafe_site.identity",
    "cafe_site.outbox",
    "cafe_site.tables",
    "cafe_site.accounts",
    "cafe_site.shop",
    "cafe_site.once",
    "cafe_site.menu",
    "cafe_site.stock",
    "cafe_site.orders",
    "cafe_site.till",
    "cafe_site.storefront",
    "reports",
    "cafe_site.dashboard",
    "cafe_site",
)
HTTP = (
    "django.http",
    "django.shortcuts",
    "django.urls",
    "django.views",
    "django.forms",
    "django.template",
    "django.test",
)
# What is arithmetic or words made of dataclasses: nothing here may meet the framework or the
# database. Words come in the reader's language, so translations may be asked for.
TRANSLATION = "django.utils.translation"
PURE = (
    "cafe_site/identity/normal_forms.py",
    "cafe_site/shop/business_day.py",
    "cafe_site/shop/hours_entry.py",
    "cafe_site/shop/money.py",
    "cafe_site/shop/percent.py",
    "cafe_site/shop/plausibility.py",
    "cafe_site/shop/service_day.py",
    "cafe_site/dashboard/charts.py",
    "cafe_site/orders/payments/refund_problems.py",
    "cafe_site/orders/pricing.py",
    "cafe_site/orders/slots.py",
    "reports/baking/quantities.py",
    "reports/baking/censoring.py",
    "cafe_site/tables/columns.py",
    "reports/figures/comparison.py",
    "reports/baking/count_distribution.py",
    "reports/baking/forecast.py",
    "reports/messages/html.py",
    "reports/patterns/lead_times.py",
    "reports/baking/outliers.py",
    "cafe_site/shop/periods.py",
    "cafe_site/tables/safe_cells.py",
    "reports/figures/sales.py",
    "reports/messages/sections.py",
    "reports/messages/shortening.py",
    "reports/baking/smoothing.py",
    "reports/content/corrections.py",
    "reports/delivery/problems.py",
    "reports/messages/daily_message.py",
    "reports/messages/payload.py",
    "reports/figures/unusual.py",
    "reports/messages/wording.py",
    "reports/messages/digest.py",
)


def module_files() -> list[Path]:
    return [
        path
        for package in ("cafe_site", "reports")
        for path in sorted((ROOT / package).rglob("*.py"))
        if "migrations" not in path.parts
    ]


def imported_names(path: Path) -> Iterator[str]:
    """Yield what a file imports anywhere in it: late imports hide no cycle here."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: imports are written out in full"
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def room_of(name: str) -> str | None:
    return next((room for room in ORDER if name == room or name.startswith(f"{room}.")), None)


@pytest.mark.parametrize("path", module_files(), ids=lambda path: str(path.relative_to(ROOT)))
def test_a_room_imports_only_from_the_rooms_before_it(path: Path) -> None:
    dotted = ".".join(path.relative_to(ROOT).with_suffix("").parts)
    own = room_of(dotted)
    assert own is not None

    wrong = [
        name
        for name in imported_names(path)
        if (room := room_of(name)) and ORDER.index(room) > ORDER.index(own)
    ]

    assert wrong == []


@pytest.mark.parametrize(
    "path",
    sorted((ROOT / "reports").rglob("*.py")),
    ids=lambda path: str(path.relative_to(ROOT)),
)
def test_reports_know_nothing_of_http(path: Path) -> None:
    assert [name for name in imported_names(path) if name.startswith(HTTP)] == []


@pytest.mark.parametrize("name", PURE)
def test_pure_modules_import_nothing_of_django(name: str) -> None:
    found = [
        found
        for found in imported_names(ROOT / name)
        if found.startswith("django") and not found.startswith(TRANSLATION)
    ]

    assert found == []


def test_reports_have_no_pages() -> None:
    pages = {"views.py", "urls.py", "forms.py", "templates", "templatetags"}

    assert {path.name for path in (ROOT / "reports").rglob("*")} & pages == set()
