# SPDX-License-Identifier: GPL-3.0-or-later
"""What parleyd writes about utterances: one JSON object a line, `caption` when the words are known, `utterance` when it is over.
Lines about something else are left out."""

import json
from dataclasses import dataclass
from pathlib import Path

EVENTS = ("caption", "utterance")
STAGES = ("endpoint", "queue", "recognition", "translation", "synthesis", "playout")


@dataclass(frozen=True)
class Entry:
    """Times are milliseconds on the room's media clock; None where nothing was played."""

    event: str
    session: str
    id: int
    speaker: str  # leg
    listener: str
    direction: str
    source: str
    translation: str
    outcome: str
    answered: bool
    speech_start_ms: int
    speech_end_ms: int
    audio_start_ms: int | None
    audio_end_ms: int | None
    response_lag_ms: int | None
    stages_ms: dict[str, float]
    error: str = ""

    @classmethod
    def parse(cls, line: str) -> "Entry | None":
        data = json.loads(line)
        if data.get("event") not in EVENTS:
            return None
        return cls(**{name: data[name] for name in cls.__dataclass_fields__ if name in data})


class Tail:
    """Reads a ledger that grows."""

    def __init__(self, path: Path):
        self._path = path
        self._read = 0

    def new(self) -> list[Entry]:
        """Whole lines that came since the last time."""
        if not self._path.exists():
            return []
        with open(self._path, "rb") as file:
            file.seek(self._read)
            data = file.read()
        whole = data[: data.rfind(b"\n") + 1]
        self._read += len(whole)
        entries = [Entry.parse(line) for line in whole.decode(errors="replace").splitlines() if line.strip()]
        return [entry for entry in entries if entry]
