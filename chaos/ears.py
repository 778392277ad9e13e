# SPDX-License-Identifier: GPL-3.0-or-later
"""What a listener hears, every 20 ms: nothing, the speaker's own voice, or somebody else's.

The two recordings are all that is needed. What is heard is the speaker's own voice where it correlates with what was said a moment
ago (the way through the phones), or some seconds ago (an utterance that failed is given again in the original voice). Anything
else that is audible is the translator's voice: a translation or a notice (notices.py tells them apart). Both are compared in the
telephone's band, which every codec carries.
"""

from dataclasses import dataclass
from enum import IntEnum

import numpy as np

from harness import audio

STEP = 0.02  # seconds: how exact everything here is
AUDIBLE = -55.0  # dBFS: the noise of codecs is below it, the original under a translation above
CLICK = 0.06  # seconds: a sound so short ends no silence
RATE = 8000  # for comparing
BAND = (300.0, 3400.0)  # Hz
WINDOW = 0.2  # seconds that are compared
LONGEST_PATH = 1.2  # seconds from mouth to ear
SAME_VOICE = 0.5  # correlation from which on what is heard is what was said as long ago as usual; under a translation it is below 0.3
NEAR_USUAL = 0.06  # seconds by which the way varies
FAR_WINDOW = 0.4
FARTHEST = 15.0  # seconds: how long after it was said an utterance is given again
SAME_VOICE_FAR = 0.7  # … and for any other lag: chance finds more among many
SPOKEN = -55.0  # dBFS: below it nothing was said
SHORTEST_VOICE = 0.2  # seconds: shorter pieces of another voice belong to what is beside them
FULL = -6.0  # dB: from this on an original voice passes in its own right, not under a translation


class Kind(IntEnum):
    SILENCE = 0
    ORIGINAL = 1
    TRANSLATION = 2
    NOTICE = 3
    SOUND = 4  # audible, too short to tell


@dataclass
class Heard:
    """A listener's ear: one value a STEP."""

    kind: np.ndarray  # of Kind
    level: np.ndarray  # dBFS
    gain: np.ndarray  # dB by which the original is lower than it was said; NaN where it is not heard
    lag: np.ndarray  # seconds since it was said; NaN where it is not heard

    @property
    def audible(self) -> np.ndarray:
        return self.kind != Kind.SILENCE

    @property
    def path(self) -> float | None:
        """Seconds from mouth to ear."""
        known = self.lag[~np.isnan(self.lag) & (self.lag < LONGEST_PATH)]
        return float(np.median(known)) if len(known) else None

    def seconds(self, kind: Kind, begin: float, end: float) -> float:
        return float(np.sum(self.kind[index(begin) : index(end)] == kind) * STEP)

    def runs(self, begin: float, end: float) -> list[tuple[Kind, float, float]]:
        """(kind, begin, end) in order, on the recording's clock."""
        first = index(begin)
        kinds = self.kind[first : index(end)]
        return [(Kind(int(kinds[a])), (first + a) * STEP, (first + b) * STEP) for a, b in equal_runs(kinds)]


def index(seconds: float) -> int:
    return max(0, round(seconds / STEP))


def equal_runs(values: np.ndarray) -> list[tuple[int, int]]:
    """Stretches of one value: [first, last)."""
    if not len(values):
        return []
    edges = np.concatenate(([0], np.flatnonzero(np.diff(values)) + 1, [len(values)]))
    return list(zip(edges[:-1].tolist(), edges[1:].tolist(), strict=True))


def levels(samples: np.ndarray, rate: int) -> np.ndarray:
    """dBFS of every STEP."""
    width = round(STEP * rate)
    count = len(samples) // width
    frames = samples[: count * width].reshape(count, width).astype(float)
    return 10 * np.log10(np.mean(frames**2, axis=1) / 32768.0**2 + 1e-12)


def listen(heard: np.ndarray, said: np.ndarray, rate: int) -> Heard:
    """What one party heard of the other. Both recordings are on one clock; notices are still TRANSLATION."""
    level = levels(heard, rate)
    audible = _without_clicks(level > AUDIBLE)
    ear, mouth = _band(heard, rate), _band(said, rate)
    score, lag, gain = _near(ear, mouth, audible)
    kind = np.where(_is_original(score, lag) & audible, Kind.ORIGINAL, np.where(audible, Kind.TRANSLATION, Kind.SILENCE)).astype(np.int8)
    _again(kind, lag, gain, ear, mouth)
    _settle(kind)
    quiet = kind != Kind.ORIGINAL
    return Heard(kind, level, np.where(quiet, np.nan, gain), np.where(quiet, np.nan, lag))


def _without_clicks(audible: np.ndarray) -> np.ndarray:
    kept = audible.copy()
    for first, last in equal_runs(audible):
        if audible[first] and (last - first) * STEP < CLICK - 1e-9:
            kept[first:last] = False
    return kept


