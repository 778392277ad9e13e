# SPDX-License-Identifier: GPL-3.0-or-later
"""What a process costs while it runs: processor time and memory, from /proc, once a second."""

import os
import threading
import time
from dataclasses import dataclass
from pathlib import Path

EVERY = 1.0


@dataclass(frozen=True)
class Sample:
    at: float  # time.monotonic()
    cpu_seconds: float  # since the process began
    rss_mib: float


class Usage:
    """Samples a process from __enter__ to __exit__."""

    def __init__(self, pid: int):
        self._process = Path("/proc") / str(pid)
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)
        self.samples: list[Sample] = []

    def __enter__(self) -> "Usage":
        self._take()
        self._thread.start()
        return self

    def __exit__(self, *_) -> None:
        self._over.set()
        self._thread.join(2)
        self._take()

    def cpu_percent(self) -> float | None:
        """Of one core, over all samples."""
        if len(self.samples) < 2:
            return None
        first, last = self.samples[0], self.samples[-1]
        return 100 * (last.cpu_seconds - first.cpu_seconds) / (last.at - first.at)

    def _watch(self) -> None:
        while not self._over.wait(EVERY):
            self._take()

    def _take(self) -> None:
        try:
            fields = (self._process / "stat").read_text().rpartition(")")[2].split()
            pages = int((self._process / "statm").read_text().split()[1])
        except (OSError, IndexError):  # it has ended
            return
        ticks = int(fields[11]) + int(fields[12])
        page = os.sysconf("SC_PAGE_SIZE") / 2**20
        self.samples.append(Sample(time.monotonic(), ticks / os.sysconf("SC_CLK_TCK"), pages * page))
