"""What script/deploy asks a function, which alone reaches the database.

Zappa calls these by their names, exactly as (event, context); what they return goes to the caller.
"""

from django.db import close_old_connections, connection
from django.db.migrations.loader import MigrationLoader


def list_applied_migrations(event: dict[str, object], context: object) -> list[str]:
    """Return the migrations that the database has, such as menu.0001_initial."""
    close_old_connections()
    return sorted(f"{app}.{name}" for app, name in _loader().applied_migrations)


def list_missing_migrations(event: dict[str, object], context: object) -> list[str]:
    """Return the migrations that this code needs and the database lacks; none is what it should be.

    The answer itself says that the function starts, has its settings and reaches the database.
    """
    close_old_connections()
    loader = _loader()
    return sorted(
        f"{app}.{name}"
        for app, name in loader.graph.nodes
        if (app, name) not in loader.applied_migrations
    )


def _loader() -> MigrationLoader:
    return MigrationLoader(connection)
