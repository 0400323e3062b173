"""Tests of script/changed.py: which tests `script/test --fast` runs."""

import subprocess
from pathlib import Path

import pytest

from script.changed import ALWAYS, changed_paths, find_tests

pytestmark = pytest.mark.once

ROOT = Path(__file__).resolve().parent.parent


@pytest.mark.parametrize(
    ("changed", "tests"),
    [
        ("reports/figures/summary.py", ["tests/reports/figures/test_summary.py"]),
        ("cafe_site/menu/models.py", ["tests/menu"]),
        ("cafe_site/templates/orders/basket.html", ["tests/storefront/test_basket_views.py"]),
        ("cafe_site/static/css/tokens.css", ["tests/test_design.py"]),
        ("tests/shop/test_week.py", ["tests/shop/test_week.py"]),
        ("tests/shop/test_that_was_deleted.py", []),
        (
            "deploy/limits.py",
            ["tests/deploy/test_account_limits.py", "tests/deploy/test_limits.py"],
        ),
        ("README.md", []),
    ],
)
def test_a_change_runs_the_tests_of_its_module_or_of_its_room(
    changed: str, tests: list[str]
) -> None:
    assert find_tests([changed], ROOT) == sorted([*tests, *ALWAYS])


def test_the_tests_of_every_tracked_file_exist() -> None:
    listed = subprocess.run(
        ["git", "ls-files"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )

    tests = find_tests(listed.stdout.splitlines(), ROOT)

    assert [test for test in tests if not (ROOT / test).exists()] == []


def test_changes_are_those_since_the_upstream_branch(tmp_path: Path) -> None:
    upstream, clone = tmp_path / "upstream", tmp_path / "clone"
    git(tmp_path, "init", "--initial-branch", "main", str(upstream))
    (upstream / "old.py").write_text("old = 1\n")
    commit(upstream)
    git(tmp_path, "clone", str(upstream), str(clone))
    (clone / "committed.py").write_text("new = 1\n")
    commit(clone)
    (clone / "old.py").write_text("old = 2\n")
    (clone / "untracked.py").write_text("new = 2\n")

    assert sorted(changed_paths(clone)) == ["committed.py", "old.py", "untracked.py"]


def test_without_changes_the_last_commit_counts(tmp_path: Path) -> None:
    git(tmp_path, "init", "--initial-branch", "main")
    for name in ("first.py", "last.py"):
        (tmp_path / name).write_text("new = 1\n")
        commit(tmp_path)

    assert changed_paths(tmp_path) == ["last.py"]


def commit(folder: Path) -> None:
    git(folder, "add", ".")
    git(folder, "-c", "user.name=Ada", "-c", "user.email=ada@example.com", "commit", "-m", "Change")


def git(folder: Path, *arguments: str) -> None:
    subprocess.run(["git", *arguments], cwd=folder, capture_output=True, check=True)
