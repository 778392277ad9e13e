# SPDX-License-Identifier: GPL-3.0-or-later
"""The server's side of the ExternalMedia protocol, written from docs/protocol.md alone, to test the module against."""

import json
import os
import socket
import struct
import tempfile
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from .process import wait_for

HANGUP, HELLO, DTMF, AUDIO, FLUSH, MARK, MARK_FLUSHED = 0x00, 0x01, 0x03, 0x12, 0x20, 0x21, 0x22
FRAME_BYTES = 640
FRAME_SECONDS = 0.02


@dataclass
class Message:
    type: int
    payload: bytes
    at: float  # time.monotonic()


@dataclass
class Leg:
    """One connection. Messages gather in `messages`; `closed` becomes true when Asterisk has gone."""

    connection: socket.socket
    hello: dict = field(default_factory=dict)
    messages: list[Message] = field(default_factory=list)
    error: str = ""
    closed: bool = False
    _lock: threading.Lock = field(default_factory=threading.Lock)

    # ---- what Asterisk said --------------------------------------------------------------------------------------------

    def of(self, kind: int) -> list[Message]:
        return [message for message in list(self.messages) if message.type == kind]

    def audio(self) -> bytes:
        return b"".join(message.payload for message in self.of(AUDIO))

    def digits(self) -> str:
        return b"".join(message.payload for message in self.of(DTMF)).decode()

    def marks(self) -> list[tuple[int, bool]]:
        """(id, played?) in the order of the answers."""
        return [
            (struct.unpack(">I", m.payload)[0], m.type == MARK)
            for m in list(self.messages)
            if m.type in (MARK, MARK_FLUSHED)
        ]

    def wait(self, condition: Callable[["Leg"], object], timeout: float = 5, what: str = "the leg"):
        return wait_for(lambda: condition(self), timeout, what)

    def wait_closed(self, timeout: float = 5) -> None:
        self.wait(lambda leg: leg.closed, timeout, "the connection to be closed")

    # ---- what we say ---------------------------------------------------------------------------------------------------

    def raw(self, data: bytes) -> None:
        with self._lock:
            self.connection.sendall(data)

    def send(self, kind: int, payload: bytes = b"") -> None:
        self.raw(struct.pack(">BH", kind, len(payload)) + payload)

    def play(self, pcm: bytes, paced: bool = True) -> None:
        """Sends s16le 16 kHz as frames of 20 ms, at the pace of speech unless told otherwise."""
        start = time.monotonic()
        for index in range(0, len(pcm), FRAME_BYTES):
            if paced:
                time.sleep(max(0.0, start + index / FRAME_BYTES * FRAME_SECONDS - time.monotonic()))
            self.send(AUDIO, pcm[index : index + FRAME_BYTES].ljust(FRAME_BYTES, b"\0"))

    def mark(self, number: int) -> None:
        self.send(MARK, struct.pack(">I", number))

    def flush(self) -> None:
        self.send(FLUSH)

    def press(self, key: str) -> None:
        self.send(DTMF, key.encode())

    def hangup(self, cause: int | None = None) -> None:
        self.send(HANGUP, b"" if cause is None else bytes([cause]))

    def drop(self) -> None:
        """Dies without a word."""
        try:
            self.connection.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass

    # ---- reading -------------------------------------------------------------------------------------------------------

    def _read(self, behaviour: Callable[["Leg", Message], None]) -> None:
        try:
            while message := self._next():
                self._check(message)
                self.messages.append(message)
                behaviour(self, message)
        except OSError:
            pass
        except ValueError as error:
            self.error = str(error)
        finally:
            self.closed = True
            self.connection.close()

    def _next(self) -> Message | None:
        header = self._exactly(3)
        if not header:
            return None
        kind, length = struct.unpack(">BH", header)
        if length > 4096:
            raise ValueError(f"length {length} of type {kind:#x}")
        payload = self._exactly(length)
        return None if payload is None else Message(kind, payload, time.monotonic())

    def _exactly(self, count: int) -> bytes | None:
        data = b""
        while len(data) < count:
            portion = self.connection.recv(count - len(data))
            if not portion:
                if data:
                    raise ValueError("the connection ended inside a message")
                return None
            data += portion
        return data

    def _check(self, message: Message) -> None:
        if not self.messages and message.type != HELLO:
            raise ValueError(f"type {message.type:#x} before hello")
        if self.messages and message.type == HELLO:
            raise ValueError("a second hello")
        if message.type == AUDIO and len(message.payload) != FRAME_BYTES:
            raise ValueError(f"audio of {len(message.payload)} bytes")
        if message.type == HELLO:
            self.hello = json.loads(message.payload)


def silent(leg: Leg, message: Message) -> None:
    """Takes everything and says nothing."""


def echo(leg: Leg, message: Message) -> None:
    """Sends every frame back."""
    if message.type == AUDIO:
        leg.send(AUDIO, message.payload)


class PeerServer:
    """Listens from __enter__ to __exit__; stop() and start() make it die and come back at the same path.

    behaviour   called for every message, in the connection's thread
    accept      False: the socket is there and nobody accepts (backlog of `backlog`)
    read        False: connections are accepted and never read
    """

    def __init__(
        self,
        behaviour: Callable[[Leg, Message], None] = silent,
        *,
        path: str | Path | None = None,
        accept: bool = True,
        read: bool = True,
        backlog: int = 128,
    ):
        self.path = Path(path) if path else Path(tempfile.mkdtemp(prefix="parley-peer-")) / "media.sock"
        self.behaviour = behaviour
        self.accept = accept
        self.read = read
        self.backlog = backlog
        self.legs: list[Leg] = []
        self._listener: socket.socket | None = None
        self._thread: threading.Thread | None = None

    def __enter__(self) -> "PeerServer":
        self.start()
        return self

    def __exit__(self, *_) -> None:
        self.stop()

    def start(self) -> None:
        self.path.unlink(missing_ok=True)
        self._listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self._listener.bind(str(self.path))
        self._listener.listen(self.backlog)
        if self.accept:
            self.begin_accepting()

    def begin_accepting(self) -> None:
        self._thread = threading.Thread(target=self._accept, args=(self._listener,), daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Dies: the socket and all connections are gone."""
        if self._listener:
            os.path.exists(self.path) and os.unlink(self.path)
            try:
                self._listener.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass
            self._listener.close()
            self._listener = None
        for leg in self.legs:
            leg.drop()
        if self._thread:
            self._thread.join(2)
            self._thread = None

    def wait_leg(self, index: int = 0, timeout: float = 10) -> Leg:
        """The index-th connection since the beginning, once it has said hello."""
        return wait_for(
            lambda: len(self.legs) > index and (not self.read or self.legs[index].hello) and self.legs[index],
            timeout,
            f"connection {index} to the media socket",
        )

    def _accept(self, listener: socket.socket) -> None:
        while True:
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            leg = Leg(connection)
            self.legs.append(leg)
            if self.read:
                threading.Thread(target=leg._read, args=(self.behaviour,), daemon=True).start()
