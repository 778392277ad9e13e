# SPDX-License-Identifier: GPL-3.0-or-later
"""One direction of a call: put speech, its original in the other's ear, and other voices where they shall be."""
import numpy as np
from synthetic import RATE, noise

from chaos import ears

PATH = 0.1


class Direction:
    def __init__(self, seconds: float):
        self.said = np.zeros(round(seconds * RATE))
        self.heard = np.random.default_rng(5).normal(0, 6, round(seconds * RATE))
        self._seed = 0

    def say(self, begin: float, seconds: float) -> None:
        self._put(self.said, begin, self._voice(seconds))

    def pass_on(self, begin: float, end: float, db: float = -12.0, late: float = PATH) -> None:
        """What was said between two times is heard, so much lower, so much later."""
        piece = self.said[round(begin * RATE) : round(end * RATE)]
        self._put(self.heard, begin + late, piece * 10 ** (db / 20))

    def speak(self, begin: float, seconds: float, db: float = 0.0) -> None:
        """Another voice in the listener's ear."""
        self._put(self.heard, begin, self._voice(seconds) * 10 ** (db / 20))

    def ear(self) -> ears.Heard:
        said, heard = (np.clip(track, -32768, 32767).astype(np.int16) for track in (self.said, self.heard))
        return ears.listen(heard, said, RATE)

    def _voice(self, seconds: float) -> np.ndarray:
        self._seed += 1
        return noise(seconds, self._seed)

    @staticmethod
    def _put(track: np.ndarray, begin: float, samples: np.ndarray) -> None:
        first = round(begin * RATE)
        track[first : first + len(samples)] += samples[: len(track) - first]
