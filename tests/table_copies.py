"""Copies of all rows of a database, restored for each test: faster than creating them again."""

import datetime
from collections.abc import Mapping, Sequence
from typing import Any

from django.apps import apps
from django.contrib.contenttypes.models import ContentType
from django.db import connection

Rows = Sequence[Sequence[Any]]


def copy_tables() -> Mapping[str, Rows]:
    """Return all rows of all tables of the models, by table."""
    copied = {}
    with connection.cursor() as cursor:
        for table, columns in _tables():
            cursor.execute(f"SELECT {columns} FROM {_quoted(table)}")
            copied[table] = [[_writable(value) for value in row] for row in cursor.fetchall()]
    return copied


def put_back(copied: Mapping[str, Rows]) -> None:
    """Replace what is in the tables, also what Django itself wrote when it emptied them."""
    with connection.constraint_checks_disabled(), connection.cursor() as cursor:
        for table, columns in _tables():
            cursor.execute(f"DELETE FROM {_quoted(table)}")
            if rows := copied[table]:
                places = ", ".join(["%s"] * len(rows[0]))
                cursor.executemany(
                    f"INSERT INTO {_quoted(table)} ({columns}) VALUES ({places})", rows
                )
    ContentType.objects.clear_cache()


def _tables() -> list[tuple[str, str]]:
    """Return each table and its columns, in one order for reading and writing."""
    models = apps.get_models(include_auto_created=True)
    return [
        (
            model._meta.db_table,
            ", ".join(_quoted(field.column) for field in model._meta.local_concrete_fields),
        )
        for model in models
        if model._meta.managed and not model._meta.proxy
    ]


def _writable(value: Any) -> Any:
    """SQLite's driver reads times, but does not write them."""
    return value.isoformat() if isinstance(value, datetime.time) else value


def _quoted(name: str) -> str:
    return connection.ops.quote_name(name)
