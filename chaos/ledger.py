# SPDX-License-Identifier: GPL-3.0-or-later
"""What parleyd writes about utterances while a call goes on. Media clocks and numbers of utterances begin anew when parleyd does, so the
time of day at which an utterance began is what tells to which line of the script it belongs."""

import datetime
import json
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

LOOK_EVERY = 0.05
LEGS = ("a", "b")
OURS = "chaos-"  # sessions of our own raw clients begin so: docs/ledger.md does not know them


@dataclass(frozen=True)
class Entry:
    arrived: float  # time.monotonic()
    data: dict

    @property
    def key(self) -> tuple:
        """Of the utterance."""
        return tuple(self.data.get(name) for name in ("session", "speaker", "id", "begun"))

    @property
    def begun(self) -> float:
        """When the utterance began, time.monotonic()."""
        try:
            at = datetime.datetime.fromisoformat(self.data["begun"]).timestamp()
        except (KeyError, TypeError, ValueError):
            return self.arrived
        return at - time.time() + time.monotonic()

    @property
    def event(self) -> str:
        return self.data.get("event", "")

    @property
    def outcome(self) -> str:
        return self.data.get("outcome", "")


class LedgerWatch:
    """Reads a ledger that grows, from __enter__ to __exit__. What was in it before is left out."""

    def __init__(self, path: Path):
        self._path = path
        self._read = path.stat().st_size if path.exists() else 0
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)
        self.entries: list[Entry] = []
        self.broken = 0  # lines that are no JSON: the last one of a process that was killed

    def __enter__(self) -> "LedgerWatch":
        self._thread.start()
        return self

    def __exit__(self, *_) -> None:
        self._over.set()
        self._thread.join(2)
        self._take()

    def _watch(self) -> None:
        while not self._over.wait(LOOK_EVERY):
            self._take()

    def _take(self) -> None:
        try:
            with open(self._path, "rb") as file:
                file.seek(self._read)
                data = file.read()
        except FileNotFoundError:
            return
        whole = data[: data.rfind(b"\n") + 1]
        self._read += len(whole)
        for line in whole.decode(errors="replace").splitlines():
            self._add(line)

    def _add(self, line: str) -> None:
        try:
            data = json.loads(line)
        except ValueError:
            self.broken += bool(line.strip())
            return
        if isinstance(data, dict):
            self.entries.append(Entry(time.monotonic(), data))


@dataclass(frozen=True)
class Utterance:
    """Everything the ledger says of an utterance in the end."""

    first: float  # time.monotonic() when it began
    last: Entry  # the last line about it

    @property
    def over(self) -> bool:
        return self.last.event == "utterance"


def utterances(entries: Sequence[Entry]) -> list[Utterance]:
    """Of telephone calls, in the order in which they began."""
    found: dict[tuple, Utterance] = {}
    for entry in entries:
        about = entry.data.get("speaker") in LEGS and not str(entry.data.get("session", "")).startswith(OURS)
        if about and "id" in entry.data:
            known = found.get(entry.key)
            found[entry.key] = Utterance(known.first if known else entry.begun, entry)
    return sorted(found.values(), key=lambda u: u.first)


def belonging(found: Sequence[Utterance], begins: Sequence[float], leg: str, slack: float = 0.3) -> list[list[Utterance]]:
    """For each line that `leg` said, whose beginnings (time.monotonic()) are in order: what the ledger has of it."""
    lines: list[list[Utterance]] = [[] for _ in begins]
    for utterance in found:
        if utterance.last.data.get("speaker") != leg:
            continue
        before = [index for index, begin in enumerate(begins) if begin - slack <= utterance.first]
        if before:
            lines[before[-1]].append(utterance)
    return lines
