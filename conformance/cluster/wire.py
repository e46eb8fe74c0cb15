"""The connection of a runner to the API server, which can be cut."""

from __future__ import annotations

import contextlib
import socket
import threading


class Wire:
    """A TCP connection to the API server, as a runner has it, which can be cut."""

    def __init__(self, port: int) -> None:
        self.cut = threading.Event()
        self._to = port
        self._open: set[socket.socket] = set()
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def down(self) -> None:
        """Closes what is open, and every connection to come."""
        self.cut.set()
        for one in tuple(self._open):
            _shut(one)

    def close(self) -> None:
        """Ends it."""
        self.down()
        self._listener.close()

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                near, _ = self._listener.accept()
                if self.cut.is_set():
                    near.close()
                    continue
                far = socket.create_connection(("127.0.0.1", self._to))
                threading.Thread(target=self._join, args=(near, far), daemon=True).start()

    def _join(self, near: socket.socket, far: socket.socket) -> None:
        """Passes on what either sends, and closes both at the end."""
        ends = {near, far}
        self._open |= ends
        back = threading.Thread(target=_pass, args=(far, near), daemon=True)
        back.start()
        _pass(near, far)
        back.join()
        self._open -= ends
        for one in ends:
            one.close()


def _pass(source: socket.socket, target: socket.socket) -> None:
    with contextlib.suppress(OSError):
        while data := source.recv(65536):
            target.sendall(data)
    _shut(source)
    _shut(target)


def _shut(one: socket.socket) -> None:
    with contextlib.suppress(OSError):
        one.shutdown(socket.SHUT_RDWR)
