# SPDX-License-Identifier: GPL-3.0-or-later
"""parleyd and Asterisk as the demo runs them: own ports, a private socket, logs in build/demo."""

import errno
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

import harness

from . import DemoError, places
from .conversation import Conversation

USUAL_SIP_PORT = 5060
LOG_LINES_SHOWN = 8


@dataclass(frozen=True)
class Ended:
    """How a service ended."""

    status: int | None
    seconds: float

    @property
    def cleanly(self) -> bool:
        return self.status == 0


class Parleyd:
    """The daemon. Its log and its ledger are in `directory`, its socket is at `socket`. `settings`: more lines of parley.toml."""

    def __init__(self, conversation: Conversation, socket: Path, directory: Path, settings: str = ""):
        languages = ", ".join(f'"{code}"' for code in sorted({s.language for s in conversation.speakers.values()}))
        self._daemon = harness.Parleyd(f"languages = [{languages}]\n{settings}", socket=socket, directory=directory)
        self.ledger = self._daemon.ledger_file
        self.audiosocket = self._daemon.audiosocket_port

    @property
    def pid(self) -> int:
        return self._daemon.process.pid

    def start(self) -> None:
        """Begins to load the engines; wait_ready() waits for them."""
        self._daemon.start(wait=False)

    def wait_ready(self) -> None:
        try:
            self._daemon.wait_ready()
        except TimeoutError as error:
            raise DemoError(f"parleyd takes too long: {error}{self._last_words()}") from error
        except RuntimeError:
            self.check()

    def check(self) -> None:
        """Raises when it has died."""
        status = self._daemon.process.poll()
        if status is None:
            return
        how = f"with status {status}" if status >= 0 else f"by signal {signal.Signals(-status).name}"
        raise DemoError(f"parleyd ended {how}{self._last_words()}")

    def stop(self) -> Ended:
        process = self._daemon.process
        if process is None:
            return Ended(None, 0.0)
        if process.poll() is not None:  # it died before it was asked
            return Ended(process.returncode or 1, 0.0)
        seconds = self._daemon.stop()
        return Ended(process.returncode, round(seconds, 2))

    def _last_words(self) -> str:
        lines = self._daemon.log().splitlines()[-LOG_LINES_SHOWN:]
        return f"; the end of {places.shown(self._daemon.log_file)}:\n" + "\n".join("  " + line for line in lines)


class Exchange:
    """Asterisk with our module. Its directory is a short one below /tmp (Unix sockets have short names); its log is linked into
    `logs` while it runs and copied there at the end. Passwords stay the same from run to run."""

    def __init__(self, logs: Path, address: str, port: int | None):
        self.directory = Path(tempfile.mkdtemp(prefix="parley-demo-"))
        self.media_socket = self.directory / "media.sock"
        self.log = logs / "asterisk.log"
        self.address = address
        self._port = port
        self._secrets = logs / "secrets"
        self.pbx: harness.Asterisk | None = None

    def start(self, audiosocket: int) -> None:
        port = self._choose_port()
        try:
            self.pbx = harness.Asterisk(
                self.media_socket,
                audiosocket=f"127.0.0.1:{audiosocket}",
                sip_bind=self.address,
                sip_port=port,
                directory=self.directory,
            )
            self._restore_secrets()
            self._link_log()
            self.pbx.start()
        except (RuntimeError, TimeoutError, OSError, subprocess.SubprocessError) as error:
            raise DemoError(f"Asterisk does not start: {error}\nIts log: {places.shown(self.log)}") from error
        shutil.copy(self.pbx.etc / "secrets", self._secrets)

    def check(self) -> None:
        if not self.pbx.running:
            raise DemoError(f"Asterisk ended in the middle of the demo: see {places.shown(self.log)}")

    def stop(self) -> Ended:
        """Ends it, and keeps its log."""
        ended = Ended(None, 0.0)
        if self.pbx and self.pbx.process:
            died = not self.pbx.running
            began = time.monotonic()
            self.pbx.stop()
            ended = Ended(self.pbx.process.returncode or (1 if died else 0), round(time.monotonic() - began, 2))
        if self.pbx:
            self.log.unlink(missing_ok=True)
            self.log.write_text(self.pbx.log())
        shutil.rmtree(self.directory, ignore_errors=True)
        return ended

    def _choose_port(self) -> int | None:
        """The one that was asked for; else 5060, which softphones expect; else any free one (None)."""
        if self._port:
            check_port(self.address, self._port)
            return self._port
        check_port(self.address, 0)
        try:
            check_port(self.address, USUAL_SIP_PORT)
        except DemoError:
            return None
        return USUAL_SIP_PORT

    def _restore_secrets(self) -> None:
        if self._secrets.exists():
            self.pbx.etc.mkdir(mode=0o700, exist_ok=True)
            shutil.copy(self._secrets, self.pbx.etc / "secrets")

    def _link_log(self) -> None:
        self.log.unlink(missing_ok=True)
        self.log.symlink_to(self.directory / "var/log/messages")


def check_port(address: str, port: int) -> None:
    """Raises DemoError when SIP over UDP cannot be served there."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.bind((address, port))
        except socket.gaierror as error:
            raise DemoError(f"{address} is not an IPv4 address") from error
        except OSError as error:
            if error.errno == errno.EADDRNOTAVAIL:
                raise DemoError(f"{address} is no address of this machine: see `ip address`") from error
            raise DemoError(f"UDP port {port} at {address} cannot be used ({error.strerror}): choose one with --port") from error
