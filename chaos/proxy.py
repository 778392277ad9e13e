# SPDX-License-Identifier: GPL-3.0-or-later
"""Between Asterisk and parleyd: passes messages of the ExternalMedia protocol on, and drops or delays audio when told to."""

import random
import socket
import struct
import threading
import time
from collections import deque
from dataclasses import dataclass
from pathlib import Path

from harness.peer import AUDIO

HEADER = 3


@dataclass(frozen=True)
class Fault:
    """What happens to each audio frame."""

    drop: float = 0.0  # share of frames that get lost
    delay: float = 0.0  # seconds …
    jitter: float = 0.0  # … plus up to so many, evenly; order is kept


class FrameProxy:
    """Listens at `path`, connects to `target` for each connection. From start() to stop()."""

    def __init__(self, path: Path, target: Path):
        self.path = path
        self.target = target
        self.fault = Fault()
        self.dropped = 0
        self._listener: socket.socket | None = None
        self._open: list[socket.socket] = []

    def start(self) -> None:
        self._listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self._listener.bind(str(self.path))
        self._listener.listen(64)
        threading.Thread(target=self._accept, daemon=True).start()

    def stop(self) -> None:
        for connection in [self._listener, *self._open]:
            _shut(connection)
        self.path.unlink(missing_ok=True)

    def _accept(self) -> None:
        while True:
            try:
                near, _ = self._listener.accept()
            except OSError:
                return
            far = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
            try:
                far.connect(str(self.target))
            except OSError:
                _shut(near)
                continue
            self._open += [near, far]
            for source, sink in ((near, far), (far, near)):
                _Way(self, source, sink).start()


class _Way:
    """One direction of one connection: a reader that decides, and a writer that waits until a message is due."""

    def __init__(self, proxy: FrameProxy, source: socket.socket, sink: socket.socket):
        self._proxy = proxy
        self._source = source
        self._sink = sink
        self._queue: deque[tuple[float, bytes]] = deque()
        self._filled = threading.Condition()
        self._ended = False
        self._random = random.Random(1)

    def start(self) -> None:
        threading.Thread(target=self._read, daemon=True).start()
        threading.Thread(target=self._write, daemon=True).start()

    def _read(self) -> None:
        stream = self._source.makefile("rb")
        last = 0.0
        try:
            while len(header := stream.read(HEADER)) == HEADER:
                kind, length = struct.unpack(">BH", header)
                payload = stream.read(length)
                fault = self._proxy.fault
                if kind == AUDIO and self._random.random() < fault.drop:
                    self._proxy.dropped += 1
                    continue
                wait = fault.delay + self._random.random() * fault.jitter
                last = max(last, time.monotonic() + wait)
                with self._filled:
                    self._queue.append((last, header + payload))
                    self._filled.notify()
        except (OSError, ValueError):
            pass
        with self._filled:
            self._ended = True
            self._filled.notify()

    def _write(self) -> None:
        while True:
            with self._filled:
                while not self._queue and not self._ended:
                    self._filled.wait()
                if not self._queue:
                    break
                due, message = self._queue.popleft()
            time.sleep(max(0.0, due - time.monotonic()))
            try:
                self._sink.sendall(message)
            except OSError:
                break
        _shut(self._sink)


def _shut(connection: socket.socket | None) -> None:
    if connection is None:
        return
    try:
        connection.shutdown(socket.SHUT_RDWR)
    except OSError:
        pass
    connection.close()
