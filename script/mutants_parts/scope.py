"""Which modules script/mutants changes, and which tests have to notice. Change both lists here."""

from collections.abc import Iterable
from pathlib import Path

# Folders, and single modules of folders that also hold other things.
MODULES = (
    "cafe_site/shop",
    "cafe_site/stock",
    "cafe_site/orders/basket.py",
    "cafe_site/orders/changes.py",
    "cafe_site/orders/checkout.py",
    "cafe_site/orders/pricing.py",
    "cafe_site/orders/refunds.py",
    "cafe_site/orders/slots.py",
    "cafe_site/orders/vouchers.py",
    "cafe_site/outbox/claims.py",
    "reports/baking",
    "reports/delivery",
    "reports/due.py",
    "reports/figures",
    "reports/patterns/rollups.py",
)
# The tests of those packages. Of these, a change meets the ones that run the function it is in.
TESTS = (
    "tests/shop",
    "tests/stock",
    "tests/orders",
    "tests/outbox",
    "tests/storefront",
    "tests/till",
    "tests/reports",
)
# Those that need SQLite alone, and neither a browser nor a package.
MARKERS = "not browser and not deployment and not package and not long"
# They neither count nor decide: settings of Django's admin, of its apps and of the database.
LEFT_OUT = {"__init__.py", "admin.py", "apps.py", "migrations"}


class PathMissing(Exception):
    """A path to be changed or tested does not exist; the message is a sentence."""


def python_files(root: Path, paths: Iterable[str]) -> list[str]:
    """Return the modules in some folders, or named one by one, relative to the root and sorted."""
    found = set()
    for path in paths:
        if not (root / path).exists():
            raise PathMissing(f"{path} does not exist. Correct it, or MODULES in {__name__}.")
        found |= {root / path} if path.endswith(".py") else set((root / path).rglob("*.py"))
    names = (file.relative_to(root) for file in found)
    return sorted(str(name) for name in names if not LEFT_OUT & set(name.parts))
