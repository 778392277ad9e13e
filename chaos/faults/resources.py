# SPDX-License-Identifier: GPL-3.0-or-later
"""What a machine can run out of: disk, processor, capacity."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from chaos import Skip
from chaos.live import Live
from chaos.scenario import BOB_LONG, scenario
from chaos.stage import Stage
from harness.process import end

FILE_SYSTEM = "2m"
FULL_FOR = 8.0  # seconds
BUSY_FOR = 20.0


@contextmanager
def small_disk(directory: Path) -> Iterator[Stage]:
    """The ledger is on a file system of two megabytes."""
    place = directory / "small"
    place.mkdir(parents=True)
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={FILE_SYSTEM}", "parley-chaos", str(place)], capture_output=True, text=True, timeout=10
    )
    if mounted.returncode != 0:
        raise Skip(f"a small file system cannot be mounted: {mounted.stderr.strip()}")
    try:
        with Stage(directory, ledger=place / "ledger.jsonl") as stage:
            yield stage
    finally:
        subprocess.run(["umount", "--lazy", str(place)], timeout=10, check=False)


@scenario("fill-disk", line=BOB_LONG, offset=0.5, stage=small_disk)
def fill_disk(live: Live) -> None:
    """The file system of the ledger is filled for eight seconds, then freed. Calls hear nothing of it; lines that could not be written are
    missing, those after it are whole."""
    filler = live.stage.daemon.ledger_file.parent / "filler"
    with open(filler, "wb", buffering=0) as file:
        try:
            while True:
                file.write(bytes(4096))
        except OSError:
            pass
    time.sleep(FULL_FOR)
    filler.unlink()


@scenario("busy-processor", line=BOB_LONG, offset=0.0)
def busy_processor(live: Live) -> None:
    """As many busy loops as there are cores, for 20 s, of the same priority as parleyd. It gets half of the machine: translations come
    later."""
    loops = [
        subprocess.Popen([sys.executable, "-c", "while True: pass"], stdin=subprocess.DEVNULL, start_new_session=True)
        for _ in os.sched_getaffinity(0)
    ]
    try:
        time.sleep(BUSY_FOR)
    finally:
        for loop in loops:
            end(loop)
