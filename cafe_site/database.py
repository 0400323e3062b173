"""The connection to the database server, which requires TLS and the right certificate.

libmariadb's TLS errors are hard to understand. The start of the site and of the reports, and each
command of manage.py, replace them with a sentence that names the remedy.
"""

import logging
from pathlib import Path
from typing import Any

from django.core.exceptions import ImproperlyConfigured
from django.db import OperationalError, connections

logger = logging.getLogger(__name__)

# CR_SSL_CONNECTION_ERROR, the code of every TLS error.
_TLS_ERROR = 2026


class DatabaseRefused(ImproperlyConfigured):
    """The database server has the wrong certificate, or does not support TLS."""


def open_database() -> None:
    """Connect while the process starts; raise DatabaseRefused if the server cannot be trusted.

    On Lambda, the start has the most CPU, and the first request reuses the connection. A server
    that cannot be reached is only logged: the requests report it.
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
    """Return what is wrong with TLS and the remedy; empty for any other error."""
    settings: dict[str, Any] = connections["default"].settings_dict
    if not error.args or error.args[0] != _TLS_ERROR:
        return ""
    ca_file = settings["OPTIONS"].get("ssl", {}).get("ca", "")
    host, words = settings["HOST"] or "localhost", str(error.args[-1])
    if ca_file and not Path(ca_file).is_file():
        return f"DATABASE_CA_FILE={ca_file!r} is not a file. Set it to the CA's file."
    if "does not support" in words:
        return (
            f"The database server {host} does not offer TLS, but DATABASE_CA_FILE={ca_file!r} "
            "requires it. Turn TLS on at the server; on RDS, it is on by default."
        )
    if "Validation of SSL server certificate failed" in words:
        return (
            f"The database server's certificate is not for the host name {host!r} in DATABASE_URL. "
            "Use the name in the certificate; on RDS, it is the endpoint's."
        )
    if "certificate" not in words:
        # For example, a server that is shutting down.
        return ""
    return (
        f"The authority in DATABASE_CA_FILE={ca_file!r} has not signed the certificate of the "
        f"database server {host} ({words}). Use that server's authority; for RDS, use the newest "
        "bundle from AWS."
    )
