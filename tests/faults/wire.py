"""A way to a server that is cut at a word: what passes between the two sides is real, and so is its loss."""

import socket
import threading
from contextlib import suppress
from pathlib import Path
from types import TracebackType


class Wire:
    """Listens on the loopback interface and passes every connection on to a socket."""

    def __init__(self, to: Path) -> None:
        self._to = to
        self._word: bytes | None = None
        self._pass_on = False
        self.cuts = 0
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self._threads = [threading.Thread(target=self._accept, daemon=True)]

    def __enter__(self) -> "Wire":
        self._threads[0].start()
        return self

    def __exit__(self, sort: type[BaseException] | None, error: BaseException | None, where: TracebackType | None) -> None:
        # Closing alone does not wake who waits in accept.
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()

    def cut_before(self, word: bytes) -> None:
        """Cut the connection over which a word comes next, and do not pass it on."""
        self._word, self._pass_on = word, False

    def cut_after(self, word: bytes) -> None:
        """Pass the word on, wait until it was answered, and cut: the answer is lost."""
        self._word, self._pass_on = word, True

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                near, _ = self._listener.accept()
                far = socket.socket(socket.AF_UNIX)
                far.connect(str(self._to))
                lost = threading.Event()
                threading.Thread(target=self._there, args=(near, far, lost), daemon=True).start()
                threading.Thread(target=self._back, args=(near, far, lost), daemon=True).start()

    def _there(self, near: socket.socket, far: socket.socket, lost: threading.Event) -> None:
        with near, suppress(OSError):
            while passing := near.recv(65536):
                if self._word is not None and self._word in passing:
                    self._word = None
                    lost.set()
                    if self._pass_on:
                        far.sendall(passing)
                        return
                    self.cuts += 1
                    break
                far.sendall(passing)
            far.shutdown(socket.SHUT_RDWR)
            near.shutdown(socket.SHUT_RDWR)

    def _back(self, near: socket.socket, far: socket.socket, lost: threading.Event) -> None:
        with far, suppress(OSError):
            while passing := far.recv(65536):
                if lost.is_set():
                    self.cuts += 1
                    break
                near.sendall(passing)
            near.shutdown(socket.SHUT_RDWR)
            far.shutdown(socket.SHUT_RDWR)
