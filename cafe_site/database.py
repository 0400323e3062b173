"""The way to the database server: by TLS to the right server, or not at all.

What libmariadb says when it refuses a server helps nobody at night, so it is told in a sentence
with the remedy: by the start of the site and of the reports, and by each command of manage.py.
"""

import logging
from pathlib import Path
from typing import Any

from django.core.exceptions import ImproperlyConfigured
from django.db import OperationalError, connections

logger = logging.getLogger(__name__)

# CR_SSL_CONNECTION_ERROR: all that can be wrong with TLS has this number.
_TLS_ERROR = 2026


class DatabaseRefused(ImproperlyConfigured):
    """The database server is not the one that the settings name, or speaks without TLS."""


def open_database() -> None:
    """Connect while the process starts; raise DatabaseRefused if the server may not be trusted.

    On Lambda this is the phase with the most processor time, and the first request finds the
    connection made. A server that is merely away is left to the requests, which tell of it.
    """
    connection = connections["default"]
    if connection.vendor != "mysql":
        return
    try:
        connection.ensure_connection()
    except OperationalError as error:
        if sentence := tls_sentence(error):
            raise DatabaseRefused(sentence) from error
        logger.warning("database_unreachable host=%s", connection.settings_dict["HOST"])


def tls_sentence(error: Exception) -> str:
    """Return what is wrong with TLS, and what to do; nothing when something else is wrong."""
    settings: dict[str, Any] = connections["default"].settings_dict
    if not error.args or error.args[0] != _TLS_ERROR:
        return ""
    ca_file = settings["OPTIONS"].get("ssl", {}).get("ca", "")
    host, words = settings["HOST"] or "localhost", str(error.args[-1])
    if ca_file and not Path(ca_file).is_file():
        return f"DATABASE_CA_FILE={ca_file!r} is no file. Name the certificate authority's file."
    if "does not support" in words:
        return (
            f"The database server {host} offers no TLS, and DATABASE_CA_FILE={ca_file!r} asks for "
            "it. Turn TLS on at the server; RDS has it unless it was turned off."
        )
    if "Validation of SSL server certificate failed" in words:
        return (
            f"The database server's certificate is not for the host name {host!r} in DATABASE_URL. "
            "Use the name that the certificate was made for; with RDS it is the endpoint's."
        )
    if "certificate" not in words:
        # Such as a server that is just being stopped.
        return ""
    return (
        f"The authority in DATABASE_CA_FILE={ca_file!r} does not vouch for the certificate of the "
        f"database server {host} ({words}). Put that server's authority there; for RDS it is the "
        "newest bundle from AWS."
    )
