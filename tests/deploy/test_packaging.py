"""Tests of each step of building a package: what it refuses, and with which message."""

import json
import os
import stat
import zipfile
from pathlib import Path

import pytest

from deploy.packaging import __main__ as command
from deploy.packaging.archive import write_zip
from deploy.packaging.dependencies import refuse_shadows
from deploy.packaging.driver import refuse_newer_openssl
from deploy.packaging.errors import PackageError
from deploy.packaging.interpreter import Interpreter, find_interpreter
from deploy.packaging.locks import ROOT, requirements_in, without
from deploy.packaging.processes import run
from deploy.packaging.sizes import MIB, Sizes, refuse_too_large
from deploy.packaging.stage import Stage, load_stage
from deploy.packaging.start import ROOT_FILES, add_ca_file, write_root_files
from deploy.packaging.trim import PROJECT, trim_dependencies
from tests.deploy.conftest import leave_out

SETTINGS_FILE = ROOT / "zappa_settings.json"
CERTIFICATE = "-----BEGIN CERTIFICATE-----\n"


def make_stage(**facts: str) -> Stage:
    ca_file = facts.pop("ca_file", "deploy/certificates/rds.pem")
    variables = {"DATABASE_CA_FILE": ca_file} if ca_file else {}
    return Stage("web", "python3.13", facts.get("handler", "handler.lambda_handler"), "", variables)


def make_python(folder: Path, name: str, version: str, *, status: int = 0) -> Path:
    """Write a program that says it is a Python of a version, or fails as a pyenv shim does."""
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f'#!/bin/sh\necho "{version}.1 (main)"\necho "$0"\nexit {status}\n')
    path.chmod(path.stat().st_mode | stat.S_IXUSR)
    return path


