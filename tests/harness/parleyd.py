# SPDX-License-Identifier: GPL-3.0-or-later
"""The orchestrator under test, and what it writes about utterances."""

import json
import os
import re
import shutil
import subprocess
import tempfile
import time
from pathlib import Path

from .ports import free_port
from .process import end, wait_for

REPOSITORY = Path(__file__).resolve().parents[2]
READY_TIMEOUT = 120  # seconds for loading the engines on a slow machine


def program(name: str) -> Path:
    """A program of the build that is tested."""
    return Path(os.environ.get("PARLEY_BUILD", REPOSITORY / "build/release")) / name


class Parleyd:
    """Runs from __enter__ (or start()) to __exit__ (or stop()).

    settings   more lines of parley.toml: top-level keys first, then tables other than [external_media], [audiosocket] and [http]
    """

    def __init__(self, settings: str = "", *, socket: str | Path | None = None, directory: str | Path | None = None):
        self._own_directory = directory is None
        self.directory = Path(directory) if directory else Path(tempfile.mkdtemp(prefix="parleyd-"))
        self.socket = Path(socket) if socket else self.directory / "media.sock"
        self.audiosocket_port = free_port()
        self.http_port = free_port()
        self.log_file = self.directory / "parleyd.log"
        self.ledger_file = self.directory / "ledger.jsonl"
        self.settings = settings
        self.process: subprocess.Popen | None = None

    def __enter__(self) -> "Parleyd":
        try:
            self.start()
        except BaseException:
            self.stop()
            raise
        return self

    def __exit__(self, kind, error, trace) -> None:
        self.stop()
        if self._own_directory and kind is None and not os.environ.get("PARLEY_KEEP"):
            shutil.rmtree(self.directory, ignore_errors=True)

    def start(self, wait: bool = True) -> None:
        configuration = self.directory / "parley.toml"
        configuration.write_text(
            f'ledger = "{self.ledger_file}"\n{self.settings}\n'
            f'[external_media]\nsocket = "{self.socket}"\n'
            f"[audiosocket]\nport = {self.audiosocket_port}\n"
            f"[http]\nport = {self.http_port}\n"
        )
        environment = {name: value for name, value in os.environ.items() if name != "JOURNAL_STREAM"}
        with open(self.log_file, "ab") as log:
            self._log_begins = log.tell()
            self.process = subprocess.Popen(
                [str(program("parleyd")), "--config", str(configuration)], stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                env=environment, start_new_session=True,
            )  # fmt: skip
        if wait:
            self.wait_ready()

    def wait_ready(self) -> None:
        def ready():
            if self.process.poll() is not None:
                raise RuntimeError(f"parleyd ended with status {self.process.returncode}:\n{self.log()}")
            return re.search(r"\binfo +ready$", self.log(), re.MULTILINE)

        wait_for(ready, READY_TIMEOUT, "parleyd to be ready", every=0.1)

    def stop(self) -> float:
        """Asks it to end; the seconds that took."""
        began = time.monotonic()
        if self.process and self.process.poll() is None:
            end(self.process)
        return time.monotonic() - began

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()

    def log(self) -> str:
        """Since it was last started."""
        with open(self.log_file, "rb") as log:
            log.seek(self._log_begins)
            return log.read().decode(errors="replace")

    def utterances(self) -> list[dict]:
        """Those that are over."""
        if not self.ledger_file.exists():
            return []
        lines = (json.loads(line) for line in self.ledger_file.read_text().splitlines())
        return [line for line in lines if line["event"] == "utterance"]

    def wait_utterances(self, count: int, timeout: float = 30) -> list[dict]:
        """Waits until so many have ended with words in them, since the ledger was last cleared."""
        spoken = lambda: [u for u in self.utterances() if u["outcome"] != "no words"]  # noqa: E731
        wait_for(lambda: len(spoken()) >= count, timeout, f"{count} utterances, got {len(spoken())}")
        return spoken()

    def forget(self) -> None:
        """Clears the ledger between tests."""
        if self.ledger_file.exists():
            os.truncate(self.ledger_file, 0)
