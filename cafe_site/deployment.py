"""Functions that script/deploy and script/make-owner call on Lambda.

Only Lambda reaches the database. Zappa calls these by name with (event, context), and returns their
result to the caller.
"""

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import close_old_connections, connection
from django.db.migrations.loader import MigrationLoader

from cafe_site.accounts.models import User
from cafe_site.database import open_database


def list_applied_migrations(event: dict[str, object], context: object) -> list[str]:
    """Return the applied migrations, such as menu.0001_initial."""
    close_old_connections()
    return sorted(f"{app}.{name}" for app, name in _loader().applied_migrations)


def list_missing_migrations(event: dict[str, object], context: object) -> list[str]:
    """Return the migrations that still have to be applied.

    Any answer proves that the function starts, has its settings and reaches the database. Raises
    DatabaseRefused, with the remedy, if the server cannot be trusted.
    """
    close_old_connections()
    open_database()
    loader = _loader()
    return sorted(
        f"{app}.{name}"
        for app, name in loader.graph.nodes
        if (app, name) not in loader.applied_migrations
    )


def make_owner(event: dict[str, object], context: object) -> list[str]:
    """Create an owner or set an owner's password; return the errors of the event's fields.

    The fields are user_name, email and password. Lambda does not log events, and the answer holds
    no password.
    """
    close_old_connections()
    user_name, email = str(event["user_name"]).strip(), str(event["email"]).strip()
    user = _staff_member(user_name) or User(username=user_name)
    user.email, user.is_staff, user.is_superuser, user.is_active = email, True, True, True
    try:
        # Validate before hashing: the hash would pass as a long password.
        validate_password(str(event["password"]), user)
    except ValidationError as error:
        return [f"password: {message}" for message in error.messages]
    user.set_password(str(event["password"]))
    try:
        user.full_clean()
    except ValidationError as error:
        wrong = error.message_dict.items()
        return [f"{field}: {message}" for field, messages in wrong for message in messages]
    user.save()
    return []


def _staff_member(user_name: str) -> User | None:
    # Customers are excluded: an e-mailed link must never open the dashboard.
    return User.objects.filter(username=user_name, customer_email=None).first()


def _loader() -> MigrationLoader:
    return MigrationLoader(connection)
