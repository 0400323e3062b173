"""Tests of `--long` on three tests in a folder of their own."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

# No database tells them apart, and each starts pytest.
pytestmark = pytest.mark.once

ROOT = Path(__file__).resolve().parents[1]
TESTS = """
import pytest

def test_quick(): pass

@pytest.mark.long
def test_long(): pass

@pytest.mark.parametrize("number", [1, pytest.param(2, marks=pytest.mark.long)])
def test_numbers(number): pass
"""
QUICK = ["test_numbers[1]", "test_quick"]
LEFT_OUT = "They are run by --long."


def run_pytest(folder: Path, *arguments: str) -> str:
    (folder / "pytest.ini").write_text("[pytest]\nmarkers =\n    long: takes long\n")
    (folder / "test_three.py").write_text(TESTS)
    done = subprocess.run(  # noqa: S603 - this suite's own program
        [sys.executable, "-m", "pytest", "-v", "-p", "no:cacheprovider", *arguments],
        cwd=folder,
        # Nothing of Django's, of the browser's or of the coverage's: it starts in half the time.
        env={
            **os.environ,
            "PYTHONPATH": str(ROOT),
            "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1",
            "PYTEST_PLUGINS": "tests.long_option,xdist.plugin",
            "PYTEST_ADDOPTS": "",
        },
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def passed(said: str) -> list[str]:
    words = [line.split() for line in said.splitlines() if "PASSED" in line]
    return sorted(word.split("::")[1] for line in words for word in line if "::" in word)


@pytest.mark.parametrize("processes", ["0", "2"])
def test_without_the_option_long_tests_are_left_out_and_counted(
    tmp_path: Path, processes: str
) -> None:
    said = run_pytest(tmp_path, "-n", processes)

    assert passed(said) == QUICK
    assert f"Left out as long: 2. {LEFT_OUT}" in said.splitlines()


def test_with_the_option_all_are_run(tmp_path: Path) -> None:
    said = run_pytest(tmp_path, "--long")

    assert passed(said) == ["test_long", "test_numbers[1]", "test_numbers[2]", "test_quick"]
    assert LEFT_OUT not in said


def test_what_other_options_leave_out_is_not_counted(tmp_path: Path) -> None:
    said = run_pytest(tmp_path, "-k", "numbers")

    assert passed(said) == ["test_numbers[1]"]
    assert f"Left out as long: 1. {LEFT_OUT}" in said.splitlines()


def test_where_none_is_left_out_nothing_is_said(tmp_path: Path) -> None:
    said = run_pytest(tmp_path, "-k", "quick")

    assert passed(said) == ["test_quick"]
    assert LEFT_OUT not in said
