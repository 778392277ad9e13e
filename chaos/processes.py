# SPDX-License-Identifier: GPL-3.0-or-later
"""Engine processes of a parleyd, and signals that reach only who is meant."""

import os
import re
import signal
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

PROGRAM = "parley-engine"
ORPHANS_TIMEOUT = 5.0  # seconds in which engine processes follow their parleyd


@dataclass(frozen=True)
class Engine:
    """A process that runs an engine for a parleyd."""

    pid: int
    parent: int
    role: str  # as "recognition:moonshine"
    started: int = 0  # clock ticks since the machine was booted


def engines(parent: int) -> list[Engine]:
    """Those that are children of `parent`."""
    return [engine for engine in every_engine() if engine.parent == parent]


def every_engine() -> list[Engine]:
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit() and (engine := _engine(entry)):
            found.append(engine)
    return sorted(found, key=lambda e: (e.started, e.pid))


def at_work(engines: Sequence[Engine]) -> list[Engine]:
    """Of each role the one that works: the oldest, for a spare that takes over keeps its command line and is followed by a new spare."""
    oldest: dict[str, Engine] = {}
    for engine in sorted(engines, key=lambda e: (e.started, e.pid)):
        oldest.setdefault(engine.role, engine)
    return list(oldest.values())


def _engine(process: Path) -> Engine | None:
    try:
        arguments = (process / "cmdline").read_bytes().decode(errors="replace").split("\0")
        state = (process / "stat").read_text().rpartition(")")[2].split()
    except OSError:  # it has ended
        return None
    if Path(arguments[0]).name != PROGRAM or state[0] == "Z":
        return None
    return Engine(int(process.name), int(state[1]), role_of(arguments), int(state[19]))


def role_of(arguments: Sequence[str]) -> str:
    """From a command line."""
    role = re.search(r"--role[ =](\S+)", " ".join(arguments))
    return role.group(1) if role else ""


def send(pid: int, number: signal.Signals, parent: int | None = None) -> bool:
    """Signals exactly this process, not one that got its number since: with `parent`, only a child of that one. False when it is
    not there any more."""
    try:
        handle = os.pidfd_open(pid)
    except ProcessLookupError:
        return False
    try:
        if parent is not None and parent_of(pid) != parent:
            return False
        signal.pidfd_send_signal(handle, number)
        return True
    except ProcessLookupError:
        return False
    finally:
        os.close(handle)


def parent_of(pid: int) -> int | None:
    try:
        return int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])
    except (OSError, IndexError):
        return None


def alive(pid: int) -> bool:
    """Running, not merely waiting to be collected."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except (OSError, IndexError):
        return False


def bury(pids: Sequence[int], timeout: float = ORPHANS_TIMEOUT) -> list[int]:
    """Engine processes whose parleyd has gone must follow it. Those that have not done so in time are ended here, and returned."""
    deadline = time.monotonic() + timeout
    while (left := [pid for pid in pids if alive(pid)]) and time.monotonic() < deadline:
        time.sleep(0.1)
    known = {engine.pid for engine in every_engine()}
    left = [pid for pid in left if pid in known]
    for pid in left:
        send(pid, signal.SIGKILL)
    return left
