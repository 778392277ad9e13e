# SPDX-License-Identifier: GPL-3.0-or-later
"""Tells the translator's notices from translations, by their sound.

A notice is spoken in the same voice as a translation, but its text is known: it is spoken once more by `parley say`, and looked for in
the recording by the shape of its spectrum over time. The waveform would not do: two renderings differ in phase.
"""

import tomllib
from collections.abc import Sequence

import numpy as np

from demo import places, sounds
from harness import audio

from .ears import RATE, STEP, Heard, Kind

BANDS = 16
LOWEST, HIGHEST = 250.0, 3500.0  # Hz
FLOOR = -60.0  # dB below the loudest band of a step
ALIKE = 0.75  # correlation of two spectra over time
STRIDE = 1  # steps
VOICES = {"en": "af_heart", "pt": "pf_dora"}  # docs/parley.toml: synthesis.voices


def spoken(language: str) -> list[np.ndarray]:
    """Every notice in a language, 16 kHz."""
    texts = tomllib.loads((places.REPOSITORY / "data" / "notices.toml").read_text())[language]
    return [sounds.spoken(text, language, VOICES[language]) for text in texts.values() if isinstance(text, str)]


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
        for first in places_of(picture, wanted):
            where = ear.kind[first : first + len(wanted)]
            where[where == Kind.TRANSLATION] = Kind.NOTICE


def places_of(picture: np.ndarray, wanted: np.ndarray) -> list[int]:
    """Steps at which `wanted` begins in `picture`."""
    length = len(wanted)
    if len(picture) < length:
        return []
    scores = np.array([likeness(picture[at : at + length], wanted) for at in range(0, len(picture) - length + 1, STRIDE)])
    found = []
    while len(scores) and (best := int(np.argmax(scores))) is not None and scores[best] >= ALIKE:
        found.append(best * STRIDE)
        scores[max(0, best - length // STRIDE) : best + length // STRIDE] = 0
    return sorted(found)


def likeness(a: np.ndarray, b: np.ndarray) -> float:
    """Correlation of two pictures of the same size, each band by what is unusual in it."""
    x, y = a - a.mean(axis=0), b - b.mean(axis=0)
    return float(np.sum(x * y) / np.sqrt(np.sum(x * x) * np.sum(y * y) + 1e-9))
