"""The command `serve`: the pages, and with a configuration the partners' door beside them, on the loopback interface, until Ctrl-C."""

import asyncio
import errno
import os
import signal
import socket
from argparse import Namespace
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import msgspec
import uvicorn
from litestar.types import ASGIApp, Receive, Scope, Send

from hervat.chain.impact import Model
from hervat.chain.reading import read_chain
from hervat.clock import SystemClock
from hervat.doors import words
from hervat.doors.acts.place import listening, socket_path
from hervat.doors.cli import DEFAULT_STORE
from hervat.doors.config import Config, DoorTable, NodeTable, RestartTable, ScreeningTable, ServeTable, read_config
from hervat.doors.daily import daily
from hervat.doors.exchange.ourselves import us_of
from hervat.doors.gates import gatekeeping
from hervat.doors.http.app import make_door
from hervat.doors.http.front import BASE, is_under
from hervat.doors.http.writer import Writer
from hervat.doors.pages.app import make_app
from hervat.doors.pages.guard import is_http
from hervat.errors import TechnicalFault, Usage
from hervat.stores.opening import place_of

LOOPBACK = "127.0.0.1"
_PATIENCE = 2  # seconds that a request under way gets at the end
_IDLE = 75  # seconds that a connection without requests is kept: longer than proxies and clients keep theirs
_PATIENCE_TO_TAKE = 30  # the same where messages may be on their way to the disk


def serve(arguments: Namespace) -> int:
    """Serve, and say where; port 0 takes one that is free. Raises TechnicalFault where the port is taken, StoreBusy where the writer's
    place is.
    """
    config = _config(arguments)
    place_of(config.node.store)
    with _listening(config.serve.port) as listener, _app(config) as app:
        address = f"http://{LOOPBACK}:{listener.getsockname()[1]}/"
        print(_told(address, config) if not arguments.json else words.as_document(_places(address, config)), flush=True)
        # Whoever stops a service sends this one; it ends the pages as Ctrl-C does.
        signal.signal(signal.SIGTERM, signal.default_int_handler)
        try:
            with daily(config, SystemClock()) as end_day, gatekeeping(config, SystemClock()) as end_looks:
                _Server(_settings(app, config), end_day, end_looks).run(sockets=[listener])
        except KeyboardInterrupt:
            # uvicorn has closed everything by now and passes the signal on.
            return 0
    return 0


class _Server(uvicorn.Server):
    """Ends what the node does by itself before its door: nothing of that is handed over to who takes no acts any more."""

    def __init__(self, settings: uvicorn.Config, *ends: Callable[[], None]) -> None:
        super().__init__(settings)
        self._ends = ends

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        for end in self._ends:
            # The door must go on meanwhile: it answers the last act.
            await asyncio.to_thread(end)
        await super().shutdown(sockets)


def _config(arguments: Namespace) -> Config:
    """What is to be served: of the file, or without one the pages alone."""
    told = {} if arguments.port is None else {"port": arguments.port}
    told |= {"read_only": True} if arguments.read_only else {}
    if arguments.config is None:
        alone, serve = NodeTable(store=arguments.store), ServeTable(**told)
        no_door, no_day, no_look = DoorTable(enabled=False), ScreeningTable(daily=False), RestartTable(look_seconds=0)
        return Config(node=alone, serve=serve, door=no_door, screening=no_day, restart=no_look)
    if arguments.store != os.environ.get("HERVAT_STORE", DEFAULT_STORE):
        raise Usage("--store and --config both say which store; give one of them")
    config = read_config(Path(arguments.config))
    return msgspec.structs.replace(config, serve=msgspec.structs.replace(config.serve, **told))


@contextmanager
def _app(config: Config) -> Iterator[ASGIApp]:
    """The pages, and the door beside them where it is open; a writer that never began to take is let go of again."""
    clock, store = SystemClock(), config.node.store
    keys = None if config.node.keys is None else Path(config.node.keys)
    given = None if config.node.socket is None else Path(config.node.socket)
    # A map that is not sound is refused before anybody is let in.
    model = None if config.chain is None else Model(read_chain(Path(config.chain.map)))
    pages = make_app(store, clock, keys, given, read_only=config.serve.read_only, model=model)
    if not config.door.enabled:
        yield pages
        return
    writer = Writer(store, keys, clock, config.door.largest_queue)
    try:
        # Where acts are handed over is known to be in order before anybody is let in.
        with listening(socket_path(place_of(store), keys, given)) as acts:
            us, name = us_of(config, clock), config.door.authority
            yield _beside(pages, make_door(store, writer, acts, clock, keys=keys, skew=config.door.skew_seconds, authority=name, us=us))
    finally:
        writer.stop()


def _beside(pages: ASGIApp, door: ASGIApp) -> ASGIApp:
    """Each request to whom it is for; that the server begins and ends concerns the door."""

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await (door if is_under(scope) or not is_http(scope) else pages)(scope, receive, send)

    return app


def _settings(app: ASGIApp, config: Config) -> uvicorn.Config:
    return uvicorn.Config(
        app,
        log_config=None,
        access_log=False,
        server_header=False,
        timeout_keep_alive=_IDLE,
        timeout_graceful_shutdown=_PATIENCE_TO_TAKE if config.door.enabled else _PATIENCE,
    )


def _places(address: str, config: Config) -> dict[str, str]:
    return {"address": address} | ({"door": f"{address.rstrip('/')}{BASE}"} if config.door.enabled else {})


def _told(address: str, config: Config) -> str:
    read_only = config.serve.read_only or not place_of(config.node.store).is_writable()
    if not config.door.enabled:
        return f"The pages are at {address} ({'read-only, ' if read_only else ''}this machine only); Ctrl-C ends them."
    pages, door = f"The pages are at {address}{' (read-only)' if read_only else ''}", _places(address, config)["door"]
    return f"{pages} and the partners' door is at {door} (both this machine only); Ctrl-C ends them."


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
