# SPDX-License-Identifier: GPL-3.0-or-later
"""Events of Asterisk's REST interface: enough of a WebSocket client to be an application."""

import base64
import json
import os
import socket
import struct
import threading

from .asterisk import Asterisk
from .process import wait_for


class AriApplication:
    """Registers `name` as a Stasis application from __enter__ to __exit__ and gathers its events."""

    def __init__(self, pbx: Asterisk, name: str):
        self.pbx = pbx
        self.name = name
        self.events: list[dict] = []
        self._connection: socket.socket | None = None
        self._stream = None

    def __enter__(self) -> "AriApplication":
        self._connection = socket.create_connection(("127.0.0.1", self.pbx.http_port), timeout=10)
        login = base64.b64encode(f"parley:{self.pbx.secrets['ari_secret']}".encode()).decode()
        key = base64.b64encode(os.urandom(16)).decode()
        self._connection.sendall(
            f"GET /ari/events?app={self.name}&subscribeAll=false HTTP/1.1\r\nHost: 127.0.0.1\r\n"
            f"Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: {key}\r\nSec-WebSocket-Version: 13\r\n"
            f"Authorization: Basic {login}\r\n\r\n".encode()
        )
        self._stream = self._connection.makefile("rb")
        status = self._stream.readline()
        if b" 101 " not in status:
            raise RuntimeError(f"no WebSocket from Asterisk: {status.decode().strip()}")
        while self._stream.readline().strip():
            pass
        self._connection.settimeout(None)
        threading.Thread(target=self._listen, daemon=True).start()
        return self

    def __exit__(self, *_) -> None:
        try:
            self._connection.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass
        self._connection.close()

    def of(self, kind: str) -> list[dict]:
        """The events of a type so far."""
        return [event for event in list(self.events) if event["type"] == kind]

    def wait(self, kind: str, timeout: float = 5) -> dict:
        """The first event of a type."""
        return wait_for(
            lambda: next(iter(self.of(kind)), None),
            timeout,
            f"the event {kind}; there were {[e['type'] for e in self.events]}",
        )

    def _listen(self) -> None:
        try:
            while header := self._stream.read(2):
                length = header[1] & 0x7F
                if length == 126:
                    (length,) = struct.unpack(">H", self._stream.read(2))
                elif length == 127:
                    (length,) = struct.unpack(">Q", self._stream.read(8))
                payload = self._stream.read(length)
                if header[0] & 0x0F == 1:  # text
                    self.events.append(json.loads(payload))
        except (OSError, ValueError):
            pass
