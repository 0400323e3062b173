"""The demo's HTTP server, with static files by whitenoise."""

import logging
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from django.core.servers.basehttp import ThreadedWSGIServer, WSGIRequestHandler
from django.core.wsgi import get_wsgi_application

from script.demo_parts.arguments import HOST


@contextmanager
def served(listener: socket.socket) -> Iterator[str]:
    """Serve on an already bound port; yield the site's address."""
    address = (HOST, listener.getsockname()[1])
    server = ThreadedWSGIServer(address, WSGIRequestHandler, bind_and_activate=False)
    server.socket.close()
    server.socket = listener
    server.server_name, server.server_port = address
    server.setup_environ()
    server.set_app(get_wsgi_application())
    # Only failures are logged: a line per request would scroll the addresses away.
    for name in ("django.server", "django.request"):
        logging.getLogger(name).setLevel(logging.ERROR)
    thread = threading.Thread(target=server.serve_forever, name="web", daemon=True)
    thread.start()
    try:
        yield f"http://{address[0]}:{address[1]}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
