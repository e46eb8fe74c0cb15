"""The frames of SPDY/3.1 in which `kubectl port-forward` sends its connections.

Each connection has two streams: one for an error, which kubectl opens first, and one for the data.
Headers are not read, since a pod here has one port.

Sources: <https://www.chromium.org/spdy/spdy-protocol/spdy-protocol-draft3-1/>, and for the order
of the streams client-go's `tools/portforward/portforward.go`, `handleConnection`.
"""

from __future__ import annotations

import contextlib
import socket
import struct
import threading
import zlib
from dataclasses import dataclass, field
from typing import BinaryIO

from service import PORT, place

SYN_STREAM, SYN_REPLY, RST_STREAM, PING, GOAWAY = 1, 2, 3, 6, 7
CONTROL = 0x8003  # The bit of control frames, and version 3.
LAST = 1


def forward(connection: socket.socket, incoming: BinaryIO, address: str) -> None:
    """Serves one connection of kube-apiserver until it ends."""
    _Session(connection, incoming, address).serve()


@dataclass
class _Session:
    connection: socket.socket
    incoming: BinaryIO
    address: str
    errors: dict[int, int] = field(default_factory=dict)
    pods: dict[int, socket.socket] = field(default_factory=dict)
    waiting: int | None = None
    # One compressor for all headers of a session, as the protocol has it.
    packed: zlib._Compress = field(default_factory=zlib.compressobj)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def serve(self) -> None:
        """Reads frames."""
        try:
            while head := self._read(8):
                first, rest = struct.unpack(">II", head)
                flags, body = rest >> 24, self._read(rest & 0xFFFFFF)
                if not first >> 31:
                    self._data(first, flags, body)
                    continue
                kind = first & 0xFFFF
                if kind == SYN_STREAM:
                    self._open(struct.unpack(">I", body[:4])[0] & 0x7FFFFFFF)
                elif kind == PING:
                    self._control(PING, body)
                elif kind == RST_STREAM:
                    self._drop(struct.unpack(">I", body[:4])[0])
                elif kind == GOAWAY:
                    break
        except OSError:
            pass
        finally:
            for number in list(self.pods):
                self._drop(number)

    def _open(self, number: int) -> None:
        with self.lock:
            empty = self.packed.compress(struct.pack(">I", 0)) + self.packed.flush(
                zlib.Z_SYNC_FLUSH
            )
        self._control(SYN_REPLY, struct.pack(">I", number) + empty)
        if self.waiting is None:
            self.waiting = number
            return
        self.errors[number], self.waiting = self.waiting, None
        try:
            pod = socket.create_connection((place(self.address), PORT), timeout=20)
        except OSError as fault:
            self._send(self.errors[number], LAST, f"cannot reach the pod: {fault}".encode())
            self._send(number, LAST, b"")
            return
        self.pods[number] = pod
        threading.Thread(target=self._answer, args=(number, pod), daemon=True).start()

    def _data(self, number: int, flags: int, body: bytes) -> None:
        pod = self.pods.get(number)
        if pod is None:
            return
        with contextlib.suppress(OSError):
            pod.sendall(body)
            if flags & LAST:
                pod.shutdown(socket.SHUT_WR)

    def _answer(self, number: int, pod: socket.socket) -> None:
        """Sends back what the pod answers, until it has ended."""
        with contextlib.suppress(OSError):
            while data := pod.recv(65536):
                self._send(number, 0, data)
        with contextlib.suppress(OSError):
            self._send(number, LAST, b"")
            self._send(self.errors[number], LAST, b"")
        self._drop(number)

    def _drop(self, number: int) -> None:
        pod = self.pods.pop(number, None)
        if pod is not None:
            pod.close()

    def _control(self, kind: int, body: bytes) -> None:
        self._write(struct.pack(">HHI", CONTROL, kind, len(body)) + body)

    def _send(self, number: int, flags: int, body: bytes) -> None:
        self._write(struct.pack(">II", number, flags << 24 | len(body)) + body)

    def _write(self, frame: bytes) -> None:
        with self.lock:
            self.connection.sendall(frame)

    def _read(self, count: int) -> bytes:
        return self.incoming.read(count) if count else b""