@pytest.fixture
def nothing_installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A machine without any Python: an empty PATH, and an empty pyenv."""
    monkeypatch.setenv("PATH", f"{tmp_path / 'bin'}:/bin")
    monkeypatch.setenv("PYENV_ROOT", str(tmp_path / "pyenv"))
    return tmp_path


def test_a_stage_is_what_zappa_makes_of_its_settings() -> None:
    stage = load_stage("reports", SETTINGS_FILE)

    assert (stage.name, stage.lambda_handler) == ("reports", "handler.lambda_handler")
    assert "DJANGO_SETTINGS='cafe_site.settings'" in stage.settings_module
    assert "'reports.events.take_receipt'" in stage.settings_module
    assert stage.aws_environment_variables["BACKGROUND"] == "schedule"


@pytest.mark.parametrize("name", ["base", "production"])
def test_what_is_no_stage_to_deploy_is_refused(name: str) -> None:
    with pytest.raises(PackageError) as refused:
        load_stage(name, SETTINGS_FILE)

    assert str(refused.value) == f"There is no stage {name!r}; choose one of: web, reports."


def test_settings_that_zappa_does_not_take_are_refused(tmp_path: Path) -> None:
    # A list is what Lambda's own API takes.
    settings = json.loads(SETTINGS_FILE.read_text())
    settings["base"]["architecture"] = ["x86_64"]
    changed = tmp_path / "zappa_settings.json"
    changed.write_text(json.dumps(settings))

    with pytest.raises(PackageError, match=r"^Zappa does not accept zappa_settings.json: Invalid"):
        load_stage("web", changed)


def test_the_python_of_the_runtime_is_found_on_the_path(nothing_installed: Path) -> None:
    make_python(nothing_installed / "bin", "python3.13", "3.13")
    expected = make_python(nothing_installed / "bin", "python3.12", "3.12")

    assert find_interpreter("python3.12") == Interpreter(expected, "3.12")


def test_the_newest_release_among_pyenvs_is_taken(nothing_installed: Path) -> None:
    # A shim is there under names of versions that are not installed.
    make_python(nothing_installed / "bin", "python3.13", "", status=127)
    versions = nothing_installed / "pyenv" / "versions"
    make_python(versions / "3.13.2" / "bin", "python3.13", "3.13")
    expected = make_python(versions / "3.13.10" / "bin", "python3.13", "3.13")

    assert find_interpreter("python3.13") == Interpreter(expected, "3.13")


def test_without_the_runtimes_python_the_remedies_are_named(nothing_installed: Path) -> None:
    other = make_python(nothing_installed / "bin", "python3.12", "3.12")

    with pytest.raises(PackageError) as refused:
        find_interpreter("python3.13")

    assert str(refused.value) == (
        'zappa_settings.json has "runtime": "python3.13", and no Python 3.13 is on the PATH or '
        f'among pyenv\'s. Install it, such as with `pyenv install 3.13`, or set "runtime": '
        f'"python3.12" in zappa_settings.json, which is at {other}.'
    )


def test_without_any_python_that_lambda_takes_it_says_what_to_install(
    nothing_installed: Path,
) -> None:
    with pytest.raises(PackageError) as refused:
        find_interpreter("python3.13")

    assert str(refused.value) == (
        'zappa_settings.json has "runtime": "python3.13", and no Python 3.13 is on the PATH or '
        "among pyenv's. Install it, such as with `pyenv install 3.13`."
    )


@pytest.mark.parametrize(
    ("ci", "outcome"), [("true", pytest.fail.Exception), ("", pytest.skip.Exception)]
)
def test_what_is_missing_fails_in_ci_and_is_skipped_elsewhere(
    ci: str, outcome: type[BaseException], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CI", ci)

    with pytest.raises(outcome, match="Python is missing"):
        leave_out("Python is missing")


def test_a_runtime_that_the_driver_does_not_fit_is_refused() -> None:
    with pytest.raises(PackageError, match=r'"python3.11"; .* python3.13 or python3.12\.$'):
        find_interpreter("python3.11")


@pytest.mark.parametrize("name", [*PROJECT, *ROOT_FILES])
def test_a_dependency_that_ships_a_name_of_ours_is_refused_by_its_name(
    tmp_path: Path, name: str
) -> None:
    information = tmp_path / "thief-1.0.dist-info"
    information.mkdir()
    (information / "METADATA").write_text("Name: thief\nVersion: 1.0\n")
    (information / "RECORD").write_text(f"thief/__init__.py,,\n{name}/__init__.py,,\n")

    with pytest.raises(PackageError, match=rf"^thief 1.0 ships {name} at its top level"):
        refuse_shadows(tmp_path, {*PROJECT, *ROOT_FILES})


def test_the_authoritys_file_comes_to_the_place_that_is_looked_at(tmp_path: Path) -> None:
    given = tmp_path / "ca.pem"
    given.write_text(CERTIFICATE)

    add_ca_file(make_stage(), given, tmp_path / "package")

    found = tmp_path / "package" / "deploy" / "certificates" / "rds.pem"
    assert found.read_text() == CERTIFICATE


@pytest.mark.parametrize(
    ("content", "ca_file", "sentence"),
    [
        (None, "deploy/certificates/rds.pem", r"^There is no .*ca.pem, .* --ca-file\.$"),
        ("nothing", "deploy/certificates/rds.pem", r"has to contain certificates \(PEM\)"),
        (
            f"{CERTIFICATE}-----BEGIN PRIVATE KEY-----",
            "deploy/certificates/rds.pem",
            "and nothing else",
        ),
        (CERTIFICATE, "../rds.pem", "has to be a path inside"),
        (CERTIFICATE, "/etc/rds.pem", "has to be a path inside"),
        (CERTIFICATE, "", "would not be used"),
    ],
)
def test_a_wrong_authoritys_file_is_refused(
    tmp_path: Path, content: str | None, ca_file: str, sentence: str
) -> None:
    given = tmp_path / "ca.pem"
    if content is not None:
        given.write_text(content)

    with pytest.raises(PackageError, match=sentence):
        add_ca_file(make_stage(ca_file=ca_file), given, tmp_path / "package")


def test_another_lambda_handler_is_refused(tmp_path: Path) -> None:
    python = Interpreter(Path("python3.13"), "3.13")

    with pytest.raises(PackageError, match=r'"lambda_handler": "other\.entry"'):
        write_root_files(make_stage(handler="other.entry"), python, "", tmp_path)


@pytest.mark.parametrize(
    ("sizes", "sentence"),
    [
        (Sizes(15 * MIB + 1, 1, ()), r"web has 15.0 MiB zipped, and may have 15:"),
        (Sizes(1, 250_000_001, ()), r"web unpacks to 250 MB, and Lambda takes 250:"),
        (Sizes(1, 1, (("scipy", 4 * MIB),)), r"^scipy takes 4.0 MiB .* without a reason"),
    ],
)
def test_what_is_too_large_is_refused(sizes: Sizes, sentence: str) -> None:
    with pytest.raises(PackageError, match=sentence):
        refuse_too_large("web", sizes)


def test_what_is_large_with_a_reason_is_taken() -> None:
    refuse_too_large("web", Sizes(15 * MIB, 250_000_000, (("django", 4 * MIB), ("six", MIB))))


def test_a_lock_is_read_package_by_package() -> None:
    lock = 'a==1 \\\n    --hash=sha256:1\nb[c]==2 ; python_version > "3" \\\n    --hash=sha256:2\n'

    assert list(requirements_in(lock)) == ["a", "b"]
    assert without(lock, "a") == lock.split("\n", 2)[2]


def test_a_driver_that_needs_a_newer_openssl_is_refused(tmp_path: Path) -> None:
    wheel = tmp_path / "driver.whl"
    with zipfile.ZipFile(wheel, "w") as zipped:
        zipped.writestr("libmariadb.so.3", b"\0OPENSSL_3.0.0\0OPENSSL_3.2.0\0")

    with pytest.raises(PackageError, match=r"^libmariadb.so.3 needs OpenSSL 3.2.0"):
        refuse_newer_openssl(wheel)


def test_what_is_left_out_is_left_out_wherever_it_is(tmp_path: Path) -> None:
    for name in ("boto3/data/s3/x", "boto3/data/ec2/x", "botocore/data/endpoints.json"):
        write(tmp_path / name)
    for name in ("a/locale/en/x.mo", "a/locale/de/x.mo", "a/tests/x.py", "a/a.po", "a/a.py"):
        write(tmp_path / name)

    trim_dependencies(tmp_path)

    assert files_in(tmp_path) == {
        *("a/a.py", "a/locale/en/x.mo", "boto3/data/s3/x", "botocore/data/endpoints.json"),
    }


def test_of_a_package_for_other_things_what_is_used_stays(tmp_path: Path) -> None:
    for name in ("zappa/cli.py", "zappa/handler.py", "packaging/tags.py", "packaging/version.py"):
        write(tmp_path / name)
    for name in ("charset_normalizer/md.so", "charset_normalizer/md.py"):
        write(tmp_path / name)
    for name in ("storages/base.py", "storages/backends/gcloud.py", "storages/backends/s3.py"):
        write(tmp_path / name)
    for package in ("boto3", "botocore"):
        (tmp_path / package / "data").mkdir(parents=True)

    trim_dependencies(tmp_path)

    assert files_in(tmp_path) == {
        *("charset_normalizer/md.py", "packaging/version.py", "zappa/handler.py"),
        *("storages/base.py", "storages/backends/s3.py"),
    }


def files_in(folder: Path) -> set[str]:
    return {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}


def write(path: Path, content: str = "x") -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(content)


def test_the_same_files_make_the_same_zip(tmp_path: Path) -> None:
    for folder, names in (("a", "xyz"), ("b", "zyx")):
        for name in names:
            write(tmp_path / folder / name, name)
        # When a file was written says nothing of what is in it.
        os.utime(tmp_path / folder / "x", (10**9, 10**9 + 10**6 * ord(folder)))
        write_zip(tmp_path / folder, tmp_path / f"{folder}.zip")

    assert (tmp_path / "a.zip").read_bytes() == (tmp_path / "b.zip").read_bytes()


def test_a_program_that_fails_is_told_by_its_last_words() -> None:
    with pytest.raises(PackageError, match=r"^Doing it failed with status 3:\n  the reason$"):
        run(["sh", "-c", "echo the reason >&2; exit 3"], step="Doing it")


def test_a_build_that_fails_leaves_the_earlier_package(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    earlier = tmp_path / "cafe-web.zip"
    earlier.write_text("the earlier one")
    monkeypatch.setattr(command, "BUILD_FOLDER", tmp_path / "build")
    monkeypatch.setattr(command, "find_interpreter", lambda _: Interpreter(Path("p"), "3.13"))
    monkeypatch.setattr(command, "_fill", lambda target, *_: write(target / "big", "x" * 4 * MIB))

    with pytest.raises(PackageError, match=r"^big takes 4.0 MiB"):
        command.build("web", None, earlier)

    assert earlier.read_text() == "the earlier one"
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith(".")] == []
