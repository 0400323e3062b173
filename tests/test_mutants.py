"""Tests of the pure parts of script/mutants: which changes and which files it draws."""

from collections import Counter
from pathlib import Path

import pytest

from script.mutants_parts.sample import Change, Kind, draw, take
from script.mutants_parts.scope import PathMissing, python_files

CHANGES = [
    Change("shop.py", line, kind, "Operator", line, function=None, is_constant=line % 4 == 0)
    for kind, lines in ((Kind.ARGUMENT, 400), (Kind.COMPARISON, 40))
    for line in range(lines)
]


def test_a_seed_draws_the_same_changes_each_time_and_each_once() -> None:
    first, again, other = (list(draw(CHANGES, seed=seed)) for seed in (7, 7, 8))

    assert first == again != other
    assert sorted(first, key=CHANGES.index) == CHANGES


def test_a_rare_kind_of_change_is_drawn_as_often_as_a_frequent_one() -> None:
    drawn = list(draw(CHANGES, seed=7))[:40]

    kinds = Counter(change.kind for change in drawn)
    assert min(kinds[Kind.ARGUMENT], kinds[Kind.COMPARISON]) > 10


def test_constants_are_taken_beside_the_count() -> None:
    sample = take(CHANGES[:12], count=5)

    assert [change.line for change in sample] == [0, 1, 2, 3, 4, 5, 6]


def test_folders_and_modules_are_searched_without_settings_and_migrations(tmp_path: Path) -> None:
    for name in ("shop/opening.py", "shop/admin.py", "shop/migrations/0001_initial.py", "due.py"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()

    assert python_files(tmp_path, ["shop", "due.py"]) == ["due.py", "shop/opening.py"]


def test_a_path_that_is_gone_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(PathMissing, match=r"gone\.py does not exist"):
        python_files(tmp_path, ["gone.py"])
