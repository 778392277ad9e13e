# SPDX-License-Identifier: GPL-3.0-or-later
"""The sound of each line: a person's recording, or a text spoken once and kept in the cache."""

import hashlib
import os
import subprocess
from collections.abc import Callable
from pathlib import Path

import numpy as np

from harness import audio, program

from . import DemoError, places, timeline
from .conversation import Conversation, Line, Speaker

RECORDINGS = "sounds/en_US_f_Allison"
SAY_TIMEOUT = 120


def of(conversation: Conversation, progress: Callable[[str], None]) -> list[tuple[Line, np.ndarray]]:
    """Every line with its samples: trimmed, all equally loud."""
    missing = [
        line for line in conversation.lines if not line.recording and not _kept(conversation.speakers[line.speaker], line).exists()
    ]
    if missing:
        progress(f"speaking {len(missing)} lines of the script with `parley say`, once")
    return [(line, _sound(conversation.speakers[line.speaker], line)) for line in conversation.lines]


def _sound(speaker: Speaker, line: Line) -> np.ndarray:
    if line.recording:
        path = places.cache() / RECORDINGS / f"{line.recording}.wav"
        if not path.exists():
            raise DemoError(f"the recording {path} is missing: run `make models`")
    else:
        path = _kept(speaker, line)
        if not path.exists():
            _speak(speaker, line, path)
    try:
        samples, rate = audio.read_wav(path)
        return timeline.level(timeline.trim(audio.resample(samples, rate, timeline.RATE)))
    except (ValueError, EOFError) as error:
        raise DemoError(f"{path} cannot be used ({error}): remove it and try again") from error


def _kept(speaker: Speaker, line: Line) -> Path:
    """By content: another text, voice or model is another file."""
    model = places.models() / "kokoro" / "kokoro.onnx"
    size = model.stat().st_size if model.exists() else 0
    key = "\n".join([line.text, speaker.language, speaker.voice, str(size)])
    return places.cache() / "demo" / f"{hashlib.sha256(key.encode()).hexdigest()[:24]}.wav"


def _speak(speaker: Speaker, line: Line, path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_suffix(f".{os.getpid()}.wav")
    command = [str(program("parley")), "say", line.text, "--language", speaker.language]
    command += ["--voice", speaker.voice, "--out", str(partial)]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=SAY_TIMEOUT)
    except OSError as error:
        raise DemoError(f"{command[0]} cannot be run ({error.strerror}): run `make build`") from error
    except subprocess.TimeoutExpired as error:
        raise DemoError(f"`parley say` did not finish in {SAY_TIMEOUT} s for: {line.text}") from error
    if done.returncode != 0:
        partial.unlink(missing_ok=True)
        raise DemoError(f"`parley say` cannot speak a line: {(done.stderr or done.stdout).strip()}")
    partial.rename(path)
