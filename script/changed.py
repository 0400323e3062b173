"""The tests of what has changed: `script/test --fast` runs them.

Test folders mirror the packages, so the tests of a module are those of its folder with the module's
name in theirs, or else the whole folder.
"""

import subprocess
from collections.abc import Iterable
from pathlib import Path, PurePosixPath

# The rules of the house are quick, and any change can break them.
ALWAYS = ("tests/test_architecture.py",)
# Packages whose tests do not lie in the folder of the same name.
TESTS_OF_PACKAGES = {
    "cafe_site": "tests",
    "cafe_site/locale": "tests/test_languages.py",
    "cafe_site/static": "tests/test_design.py",
    "cafe_site/templates": "tests/test_plain_texts.py",
    "cafe_site/templates/orders": "tests/storefront",
    "reports/management": "tests/reports/test_commands.py",
    "reports/models": "tests/reports/delivery",
    "script": "tests",
    "script/demo_parts": "tests/demo",
}
# As a whole, their tests would take minutes.
TOO_SLOW = ("tests", "tests/deploy", "tests/reports")


def changed_paths(root: Path) -> list[str]:
    """Return the files that differ from the upstream branch, or those of the last commit.

    Files that are not committed yet count too.
    """
    base = _git(root, "merge-base", "HEAD", "@{upstream}") or _git(root, "rev-parse", "HEAD")
    new = _git(root, "ls-files", "--others", "--exclude-standard")
    paths = [*_git(root, "diff", "--name-only", base).splitlines(), *new.splitlines()]
    return paths or _git(root, "diff", "--name-only", "HEAD~1").splitlines()


def _git(root: Path, *arguments: str) -> str:
    done = subprocess.run(
        ["git", *arguments], cwd=root, capture_output=True, text=True, check=False
    )
    return done.stdout.strip() if done.returncode == 0 else ""


def find_tests(paths: Iterable[str], root: Path) -> list[str]:
    """Return the test files and folders to run for changed files, sorted."""
    found = {test for path in paths for test in _find_tests(PurePosixPath(path), root)}
    return sorted({*found, *ALWAYS})


def _find_tests(path: PurePosixPath, root: Path) -> set[str]:
    if path.parts[0] == "tests":
        is_test = path.name.startswith("test_") and (root / path).exists()
        return {str(path)} if is_test else set()
    if path.parts[0] not in ("cafe_site", "reports", "deploy", "script"):
        return set()
    place = next(place for parent in path.parents if (root / (place := _place_of(parent))).exists())
    if place.endswith(".py"):
        return {place}
    pattern = f"test_*{path.stem}*.py"
    files = (root / place).glob(pattern if place == "tests" else f"**/{pattern}")
    if named := {file.relative_to(root).as_posix() for file in files}:
        return named
    return set() if place in TOO_SLOW else {place}


def _place_of(package: PurePosixPath) -> str:
    """Return where the tests of a package lie, if it has any."""
    if str(package) in TESTS_OF_PACKAGES:
        return TESTS_OF_PACKAGES[str(package)]
    room = str(package).removeprefix("cafe_site/").removeprefix("templates/")
    return f"tests/{room}"


if __name__ == "__main__":
    checkout = Path(__file__).resolve().parent.parent
    print(*find_tests(changed_paths(checkout), checkout), sep="\n")
