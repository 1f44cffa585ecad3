"""Where a node that serves takes acts: a Unix-domain socket, and who may speak there.

- It lies beside the store's file, or beside the keys of a store on a server, unless HERVAT_SOCKET or the node's configuration says where.
- Only its owner and root may connect. Both sides look who the other is where the system tells (SO_PEERCRED), and neither uses a
  directory in which anybody could put another socket in its place.
- What a killed node left is taken away by the next one to serve: nobody answers there any more, and looking and putting are one step,
  under a lock of the directory.
- A path may be longer than the 108 bytes that a socket's address has, on systems that show open directories under /proc.
"""

import fcntl
import os
import socket
import stat
import struct
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from hervat.assemble import keys_path
from hervat.errors import StoreFault
from hervat.stores.opening import Place

_LONGEST = 103
"""Bytes of a path in a socket's address: 107 on Linux, 103 elsewhere."""
_OPEN_FILES = Path("/proc/self/fd")
_CREDENTIALS = struct.Struct("iII")
_PATIENCE = 10.0
_ELSEWHERE = "name another place with HERVAT_SOCKET, or with socket under [node] in node.toml"


def socket_path(place: Place, keys: Path | None = None, given: Path | None = None) -> Path:
    """Where the socket of a store is, absolute: at the path given, at HERVAT_SOCKET, or beside the store."""
    told = given or (Path(os.environ["HERVAT_SOCKET"]) if os.environ.get("HERVAT_SOCKET") else None)
    if told is None:
        # One store may have several names.
        beside = keys_path(place, keys) if place.file is None else Path(os.path.realpath(place.file))
        told = beside.with_name(f"{beside.name}.acts")
    return told.absolute()


@contextmanager
def listening(path: Path) -> Iterator[socket.socket]:
    """A socket that listens at a path, for its owner alone; it is gone at the end. Raises StoreFault where there can be none."""
    with _folder_of(path) as folder:
        listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        try:
            with _locked(folder), _faults(path):
                _clear(path, folder)
                listener.bind(_address(path, folder))
                # Nobody can connect before it listens.
                os.chmod(path.name, 0o600, dir_fd=folder)
                listener.listen(16)
                made = _inode(path, folder)
            try:
                yield listener
            finally:
                with _locked(folder):
                    if _inode(path, folder) == made:
                        os.unlink(path.name, dir_fd=folder)
        finally:
            listener.close()


@contextmanager
def connected(path: Path) -> Iterator[socket.socket]:
    """A connection to the node that listens at a path. Raises FileNotFoundError or ConnectionRefusedError where none does, StoreFault where
    one cannot be spoken to or may not be trusted.
    """
    with _folder_of(path) as folder, socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as connection:
        with _faults(path):
            connection.settimeout(_PATIENCE)
            connection.connect(_address(path, folder))
            connection.settimeout(None)
        # Root acts for whoever owns the directory, and with that the store in it.
        if not is_trusted(connection, *([os.fstat(folder).st_uid] if os.geteuid() == 0 else [])):
            raise StoreFault(f"{path}: who listens there is another user than you, and nothing was told to it; {_ELSEWHERE}")
        yield connection


def is_trusted(connection: socket.socket, *others: int) -> bool:
    """Whether who is at the other end runs as we do, as root or as one of some other users; true where the system does not tell."""
    if not hasattr(socket, "SO_PEERCRED"):
        return True
    _, user, _ = _CREDENTIALS.unpack(connection.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, _CREDENTIALS.size))
    return user in (0, os.geteuid(), *others)


@contextmanager
def _folder_of(path: Path) -> Iterator[int]:
    """The directory of a path, opened; raises StoreFault for one in which anybody may put something else in its place."""
    with _faults(path):
        folder = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY)
    try:
        mode = os.fstat(folder).st_mode
        if mode & stat.S_IWOTH and not mode & stat.S_ISVTX:
            raise StoreFault(f"{path.parent} may be written by everybody, so anybody could take acts there; chmod o-w it, or {_ELSEWHERE}")
        yield folder
    finally:
        os.close(folder)


@contextmanager
def _locked(folder: int) -> Iterator[None]:
    fcntl.flock(folder, fcntl.LOCK_EX)
    try:
        yield
    finally:
        fcntl.flock(folder, fcntl.LOCK_UN)


@contextmanager
def _faults(path: Path) -> Iterator[None]:
    try:
        yield
    except (FileNotFoundError, ConnectionRefusedError):
        raise
    except OSError as fault:
        raise StoreFault(f"{path}: no acts can be handed over there: {fault.strerror or fault}; see to that, or {_ELSEWHERE}") from fault


def _address(path: Path, folder: int) -> str:
    """The path as a socket's address, by way of its opened directory where it is too long. Raises StoreFault where that does not do."""
    by_folder = _OPEN_FILES / str(folder)
    short = [path, *([by_folder / path.name] if by_folder.exists() else [])]
    found = next((one for one in short if len(os.fsencode(one)) <= _LONGEST), None)
    if found is None:
        raise StoreFault(f"{path} has {len(os.fsencode(path))} bytes and the path of a socket at most {_LONGEST}; {_ELSEWHERE}")
    return str(found)


def _clear(path: Path, folder: int) -> None:
    """Take away what a killed node left. Raises StoreFault where something else is there, or a node that serves."""
    with suppress(FileNotFoundError):
        if not stat.S_ISSOCK(os.stat(path.name, dir_fd=folder, follow_symlinks=False).st_mode):
            raise StoreFault(f"{path} is there already and is no socket; {_ELSEWHERE}")
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as probe:
            probe.settimeout(_PATIENCE)
            try:
                probe.connect(_address(path, folder))
            except ConnectionRefusedError:
                os.unlink(path.name, dir_fd=folder)
                return
        raise StoreFault(f"{path} is the socket of another node that serves; {_ELSEWHERE}")


def _inode(path: Path, folder: int) -> tuple[int, int] | None:
    try:
        about = os.stat(path.name, dir_fd=folder, follow_symlinks=False)
    except FileNotFoundError:
        return None
    return about.st_dev, about.st_ino
