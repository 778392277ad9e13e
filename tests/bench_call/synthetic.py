# SPDX-License-Identifier: GPL-3.0-or-later
"""A direction of a call whose every delay is known."""
import numpy as np

from bench.call import lags
from bench.call.attribution import Stretch
from bench.call.lags import Clause, Line

RATE = 16000
LOUD = 2300.0  # root mean square, −23 dBFS


def noise(seconds: float, seed: int) -> np.ndarray:
    """Noise in the band of speech, in syllables of 250 ms whose end is quiet (−14 dB) but never silent."""
    random = np.random.default_rng(seed)
    count = round(seconds * RATE)
    spectrum = np.fft.rfft(random.standard_normal(count))
    frequency = np.fft.rfftfreq(count, 1 / RATE)
    samples = np.fft.irfft(spectrum * ((frequency > 250) & (frequency < 3400)), count)
    samples *= 0.6 + 0.4 * np.cos(2 * np.pi * 4 * np.arange(count) / RATE)
    return samples * LOUD / np.sqrt(np.mean(samples**2))


class Call:
    """One direction of a call: put lines and their translations where they shall be. Tracks have a floor of noise, as of a codec."""

    def __init__(self, seconds: float):
        random = np.random.default_rng(7)
        self.said = random.normal(0, 6, round(seconds * RATE))
        self.heard = random.normal(0, 6, round(seconds * RATE))
        self.lines: list[Line] = []
        self._seed = 0

    def say(self, begin: float, seconds: float, *refs: str, off: float = 0.0) -> None:
        """A line. `off`: how far the script's idea of its place is from where it is."""
        self._put(self.said, begin, seconds)
        clauses = tuple(Clause(f"clause {len(self.lines)}", ref) for ref in refs or ("abcdefghij" * max(1, round(seconds * 1.5)),))
        self.lines.append(Line("alice", begin + off, begin + seconds + off, clauses))

    def translate(self, begin: float, seconds: float, gain: float = 1.0) -> None:
        self._put(self.heard, begin, seconds, gain)

    def measured(self) -> tuple[list[lags.Utterance], list[Stretch]]:
        said, heard = (np.clip(track, -32768, 32767).astype(np.int16) for track in (self.said, self.heard))
        return lags.utterances(self.lines, said, heard, RATE)

    def _put(self, track: np.ndarray, begin: float, seconds: float, gain: float = 1.0) -> None:
        self._seed += 1
        samples = noise(seconds, self._seed) * gain
        first = round(begin * RATE)
        track[first : first + len(samples)] += samples

