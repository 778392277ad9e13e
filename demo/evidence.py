# SPDX-License-Identifier: GPL-3.0-or-later
"""Was a translation really heard? Looked up in the listener's recording, whatever the ledger says."""

from dataclasses import dataclass

import numpy as np

from harness import audio

from .timeline import RATE

WINDOW = RATE // 50
ABOVE_FLOOR = 10.0  # 20 dB
QUIETEST_VOICE = 60.0  # root mean square, −55 dBFS: below it is the noise of codecs
SETTLE = 0.08  # seconds after the original has ended in the listener's ear
LONGEST_PATH = 0.6  # seconds from mouth to ear
ORIGINAL_AT_MOST = 0.5  # of its amplitude: how loud the speaker's own voice passes; a translation is louder
AROUND = 3  # windows: the voice's delay varies by so much
SAME_VOICE = 0.5  # correlation from which on what is heard is what was said, and no translation
PATH_IS_CERTAIN = 0.4  # correlation from which on a delay is believed


@dataclass(frozen=True)
class Heard:
    """Sound in a stretch of a recording. Seconds; first and last on the recording's clock."""

    first: float
    last: float
    voiced: float
    pause: float  # the longest silence within

    @property
    def span(self) -> float:
        return self.last - self.first


def levels(samples: np.ndarray) -> np.ndarray:
    """Root mean square of every 20 ms."""
    count = len(samples) // WINDOW
    return np.sqrt(np.mean(samples[: count * WINDOW].reshape(count, WINDOW).astype(float) ** 2, axis=1))


def threshold(heard: np.ndarray) -> float:
    """What is voice in this recording: well above its quiet moments."""
    quiet = np.percentile(levels(heard), 10) if len(heard) >= WINDOW else 0.0
    return max(QUIETEST_VOICE, ABOVE_FLOOR * float(quiet))


def voice(heard: np.ndarray, above: np.ndarray, begin: float, end: float) -> Heard | None:
    """The voice between two times of a recording that begins at 0. `above`: the level that is voice, for every 20 ms."""
    step = WINDOW / RATE
    first = max(0, round(begin / step))
    last = max(first, round(end / step))
    loud = first + np.flatnonzero((levels(heard) > above)[first:last])
    if not len(loud):
        return None
    pause = (np.diff(loud).max(initial=1) - 1) * step
    return Heard(loud[0] * step, (loud[-1] + 1) * step, len(loud) * step, pause)


def above_original(heard: np.ndarray, said: np.ndarray, path: float) -> np.ndarray:
    """For every 20 ms of `heard`, the level above which there is more than the quiet moments and the speaker's own voice."""
    original = levels(np.concatenate([np.zeros(round(path * RATE), said.dtype), said]))[: len(heard) // WINDOW]
    original = np.pad(original, AROUND, mode="edge")
    original = np.lib.stride_tricks.sliding_window_view(original, 2 * AROUND + 1).max(axis=1)
    return np.maximum(threshold(heard), ORIGINAL_AT_MOST * original)


def path_delay(said: np.ndarray, heard: np.ndarray, start: float, end: float) -> float | None:
    """Seconds from the speaker's mouth to the listener's ear, by the original voice that passes under the translation. None when
    it does not pass, or cannot be made out."""
    reference = said[round(start * RATE) : round(end * RATE)]
    begin = round(start * RATE)
    within = heard[begin : round((end + LONGEST_PATH) * RATE)]
    if len(reference) == 0 or len(within) < len(reference):
        return None
    score, at = audio.alignment(reference, within)
    return at / RATE if score >= PATH_IS_CERTAIN else None


def is_original(said: np.ndarray, start: float, end: float, heard: np.ndarray, found: Heard) -> bool:
    """Whether what was heard is the speaker's own voice, as when a translation failed."""
    reference = said[round(start * RATE) : round(end * RATE)]
    within = heard[max(0, round((found.first - 0.5) * RATE)) : round((found.last + 0.5) * RATE)]
    if len(within) < len(reference):
        return False
    return audio.alignment(reference, within)[0] >= SAME_VOICE
