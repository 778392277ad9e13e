# SPDX-License-Identifier: GPL-3.0-or-later
"""Tells the translator's notices from translations, by their sound.

A notice is spoken in the same voice as a translation, but it is always the same sound, which parleyd keeps in a file. It is looked for in
the recording by the shape of its spectrum over time, at every tempo that playout may have.
"""

from collections.abc import Iterable, Sequence

import numpy as np

from demo import places
from harness import audio

from .ears import RATE, STEP, Heard, Kind

BANDS = 16
LOWEST, HIGHEST = 250.0, 3500.0  # Hz
FLOOR = -60.0  # dB below the loudest band of a step
ALIKE = 0.7  # correlation of two spectra over time: other speech has at most 0.5
AHEAD = 6  # steps
TEMPI = (1.0, 1.06, 1.12, 1.18, 1.25, 0.95, 0.9)


def spoken() -> list[np.ndarray]:
    """Every notice that parleyd keeps, in every language and voice, 16 kHz."""
    return [audio.read_wav(path)[0] for path in sorted((places.cache() / "notices").glob("*.wav"))]


def spectrum(samples: np.ndarray, rate: int) -> np.ndarray:
    """dB in BANDS bands for every STEP, evenly spaced in pitch."""
    x = audio.resample(samples, rate, RATE).astype(float) / 32768.0
    hop, size = round(STEP * RATE), 256
    count = len(x) // hop
    padded = np.pad(x, (size // 2, size))
    frames = np.lib.stride_tricks.sliding_window_view(padded, size)[: count * hop : hop] * np.hanning(size)
    power = np.abs(np.fft.rfft(frames, axis=1)) ** 2
    edges = np.geomspace(LOWEST, HIGHEST, BANDS + 1) * size / RATE
    bands = np.stack([power[:, int(a) : max(int(a) + 1, int(b))].sum(axis=1) for a, b in zip(edges, edges[1:], strict=False)], axis=1)
    decibels = 10 * np.log10(bands + 1e-10)
    return np.maximum(decibels, decibels.max(initial=-100.0) + FLOOR)


def mark(ear: Heard, heard: np.ndarray, rate: int, templates: Sequence[np.ndarray]) -> None:
    """Makes NOTICE of what is TRANSLATION in `ear` and sounds like one of the notices (of 16 kHz)."""
    picture = spectrum(heard, rate)
    for template in templates:
        wanted = spectrum(template, 16000)
        for first, length in places_of(picture, wanted, _near(ear.kind == Kind.TRANSLATION)):
            where = ear.kind[first : first + length]
            where[where == Kind.TRANSLATION] = Kind.NOTICE


def _near(flags: np.ndarray) -> np.ndarray:
    """Steps that have one of these, or are shortly before one: a notice begins softly."""
    ahead = np.lib.stride_tricks.sliding_window_view(np.pad(flags, (0, AHEAD)), AHEAD + 1)
    return np.flatnonzero(ahead.any(axis=1))


def places_of(picture: np.ndarray, wanted: np.ndarray, steps: Iterable[int]) -> list[tuple[int, int]]:
    """Where `wanted` begins in `picture`, of these steps, and how many it lasts there."""
    found: list[tuple[float, int, int]] = []
    pictures = [at_tempo(wanted, tempo) for tempo in TEMPI]
    for step in steps:
        for each in pictures:
            part = picture[step : step + len(each)]
            if len(part) == len(each) and (score := likeness(part, each)) >= ALIKE:
                found.append((score, int(step), len(each)))
    kept: list[tuple[int, int]] = []
    for _, step, length in sorted(found, reverse=True):
        if all(step + length <= other or other + others <= step for other, others in kept):
            kept.append((step, length))
    return sorted(kept)


def at_tempo(picture: np.ndarray, tempo: float) -> np.ndarray:
    """As it is when it is played faster, at the same pitch."""
    places_in_time = np.linspace(0, len(picture) - 1, round(len(picture) / tempo))
    return np.stack([np.interp(places_in_time, np.arange(len(picture)), band) for band in picture.T], axis=1)


def likeness(a: np.ndarray, b: np.ndarray) -> float:
    """Correlation of two pictures of the same size, each band by what is unusual in it."""
    x, y = a - a.mean(axis=0), b - b.mean(axis=0)
    return float(np.sum(x * y) / np.sqrt(np.sum(x * x) * np.sum(y * y) + 1e-9))
