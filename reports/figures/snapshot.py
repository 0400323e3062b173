"""Transaction in which all queries of a report see the same state of the database."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection, transaction


@contextmanager
def snapshot() -> Iterator[None]:
    """Run a transaction in which every query sees the same state of the database.

    Django opens MariaDB transactions as READ COMMITTED, where two queries may see different states
    and a report would not add up. SQLite's transactions are serializable. Inside another
    transaction, the isolation level can no longer be changed and stays as it is.
    """
    if connection.vendor == "mysql" and not connection.in_atomic_block:
        with connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
    with transaction.atomic():
        yield