def _band(samples: np.ndarray, rate: int) -> np.ndarray:
    """The telephone's band at RATE, as fractions of full scale."""
    spectrum = np.fft.rfft(audio.resample(samples, rate, RATE).astype(float) / 32768.0)
    count = len(samples) * RATE // rate
    frequency = np.fft.rfftfreq(count, 1 / RATE)
    return np.fft.irfft(spectrum * ((frequency > BAND[0]) & (frequency < BAND[1])), count)


def _near(heard: np.ndarray, said: np.ndarray, audible: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """For every audible step: best correlation with what was said up to LONGEST_PATH before, that lag, and the gain in dB."""
    result = np.zeros((3, len(audible)))
    stride = 2  # steps: 40 ms
    for position in range(0, len(audible), stride):
        if audible[position : position + stride].any():
            found = _compare(heard, said, (position + stride / 2) * STEP, WINDOW, 0.0, LONGEST_PATH)
            result[:, position : position + stride] = np.array(found)[:, None]
    return result[0], result[1], result[2]


def _is_original(score: np.ndarray, lag: np.ndarray) -> np.ndarray:
    certain = score >= SAME_VOICE_FAR
    if not certain.any():
        return certain
    usual = np.abs(lag - np.median(lag[certain])) <= NEAR_USUAL
    return certain | (usual & (score >= SAME_VOICE))


def _again(kind: np.ndarray, lag: np.ndarray, gain: np.ndarray, heard: np.ndarray, said: np.ndarray) -> None:
    """Finds what is the original again, seconds after it was said."""
    stride = round(0.1 / STEP)
    for position in range(0, len(kind), stride):
        if np.mean(kind[position : position + stride] == Kind.TRANSLATION) < 0.5:
            continue
        found = _compare(heard, said, (position + stride / 2) * STEP, FAR_WINDOW, LONGEST_PATH, FARTHEST)
        if found[0] >= SAME_VOICE_FAR:
            where = slice(position, position + stride)
            changed = kind[where] == Kind.TRANSLATION
            kind[where][changed] = Kind.ORIGINAL
            lag[where][changed], gain[where][changed] = found[1], found[2]


def _compare(heard: np.ndarray, said: np.ndarray, middle: float, window: float, least: float, most: float) -> tuple[float, float, float]:
    """Around `middle` seconds: (correlation, lag, gain in dB) of the best lag between `least` and `most`."""
    width = round(window * RATE)
    first = round(middle * RATE) - width // 2
    ear = heard[max(0, first) : first + width]
    begin = max(0, first) - round(most * RATE)
    mouth = said[max(0, begin) : max(0, max(0, first) - round(least * RATE) + len(ear))]
    mouth = np.pad(mouth, (max(0, -begin), 0))
    nothing = (0.0, 0.0, -np.inf)
    if len(ear) < width // 2 or len(mouth) < len(ear):
        return nothing
    energy_ear = float(np.sum(ear**2))
    if energy_ear <= 0:
        return nothing
    size = 1 << (len(mouth) + len(ear) - 1).bit_length()
    product = np.fft.irfft(np.fft.rfft(mouth, size) * np.conj(np.fft.rfft(ear, size)), size)[: len(mouth) - len(ear) + 1]
    sums = np.concatenate(([0.0], np.cumsum(mouth**2)))
    energy = sums[len(ear) :] - sums[: len(product)]
    spoken = energy > len(ear) * 10 ** (SPOKEN / 10)
    score = np.where(spoken, product / np.sqrt(np.maximum(energy, 1e-12) * energy_ear), 0.0)
    best = int(np.argmax(score))
    if score[best] <= 0:
        return nothing
    gain = 20 * np.log10(max(product[best] / energy[best], 1e-6))
    return float(score[best]), (max(0, first) - (begin + best)) / RATE, float(gain)


def _settle(kind: np.ndarray) -> None:
    """A piece of another voice that is too short to be one belongs to what sounds beside it, or is just a sound."""
    runs = equal_runs(kind)
    for position, (first, last) in enumerate(runs):
        if kind[first] != Kind.TRANSLATION or (last - first) * STEP >= SHORTEST_VOICE - 1e-9:
            continue
        beside = [kind[runs[p][0]] for p in (position - 1, position + 1) if 0 <= p < len(runs)]
        spoken = [k for k in beside if k == Kind.ORIGINAL]
        if not spoken and _goes_on(kind, first, last):
            continue
        kind[first:last] = Kind.ORIGINAL if spoken else Kind.SOUND


def _goes_on(kind: np.ndarray, first: int, last: int) -> bool:
    """Whether the other voice speaks shortly before or after: then this is a syllable of it."""
    near = round(0.3 / STEP)
    around = np.concatenate((kind[max(0, first - near) : first], kind[last : last + near]))
    return bool(np.any(around == Kind.TRANSLATION))
