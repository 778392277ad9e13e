# SPDX-License-Identifier: GPL-3.0-or-later
"""Tells the level of each frame of a phrase from the generator's input: the tensors activity.weight and activity.bias.

With it the silence around the voice is found before anything is sounded.
"""
from __future__ import annotations

from dataclasses import dataclass

import numpy as np

FRAME = 300  # samples
FLOOR = -80.0  # dB
RIDGE = 1e-3  # of the frames' mean power
FOLDS = 9
VOICED = -50.0  # dB: a frame of speech, by its true level
THRESHOLD = -55.0  # dB: one by the level foretold; less than VOICED, because soft ends are foretold too soft


def levels(audio: np.ndarray) -> np.ndarray:
    """Of each frame, in dB below the phrase's loudest."""
    power = np.mean(audio.reshape(-1, FRAME) ** 2, axis=1) + 1e-20
    return np.maximum(10 * np.log10(power / power.max()), FLOOR)


@dataclass
class Readout:
    weight: np.ndarray  # [512]
    bias: float

    def __call__(self, features: np.ndarray) -> np.ndarray:
        return features @ self.weight + self.bias

    def tensors(self) -> dict[str, np.ndarray]:
        return {"activity.weight": self.weight.astype(np.float32), "activity.bias": np.array([self.bias], np.float32)}


def fit(features: list[np.ndarray], level: list[np.ndarray]) -> Readout:
    """Ridge regression over all frames of phrases [frames, 512] and [frames]."""
    x, y = np.concatenate(features).astype(np.float64), np.concatenate(level)
    mean, offset = x.mean(0), y.mean()
    x -= mean
    gram = x.T @ x
    weight = np.linalg.solve(gram + RIDGE * np.trace(gram) / len(gram) * np.eye(len(gram)), x.T @ (y - offset))
    return Readout(weight, float(offset - mean @ weight))


def edges(level: np.ndarray, threshold: float) -> tuple[int, int]:
    """First and last frame at or above the threshold."""
    above = np.flatnonzero(level >= threshold)
    return (int(above[0]), int(above[-1])) if len(above) else (0, len(level) - 1)
