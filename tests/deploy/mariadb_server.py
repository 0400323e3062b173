"""A MariaDB server for a single test, on a free port of this machine, with or without TLS."""

import os
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import MySQLdb

from tests.deploy.certificates import Authority

# Where Debian keeps the server, which is on no ordinary user's PATH.
PATH = f"{os.environ['PATH']}:/usr/sbin"
USER, PASSWORD, NAME = "cafe", "secret of the tests", "cafe"


@dataclass(frozen=True, slots=True)
class MariadbServer:
    port: int
    unix_socket: str

    def query(self, sql: str, *arguments: object) -> list[tuple[Any, ...]]:
        """Ask as the server's owner, past TLS and past the package's driver."""
        return _query(self.unix_socket, NAME, sql, *arguments)

    def close_connections(self) -> None:
        """Close what the site holds open, as a server does with what has been idle for long."""
        rows = self.query("SELECT id FROM information_schema.processlist WHERE user = %s", USER)
        for (number,) in rows:
            self.query(f"KILL {int(number)}")


def is_installed() -> bool:
    return all(
        shutil.which(name, path=PATH)
        for name in ("mariadbd", "mariadb-install-db", "my_print_defaults")
    )


@contextmanager
def running_mariadb(authority: Authority | None) -> Iterator[MariadbServer]:
    """Run a server with an empty database and its user; without an authority, without TLS."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        # A server that starts removes every temporary table of its temporary folder, also those of
        # another server that is running.
        environment = {**os.environ, "PATH": PATH, "TMPDIR": name}
        _install(folder / "data", environment)
        server = MariadbServer(_free_port(), str(folder / "mariadb.sock"))
        log = folder / "mariadb.log"
        with log.open("wb") as output:
            process = subprocess.Popen(
                _command(server, folder, authority),
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
            )
        try:
            _wait_until_ready(process, log)
            _make_database(server)
            yield server
        finally:
            process.terminate()
            process.wait(30)


def _install(data: Path, environment: dict[str, str]) -> None:
    done = subprocess.run(
        [
            *("mariadb-install-db", "--no-defaults", f"--datadir={data}", *_user()),
            *("--auth-root-authentication-method=normal", "--skip-test-db"),
        ],
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    if done.returncode:
        raise RuntimeError(f"MariaDB's tables could not be made:\n{done.stdout[:2000]}")


def _user() -> list[str]:
    return ["--user=root"] if os.getuid() == 0 else []


def _command(server: MariadbServer, folder: Path, authority: Authority | None) -> list[str]:
    options = [
        "mariadbd",
        "--no-defaults",
        *_user(),
        f"--datadir={folder / 'data'}",
        f"--socket={server.unix_socket}",
        f"--pid-file={folder / 'mariadb.pid'}",
        "--bind-address=127.0.0.1",
        f"--port={server.port}",
        "--skip-log-bin",
        "--innodb-flush-log-at-trx-commit=0",
        "--innodb-doublewrite=0",
    ]
    if authority is None:
        return [*options, "--skip-ssl"]
    return [
        *options,
        f"--ssl-ca={authority.ca}",
        f"--ssl-cert={authority.certificate}",
        f"--ssl-key={authority.key}",
    ]


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as free:
        return int(free.getsockname()[1])


def _wait_until_ready(process: subprocess.Popen[bytes], log: Path) -> None:
    for _try in range(300):
        if process.poll() is not None:
            break
        if "ready for connections" in log.read_text(errors="replace"):
            return
        time.sleep(0.1)
    raise RuntimeError(f"MariaDB did not start:\n{log.read_text(errors='replace')[-2000:]}")


def _make_database(server: MariadbServer) -> None:
    for sql in (
        f"CREATE DATABASE {NAME} CHARACTER SET utf8mb4 COLLATE utf8mb4_general_ci",
        f"CREATE USER {USER}@'%' IDENTIFIED BY '{PASSWORD}'",
        f"GRANT ALL ON {NAME}.* TO {USER}@'%'",
    ):
        _query(server.unix_socket, "mysql", sql)


def _query(unix_socket: str, database: str, sql: str, *arguments: object) -> list[tuple[Any, ...]]:
    connection = MySQLdb.connect(
        unix_socket=unix_socket, user="root", database=database, autocommit=True
    )
    try:
        with connection.cursor() as cursor:
            cursor.execute(sql, arguments or None)
            return list(cursor.fetchall())
    finally:
        connection.close()
