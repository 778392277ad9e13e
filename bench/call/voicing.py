# SPDX-License-Identifier: GPL-3.0-or-later
"""Where there is voice in a recording: by energy, with hysteresis.

The level of the recording's active speech is found as ITU-T P.56 does in principle: the mean power of what is within a margin of it.
Voice begins where 5 ms are louder than 24 dB below that, and goes on until they are 32 dB below: a last consonant is quieter than a
vowel. Both are well above what G.711 and G.722 leave of silence.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

HOP = 0.005  # seconds: how exact a beginning or an end is
BEGINS = -24.0  # dB relative to active speech
GOES_ON = -32.0
MARGIN = 16.0  # dB below its mean power, of what counts as active speech (ITU-T P.56: 15.9)
QUIETEST = -60.0  # dBFS: nothing below it is voice
GAP = 0.06  # seconds of silence that separate two stretches
SHORTEST = 0.03  # seconds: less is a click
FULL_SCALE = 32768.0


@dataclass(frozen=True)
class Stretch:
    """Voice without a silence of GAP in it. Seconds on the recording's clock."""

    begin: float
    end: float

    @property
    def length(self) -> float:
        return self.end - self.begin


def levels(samples: np.ndarray, rate: int) -> np.ndarray:
    """dBFS of every HOP of s16 samples."""
    width = round(HOP * rate)
    count = len(samples) // width
    frames = samples[: count * width].reshape(count, width).astype(np.float32)
    return 10 * np.log10(np.mean(frames**2, axis=1) / FULL_SCALE**2 + 1e-12)


def active_level(decibels: np.ndarray) -> float:
    """Of speech in a recording, dBFS; −inf when there is none."""
    active = decibels[decibels > QUIETEST]
    level = -np.inf
    for _ in range(20):
        if not len(active):
            break
        mean = 10 * np.log10(np.mean(10 ** (active / 10)))
        if abs(mean - level) < 0.01:
            break
        level = mean
        active = decibels[decibels > max(QUIETEST, level - MARGIN)]
    return float(level)


def stretches(samples: np.ndarray, rate: int) -> list[Stretch]:
    """All voice of a recording in order."""
    decibels = levels(samples, rate)
    active = active_level(decibels)
    if not np.isfinite(active):
        return []
    loud = decibels > max(QUIETEST, active + BEGINS)
    kept = decibels > max(QUIETEST, active + GOES_ON)
    voiced = [run for run in _runs(kept) if loud[run[0] : run[1]].any()]
    found = [Stretch(first * HOP, last * HOP) for first, last in _joined(voiced)]
    return [stretch for stretch in found if stretch.length >= SHORTEST - 1e-9]


def _runs(flags: np.ndarray) -> list[tuple[int, int]]:
    edges = np.flatnonzero(np.diff(np.concatenate(([0], flags.astype(np.int8), [0]))))
    return list(zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True))


def _joined(runs: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """Runs of hops with what is too near to each other made one."""
    joined: list[tuple[int, int]] = []
    for first, last in runs:
        if joined and (first - joined[-1][1]) * HOP < GAP - 1e-9:
            joined[-1] = (joined[-1][0], last)
        else:
            joined.append((first, last))
    return joined


def within(found: Sequence[Stretch], begin: float, end: float) -> list[Stretch]:
    """The stretches that begin between two times."""
    return [stretch for stretch in found if begin <= stretch.begin < end]
