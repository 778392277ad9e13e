# SPDX-License-Identifier: GPL-3.0-or-later
"""When each line is said, and the microphones' sound made of that. Samples are s16 mono, 16 kHz; times are seconds since the
call was answered, which is when both microphones begin."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from .conversation import Line, Timing

RATE = 16000
SPEECH_LEVEL = 2300.0  # root mean square of a line, −23 dBFS: as telephones speak
SILENCE = 0.01  # of the loudest window's amplitude: what is below it at a line's ends is cut off
WINDOW = RATE // 100


@dataclass(frozen=True)
class Turn:
    """A line at its time. From `start` to `end` there is voice."""

    line: Line
    samples: np.ndarray
    start: float

    @property
    def end(self) -> float:
        return self.start + len(self.samples) / RATE


def trim(samples: np.ndarray) -> np.ndarray:
    """Without the silence before and after."""
    count = len(samples) // WINDOW
    levels = np.sqrt(np.mean(samples[: count * WINDOW].reshape(count, WINDOW).astype(float) ** 2, axis=1))
    if not count or levels.max() == 0:
        raise ValueError("there is nothing but silence")
    voiced = np.flatnonzero(levels > levels.max() * SILENCE)
    return samples[voiced[0] * WINDOW : (voiced[-1] + 1) * WINDOW]


def level(samples: np.ndarray, target: float = SPEECH_LEVEL) -> np.ndarray:
    """As loud as everybody else, as far as the loudest sample allows."""
    values = samples.astype(float)
    gain = min(target / np.sqrt(np.mean(values**2)), 32000 / np.abs(values).max())
    return np.round(values * gain).astype(np.int16)


def place(spoken: Sequence[tuple[Line, np.ndarray]], timing: Timing) -> list[Turn]:
    """People take turns: whoever is spoken to waits until the translation is over, as long as it can be expected to take."""
    turns: list[Turn] = []
    at = timing.lead_in
    for index, (line, samples) in enumerate(spoken):
        turn = Turn(line, samples, at)
        turns.append(turn)
        goes_on = index + 1 < len(spoken) and spoken[index + 1][0].speaker == line.speaker
        translation = 0.0 if goes_on else timing.answer + timing.stretch * (turn.end - turn.start)
        at = turn.end + translation + timing.pause
    return turns


def microphone(turns: Sequence[Turn], speaker: str) -> np.ndarray:
    """What one speaker says, from the moment the call is answered to the last word of the call."""
    track = np.zeros(round(turns[-1].end * RATE), dtype=np.int16)
    for turn in turns:
        if turn.line.speaker == speaker:
            first = round(turn.start * RATE)
            piece = turn.samples[: len(track) - first]
            track[first : first + len(piece)] = piece
    return track
