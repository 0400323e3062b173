"""A check of pending migrations for operations that would break the code that serves now.

It inspects the operations for common mistakes. It does not detect everything, such as a new
constraint that the old code violates, or a column that only a raw query uses. The rule is in
CONTRIBUTING.md: dropping and renaming take two releases.
"""

from collections.abc import Callable, Collection, Iterable, Iterator

from django.db import models
from django.db.migrations import Migration
from django.db.migrations import operations as ops
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.operations.base import Operation
from django.db.migrations.state import ProjectState
from django.db.models.fields import NOT_PROVIDED

Model = tuple[str, str]


def find_unsafe_migrations(applied: Collection[str]) -> list[str]:
    """Return a sentence for each operation that would break the old code.

    `applied` are the applied migrations, such as menu.0001_initial. Without any, there is no old
    code.
    """
    if not applied:
        return []
    done, waiting = [], []
    for migration in _in_order(MigrationLoader(None)):
        is_done = f"{migration.app_label}.{migration.name}" in applied
        (done if is_done else waiting).append(migration)
    state = ProjectState()
    for migration in done:
        state = migration.mutate_state(state, preserve=False)
    return look_through(waiting, state)


def _in_order(loader: MigrationLoader) -> list[Migration]:
    """Return all migrations of the code in order of their dependencies."""
    keys: dict[tuple[str, str], None] = {}
    for leaf in loader.graph.leaf_nodes():
        keys.update(dict.fromkeys(loader.graph.forwards_plan(leaf)))
    return [loader.graph.nodes[key] for key in keys]


def look_through(migrations: Iterable[Migration], state: ProjectState) -> list[str]:
    """Return what is unsafe in migrations from this state, which is modified."""
    found: list[str] = []
    new_models: set[Model] = set()
    for migration in migrations:
        name = f"{migration.app_label}.{migration.name}"
        if _mixes(migration):
            found.append(
                f"{name} changes schema and rows, and MariaDB cannot roll back half of it. Split "
                "it into two migrations."
            )
        for operation in migration.operations:
            reasons = _reasons(operation, migration.app_label, state, new_models)
            found += [f"{name}: {reason}" for reason in reasons]
            operation.state_forwards(migration.app_label, state)
    return found


def _mixes(migration: Migration) -> bool:
    rows = [isinstance(operation, ops.RunPython) for operation in migration.operations]
    return any(rows) and not all(rows)


def _reasons(
    operation: Operation, app: str, state: ProjectState, new_models: set[Model]
) -> Iterator[str]:
    if isinstance(operation, ops.SeparateDatabaseAndState):
        # Operations on the state alone do not change the database.
        for inner in operation.database_operations:
            yield from _reasons(inner, app, state, new_models)
        return
    if isinstance(operation, ops.CreateModel):
        new_models.add((app, operation.name.lower()))
    model = (app, str(getattr(operation, "model_name", getattr(operation, "name", ""))).lower())
    look = LOOKS.get(type(operation))
    # The old code does not know the new model.
    if look and model not in new_models and (reason := look(operation, model, state)):
        yield reason


def _of_removed_field(operation: ops.RemoveField, *_: object) -> str:
    return (
        f"it removes {operation.model_name}.{operation.name}, which the old code still reads and "
        "writes. Release code without it first, and remove it in the release after."
    )


def _of_renamed_field(operation: ops.RenameField, *_: object) -> str:
    return (
        f"it renames {operation.model_name}.{operation.old_name}, which the old code uses by that "
        "name. Keep the column with db_column, or add a field and remove the old one later."
    )


def _of_deleted_model(operation: ops.DeleteModel, *_: object) -> str:
    return (
        f"it deletes the table of {operation.name}, which the old code still uses. Release code "
        "without it first, and delete it in the release after."
    )


def _of_renamed_model(operation: ops.RenameModel, *_: object) -> str:
    return (
        f"it renames the table of {operation.old_name}, which the old code uses by that name. "
        "Keep its name with db_table."
    )


def _of_moved_table(operation: ops.AlterModelTable, *_: object) -> str:
    return f"it renames the table of {operation.name}, which the old code uses by that name."


def _of_added_field(operation: ops.AddField, *_: object) -> str:
    field = operation.field
    if field.null or field.many_to_many or field.db_default is not NOT_PROVIDED:
        return ""
    return (
        f"it adds {operation.model_name}.{operation.name}, which must not be NULL and has no value "
        "for the rows that the old code writes. Give it a db_default, or null=True."
    )


def _of_altered_field(operation: ops.AlterField, model: Model, state: ProjectState) -> str:
    old, new = state.models[model].fields[operation.name], operation.field
    name = f"{operation.model_name}.{operation.name}"
    if old.null and not new.null:
        return f"it forbids NULL in {name}, which the old code may still write."
    if _is_shorter(old, new):
        return (
            f"it shortens {name} from {old.max_length} to {new.max_length}, and the old code "
            "still writes the longer ones."
        )
    if (old.get_internal_type(), old.db_column) != (new.get_internal_type(), new.db_column):
        return (
            f"it changes the type of {name}, which the old code reads and writes with the old "
            "type. Add a new field, and remove the old one later."
        )
    return ""


def _is_shorter(old: models.Field, new: models.Field) -> bool:  # type: ignore[type-arg]
    return new.max_length is not None and (old.max_length or 0) > new.max_length


def _of_sql(operation: ops.RunSQL, *_: object) -> str:
    return (
        "it runs SQL, which cannot be checked here. Read it, and pass --allow-unsafe-migrations "
        "if the old code can work with it."
    )


LOOKS: dict[type[Operation], Callable[..., str]] = {
    ops.RemoveField: _of_removed_field,
    ops.RenameField: _of_renamed_field,
    ops.DeleteModel: _of_deleted_model,
    ops.RenameModel: _of_renamed_model,
    ops.AlterModelTable: _of_moved_table,
    ops.AddField: _of_added_field,
    ops.AlterField: _of_altered_field,
    ops.RunSQL: _of_sql,
}
