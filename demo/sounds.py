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
    speakers = conversation.speakers
    missing = [
        line for line in conversation.lines
        if not line.recording and not is_kept(line.text, speakers[line.speaker].language, speakers[line.speaker].voice)
    ]  # fmt: skip
    if missing:
        progress(f"speaking {len(missing)} lines of the script with `parley say`, once")
    return [(line, timeline.level(_sound(speakers[line.speaker], line))) for line in conversation.lines]


def recorded(name: str) -> np.ndarray:
    """A person's recording, trimmed."""
    path = places.cache() / RECORDINGS / f"{name}.wav"
    if not path.exists():
        raise DemoError(f"the recording {path} is missing: run `make models`")
    return _read(path)


def spoken(text: str, language: str, voice: str) -> np.ndarray:
    """A text in a voice of `parley say`, trimmed. Spoken once, then kept."""
    path = _kept(text, language, voice)
    if not path.exists():
        _speak(text, language, voice, path)
    return _read(path)


def is_kept(text: str, language: str, voice: str) -> bool:
    return _kept(text, language, voice).exists()


def _sound(speaker: Speaker, line: Line) -> np.ndarray:
    return recorded(line.recording) if line.recording else spoken(line.text, speaker.language, speaker.voice)


def _read(path: Path) -> np.ndarray:
    try:
        samples, rate = audio.read_wav(path)
        return timeline.trim(audio.resample(samples, rate, timeline.RATE))
    except (ValueError, EOFError) as error:
        raise DemoError(f"{path} cannot be used ({error}): remove it and try again") from error


def _kept(text: str, language: str, voice: str) -> Path:
    """By content: another text, voice or model is another file."""
    model = places.models() / "kokoro" / "kokoro.onnx"
    size = model.stat().st_size if model.exists() else 0
    key = "\n".join([text, language, voice, str(size)])
    return places.cache() / "demo" / f"{hashlib.sha256(key.encode()).hexdigest()[:24]}.wav"


def _speak(text: str, language: str, voice: str, path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_suffix(f".{os.getpid()}.wav")
    command = [str(program("parley")), "say", text, "--language", language, "--voice", voice, "--out", str(partial)]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=SAY_TIMEOUT)
    except OSError as error:
        raise DemoError(f"{command[0]} cannot be run ({error.strerror}): run `make build`") from error
    except subprocess.TimeoutExpired as error:
        raise DemoError(f"`parley say` did not finish in {SAY_TIMEOUT} s for: {text}") from error
    if done.returncode != 0:
        partial.unlink(missing_ok=True)
        raise DemoError(f"`parley say` cannot speak a line: {(done.stderr or done.stdout).strip()}")
    partial.rename(path)
