"""Tests of the check that this machine can build the packages."""

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from deploy.account import machine
from deploy.account.check import LOOKS, open_account
from deploy.account.machine import look_at_machine
from deploy.packaging.errors import PackageError
from deploy.packaging.interpreter import Interpreter

ACCOUNT: Any = SimpleNamespace(settings={"base": {"runtime": "python3.13"}})


@pytest.fixture(autouse=True)
def ready(monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine that has all of it."""
    monkeypatch.setattr(
        machine, "find_interpreter", lambda _: Interpreter(Path("/usr/bin/python3.13"), "3.13")
    )
    programs = {"gcc": "gcc", "mariadb_config": "libmariadb-dev", "pkg-config": "pkg-config"}
    monkeypatch.setattr(machine, "PROGRAMS", programs)
    monkeypatch.setattr(machine.platform, "system", lambda: "Linux")
    monkeypatch.setattr(machine.platform, "machine", lambda: "x86_64")
    monkeypatch.setattr(machine.os, "geteuid", lambda: 1000)
    have(monkeypatch, "gcc", "mariadb_config", "pkg-config", "apt-get")


def have(monkeypatch: pytest.MonkeyPatch, *programs: str) -> None:
    monkeypatch.setattr(
        machine.shutil, "which", lambda name: f"/usr/bin/{name}" if name in programs else None
    )


def look() -> tuple[str, str, str]:
    [line] = look_at_machine(ACCOUNT)
    return (str(line.level), line.found, line.remedy)


def test_a_machine_that_has_all_of_it_is_ready() -> None:
    assert look() == ("ok", "Linux on x86_64, Python 3.13, gcc", "")


def test_a_package_of_an_earlier_deployment_needs_no_machine() -> None:
    account = open_account(None, {}, lambda _address: b"", builds_packages=False)
    [machine_look] = [look for look in LOOKS if look.look is look_at_machine]

    assert not machine_look.is_due(account)


@pytest.mark.parametrize(("system", "kind"), [("Darwin", "arm64"), ("Linux", "aarch64")])
def test_another_kind_of_machine_stops(
    monkeypatch: pytest.MonkeyPatch, system: str, kind: str
) -> None:
    monkeypatch.setattr(machine.platform, "system", lambda: system)
    monkeypatch.setattr(machine.platform, "machine", lambda: kind)

    level, found, remedy = look()

    assert (level, found) == ("stop", f"it is {system} on {kind}")
    assert "Linux on x86_64" in remedy


def test_a_python_that_is_missing_stops_with_the_way_to_get_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def find(runtime: str) -> Interpreter:
        raise PackageError(f"no {runtime} here. Install it.")

    monkeypatch.setattr(machine, "find_interpreter", find)

    assert look() == (
        "stop",
        "the Python of the packages is missing",
        "no python3.13 here. Install it.",
    )


@pytest.mark.parametrize(
    ("user", "level", "remedy"),
    [
        (1000, "stop", "`sudo apt-get install libmariadb-dev`, or what your system calls it."),
        (0, "note", "script/package installs it."),
    ],
)
def test_programs_that_are_missing_are_named(
    monkeypatch: pytest.MonkeyPatch, user: int, level: str, remedy: str
) -> None:
    have(monkeypatch, "gcc", "pkg-config", "apt-get")
    monkeypatch.setattr(machine.os, "geteuid", lambda: user)

    assert look() == (level, "missing for the database driver: libmariadb-dev", remedy)
