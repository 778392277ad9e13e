# SPDX-License-Identifier: GPL-3.0-or-later
"""What set-up tells while it works: step n of m, what, how large, how long; and how it fails."""
from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from files import megabytes


class SetupError(Exception):
    """Something a person has to act on; the message says what to do."""


class Progress:
    """Lines on standard error; on a terminal the running step counts its bytes and seconds."""

    def __init__(self, total: int, stream=None) -> None:
        self.total = total
        self.done = 0
        self.stream = stream or sys.stderr
        self.live = self.stream.isatty()
        self.label = ""
        self.began = 0.0

    @contextmanager
    def step(self, what: str, size: int = 0) -> Iterator[None]:
        self.done += 1
        self.label = f"[{self.done:2d}/{self.total}] {what}" + (f" ({megabytes(size)})" if size else "")
        self.began = time.monotonic()
        self._write(f"{self.label} …", live=True)
        try:
            yield
        except BaseException:
            if self.live:
                self.stream.write("\n")
            raise
        self._write(f"{self.label}  {self.elapsed:.1f} s\n")

    @property
    def elapsed(self) -> float:
        return time.monotonic() - self.began

    def tick(self, size: int) -> None:
        """`size` bytes of the running step are here."""
        self._write(f"{self.label} … {megabytes(size)}, {self.elapsed:.0f} s", live=True)

    def note(self, text: str) -> None:
        """The running step has come so far."""
        self._write(f"{self.label} … {text + ', ' if text else ''}{self.elapsed:.0f} s", live=True)

    def say(self, text: str) -> None:
        self.stream.write(text + "\n")
        self.stream.flush()

    def _write(self, text: str, live: bool = False) -> None:
        if self.live:
            self.stream.write(f"\r\x1b[K{text}")
        elif not live:
            self.stream.write(text)
        self.stream.flush()


def run(
    command: list[str],
    watch: Callable[[], None] | None = None,
    hear: Callable[[str], None] | None = None,
    timeout: float = 1800,
    **options,
) -> str:
    """Runs a client, returns its output. SetupError with its last lines if it fails. Five times a second calls `watch`, and
    `hear` with the last line so far."""
    try:
        process = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, **options
        )
    except FileNotFoundError:
        raise SetupError(f"the program '{command[0]}' is missing: run `make apt`, then this again") from None
    deadline = time.monotonic() + timeout
    try:
        while True:
            try:
                output, _ = process.communicate(timeout=0.2)
                break
            except subprocess.TimeoutExpired as waiting:
                if time.monotonic() > deadline:
                    raise SetupError(f"`{' '.join(command[:4])} …` did not finish in {timeout / 60:.0f} minutes") from None
                if watch:
                    watch()
                if hear:
                    hear(_last_line(waiting.output or b""))
    finally:
        if process.poll() is None:
            process.terminate()
            process.wait()
    if process.returncode != 0:
        tail = "\n    ".join(output.strip().splitlines()[-8:])
        raise SetupError(f"`{' '.join(command[:4])} …` failed:\n    {tail}")
    return output


def _last_line(output: bytes | str) -> str:
    text = output if isinstance(output, str) else output.decode(errors="replace")
    return text.rstrip().rpartition("\n")[2]


def bytes_below(directory: Path) -> int:
    total = 0
    for path in directory.rglob("*"):
        try:
            total += path.lstat().st_size
        except OSError:
            pass  # A client moved it meanwhile.
    return total
