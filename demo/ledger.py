# SPDX-License-Identifier: GPL-3.0-or-later
"""What parleyd writes about utterances, one JSON object a line: `partial` while somebody speaks, `caption` when the words are
known, `utterance` when it is over. docs/ledger.md has every member."""

import json
from dataclasses import dataclass, field
from pathlib import Path

EVENTS = ("partial", "caption", "utterance")
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
    speech_start_ms: int
    # What a caption that may still change has not:
    outcome: str = ""
    answered: bool = False
    speech_end_ms: int = 0
    audio_start_ms: int | None = None
    audio_end_ms: int | None = None
    response_lag_ms: int | None = None
    onset_lag_ms: int | None = None
    stages_ms: dict[str, float] = field(default_factory=dict)
    partials: int = 0
    speculations: int = 0
    speculations_wasted: int = 0
    speculated: bool = False
    stretched_ms: float = 0.0
    cut: int = 0
    error: str = ""

    @classmethod
    def parse(cls, line: str) -> "Entry | None":
        """None for events that are not about an utterance."""
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
