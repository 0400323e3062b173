"""Tests of the packages' content: nothing that was left out is needed."""

import ast
import json
import re
import subprocess
import zipfile
from pathlib import Path

import pytest

from deploy.packaging.driver import PLUGIN_FOLDER
from deploy.packaging.locks import ROOT
from deploy.packaging.sizes import UNZIPPED_LIMIT, ZIPPED_LIMITS
from deploy.packaging.trim import LOCALES
from tests.deploy.certificates import Authority
from tests.deploy.conftest import STAGES, build_package
from tests.deploy.lambda_function import Package
from tests.stripe_stand_in import SECRET_KEY, WEBHOOK_SECRET, running_stripe

FACTS = {"SECRET_KEY": "of the tests", "DATABASE_URL": "mysql://nobody@127.0.0.1:1/cafe"}


@pytest.fixture(params=STAGES)
def package(request: pytest.FixtureRequest, packages: dict[str, Package]) -> Package:
    return packages[request.param]


def names_in(package: Package) -> list[str]:
    with zipfile.ZipFile(package.archive) as zipped:
        return zipped.namelist()


def test_what_zappa_looks_for_is_in_the_root(package: Package) -> None:
    settings = ast.parse((package.folder / "zappa_settings.py").read_text())
    found = {
        node.targets[0].id: ast.literal_eval(node.value)
        for node in settings.body
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name)
    }

    assert {name for name in names_in(package) if "/" not in name and ".pyc" not in name} == {
        "django_zappa_app.py",
        "handler.py",
        "manage.py",
        "package_info.json",
        "zappa_settings.py",
    }
    assert found["DJANGO_SETTINGS"] == "cafe_site.settings"
    assert found["API_STAGE"] == package.stage
    # Zappa's default would answer an error with its traceback.
    assert found["DEBUG"] is False


def test_the_entry_is_the_projects_and_not_zappas(package: Package) -> None:
    entry = (package.folder / "handler.py").read_bytes()

    assert entry == (ROOT / "deploy" / "entry" / "handler.py").read_bytes()


def test_nothing_is_in_it_that_lambda_does_not_need(package: Package) -> None:
    unwanted = re.compile(
        r"(^|/)(tests?|docs|\.[^/]*|[^/]*\.(md|po|pyi|c|h|sqlite3|env|key))($|/)"
        r"|(^|/)(pip|setuptools|wheel|moto|flask|pytest|troposphere|placebo|click)/"
        r"|^(script|benchmarks|requirements|bin)/"
    )

    found = {name for name in names_in(package) if unwanted.search(name)}

    # Applications listen to the signals of django.test, and boto3 imports its own documentation.
    imported = ("django/test/", "boto3/docs/", "botocore/docs/")
    assert {name for name in found if not name.startswith(imported)} == set()


def test_no_secret_is_in_it(package: Package) -> None:
    for name in names_in(package):
        if not name.endswith(".pyc"):
            content = (package.folder / name).read_bytes()
            assert b"PRIVATE KEY-----\n" not in content, name


def test_the_authority_of_the_database_is_in_it(package: Package, authority: Authority) -> None:
    place = package.variables["DATABASE_CA_FILE"]

    assert (package.folder / place).read_bytes() == authority.ca.read_bytes()


def test_languages_are_those_that_the_site_may_speak(package: Package) -> None:
    found = {path.name for path in package.folder.glob("**/locale/*") if path.is_dir()} - {
        "__pycache__"
    }

    assert found == LOCALES


def test_boto3_is_in_it_once_and_with_few_services(package: Package) -> None:
    names = names_in(package)

    services = {name.split("/")[2] for name in names if re.match(r"botocore/data/\w+/", name)}
    assert services == {"dynamodb", "lambda", "s3", "sns", "sts"}
    assert [name for name in names if name.endswith("boto3/session.pyc")] == ["boto3/session.pyc"]


def test_a_stage_leaves_out_what_it_never_imports(packages: dict[str, Package]) -> None:
    tops = {
        stage: {name.split("/")[0].split("-")[0] for name in names_in(package)}
        for stage, package in packages.items()
    }

    assert tops["web"] - tops["reports"] == {"PIL", "pillow", "pillow.libs"}
    assert tops["reports"] - tops["web"] == {"numpy", "numpy.libs", "holidays"}


def test_it_is_as_small_as_its_stage_may_be(package: Package) -> None:
    with zipfile.ZipFile(package.archive) as zipped:
        unzipped = sum(entry.file_size for entry in zipped.infolist())

    assert package.archive.stat().st_size <= ZIPPED_LIMITS[package.stage]
    assert unzipped <= UNZIPPED_LIMIT


def test_each_module_is_compiled_and_taken_whatever_its_date(package: Package) -> None:
    names = set(names_in(package))
    own = ("cafe_site/", "reports/")
    for name in names:
        if name.endswith(".py"):
            folder, _slash, module = name.rpartition("/")
            compiled = f"{folder}/__pycache__/{module[:-3]}.cpython-".lstrip("/")
            assert any(other.startswith(compiled) for other in names), name
            assert name.startswith(own) or "/" not in name, f"{name} has its source"
    headers = {
        # PEP 552: a hash of the source, which is not to be looked at.
        (package.folder / name).read_bytes()[4:8]
        for name in names
        if name.endswith(".pyc")
    }
    assert headers == {b"\x01\x00\x00\x00"}


