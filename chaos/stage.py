# SPDX-License-Identifier: GPL-3.0-or-later
"""Where calls are held: one parleyd, kept running as systemd's Restart=always would, and one Asterisk."""

import os
import shutil
import tempfile
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from harness import Asterisk, Parleyd, sipp
from harness.process import end

from . import ChaosError, processes
from .proxy import FrameProxy

RESTART_AFTER = 0.1  # seconds: systemd's RestartSec
LOOK_EVERY = 0.02


@dataclass(frozen=True)
class Death:
    """A parleyd that ended by itself or was ended by a scenario."""

    at: float  # time.monotonic()
    status: int


class Keeper:
    """Starts parleyd again at once whenever it ends, from __enter__ to __exit__."""

    def __init__(self, daemon: Parleyd):
        self._daemon = daemon
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)
        self.deaths: list[Death] = []

    def __enter__(self) -> "Keeper":
        self._daemon.start(wait=False)
        self._thread.start()
        return self

    def __exit__(self, *_) -> None:
        self._over.set()
        self._thread.join(5)

    def _watch(self) -> None:
        while not self._over.wait(LOOK_EVERY):
            status = self._daemon.process.poll()
            if status is not None:
                self.deaths.append(Death(time.monotonic(), status))
                if self._over.wait(RESTART_AFTER):
                    return
                self._daemon.start(wait=False)


class Stage:
    """Runs from __enter__ to __exit__. Files are in `directory`; sockets in a short-named one of its own below /tmp.

    settings   more lines of parley.toml
    ledger     another place for the ledger
    proxied    frames between Asterisk and parleyd go through `proxy`, which can drop and delay them
    extra      more lines of Asterisk's configuration, by file
    """

    def __init__(
        self, directory: Path, settings: str = "", ledger: Path | None = None, proxied: bool = False, extra: Mapping[str, str] | None = None
    ):
        self.directory = directory
        self.short = Path(tempfile.mkdtemp(prefix="parley-chaos-"))
        socket = self.short / "parleyd.sock"
        self.daemon = Parleyd(f'languages = ["en", "pt"]\n{settings}', socket=socket, directory=directory)
        if ledger:
            self.daemon.ledger_file = ledger
        self.proxy = FrameProxy(self.short / "proxy.sock", socket) if proxied else None
        self.keeper = Keeper(self.daemon)
        self.pbx = Asterisk(
            self.proxy.path if self.proxy else socket,
            audiosocket=f"127.0.0.1:{self.daemon.audiosocket_port}",
            directory=self.short / "asterisk",
            extra=_joined(sipp.ENDPOINT, extra or {}),
        )

    def __enter__(self) -> "Stage":
        self.directory.mkdir(parents=True, exist_ok=True)
        try:
            self.keeper.__enter__()
            if self.proxy:
                self.proxy.start()
            (self.short / "asterisk").mkdir()
            self.pbx.start()
            self.wait_ready()
        except (RuntimeError, TimeoutError, OSError) as error:
            self.__exit__()
            raise ChaosError(f"parleyd and Asterisk do not start: {error}") from error
        return self

    def __exit__(self, *_) -> None:
        """Asterisk first, so that parleyd sees its legs end."""
        self.pbx.__exit__(None, None, None)
        if self.pbx.process:
            (self.directory / "asterisk.log").write_text(self.pbx.log())
        self.keeper.__exit__()
        if self.proxy:
            self.proxy.stop()
        if self.daemon.process:
            children = processes.engines(self.daemon.process.pid)
            end(self.daemon.process)
            processes.bury([engine.pid for engine in children])
        shutil.rmtree(self.short, ignore_errors=True)

    @property
    def pid(self) -> int:
        """Of the parleyd that runs now."""
        return self.daemon.process.pid

    def wait_ready(self) -> None:
        self.daemon.wait_ready()

    def engines(self) -> list[processes.Engine]:
        return processes.engines(self.pid)

    def descriptors(self) -> int:
        """That the parleyd which runs now has open."""
        return len(os.listdir(f"/proc/{self.pid}/fd"))

    @property
    def healthy(self) -> bool:
        """Whether the next scenario can begin here."""
        return self.pbx.running and self.daemon.process.poll() is None


def _joined(one: Mapping[str, str], other: Mapping[str, str]) -> dict[str, str]:
    return {name: one.get(name, "") + "\n" + other.get(name, "") for name in one.keys() | other.keys()}
