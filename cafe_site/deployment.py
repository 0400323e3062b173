"""What script/deploy and script/make-owner ask a function, which alone reaches the database.

Zappa calls these by their names, exactly as (event, context); what they return goes to the caller.
"""

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import close_old_connections, connection
from django.db.migrations.loader import MigrationLoader

from cafe_site.accounts.models import User
from cafe_site.database import open_database


def list_applied_migrations(event: dict[str, object], context: object) -> list[str]:
    """Return the migrations that the database has, such as menu.0001_initial."""
    close_old_connections()
    return sorted(f"{app}.{name}" for app, name in _loader().applied_migrations)


def list_missing_migrations(event: dict[str, object], context: object) -> list[str]:
    """Return the migrations that this code needs and the database lacks; none is what it should be.

    The answer itself says that the function starts, has its settings and reaches the database.
    For a server that may not be trusted it raises DatabaseRefused, whose message is the remedy.
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
    """Make an owner, or give one a new password; return what is wrong with the event's fields.

    The fields are user_name, email and password. Lambda writes no event to a log, and an answer
    holds no password.
    """
    close_old_connections()
    user_name, email = str(event["user_name"]).strip(), str(event["email"]).strip()
    user = _staff_member(user_name) or User(username=user_name)
    user.email, user.is_staff, user.is_superuser, user.is_active = email, True, True, True
    try:
        # Before it is hashed: the hash would pass for a long password.
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
    # A customer's name is refused as taken: no link that is sent by e-mail may open the dashboard.
    return User.objects.filter(username=user_name, customer_email=None).first()


def _loader() -> MigrationLoader:
    return MigrationLoader(connection)