def test_a_traceback_shows_the_projects_lines_and_names_the_others(package: Package) -> None:
    code = "import cafe_site.shop.business_day as b, django as d, inspect; "
    code += "print(inspect.getsource(b).count('BusinessCalendar') > 0); "
    code += "print(d.setup.__code__.co_filename)"

    assert package.run(code).splitlines() == ["True", "/var/task/django/__init__.py"]


def test_its_python_is_the_runtimes(package: Package) -> None:
    info = json.loads((package.folder / "package_info.json").read_text())
    runtime = json.loads((ROOT / "zappa_settings.json").read_text())["base"]["runtime"]

    assert f"python{info['python']}" == runtime
    assert info["stage"] == package.stage


def test_the_driver_brings_its_plugins_for_signing_in(package: Package) -> None:
    folder = package.folder / PLUGIN_FOLDER

    assert {path.name for path in folder.iterdir()} >= {
        "caching_sha2_password.so",
        "client_ed25519.so",
        "sha256_password.so",
    }
    assert package.variables["MARIADB_PLUGIN_DIR"] == f"/var/task/{PLUGIN_FOLDER}"


def test_no_library_of_it_needs_one_that_is_missing(package: Package) -> None:
    for library in package.folder.rglob("*.so*"):
        done = subprocess.run(
            ["ldd", library], capture_output=True, text=True, check=False, env={"PATH": "/usr/bin"}
        )

        assert "not found" not in done.stdout, f"{library}: {done.stdout}"
        assert "/usr/lib/x86_64-linux-gnu/libmariadb" not in done.stdout


# The start of the web, as Lambda does it; a page is asked for, and then the modules.
WEB_PATH = """
import sys, zappa_settings
zappa_settings.REMOTE_ENV = None
import handler
event = {"httpMethod": "GET", "path": "/no-such-page/", "headers": {"Host": "127.0.0.1"},
         "multiValueHeaders": {}, "requestContext": {"stage": "web"}, "body": None}
answer = handler.lambda_handler(event, None)
print(answer["statusCode"], *sys.modules)
"""


def test_the_web_imports_nothing_heavy_before_it_is_used(packages: dict[str, Package]) -> None:
    status, *modules = packages["web"].run(WEB_PATH, **FACTS).splitlines()[-1].split()

    assert status == "404"
    assert "cafe_site.storefront.basket_views" in modules
    heavy = {"boto3", "botocore", "s3transfer", "stripe", "requests", "PIL", "xlsxwriter", "numpy"}
    assert heavy & set(modules) == set()


def test_only_the_web_loads_its_pages_while_it_starts(packages: dict[str, Package]) -> None:
    code = """
import sys, zappa_settings
zappa_settings.REMOTE_ENV = None
import handler
print("cafe_site.storefront.basket_views" in sys.modules)
"""

    loaded = {
        stage: package.run(code, **FACTS).splitlines()[-1] for stage, package in packages.items()
    }

    assert loaded == {"web": "True", "reports": "False"}


def test_boto3_is_the_real_one_once_it_is_asked_for(packages: dict[str, Package]) -> None:
    code = """
import zappa_settings
zappa_settings.REMOTE_ENV = None
import handler, zappa.utilities
print(zappa.utilities.boto3.Session.__module__, zappa.utilities.botocore.exceptions.ClientError)
import boto3
print(boto3.client("sns", region_name="eu-central-1").meta.service_model.service_name)
"""

    printed = packages["web"].run(code, **FACTS).splitlines()

    assert printed[-2:] == ["boto3.session <class 'botocore.exceptions.ClientError'>", "sns"]


def test_a_photo_can_be_taken_in(packages: dict[str, Package], tmp_path: Path) -> None:
    from tests.pictures import photo

    file = tmp_path / "photo.jpg"
    file.write_bytes(photo())
    code = f"""
import django; django.setup()
from cafe_site.menu.photos import encode_photo
for name, content in sorted(encode_photo(open({str(file)!r}, "rb").read()).files.items()):
    print(name[32:], content[4:12] == b"ftypavif" or content[8:12] == b"WEBP")
"""

    printed = packages["web"].run(code, DJANGO_SETTINGS_MODULE="cafe_site.settings", **FACTS)

    assert printed.splitlines() == [
        f"-{width}.{kind} True" for width in (1280, 320, 640) for kind in ("avif", "webp")
    ]


def test_money_can_be_taken_and_given_back(package: Package) -> None:
    # Half of stripe's modules stay out of the packages; these are the ones that count.
    code = """
import django; django.setup()
from decimal import Decimal
from cafe_site.orders.payments import stripe_checkout as s
try:
    s.refund("pi_1", Decimal("4.20"), key="k")
except s.PaymentRefused as error:
    print("refused", error.detail[:60])
"""
    with running_stripe() as stripe:
        printed = package.run(
            code,
            DJANGO_SETTINGS_MODULE="cafe_site.settings",
            STRIPE_SECRET_KEY=SECRET_KEY,
            STRIPE_WEBHOOK_SECRET=WEBHOOK_SECRET,
            STRIPE_API_BASE=stripe.address,
            **FACTS,
        )

    assert printed.startswith("refused")
    assert stripe.asked == 1


def test_the_same_input_gives_the_same_bytes(
    packages: dict[str, Package], authority: Authority, tmp_path: Path
) -> None:
    again = tmp_path / "again.zip"

    printed = build_package("reports", "--ca-file", str(authority.ca), "--output", str(again))

    assert again.read_bytes() == packages["reports"].archive.read_bytes()
    head, *parts, path = printed.splitlines()
    assert re.fullmatch(r"\d+\.\d MiB zipped, \d+\.\d MiB unzipped", head)
    assert (len(parts), path) == (10, str(again))
