"""Tests of the order of imports, of pure modules, and that reports import no HTTP.

docs/architecture.md draws the same house.
"""

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
# Ground floor first. A room imports from itself and from the floors below; rooms on one floor do
# not import each other.
FLOORS: tuple[tuple[str, ...], ...] = (
    ("cafe_site.identity", "cafe_site.outbox", "cafe_site.tables"),
    ("cafe_site.accounts",),
    ("cafe_site.shop",),
    ("cafe_site.once",),
    ("cafe_site.menu",),
    ("cafe_site.stock",),
    ("cafe_site.orders",),
    ("cafe_site.till", "cafe_site.storefront", "reports.models"),
    ("reports.figures",),
    ("reports.patterns", "reports.baking"),
    ("reports.content",),
    ("reports.messages",),
    ("reports.delivery",),
    ("reports.due",),
    ("reports.offloaded", "reports.metrics"),
    ("reports.sweep",),
    ("reports.events",),
    ("reports.management", "reports.apps"),
    ("cafe_site.dashboard",),
    ("cafe_site",),
)
FLOOR_OF = {room: floor for floor, rooms in enumerate(FLOORS) for room in rooms}
# The reports count orders wherever they came from.
NOT_FOR_REPORTS = ("cafe_site.till", "cafe_site.storefront")
FOR_THE_DASHBOARD = (
    "reports.baking",
    "reports.delivery.channel",
    "reports.delivery.issuing",
    "reports.delivery.problems",
    "reports.delivery.publishing",
    "reports.delivery.recipients",
    "reports.figures",
    "reports.messages.payload",
    "reports.models",
    "reports.offloaded.files",
    "reports.offloaded.requesting",
    "reports.patterns",
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
# A module of arithmetic or words says in its docstring that it is pure. It then imports in a
# process with bare settings, without the ORM and without HTTP. Translations may be asked for.
PURE = "Pure"
# Each module is imported in a fork, so that none is there because of another.
IMPORT_EACH_ALONE = """
import importlib, os, sys, traceback
from django.conf import settings
settings.configure()
IMPURE = {"django.db.models", "django.http", "django.forms", "django.template.base"}
for name in sys.argv[1:]:
    pid = os.fork()
    if pid == 0:
        try:
            importlib.import_module(name)
            found = sorted(IMPURE & set(sys.modules))
        except Exception as error:
            found = [repr(error)]
        if found:
            print(name, *found, flush=True)
        os._exit(0)
    os.waitpid(pid, 0)
"""
# Django looks for an app's models in one module.
MODELS = ("cafe_site/orders/models", "reports/models")


def module_files() -> list[Path]:
    return [
        path
        for package in ("cafe_site", "reports")
        for path in sorted((ROOT / package).rglob("*.py"))
        if "migrations" not in path.parts
    ]


def module_name(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


@cache
def imported_names(path: Path) -> frozenset[str]:
    """Return what a file imports anywhere in it: late imports hide no cycle here."""
    return frozenset(_imported_names(path))


def _imported_names(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: imports are written out in full"
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def is_within(name: str, room: str) -> bool:
    return name == room or name.startswith(f"{room}.")


def room_of(name: str) -> str | None:
    rooms = [room for room in FLOOR_OF if is_within(name, room)]
    return max(rooms, key=len, default=None)


def path_id(path: Path) -> str:
    return str(path.relative_to(ROOT))


def pure_modules() -> list[str]:
    docstrings = {path: ast.get_docstring(ast.parse(path.read_text())) for path in module_files()}
    return [module_name(path) for path, text in docstrings.items() if text and PURE in text]


@pytest.mark.parametrize("path", module_files(), ids=path_id)
def test_a_room_imports_only_from_the_floors_below(path: Path) -> None:
    own = room_of(module_name(path))
    if own is None:
        # reports/__init__.py
        assert path.read_text() == ""
        return

    wrong = [
        name
        for name in imported_names(path)
        if (room := room_of(name)) and room != own and FLOOR_OF[room] >= FLOOR_OF[own]
    ]

    assert wrong == []


def test_no_modules_import_each_other_in_a_circle() -> None:
    modules = {module_name(path): path for path in module_files()}
    graph = {
        name: {
            found
            for imported in imported_names(path)
            if (found := imported if imported in modules else imported.rpartition(".")[0])
            in modules
        }
        - {name}
        for name, path in modules.items()
    }

    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        pytest.fail(" -> ".join(error.args[1]))


@pytest.mark.parametrize("path", sorted((ROOT / "reports").rglob("*.py")), ids=path_id)
def test_reports_know_nothing_of_http_and_of_how_orders_come(path: Path) -> None:
    wrong = [
        name
        for name in imported_names(path)
        if name.startswith(HTTP) or any(is_within(name, room) for room in NOT_FOR_REPORTS)
    ]

    assert wrong == []


@pytest.mark.parametrize("path", sorted((ROOT / "cafe_site/dashboard").rglob("*.py")), ids=path_id)
def test_the_dashboard_reads_and_asks_for_reports_and_makes_none(path: Path) -> None:
    wrong = [
        name
        for name in imported_names(path)
        if is_within(name, "reports") and not any(is_within(name, it) for it in FOR_THE_DASHBOARD)
    ]

    assert wrong == []


@pytest.mark.once
def test_pure_modules_import_alone_with_bare_settings() -> None:
    imported = subprocess.run(  # noqa: S603 - our own interpreter and module names.
        [sys.executable, "-c", IMPORT_EACH_ALONE, *pure_modules()],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )

    assert (imported.stdout.splitlines(), imported.stderr) == ([], "")


def test_all_messages_are_pure() -> None:
    messages = sorted((ROOT / "reports/messages").glob("[!_]*.py"))

    assert [path for path in messages if module_name(path) not in pure_modules()] == []


def test_packages_run_nothing_when_they_are_imported() -> None:
    packages = [
        path
        for package in ("cafe_site", "reports", "deploy", "script")
        for path in (ROOT / package).rglob("__init__.py")
        if path_id(path.parent) not in MODELS
    ]

    assert [path_id(path) for path in packages if path.read_text()] == []


def test_reports_have_no_pages() -> None:
    pages = {"views.py", "urls.py", "forms.py", "templates", "templatetags"}

    assert {path.name for path in (ROOT / "reports").rglob("*")} & pages == set()


def test_the_map_names_every_room() -> None:
    page = (ROOT / "docs/architecture.md").read_text()
    rooms = [room.rpartition(".")[2] for room in FLOOR_OF if room != "reports.apps"]

    assert [
        room for room in rooms if not re.search(rf"\*\*{room}\*\*|^### {room}$", page, re.M)
    ] == []


def test_the_files_that_the_map_names_exist() -> None:
    page = (ROOT / "docs/architecture.md").read_text()
    named = set(re.findall(r"`([\w/]+\.(?:py|yaml|json))`", page))
    tracked = [path.relative_to(ROOT).as_posix() for path in map_files()]

    assert [
        name for name in named if not any(f"/{path}".endswith(f"/{name}") for path in tracked)
    ] == []


def map_files() -> list[Path]:
    folders = ("cafe_site", "reports", "deploy", "script", "tests")
    return [
        *ROOT.glob("*.*"),
        *(path for folder in folders for path in (ROOT / folder).rglob("*.*")),
    ]
