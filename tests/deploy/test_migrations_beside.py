"""Tests of the check for migrations that the previous code cannot run with."""

from collections.abc import Sequence
from typing import Any

import pytest
from django.db import migrations, models
from django.db.migrations import Migration
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.operations.base import Operation
from django.db.migrations.state import ProjectState

from deploy.rollout.migrations import find_unsafe_migrations, look_through


def make_migration(name: str, operations: Sequence[Operation]) -> Migration:
    migration = Migration(name, "cakes")
    migration.operations = list(operations)
    return migration


def look_at(*operations: Operation) -> list[str]:
    """Return what is said of a migration after one that made Cake."""
    state = ProjectState()
    first = migrations.CreateModel(
        "Cake",
        [
            ("id", models.BigAutoField(primary_key=True)),
            ("name", models.CharField(max_length=80)),
            ("note", models.TextField(null=True)),
        ],
    )
    first.state_forwards("cakes", state)
    return look_through([make_migration("0002_x", operations)], state)


def nothing(apps: Any, schema_editor: Any) -> None:
    """Stand for a change of rows."""


ROWS = migrations.RunPython(nothing, nothing)
NEW_MODEL = migrations.CreateModel("Tray", [("id", models.BigAutoField(primary_key=True))])


@pytest.mark.parametrize(
    ("operation", "sentence"),
    [
        (migrations.RemoveField("cake", "note"), "it removes cake.note, which the old code still"),
        (migrations.RenameField("cake", "note", "remark"), "it renames cake.note, which the old"),
        (migrations.DeleteModel("Cake"), "it deletes the table of Cake"),
        (migrations.RenameModel("Cake", "Gateau"), "it renames the table of Cake"),
        (migrations.AlterModelTable("Cake", "gateaux"), "it renames the table of Cake"),
        (
            migrations.AddField("cake", "tray", models.IntegerField(default=1)),
            "it adds cake.tray, which must not be NULL and has no value",
        ),
        (migrations.AlterField("cake", "note", models.TextField()), "it forbids NULL in cake.note"),
        (
            migrations.AlterField("cake", "name", models.CharField(max_length=40)),
            "it shortens cake.name from 80 to 40",
        ),
        (
            migrations.AlterField("cake", "name", models.IntegerField()),
            "it changes the type of cake.name",
        ),
        (
            migrations.AlterField("cake", "name", models.CharField(max_length=80, db_column="n")),
            "it changes the type of cake.name",
        ),
        (migrations.RunSQL("DROP TABLE cakes"), "it runs SQL"),
        (
            migrations.SeparateDatabaseAndState(
                database_operations=[migrations.RemoveField("cake", "note")]
            ),
            "it removes cake.note",
        ),
    ],
)
def test_what_the_old_code_does_not_survive_is_told(operation: Operation, sentence: str) -> None:
    [found] = look_at(operation)

    assert found.startswith(f"cakes.0002_x: {sentence}")


@pytest.mark.parametrize(
    "operations",
    [
        [NEW_MODEL],
        [migrations.AddField("cake", "tray", models.IntegerField(null=True))],
        [migrations.AddField("cake", "tray", models.IntegerField(default=1, db_default=1))],
        [migrations.AddField("cake", "trays", models.ManyToManyField("cakes.Cake"))],
        [migrations.AlterField("cake", "name", models.CharField(max_length=120))],
        [migrations.AlterField("cake", "name", models.CharField(max_length=80, null=True))],
        [migrations.AddIndex("cake", models.Index(fields=["name"], name="cake_name"))],
        [migrations.SeparateDatabaseAndState([], [migrations.RemoveField("cake", "note")])],
        [ROWS],
        # The old code does not know the model at all.
        [NEW_MODEL, migrations.AddField("tray", "size", models.IntegerField(default=1))],
    ],
    ids=lambda operations: ", ".join(type(operation).__name__ for operation in operations),
)
def test_what_the_old_code_survives_is_let_through(operations: list[Operation]) -> None:
    assert look_at(*operations) == []


def test_rows_and_schema_in_one_migration_are_told() -> None:
    assert look_at(ROWS, NEW_MODEL) == [
        "cakes.0002_x changes schema and rows, and MariaDB cannot roll back half of it. Split it "
        "into two migrations."
    ]


def test_a_field_is_looked_at_as_the_migration_before_left_it() -> None:
    longer = migrations.AlterField("cake", "name", models.CharField(max_length=120))
    shorter = migrations.AlterField("cake", "name", models.CharField(max_length=100))

    [found] = look_at(longer, shorter)

    assert "it shortens cake.name from 120 to 100" in found


def names_on_disk() -> set[str]:
    return {f"{app}.{name}" for app, name in MigrationLoader(None).graph.nodes}


def test_nothing_is_unsafe_where_nothing_is_served_yet() -> None:
    assert find_unsafe_migrations([]) == []


def test_nothing_is_unsafe_where_all_is_applied() -> None:
    assert find_unsafe_migrations(names_on_disk()) == []


def test_what_the_database_lacks_of_this_checkout_is_looked_at() -> None:
    # orders.0003_payments was made before this rule: its column has no value for the old code.
    later = {name for name in names_on_disk() if name >= "orders.0003" and name < "orders.1"}
    dependants = {"reports", "dashboard"}
    applied = {name for name in names_on_disk() - later if name.split(".")[0] not in dependants}

    found = find_unsafe_migrations(applied)

    assert any(
        sentence.startswith("orders.0003_payments: it adds") and "Give it a db_default" in sentence
        for sentence in found
    )
