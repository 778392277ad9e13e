# SPDX-License-Identifier: GPL-3.0-or-later
"""What a process and its children cost while they run: processor time, memory and descriptors, from /proc, once a second."""

import os
import threading
import time
from dataclasses import dataclass
from pathlib import Path

EVERY = 1.0


@dataclass(frozen=True)
class Sample:
    at: float  # time.monotonic()
    cpu_seconds: float  # since the processes began
    rss_mib: float  # of all; what they share counts for each
    own_rss_mib: float  # of the process without its children
    descriptors: int  # of all
    processes: int


def _family(pid: int) -> list[int]:
    """The process and its children."""
    children = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                parent = (entry / "stat").read_text().rpartition(")")[2].split()[1]
            except OSError:  # it has ended
                continue
            if int(parent) == pid:
                children.append(int(entry.name))
    return [pid, *children]


class Usage:
    """Samples a process and its children from __enter__ to __exit__."""

    def __init__(self, pid: int):
        self._pid = pid
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
        page = os.sysconf("SC_PAGE_SIZE") / 2**20
        ticks, memory, descriptors = 0, [], 0
        for pid in _family(self._pid):
            process = Path("/proc") / str(pid)
            try:
                fields = (process / "stat").read_text().rpartition(")")[2].split()
                pages = int((process / "statm").read_text().split()[1])
                descriptors += len(os.listdir(process / "fd"))
            except (OSError, IndexError):  # it has ended
                continue
            ticks += int(fields[11]) + int(fields[12])
            memory.append(pages * page)
        if memory:
            seconds = ticks / os.sysconf("SC_CLK_TCK")
            self.samples.append(Sample(time.monotonic(), seconds, sum(memory), memory[0], descriptors, len(memory)))
