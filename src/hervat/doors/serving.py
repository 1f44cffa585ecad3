"""The command `serve`: the pages, on the loopback interface, until Ctrl-C."""

import errno
import signal
import socket
from argparse import Namespace

import uvicorn

from hervat.clock import SystemClock
from hervat.doors import words
from hervat.doors.pages.app import make_app
from hervat.errors import TechnicalFault, Usage
from hervat.stores.opening import place_of

LOOPBACK = "127.0.0.1"
_PATIENCE = 2  # seconds that a request under way gets at the end


def serve(arguments: Namespace) -> int:
    """Serve the pages and say where; port 0 takes one that is free. Raises TechnicalFault where the port is taken."""
    place_of(arguments.store)
    with _listening(arguments.port) as listener:
        address = f"http://{LOOPBACK}:{listener.getsockname()[1]}/"
        app = make_app(arguments.store, SystemClock())
        server = uvicorn.Server(
            uvicorn.Config(app, log_config=None, access_log=False, server_header=False, timeout_graceful_shutdown=_PATIENCE)
        )
        told = f"The pages are at {address} (read-only, this machine only); Ctrl-C ends them."
        print(words.as_document({"address": address}) if arguments.json else told, flush=True)
        # Whoever stops a service sends this one; it ends the pages as Ctrl-C does.
        signal.signal(signal.SIGTERM, signal.default_int_handler)
        try:
            server.run(sockets=[listener])
        except KeyboardInterrupt:
            # uvicorn has closed everything by now and passes the signal on.
            return 0
    return 0


def _listening(port: int) -> socket.socket:
    """A socket that listens on the loopback interface."""
    if not 0 <= port <= 65535:
        raise Usage(f"--port {port}: a port lies between 0 and 65535; 0 takes one that is free")
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((LOOPBACK, port))
        listener.listen(128)
    except OSError as fault:
        listener.close()
        why = "is taken by another process; stop that" if fault.errno == errno.EADDRINUSE else f"cannot be used ({fault.strerror})"
        raise TechnicalFault(f"port {port} {why}, or give another --port; 0 takes one that is free") from fault
    return listener
