# SPDX-License-Identifier: GPL-3.0-or-later
"""Tests of the demo's own thinking: when lines are said, which utterance is which line, what counts as heard. No call is made."""
import sys
from pathlib import Path

import numpy as np
import pytest

SOURCE = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(SOURCE), str(SOURCE / "tests")]
sys.dont_write_bytecode = True

from demo import conversation, timeline  # noqa: E402
from demo.conversation import Line, Timing  # noqa: E402
from demo.ledger import STAGES, Entry  # noqa: E402
from harness import audio  # noqa: E402

TIMING = Timing(lead_in=1.0, answer=1.5, stretch=1.0, pause=0.5, hang_up=0.2)


@pytest.fixture
def talk(tmp_path):
    """Two lines each, bob calls alice."""
    script = tmp_path / "conversation.toml"
    script.write_text(
        """
        caller = "bob"
        timing = { lead_in = 1.0, answer = 1.5, stretch = 1.0, pause = 0.5, hang_up = 0.2 }
        speakers.alice = { language = "en", codec = "g722", number = "100" }
        speakers.bob = { language = "pt", codec = "ulaw", number = "200", voice = "pm_alex" }
        lines = [
          { speaker = "alice", recording = "hello", text = "Hello." },
          { speaker = "bob", text = "Bom dia." },
          { speaker = "alice", recording = "goodbye", text = "Goodbye." },
          { speaker = "bob", text = "Tchau." },
        ]
        """
    )
    return conversation.load(script)


@pytest.fixture
def turns(talk):
    """Lines of 2, 1.5, 2.5 and 1 seconds, each unlike the others."""
    lengths = (2.0, 1.5, 2.5, 1.0)
    spoken = [(line, voice(seconds, seed)) for seed, (line, seconds) in enumerate(zip(talk.lines, lengths), 1)]
    return timeline.place(spoken, talk.timing)


def voice(seconds: float, seed: int) -> np.ndarray:
    return audio.babble(seconds, timeline.RATE, seed)


def line(speaker: str) -> Line:
    return Line(speaker, "words")


def entry(leg: str, start: float, end: float, *, number: int = 1, heard: tuple[float, float] | None = None, **other) -> Entry:
    """An utterance of a ledger; times in seconds on the media clock."""
    values = {
        "event": "utterance", "session": "1.0", "id": number, "speaker": leg, "listener": "b" if leg == "a" else "a",
        "direction": "pt_en" if leg == "a" else "en_pt", "source": "palavras", "translation": "words",
        "outcome": "answered" if heard else "undelivered", "answered": bool(heard),
        "speech_start_ms": round(start * 1000), "speech_end_ms": round(end * 1000),
        "audio_start_ms": round(heard[0] * 1000) if heard else None, "audio_end_ms": round(heard[1] * 1000) if heard else None,
        "response_lag_ms": round((heard[0] - end) * 1000) if heard else None, "stages_ms": dict.fromkeys(STAGES, 10.0),
    }  # fmt: skip
    return Entry(**(values | other))
