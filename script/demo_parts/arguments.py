"""The command line arguments of script/demo.

Standard library only: it runs before packages are installed.
"""

import argparse
import socket
import sys
from dataclasses import dataclass

HOST = "127.0.0.1"
DEFAULT_PORT = 8000


class PortTaken(Exception):
    """Another program listens on the port; the message says what to do."""


@dataclass(frozen=True, slots=True)
class Arguments:
    """`port` 0 stands for any free port."""

    port: int
    is_check: bool


def read_arguments(arguments: list[str]) -> Arguments:
    parser = argparse.ArgumentParser(
        prog="script/demo",
        description="Set up a café with eight weeks of orders, publish its report, and serve it.",
    )
    parser.add_argument(
        "--port", type=_port, help=f"serve on this port of {HOST} (default: {DEFAULT_PORT})"
    )
    parser.add_argument(
        "--check",
        action="store_true",
        help="open the menu, an order and the reports over HTTP, then stop (default: a free port)",
    )
    given = parser.parse_args(arguments)
    port = given.port if given.port is not None else 0 if given.check else DEFAULT_PORT
    return Arguments(port=port, is_check=given.check)


def _port(text: str) -> int:
    port = int(text) if text.isascii() and text.isdigit() else 0
    if not 1024 <= port <= 65535:
        raise argparse.ArgumentTypeError(
            f"{text!r} is not a port; give a number from 1024 to 65535."
        )
    return port


def listen(port: int) -> socket.socket:
    """Bind a port of this machine; raise PortTaken if another program has it."""
    try:
        return socket.create_server((HOST, port))
    except OSError as error:
        other = port + 1 if port < 65535 else DEFAULT_PORT
        raise PortTaken(
            f"Port {port} is in use by another program; choose another one, such as: "
            f"script/demo --port {other}"
        ) from error


def main() -> None:
    """Refuse wrong arguments and a taken port before the installation starts."""
    try:
        listen(read_arguments(sys.argv[1:]).port).close()
    except PortTaken as error:
        sys.exit(str(error))


if __name__ == "__main__":
    main()
